"""`validate` on 8,000 school files, against a schema checker as people use one, and against the YAML parser alone."""

import shutil
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.benchmarks.figure import Bar, Figure
from tests.benchmarks.process import Cost, in_turns, run_process, shown, wall_ratio
from tests.benchmarks.written import municipality, write_files

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "schemas" / "school.schema.json"
SCHOOLS = 8_000
COMMAND = (sys.executable, "-m", "reconciler", "validate", "--today", "2026-11-21", "--format", "json")
COMPOSE = """
import pathlib, sys, yaml
for path in sorted(pathlib.Path(sys.argv[1], "schools").iterdir()):
    yaml.compose(path.read_bytes(), Loader=yaml.CSafeLoader)
"""


@cache
def _written(work: Path) -> Path:
    """The files; read once, so that all of them are in the system's memory for everyone."""
    folder = work / "schools"
    shutil.rmtree(folder, ignore_errors=True)
    write_files(dict(municipality(SCHOOLS)), folder)
    _validate(folder, "--no-cache")
    return folder


def _validate(folder: Path, *flags: str) -> Cost:
    return run_process([*COMMAND, "--root", str(folder), *flags], folder=ROOT)


def against_checker(work: Path, peers: Path) -> Iterator[Figure]:
    folder = _written(work)
    files = sorted(str(path) for path in (folder / "schools").iterdir())
    command = [str(peers / "check-jsonschema"), "--schemafile", str(SCHEMA), *files]
    ours = [_validate(folder, "--no-cache").wall for _ in range(2)]
    theirs = run_process(command, folder=ROOT).wall
    ours += [_validate(folder, "--no-cache").wall for _ in range(2)]
    yield Figure(
        name="validate: 8,000 schools, against check-jsonschema",
        value=theirs / statistics.median(ours),
        bar=10,
        side=Bar.AT_LEAST,
        unit="× as fast",
        against="check-jsonschema --schemafile schemas/school.schema.json, on the same files, whole processes",
        bound="",
        remark=f"wall time: {theirs:.3g} s against {statistics.median(ours):.3g} s, median of 2 before and 2 after",
    )


def against_parser(work: Path) -> Iterator[Figure]:
    folder = _written(work)
    compose = [sys.executable, "-c", COMPOSE, str(folder)]
    pairs = list(in_turns(lambda: _validate(folder, "--no-cache"), lambda: run_process(compose, folder=ROOT), 3))
    yield Figure(
        name="validate: 8,000 schools, against libyaml's compose",
        value=wall_ratio(pairs),
        bar=3,
        side=Bar.AT_MOST,
        unit="× the time",
        against="yaml.compose with CSafeLoader on the same files and nothing else, one process, collector as shipped for both",
        bound="Σ over files of compose(file)",
        remark=shown(pairs),
    )


def again(work: Path) -> Iterator[Figure]:
    folder = _written(work)
    pairs = list(_first_and_second(folder, 3))
    yield Figure(
        name="validate: a second run with nothing changed",
        value=wall_ratio(pairs),
        bar=0.2,
        side=Bar.AT_MOST,
        unit="× the first",
        against="the first run, which fills an empty cache",
        bound="read and hash every file",
        remark=shown(pairs),
    )


def _first_and_second(folder: Path, rounds: int) -> Iterator[tuple[Cost, Cost]]:
    for _ in range(rounds):
        _forget(folder)
        first = _validate(folder)
        yield _validate(folder), first


def _forget(folder: Path) -> None:
    """Remove what a run left beside the files."""
    shutil.rmtree(folder / ".reconciler", ignore_errors=True)
