"""`docs/seeds.md` answers for every point that the five municipalities made, once, and names only what exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
POINTS = range(1, 105)
"""The numbered points of the field study: 1–100 from the five sources, 101–104 derived."""
THEMES = {"Intune", "Zentral", "policy as code", "catalogue", "CI", "licences", "school year", "snapshots"}
ROW = re.compile(r"\| (?P<number>\d+) \| (?P<point>[^|]+) \| (?P<word>[^|]+) \| (?P<where>[^|]+) \|(?P<note>[^|]*)\|")
PATH = re.compile(r"`([^`]+)`")


def faults(page: str, root: Path) -> list[str]:
    """What is wrong with the page: numbers first, then row by row; empty when nothing is."""
    starts = [line for line in page.splitlines() if re.match(r"\| *\d", line)]
    rows = [match for line in starts if (match := ROW.fullmatch(line))]
    found = [f"not a row: {line}" for line in starts if not ROW.fullmatch(line)]
    numbers = [int(row["number"]) for row in rows]
    if numbers != list(POINTS):
        found.append(f"missing {sorted(set(POINTS) - set(numbers))}, or out of order")
    return found + [fault for row in rows for fault in _row_faults(row, root)]


def _row_faults(row: re.Match[str], root: Path) -> list[str]:
    number, where, note = row["number"], row["where"].strip(), row["note"].strip()
    match row["word"].strip():
        case "served":
            paths: list[str] = PATH.findall(where)
            missing = [f"{number}: {path} is not there" for path in paths if not _holds_something(root / path)]
            return missing if paths else [f"{number}: served, but nowhere"]
        case "deferred":
            return [] if where in THEMES else [f"{number}: no theme {where}"]
        case "declined":
            return [] if where == "—" and note else [f"{number}: declined without a reason"]
        case word:
            return [f"{number}: no such word {word}"]


def _holds_something(path: Path) -> bool:
    """A file, or a folder with at least one file that is not a compiled leftover."""
    inside = path.rglob("*") if path.is_dir() else [path]
    return any(each.is_file() and "__pycache__" not in each.parts for each in inside)


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs" / "seeds.md").read_text(encoding="utf-8")


def test_every_point_has_its_word_and_every_path_exists(page: str) -> None:
    assert faults(page, ROOT) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "| 8 | private accounts and gift cards | deferred | licences | needs seats and purchase records |\n",
            "",
            "missing [8], or out of order",
        ),
        ("| 8 | private", "| 9 | private", "missing [8], or out of order"),
        (
            "gift cards | deferred | licences |",
            "gift cards | planned | licences |",
            "8: no such word planned",
        ),
        (
            "gift cards | deferred | licences |",
            "gift cards | deferred | some day |",
            "8: no theme some day",
        ),
        (
            "gift cards | deferred | licences |",
            "gift cards | served | licences |",
            "8: served, but nowhere",
        ),
        (
            "gift cards | deferred | licences | needs seats and purchase records |",
            "gift cards | declined | — | |",
            "8: declined without a reason",
        ),
        (
            "gift cards | deferred | licences |",
            "gift cards | served | `no/such` |",
            "8: no/such is not there",
        ),
        (
            "| 8 | private accounts and gift cards | ",
            "| 8 | ",
            "not a row: | 8 | deferred | licences | needs seats and purchase records |",
        ),
    ],
)
def test_a_slip_is_found(page: str, old: str, new: str, fault: str) -> None:
    assert page.count(old) == 1
    assert fault in faults(page.replace(old, new), ROOT)


def test_an_empty_folder_serves_nothing(tmp_path: Path, page: str) -> None:
    (tmp_path / "reconciler" / "apply" / "__pycache__").mkdir(parents=True)
    (tmp_path / "reconciler" / "apply" / "__pycache__" / "old.pyc").touch()
    assert "103: reconciler/apply is not there" in faults(page, tmp_path)
