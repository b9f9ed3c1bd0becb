"""What changes in the MGN and in who has acknowledged it. Pure."""

from collections.abc import Iterator, Mapping

from reconciler.model.documents import Documents, School, Unit
from reconciler.model.mgn import Mgn, Requirement
from reconciler.policy.mgn_difference import MgnDifference, Reworded, compare, final
from reconciler.review.differing import plain, spelled
from reconciler.review.renames import Renames
from reconciler.review.told import ADDED, CHANGED, REMOVED, Fact, Told, decided


def compare_mgn(base: Documents, head: Documents) -> Iterator[Told]:
    """A new version is held against the one that it replaces, else the latest of its school form."""
    old = {one.id: one for one in base.mgn}
    for one in head.mgn:
        was = old.get(one.id)
        facts = tuple(_facts(was, one) if was else _new(_replaced(one, base), one))
        if facts or was is None:
            yield _told(one, CHANGED if was else ADDED, facts)
    kept = {one.id for one in head.mgn}
    yield from (_told(one, REMOVED, ()) for one in base.mgn if one.id not in kept)


def _told(mgn: Mgn, action: str, facts: tuple[Fact, ...]) -> Told:
    return Told(
        area="mgn",
        action=action,
        id=mgn.id,
        name=f"{mgn.school_form} {mgn.school_year}",
        facts=facts,
        decision=mgn.decision,
    )


def _replaced(mgn: Mgn, base: Documents) -> Mgn | None:
    others = [one for one in base.mgn if one.school_form == mgn.school_form and one.school_year < mgn.school_year]
    named = [one for one in others if one.school_year == mgn.replaces]
    return max(named or others, key=lambda one: one.school_year, default=None)


def _new(replaced: Mgn | None, mgn: Mgn) -> Iterator[Fact]:
    yield Fact(code="MGN-NEW-STATE", values={"state": mgn.state.value, "n": str(len(mgn.requirements))})
    if replaced is not None:
        yield Fact(code="MGN-AGAINST", values={"version": replaced.school_year})
        yield from _content(compare(replaced, mgn), replaced, mgn)


def _facts(was: Mgn, now: Mgn) -> Iterator[Fact]:
    if was.state is not now.state:
        yield Fact(code="MGN-STATE", values={"was_state": was.state.value, "state": now.state.value})
    if was.decision != now.decision:
        yield Fact(code="DECISION-NOW" if now.decision else "DECISION-GONE", values=decided(now.decision))
    if was.acknowledged != now.acknowledged and now.acknowledged:
        yield Fact(code="MGN-ACKNOWLEDGED-BY-ALL", values=decided(now.acknowledged))
    if was.followed_up != now.followed_up and now.followed_up:
        yield Fact(code="MGN-FOLLOWED-UP", values={"reference": now.followed_up.reference})
    if was.introduction != now.introduction:
        yield Fact(code="MGN-INTRODUCTION")
    yield from _content(compare(was, now), was, now)


def _content(found: MgnDifference, was: Mgn, now: Mgn) -> Iterator[Fact]:
    old = {one.id: one for one in was.requirements}
    yield from (_about("MGN-REQUIREMENT-NEW", one) for one in found.added)
    yield from (_about("MGN-PROMOTED-FROM" if _starts(one) else "MGN-PROMOTED", one) for one in found.promoted)
    yield from (_about("MGN-DEMOTED-FROM" if _starts(one) else "MGN-DEMOTED", one) for one in found.demoted)
    yield from (_about("MGN-REQUIREMENT-GONE", one) for one in found.removed)
    moved = {one.id for one in (*found.promoted, *found.demoted)}
    for one in now.requirements:
        if one.id in old and one.id not in moved and _starts(old[one.id]) != _starts(one):
            yield Fact(
                code="MGN-LEVEL-DAY",
                values={**_values(one), "was_day": _starts(old[one.id]) or _NO_DAY, "day": _starts(one) or _NO_DAY},
            )
    yield from (_reworded(each) for each in found.reworded)
    yield from (_verified(each) for each in found.verified_otherwise)


_NO_DAY = "–"


def _starts(one: Requirement) -> str:
    return one.becomes.start.isoformat() if one.becomes else ""


def _about(code: str, one: Requirement) -> Fact:
    return Fact(code=code, values={**_values(one), "day": _starts(one)})


def _values(one: Requirement) -> Mapping[str, str]:
    return {"requirement": one.id, "text": one.text, "level": final(one).value}


def _reworded(one: Reworded) -> Fact:
    if "text" in one.fields:
        return Fact(
            code="MGN-REWORDED", values={"requirement": one.after.id, "was": one.before.text, "now": one.after.text}
        )
    return Fact(code="MGN-EXPLAINED", values={**_values(one.after), "fields": ", ".join(one.fields)})


def _verified(one: Reworded) -> Fact:
    kinds = {"was_verification": one.before.verification.value, "verification": one.after.verification.value}
    return Fact(code="MGN-VERIFIED", values={**_values(one.after), **kinds})


def compare_acknowledgements(base: Documents, head: Documents, renames: Renames) -> Iterator[Told]:
    """Schools and units that newly acknowledge a version: folded, for in August all of them do."""
    old = {one.id: one for one in base.schools}
    found: dict[tuple[str, str, str], list[str]] = {}
    for school in head.schools:
        was = old.get(renames.schools.get(school.id, ""))
        if was is None or was == school:
            continue
        before, after = _acknowledged(was), _acknowledged(school)
        for form, version in after.items():
            if before.get(form) != version:
                found.setdefault((form, version, "MGN-ACKNOWLEDGED-BY"), []).append(school.name)
            elif _followed_up(was, form) != _followed_up(school, form):
                found.setdefault((form, version, "MGN-ANSWERED-BY"), []).append(school.name)
    for (form, version, code), schools in sorted(found.items()):
        yield Told(
            area="mgn",
            action=CHANGED,
            id=f"{form}/{version}#{'acknowledged' if code == 'MGN-ACKNOWLEDGED-BY' else 'answered'}",
            name=f"{form} {version}",
            facts=(Fact(code=code, values={"names": ", ".join(schools), "n": str(len(schools))}),),
        )


def _followed_up(school: School, form: str) -> str:
    """What the school and its units have attested and answered, as one text to compare."""
    places: list[School | Unit] = [school, *school.units]
    told = [one.mgn[form] for one in places if form in one.mgn]
    return spelled(plain(told))


def _acknowledged(school: School) -> Mapping[str, str]:
    """The version by school form; a unit's own stands for its school's where they differ."""
    found = {form: one.version for form, one in school.mgn.items()}
    for unit in school.units:
        found |= {form: one.version for form, one in unit.mgn.items()}
    return found
