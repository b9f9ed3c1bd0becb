"""How much may go, move and disturb at once: the numbers, and the files that let more through."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from reconciler.model.change import Action, Change, Effect, Envelope, Member, Plan
from reconciler.model.documents import Allowance, Limits, MoveAllowance
from reconciler.model.resource import Key
from reconciler.planning.limits import Limited, Stock, allowance_for, check_limits, limit_of
from tests.unit.planning.building import DAY, HERE


def deletion(n: int, kind: str = "setting") -> Change:
    key = Key(kind=kind, target="@norrskolan/elever", part=f"S{n}")
    return Change(action=Action.DELETE, key=key, backend="chrome", fingerprint=f"print-{kind}-{n}")


def move(source: str, into: str, count: int) -> Change:
    members = tuple(Member(device=str(n), before=(source,), after=(into,)) for n in range(count))
    return Change(
        action=Action.UPDATE,
        key=Key(kind="membership", target=f"@{into}", part=source),
        backend="chrome",
        members=members,
        envelope=Envelope(source=source, into=into, at_most=count),
    )


def disturbing(group: str) -> Change:
    return Change(
        action=Action.UPDATE,
        key=Key(kind="setting", target=f"@{group}", part="Update"),
        backend="chrome",
        effect=Effect(groups=(group,), disruption="restart"),
        fingerprint=f"print-{group}",
    )


def stock(**more: object) -> Stock:
    owned = {"setting": 100, "membership": 100, "assignment": 1000}
    values = {
        "backend": "chrome",
        "owned": owned,
        "devices": 100,
        "counted": True,
        "group_devices": {},
        "wanted": 10,
        **more,
    }
    return Stock(**values)  # type: ignore[arg-type]


def check(changes: Sequence[Change], having: Stock | None = None, allowances: Sequence[Allowance] = ()) -> Limited:
    return check_limits(changes, having or stock(), Limits(), allowances, DAY)


def allowance(
    prints: Sequence[str] = (), moves: Sequence[MoveAllowance] = (), until: date = DAY, backend: str = "chrome"
) -> Allowance:
    return Allowance(
        id="augusti", backend=backend, fingerprints=tuple(prints), envelopes=tuple(moves), until=until, at=HERE
    )


@pytest.mark.parametrize(
    ("owned", "limit"),
    [(0, 3), (10, 3), (39, 3), (40, 4), (100, 10), (249, 24), (250, 25), (10_000, 25)],
)
def test_the_lesser_of_share_and_count_never_below_the_floor(owned: int, limit: int) -> None:
    assert limit_of(Limits(), owned) == limit


def test_at_the_limit_all_goes_and_past_it_nothing() -> None:
    assert check([deletion(n) for n in range(10)]) == Limited(held=frozenset(), findings=())

    past = [deletion(n) for n in range(11)]
    found = check(past)

    assert found.held == {change.key for change in past}
    (finding,) = found.findings
    assert (finding.code, finding.values["count"], finding.values["limit"], finding.values["owned"]) == (
        "LIMIT-DELETIONS-SETTING",
        "11",
        "10",
        "100",
    )


def test_each_kind_has_its_own_limit() -> None:
    settings, apps = [deletion(n) for n in range(11)], [deletion(n, "assignment") for n in range(11)]

    assert check([*settings, *apps]).held == {change.key for change in settings}


def test_creations_have_none() -> None:
    many = [
        Change(action=Action.CREATE, key=Key(kind="setting", target="@a/b", part=str(n)), backend="c")
        for n in range(500)
    ]

    assert check(many).held == frozenset()


def test_the_finding_shows_the_file_that_would_let_it_through() -> None:
    (finding,) = check([deletion(n) for n in range(11)]).findings

    lines = finding.values["allowance"].splitlines()
    assert lines[:5] == [
        "id: 2026-11-21-chrome",
        "backend: chrome",
        'reason: "…"',
        'until: "ÅÅÅÅ-MM-DD"',
        "fingerprints:",
    ]
    assert lines[5] == '  - "print-setting-0"'
    assert len(lines) == 16


def test_named_changes_go_and_the_rest_is_judged_by_itself() -> None:
    changes = [deletion(n) for n in range(11)]

    found = check(changes, allowances=[allowance(["print-setting-0"], until=DAY + timedelta(days=3))])

    assert found == Limited(held=frozenset(), findings=(), used_until=DAY + timedelta(days=3))


def test_of_many_only_those_not_named_are_held() -> None:
    changes = [deletion(n) for n in range(30)]

    found = check(changes, allowances=[allowance([f"print-setting-{n}" for n in range(5)])])

    assert found.held == {change.key for change in changes[5:]}
    assert found.findings[0].values["count"] == "25"


@pytest.mark.parametrize(
    "useless",
    [
        pytest.param(allowance(["print-setting-0"], until=DAY - timedelta(days=1)), id="ended yesterday"),
        pytest.param(allowance(["print-setting-0"], backend="other"), id="for another backend"),
        pytest.param(allowance(["something-else"]), id="for another change"),
    ],
)
def test_an_allowance_that_does_not_hold_counts_for_nothing(useless: Allowance) -> None:
    found = check([deletion(n) for n in range(11)], allowances=[useless])

    assert len(found.held) == 11
    assert found.used_until is None


def test_devices_that_change_place_are_counted_and_first_placement_is_not() -> None:
    first, second = move("outside", "norrskolan/a", 500), move("norrskolan/a", "norrskolan/b", 10)
    assert check([first, second]).held == frozenset()

    third = move("norrskolan/b", "norrskolan/c", 1)
    found = check([first, second, third])

    assert found.held == {second.key, third.key}
    assert found.findings[0].values["allowance"].splitlines()[4:] == [
        "moves:",
        "  - {from: norrskolan/a, into: norrskolan/b, at_most: 10}",
        "  - {from: norrskolan/b, into: norrskolan/c, at_most: 1}",
    ]


@pytest.mark.parametrize(("at_most", "held"), [(90, False), (89, True)])
def test_classes_move_in_august_by_envelope(at_most: int, held: bool) -> None:
    moving = move("norrskolan/a", "norrskolan/b", 90)
    allowed = MoveAllowance(source="norrskolan/a", into="norrskolan/b", at_most=at_most)

    assert bool(check([moving], allowances=[allowance(moves=[allowed])]).held) is held


def test_a_fifth_of_the_devices_may_be_disturbed_each_counted_once() -> None:
    having = stock(group_devices={"s/a": 20, "s/b": 1})
    twice = Change(
        action=Action.UPDATE,
        key=Key(kind="setting", target="@s/a", part="Other"),
        backend="chrome",
        effect=Effect(groups=("s/a",), disruption="sign-in"),
    )
    assert check([disturbing("s/a"), twice], having).held == frozenset()

    found = check([disturbing("s/a"), twice, disturbing("s/b")], having)

    assert len(found.held) == 3
    assert (found.findings[0].code, found.findings[0].values["count"]) == ("LIMIT-DISRUPTION", "21")


@pytest.mark.parametrize(("empty", "code"), [("devices", "EMPTY-INVENTORY"), ("wanted", "EMPTY-DESIRED-STATE")])
def test_an_empty_side_refuses_what_takes_away_and_not_what_creates(empty: str, code: str) -> None:
    creation = Change(action=Action.CREATE, key=Key(kind="setting", target="@a/b", part="x"), backend="chrome")
    takeover = Change(
        action=Action.ADOPT,
        key=Key(kind="target", target="ou:/E"),
        backend="chrome",
        resets={"A": {"x": 1}},
        fingerprint="t",
    )
    gone = deletion(0)

    found = check([creation, takeover, gone], stock(**{empty: 0}))

    assert found.held == {takeover.key, gone.key}
    assert [finding.code for finding in found.findings] == [code]


def test_unread_devices_are_not_an_empty_inventory() -> None:
    assert check([deletion(0)], stock(devices=0, counted=False)).held == frozenset()


def test_the_whole_allowance_names_all_that_limits_hold_and_nothing_else() -> None:
    deletions = [deletion(n) for n in range(60)]
    waiting = Change(action=Action.CREATE, key=Key(kind="group", target="@ny"), backend="chrome", fingerprint="waits")
    held = (*deletions, move("a/x", "b/y", 40), waiting)
    plan = Plan(
        format=1,
        tool_version="1",
        organisation="u",
        language="sv",
        as_of=DAY,
        lapses=None,
        digest="",
        tenants=(),
        modes={},
        changes=(),
        held=held,
        findings=check(deletions).findings,
    )

    lines = allowance_for(plan).splitlines()

    assert lines[1] == "backend: chrome"
    assert sum(line.startswith('  - "print-setting-') for line in lines) == 60
    assert "  - {from: a/x, into: b/y, at_most: 40}" in lines
    assert not any("waits" in line or "+" in line for line in lines)


def test_the_allowances_of_two_backends_are_two_files_each_under_its_name() -> None:
    chrome = [deletion(n) for n in range(60)]
    ipads = [replace(one, backend="ipads") for one in chrome]
    other = check_limits(ipads, replace(stock(), backend="ipads"), Limits(), (), DAY)
    plan = Plan(
        format=1,
        tool_version="1",
        organisation="u",
        language="sv",
        as_of=DAY,
        lapses=None,
        digest="",
        tenants=(),
        modes={},
        changes=(),
        held=(*chrome, *ipads),
        findings=(*check(chrome).findings, *other.findings),
    )

    first, second = allowance_for(plan).split("---\n")

    day = DAY.isoformat()
    assert first.startswith(f"# policies/allowances/{day}-chrome.yaml\nid: {day}-chrome\nbackend: chrome\n")
    assert second.startswith(f"# policies/allowances/{day}-ipads.yaml\nid: {day}-ipads\nbackend: ipads\n")


def test_a_value_on_a_place_that_is_only_now_made_disturbs_nobody() -> None:
    made = Change(action=Action.CREATE, key=Key(kind="group", target="@norrskolan/elever"), backend="chrome")
    having = stock(group_devices={"norrskolan/elever": 90, "norrskolan/personal": 90})

    assert check([made, disturbing("norrskolan/elever")], having).held == frozenset()
    assert check([made, disturbing("norrskolan/personal")], having).held
