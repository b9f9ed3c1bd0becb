"""A plan as a comment on GitHub. Pure."""

from reconciler.model.change import Plan
from reconciler.report.plan_view import plan_view
from reconciler.report.view_markdown import LIMIT, ROOM_FOR_MARKER, view_markdown
from reconciler.report.words import words_of


def plan_markdown(plan: Plan, lang: str | None = None, *, file: str = "", limit: int = LIMIT - ROOM_FOR_MARKER) -> str:
    """At most `limit` characters; the hidden marker of the comment is the caller's. `file`: the plan's own."""
    words = words_of(lang, plan.language)
    command = f"reconciler show {file or 'plan.json'}"
    return view_markdown(plan_view(plan, words, file=file), words, command=command, limit=limit)
