"""`reconciler show`: a saved plan or result, rendered. Offline."""

from pathlib import Path

import click

from reconciler import __version__
from reconciler.cli import options
from reconciler.model.change import Plan


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.root
@options.lang
@options.output_format("text", "markdown", "json", "allowance")
@click.option("--all", "everything", is_flag=True, help="Fold no long lists (text only).")
def show(file: Path, root: Path, lang: str | None, style: str, everything: bool) -> None:
    """Render a saved plan or result as text, Markdown or JSON. Needs no credential and no network.

    Shows what would change for whom: what takes something away first, then the rest by school and group, then what is
    held back and why, and what is left for a person to do. Devices are counted, never named.

    \b
    Read a plan before it is applied:
      reconciler show plan.json
    As a comment in a pull request (at most 65,536 characters):
      reconciler show plan.json --format markdown
    Does the plan remove anything?
      reconciler show plan.json --format json | jq .summary.destructive
    The whole file that lets through what limits hold back, to be given a reason and a last day, and reviewed:
      reconciler show plan.json --format allowance > policies/allowances/2026-11-21-chrome.yaml
    """
    from reconciler.cli.print_plan import print_plan, print_result
    from reconciler.cli.show_findings import refuse
    from reconciler.planning.limits import allowance_for
    from reconciler.planning.planfile import PlanRefused, read_either

    try:
        found = read_either(file.read_text("utf-8"), tool_version=__version__)
    except UnicodeDecodeError:
        refuse("PLAN-NOT-A-PLAN", {}, options.language(lang, _organisations(root)))
    except PlanRefused as refused:
        refuse(refused.code, refused.values, options.language(lang, _organisations(root)))
    if style == "allowance":
        click.echo(allowance_for(found) if isinstance(found, Plan) else "", nl=False)
    elif isinstance(found, Plan):
        print_plan(found, options.language(lang, found.language), style, str(file), everything=everything)
    else:
        language = options.language(lang, found.language or _organisations(root))
        print_result(found, None, language, style, everything=everything)


def _organisations(root: Path) -> str | None:
    """The language of the repository around, if there is one: a file that is refused does not say its own."""
    from reconciler.load.strict import read_document

    path = root / options.ORGANISATION_FILE
    read = read_document(options.ORGANISATION_FILE, path.read_bytes()) if path.is_file() else None
    return read.value.get("language") if read and isinstance(read.value, dict) else None
