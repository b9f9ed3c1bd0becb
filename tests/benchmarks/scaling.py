"""What a device costs when there are ten times as many; and all of Sweden, for `make bench-sweden`."""

import json
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from tests.benchmarks.figure import Bar, Figure
from tests.benchmarks.process import run_process

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("compile", "lower", "diff")
EACH = 274
"""Devices in a school: 2,000,000 in 7,300."""
SMALL, LARGE, SWEDEN = 73, 730, 7_300
ROUNDS = 3


def figures() -> Iterator[Figure]:
    pairs = [(_measure(LARGE), _measure(SMALL)) for _ in range(ROUNDS)]
    parts = ", ".join(
        f"{part} {statistics.median(_each(large, part) / _each(small, part) for large, small in pairs):.2f}"
        for part in PARTS
    )
    large, small = pairs[0]
    yield Figure(
        name="cost per device: ten times as many",
        value=statistics.median(_each(large) / _each(small) for large, small in pairs),
        bar=1.3,
        side=Bar.AT_MOST,
        unit="× the cost per device",
        against=f"the same with a tenth of schools, groups and devices ({large['devices']:,} devices, {small['devices']:,})",
        bound="processor time of compile + lower + diff, divided by devices: 1 where all is linear",
        remark=f"by part: {parts}; median of {ROUNDS}",
    )


def _measure(schools: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.computing", str(schools), str(EACH)]
    found: dict[str, Any] = json.loads(run_process(command, folder=ROOT).output)
    return found


def _each(run: dict[str, Any], *parts: str) -> float:
    return float(sum(run[part] for part in parts or PARTS)) / int(run["devices"])


def sweden(out: TextIO) -> None:
    """Prints what 2,000,000 devices in 7,300 schools cost. A time, and so no figure with a bar: the ratio beside it is one."""
    out.write(f"Computing for {SWEDEN:,} schools with {EACH} devices each; this takes minutes and some gigabytes.\n")
    out.flush()
    small, large = _measure(LARGE), _measure(SWEDEN)
    for run in (small, large):
        parts = ", ".join(f"{part} {run[part]:.1f} s" for part in PARTS)
        out.write(
            f"{run['devices']:>10,} devices, {run['groups']:>7,} groups: {parts}; "
            f"{1e6 * _each(run):.1f} µs a device, {run['peak']:,.0f} MB at most\n"
        )
    out.write(f"Cost per device against a tenth of it: {_each(large) / _each(small):.2f}\n")


if __name__ == "__main__":
    sweden(sys.stdout)
