"""Why a change waits, as a message."""

from collections.abc import Mapping

from reconciler.model.change import Wait
from reconciler.texts import LANGUAGES, render


def waiting_reason(wait: Wait) -> tuple[str, Mapping[str, str]]:
    """The message's code and values; the reason in both languages, in the words that the plan has for it."""
    words = {f"why.{lang}": _why(wait, lang) for lang in LANGUAGES}
    code = "APPLY-WAITING" if wait.until else "APPLY-WAITING-NEVER"
    return code, {"until": wait.until, "why": words["why.en"], **words}


def _why(wait: Wait, lang: str) -> str:
    return render(f"REPORT-WAITS-{wait.reason.upper()}", {"name": wait.name}, lang).message
