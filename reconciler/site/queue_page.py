"""What the council has before it, and what it has said no to: wishes, queue, rejected and withdrawn apps with the reason."""

from collections.abc import Iterable, Sequence
from datetime import date

from reconciler.model.vetting import PROPOSED, QUEUED, REJECTED, WITHDRAWN, Vetting
from reconciler.site.parts import Cell, Section, Table, Written, cells, page_file
from reconciler.site.source import Source
from reconciler.site.words import SiteWords, by_name


def queue_sections(source: Source, words: SiteWords) -> tuple[Section, ...]:
    """In the order of the work; the oldest wish first."""
    by_status: dict[str, list[Vetting]] = {}
    for app in source.apps:
        by_status.setdefault(app.status, []).append(app)
    waiting = (_waiting(status, by_status.get(status, ()), source, words) for status in (QUEUED, PROPOSED))
    decided = (_decided(status, by_status.get(status, ()), words) for status in (REJECTED, WITHDRAWN))
    return (*waiting, *decided)


def _waiting(status: str, apps: Iterable[Vetting], source: Source, words: SiteWords) -> Section:
    listed = sorted(apps, key=lambda one: (_since(one) or date.max, by_name(one.name)))
    rows = tuple(_waiting_row(app, source, words) for app in listed)
    head = tuple(words.say(one) for one in ("APP", "WISH-NEED", "WISH-BY", "SINCE", "DAYS"))
    return _section(status, head, rows, words)


def _since(app: Vetting) -> date | None:
    return (app.request.received if app.request else None) or app.queued


def _waiting_row(app: Vetting, source: Source, words: SiteWords) -> tuple[Cell, ...]:
    wish, since = app.request, _since(app)
    school = source.schools.get(wish.school) if wish else None
    by = ", ".join(filter(None, (wish.by, school.name if school else wish.school))) if wish else ""
    days = words.number((source.as_of - since).days) if since else "–"
    said = cells(Written(wish.need if wish else ""), Written(by), since)
    return (_link(app), *said, Cell(text=days, look="number"))


def _decided(status: str, apps: Iterable[Vetting], words: SiteWords) -> Section:
    rows = tuple(_decided_row(app) for app in sorted(apps, key=lambda one: by_name(one.name)))
    head = tuple(words.say(one) for one in ("APP", "DECISION-REASON", "DECISION-MEETING", "DECISION-REFERENCE"))
    return _section(status, head, rows, words)


def _decided_row(app: Vetting) -> tuple[Cell, ...]:
    decision = app.decision
    if decision is None:
        return (_link(app), *cells(None, None, None))
    return (_link(app), *cells(Written(decision.reason), decision.meeting, decision.reference))


def _link(app: Vetting) -> Cell:
    return Cell(text=app.name, href=f"apps/{page_file(app.id)}")


def _section(status: str, head: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], words: SiteWords) -> Section:
    title = words.say(f"QUEUE-{status.upper()}", n=words.number(len(rows)))
    if not rows:
        return Section(id=status, title=title, paragraphs=(words.say("QUEUE-NONE"),))
    caption = words.say(f"QUEUE-{status.upper()}-CAPTION")
    return Section(id=status, title=title, tables=(Table(caption=caption, head=head, rows=tuple(rows)),))
