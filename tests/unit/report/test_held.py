"""What stands where changes are held: what could be done instead, and a file that can be read or a command that prints it."""

from reconciler.model.change import Action, Plan
from reconciler.model.finding import Finding, Severity
from reconciler.report.plan_markdown import plan_markdown
from reconciler.report.plan_text import plan_text
from tests.unit.report.plans import BLOCKED, INCOGNITO, make_change, make_move, make_plan, touches

FILE = "policies/allowances/2026-11-21-chrome.yaml"
COMMAND = f"reconciler show plan.json --format allowance > {FILE}"


def limit(code: str, changes: int) -> Finding:
    prints = "".join(f'\n  - "{n:032x}"' for n in range(changes))
    values = {"backend": "chrome", "count": "700", "owned": "900", "limit": "180", "changes": str(changes)}
    allowance = f"id: 2026-11-21-chrome\nbackend: chrome\nfingerprints:{prints}"
    return Finding(
        code=code,
        severity=Severity.ERROR,
        place=None,
        subject=f"limit:chrome:{code}",
        values={**values, "allowance": allowance},
    )


def disrupted(changes: int) -> Plan:
    held = [
        make_change(
            Action.CREATE,
            "setting",
            f"@s/g{n}",
            INCOGNITO,
            after=BLOCKED,
            effect=touches(70, f"s/g{n}", disruption="restart"),
        )
        for n in range(changes)
    ]
    return make_plan(held=tuple(held), findings=(limit("LIMIT-DISRUPTION", changes),))


def test_a_short_file_is_shown_whole_after_what_is_better_than_it() -> None:
    text = plan_text(disrupted(10), "sv", file="plan.json")

    assert "skriv värdet med rings" in " ".join(text.split())
    assert text.index("rings") < text.index(FILE) < text.index("fingerprints:")
    assert text.count("  - ") == 10
    assert "--format allowance" not in text


def test_a_long_file_is_printed_by_a_command_that_is_kept_whole() -> None:
    plan = disrupted(11)

    assert COMMAND in [line.strip() for line in plan_text(plan, "sv", file="plan.json").splitlines()]
    assert f"`{COMMAND}`" in plan_markdown(plan, "sv", file="plan.json")
    assert "fingerprints:" not in plan_text(plan, "en", file="plan.json")
    assert "reconciler show other.json --format" in plan_text(plan, "en", file="other.json")


def test_two_limits_of_one_system_are_one_file_and_never_two_examples_of_one_name() -> None:
    both = disrupted(2)
    moves = make_plan(
        held=(*both.held, make_move("s/a", "s/b", 90)), findings=(*both.findings, limit("LIMIT-MOVES", 1))
    )
    text = plan_text(moves, "sv", file="plan.json")

    assert text.count(COMMAND) == 2
    assert "fingerprints:" not in text
