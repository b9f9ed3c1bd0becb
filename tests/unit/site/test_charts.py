"""Charts as files: the same from the same numbers, text as text, and seen in the light and in the dark."""

import builtins
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from reconciler.site.charts import Chart, ChartsMissing, Series, draw

CHART = Chart(
    id="fleet",
    title="Enheter",
    labels=("grundskola", "$x^2$ & <b>", "en skola med ett namn som är längre än bilden"),
    sums=("30", "7", "0"),
    series=(Series(name="Chromebook", values=(20, 7, 0)), Series(name="iPad", values=(10, 0, 0))),
)


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - what we have drawn ourselves
    return [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_same_numbers_make_the_same_file() -> None:
    assert draw(CHART) == draw(CHART)


def test_labels_numbers_and_legend_are_text_whatever_they_hold() -> None:
    found = texts(draw(CHART))

    assert found == [
        "grundskola",
        "$x^2$ & <b>",
        "en skola med ett namn som är …",
        *("30", "7", "0"),
        *("Chromebook", "iPad"),
    ]


def test_nothing_in_the_file_runs_or_is_fetched() -> None:
    svg = draw(CHART)

    assert "<script" not in svg
    assert re.findall(r'(?:href|src)="(?!#)[^"]*"', svg) == []
    assert "DOCTYPE" not in svg


def luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_all_colours_are_seen_against_the_page_in_the_light_and_in_the_dark() -> None:
    """3:1 for graphics, 4.5:1 for text (WCAG 2.1, 1.4.11 and 1.4.3). The last two are the text's and the page's."""
    sets = [re.findall(r"#[0-9a-f]{6}", one) for one in re.findall(r":root\{([^}]*)\}", draw(CHART))]

    assert len(sets) == 2
    for *series, ink, paper in sets:
        for colour, least in [*((one, 3.0) for one in series), (ink, 4.5)]:
            high, low = sorted((luminance(colour), luminance(paper)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= least, (colour, paper)


def test_every_colour_of_the_drawing_is_one_of_them() -> None:
    body = draw(CHART).partition("</style>")[2]

    assert re.findall(r"#[0-9a-f]{6}", body) == []


def test_without_the_library_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(ChartsMissing):
        draw(CHART)
