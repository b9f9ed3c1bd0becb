"""Each row of the table of cases, and that there is a row for every reason there is."""

import re
from pathlib import Path

import pytest

import reconciler.trust
from tests.unit.trust.cases import ROWS, Row

SIGNING = {  # of texts, not of evidence: see test_signing
    "RECORD-BROKEN",
    "RECORD-INCOMPLETE",
    "RECORD-KEY-UNKNOWN",
    "RECORD-TOO-LARGE",
    "RECORD-VERSION",
    "APPROVALS-BROKEN",  # of a file's content: see test_approvals_file
}


def holds(row: Row) -> bool:
    """Whether the decision is what the row says, whole: nothing covered or held beside it."""
    decision = row.world.decide()
    covered = {one.fingerprint: ", ".join(one.by) for one in decision.covered}
    held = {one.fingerprint: one.code for one in decision.held}
    refused = decision.refused.code if decision.refused else ""
    complete = row.complete is None or decision.complete is row.complete
    return (
        {**covered, **held} == row.outcome and covered.keys().isdisjoint(held) and refused == row.refused and complete
    )


@pytest.mark.parametrize("name", sorted(ROWS))
def test_case(name: str) -> None:
    row = ROWS[name]
    decision = row.world.decide()

    assert holds(row), decision


def codes() -> set[str]:
    folder = Path(reconciler.trust.__file__).parent
    sources = [file.read_text("utf-8") for file in folder.glob("*.py")]
    return {
        code
        for text in sources
        for code in re.findall(r'code="([A-Z][A-Z-]+)"|return "(APPROVAL-[A-Z-]+)"', text)
        for code in code
        if code
    }


def test_every_reason_has_a_row() -> None:
    told = {code for row in ROWS.values() for code in (*row.outcome.values(), row.refused)}

    assert codes() - SIGNING <= told | {"RECORD-FORGED"}
    assert len(codes()) > 40
