"""No check goes unnoticed: with any one of them taken out, rows of the table turn red."""

import pytest

from tests.unit.trust.taken_out import coverage, people, standing
from tests.unit.trust.taken_out.taking import red_rows

CHECKS = {**coverage.CHECKS, **standing.CHECKS, **people.CHECKS}

GATES: dict[tuple[str, str, str], set[str]] = {
    ("covering", "    if grant.fault:\n        return grant.fault\n", ""): {
        "nobody has reviewed it",
        "a record that has lapsed",
        "an approvals file that nobody approved",
    },
    ("covering", "grant.by_file and is_loud(change)", "is_loud(change)"): {
        "a deletion in a record, which shows it first and loud",
        "a small place has a floor",
    },
    ("line", "fault = missing if pull.merge_sha in walk.open else None", "fault = None"): {
        "nobody has reviewed it",
        "dismissed",
    },
    ("line", "    if missing:\n        before", "    if False:\n        before"): {"nobody has reviewed it"},
    ("approvals", "if review.person.casefold() not in members:", "if False:"): {
        "approved by somebody outside of the team"
    },
    ("owners", "({IT, EDUCATION} if JOINT in owners else set())", "({EDUCATION} if JOINT in owners else set())"): {
        "a pull request that makes its author's friend the team of its role: the base's roles count",
        "a role without a team",
    },
}
"""What many reasons pass through: these rows turn red and more."""


@pytest.mark.parametrize(
    "check", CHECKS, ids=lambda check: f"{check[0]}: {check[1].strip()[:60]} -> {check[2].strip()[:30]}"
)
def test_without_a_check_its_rows_turn_red(check: tuple[str, str, str]) -> None:
    assert red_rows(*check) == CHECKS[check]


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: f"{gate[0]}: {gate[1].strip()[:60]}")
def test_without_a_gate_its_rows_and_more_turn_red(gate: tuple[str, str, str]) -> None:
    assert red_rows(*gate) >= GATES[gate]


def test_as_it_is_all_rows_hold() -> None:
    assert red_rows("covering", 'PLACEMENT = "placement"', 'PLACEMENT = "placement"  # as it is') == set()
