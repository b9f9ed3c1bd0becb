"""What an apply came to, for a terminal or a log. Pure."""

from collections.abc import Sequence

from reconciler.model.change import ApplyResult, Plan
from reconciler.report.page import WIDTH, Line
from reconciler.report.result_view import result_view
from reconciler.report.view_text import text_of, view_lines
from reconciler.report.words import words_of


def result_text(
    result: ApplyResult,
    lang: str | None = None,
    *,
    width: int = WIDTH,
    plan: Plan | None = None,
    file: str = "",
    everything: bool = False,
) -> str:
    """The whole text without colours; parameters as in `result_lines`."""
    return text_of(result_lines(result, lang, width=width, plan=plan, file=file, everything=everything))


def result_lines(
    result: ApplyResult,
    lang: str | None = None,
    *,
    width: int = WIDTH,
    plan: Plan | None = None,
    file: str = "",
    everything: bool = False,
) -> Sequence[Line]:
    """`plan` is what was applied, for the names of things; `file` is the plan's file, for the command that comes next."""
    words = words_of(lang, plan.language if plan else result.language)
    view = result_view(result, words, plan=plan, file=file)
    return view_lines(view, words, width=width, everything=everything)
