"""Each row of the table of cases, and that there is a row for every reason there is."""

import re
from pathlib import Path

import pytest

import reconciler.trust
from tests.unit.trust.cases import ROWS
from tests.unit.trust.cases.row import holds

SIGNING = {  # of texts, not of evidence: see test_signing
    "RECORD-BROKEN",
    "RECORD-INCOMPLETE",
    "RECORD-KEY-UNKNOWN",
    "RECORD-TOO-LARGE",
    "RECORD-VERSION",
}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_case(name: str) -> None:
    row = ROWS[name]
    decision = row.world.decide()

    assert holds(row), decision


def codes() -> set[str]:
    folder = Path(reconciler.trust.__file__).parent
    sources = [
        file.read_text("utf-8") for file in folder.glob("*.py") if file.stem != "codeowners"
    ]  # has its own tests
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
