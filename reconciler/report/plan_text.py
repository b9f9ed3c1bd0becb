"""A plan for a terminal or a log. Pure."""

from collections.abc import Sequence

from reconciler.model.approvals import Approvals
from reconciler.model.change import Plan
from reconciler.report.outward import Outward
from reconciler.report.page import WIDTH, Line
from reconciler.report.plan_view import plan_view
from reconciler.report.view_text import text_of, view_lines
from reconciler.report.words import words_of


def plan_text(
    plan: Plan, lang: str | None = None, *, width: int = WIDTH, file: str = "", everything: bool = False
) -> str:
    """The whole text without colours. `file`: the plan's own, for the commands it names; `everything` folds nothing."""
    return text_of(plan_lines(plan, lang, width=width, file=file, everything=everything))


def plan_lines(
    plan: Plan,
    lang: str | None = None,
    *,
    width: int = WIDTH,
    file: str = "",
    everything: bool = False,
    approvals: Sequence[Approvals] = (),
    outward: Outward | None = None,
) -> Sequence[Line]:
    """The same as lines of styled spans, for a stream with colours. `approvals` and `outward` as in `plan_view`."""
    words = words_of(lang, plan.language)
    view = plan_view(plan, words, file=file, approvals=approvals, outward=outward)
    see_all = f"reconciler show {file or 'plan.json'} --all"
    return view_lines(view, words, width=width, everything=everything, see_all=see_all)
