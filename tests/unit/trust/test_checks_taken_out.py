"""No check goes unnoticed: with any one of them taken out, rows of the table turn red.

A row that is new may turn red too where a check is taken out that few rows pass: then it is named there.
"""

import pytest

from tests.unit.trust.taken_out import coverage, people, standing
from tests.unit.trust.taken_out.gates import GATES
from tests.unit.trust.taken_out.taking import red_rows

CHECKS = {**coverage.CHECKS, **standing.CHECKS, **people.CHECKS}


def told(check: tuple[str, str, str]) -> str:
    module, old, new = (" ".join(part.split()) for part in check)
    return f"{module}: {old[:60]} -> {new[:40] or 'nothing'}"


@pytest.mark.parametrize("check", CHECKS, ids=told)
def test_without_a_check_its_rows_turn_red_and_no_others(check: tuple[str, str, str]) -> None:
    assert red_rows(*check) == CHECKS[check]


@pytest.mark.parametrize("gate", GATES, ids=told)
def test_without_a_gate_its_rows_turn_red_and_more(gate: tuple[str, str, str]) -> None:
    assert red_rows(*gate) > GATES[gate]


def test_as_it_is_all_rows_hold() -> None:
    assert red_rows("covering", 'PLACEMENT = "placement"', 'PLACEMENT = "placement"  # as it is') == set()
