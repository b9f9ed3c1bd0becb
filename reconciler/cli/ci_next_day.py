"""`reconciler ci next-day`: the first day on which a saved plan would be another one."""

from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.exits import REFUSED


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="GITHUB_OUTPUT",
    help="Add `day` to this file too. In a workflow GitHub names it.",
)
@options.lang
def next_day(file: Path, output: Path | None, lang: str | None) -> None:
    """Print the first day on which a date in the files makes the saved plan in FILE another one; nothing where none does.

    What that day brings can then be planned too, and approved with the rest.

    \b
      reconciler ci next-day plan.json
      reconciler plan --base origin/main --today 2027-01-11 --out later.json
      reconciler ci record --plan plan.json --later later.json --pull 12
    """
    from reconciler import __version__
    from reconciler.cli.show_findings import refuse
    from reconciler.planning.planfile import PlanRefused, read_plan
    from reconciler.texts import render

    language = options.language(lang, None)
    try:
        plan = read_plan(file.read_text("utf-8"), tool_version=__version__)
    except OSError as problem:
        values = {"file": str(file), "reason": problem.strerror or ""}
        click.echo(render("CLI-FILE-UNREADABLE", values, language).message, err=True)
        raise SystemExit(REFUSED) from None
    except UnicodeDecodeError:
        refuse("PLAN-NOT-A-PLAN", {}, language)
    except PlanRefused as refused:
        refuse(refused.code, refused.values, language)
    day = plan.lapses.isoformat() if plan.lapses else ""
    if day:
        click.echo(day)
    if output is not None:
        with output.open("a", encoding="utf-8") as told:
            told.write(f"day={day}\n")
