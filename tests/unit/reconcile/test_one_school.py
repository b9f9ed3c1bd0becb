"""What is asked to be read for one school: its places by what they are called now, and serial numbers where they suffice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from reconciler.model.adapter import Scope
from reconciler.model.desired import DesiredState
from reconciler.model.documents import DeviceRule
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Live, Lowered, Target
from reconciler.reconcile.one_school import devices_seen, findings_for, narrow
from tests.unit.planning.building import (
    HERE,
    ORG,
    documents,
    group,
    live_place,
    lowered,
    place,
    school,
    snapshot,
    state,
)

SCOPE = Scope(kinds=frozenset({"membership", "setting"}))
A, B, OTHERS = "@norr/a", "@norr/b", "@syd/a"


def rule(*serials: str, **match: str) -> DeviceRule:
    return DeviceRule(match=match, serials=serials, at=HERE)


def wishes(norr: Mapping[str, DeviceRule | None], previously: Sequence[str] = ()) -> DesiredState:
    """Norr's groups, and one of Syd's that has a pattern."""
    own = [replace(group(name), devices=devices) for name, devices in norr.items()]
    syd = school("syd", [replace(group("a"), devices=rule(name="SYD*"))])
    return state(replace(school("norr", own), previously=tuple(previously)), syd)


def scope(
    wanted: DesiredState, low: Lowered, live: Sequence[Live] = (), base: tuple[DesiredState, Lowered] | None = None
) -> Scope:
    pairs = [(wanted, low), *([base] if base else [])]
    return narrow(SCOPE, "norr", "chrome", pairs, snapshot(live), ORG)


def low(*refs: str, users: Sequence[Target] = ()) -> Lowered:
    return lowered([place(ref, ref) for ref in refs], users)


def test_serial_numbers_of_the_school_alone() -> None:
    found = scope(wishes({"a": rule("S1", " S2 "), "b": rule("S3"), "c": None}), low(A, B, OTHERS))

    assert (found.serials, found.kinds) == (frozenset({"S1", "S2", "S3"}), SCOPE.kinds)


def test_one_pattern_and_any_device_may_be_meant() -> None:
    assert scope(wishes({"a": rule("S1"), "b": rule(name="NORR*")}), low(A, B)).serials is None


def test_a_school_without_groups_here_wants_no_device() -> None:
    assert scope(wishes({}), low(OTHERS)).serials == frozenset()


def test_groups_of_another_system_do_not_count() -> None:
    found = narrow(SCOPE, "norr", "other", [(wishes({"a": rule(name="N*")}), low(A))], snapshot(), ORG)

    assert found.serials == frozenset()


def test_the_base_has_its_say() -> None:
    """Which moves the base would make says which are new; it may look for devices in another way, or under another name."""
    head = (wishes({"a": rule("S1")}), low(A))
    patterns, numbers = wishes({"a": rule(name="NORR*")}), wishes({"a": rule("S2")})

    assert scope(*head, base=(patterns, low(A))).serials is None
    assert scope(*head, base=(numbers, low(A))).serials == frozenset({"S1", "S2"})
    from_syd = lowered([place(A, "A", previous=(OTHERS,))])
    assert scope(head[0], from_syd, base=(wishes({}), low(OTHERS))).serials is None, "it was Syd's, by a pattern"


@pytest.mark.parametrize(
    ("live", "wanted", "only"),
    [
        ([live_place(A, "A"), live_place(OTHERS, "S")], low(A, OTHERS), {A}),
        ([live_place(A, "A"), live_place("@norr/gammal", "G")], low(A), {A, "@norr/gammal"}),
        ([live_place("@norr/gammal", "G")], lowered([place(A, "A", previous=("@norr/gammal",))]), {"@norr/gammal"}),
        ([live_place(OTHERS, "A")], lowered([place(A, "A", previous=(OTHERS,))]), {OTHERS}),
        ([live_place("@nord/a", "A")], low(A), {"@nord/a"}),
        ([live_place("ou:/Enheter/A", A)], low(A), {"ou:/Enheter/A"}),
    ],
    ids=["as wanted", "nobody's any more", "renamed", "from another school", "the school's former id", "to be adopted"],
)
def test_its_places_by_what_they_are_called_now(live: Sequence[Live], wanted: Lowered, only: set[str]) -> None:
    assert scope(wishes({"a": None}, ["nord"]), wanted, live).only == frozenset(only)


def test_its_users_places() -> None:
    def users(ref: str, owner: str, *groups: str) -> Target:
        return Target(ref=ref, owns="listed", reach="user", owner=owner, groups=groups)

    named = [users("group:N", "norr"), users("group:A", "norr/a"), users("group:S", "syd/a", "syd/a")]
    shared = users("group:Alla", ORG, "norr/a", "syd/a")

    assert scope(wishes({"a": None}), low(users=[*named, shared])).only == frozenset(
        {"group:N", "group:A", "group:Alla"}
    )


def finding(subject: str, **values: str) -> Finding:
    return Finding(code="X", severity=Severity.ERROR, place=None, subject=f"devices:{subject}", values=values)


def test_of_other_schools_devices_nothing_is_known() -> None:
    said = [
        finding("norr/a", group="norr/a"),
        finding("nord/a", place="nord/a"),
        finding("syd/a", group="syd/a"),
        finding("syd/a", group="syd/a", other="norr/a"),
    ]
    wanted = wishes({"a": None}, ["nord"])

    few = replace(snapshot(), left_out=frozenset({("membership", "")}))
    assert devices_seen(said, few, "norr", wanted) == (said[0], said[1], said[3])
    assert devices_seen(said, snapshot(), "norr", wanted) == tuple(said)


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("norr", True),
        ("norr/a:app:kami", True),
        ("syd", False),
        ("syd/a", False),
        ("syd/a:setting:printing", False),
        ("syd-gamla/a", False),
        ("@syd/a", False),
        ("assignment:@syd/a:kami", False),
        ("mgn:syd/grundskola", False),
        ("app:kami", True),
        ("rule:prov", True),
        ("chrome", True),
        ("", True),
    ],
)
def test_findings_of_other_schools_are_told_apart(subject: str, shown: bool) -> None:
    one = Finding(code="X", severity=Severity.ERROR, place=None, subject=subject)
    written = replace(documents(), schools=(school("norr"), replace(school("syd"), previously=("syd-gamla",))))

    assert findings_for([one], "norr", written) == (((one,), ()) if shown else ((), (one,)))


def test_a_device_that_two_schools_claim_is_shown_to_both() -> None:
    both = Finding(
        code="X",
        severity=Severity.ERROR,
        place=None,
        subject="devices:syd/a",
        values={"group": "syd/a", "other": "norr/a"},
    )
    written = replace(documents(), schools=(school("norr"), school("syd")))

    assert findings_for([both], "norr", written) == findings_for([both], "syd", written) == ((both,), ())
