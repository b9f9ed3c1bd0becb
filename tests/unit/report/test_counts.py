"""What a job leaves for the merged report: enough to count with, and nothing that a plan keeps to itself."""

import json
from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.change import ApplyResult, ChangeResult, Outcome
from reconciler.model.finding import Finding, Severity
from reconciler.report.counts import apply_counts, drift_counts
from reconciler.report.merged import merge, merged_markdown
from reconciler.report.words import Words
from tests.unit.report.plans import make_plan
from tests.unit.report.test_drift import BY_HAND, HAND, LOST, MOVE, drift

SV = Words(lang="sv")
CHANGES = tuple(replace(one, fingerprint=f"f{n}") for n, one in enumerate((BY_HAND, MOVE, LOST)))


def rows(*answers: str) -> list[str]:
    merged = merge({str(number): json.loads(answer) for number, answer in enumerate(answers)}, {"0": "alvesta"})
    return [line for line in merged_markdown(merged, SV).splitlines() if line.startswith("|")][2:]


def result(*outcomes: Outcome) -> ApplyResult:
    done = (
        ChangeResult(key=BY_HAND.key, backend="chrome", fingerprint=f"f{number}", outcome=outcome)
        for number, outcome in enumerate(outcomes)
    )
    return ApplyResult(format=1, organisation="uid", results=tuple(done))


def test_what_differs_is_counted_with_its_schools() -> None:
    answer = drift_counts(drift(*CHANGES[:2], held=CHANGES[2:]))

    assert rows(answer) == ["| alvesta | chrome | 2 | 0 | 1 | 0 | 2 |"]


@pytest.mark.parametrize("secret", [HAND, "SERIENUMMER", "Bluetooth"])
def test_neither_values_nor_devices_are_in_it(secret: str) -> None:
    assert secret not in drift_counts(drift(*CHANGES))


def test_what_was_done_what_is_held_and_what_failed() -> None:
    plan = make_plan(held=(CHANGES[2],))
    answer = apply_counts("uid", "chrome", plan, result(Outcome.APPLIED, Outcome.FAILED), "")

    assert rows(answer) == ["| alvesta | chrome | 1 | 0 | 1 | 1 | 0 |"]


def errors(answer: str) -> Any:
    merged = merge({"0": json.loads(answer)}, {"0": "alvesta"})
    assert merged.in_order is (not merged.errors)
    return {code for _, code in merged.errors}


def test_a_run_that_did_not_begin_is_an_error_with_its_reason() -> None:
    assert errors(apply_counts("", "chrome", None, None, "CI-LOCK-HELD")) == {"CI-LOCK-HELD"}


def test_errors_count_and_warnings_do_not() -> None:
    found = [
        Finding(code=f"A-{severity}", severity=severity, place=None) for severity in (Severity.ERROR, Severity.WARNING)
    ]
    plan = replace(make_plan(), findings=tuple(found))

    assert errors(apply_counts("uid", "chrome", plan, result(), "")) == {"A-error"}


def test_a_system_that_was_not_read_whole_is_never_in_order() -> None:
    seen = drift()
    partly = replace(seen, systems=tuple(replace(one, whole=False) for one in seen.systems))

    assert errors(drift_counts(seen)) == set()
    assert errors(drift_counts(partly)) == {"CI-DRIFT-UNKNOWN"}
