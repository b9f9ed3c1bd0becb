"""Plans and results on their way out, in the form that was asked for."""

import click

from reconciler.model.change import ApplyResult, Plan


def print_plan(plan: Plan, lang: str, style: str, file: str = "") -> None:
    if style == "json":
        from reconciler.report.plan_json import plan_json

        click.echo(plan_json(plan, lang), nl=False)
    elif style == "markdown":
        from reconciler.report.plan_markdown import plan_markdown

        click.echo(plan_markdown(plan, lang, file=file), nl=False)
    else:
        from reconciler.report.plan_text import plan_text

        click.echo(plan_text(plan, lang, file=file), nl=False)


def print_result(result: ApplyResult, plan: Plan, lang: str, style: str, file: str = "") -> None:
    if style == "json":
        from reconciler.report.result_json import result_json

        click.echo(result_json(result, lang), nl=False)
    elif style == "markdown":
        from reconciler.report.result_markdown import result_markdown

        click.echo(result_markdown(result, lang, plan=plan, file=file), nl=False)
    else:
        from reconciler.report.result_text import result_text

        click.echo(result_text(result, lang, plan=plan, file=file), nl=False)
