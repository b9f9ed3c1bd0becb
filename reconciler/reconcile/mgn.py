"""`mgn promote` and `mgn demote`: which file a change of level belongs in, whether it may be made, and its new text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from reconciler.load.mgn_editing import change_of, next_version, with_level
from reconciler.load.repository import load
from reconciler.load.tree import Tree, read_tree
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, Severity, is_error
from reconciler.model.mgn import Level, LevelChange, Mgn, Requirement, State
from reconciler.policy.calendar import school_year_of
from reconciler.policy.mgn_checks import earliest_shall
from reconciler.policy.mgn_difference import final
from reconciler.schema.school_forms import current_form


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The new text of `file`, not yet written; `drafted` if the file is a new version. Or why not."""

    file: str = ""
    text: str = ""
    drafted: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`name` is a requirement's id, or `skolform/id` where several school forms have it."""

    name: str
    level: Level
    start: date
    reason: str = ""


def change_level(root: Path, wish: Wish, today: date) -> Edited:
    """The edit that makes a requirement SKA or BÖR from a day on. Nothing is written."""
    tree = read_tree(root)
    loaded = load(tree, digest=False)
    if loaded.documents is None or any(map(is_error, loaded.findings)):
        return Edited(findings=loaded.findings)
    found = _find(loaded.documents, wish)
    if isinstance(found, Finding):
        return Edited(findings=(found,))
    year = school_year_of(loaded.documents.calendar, wish.start)
    refused = _refusal(loaded.documents, found, wish, year, today)
    if refused:
        return Edited(findings=(refused,))
    return _edit(tree, found, wish, year, today)


def _problem(code: str, **values: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=None, values=values)


def _find(documents: Documents, wish: Wish) -> Mgn | Finding:
    """The newest version that has the requirement; of two school forms that have it one must be named."""
    form, _, name = wish.name.rpartition("/")
    having = [
        one
        for one in documents.mgn
        if (not form or one.school_form == (current_form(form) or form)) and _requirement(one, name)
    ]
    forms = sorted({one.school_form for one in having})
    if len(forms) > 1:
        names = ", ".join(f"{one}/{name}" for one in forms)
        return _problem("MGN-WHICH-FORM", name=name, names=names)
    if not having:
        return _problem("MGN-NO-SUCH-REQUIREMENT", name=wish.name)
    return max(having, key=lambda one: one.school_year)


def _requirement(mgn: Mgn, name: str) -> Requirement | None:
    return next((one for one in mgn.requirements if one.id == name), None)


def _refusal(documents: Documents, mgn: Mgn, wish: Wish, year: str, today: date) -> Finding | None:
    requirement = _requirement(mgn, wish.name.rpartition("/")[2])
    earliest = earliest_shall(today, documents.organisation.terms)
    if requirement is not None and final(requirement) is wish.level:
        return _problem("MGN-ALREADY", name=wish.name, level=str(wish.level), year=mgn.school_year)
    if wish.level is Level.SHALL and wish.start < earliest:
        days = str(documents.organisation.terms.notice_days)
        return _problem("MGN-NOTICE", earliest=earliest.isoformat(), days=days, start=wish.start.isoformat())
    if mgn.state is not State.DRAFT and year <= mgn.school_year:
        return _problem("MGN-ADOPTED", year=mgn.school_year, form=mgn.school_form)
    if mgn.state is State.DRAFT and year < mgn.school_year:
        return _problem("MGN-BEFORE-ITS-YEAR", year=mgn.school_year, start=wish.start.isoformat())
    return _two_changes(documents, requirement, wish, mgn.school_year if mgn.state is State.DRAFT else year)


def _two_changes(documents: Documents, requirement: Requirement | None, wish: Wish, year: str) -> Finding | None:
    """A change that comes earlier in the same version, and would have to be kept beside this one."""
    coming = requirement.becomes if requirement else None
    if coming is None or wish.start <= coming.start or school_year_of(documents.calendar, coming.start) < year:
        return None
    level, start = str(coming.level), coming.start.isoformat()
    return _problem("MGN-TWO-CHANGES", name=wish.name, level=level, coming=start, year=year)


def _edit(tree: Tree, mgn: Mgn, wish: Wish, year: str, today: date) -> Edited:
    """In the draft; where there is none yet, in a draft made of the adopted version."""
    file, drafted = mgn.at.file, mgn.state is not State.DRAFT
    loaded = load(tree, digest=False)
    if drafted:
        text = next_version(loaded.locate, mgn, year)
        file = f"policies/mgn/{year}/{file.rpartition('/')[2]}"
        tree = replace(tree, files=dict(sorted({**tree.files, file: text.encode()}.items())))
        loaded = load(tree, digest=False)
    versions = loaded.documents.mgn if loaded.documents else ()
    target = next((one for one in versions if one.at.file == file), None)
    requirement = _requirement(target, wish.name.rpartition("/")[2]) if target else None
    if requirement is None:
        return Edited(findings=loaded.findings)
    event = change_of(requirement, wish.level, today, wish.start, wish.reason)
    change = LevelChange(level=wish.level, start=wish.start, at=requirement.at)
    text = with_level(loaded.locate, requirement, change, event)
    return Edited(file=file, text=text, drafted=drafted, findings=_wrong(tree, file, text))


def _wrong(tree: Tree, file: str, text: str) -> tuple[Finding, ...]:
    """What would be wrong with the file afterwards: an edit that breaks a file is not written."""
    after = load(replace(tree, files={**tree.files, file: text.encode()}), digest=False)
    return tuple(filter(is_error, after.findings))


def pairs(documents: Documents, form: str, before: str, after: str) -> Sequence[tuple[Mgn, Mgn]] | Finding:
    """Two versions of each school form (or of one), by their läsår. Without `before`, what the newer one replaces."""
    known = {(one.school_form, one.school_year): one for one in documents.mgn}
    wanted = current_form(form) or form
    newer = [one for (name, year), one in known.items() if year == after and wanted in ("", name)]
    found = [
        (known[one.school_form, before or one.replaces], one)
        for one in newer
        if (one.school_form, before or one.replaces) in known
    ]
    return found or _problem("MGN-NOTHING-TO-COMPARE", before=before or "–", after=after)
