"""`reconciler compile`: the desired state that the files add up to. Offline."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED
from reconciler.model.desired import DesiredState
from reconciler.model.finding import is_error
from reconciler.model.place import Locate
from reconciler.report.words import Words, words_of


@click.command("compile")
@options.root
@options.today
@options.lang
@click.option("--school", metavar="ID", help="Only this school's groups.")
@click.option(
    "--coverage", is_flag=True, help="What each setting and app can reach where, and which wishes don't arrive."
)
@options.output_format("text", "markdown", "json")
def compile(  # noqa: A001 - the command's name
    root: Path, as_of: date, lang: str | None, school: str | None, coverage: bool, style: str
) -> None:
    """Print what shall hold in every device group, and the line that decided it. Needs no credential and no network.

    This is what the files add up to on a day, after layers, exceptions, dates and rings. Findings go to standard error;
    with errors among them the state is still printed, without the refused lines, and the exit code is 1.

    \b
    One school:
      reconciler compile --school norrskolan
    After the new year, when dated lines have begun:
      reconciler compile --school norrskolan --today 2027-01-11
    Which wishes don't arrive anywhere:
      reconciler compile --coverage
    For a tool:
      reconciler compile --format json | jq '.groups | keys'
    """
    from reconciler.reconcile.prepare import prepare
    from reconciler.report.findings import format_findings

    prepared = prepare(root, as_of, digest=False)
    words = words_of(options.language(lang, prepared.language))
    if prepared.state is not None:
        if school is not None and school not in {one.school.id for one in prepared.state.groups.values()}:
            names = sorted({one.school.id for one in prepared.state.groups.values()})
            raise click.UsageError(words.say("DESIRED-NO-SCHOOL", school=school, schools=words.join(names, 20)))
        if coverage:
            kinds = {one.id: one.kind for one in prepared.documents.organisation.backends} if prepared.documents else {}
            said = _coverage(prepared.state, words, prepared.locate, style, kinds)
        else:
            said = _rendered(prepared.state, words, prepared.locate, school, style)
        click.echo(said, nl=False)
    errors = [finding for finding in prepared.all_findings if is_error(finding)]
    click.echo(format_findings(errors, prepared.locate, words.lang, "text"), err=True, nl=False)
    raise SystemExit(REFUSED if errors else DONE)


def _rendered(state: DesiredState, words: Words, locate: Locate, school: str | None, style: str) -> str:
    if style == "json":
        from reconciler.report.desired_json import desired_json

        return desired_json(state, locate, school=school)
    if style == "markdown":
        from reconciler.report.desired_markdown import desired_markdown

        return desired_markdown(state, words, locate, school=school)
    from reconciler.report.desired_text import desired_text

    return desired_text(state, words, locate, school=school)


def _coverage(state: DesiredState, words: Words, locate: Locate, style: str, kinds: Mapping[str, str]) -> str:
    from reconciler.compile.coverage import coverage
    from reconciler.settings.table import load_settings

    found = coverage(state, load_settings(), kinds)
    if style == "json":
        from reconciler.report.coverage_json import coverage_json

        return coverage_json(found, locate)
    if style == "markdown":
        from reconciler.report.coverage_markdown import coverage_markdown

        return coverage_markdown(found, words, locate)
    from reconciler.report.coverage_text import coverage_text

    return coverage_text(found, words, locate)
