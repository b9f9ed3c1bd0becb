"""`reconciler catalogue intake`: a wish list from a spreadsheet becomes proposals."""

from datetime import date
from pathlib import Path

import click

from reconciler.cli import options


class Topic(click.ParamType[str]):
    """The name of a file in app-catalogs, without its ending."""

    name = "topic"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        import re

        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", value):
            self.fail(f"{value!r} is not a name like lasning-och-skrivande.", param, ctx)
        return value


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
@click.option(
    "--topic",
    metavar="ID",
    type=Topic(),
    default="onskemal",
    show_default=True,
    help="The file of app-catalogs that proposals go into.",
)
@click.option("--check", is_flag=True, help="Say what would be done, and write nothing.")
@options.root
@options.today
@options.lang
def intake(file: Path, topic: str, check: bool, root: Path, as_of: date, lang: str | None) -> None:
    """Turn the rows of FILE (CSV, as any spreadsheet saves it) into proposals. Run again, it updates them.

    Headings are Swedish or English (docs/sv/onskemal.md lists them); a wish needs name, link or store id, need, and who
    asks. A row that can't be taken is listed with its reason, and the rest goes on. What the council has decided is
    never touched.

    \b
      reconciler catalogue intake onskemal.csv --check
      reconciler catalogue intake onskemal.csv
    """
    from reconciler.cli.wishes_taken import finish, read_input
    from reconciler.reconcile.wishing import Where, take_sheet

    name, data = read_input(None if str(file) == "-" else file, "stdin", options.language(lang, None))
    where = Where(root=root, topic=topic, as_of=as_of, origin=("Önskelista", "Wish list"))
    finish(take_sheet(where, name, data), root, lang, check=check)
