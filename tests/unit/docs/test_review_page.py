"""The page on review names every key of its JSON, and no other."""

import json
import re
from pathlib import Path

from tests.reviews.test_reviews import CASES, json_text, reviewed

PAGE = (Path(__file__).parents[3] / "docs" / "sv" / "vad-ett-forslag-innebar.md").read_text("utf-8")


def test_the_table_of_keys() -> None:
    table = PAGE.partition("## JSON\n")[2]
    named = {key for line in table.splitlines() if line.startswith("| `") for key in re.findall(r"`(\w+)`", line)}
    written = {key for case in CASES for key in json.loads(json_text(reviewed(case)))}

    assert named == written


def test_the_shape_in_the_module_names_every_key_of_an_app() -> None:
    source = (Path(__file__).parents[3] / "reconciler" / "report" / "review_json.py").read_text("utf-8")
    shape = source.partition('"""')[2].partition('"""')[0]
    found = [json.loads(json_text(reviewed(case))) for case in CASES]
    parts = {
        part: {key for one in found for each in one[part] for key in each}
        for part in ("apps", "wishes", "changes", "costs")
    }

    for part, keys in parts.items():
        told = shape.partition(f'"{part}": [')[2].partition('\n     "')[0]
        assert {key for key in keys if not re.search(rf"\b{key}\b", told)} == set(), part
