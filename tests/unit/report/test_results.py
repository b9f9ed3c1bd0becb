"""What an apply came to: what went wrong first, why, what to do, and what the exit code means."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from reconciler.model.change import Action, ApplyResult, ChangeResult, Outcome
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Key
from reconciler.report.result_json import result_json
from reconciler.report.result_markdown import result_markdown
from reconciler.report.result_text import result_text
from reconciler.report.result_view import exit_code
from tests.unit.report.plans import INSTALL, make_change, make_plan

REFUSAL = Finding(code="PLAN-OLDER-STATE", severity=Severity.ERROR, place=None)

STOPPED = Finding(code="APPLY-STOPPED", severity=Severity.ERROR, place=None)


def one(
    outcome: Outcome,
    target: str = "ou:/Elever",
    reason: str = "",
    values: Mapping[str, str] | None = None,
    moved: int = 0,
) -> ChangeResult:
    return ChangeResult(
        key=Key(kind="setting", target=target, part="chrome.users.IncognitoMode"),
        backend="chrome",
        fingerprint=f"{outcome}-{target}",
        outcome=outcome,
        reason=reason,
        values=values or {},
        moved=moved,
    )


def result(*results: ChangeResult, findings: tuple[Finding, ...] = ()) -> ApplyResult:
    return ApplyResult(format=1, organisation="x", results=results, findings=findings)


@pytest.mark.parametrize(
    ("came_to", "code"),
    [
        (result(), 0),
        (result(one(Outcome.APPLIED), one(Outcome.ALREADY_DONE)), 0),
        (result(one(Outcome.APPLIED), one(Outcome.STALE)), 4),
        (result(one(Outcome.SKIPPED)), 4),
        (result(one(Outcome.FAILED)), 4),
        (result(findings=(REFUSAL,)), 1),
        (result(one(Outcome.APPLIED), findings=(REFUSAL,)), 4),
        (result(one(Outcome.SKIPPED, reason="APPLY-STOPPED"), findings=(STOPPED,)), 1),
        (result(one(Outcome.APPLIED), one(Outcome.SKIPPED, reason="APPLY-STOPPED"), findings=(STOPPED,)), 4),
    ],
)
def test_the_exit_code_and_its_meaning(came_to: ApplyResult, code: int) -> None:
    assert exit_code(came_to) == code
    assert f"Exit code {code}: " in result_text(came_to, "en")
    assert json.loads(result_json(came_to))["exit_code"] == code


def test_what_failed_comes_before_what_is_done_with_its_reason() -> None:
    text = result_text(result(one(Outcome.APPLIED), one(Outcome.FAILED, "ou:/B", "APPLY-NOT-TAKEN")), "en")

    assert "1 of 2 changes are done." in text
    assert text.index("FAILED (1)") < text.index("doesn't show when read back") < text.index("Done (1)")


def test_after_a_stale_change_the_next_step_is_a_new_plan() -> None:
    text = result_text(result(one(Outcome.STALE, reason="APPLY-STALE")), "en", file="plan.json")

    assert "Make a new plan and see what differs before going on" in text
    assert "reconciler apply" not in text


def test_why_the_run_ended_is_said_once_and_not_under_every_change() -> None:
    left = [
        replace(one(Outcome.SKIPPED, reason="APPLY-STOPPED"), key=Key(kind="setting", target=f"ou:/{n}", part=n))
        for n in "abcd"
    ]
    text = result_text(result(one(Outcome.APPLIED), *left, findings=(STOPPED,)), "en", file="monday.json")

    assert text.count("The run was stopped.") == 1
    assert text.count("Run apply again with the same file.") == 1
    assert "Skipped (4)" in text


@pytest.mark.parametrize("before", [(), (one(Outcome.APPLIED),)])
def test_after_being_stopped_the_next_step_is_the_same_file(before: tuple[ChangeResult, ...]) -> None:
    left = one(Outcome.SKIPPED, "ou:/b", reason="APPLY-STOPPED")

    assert "reconciler apply monday.json" in result_text(
        result(*before, left, findings=(STOPPED,)), "en", file="monday.json"
    )


def test_after_a_failure_the_next_step_is_the_same_file() -> None:
    text = result_text(result(one(Outcome.FAILED, reason="APPLY-NOT-TAKEN")), "en", file="monday.json")

    assert "reconciler apply monday.json" in text


def test_names_come_from_the_plan_where_there_is_one() -> None:
    change = make_change(
        Action.CREATE,
        "assignment",
        "ou:/Elever",
        f"{INSTALL}|chrome:abc",
        after={"appInstallType": "FORCED"},
        label="Scratch",
        fingerprint="f",
    )
    done = result(replace(one(Outcome.APPLIED), key=change.key, fingerprint="f"))

    assert "✓ Scratch" in result_text(done, "en", plan=make_plan(change))
    assert "✓ chrome:abc" in result_text(done, "en")


def test_the_same_in_several_places_is_said_once() -> None:
    text = result_text(result(*(one(Outcome.APPLIED, f"ou:/{name}") for name in "abc")), "en")

    assert text.count("Incognito mode") == 1
    assert "in /a, /b and /c" in text


def test_what_takes_something_away_is_not_folded_behind_what_adds() -> None:
    changes = [
        make_change(
            Action.CREATE,
            "group",
            f"@norrskolan/{n}",
            after={"name": f"Vagn {n}"},
            label=f"Vagn {n}",
            fingerprint=f"f{n}",
        )
        for n in range(15)
    ]
    changes += [
        make_change(
            Action.DELETE,
            "group",
            "@norrskolan/gammal",
            before={"name": "Gamla vagnen"},
            label="Gamla vagnen",
            fingerprint="g",
        )
    ]
    done = [replace(one(Outcome.APPLIED), key=change.key, fingerprint=change.fingerprint) for change in changes]
    text = result_text(result(*done), "en", plan=make_plan(*changes))

    assert "Gamla vagnen" in text
    assert text.index("Gamla vagnen") < text.index("Vagn 0")
    assert "Vagn 14" not in text


def test_a_reason_from_a_server_is_only_text() -> None:
    evil = "<img src=x> @team [a](b)"
    failed = one(Outcome.FAILED, reason="APPLY-UNREAD", values={"reason": evil})
    text = result_markdown(result(failed), "en")

    assert "<img" not in text
    assert "@team" not in text


def test_a_result_of_thousands_fits_a_comment() -> None:
    text = result_markdown(
        result(*(one(Outcome.FAILED, f"ou:/{n}", "APPLY-UNREAD", {"reason": f"no. {n}"}) for n in range(3_000))), "en"
    )

    assert len(text) <= 65_536
    assert "did not fit here" in text


def test_moved_devices_are_counted() -> None:
    done = result(one(Outcome.APPLIED, moved=30), one(Outcome.APPLIED, "ou:/b", moved=4))

    assert "34 devices got a new place." in result_text(done, "en")
    assert json.loads(result_json(done))["summary"]["devices_moved"] == 34


def waiting(until: str) -> ChangeResult:
    values = {"until": until, "why": "Lektion", "why.sv": "Lektion", "why.en": "Lesson"}
    return one(Outcome.WAITING, f"ou:/{until}", "APPLY-WAITING" if until else "APPLY-WAITING-NEVER", values)


LATER, SOONER = waiting("2026-11-24 15:30"), waiting("2026-11-23 16:00")


def closing(*results: ChangeResult, lapses: date | None = None) -> str:
    plan = replace(make_plan(), lapses=lapses)
    return " ".join(result_text(result(*results), "sv", plan=plan, file="min.json").split())


def test_what_only_waits_says_when_to_go_on() -> None:
    text = closing(one(Outcome.APPLIED), LATER, SOONER, one(Outcome.SKIPPED, "ou:/b", "APPLY-DEPENDS"))

    assert "Inget har gått fel; det som återstår väntar på kalendern." in text
    assert "Kör samma fil igen efter 2026-11-23 16:00: reconciler apply min.json" in text
    assert "när felet är åtgärdat" not in text
    assert "Slutkod 4" in text


def test_a_plan_that_has_lapsed_by_then_is_made_anew() -> None:
    assert "gäller bara till och med 2026-11-22: reconciler plan --out plan.json" in closing(
        SOONER, lapses=date(2026, 11, 23)
    )
    assert "Kör samma fil igen efter 2026-11-23 16:00" in closing(SOONER, lapses=date(2026, 11, 24))


def test_what_has_no_free_time_is_for_the_calendar() -> None:
    assert "Se över stoppen i policies/calendar.yaml" in closing(waiting(""))
    assert "Kör samma fil igen efter 2026-11-23 16:00" in closing(waiting(""), SOONER)


def test_what_failed_beside_it_is_mended_first() -> None:
    assert "när felet är åtgärdat" in closing(SOONER, one(Outcome.FAILED))
