"""A figure: what was measured against what, and whether the bar is met. Written as a table and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TextIO


class Bar(Enum):
    """Which side of the bar is good."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    BELOW = "below"


class NotMeasured(Exception):  # noqa: N818 - a way to end a figure; the figure then counts as not met
    """A figure that could not be measured, with the reason for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` is None where it could not be measured: then it is not met, and `remark` says why.

    `bound` is the formula or the command that it is held against; `remark` what a reader should know of the run.
    """

    name: str
    value: float | None
    bar: float
    side: Bar
    unit: str
    against: str
    bound: str
    remark: str = ""

    @property
    def met(self) -> bool:
        if self.value is None:
            return False
        if self.side is Bar.AT_LEAST:
            return self.value >= self.bar
        return self.value <= self.bar if self.side is Bar.AT_MOST else self.value < self.bar


def as_record(figure: Figure) -> dict[str, Any]:
    """The form of build/bench.json. The unit says on which side of the bar is good; a missing value says why."""
    why = f" (not measured: {figure.remark})" if figure.value is None else ""
    return {
        "name": figure.name,
        "value": None if figure.value is None else round(figure.value, 4),
        "bar": figure.bar,
        "unit": f"{figure.unit}, {figure.side.value}",
        "against": figure.against + why,
        "met": figure.met,
    }


def write_json(figures: Sequence[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([as_record(figure) for figure in figures], ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def write_table(figures: Sequence[Figure], out: TextIO) -> None:
    """One line per figure with its bar, and below it what it is held against and what is worth knowing."""
    width = max((len(figure.name) for figure in figures), default=0)
    for figure in figures:
        measured = "not measured" if figure.value is None else f"{figure.value:.3g} {figure.unit}"
        word = "met    " if figure.met else "NOT MET"
        out.write(f"{word}  {figure.name:<{width}}  {measured} ({figure.side.value} {figure.bar:g})\n")
        for line in (f"against {figure.against}", figure.bound, *figure.remark.splitlines()):
            if line:
                out.write(f"{'':9}{line}\n")
    missed = sum(not figure.met for figure in figures)
    out.write(f"{len(figures) - missed} of {len(figures)} figures are met.\n")
