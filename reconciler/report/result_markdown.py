"""What an apply came to, as a comment on GitHub. Pure."""

from reconciler.model.change import ApplyResult, Plan
from reconciler.report.result_view import result_view
from reconciler.report.view_markdown import LIMIT, ROOM_FOR_MARKER, view_markdown
from reconciler.report.words import words_of


def result_markdown(
    result: ApplyResult,
    lang: str | None = None,
    *,
    plan: Plan | None = None,
    file: str = "",
    limit: int = LIMIT - ROOM_FOR_MARKER,
) -> str:
    """At most `limit` characters; `plan` and `file` as in `result_text`."""
    words = words_of(lang, plan.language if plan else result.language)
    view = result_view(result, words, plan=plan, file=file)
    return view_markdown(view, words, command="reconciler show result.json", limit=limit)
