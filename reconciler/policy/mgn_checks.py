"""What is wrong with an MGN, or with its being acknowledged, that is no fault of a name. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from reconciler.model.documents import Documents, PolicyTerms
from reconciler.model.finding import Finding, Severity
from reconciler.model.mgn import Level, LevelChange, Mgn, Requirement, State
from reconciler.model.place import Pointer
from reconciler.policy.mgn import UnitForm, unit_forms, versions_in_force

TAKING_PART: Final = ("rektor", "superanvändare", "användarstödjare", "systemägare")
"""Whom an MGN is drawn up together with (Ronneby); a role counts under its word, whatever stands around it."""


def check_mgn(documents: Documents, as_of: date) -> Iterator[Finding]:
    """Findings by MGN, then by school. None of them is an error: an MGN never stops a change."""
    known = {mgn.id: mgn for mgn in documents.mgn}
    for mgn in documents.mgn:
        yield from _check_participants(mgn)
        yield from _check_state(mgn, documents.mgn)
        older = known.get(f"{mgn.school_form}/{mgn.replaces}")
        for one in mgn.requirements:
            yield from _check_level(mgn, one, documents.organisation.terms)
            yield from _check_new(mgn, older, one)
    yield from _check_acknowledged(documents, as_of)


def _warn(code: str, at: Pointer, subject: str, **values: str) -> Finding:
    return Finding(code=code, severity=Severity.WARNING, place=at, subject=subject, values=values)


def _check_participants(mgn: Mgn) -> Iterator[Finding]:
    if mgn.state is State.DRAFT:
        return
    roles = [one.role.lower() for one in mgn.participants]
    lacking = [role for role in TAKING_PART if not any(role in one for one in roles)]
    if lacking:
        at = mgn.at.child("participants")
        yield _warn("MGN-PARTICIPANTS", at, f"mgn:{mgn.id}", roles=", ".join(lacking))


def _check_state(mgn: Mgn, all_of_them: Iterable[Mgn]) -> Iterator[Finding]:
    newer = any(one.school_form == mgn.school_form and one.replaces == mgn.school_year for one in all_of_them)
    if mgn.state is State.REVISED and not newer:
        yield _warn("MGN-REVISED-BY-NOBODY", mgn.at.child("state"), f"mgn:{mgn.id}", year=mgn.school_year)
    if mgn.state is State.FOLLOWED_UP and mgn.followed_up is None:
        yield _warn("MGN-FOLLOWED-UP-WHERE", mgn.at.child("state"), f"mgn:{mgn.id}")


def _check_level(mgn: Mgn, one: Requirement, terms: PolicyTerms) -> Iterator[Finding]:
    becomes = one.becomes
    if becomes is None:
        return
    subject = f"mgn:{mgn.id}"
    if becomes.level is one.level:
        yield _warn("MGN-BECOMES-THE-SAME", becomes.at, subject, id=one.id, level=str(one.level))
        return
    told = told_on(mgn, one, becomes)
    earliest = earliest_shall(told, terms) if told else None
    if becomes.level is Level.SHALL and earliest is not None and becomes.start < earliest:
        yield _warn(
            "MGN-SHORT-NOTICE",
            becomes.at,
            subject,
            id=one.id,
            days=str(terms.notice_days),
            earliest=earliest.isoformat(),
        )


def told_on(mgn: Mgn, requirement: Requirement, becomes: LevelChange) -> date | None:
    """The day on which people could know of a change of level: when it was written, else when the MGN was adopted."""
    written = [event.day for event in requirement.history if event.effect == becomes.start]
    return max(written, default=mgn.decision.day if mgn.decision else None)


def earliest_shall(told: date, terms: PolicyTerms) -> date:
    """The first day on which a requirement may be SKA that people are told of today."""
    return told + timedelta(days=terms.notice_days)


def _check_new(mgn: Mgn, older: Mgn | None, one: Requirement) -> Iterator[Finding]:
    """New functions enter as BÖR (Ronneby): nobody has tried them yet."""
    if older is None or one.level is not Level.SHALL or any(was.id == one.id for was in older.requirements):
        return
    at = one.at.child("level")
    yield _warn("MGN-NEW-AS-SHALL", at, f"mgn:{mgn.id}", id=one.id, year=older.school_year)


def _check_acknowledged(documents: Documents, as_of: date) -> Iterator[Finding]:
    versions = versions_in_force(documents, as_of)
    seen: set[tuple[str, str, str]] = set()
    for place in unit_forms(documents.schools):
        mgn = versions.get(place.form)
        key = (place.school.id, place.form, "" if place.form not in place.unit.mgn else place.id)
        if mgn is None or mgn.acknowledged is not None or key in seen:
            continue
        seen.add(key)
        yield from _check_said(place, mgn)


def _check_said(place: UnitForm, mgn: Mgn) -> Iterator[Finding]:
    school, said = place.school, place.said
    values = {"school": school.name, "form": mgn.school_form, "year": mgn.school_year}
    subject = f"mgn:{school.id}/{mgn.school_form}"
    if said is None:
        yield _warn("MGN-NOT-ACKNOWLEDGED", school.at.child("id"), subject, **values)
    elif said.version < mgn.school_year:
        yield _warn("MGN-OLDER-ACKNOWLEDGED", said.at, subject, version=said.version, **values)
