"""The agenda and the protocol of a meeting as Markdown, for people who don't read YAML. Escapes what it shows. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from reconciler.catalogue.council import council_at, has_quorum, seats_present
from reconciler.catalogue.meeting import ITEMS, Agenda, Point, Recorded, lacks_code, postponed, seats_of
from reconciler.model.documents import Organisation
from reconciler.model.meeting import Council, Meeting
from reconciler.model.vetting import Vetting
from reconciler.report import council_words as said
from reconciler.report.council_words import CouncilWords
from reconciler.report.view_markdown import escape


def agenda_markdown(agenda: Agenda, organisation: Organisation, schools: Mapping[str, str], words: CouncilWords) -> str:
    """`schools` are names by id. One document, ending in a line break."""
    lines = [f"# {escape(words.phrase('AGENDA-TITLE', date=agenda.day.isoformat()))}", ""]
    lines += [escape(" · ".join(_head(agenda.day, agenda.minutes, organisation, organisation.council, words))), ""]
    number = 0
    for item in ITEMS:
        points = [one for one in agenda.points if one.item == item]
        if points:
            lines += [f"## {escape(words.phrase(f'AGENDA-{item.upper()}'))}", ""]
        for point in points:
            number += 1
            lines += [f"### {number}\\. {_name(point.record)}", "", *_bullets(_point(point, schools, words)), ""]
    if not agenda.points:
        lines += [escape(words.phrase("AGENDA-EMPTY")), ""]
    if agenda.waiting:
        lines += [f"## {escape(words.phrase('AGENDA-WAITING'))}", "", escape(words.phrase("AGENDA-WAITING-INTRO")), ""]
        lines += [*_bullets((point.record.name, _waiting(point, schools, words)) for point in agenda.waiting), ""]
    return _joined(lines)


def _head(
    day: date, minutes: str, organisation: Organisation, council: Council | None, words: CouncilWords
) -> Iterator[str]:
    """`council` is the one that the meeting is judged by."""
    yield organisation.council.name if organisation.council else words.phrase("COUNCIL-NAME")
    yield organisation.name
    yield day.isoformat()
    if minutes:
        yield words.phrase("AGENDA-MINUTES", minutes=minutes)
    if council:
        seats = str(sum(one.seats for one in council.members))
        yield words.phrase("AGENDA-QUORUM", quorum=str(council.quorum), seats=seats)


def _name(record: Vetting) -> str:
    return f"{escape(record.name)} (`{record.id}`)"


def _point(point: Point, schools: Mapping[str, str], words: CouncilWords) -> Iterator[tuple[str, str]]:
    record = point.record
    yield words.phrase("AGENDA-WHY"), " ".join(words.phrase(one.code, **one.values) for one in point.reasons)
    if record.request and record.request.need:
        yield words.phrase("COMPARE-NEED"), need(record, schools, words)
    if record.request and record.request.tried:
        yield words.phrase("AGENDA-TRIED"), record.request.tried
    yield words.phrase("COMPARE-FOR"), said.for_whom(record, words)
    yield words.phrase("COMPARE-PLATFORMS"), words.known(words.values("PLATFORM", record.platforms))
    yield words.phrase("COMPARE-COST"), said.cost(record, words)
    yield words.phrase("COMPARE-DATA"), f"{words.value('DATA', record.personal_data)}; {said.protection(record, words)}"
    yield words.phrase("COMPARE-ASSESSMENT"), said.assessment(record, words)
    if record.it_review:
        yield words.phrase("COMPARE-IT"), said.it_review(record, words)
    if record.decision:
        yield words.phrase("AGENDA-EARLIER"), said.decision(record.decision, words)
    if record.conditions:
        yield words.phrase("COMPARE-CONDITIONS"), " ".join(record.conditions)
    if record.notes:
        yield words.phrase("AGENDA-EXPERIENCE"), " ".join(one.text for one in record.notes)
    if point.item in ("new", "reconsider"):
        yield words.phrase("AGENDA-EQUIVALENTS"), ", ".join(point.equivalents) or words.phrase("AGENDA-NO-EQUIVALENTS")
        yield (
            words.phrase("AGENDA-MISSING"),
            missing_words(point.missing, words) or words.phrase("AGENDA-NOTHING-MISSING"),
        )


def need(record: Vetting, schools: Mapping[str, str], words: CouncilWords) -> str:
    """The need, with who asked and when."""
    request = record.request
    if request is None or not request.need:
        return words.unknown
    users = words.phrase("AGENDA-USERS", n=str(request.users)) if request.users else ""
    received = words.phrase("AGENDA-RECEIVED", date=request.received.isoformat()) if request.received else ""
    asked = ", ".join(filter(None, (request.by, schools.get(request.school, request.school), received, users)))
    return f"{request.need} ({asked})" if asked else request.need


def missing_words(keys: Iterable[str], words: CouncilWords) -> str:
    return ", ".join(words.phrase(lacks_code(key)) for key in keys)


def _waiting(point: Point, schools: Mapping[str, str], words: CouncilWords) -> str:
    why = " ".join(words.phrase(one.code, **one.values) for one in point.reasons)
    return f"{why} {need(point.record, schools, words)}"


def _bullets(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for title, text in rows:
        yield f"- **{escape(title)}:** {escape(text)}"


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


def protocol_markdown(
    meeting: Meeting,
    decided: Sequence[Recorded],
    organisation: Organisation,
    names: Mapping[str, str],
    words: CouncilWords,
) -> str:
    """What the meeting decided, as its minutes; `names` are those of apps and schools, by id. No persons: roles and seats."""
    day = meeting.day or date.min
    lines = [f"# {escape(words.phrase('PROTOCOL-TITLE', minutes=meeting.minutes))}", ""]
    judge = council_at(meeting, organisation.council)
    lines += [escape(" · ".join(_head(day, "", organisation, judge, words))), ""]
    lines += [f"## {escape(words.phrase('PROTOCOL-PRESENT'))}", ""]
    lines += [f"- {escape(one.role)}: {one.seats}" for one in meeting.present]
    lines += ["", escape(_quorum(meeting, organisation, words)), ""]
    for one in decided:
        lines += [f"## {_heading(one, words)}", "", *_bullets(_decided(one, names, words)), ""]
    if not decided:
        lines += [escape(words.phrase("PROTOCOL-NOTHING")), ""]
    left = postponed(meeting, decided)
    if left:
        lines += [f"## {escape(words.phrase('PROTOCOL-POSTPONED'))}", ""]
        lines += [*(f"- {escape(names.get(app, app))}" for app in left), ""]
    lines += [escape(words.phrase("PROTOCOL-SIGNED")), "", escape(words.phrase("PROTOCOL-APPROVED-BY"))]
    return _joined(lines)


def _quorum(meeting: Meeting, organisation: Organisation, words: CouncilWords) -> str:
    council = council_at(meeting, organisation.council)
    if council is None:
        return words.phrase("PROTOCOL-SEATS", seats=str(seats_of(meeting)))
    seats = str(seats_present(meeting, council))
    code = "PROTOCOL-QUORUM" if has_quorum(meeting, council) else "PROTOCOL-NO-QUORUM"
    return words.phrase(code, seats=seats, quorum=str(council.quorum))


def _heading(one: Recorded, words: CouncilWords) -> str:
    """`§ 10 Canva: nekad`."""
    paragraph = one.decision.reference.rpartition("§")[2].strip()
    number = f"§ {paragraph} " if "§" in one.decision.reference else ""
    return escape(f"{number}{one.record.name}: {words.value('STATUS', one.status)}")


def _decided(one: Recorded, names: Mapping[str, str], words: CouncilWords) -> Iterator[tuple[str, str]]:
    record, decision = one.record, one.decision
    if one.current and record.request and record.request.need:
        yield words.phrase("COMPARE-NEED"), need(record, names, words)
    yield words.phrase("COMPARE-DECISION"), words.value("STATUS", one.status)
    yield words.phrase("PROTOCOL-REASON"), words.known(decision.reason)
    if one.current and one.status == "approved-with-conditions":
        yield words.phrase("COMPARE-CONDITIONS"), " ".join(record.conditions)
    if one.current and one.status == "withdrawn" and record.withdrawn_from:
        yield words.phrase("PROTOCOL-FROM"), record.withdrawn_from.isoformat()
    if one.current and record.review_by and one.status.startswith("approved"):
        yield words.phrase("PROTOCOL-REVIEW"), record.review_by.isoformat()
    if decision.votes_for is not None or decision.votes_against is not None:
        votes = {"yes": str(decision.votes_for or 0), "no": str(decision.votes_against or 0)}
        yield words.phrase("PROTOCOL-VOTES"), words.phrase("PROTOCOL-COUNTED", **votes)
    if not one.current:
        yield words.phrase("PROTOCOL-REPLACED"), said.decision(record.decision, words)
