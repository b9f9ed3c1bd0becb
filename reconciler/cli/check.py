"""`reconciler check`: guardrails and MGN on the desired state. Offline."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED
from reconciler.model.finding import is_error

if TYPE_CHECKING:
    from reconciler.reconcile.check import CheckRun, ReadDevices
    from reconciler.report.words import Words


@click.command()
@options.root
@options.base
@options.today
@options.lang
@click.option("--live", is_flag=True, help="Read the systems too, and ask the rules on devices.")
@options.sandbox
@click.option("--school", metavar="ID", help="Only verdicts about this school.")
@click.option("--form", metavar="FORM", help="Only verdicts about this school form (grundskola, förskola, …).")
@click.option(
    "--by",
    type=click.Choice(["municipality", "form", "school"]),
    default="form",
    show_default=True,
    help="How verdicts are counted.",
)
@click.option(
    "--sort",
    type=click.Choice(["name", "deviation", "breaches"]),
    default="deviation",
    show_default=True,
    help="In which order schools stand in the table of deviations from the baseline.",
)
@options.output_format("text", "markdown", "json", "junit", "github")
def check(
    root: Path,
    base: str | None,
    as_of: date,
    lang: str | None,
    live: bool,
    sandbox: str | None,
    school: str | None,
    form: str | None,
    by: str,
    sort: str,
    style: str,
) -> None:
    """Ask guardrails and MGN of what the files add up to. Needs no credential and no network, but for --live.

    Exits with 1 if anything is an error: a mistake in a file, a guardrail that blocks, one that could not be evaluated.
    With --base, what was already so before is shown and is no error.

    \b
    The whole municipality, by school form:
      reconciler check
    What one school has to do:
      reconciler check --school norrskolan
    How it will be in the autumn, with the dates that come until then:
      reconciler check --today 2027-08-16
    With the devices that there are (reads the live systems):
      reconciler check --live
    For a CI system that shows tests:
      reconciler check --format junit > check.xml
    """
    from reconciler.reconcile.check import run_check
    from reconciler.report.words import words_of
    from reconciler.schema.school_forms import current_form

    form = (current_form(form) or form) if form else None
    run = run_check(root, as_of, base, _reader(sandbox, options.language(lang, None)) if live else None)
    words = words_of(options.language(lang, run.documents.organisation.language if run.documents else None))
    _check_filter(run, school, form, words.lang)
    run = _narrowed(run, school, form)
    click.echo(_rendered(run, words, by, sort, style), nl=False)
    raise SystemExit(REFUSED if any(map(is_error, run.findings)) else DONE)


def _reader(sandbox: str | None, lang: str) -> "ReadDevices":
    from reconciler.adapters.wiring import Wiring
    from reconciler.cli.live_data import live_environment
    from reconciler.credentials.purpose import Purpose
    from reconciler.reconcile.live import read_devices

    wiring = Wiring(environment=live_environment(sandbox, lang), purpose=Purpose.PLAN, sandbox=sandbox)
    return lambda prepared: read_devices(prepared, wiring)


def _narrowed(run: "CheckRun", school: str | None, form: str | None) -> "CheckRun":
    """What is about one school or school form; the exit code is about the same."""
    from dataclasses import replace

    from reconciler.policy.tally import concerning, findings_concerning

    if school is None and form is None:
        return run
    verdicts = concerning(run.verdicts, school, form)
    schools = tuple(
        one for one in run.deviations if school in (None, one.school) and (form is None or form in one.school_forms)
    )
    named = {one.school for one in schools}
    others = {one.school for one in run.deviations} - named
    systems = {one.id for one in run.documents.organisation.backends} if run.documents else set()
    return replace(
        run,
        verdicts=verdicts,
        mgn=tuple(one for one in run.mgn if school in (None, one.school) and form in (None, one.school_form)),
        deviations=schools,
        findings=findings_concerning(run.findings, verdicts, named, others, systems),
    )


def _check_filter(run: "CheckRun", school: str | None, form: str | None, lang: str) -> None:
    from reconciler.schema.school_forms import CURRENT
    from reconciler.texts import render

    if run.documents:
        options.check_school(school, run.documents, run.findings, lang)
    if form and form not in CURRENT:
        raise click.UsageError(render("CLI-UNKNOWN-FORM", {"id": form, "known": ", ".join(CURRENT)}, lang).message)


def _rendered(run: "CheckRun", words: "Words", by: str, sort: str, style: str) -> str:
    from reconciler.report.check_view import in_order
    from reconciler.report.findings import format_findings

    if style == "json":
        from reconciler.report.check_json import check_json

        schools = in_order(run.deviations, sort)
        return check_json(run.findings, run.verdicts, run.causes, run.mgn, schools, run.locate, words.lang)
    if style == "junit":
        from reconciler.report.check_junit import check_junit

        return check_junit(run.rules, run.verdicts, run.causes, run.findings, run.locate, words.lang)
    if style == "github":
        return format_findings(run.findings, run.locate, words.lang, "github")
    return _tables(run, words, by, sort, style)


def _tables(run: "CheckRun", words: "Words", by: str, sort: str, style: str) -> str:
    from reconciler.report.check_view import deviation_table, mgn_table, verdict_table

    name = run.documents.organisation.name if run.documents else ""
    tables = [
        verdict_table(run.verdicts, by, name, len(run.rules), words),
        mgn_table(run.mgn, words),
        deviation_table(run.deviations, sort, words),
    ]
    if style == "markdown":
        from reconciler.report.check_markdown import check_markdown

        return check_markdown(run.findings, tables, words, run.locate)
    from reconciler.report.check_text import check_text
    from reconciler.report.findings import format_findings

    return format_findings(run.findings, run.locate, words.lang, "text", run.locate.line) + check_text(tables)
