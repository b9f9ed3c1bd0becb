"""Many findings of one code: the first ten, and how many more there are."""

import json

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Position
from reconciler.report.plan_json import plan_json
from reconciler.report.plan_markdown import plan_markdown
from reconciler.report.plan_text import plan_text
from tests.unit.report.plans import make_plan

CODE = "GROUP-WITHOUT-DEVICES"


def findings(number: int, severity: Severity = Severity.WARNING) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            code=CODE,
            severity=severity,
            place=Position(file="schools/norrskolan.yaml", line=n, column=1),
            values={"group": f"norrskolan/g{n}"},
        )
        for n in range(1, number + 1)
    )


def test_beyond_ten_the_plan_says_how_many_more_and_how_to_see_them() -> None:
    plan = make_plan(findings=findings(400))
    text, markdown = plan_text(plan, "en", width=200), plan_markdown(plan, "en")

    assert text.count(f"warning {CODE}") == 10
    assert f"… and 390 more of the same ({CODE}). To see all: reconciler show with --all or --format json." in text
    assert "reconciler show plan.json --all" in text
    assert markdown.count("schools/norrskolan") == 10
    assert "390 more of the same" in markdown


def test_what_to_do_about_them_is_still_said() -> None:
    few = plan_text(make_plan(findings=findings(1)), "en", width=200).splitlines()
    hint = few[next(n for n, line in enumerate(few) if CODE in line) + 1].strip()
    assert hint

    assert plan_text(make_plan(findings=findings(400)), "en", width=200).count(hint) == 1


def test_everything_and_json_leave_none_out() -> None:
    plan = make_plan(findings=findings(400))

    assert plan_text(plan, "en", everything=True).count(f"warning {CODE}") == 400
    assert len(json.loads(plan_json(plan, "en"))["findings"]) == 400


def test_eleven_are_all_shown_and_errors_always_are() -> None:
    assert plan_text(make_plan(findings=findings(11)), "en").count(f"warning {CODE}") == 11
    assert plan_text(make_plan(findings=findings(30, Severity.ERROR)), "en").count(f"error {CODE}") == 30
