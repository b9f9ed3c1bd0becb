"""The page on the catalogue asks for exactly what the checks ask for, and its examples are right."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.catalogue.depth import REQUIREMENTS, Depth
from reconciler.catalogue.transitions import NEXT
from reconciler.cli.catalogue import COMMANDS
from reconciler.schema.check import accepting, compiled

PAGE = (Path(__file__).parents[3] / "docs" / "sv" / "appkatalogen.md").read_text("utf-8")
EXAMPLES = [block.split("```")[0] for block in PAGE.split("```yaml\n")[1:]]


def rows(heading: str) -> list[list[str]]:
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_what_is_asked() -> None:
    table = dict(rows("Hur mycket som behöver stå"))
    keys = {when: set(re.findall(r"`([a-z_.]+)`", what)) for when, what in table.items()}
    asked = {depth: {one.key for one in REQUIREMENTS if one.depth is depth} for depth in Depth}
    wish, queued, simple, full, data = keys.values()

    assert wish | queued == asked[Depth.PROPOSAL]
    assert simple == asked[Depth.SIMPLE]
    assert full | data == asked[Depth.FULL] | {"request.need", "request.by"}


def test_the_table_of_statuses() -> None:
    words = {row[0].strip("`"): set(re.findall(r"`([a-z-]+)`", row[3])) for row in rows("Från önskemål till beslut")}

    assert words == {status: set(after) - {status} for status, after in NEXT.items() if status}


def test_the_commands_are_there() -> None:
    named = {row[0].split()[2].strip("`") for row in rows("Sammanträden och beslut")}

    assert named <= set(COMMANDS)


def record(example: str) -> dict[str, Any]:
    """What stands in the example of a record, in a record that is otherwise right."""
    begun: Any = yaml.safe_load(example)
    wish = {"id": "a", "name": "A", "platforms": {"chromeos": {"web": "https://a.se/"}}, "status": "proposed"}
    return {**wish, "source": {"text": "x", "read": "2026-11-21"}, **(begun[0] if isinstance(begun, list) else begun)}


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.startswith("  ")])
def test_examples_of_records(example: str) -> None:
    document: dict[str, Any] = {"topic": "a", "title": "A", "apps": [record(example)]}

    assert compiled(accepting(), "app-catalog.schema.json").is_valid(document)


def test_the_example_of_a_meeting() -> None:
    example: Any = yaml.safe_load(next(one for one in EXAMPLES if one.startswith("date:")))

    assert compiled(accepting(), "meeting.schema.json").is_valid(example)
