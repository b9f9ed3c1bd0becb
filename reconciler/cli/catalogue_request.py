"""`reconciler catalogue request`: an issue made with the form *Önska en app* becomes a proposal."""

from datetime import date
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.catalogue_intake import Topic


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
@click.option("--reference", metavar="TEXT", default="", help="What people find the wish by, for example: ärende 12.")
@click.option(
    "--topic",
    metavar="ID",
    type=Topic(),
    default="onskemal",
    show_default=True,
    help="The file of app-catalogs that the proposal goes into.",
)
@click.option("--check", is_flag=True, help="Say what would be done, and write nothing.")
@options.root
@options.today
@options.lang
def request(file: Path, reference: str, topic: str, check: bool, root: Path, as_of: date, lang: str | None) -> None:
    """Turn the body of an issue (FILE, or - for stdin) into a proposal in the catalogue.

    Says first whether the app, or one that does the same, is here already. Whatever was typed is data; personal data is
    refused.

    \b
      gh issue view 12 --json body --jq .body | reconciler catalogue request - --reference "ärende 12"
    """
    from reconciler.cli.wishes_taken import finish, read_input, read_text
    from reconciler.reconcile.wishing import Where, take_form

    language = options.language(lang, None)
    name, data = read_input(None if str(file) == "-" else file, "stdin", language)
    origin = ("Önskemål i formuläret", "Wish in the form")
    where = Where(root=root, topic=topic, as_of=as_of, origin=origin, received=as_of)
    finish(take_form(where, name, read_text(name, data, language), reference), root, lang, check=check)
