"""Horizontal bars as SVG files: drawn when the site is built, without scripts, the text as text, and dark where the reader's screen is.

matplotlib is needed for nothing else here. It is asked for the same file from the same numbers: ids come from a fixed salt, and no date.
"""

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LIGHT: Final = ("#1c5d87", "#b4561f", "#4b7a2b", "#7b4a9d", "#5a6472")
_DARK: Final = ("#6fb4e6", "#f0985f", "#9cca70", "#c7a2ea", "#aab4c0")
"""Of the series in their order. All have a contrast of at least 3:1 with the page behind them (WCAG 2.1, 1.4.11)."""

_INK: Final = ("#1b2127", "#e7ebee")
_PAPER: Final = ("#ffffff", "#161b21")
_FONTS: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_WIDTH: Final = 4.3
"""Inches: 413 px where 96 make one, so that the text is still read at a phone's 340."""
_LONGEST: Final = 30
"""Characters of a label; the table beside the chart has it whole."""

_METADATA: Final = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_FONT: Final = "'DejaVu Sans'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One colour: a number for each label."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Stacked where there are several series. `sums` are the bars' numbers as the language writes them. `title` says what the picture shows to who can't see it."""

    id: str
    title: str
    labels: tuple[str, ...]
    sums: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(map(sum, zip(*(one.values for one in self.series), strict=True)))


class ChartsMissing(Exception):  # noqa: N818 - what is missing, for people; not a fault of the program
    """The library that draws is not installed."""


def draw(chart: Chart) -> str:
    """The whole SVG file. ChartsMissing where matplotlib is not installed."""
    try:
        from matplotlib import rc_context  # noqa: PLC0415, RUF100 - half a second, and only the internal edition has charts
        from matplotlib.figure import Figure  # noqa: PLC0415, RUF100
    except ImportError as problem:
        raise ChartsMissing from problem
    out = io.StringIO()
    with rc_context(_SETTINGS):
        height = 0.55 + 0.3 * len(chart.labels) + (0.3 if len(chart.series) > 1 else 0)
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        _bars(figure.subplots(), chart)
        if len(chart.series) > 1:
            figure.legend(loc="outside lower left", ncols=len(chart.series), frameon=False, borderaxespad=0.2)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return _themed(out.getvalue())


_SETTINGS: Final[Any] = {  # matplotlib's own type lists the keys of one version
    "svg.fonttype": "none",
    "svg.hashsalt": "reconciler",
    "text.parse_math": False,  # a school may be called $x$
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that the layout is the same everywhere; wider than most
    "font.size": 9,
    "text.color": _INK[0],
    "axes.labelcolor": _INK[0],
    "xtick.color": _INK[0],
    "ytick.color": _INK[0],
    "axes.edgecolor": _INK[0],
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


def _bars(axes: "Axes", chart: Chart) -> None:
    places = range(len(chart.labels))
    before = [0] * len(chart.labels)
    for number, one in enumerate(chart.series):
        colour = _LIGHT[number % len(_LIGHT)]
        axes.barh(places, one.values, left=before, height=0.66, color=colour, edgecolor=_PAPER[0], label=one.name)
        before = [sum(pair) for pair in zip(before, one.values, strict=True)]
    for place, total, said in zip(places, chart.totals, chart.sums, strict=True):
        axes.annotate(said, (total, place), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_yticks(places, [_short(label) for label in chart.labels])
    axes.set_xlim(0, max(1, *chart.totals) * 1.14 if chart.totals else 1)
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _themed(svg: str) -> str:
    """The reader's own fonts, and colours as variables that a dark screen has other values for."""
    pairs = [*zip(_LIGHT, _DARK, strict=True), _INK, _PAPER]
    light, dark = ("".join(f"--c{number}:{pair[side]};" for number, pair in enumerate(pairs)) for side in (0, 1))
    for number, (colour, _) in enumerate(pairs):
        svg = svg.replace(colour, f"var(--c{number})")
    svg = _METADATA.sub("", svg[svg.index("<svg") :])
    style = f"<style>:root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    svg = svg.replace(_FONT, _FONTS)
    return svg.replace(" <defs>", f" {style}\n <defs>", 1)
