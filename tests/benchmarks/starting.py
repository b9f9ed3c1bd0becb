"""How long the command takes to start, against the import of the library that every command line of this kind needs."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figure import Bar, Figure
from tests.benchmarks.process import Cost, in_turns, run_process, shown, wall_ratio

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("reconciler"))
ROUNDS = 21


def figures() -> Iterator[Figure]:
    yield _figure("start: reconciler --version", [COMMAND, "--version"], 2)
    yield _figure("start: validate on the sample", [COMMAND, "validate", "--no-cache", "--root", str(ROOT)], 6)


def _figure(name: str, command: list[str], bar: float) -> Figure:
    _import()
    run_process(command, folder=ROOT)  # once beforehand: compiled modules and files are then there for both
    pairs = list(in_turns(lambda: run_process(command, folder=ROOT), _import, ROUNDS))
    return Figure(
        name=name,
        value=wall_ratio(pairs),
        bar=bar,
        side=Bar.AT_MOST,
        unit="× the import",
        against='python -c "import click", whole processes',
        bound="",
        remark=shown(pairs),
    )


def _import() -> Cost:
    return run_process([sys.executable, "-c", "import click"], folder=ROOT)
