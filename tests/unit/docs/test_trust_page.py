"""The page on trust: every probe that it names is there, and so is every command; each source has its day."""

import ast
import re
from pathlib import Path

import click
import pytest

import reconciler
from reconciler.cli.main import cli
from tests.unit.trust.cases import ROWS

ROOT = Path(reconciler.__file__).parent.parent
PAGE = ROOT / "docs" / "trust.md"
SWEDISH = ROOT / "docs" / "sv" / "ci.md"
TEXT = PAGE.read_text("utf-8")


@pytest.mark.parametrize("probe", sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", TEXT))))
def test_every_test_that_is_named_is_there(probe: str) -> None:
    file, _, name = probe.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))

    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", sorted(set(re.findall(r"\*row: ([^*]+)\*", TEXT)) - {"…"}))
def test_every_row_that_is_named_is_in_the_table_of_decisions(row: str) -> None:
    assert row in ROWS


def commands(page: Path) -> list[list[str]]:
    """As they stand between backticks, or on a line of their own in a block."""
    text = page.read_text("utf-8")
    return [found.split() for found in re.findall(r"(?:`|^)reconciler ([^`\n]+)", text, re.MULTILINE)]


@pytest.mark.parametrize("page", [PAGE, SWEDISH])
def test_every_command_and_flag_that_is_named_is_there(page: Path) -> None:
    named = commands(page)
    for words in named:
        command: click.Command | None = cli
        rest = list(words)
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), rest.pop(0))
        assert command is not None, words
        known = {flag for one in command.params for flag in one.opts}
        assert {word for word in rest if word.startswith("--")} <= known, words
    assert len(named) >= 5


def test_each_property_says_how_to_try_it() -> None:
    """In the first table, where our code holds it, by a test or a row of the table."""
    ours = TEXT.split("## What our code holds")[1].split("## What GitHub holds")[0]
    rows = [line for line in ours.splitlines() if line.startswith("| ") and not line.startswith("| property")]

    assert len(rows) > 15
    assert [row for row in rows if "*row:" not in row and "tests/" not in row] == []


@pytest.mark.parametrize("part", ["GitHub", "Google", "Entra"])
def test_what_others_hold_has_a_source_and_a_day(part: str) -> None:
    section = TEXT.split(f"## What {part} holds")[1].split("\n## ")[0]

    assert "2026-11-22" in section
    assert "https://" in section


def test_the_plan_that_each_guarantee_takes_is_named() -> None:
    section = TEXT.split("## What GitHub holds")[1].split("\n## ")[0]
    reviewers = next(line for line in section.splitlines() if "required reviewers" in line)

    assert "**Enterprise**" in reviewers
    assert "public repositories only" in reviewers
