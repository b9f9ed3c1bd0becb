"""`review` on the sample, with a pull request of an ordinary size, against `validate` on the same files: whole processes, in turns."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.figure import Bar, Figure, NotMeasured
from tests.benchmarks.process import Cost, in_turns, run_process, shown, wall_ratio

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "review: the sample, against validate"
PARTS: Final = ("organisation.yaml", "schools", "app-catalogs", "policies", "inventories")
ROUNDS: Final = 7
DAY: Final = ("--today", "2026-11-22")
BASELINE: Final = "policies/baselines/alla-elever.yaml"
EDITS: Final = (
    (BASELINE, "youtube-restricted: moderate", "youtube-restricted: strict"),
    (BASELINE, "available: [", "available: [kami, "),
    ("schools/abackaskolan.yaml", "expected: 170", "expected: 180"),
)
"""A baseline's line touches every school: more is compared and said than in most pull requests."""


def figures(work: Path) -> Iterator[Figure]:
    folder = _pull_request(work)
    pairs = list(
        in_turns(
            lambda: _run(folder, "review", "--base", "HEAD"), lambda: _run(folder, "validate", "--no-cache"), ROUNDS
        )
    )
    yield Figure(
        name=NAME,
        value=wall_ratio(pairs),
        bar=3,
        side=Bar.AT_MOST,
        unit="× the time",
        against="validate --no-cache on the same files, one process each",
        bound="two revisions loaded, each compiled for every day on which a date in them matters",
        remark=shown(pairs),
    )


def _run(folder: Path, *words: str) -> Cost:
    command = [sys.executable, "-m", "reconciler", *words, "--root", str(folder), *DAY]
    return run_process(command, folder=ROOT, good=(0, 1))  # the sample may have errors that are others' to mend


def _pull_request(work: Path) -> Path:
    """The sample in a Git repository of its own, with edits that aren't committed."""
    folder = work / "review"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part)
        else:
            shutil.copy(source, folder / part)
    person = ("-c", "user.name=bench", "-c", "user.email=bench@example.se")
    for words in (("init", "-q"), ("add", "."), (*person, "commit", "-q", "-m", "base")):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    for path, old, new in EDITS:
        text = (folder / path).read_text("utf-8")
        if old not in text:
            raise NotMeasured(f"{path} does not have {old!r} any more")
        (folder / path).write_text(text.replace(old, new, 1), "utf-8")
    return folder
