"""What a plan made without a base says of each system: when something differs, and when nothing may be said of it."""

import pytest

from reconciler.model.change import Action, Plan
from reconciler.model.documents import Backend
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer, Position
from reconciler.planning.drift import Drift, Standing, SystemDrift, drift_of
from tests.unit.report.plans import ALLOWED, BLOCKED, INCOGNITO, make_change, make_plan

CHANGE = make_change(Action.UPDATE, "setting", "@norrskolan/elever-4-6", INCOGNITO, before=ALLOWED, after=BLOCKED)


def backend(name: str, mode: str = "apply") -> Backend:
    return Backend(id=name, kind="google", mode=mode, at=Pointer(file="organisation.yaml"))


def error(code: str, subject: str = "", file: str = "", **values: str) -> Finding:
    place = Position(file=file, line=1, column=1) if file else None
    return Finding(code=code, severity=Severity.ERROR, place=place, subject=subject, values=values)


def only(plan: Plan, *names: str) -> SystemDrift:
    return drift_of(plan, [backend(name) for name in names or ("chrome",)]).systems[0]


def test_without_a_difference_a_system_that_was_read_whole_agrees() -> None:
    assert only(make_plan()).standing is Standing.AGREES


@pytest.mark.parametrize("where", ["changes", "held"])
def test_a_difference_counts_whether_or_not_it_is_held(where: str) -> None:
    plan = make_plan(CHANGE) if where == "changes" else make_plan(held=(CHANGE,))

    assert only(plan).standing is Standing.DIFFERS


@pytest.mark.parametrize(
    ("finding", "standing"),
    [
        (error("UNREAD-SETTING", "setting:*", backend="chrome"), Standing.PARTLY_READ),
        (error("NO-ID", file="schools/norrskolan.yaml"), Standing.PARTLY_READ),
        (error("UNKNOWN-APP", "norrskolan/elever-4-6", file="schools/norrskolan.yaml"), Standing.PARTLY_READ),
        (error("UNREAD-SETTING", "setting:*", backend="reserv"), Standing.AGREES),
        (error("SANDBOX-NOT-STARTED", "reserv", file="organisation.yaml"), Standing.AGREES),
        (error("MGN-NO-ID", file="policies/mgn/2026-27/grundskola.yaml"), Standing.AGREES),
        (error("LIMIT-MOVES", "limit:chrome", backend="chrome"), Standing.AGREES),
        (error("RULE-NOT-MET", "norrskolan/elever-4-6", file="schools/norrskolan.yaml"), Standing.AGREES),
    ],
)
def test_an_error_that_keeps_something_from_being_judged_is_never_agreement(
    finding: Finding, standing: Standing
) -> None:
    assert only(make_plan(findings=(finding,)), "chrome", "reserv").standing is standing


def test_a_warning_keeps_nothing_from_being_judged() -> None:
    warning = Finding(code="ROLE-DUE", severity=Severity.WARNING, place=None)

    assert only(make_plan(findings=(warning,))).standing is Standing.AGREES


def test_a_system_that_was_not_read_is_told_and_nothing_is_inferred() -> None:
    refused = error("CREDENTIAL-MISSING", "intune", file="organisation.yaml", backend="intune")
    found = drift_of(make_plan(CHANGE, findings=(refused,)), [backend("chrome"), backend("intune", "observe")])

    assert [(one.backend, one.standing, one.whole) for one in found.systems] == [
        ("chrome", Standing.DIFFERS, True),
        ("intune", Standing.NOT_READ, False),
    ]
    assert [one.code for one in found.systems[1].findings] == ["CREDENTIAL-MISSING"]


def test_it_is_known_by_which_files_and_on_which_day() -> None:
    found: Drift = drift_of(make_plan(), [backend("chrome", "observe")])

    assert (found.documents, found.as_of.isoformat(), found.systems[0].mode) == ("sha256:0", "2026-11-21", "observe")
