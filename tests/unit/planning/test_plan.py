"""The plan as a whole: what is held and why, what is said beside it, and when it lapses."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from reconciler.model.adapter import Capability
from reconciler.model.change import Plan, Why
from reconciler.model.desired import Layer, Origin
from reconciler.model.documents import Allowance
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Position
from reconciler.model.resource import Key, Live, Outstanding, Resource
from reconciler.planning.plan import BackendView, make_plan
from tests.unit.planning.building import (
    DAY,
    HERE,
    ORG,
    TENANT,
    app,
    backend,
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

A, B = "@norrskolan/a", "@sodra/b"
BOTH = [place(A, "A"), setting(A, "S", x=1), app(A, "kami", mode="FORCED"), place(B, "B"), setting(B, "S", x=1)]
TARGETS = [target(A, owner="norrskolan/a"), target(B, owner="sodra/b")]
EMPTY = snapshot([], [device("1", "ou:/Lager")])


def plan(
    views: Sequence[BackendView],
    findings: Sequence[Finding] = (),
    school_: str | None = None,
    lapses: date | None = None,
) -> Plan:
    wanted = state(school("norrskolan", [group("a")]), school("sodra", [group("b")]), lapses=lapses)
    return make_plan(documents(), wanted, views, tool_version="1.0", locate=locate, findings=findings, school=school_)


def error(subject: str, code: str = "SOME-ERROR") -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=HERE, subject=subject)


def keys(changes: Sequence[object]) -> list[str]:
    return [str(change.key) for change in changes]  # type: ignore[attr-defined]


def test_a_plan_names_its_inputs() -> None:
    made = plan([view(lowered(BOTH, TARGETS), EMPTY)], lapses=date(2026, 12, 1))

    assert (made.format, made.tool_version, made.organisation, made.language) == (1, "1.0", ORG, "sv")
    assert (made.as_of, made.lapses, made.digest) == (DAY, date(2026, 12, 1), "sha256:documents")
    assert (made.tenants, made.modes) == ((TENANT,), {"chrome": "apply"})
    assert len(made.changes) == 5
    assert all(len(change.fingerprint) == 32 for change in made.changes)


@pytest.mark.parametrize(
    ("subject", "held"),
    [
        ("norrskolan/a", ["group:@norrskolan/a", "setting:@norrskolan/a:S", "assignment:@norrskolan/a:kami"]),
        ("sodra", ["group:@sodra/b", "setting:@sodra/b:S"]),
        ("app:kami", ["assignment:@norrskolan/a:kami"]),
        ("app:scratch", []),
        ("nobody/here", []),
    ],
)
def test_an_error_holds_its_subject_and_nothing_else(subject: str, held: list[str]) -> None:
    made = plan([view(lowered(BOTH, TARGETS), EMPTY)], [error(subject)])

    assert sorted(keys(made.held)) == sorted(held)
    assert len(made.changes) == 5 - len(held)


@pytest.mark.parametrize("subject", ["", "chrome"])
def test_an_error_on_the_run_or_the_backend_holds_everything(subject: str) -> None:
    made = plan([view(lowered(BOTH, TARGETS), EMPTY)], [error(subject)])

    assert (made.changes, len(made.held)) == ((), 5)


def test_a_warning_holds_nothing() -> None:
    made = plan([view(lowered(BOTH, TARGETS), EMPTY)], [replace(error(""), severity=Severity.WARNING)])

    assert made.held == ()


def test_an_error_of_lowering_without_a_subject_is_its_backends_alone() -> None:
    other = view(lowered([place("@norrskolan/c", "C")]), EMPTY, on=replace(backend(), id="other"))
    bad = view(lowered(BOTH, TARGETS, findings=[error("", "ROOT-MISSING")]), EMPTY)

    made = plan([bad, other])

    assert keys(made.changes) == ["group:@norrskolan/c"]


def test_what_could_not_be_read_holds_no_more_than_itself() -> None:
    live = snapshot([live_place(A, "A")], [device("1", A)], [("setting", A)], findings=[error("", "GOOGLE-UNREAD")])

    made = plan([view(lowered(BOTH, TARGETS), live)])

    assert "setting:@norrskolan/a:S" not in keys(made.changes)
    assert "setting:@sodra/b:S" in keys(made.changes)
    assert {finding.code for finding in made.findings} == {"GOOGLE-UNREAD", "UNREAD-SETTING"}


def test_a_resource_with_an_error_is_held_and_what_lives_there_is_left_alone() -> None:
    blocked = replace(setting(A, "S", x=1), blocked_by=("VALUE-UNKNOWN",))
    live = snapshot([live_place(A, "A"), live_setting(A, "S", x=0)], [device("1", A)])

    made = plan([view(lowered([place(A, "A"), blocked], [target(A)]), live)])

    assert (made.changes, keys(made.held)) == ((), ["setting:@norrskolan/a:S"])


def test_what_waits_for_something_held_is_held_with_a_note() -> None:
    first, second = app(A, "one", mode="F"), app(A, "two", mode="F")
    second = replace(second, depends_on=(first.key,))

    made = plan([view(lowered([place(A, "A"), first, second], [target(A)]), EMPTY)], [error("app:one")])

    assert keys(made.held) == ["assignment:@norrskolan/a:one", "assignment:@norrskolan/a:two"]
    assert [note.values for note in made.notes if note.code == "HELD-WITH"] == [
        {"change": "two (norrskolan/a)", "on": "one (norrskolan/a)"}
    ]


def test_past_a_limit_all_of_that_class_is_held_and_the_rest_goes_on() -> None:
    live = snapshot([live_place(A, "A"), *(live_setting(A, f"Gone{n}", x=1) for n in range(4))], [device("1", A)])

    made = plan([view(lowered([place(A, "A"), setting(A, "S", x=1)], [target(A)]), live)])

    assert keys(made.changes) == ["setting:@norrskolan/a:S"]
    assert len(made.held) == 4
    (finding,) = made.findings
    assert (finding.code, finding.values["count"], finding.values["limit"]) == ("LIMIT-DELETIONS-SETTING", "4", "3")
    assert made.held[0].fingerprint in finding.values["allowance"]


def test_a_plan_that_leans_on_an_allowance_lapses_with_it() -> None:
    live = snapshot([live_place(A, "A"), *(live_setting(A, f"Gone{n}", x=1) for n in range(4))], [device("1", A)])
    one = view(lowered([place(A, "A")], [target(A)]), live)
    prints = tuple(change.fingerprint for change in plan([one]).held)
    allowed = Allowance(id="x", backend="chrome", fingerprints=prints, envelopes=(), until=date(2026, 11, 30), at=HERE)

    made = make_plan(documents([allowed]), state(), [one], tool_version="1.0", locate=locate)

    assert (len(made.changes), made.held, made.lapses) == (4, (), date(2026, 12, 1))


def test_a_group_that_keeps_a_device_is_not_deleted() -> None:
    live = snapshot([live_place(A, "A"), live_place(B, "B")], [device("1", A), device("2", B)])

    made = plan([view(lowered([place(B, "B")], [target(B)]), live, {"2": B})])

    assert (made.changes, made.held) == ((), ())
    assert [(finding.code, finding.subject) for finding in made.findings] == [("GROUP-NOT-EMPTY", "norrskolan/a")]


def test_what_lies_on_a_group_that_keeps_a_device_stays_with_it() -> None:
    live = snapshot([live_place(A, "A"), live_setting(A, "S", x=1), live_place(B, "B")], [device("1", A)])

    made = plan([view(lowered([place(B, "B")], [target(B)]), live)])

    assert (made.changes, made.held) == ((), ())


def test_an_app_that_a_group_with_devices_still_has_is_not_deleted_under_it() -> None:
    """Deleting the app ends its assignments, also the one that stays with its group."""
    app = Live(key=Key(kind="app", target="@", part="ios:1"), fields={"name": "Bok"}, vendor_id="9")
    row = Live(key=Key(kind="assignment", target=A, part="ios:1"), fields={"intent": "required"}, vendor_id="9")
    root = replace(target(A), ref="@")
    live = snapshot([live_place(A, "A"), row, app, live_place(B, "B")], [device("1", A)])

    stays = plan([view(lowered([place(B, "B")], [target(B), root]), live)])
    goes = plan([view(lowered([place(B, "B")], [target(B), root]), live, {"1": B})])

    assert (stays.changes, stays.held) == ((), ())
    assert [change.key.kind for change in goes.changes] == ["membership", "assignment", "app", "group"]


def test_a_group_is_deleted_after_its_devices_have_moved() -> None:
    live = snapshot([live_place(A, "A"), live_place(B, "B")], [device("1", A)])

    made = plan([view(lowered([place(B, "B")], [target(B)]), live, {"1": B})])

    assert keys(made.changes) == ["membership:@sodra/b:@norrskolan/a", "group:@norrskolan/a"]
    assert made.changes[1].depends_on == (made.changes[0].key,)


def test_one_schools_changes_and_what_waits_for_another() -> None:
    waits = replace(setting(A, "W", x=1), depends_on=(Key(kind="setting", target=B, part="S"),))

    made = plan([view(lowered([*BOTH, waits], TARGETS), EMPTY)], school_="norrskolan")

    assert {change.key.target for change in made.changes} == {A}
    assert keys(made.held) == ["setting:@norrskolan/a:W"]
    assert [note.values["on"] for note in made.notes if note.code == "OUTSIDE-FILTER"] == ["S (sodra/b)"]
    (selected,) = [note.values for note in made.notes if note.code == "ONLY-SCHOOL"]
    assert selected == {"school": "norrskolan", "count": "2"}, "the other school's place and its setting"


def test_limits_count_what_the_filter_leaves_out() -> None:
    gone = [live_setting(ref, f"Gone{n}", x=1) for ref in (A, B) for n in range(2)]
    live = snapshot([live_place(A, "A"), live_place(B, "B"), *gone], [device("1", A)])

    made = plan([view(lowered([place(A, "A"), place(B, "B")], TARGETS), live)], school_="norrskolan")

    assert (made.changes, len(made.held)) == ((), 4)


def test_what_an_api_cannot_do_is_for_a_person() -> None:
    manual = [Capability(kind="setting", extent="manual", exclusive=False, on_removal="", source="t", date="2026")]
    low = replace(
        lowered([place(A, "A"), setting(A, "S", x=1)], [target(A)]),
        outstanding=(Outstanding(code="SCOPE-BY-HAND", backend="chrome", subject="x"),),
    )

    made = plan([view(low, EMPTY, capabilities=manual)])

    assert keys(made.changes) == ["group:@norrskolan/a"]
    assert [(item.code, item.values) for item in made.outstanding] == [
        ("SCOPE-BY-HAND", {}),
        ("DO-BY-HAND-CREATE", {"label": "S", "target": "norrskolan/a"}),
    ]


def test_reasons_are_lines() -> None:
    origin = Origin(layer=Layer.GROUP, owner="norrskolan/a", value=1, at=HERE)
    wanted: list[Resource] = [place(A, "A"), replace(setting(A, "S", x=1), origins=(origin,))]

    made = plan([view(lowered(wanted, [target(A)]), EMPTY)], [replace(error("nobody"), places={"other": HERE})])

    line = Position(file="schools/norrskolan.yaml", line=7, column=3)
    assert made.changes[1].why == (Why(layer="group", owner="norrskolan/a", position=line),)
    assert (made.findings[0].place, made.findings[0].places) == (line, {"other": line})


def test_what_is_unmanaged_is_counted() -> None:
    live = snapshot([live_place("ou:/Personal", "Personal")], [device("1", "ou:/Personal"), device("2", "ou:/")])

    made = plan([view(lowered([place(A, "A")]), live)])

    assert [(note.code, note.values) for note in made.notes] == [
        ("UNMANAGED-DEVICES", {"devices": "2"}),
        ("UNMANAGED-PLACES", {"places": "1"}),
    ]


def test_converged_is_empty() -> None:
    live = snapshot([live_place(A, "A"), live_setting(A, "S", x=1)], [device("1", A)])

    made = plan([view(lowered([place(A, "A"), setting(A, "S", x=1)], [target(A)]), live, {"1": A})])

    assert (made.changes, made.held, made.findings, made.notes) == ((), (), (), ())
    assert made.unchanged == {"group": 1, "membership": 1, "setting": 1}


def test_what_lies_below_a_place_that_nobody_can_tell_is_held() -> None:
    live = snapshot([live_place("@", "Enheter", id_="1"), live_place("@", "Enheter", id_="2")], [device("1", "ou:/")])
    wanted = [place("@", "Enheter"), place("@norrskolan", "Norrskolan", "@"), place(A, "A", "@norrskolan")]

    made = plan([view(lowered(wanted), live)])

    assert (made.changes, keys(made.held)) == ((), ["group:@norrskolan", "group:@norrskolan/a"])
    assert [(finding.code, finding.subject) for finding in made.findings] == [("TWO-LIVE-ONE-KEY", "@")]


def test_a_target_that_was_ours_and_is_not_named_any_more_is_told() -> None:
    mark = live_place(A, "x").mark
    marked = replace(live_place("ou:/Elever", "Elever"), mark=mark)

    made = plan([view(lowered([place(A, "A")]), snapshot([marked, live_place(A, "A")], [device("1", A)]), {"1": A})])

    assert [(note.code, note.subject) for note in made.notes] == [("TARGET-STILL-MARKED", "ou:/Elever")]
