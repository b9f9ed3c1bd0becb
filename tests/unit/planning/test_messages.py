"""Every code that planning and apply give out has a text in both languages, with the same placeholders."""

import re
from pathlib import Path
from string import Formatter

import pytest
import yaml

ROOT = Path(__file__).parents[3] / "reconciler"
TEXTS = {
    code: text
    for area in ("planning", "apply")
    for code, text in yaml.safe_load((ROOT / f"texts/messages/{area}.yaml").read_text(encoding="utf-8")).items()
}
# Codes that are put together from a kind or an action.
MADE = {
    "UNREAD-": ["GROUP", "MEMBERSHIP", "SETTING", "ASSIGNMENT", "APP"],
    "LIMIT-DELETIONS-": ["GROUP", "SETTING", "ASSIGNMENT", "APP"],
    "DO-BY-HAND-": ["CREATE", "UPDATE", "DELETE", "ADOPT"],
}


def codes_in_source() -> set[str]:
    sources = [
        path.read_text(encoding="utf-8") for area in ("planning", "apply") for path in (ROOT / area).glob("*.py")
    ]
    whole = {code for text in sources for code in re.findall(r'"([A-Z]+(?:-[A-Z]+)+)"', text)}
    made = {start + kind for start, kinds in MADE.items() for kind in kinds}
    assert all(any(f'f"{start}{{' in text for text in sources) for start in MADE)
    return {code for code in whole | made if not code.startswith("HTTP-")}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_has_its_text_and_no_text_is_left_over() -> None:
    assert codes_in_source() == set(TEXTS)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_both_languages_say_the_same(code: str) -> None:
    text = TEXTS[code]

    assert text.keys() == {"sv", "en"}
    for part in ("message", "hint"):
        assert placeholders(text["sv"][part]) == placeholders(text["en"][part])
    assert text["sv"]["message"] != text["en"]["message"]
