"""Every folder here is a case: what differs at the base and at the head from `common/`, and how each rendering of the review reads."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from reconciler.load.tree import Tree, read_tree
from reconciler.reconcile.review import Reviewed, review_trees
from reconciler.report.review_json import review_json
from reconciler.report.review_markdown import review_markdown
from reconciler.report.review_text import review_text
from reconciler.report.review_view import review_view, summary
from reconciler.report.view import View
from reconciler.report.words import words_of

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build" / "reviews"
COMMON = "common"
CASES = sorted(path.parent for path in HERE.glob("*/head"))
TODAY = date(2026, 11, 22)


def overlaid(folder: Path) -> Tree:
    """The common files with the folder's in their places; an empty one takes the common one away."""
    files = {**read_tree(HERE / COMMON).files, **(read_tree(folder).files if folder.exists() else {})}
    return Tree(files={path: data for path, data in sorted(files.items()) if data})


@cache
def reviewed(case: Path) -> Reviewed:
    return review_trees(overlaid(case / "base"), overlaid(case / "head"), TODAY)


def markdown(found: Reviewed, lang: str) -> str:
    words = words_of(lang)
    return review_markdown(_view(found, lang), words, base="origin/main")


def _view(found: Reviewed, lang: str) -> View:
    return review_view(
        found.review,
        words_of(lang),
        base="origin/main",
        unread=found.unread,
        unread_before=found.unread_before,
        errors=found.findings,
        refused=found.refused,
    )


def json_text(found: Reviewed) -> str:
    return review_json(
        found.review,
        summary(found.review, words_of("sv"), whole=not found.unread),
        found.locate,
        "sv",
        base="origin/main",
        unread=found.unread,
        unread_before=found.unread_before,
        errors=found.findings,
        refused=found.refused,
    )


RENDERINGS: Mapping[str, Callable[[Reviewed], str]] = {
    "expected.sv.md": lambda found: markdown(found, "sv"),
    "expected.en.md": lambda found: markdown(found, "en"),
    "expected.sv.txt": lambda found: review_text(_view(found, "sv"), words_of("sv")),
    "expected.json": json_text,
}
NEEDED = {"expected.sv.md", "expected.en.md", "expected.json"}


def test_every_folder_is_a_case_with_what_it_needs() -> None:
    folders = {path for path in HERE.iterdir() if path.is_dir() and not path.name.startswith("__")}

    assert folders - {HERE / COMMON} == {*CASES}
    for case in CASES:
        names = {path.name for path in case.iterdir()}
        assert names >= NEEDED, case.name
        assert names <= {*RENDERINGS, "head", "base", "README.md"}, case.name


@pytest.mark.parametrize(
    ("case", "name"),
    [(case, name) for case in CASES for name in RENDERINGS if (case / name).exists() or name in NEEDED],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_reads_as_expected(case: Path, name: str) -> None:
    actual = RENDERINGS[name](reviewed(case))
    expected = (case / name).read_text("utf-8") if (case / name).exists() else ""
    if actual != expected:
        (BUILD / case.name).mkdir(parents=True, exist_ok=True)
        (BUILD / case.name / name).write_text(actual, "utf-8")

    assert actual == expected, f"what came out is in build/reviews/{case.name}/{name}"
