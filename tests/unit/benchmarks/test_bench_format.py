"""What `make bench` prints and writes: the form of its file, which side of a bar is good, and that nothing is left out."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.figure import Bar, Figure, NotMeasured, write_json, write_table
from tests.benchmarks.process import Cost, cpu_ratio, in_turns, wall_ratio
from tests.benchmarks.run import EXPECTED, PARTS, collect


def figure(value: float | None, *, side: Bar = Bar.AT_MOST, bar: float = 2, remark: str = "") -> Figure:
    return Figure(
        name="start", value=value, bar=bar, side=side, unit="× the import", against="click", bound="1 s", remark=remark
    )


@pytest.mark.parametrize(
    ("value", "side", "met"),
    [
        (2.0, Bar.AT_MOST, True),
        (2.001, Bar.AT_MOST, False),
        (2.0, Bar.AT_LEAST, True),
        (1.999, Bar.AT_LEAST, False),
        (2.0, Bar.BELOW, False),
        (1.999, Bar.BELOW, True),
        (None, Bar.AT_LEAST, False),
        (None, Bar.AT_MOST, False),
    ],
)
def test_a_bar_is_met_on_its_good_side_only(value: float | None, side: Bar, met: bool) -> None:
    assert figure(value, side=side).met is met


def test_the_file_holds_these_keys_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    write_json([figure(1.23456), figure(None, remark="no sandbox")], path)
    assert json.loads(path.read_text(encoding="utf-8")) == [
        {"name": "start", "value": 1.2346, "bar": 2, "unit": "× the import, at most", "against": "click", "met": True},
        {
            "name": "start",
            "value": None,
            "bar": 2,
            "unit": "× the import, at most",
            "against": "click (not measured: no sandbox)",
            "met": False,
        },
    ]


def test_the_table_shows_bound_and_bar_beside_each_figure() -> None:
    out = io.StringIO()
    write_table([figure(1.5), figure(2.5), figure(None, remark="no sandbox")], out)
    assert out.getvalue().splitlines() == [
        "met      start  1.5 × the import (at most 2)",
        "         against click",
        "         1 s",
        "NOT MET  start  2.5 × the import (at most 2)",
        "         against click",
        "         1 s",
        "NOT MET  start  not measured (at most 2)",
        "         against click",
        "         1 s",
        "         no sandbox",
        "1 of 3 figures are met.",
    ]


def test_a_part_that_breaks_off_owes_its_figures_with_the_reason() -> None:
    def broken() -> Iterator[Figure]:
        name, bar, side = EXPECTED["plan"][0]
        yield Figure(name=name, value=1, bar=bar, side=side, unit="×", against="", bound="")
        raise NotMeasured("the sandbox did not start")

    found = collect({"plan": broken}, ["plan"], io.StringIO())
    assert [one.name for one in found] == [name for name, _, _ in EXPECTED["plan"]]
    assert [one.met for one in found] == [True, False, False, False]
    assert {one.remark for one in found[1:]} == {"the sandbox did not start"}


def test_a_bug_in_one_part_is_told_and_does_not_stop_the_others() -> None:
    def buggy() -> Iterator[Figure]:
        raise ZeroDivisionError("division by zero")
        yield

    def good() -> Iterator[Figure]:
        yield figure(1)

    found = collect({"parser": buggy, "start": good}, ["parser", "start"], io.StringIO())
    assert found[0].remark == "ZeroDivisionError: division by zero"
    assert not found[0].met
    assert found[1] == figure(1)


def test_every_part_says_which_figures_it_owes() -> None:
    assert PARTS.keys() == EXPECTED.keys()
    assert sum(map(len, EXPECTED.values())) == 23


def test_pairs_change_their_order_and_their_ratio_is_the_median() -> None:
    order: list[str] = []
    walls = {"ours": iter([2.0, 9.0, 3.0]), "theirs": iter([1.0, 1.0, 1.0])}

    def run(name: str) -> Cost:
        order.append(name)
        wall = next(walls[name])
        return Cost(wall=wall, cpu=wall / 2)

    pairs = list(in_turns(lambda: run("ours"), lambda: run("theirs"), 3))
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert wall_ratio(pairs) == 3.0
    assert cpu_ratio(pairs) == 3.0
