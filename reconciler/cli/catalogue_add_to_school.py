"""`reconciler catalogue add-to-school`: an approved app becomes a line in one school's file."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE

if TYPE_CHECKING:
    from reconciler.catalogue.add_to_school import Wanted
    from reconciler.model.finding import Finding
    from reconciler.model.place import Locate, Position


@click.command()
@click.option("--school", metavar="ID", help="The school.")
@click.option("--group", metavar="ID", help="One of its device groups.")
@click.option("--app", metavar="ID", help="An approved app of the catalogue.")
@click.option(
    "--as",
    "mode",
    type=click.Choice(["available", "required"]),
    help="For whoever wants it (the default), or on all devices.",
)
@click.option(
    "--from-issue",
    "issue",
    type=click.Path(path_type=Path, allow_dash=True, dir_okay=False),
    help="Read all of it from the body of an issue made with the form (or - for stdin).",
)
@options.root
@options.today
@options.lang
def add_to_school(
    school: str | None,
    group: str | None,
    app: str | None,
    mode: str | None,
    issue: Path | None,
    root: Path,
    as_of: date,
    lang: str | None,
) -> None:
    """Add an approved app to one group of one school: one line, so that one app manager's approval is enough.

    The council's conditions have to hold there (school form, grades, audience, platform), and nothing in the files or
    the rules may become wrong. An app that is there already changes nothing and exits 0.

    \b
      reconciler catalogue add-to-school --school norrskolan --group elever-4-6 --app scratch
      gh issue view 34 --json body --jq .body | reconciler catalogue add-to-school --from-issue -
    """
    from reconciler.cli.council import refuse_with, say
    from reconciler.cli.wishes_taken import write
    from reconciler.model.finding import is_error
    from reconciler.reconcile import adding

    wanted = _wanted((school, group, app, mode), issue, lang)
    found = adding.add_to_school(root, wanted, as_of)
    language = options.language(lang, found.language)
    if found.meant is None or any(map(is_error, found.findings)):
        refuse_with(found.findings, language, found.locate)
    if found.after is not None:
        write(root, found.after, found.file, language)
        say("ADD-WRITTEN", language, app=found.meant.app.name, group=found.meant.key, line=f"{found.file}:{found.line}")
    for one in found.findings:
        said = {name: f"{place.file}:{place.line}" for name, place in _placed(one, found.locate)}
        say(one.code, language, err=False, **{**one.values, **said})
    raise SystemExit(DONE)


def _placed(finding: "Finding", locate: "Locate") -> "list[tuple[str, Position]]":
    return [(name, locate(place)) for name, place in finding.places.items()]


def _wanted(said: tuple[str | None, ...], issue: Path | None, lang: str | None) -> "Wanted":
    """From the flags, or from the issue; never a mixture."""
    from reconciler.catalogue.add_to_school import Wanted
    from reconciler.cli.council import refuse_with
    from reconciler.cli.wishes_taken import read_input, read_text
    from reconciler.reconcile.adding import wanted_of

    school, group, app, mode = said
    if issue is None:
        if school is None or group is None or app is None:
            raise click.UsageError("Give --school, --group and --app, or --from-issue FILE.")
        return Wanted(school=school, group=group, app=app, mode=mode or "available")
    if any(said):
        raise click.UsageError("--from-issue says school, group, app and mode by itself; give nothing beside it.")
    language = options.language(lang, None)
    name, data = read_input(None if str(issue) == "-" else issue, "stdin", language)
    found = wanted_of(name, read_text(name, data, language))
    if isinstance(found, tuple):
        refuse_with(found, language)
    return found
