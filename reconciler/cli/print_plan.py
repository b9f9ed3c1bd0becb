"""Plans and results on their way out, in the form that was asked for; in colour on a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from reconciler.model.change import ApplyResult, Plan

if TYPE_CHECKING:
    from reconciler.model.approvals import Approvals
    from reconciler.report.outward import Outward


def print_plan(
    plan: Plan,
    lang: str,
    style: str,
    file: str = "",
    *,
    everything: bool = False,
    approvals: "Sequence[Approvals]" = (),
    outward: "Outward | None" = None,
) -> None:
    """`file` is the plan's own, for the commands that the text names; `everything` folds no list. The rest as in `plan_view`."""
    if style == "json":
        from reconciler.report.plan_json import plan_json

        click.echo(plan_json(plan, lang), nl=False)
    elif style == "markdown":
        from reconciler.report.plan_markdown import plan_markdown

        click.echo(plan_markdown(plan, lang, file=file, approvals=approvals, outward=outward), nl=False)
    else:
        from reconciler.cli.style import page_width, show_lines
        from reconciler.report.plan_text import plan_lines

        show_lines(
            plan_lines(
                plan,
                lang,
                width=page_width(),
                file=file,
                everything=everything,
                approvals=approvals,
                outward=outward,
            )
        )


def print_result(
    result: ApplyResult, plan: Plan | None, lang: str, style: str, file: str = "", *, everything: bool = False
) -> None:
    """With the plan that was applied, changes have the names they had there."""
    if style == "json":
        from reconciler.report.result_json import result_json

        click.echo(result_json(result, lang), nl=False)
    elif style == "markdown":
        from reconciler.report.result_markdown import result_markdown

        click.echo(result_markdown(result, lang, plan=plan, file=file), nl=False)
    else:
        from reconciler.cli.style import page_width, show_lines
        from reconciler.report.result_text import result_lines

        show_lines(result_lines(result, lang, width=page_width(), plan=plan, file=file, everything=everything))
