"""`reconciler catalogue meeting`: the agenda before, who was there, the protocol after."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import council, options

if TYPE_CHECKING:
    from reconciler.reconcile.calling import Called


class Seats(click.ParamType[tuple[str, int]]):
    """`rektor=2`: a role, and how many of its seats were there."""

    name = "role=seats"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        role, _, number = str(value).rpartition("=")
        if not role.strip() or not number.strip().isascii() or not number.strip().isdigit() or not int(number):
            self.fail(f"{value!r} is not a role and its seats, like rektor=2.", param, ctx)
        return role.strip(), int(number)


@click.command()
@click.option("--date", "day", type=options.Day(), required=True, help="The day of the meeting.")
@click.option(
    "--minutes", default="", metavar="REF", help="What its minutes are called, as 'ITR 2026:25'. Needed to call it."
)
@click.option(
    "--ahead", type=click.IntRange(min=0), default=60, show_default=True, help="Also what falls due so many days later."
)
@click.option(
    "--older-than",
    type=click.IntRange(min=0),
    default=60,
    show_default=True,
    help="Tell of wishes that have waited longer, in days.",
)
@click.option("--held", is_flag=True, help="Record that it has been held, and with --present who was there.")
@click.option("--present", multiple=True, type=Seats(), help="A role and its seats, as rektor=2; may be repeated.")
@click.option("--protocol", is_flag=True, help="Write the minutes of a held meeting instead of the agenda.")
@options.root
@options.today
@options.lang
@council.out
def meeting(
    day: date,
    minutes: str,
    ahead: int,
    older_than: int,
    held: bool,
    present: Sequence[tuple[str, int]],
    protocol: bool,
    root: Path,
    as_of: date,
    lang: str | None,
    out: Path | None,
) -> None:
    """Prepare the council's meeting, and write its minutes.

    The agenda is what is queued, reviews and trials that fall due, withdrawals and vetoes; below it what waits to be
    queued. It is printed as Markdown, and the meeting's file in app-catalogs/meetings/ gets what it doesn't have yet.

    \b
    Call a meeting:
      reconciler catalogue meeting --date 2026-12-09 --minutes "ITR 2026:25" --out dagordning.md
    After it, who was there; then the decisions (catalogue decide), then the minutes:
      reconciler catalogue meeting --date 2026-12-09 --held --present rektor=2 --present skol-it=1
      reconciler catalogue meeting --date 2026-12-09 --protocol --out protokoll.md
    """
    from reconciler.reconcile.calling import Terms, call_meeting, hold_meeting

    if held != bool(present) or (held and protocol):
        raise click.UsageError("--held and --present belong together, and --protocol is a step of its own.")
    if len(dict(present)) < len(present):
        raise click.UsageError("Give each role once with --present.")
    council.check_out(out, options.language(lang, None))
    if protocol:
        _write_protocol(root, day, lang, out)
    elif held:
        _hold(root, hold_meeting(root, day, dict(present), as_of), lang)
    else:
        _call(root, call_meeting(root, day, minutes, Terms(ahead=ahead, older_than=older_than), as_of), lang, out)


def _language(found: "Called", lang: str | None) -> str:
    """The language, once it is sure that there is nothing to refuse."""
    language = options.language(lang, found.documents.organisation.language if found.documents else None)
    if found.findings:
        council.refuse_with(found.findings, language, found.loaded.locate if found.loaded else None)
    return language


def _call(root: Path, found: "Called", lang: str | None, out: Path | None) -> None:
    from reconciler.reconcile.would_be import save_files
    from reconciler.report.council_agenda import agenda_markdown
    from reconciler.report.council_words import CouncilWords

    lang = _language(found, lang)
    assert found.agenda is not None and found.documents is not None  # noqa: PT018, S101 - nothing was refused
    schools = {school.id: school.name for school in found.documents.schools}
    words = CouncilWords(lang=lang)
    council.give(agenda_markdown(found.agenda, found.documents.organisation, schools, words), out, lang)
    if found.after is not None:
        with council.writing(lang):
            save_files(root, found.after, [found.file])
        council.say("MEETING-CALLED", lang, err=True, file=found.file, n=str(len(found.agenda.points)))
    else:
        held = found.agenda.meeting is not None and found.agenda.meeting.held
        code = "MEETING-IS-HELD" if held else "MEETING-UNCHANGED"
        council.say(code, lang, err=True, file=found.file, date=found.agenda.day.isoformat())


def _hold(root: Path, found: "Called", lang: str | None) -> None:
    from reconciler.catalogue.meeting import seats_of
    from reconciler.load.repository import load
    from reconciler.reconcile.would_be import save_files

    lang = _language(found, lang)
    assert found.after is not None  # noqa: S101 - nothing was refused
    documents = load(found.after, digest=False).documents
    meetings = documents.meetings if documents else ()
    held = next(one for one in meetings if one.at.file == found.file)
    with council.writing(lang):
        save_files(root, found.after, [found.file])
    council.say("MEETING-HELD", lang, file=found.file, seats=str(seats_of(held)))


def _write_protocol(root: Path, day: date, lang: str | None, out: Path | None) -> None:
    from reconciler.catalogue.decisions import not_held, unknown_meeting
    from reconciler.catalogue.meeting import decisions_at, meeting_on
    from reconciler.model.vetting import vetting_of
    from reconciler.report.council_agenda import protocol_markdown
    from reconciler.report.council_words import CouncilWords

    documents, loaded, lang = council.read_documents(root, lang)
    found = meeting_on(documents, day)
    if found is None:
        council.refuse_with([unknown_meeting(documents, day)], lang)
    if not found.held:
        council.refuse_with([not_held(found)], lang, loaded.locate)
    decided = decisions_at(map(vetting_of, documents.apps), day)
    names = {**{one.id: one.name for one in documents.apps}, **{one.id: one.name for one in documents.schools}}
    words = CouncilWords(lang=lang)
    council.give(protocol_markdown(found, decided, documents.organisation, names, words), out, lang)
