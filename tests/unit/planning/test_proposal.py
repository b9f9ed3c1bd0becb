"""Fingerprints, and whose a change is."""

from dataclasses import replace

import pytest

from reconciler.model.change import Change, Effect, Envelope, FieldChange, Member, Plan, Proposal
from reconciler.model.resource import Key, Tenant
from reconciler.planning.changes import creation
from reconciler.planning.fingerprint import fingerprint
from reconciler.planning.plan import BaseView, make_plan
from tests.unit.planning.building import (
    TENANT,
    device,
    documents,
    group,
    live_place,
    live_setting,
    locate,
    lowered,
    place,
    school,
    setting,
    snapshot,
    state,
    target,
    view,
)

HOME, OLD = "@norrskolan/elever", "@norrskolan/gammal"
CHANGE = creation(setting(HOME, "Incognito", mode=1), "chrome")


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(replace(CHANGE, effect=Effect(devices=99, pupils=3)), id="counts"),
        pytest.param(replace(CHANGE, label="another name", backend="other"), id="label and our name of the backend"),
        pytest.param(replace(CHANGE, depends_on=(Key(kind="group", target=HOME),)), id="what it waits for"),
        pytest.param(replace(CHANGE, proposal=Proposal.PROPOSED, by_hand=True), id="whose it is"),
        pytest.param(replace(CHANGE, members=(Member(device="1", before=(), after=()),)), id="devices"),
        pytest.param(replace(CHANGE, envelope=Envelope(source="a", into="b", at_most=9)), id="how many at most"),
    ],
)
def test_a_fingerprint_does_not_hang_on(same: Change) -> None:
    assert fingerprint(same, TENANT) == fingerprint(CHANGE, TENANT)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(CHANGE, after={"mode": True}), id="after"),
        pytest.param(replace(CHANGE, before={}), id="before"),
        pytest.param(replace(CHANGE, destroys=True), id="destroys"),
        pytest.param(replace(CHANGE, key=replace(CHANGE.key, part="Other")), id="key"),
        pytest.param(replace(CHANGE, resets={"A": {"x": 1}}), id="resets"),
    ],
)
def test_a_fingerprint_tells_apart(other: Change) -> None:
    assert fingerprint(other, TENANT) != fingerprint(CHANGE, TENANT)


def test_a_fingerprint_is_one_tenants() -> None:
    other = Tenant(backend="chrome", kind="google", identity="C0999zzzz")

    assert fingerprint(CHANGE, other) != fingerprint(CHANGE, TENANT)


def origin(plan: Plan) -> list[tuple[str, str, bool]]:
    return [(str(change.key), change.proposal.value, change.by_hand) for change in plan.changes]


def plan_of(
    head: list[object], base: list[object], live: list[object], owns: str = "all", base_owns: str = "all"
) -> Plan:
    there, was = ([place(HOME, "Elever"), *side] for side in (head, base))
    seen = snapshot([live_place(HOME, "Elever"), *live], [device("1", HOME)])  # type: ignore[list-item]
    before = BaseView(lowered=lowered(was, [target(HOME, base_owns)]), places={"1": HOME})  # type: ignore[arg-type]
    one = view(lowered(there, [target(HOME, owns)]), seen, {"1": HOME}, before)  # type: ignore[arg-type]
    return make_plan(documents(), state(school(groups=[group("elever")])), [one], tool_version="1", locate=locate)


def test_a_value_that_only_the_head_wants_is_proposed() -> None:
    plan = plan_of([setting(HOME, "A", x=1)], [], [])

    assert origin(plan) == [("setting:@norrskolan/elever:A", "proposed", False)]


def test_what_both_want_and_is_not_there_stands() -> None:
    plan = plan_of([setting(HOME, "A", x=1)], [setting(HOME, "A", x=1)], [live_setting(HOME, "A", x=7)])

    assert origin(plan) == [("setting:@norrskolan/elever:A", "standing", False)]


@pytest.mark.parametrize(("live", "by_hand"), [(1, False), (7, True)])
def test_a_proposed_change_over_neither_value_overwrites_a_change_by_hand(live: int, by_hand: bool) -> None:
    plan = plan_of([setting(HOME, "A", x=2)], [setting(HOME, "A", x=1)], [live_setting(HOME, "A", x=live)])

    assert origin(plan) == [("setting:@norrskolan/elever:A", "proposed", by_hand)]


