"""Whether a school's group may take an approved app by its own app manager's word alone: the council's conditions hold. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final, Protocol, TypeVar

from reconciler.catalogue.duplicates import plain_name
from reconciler.catalogue.wishes import plain_words, slug_of
from reconciler.compile.fitting import withdrawn
from reconciler.model.desired import GroupState
from reconciler.model.documents import App, Documents, Group, School
from reconciler.model.finding import Finding, Severity
from reconciler.model.grades import grade_span
from reconciler.model.place import Pointer
from reconciler.model.vetting import APPROVED, Vetting, vetting_of


class _Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def previously(self) -> tuple[str, ...]: ...


_Thing = TypeVar("_Thing", bound=_Named)

MODES: Final = ("available", "required")
_OTHER_GRADES: Final = frozenset({"gymnasieskola", "anpassad-gymnasieskola", "komvux", "förskola"})
"""School forms with other grades than the council's limits are written in, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """As people write it: ids or names. `mode`: available or required."""

    school: str
    group: str
    app: str
    mode: str = "available"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    school: School
    group: Group
    app: App

    @property
    def key(self) -> str:
        return f"{self.school.id}/{self.group.id}"


def find_meant(documents: Documents, wanted: Wanted) -> Meant | Finding:
    """School, its own group, and app; by id or name. What isn't found is a finding with the nearest name."""
    school = _named(documents.schools, wanted.school)
    if school is None:
        return _unknown("ADD-NO-SCHOOL", wanted.school, [one.id for one in documents.schools])
    owner, _, rest = wanted.group.rpartition("/")
    if owner and plain_words(owner) not in map(plain_words, (school.id, *school.previously)):
        return _problem("ADD-OTHER-SCHOOL", group=wanted.group[:60], school=school.id)
    group = _named(school.groups, rest)
    if group is None:
        return _unknown("ADD-NO-GROUP", rest, [one.id for one in school.groups], school=school.name)
    app = _named(documents.apps, wanted.app) or _by_plain_name(documents.apps, wanted.app)
    if app is None:
        return _unknown("ADD-NO-APP", wanted.app, [one.id for one in documents.apps])
    return Meant(school=school, group=group, app=app)


def _named(things: Sequence[_Thing], name: str) -> _Thing | None:
    """By its id, an earlier one, or its name where only one has that."""
    plain = plain_words(name)
    by_id = [one for one in things if plain in (one.id, *one.previously)]
    by_name = [one for one in things if plain_words(one.name) == plain]
    found = by_id or by_name
    return found[0] if len(found) == 1 else None


def _by_plain_name(apps: Sequence[App], name: str) -> App | None:
    found = [one for one in apps if plain_name(one.name) == plain_name(name)]
    return found[0] if len(found) == 1 else None


def _unknown(code: str, name: str, known: Sequence[str], school: str = "") -> Finding:
    near = get_close_matches(slug_of(name), known, n=1, cutoff=0.6)
    return _problem(code, name=name[:60], near=near[0] if near else "", school=school)


def objections(meant: Meant, as_of: date) -> Iterator[Finding]:
    """Everything in the council's decision that speaks against it, and what can't be had there."""
    app, group = meant.app, meant.group
    if app.status not in APPROVED or app.withdrawn_from is not None or withdrawn(app, as_of):
        yield _not_approved(meant)
        return
    if group.audience == "storage":
        yield _problem("ADD-STORAGE", meant, group=group.name)
    if all(one.platform != group.platform for one in app.identities):
        platforms = ", ".join(sorted({one.platform for one in app.identities}))
        yield _problem("ADD-PLATFORM", meant, app=app.name, platform=group.platform, platforms=platforms)
    left = [form for form in group.school_forms if app.school_forms and form not in app.school_forms]
    if left:
        yield _problem("ADD-FORM", meant, app=app.name, form=", ".join(left), forms=", ".join(app.school_forms))
    record = vetting_of(app)
    if record.audiences and group.audience not in record.audiences and group.audience != "storage":
        yield _problem("ADD-AUDIENCE", meant, app=app.name, group=group.name)
    if _outside_grades(record, group):
        yield _problem("ADD-GRADES", meant, app=app.name, grades=record.grades, written=group.grades or "–")


def _outside_grades(record: Vetting, group: Group) -> bool:
    """A group without grades can't be compared, and is not taken to fit."""
    if not record.grades or group.audience != "pupils" or not _OTHER_GRADES.isdisjoint(group.school_forms):
        return False
    written = grade_span(group.grades)
    return not written or not written <= grade_span(record.grades)


def _not_approved(meant: Meant) -> Finding:
    decision = meant.app.vetting.get("decision")
    reason = decision.get("reason", "") if isinstance(decision, Mapping) else ""
    return _problem(
        "ADD-WITHDRAWN" if meant.app.withdrawn_from else f"ADD-STATUS-{meant.app.status.upper()}",
        meant,
        app=meant.app.name,
        decision=meant.app.decision or "–",
        reason=str(reason),
        since=meant.app.withdrawn_from.isoformat() if meant.app.withdrawn_from else "–",
    )


def standing(meant: Meant, state: GroupState, mode: str) -> Finding | None:
    """That it is there already (nothing to do), or stands there otherwise (a line that people have to change).

    What a wider layer offers a group may ask for; what it blocks, and what the group's own file says (also from a later
    day), is not written over from here.
    """
    names = (meant.app.id, *meant.app.previously)
    apps = state.effective.apps.items()
    found = next((one for (name, session), one in apps if name in names and session == "user"), None)
    if found is not None and (found.mode == mode or found.mode == "required"):
        return _standing("ADD-THERE", Severity.INFO, meant, found.mode, found.origins[0].at)
    if found is not None and found.mode in ("blocked", "absent"):
        return _standing("ADD-THERE-OTHERWISE", Severity.ERROR, meant, found.mode, found.origins[0].at)
    own = (one for one in meant.group.wishes.apps if one.app in names and one.session == "user")
    line = next(own, None)
    return _standing("ADD-THERE-OTHERWISE", Severity.ERROR, meant, line.mode, line.at) if line else None


def _standing(code: str, severity: Severity, meant: Meant, mode: str, line: Pointer) -> Finding:
    values = {"app": meant.app.name, "group": meant.group.name, "mode": mode, "line": line.file}
    return Finding(code=code, severity=severity, place=line, subject=meant.key, values=values, places={"line": line})


def remarks(meant: Meant, as_of: date) -> Iterator[Finding]:
    """What whoever adds it has to know of the record: the council's conditions, and a contract that is over."""
    record = vetting_of(meant.app)
    for condition in record.conditions:
        yield _remark("ADD-CONDITION", meant, condition=condition)
    contract = record.cost.contract if record.cost else None
    if contract and contract.until and contract.until < as_of:
        yield _remark("ADD-CONTRACT-ENDED", meant, app=meant.app.name, until=contract.until.isoformat())


def _remark(code: str, meant: Meant, **values: str) -> Finding:
    return Finding(code=code, severity=Severity.INFO, place=None, subject=meant.key, values=values)


def _problem(code: str, meant: Meant | None = None, **values: str) -> Finding:
    place = meant.app.at if meant else None
    return Finding(code=code, severity=Severity.ERROR, place=place, subject=meant.key if meant else "", values=values)
