"""Conditions of an approval in one line: each is a sentence of its own."""

import pytest

from reconciler.report.review_apps import CONDITIONS_SHOWN, _conditions
from reconciler.report.words import Words

SV = Words(lang="sv")


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        (("Bara med skolans konto.",), "Villkor: Bara med skolans konto."),
        (("Utan konto.", "Bara i bildsalen."), "Villkor: Utan konto; Bara i bildsalen"),
    ],
)
def test_conditions(conditions: tuple[str, ...], said: str) -> None:
    assert _conditions("CONDITIONS", conditions, SV) == said


def test_how_many_more_there_are() -> None:
    said = _conditions("CONDITIONS", ["Ett."] * (CONDITIONS_SHOWN + 3), SV)

    assert said.count("Ett") == CONDITIONS_SHOWN
    assert said.endswith("Ett och 3 till")
