"""Why a change waits, as a message."""

from collections.abc import Mapping
from typing import Final

from reconciler.model.change import Wait
from reconciler.texts import LANGUAGES, render

REASONS: Final = {"lesson": "WAIT-LESSON", "test": "WAIT-TEST", "freeze": "WAIT-FREEZE"}


def waiting_reason(wait: Wait) -> tuple[str, Mapping[str, str]]:
    """The message's code and values; the reason in both languages, with the name that people gave that time."""
    words = {f"why.{lang}": why(wait, lang) for lang in LANGUAGES}
    code = "APPLY-WAITING" if wait.until else "APPLY-WAITING-NEVER"
    return code, {"until": wait.until, "why": words["why.en"], **words}


def why(wait: Wait, lang: str) -> str:
    """`lektionstid`, or `stopp: Julledigt på skol-it`."""
    word = render(REASONS[wait.reason], {}, lang).message
    return f"{word}: {wait.name}" if wait.name else word
