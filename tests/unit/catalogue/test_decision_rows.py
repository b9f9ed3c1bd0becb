"""A secretary's table: words of both languages, and each cell that can't be taken by its column."""

from datetime import date

import pytest

from reconciler.catalogue.cells import Refusal
from reconciler.catalogue.decision_rows import decide_of, field_of
from reconciler.catalogue.decisions import Decide
from reconciler.load.wishes import parse_day


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("App", "app"),
        ("ID", "app"),
        ("Beslut", "decision"),
        ("Motivering", "reason"),
        ("§", "paragraph"),
        ("Ses  över senast", "review_by"),
        ("review_by", "review_by"),
        ("Withdrawn from", "from"),
        ("emot", "against"),
        ("Kommentar", None),
    ],
)
def test_headings(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"app": "kami", "decision": "Godkänd", "reason": "Bra\nså.", "review_by": "2027-12-31", "paragraph": "§ 4"},
            Decide(app="kami", what="approve", reason="Bra så.", review_by=date(2027, 12, 31), paragraph=4),
        ),
        (
            {"app": "kami", "decision": "approved with conditions", "reason": "x", "conditions": "A. | B."},
            Decide(app="kami", what="approve", reason="x", conditions=("A.", "B.")),
        ),
        (
            {"app": "kami", "decision": "withdraw", "reason": "x", "from": "2027-01-01", "for": 5, "against": 0},
            Decide(app="kami", what="withdraw", reason="x", start=date(2027, 1, 1), votes_for=5, votes_against=0),
        ),
        (
            {"app": "kami", "decision": "nekad", "reason": "x", "conditions": []},
            Decide(app="kami", what="reject", reason="x"),
        ),
        ({"app": "kami", "decision": "Bordlagd"}, None),
        ({"app": "kami"}, None),
    ],
)
def test_rows(row: dict[str, object], expected: Decide | None) -> None:
    assert decide_of(row, parse_day) == expected


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"decision": "kanske"}, "DECIDE-UNKNOWN-WORD", "decision"),
        ({"decision": True}, "DECIDE-NOT-TEXT", "decision"),
        ({"decision": "nekad", "paragraph": "fyra"}, "DECIDE-NOT-A-NUMBER", "paragraph"),
        ({"decision": "nekad", "for": -1}, "DECIDE-NOT-TEXT", "for"),
        ({"decision": "nekad", "for": True}, "DECIDE-NOT-TEXT", "for"),
        ({"decision": "godkänd", "review_by": "31/12 2027"}, "DECIDE-NOT-A-DAY", "review_by"),
        ({"decision": "godkänd med villkor"}, "DECIDE-NO-CONDITIONS", "conditions"),
        ({"decision": "nekad", "conditions": "x"}, "DECIDE-CONDITIONS-WHEN-REJECTED", "conditions"),
        ({"decision": "nekad", "reason": "=1+1"}, "INTAKE-FORMULA", "reason"),
        ({"decision": "nekad", "reason": "#SAKNAS!"}, "INTAKE-EXCEL-ERROR", "reason"),
        ({"decision": "godkänd", "conditions": ["a", 1]}, "DECIDE-NOT-TEXT", "conditions"),
    ],
)
def test_cells_that_cannot_be_taken(row: dict[str, object], code: str, column: str) -> None:
    with pytest.raises(Refusal) as refused:
        decide_of({"app": "kami", "reason": "x", **row}, parse_day)

    assert (refused.value.code, refused.value.column) == (code, column)
