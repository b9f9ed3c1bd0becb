"""How long small commands take: against the import of the library that every command line of this kind needs, and against
each other."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.figure import Bar, Figure
from tests.benchmarks.process import Cost, in_turns, run_process, shown, wall_ratio

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("reconciler"))
IMPORT = [sys.executable, "-c", "import click"]
ROUNDS = 21


def figures() -> Iterator[Figure]:
    validate = [COMMAND, "validate", "--no-cache", "--root", str(ROOT)]
    click = Against(title='python -c "import click", whole processes', unit="× the import", command=IMPORT)
    yield _figure("start: reconciler --version", [COMMAND, "--version"], 2, click)
    yield _figure("start: validate on the sample", validate, 6, click)
    whole = Against(title="validate --no-cache on the same files, whole processes", unit="× validate", command=validate)
    yield _figure("start: check on the sample", [COMMAND, "check", "--root", str(ROOT)], 1.5, whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What a command is measured against, in turns with it."""

    title: str
    unit: str
    command: list[str]


def _figure(name: str, command: list[str], bar: float, against: Against) -> Figure:
    for once in (against.command, command):
        _run(once)  # once beforehand: compiled modules and files are then there for both
    pairs = list(in_turns(lambda: _run(command), lambda: _run(against.command), ROUNDS))
    return Figure(
        name=name,
        value=wall_ratio(pairs),
        bar=bar,
        side=Bar.AT_MOST,
        unit=against.unit,
        against=against.title,
        bound="",
        remark=shown(pairs),
    )


def _run(command: list[str]) -> Cost:
    # Where that variable is set, modules that were edited since they were last compiled are compiled in every run.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return run_process(command, folder=ROOT, environment=environment)
