"""From a code and its values to the sentences in one language.

A message file holds, by code and language, `message`, `hint`, and where a near name may be known also `near`: the hint
that takes the other's place when the value `near` is not empty. Placeholders are `{name}`, nothing else; a value that
differs by language comes as `name.sv` and `name.en`. Values are put in as they are: they are escaped where they leave.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from reconciler.model.slotted import dataclass

LANGUAGES: Final = ("sv", "en")
_FOLDER: Final = Path(__file__).parent / "messages"
PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")

Messages: TypeAlias = Mapping[str, Mapping[str, Mapping[str, str]]]
"""By code, then language, then part (`message`, `hint`, `near`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    message: str
    hint: str = ""


def render(code: str, values: Mapping[str, str], lang: str) -> Text:
    """The text of `code`; any language but Swedish is English. A code without a text (a bug) is shown as it is, with its values."""
    language = lang if lang in LANGUAGES else "en"
    found = _find(code)
    if found is None:
        return Text(message=" ".join([code, *(f"{key}={value}" for key, value in values.items())]))
    parts = found[language]
    hint = parts["near"] if values.get("near") and "near" in parts else parts.get("hint", "")
    return Text(message=_filled(parts["message"], values, language), hint=_filled(hint, values, language))


def _filled(text: str, values: Mapping[str, str], language: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        return values.get(f"{name}.{language}", values.get(name, match.group()))

    return PLACEHOLDER.sub(value, text)


@cache
def _find(code: str) -> Mapping[str, Mapping[str, str]] | None:
    """Only what the files say of this one code is parsed: all of them would take longer than a whole small run."""
    for area in areas():
        _, begin, rest = f"\n{_written(area)}".partition(f"\n{code}:")
        if begin:
            return _parsed(f"{code}:{_NEXT.split(rest, maxsplit=1)[0]}\n").get(code)
    return None


_NEXT: Final = re.compile(r"\n(?=\S)")
"""Where what is said of the next code begins, or a comment above it."""


@cache
def areas() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


@cache
def _written(area: str) -> str:
    return (_FOLDER / f"{area}.yaml").read_text("utf-8")


@cache
def messages(area: str) -> Messages:
    """All messages of an area (the name of its file)."""
    return _parsed(_written(area))


def _parsed(text: str) -> Messages:
    import yaml  # noqa: PLC0415, RUF100 - only where there is something to say

    loaded: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded or {}
