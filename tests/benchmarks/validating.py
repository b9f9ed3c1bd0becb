"""`validate` on 8,000 school files, against a schema checker as people use one, and against the YAML parser alone."""

import shutil
import sys
from collections.abc import Iterator, Sequence
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


def figures(work: Path, peers: Path) -> Iterator[Figure]:
    """`work` is a folder for the files, `peers` the folder with the peers' commands."""
    folder = work / "schools"
    if folder.exists():
        shutil.rmtree(folder)
    write_files(dict(municipality(SCHOOLS)), folder)
    _validate(folder, "--no-cache")  # once beforehand, so that all the files are in the system's memory for everyone
    yield _against_checker(folder, peers)
    yield _against_parser(folder)
    yield _again(folder)


def _validate(folder: Path, *flags: str) -> Cost:
    return run_process([*COMMAND, "--root", str(folder), *flags], folder=ROOT)


def _against_checker(folder: Path, peers: Path) -> Figure:
    files = sorted(str(path) for path in (folder / "schools").iterdir())
    command = [str(peers / "check-jsonschema"), "--schemafile", str(SCHEMA), *files]
    pairs = list(in_turns(lambda: run_process(command, folder=ROOT), lambda: _validate(folder, "--no-cache"), 1))
    return Figure(
        name="validate: 8,000 schools, against check-jsonschema",
        value=wall_ratio(pairs),
        bar=10,
        side=Bar.AT_LEAST,
        unit="× as fast",
        against="check-jsonschema --schemafile schemas/school.schema.json, on the same files, whole processes",
        bound="",
        remark=shown(pairs),
    )


def _against_parser(folder: Path) -> Figure:
    compose = [sys.executable, "-c", COMPOSE, str(folder)]
    pairs = list(in_turns(lambda: _validate(folder, "--no-cache"), lambda: run_process(compose, folder=ROOT), 3))
    return Figure(
        name="validate: 8,000 schools, against libyaml's compose",
        value=wall_ratio(pairs),
        bar=3,
        side=Bar.AT_MOST,
        unit="× the time",
        against="yaml.compose with CSafeLoader on the same files and nothing else, one process, collector as shipped for both",
        bound="Σ over files of compose(file)",
        remark=shown(pairs),
    )


def _again(folder: Path) -> Figure:
    pairs = list(_first_and_second(folder, 3))
    return Figure(
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
        forget(folder)
        first = _validate(folder)
        yield _validate(folder), first


def forget(folder: Path, names: Sequence[str] = (".reconciler",)) -> None:
    """Remove what a run left beside the files."""
    for name in names:
        shutil.rmtree(folder / name, ignore_errors=True)
