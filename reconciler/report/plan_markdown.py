"""A plan as a comment on GitHub. Pure."""

from collections.abc import Sequence

from reconciler.model.approvals import Approvals
from reconciler.model.change import Plan
from reconciler.report.outward import Outward
from reconciler.report.plan_view import plan_view
from reconciler.report.view_markdown import LIMIT, ROOM_FOR_MARKER, view_markdown
from reconciler.report.words import words_of


def plan_markdown(
    plan: Plan,
    lang: str | None = None,
    *,
    file: str = "",
    limit: int = LIMIT - ROOM_FOR_MARKER,
    approvals: Sequence[Approvals] = (),
    outward: Outward | None = None,
) -> str:
    """At most `limit` characters; the hidden marker of the comment is the caller's. `file`: the plan's own. The rest as in `plan_view`."""
    words = words_of(lang, plan.language)
    command = f"reconciler show {file or 'plan.json'}"
    view = plan_view(plan, words, file=file, approvals=approvals, outward=outward)
    return view_markdown(view, words, command=command, limit=limit)
