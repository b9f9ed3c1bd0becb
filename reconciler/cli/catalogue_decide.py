"""`reconciler catalogue decide`: what a meeting decided, into the records."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import council, options

if TYPE_CHECKING:
    from reconciler.catalogue.decisions import Decide, Entry
    from reconciler.load.sources import Sources
    from reconciler.reconcile.deciding import Decided
    from reconciler.reconcile.decision_file import DecisionFile


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--meeting", "day", type=options.Day(), required=True, help="The day of the meeting that decided.")
@click.option("--approve", multiple=True, metavar="ID", help="Approve this app; may be repeated.")
@click.option("--reject", multiple=True, metavar="ID", help="Reject this app; may be repeated.")
@click.option("--withdraw", multiple=True, metavar="ID", help="Withdraw this app, --from a day; may be repeated.")
@click.option("--from", "start", type=options.Day(), help="The first day without the app, for --withdraw.")
@click.option("--reason", default="", help="The council's answer to whoever asked. No names of persons.")
@click.option(
    "--condition", "conditions", multiple=True, metavar="TEXT", help="Approve on this condition; may be repeated."
)
@click.option(
    "--paragraph", type=click.IntRange(min=1), help="The paragraph in the minutes. Default: the next free one."
)
@click.option("--review-by", type=options.Day(), help="When the council looks at an approval again.")
@click.option("--for", "votes_for", type=click.IntRange(min=0), help="Votes for, where there was a vote.")
@click.option("--against", "votes_against", type=click.IntRange(min=0), help="Votes against.")
@options.root
@options.today
@options.lang
def decide(
    file: Path | None,
    day: date,
    approve: Sequence[str],
    reject: Sequence[str],
    withdraw: Sequence[str],
    start: date | None,
    reason: str,
    conditions: Sequence[str],
    paragraph: int | None,
    review_by: date | None,
    votes_for: int | None,
    votes_against: int | None,
    root: Path,
    as_of: date,
    lang: str | None,
) -> None:
    """Record what a held meeting decided: status, decision with its paragraph, conditions; what held before joins the history.

    FILE has one decision in each row: a spreadsheet's CSV (App; Beslut; Skäl; Villkor; Paragraf; Från; Översyn; För; Emot) or
    YAML with the same under `decisions:`. All of them are recorded or none.

    \b
    One by one:
      reconciler catalogue decide --meeting 2026-12-09 --approve microbit-makecode --reason "Eleverna får något att hända utanför skärmen." --review-by 2027-12-31
    The whole meeting, from the secretary's table:
      reconciler catalogue decide --meeting 2026-12-09 beslut.csv
    """
    from reconciler.catalogue.decisions import APPROVE, REJECT, WITHDRAW, Decide, one_line

    kinds = ((APPROVE, approve), (REJECT, reject), (WITHDRAW, withdraw))
    if file is not None and (any(apps for _, apps in kinds) or reason):
        raise click.UsageError("Give the decisions in FILE or by options, not both.")
    if conditions and (reject or withdraw):
        raise click.UsageError("--condition is for --approve alone.")
    read = _read(file, lang, root) if file is not None else None
    asked = (
        read.decisions
        if read is not None
        else [
            Decide(
                app=app,
                what=what,
                reason=one_line(reason),
                conditions=tuple(map(one_line, conditions)) if what == APPROVE else (),
                start=start if what == WITHDRAW else None,
                review_by=review_by if what == APPROVE else None,
                votes_for=votes_for,
                votes_against=votes_against,
            )
            for what, apps in kinds
            for app in apps
        ]
    )
    _record(root, day, _numbered(asked, paragraph), as_of, lang, read)


def _numbered(asked: "Sequence[Decide]", paragraph: int | None) -> "Sequence[Decide]":
    """From the paragraph given on, one each; without, as they are."""
    from dataclasses import replace

    if paragraph is None:
        return asked
    return [replace(one, paragraph=number) for number, one in enumerate(asked, start=paragraph)]


def _read(file: Path, lang: str | None, root: Path) -> "DecisionFile":
    from reconciler.reconcile.decision_file import read_decisions

    try:
        return read_decisions(file)
    except OSError as problem:
        council.unreadable(file, _language(root, lang), problem.strerror or "")


def _language(root: Path, lang: str | None) -> str:
    from reconciler.load.organisation import read_organisation
    from reconciler.load.tree import read_tree

    organisation = None if lang else read_organisation(read_tree(root))
    return options.language(lang, organisation.language if organisation else None)


def _record(
    root: Path, day: date, asked: "Sequence[Decide]", as_of: date, lang: str | None, read: "DecisionFile | None"
) -> None:
    from reconciler.reconcile.deciding import decide as decide_files
    from reconciler.reconcile.would_be import save_files

    wrong = read.located() if read is not None else ()
    if not asked and not wrong:
        council.refuse_code("DECIDE-NOTHING", _language(root, lang))
    found = decide_files(root, day, asked, as_of, wrong)
    language = options.language(lang, found.documents.organisation.language if found.documents else None)
    if found.findings or found.after is None:
        council.refuse_with(found.findings, language, _lines(found, read))
    there = len(asked) - len(found.entries)
    if there:
        council.say("DECIDE-THERE", language, n=str(there))
    if not found.entries:
        return
    with council.writing(language):
        save_files(root, found.after, found.files)
    for entry in found.entries:
        status = council.word(f"COUNCIL-STATUS-{entry.put['status'].upper()}", language)
        council.say("DECIDE-RECORDED", language, reference=entry.reference, app=entry.record.name, status=status)
        if "withdrawn_from" in entry.put:
            _still_there(found, entry, language)
    council.say("DECIDE-WROTE", language, n=str(len(found.entries)), files=", ".join(found.files))


def _lines(found: "Decided", read: "DecisionFile | None") -> "Sources":
    """Of the catalogue's files and of the table."""
    from reconciler.load.sources import Sources

    files = dict(found.loaded.locate.files) if found.loaded else {}
    return Sources({**files, **(read.sources.files if read is not None else {})})


def _still_there(found: "Decided", entry: "Entry", lang: str) -> None:
    """Each line that gives the app to somebody, as it reads, and what is to become of it."""
    from reconciler.catalogue.naming import lines_giving

    if found.documents is None or found.loaded is None:
        return
    lines = lines_giving(found.documents, entry.record.id)
    if not lines:
        return
    start = entry.put["withdrawn_from"].isoformat()
    council.say("DECIDE-STILL-USED", lang, app=entry.record.name, n=str(len(lines)), date=start)
    for one in lines:
        place = found.loaded.locate(one.at)
        text = (found.loaded.locate.line(place) or "").strip()
        council.say("DECIDE-STILL-LINE", lang, file=place.file, line=str(place.line), text=text[:140])
    council.say("DECIDE-STILL-REMOVE", lang, app=entry.record.id)