@pytest.mark.parametrize(("live", "by_hand"), [(1, False), (7, True)])
def test_a_line_taken_away_is_a_proposed_deletion(live: int, by_hand: bool) -> None:
    plan = plan_of([], [setting(HOME, "A", x=1)], [live_setting(HOME, "A", x=live)])

    assert origin(plan) == [("setting:@norrskolan/elever:A", "proposed", by_hand)]


def test_a_foreign_value_stands_whoever_asks() -> None:
    assert origin(plan_of([], [], [live_setting(HOME, "A", x=1)])) == [
        ("setting:@norrskolan/elever:A", "standing", False)
    ]


def test_owning_all_is_what_proposes_its_deletions() -> None:
    plan = plan_of([], [], [live_setting(HOME, "A", x=1)], base_owns="listed")

    assert origin(plan) == [("setting:@norrskolan/elever:A", "proposed", True)]


def test_a_rename_is_proposed_and_carries_nobodys_drift() -> None:
    head = lowered([place(HOME, "Elever", previous=[OLD]), setting(HOME, "A", x=1)], [target(HOME)])
    base = lowered([place(OLD, "Elever"), setting(OLD, "A", x=1)], [target(OLD)])
    seen = snapshot([live_place(OLD, "Elever"), live_setting(OLD, "A", x=7)], [device("1", OLD)])
    one = view(head, seen, {"1": HOME}, BaseView(lowered=base, places={"1": OLD}))

    plan = make_plan(documents(), state(school(groups=[group("elever")])), [one], tool_version="1", locate=locate)

    assert origin(plan) == [
        ("group:@norrskolan/elever", "proposed", False),
        ("setting:@norrskolan/elever:A", "standing", False),
    ]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param({"1": "@norrskolan/b", "2": "@norrskolan/b"}, "standing", id="the base moves them too"),
        pytest.param({"1": "@norrskolan/b", "2": "@norrskolan/a"}, "proposed", id="the base moves fewer"),
    ],
)
def test_moves_are_told_apart_by_envelope(base: dict[str, str], expected: str) -> None:
    both = lowered([place("@norrskolan/a", "A"), place("@norrskolan/b", "B")])
    live = [live_place("@norrskolan/a", "A"), live_place("@norrskolan/b", "B")]
    seen = snapshot(live, [device("1", "@norrskolan/a"), device("2", "@norrskolan/a")])
    head = {"1": "@norrskolan/b", "2": "@norrskolan/b"}
    one = view(both, seen, head, BaseView(lowered=both, places=base))

    plan = make_plan(documents(), state(), [one], tool_version="1", locate=locate)

    assert [change.proposal.value for change in plan.changes] == [expected]


def test_a_rename_does_not_make_a_standing_move_ones_own() -> None:
    other = place("@norrskolan/b", "B")
    head = lowered([place(HOME, "Elever", previous=[OLD]), other])
    base = lowered([place(OLD, "Elever"), other])
    live = [live_place(OLD, "Elever"), live_place("@norrskolan/b", "B")]
    seen = snapshot(live, [device("1", "@norrskolan/b")])
    one = view(head, seen, {"1": HOME}, BaseView(lowered=base, places={"1": OLD}))

    plan = make_plan(documents(), state(), [one], tool_version="1", locate=locate)

    assert origin(plan) == [
        ("group:@norrskolan/elever", "proposed", False),
        ("membership:@norrskolan/elever:@norrskolan/b", "standing", False),
    ]


def test_what_waits_for_a_standing_change_is_marked() -> None:
    new, there = setting(HOME, "New", x=1), place(HOME, "Elever")
    one = view(
        lowered([there, new], [target(HOME)]),
        snapshot([], [device("1", "ou:/")]),
        base=BaseView(lowered=lowered([there], [target(HOME)]), places={}),
    )

    plan = make_plan(documents(), state(), [one], tool_version="1", locate=locate)

    assert [change.proposal.value for change in plan.changes] == ["standing", "proposed"]
    assert [(note.code, note.subject) for note in plan.notes if note.code == "WAITS-FOR-STANDING"] == [
        ("WAITS-FOR-STANDING", "setting:@norrskolan/elever:New")
    ]


def test_without_a_base_it_is_not_evaluated() -> None:
    one = view(lowered([place(HOME, "Elever")]), snapshot([], [device("1", "ou:/")]))

    plan = make_plan(documents(), state(), [one], tool_version="1", locate=locate)

    assert [change.proposal for change in plan.changes] == [Proposal.NOT_EVALUATED]
    assert plan.changes[0].fields[0] == FieldChange(field="mark", after="group/norrskolan/elever", had=False)
