"""`reconciler mgn`: compare versions, change a level, see who would miss it, print pages."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED
from reconciler.load.sources import Sources
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.model.mgn import Level


@click.group()
def mgn() -> None:
    """The minimum common denominator (MGN): what everyone SKA do and BÖR do, by school form and läsår.

    \b
    What is new next year?
      reconciler mgn diff 2026-27 2027-28
    Make a requirement SKA from August, in next year's draft:
      reconciler mgn promote grundskola/planering-publiceras --from 2027-08-16
    Who would not meet it today, and why?
      reconciler mgn impact grundskola/planering-publiceras
    Pages to print and to publish:
      reconciler mgn page --out build/mgn
    """


def _loaded(root: Path, lang: str | None) -> tuple[Documents, str]:
    """The files, and the language of texts. Files that say nothing of an organisation end the run with what is wrong."""
    from reconciler.load.repository import load
    from reconciler.load.tree import read_tree

    loaded = load(read_tree(root), digest=False)
    if loaded.documents is None:
        _refuse(loaded.findings, options.language(lang, None), loaded.locate)
    return loaded.documents, options.language(lang, loaded.documents.organisation.language)


def _refuse(findings: Sequence[Finding], lang: str, locate: Sources | None = None) -> NoReturn:
    from reconciler.report.findings import format_findings

    click.echo(format_findings(findings, locate or Sources({}), lang, "text"), nl=False, err=True)
    raise SystemExit(REFUSED)


def _print(lines: Iterable[str]) -> None:
    from reconciler.report.escape import escape_log

    for line in lines:
        click.echo(escape_log(line))


def _say(code: str, lang: str, *, err: bool = False, **values: str) -> None:
    from reconciler.report.escape import escape_log
    from reconciler.texts import render

    text = render(code, values, lang)
    click.echo(escape_log(" ".join(filter(None, (text.message, text.hint)))), err=err)


_form = click.option("--form", default="", metavar="SKOLFORM", help="Only this school form.")


@mgn.command()
@click.argument("before")
@click.argument("after")
@_form
@options.root
@options.lang
def diff(before: str, after: str, form: str, root: Path, lang: str | None) -> None:
    """Show what differs between the versions of two läsår: new, removed, promoted, demoted, reworded."""
    from reconciler.policy.mgn_difference import compare
    from reconciler.reconcile.mgn import pairs
    from reconciler.report.mgn_text import difference_lines

    documents, lang = _loaded(root, lang)
    found = pairs(documents, form, before, after)
    if isinstance(found, Finding):
        _refuse([found], lang)
    for old, new in found:
        _print(difference_lines(old, new, compare(old, new), lang))


_start = click.option("--from", "start", type=options.Day(), required=True, help="The first day of the new level.")
_reason = click.option("--reason", default="", help="Why, for the requirement's history. No names of persons.")


@mgn.command()
@click.argument("requirement")
@_start
@_reason
@options.root
@options.today
@options.lang
def promote(requirement: str, start: date, reason: str, root: Path, as_of: date, lang: str | None) -> None:
    """Make REQUIREMENT SKA from a day on, with the organisation's notice. Writes a draft; comments stay."""
    _change(root, requirement, Level.SHALL, start, reason, as_of, lang)


@mgn.command()
@click.argument("requirement")
@_start
@_reason
@options.root
@options.today
@options.lang
def demote(requirement: str, start: date, reason: str, root: Path, as_of: date, lang: str | None) -> None:
    """Make REQUIREMENT BÖR from a day on. Writes a draft; comments stay."""
    _change(root, requirement, Level.SHOULD, start, reason, as_of, lang)


def _change(
    root: Path, requirement: str, level: Level, start: date, reason: str, as_of: date, lang: str | None
) -> None:
    from reconciler.reconcile.mgn import Wish, change_level

    _, language = _loaded(root, lang)
    found = change_level(root, Wish(name=requirement, level=level, start=start, reason=reason), as_of)
    if found.findings:
        _refuse(found.findings, language)
    target = root / found.file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(found.text, encoding="utf-8")
    _say("MGN-DRAFTED" if found.drafted else "MGN-WRITTEN", language, file=found.file)


@mgn.command()
@click.argument("requirements", nargs=-1)
@_form
@options.root
@options.today
@options.lang
def impact(requirements: Sequence[str], form: str, root: Path, as_of: date, lang: str | None) -> None:
    """Show which units would not meet REQUIREMENTS (without: every BÖR) if they were SKA today, and why."""
    from reconciler.policy.mgn import would_miss
    from reconciler.reconcile.mgn_verdicts import mgn_verdicts
    from reconciler.report.mgn_text import impact_lines

    _, lang = _loaded(root, lang)
    asked = [one for one in mgn_verdicts(root, as_of) if _wanted(one.school_form, one.requirement, form, requirements)]
    if not asked:
        _refuse([_nothing(requirements)], lang)
    _print(impact_lines(would_miss(asked, {one.requirement for one in asked} if requirements else ()), asked, lang))


def _wanted(school_form: str, requirement: str, form: str, names: Sequence[str]) -> bool:
    from reconciler.schema.school_forms import current_form

    if form and (current_form(form) or form) != school_form:
        return False
    spelled = [f"{current_form(one.partition('/')[0])}/{one.partition('/')[2]}" if "/" in one else one for one in names]
    return not names or requirement in spelled or f"{school_form}/{requirement}" in spelled


def _nothing(requirements: Sequence[str]) -> Finding:
    from reconciler.model.finding import Severity

    code = "MGN-NO-SUCH-REQUIREMENT" if requirements else "MGN-NONE"
    return Finding(code=code, severity=Severity.ERROR, place=None, values={"name": ", ".join(requirements)})


@mgn.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("build/mgn"), show_default=True)
@click.option(
    "--year", default="", metavar="LÄSÅR", help="This läsår, also as a draft. Default: the versions in force."
)
@_form
@options.root
@options.today
@options.lang
def page(out: Path, year: str, form: str, root: Path, as_of: date, lang: str | None) -> None:
    """Write one page per school form, to print and to publish: HTML without scripts, one file each."""
    from reconciler.policy.mgn import versions_in_force
    from reconciler.report.mgn_page import MARK, render_page
    from reconciler.schema.school_forms import current_form, plain

    documents, lang = _loaded(root, lang)
    versions = [one for one in documents.mgn if one.school_year == year] if year else None
    chosen = versions if versions is not None else list(versions_in_force(documents, as_of).values())
    chosen = [one for one in chosen if not form or one.school_form == (current_form(form) or form)]
    if not chosen:
        _refuse([_nothing(())], lang)
    out.mkdir(parents=True, exist_ok=True)
    for one in chosen:
        target = out / f"{one.school_year}-{plain(one.school_form)}.html"
        if target.exists() and MARK not in target.read_text("utf-8", errors="replace")[:200]:
            _say("MGN-PAGE-NOT-OURS", lang, err=True, file=str(target))
            raise SystemExit(REFUSED)
        target.write_text(render_page(one, documents.organisation.name, as_of, lang), encoding="utf-8")
        _say("MGN-PAGE-WRITTEN", lang, file=str(target))
    raise SystemExit(DONE)
