"""Baselines and MGN from one revision to the next: what was decided is changed by a decision, at the line that changed. Pure.

Comments, names, reasons and the order of lines may be corrected at any time.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from reconciler.model.documents import AppliesTo, AppLine, Baseline, Documents, RawLine, SettingLine, Span, Wishes
from reconciler.model.finding import Finding, Severity
from reconciler.model.mgn import Decided, Mgn, State
from reconciler.model.place import Pointer
from reconciler.policy.mgn_difference import Edit, edits

_HOLD: Final = frozenset({State.ADOPTED, State.FOLLOWED_UP})


def check_decided_changes(base: Documents, head: Documents, unread: Collection[str] = ()) -> Iterator[Finding]:
    """Errors that hold no change: they stop the merge. `unread`: the head's files that dropped out, which are not gone."""
    yield from _check_baselines((one for one in base.baselines if one.at.file not in unread), head.baselines)
    yield from _check_mgn(base.mgn, head.mgn, unread)


def is_new(decision: Decided | None, before: Decided) -> bool:
    """Another day or another reference: what is called by another name is no other decision."""
    return decision is not None and (decision.day, decision.reference) != (before.day, before.reference)


# --- baselines ----------------------------------------------------------------------------------------------------


def _check_baselines(base: Iterable[Baseline], head: Iterable[Baseline]) -> Iterator[Finding]:
    now = {one.id: one for one in head}
    for before in base:
        after = now.get(before.id)
        if before.decision is None or before.shared:  # others' decisions bind nobody here: the pin is approved instead
            continue
        if after is None:
            if before.wishes != Wishes():
                yield _about_baseline("BASELINE-REMOVED", before.id, before.decision, Pointer(file=before.at.file))
        elif not is_new(after.decision, before.decision):
            found = _first_change(before, after)
            if found is not None:
                what, at = found
                yield _about_baseline("BASELINE-WITHOUT-DECISION", before.id, before.decision, at, what)


def _about_baseline(code: str, baseline: str, decision: Decided, at: Pointer, what: str = "") -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        place=at,
        subject=f"baseline:{baseline}",
        values={"baseline": baseline, "what": what, "reference": decision.reference},
    )


def _first_change(before: Baseline, after: Baseline) -> tuple[str, Pointer] | None:
    """What was changed, added or taken away first, and its line; a line that is gone stood where its part stands."""
    if _whom(before.applies_to) != _whom(after.applies_to):
        return "applies_to", after.at.child("applies_to")
    old, new = _lines(before.wishes), _lines(after.wishes)
    for key, (name, at, _) in new.items():
        if key not in old:
            return name, at
    return next(
        (
            (name, Pointer(file=after.at.file, path=(part,), on_key=True))
            for key, (name, _, part) in old.items()
            if key not in new
        ),
        None,
    )


def _whom(chosen: AppliesTo) -> tuple[frozenset[str], ...]:
    return frozenset(chosen.school_forms), frozenset(chosen.audiences), frozenset(chosen.platforms)


_Lines = Mapping[str, tuple[str, Pointer, str]]


def _lines(wishes: Wishes) -> _Lines:
    """By all that a line says: its name, its place, and the part of the file that it is in."""
    return {
        **{_of_app(one): (one.app, one.at, "apps") for one in wishes.apps},
        **{_of_setting(one): (one.setting, one.at, "settings") for one in wishes.settings},
        **{_of_raw(one): (one.schema, one.at, "raw") for one in wishes.raw},
    }


def _of_app(line: AppLine) -> str:
    return _spelled("app", line.app, line.mode, line.session, line.pinned, _days(line.span))


def _of_setting(line: SettingLine) -> str:
    values = sorted(_spelled(one.value, _days(one.span)) for one in line.values)
    return _spelled("setting", line.setting, values)


def _of_raw(line: RawLine) -> str:
    return _spelled("raw", line.system, line.schema, dict(line.fields), line.reach)


def _days(span: Span) -> list[object]:
    return [span.start, span.end, dict(span.rings)]


def _spelled(*parts: object) -> str:
    """The same for the same content in any order of keys. `True` is not 1 here."""
    return json.dumps(parts, sort_keys=True, default=str)


# --- MGN ----------------------------------------------------------------------------------------------------------


def _check_mgn(base: Iterable[Mgn], head: Iterable[Mgn], unread: Collection[str]) -> Iterator[Finding]:
    before, now = {one.id: one for one in base}, {one.id: one for one in head}
    for old in before.values():
        after = now.get(old.id)
        if after is not None:
            yield from (_edited(after, edit) for edit in edits(old, after))
        elif old.state in _HOLD and old.at.file not in unread:
            yield _about_mgn("MGN-REMOVED", old, Pointer(file=old.at.file))
    for one in now.values():
        was = before.get(one.id)
        if one.state in _HOLD and (was is None or was.state is State.DRAFT):
            yield from _adopted_anew(one, before.values())


def _edited(mgn: Mgn, edit: Edit) -> Finding:
    return _about_mgn("MGN-EDITED", mgn, edit.at, what=edit.what)


def _adopted_anew(mgn: Mgn, before: Iterable[Mgn]) -> Iterator[Finding]:
    """A new version on the decision of an earlier one: nobody has decided on it."""
    others = [one for one in before if one.school_form == mgn.school_form and one.id != mgn.id]
    for other in others:
        if mgn.decision and other.decision and not is_new(mgn.decision, other.decision):
            at = mgn.at.child("decision", "reference")
            yield _about_mgn("MGN-WITHOUT-DECISION", mgn, at, what=other.decision.reference, year=other.school_year)
            return


def _about_mgn(code: str, mgn: Mgn, at: Pointer, **values: str) -> Finding:
    subject = f"mgn:{mgn.id}"
    return Finding(
        code=code, severity=Severity.ERROR, place=at, subject=subject, values={"mgn": mgn.id, "what": "", **values}
    )
