"""`catalogue meeting`: the meeting's own file, with what is new on its agenda, or with who was there once it has been held."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from reconciler.catalogue.decisions import unknown_meeting
from reconciler.catalogue.meeting import Agenda, agenda_of, meeting_on, new_items
from reconciler.load.catalogue_editing import Append, NotEditable, Put, Step, edit
from reconciler.load.repository import Loaded, load
from reconciler.load.spelling import flow
from reconciler.load.tree import Tree, read_tree
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, Severity
from reconciler.model.meeting import Council, Meeting
from reconciler.reconcile.releasing import not_editable
from reconciler.reconcile.would_be import new_errors, with_texts

MEETINGS: Final = "app-catalogs/meetings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """`after` is the tree with the meeting's `file`, not yet written; None where nothing in it changes. Or why not."""

    findings: tuple[Finding, ...] = ()
    file: str = ""
    after: Tree | None = None
    agenda: Agenda | None = None
    documents: Documents | None = None
    loaded: Loaded | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How far ahead the agenda looks, and after how long a wish is told of; days."""

    ahead: int
    older_than: int


def call_meeting(root: Path, day: date, minutes: str, terms: Terms, today: date) -> Called:
    """The agenda, and the meeting's file with whatever it doesn't have yet. What people wrote in it stays."""
    tree = read_tree(root)
    loaded = load(tree, digest=False)
    if loaded.documents is None:
        return Called(findings=loaded.findings, loaded=loaded)
    if loaded.unread:  # without what stands in there, the agenda would look whole
        return Called(findings=loaded.why_unread(), documents=loaded.documents, loaded=loaded)
    agenda = agenda_of(loaded.documents, day, minutes=minutes, ahead=terms.ahead, older_than=terms.older_than)
    file = f"{MEETINGS}/{day.isoformat()}.yaml"
    found = Called(file=file, agenda=agenda, documents=loaded.documents, loaded=loaded)
    if not agenda.minutes:
        return _refused(
            found,
            Finding(
                code="MEETING-WITHOUT-MINUTES", severity=Severity.ERROR, place=None, values={"date": day.isoformat()}
            ),
        )
    if agenda.meeting is not None and agenda.meeting.held:
        return found
    try:
        text = _text(loaded, agenda, file)
    except NotEditable as problem:
        return _refused(found, not_editable(problem))
    return _checked(found, tree, text, today)


def _refused(found: Called, *findings: Finding) -> Called:
    return Called(findings=findings, documents=found.documents, loaded=found.loaded)


def _checked(found: Called, tree: Tree, text: str | None, today: date) -> Called:
    """With the file's new text, unless that would make anything wrong."""
    if text is None:
        return found
    after = with_texts(tree, {found.file: text})
    wrong = new_errors(tree, after, today)
    if wrong:
        return _refused(found, *wrong)
    return Called(file=found.file, after=after, agenda=found.agenda, documents=found.documents, loaded=found.loaded)


def _text(loaded: Loaded, agenda: Agenda, file: str) -> str | None:
    items = new_items(agenda)
    if agenda.meeting is None:
        head = "# yaml-language-server: $schema=../../schemas/meeting.schema.json\n"
        facts = {"date": agenda.day.isoformat(), "minutes": agenda.minutes}
        written = "".join(f"{key}: {flow(value)}\n" for key, value in facts.items())
        listed = "".join(f"  - {flow(item)}\n" for item in items)
        return f"{head}{written}state: called\n" + (f"agenda:\n{listed}" if listed else "agenda: []\n")
    steps = list(_steps(agenda, agenda.meeting, items))
    return edit(loaded.locate, file, steps) if steps else None


def _steps(agenda: Agenda, meeting: Meeting, items: tuple[Mapping[str, str], ...]) -> Iterator[Step]:
    if agenda.minutes != meeting.minutes:
        yield Put(at=meeting.at, key="minutes", value=agenda.minutes)
    if items and meeting.agenda:
        yield from (Append(at=meeting.at.child("agenda"), value=item) for item in items)
    elif items:
        yield Put(at=meeting.at, key="agenda", value=list(items), lines=True)


def hold_meeting(root: Path, day: date, present: Mapping[str, int], today: date) -> Called:
    """The meeting's file with who was there, by role and seats, and the council that they were of."""
    tree = read_tree(root)
    loaded = load(tree, digest=False)
    if loaded.documents is None:
        return Called(findings=loaded.findings, loaded=loaded)
    meeting = meeting_on(loaded.documents, day)
    found = Called(documents=loaded.documents, loaded=loaded)
    if meeting is None:
        return _refused(found, unknown_meeting(loaded.documents, day))
    there: list[Any] = [{"role": role, "seats": seats} for role, seats in present.items()]
    steps = [
        Put(at=meeting.at, key="state", value="held"),
        Put(at=meeting.at, key="present", value=there, after=("state",), lines=True),
        *_council(meeting, loaded.documents.organisation.council),
    ]
    try:
        text = edit(loaded.locate, meeting.at.file, steps)
    except NotEditable as problem:
        return _refused(found, not_editable(problem))
    named = Called(file=meeting.at.file, documents=loaded.documents, loaded=loaded)
    return _checked(named, tree, text, today)


def _council(meeting: Meeting, council: Council | None) -> Iterator[Step]:
    """The council of the day: the one of organisation.yaml may be another when somebody asks what the meeting could decide."""
    if council is None or (meeting.held and meeting.council is not None):
        return
    members = [{"role": one.role, "seats": one.seats} for one in council.members]
    value = {"quorum": council.quorum, "members": members}
    yield Put(at=meeting.at, key="council", value=value, after=("state", "present"), lines=True)
