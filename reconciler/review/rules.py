"""What changes in rules, exceptions, the calendar, allowances, approvals and baselines. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from reconciler.model.approvals import Approvals
from reconciler.model.calendar import Calendar
from reconciler.model.documents import Allowance, Baseline, Documents, ExceptionGrant, Span
from reconciler.model.place import Json
from reconciler.model.policy import Guardrail, RuleEffect
from reconciler.review.differing import plain, same
from reconciler.review.renames import Renames
from reconciler.review.told import ADDED, CHANGED, REMOVED, Fact, Told, decided

_FORCE = (RuleEffect.INFORM, RuleEffect.WARN, RuleEffect.BLOCK)


class _WithId(Protocol):
    @property
    def id(self) -> str: ...


_One = TypeVar("_One", bound=_WithId)


def _pairs(base: Iterable[_One], head: Iterable[_One]) -> Iterator[tuple[_One | None, _One | None]]:
    """By id, in the order of ids; equal ones are left out."""
    old, new = {one.id: one for one in base}, {one.id: one for one in head}
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if was != now and not same(plain(was), plain(now)):
            yield was, now


def _days(span: Span) -> Mapping[str, str]:
    start, end = (day.isoformat() if day else "" for day in (span.start, span.end))
    return {"from": start, "until": end}


# --- guardrails ---------------------------------------------------------------------------------------------------


def compare_rules(base: Documents, head: Documents) -> Iterator[Told]:
    for was, now in _pairs(base.guardrails, head.guardrails):
        facts = tuple(_rule_facts(was, now))
        shown = now or was
        if facts and shown is not None:
            action = CHANGED if was and now else ADDED if now else REMOVED
            yield Told(area="rule", action=action, id=shown.id, name=shown.id, facts=facts)


def _rule_facts(was: Guardrail | None, now: Guardrail | None) -> Iterator[Fact]:
    if was is None or now is None:
        one = now or was
        if one is not None:
            yield Fact(code="RULE-IS" if now else "RULE-WAS", values={"effect": one.effect.value, **_message(one)})
            yield from _from_when(one) if now else ()
        return
    if (was.effect, was.active) != (now.effect, now.active):
        yield Fact(code="RULE-SAYS", values=_message(now))
    if was.effect is not now.effect:
        harder = _FORCE.index(now.effect) > _FORCE.index(was.effect)
        code = "RULE-TIGHTENED" if harder else "RULE-LOOSENED"
        yield Fact(code=code, values={"was_effect": was.effect.value, "effect": now.effect.value})
    if was.active is not now.active:
        yield Fact(code="RULE-ON" if now.active else "RULE-OFF")
    if _asked(was) != _asked(now):
        yield Fact(code="RULE-ASKS-OTHERWISE", values=_message(now))
    if was.span != now.span:
        yield Fact(code="RULE-DAYS", values=_moved(was.span, now.span))
    if was.owner != now.owner:
        yield Fact(code="RULE-OWNER", values={"was_owner": was.owner, "owner": now.owner})
    if was.source != now.source:
        yield Fact(code="RULE-SOURCE", values={"was": was.source.text, "now": now.source.text})
    if was.message != now.message or was.rationale != now.rationale:
        yield Fact(code="RULE-WORDS")


def _from_when(one: Guardrail) -> Iterator[Fact]:
    if not one.active:
        yield Fact(code="RULE-OFF")
    if one.span.start or one.span.end:
        yield Fact(code="HOLDS", values=_days(one.span))


def _message(one: Guardrail) -> Mapping[str, str]:
    return {f"message.{lang}": text for lang, text in one.message.items()}


def _asked(one: Guardrail) -> Sequence[str]:
    written = (one.when, one.require, one.measure)
    return [one.on.value, *(" ".join(each.text.split()) if each else "" for each in written)]


def _moved(was: Span, now: Span) -> Mapping[str, str]:
    return {**{f"was_{name}": day for name, day in _days(was).items()}, **_days(now)}


# --- exceptions ---------------------------------------------------------------------------------------------------


def compare_exceptions(base: Documents, head: Documents, renames: Renames) -> Iterator[Told]:
    now_called = {old: new for known in (renames.schools, renames.groups) for new, old in known.items()}
    for was, now in _pairs((_renamed(one, now_called) for one in base.exceptions), head.exceptions):
        shown = now or was
        if shown is None:
            continue
        facts = [_what(shown), Fact(code="EXCEPTION-WHOM", values={"subjects": ", ".join(_whom(shown))})]
        if was and now and was.span != now.span:
            facts.append(Fact(code="EXCEPTION-DAYS", values=_moved(was.span, now.span)))
        elif now:
            facts.append(Fact(code="HOLDS", values=_days(now.span)))
        if was and now and _whom(was) != _whom(now):
            facts.append(Fact(code="EXCEPTION-WHOM-WAS", values={"subjects": ", ".join(_whom(was))}))
        facts += [Fact(code="REASON", values={"reason": shown.reason})] if shown.reason else []
        yield Told(
            area="exception",
            action=CHANGED if was and now else ADDED if now else REMOVED,
            id=shown.id,
            name=shown.id,
            facts=tuple(facts),
            decision=shown.decision,
        )


def _renamed(one: ExceptionGrant, now_called: Mapping[str, str]) -> ExceptionGrant:
    """For the same groups by the names that they have now: a new name is no other exception."""
    groups, subjects = (tuple(now_called.get(name, name) for name in names) for names in (one.groups, one.subjects))
    return replace(one, groups=groups, subjects=subjects)


def _what(one: ExceptionGrant) -> Fact:
    if one.rule:
        return Fact(code="EXCEPTION-FROM-RULE", values={"rule": one.rule})
    if one.app:
        return Fact(code="EXCEPTION-FOR-APP", values={"app": one.app})
    return Fact(code="EXCEPTION-IN-SETTING", values={"setting": one.setting or ""})


def _whom(one: ExceptionGrant) -> Sequence[str]:
    return sorted((*one.groups, *one.subjects))


# --- calendar -----------------------------------------------------------------------------------------------------


def compare_calendar(base: Documents, head: Documents) -> Iterator[Told]:
    """Periods by what they are called; which days they were and are."""
    for part in ("years", "lessons", "windows"):
        old, new = (_calendar(one.calendar, part) for one in (base, head))
        facts = tuple(_calendar_facts(old, new))
        if facts:
            yield Told(
                area="calendar",
                action=CHANGED,
                id=part,
                name=part,
                facts=facts,
            )


def _calendar(calendar: Calendar | None, part: str) -> Mapping[str, Json]:
    """What it says, by a name that people know it by."""
    if calendar is None:
        return {}
    if part == "lessons":
        return {
            f"{one.start:%H:%M}–{one.end:%H:%M} {', '.join(one.touches.school_forms)}".strip(): plain(one)
            for one in calendar.lessons
        }
    if part == "windows":
        return {one.days.name: plain(one) for one in calendar.windows}
    named = [(f"{year.id}: {one.name}", one) for year in calendar.years for one in (*year.terms, *year.holidays)]
    return {name: plain(one) for name, one in named}


def _calendar_facts(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Fact]:
    for name in sorted({*old, *new}):
        if not same(old.get(name), new.get(name)):
            was, now = _shown_days(old.get(name)), _shown_days(new.get(name))
            code = "CALENDAR-NEW" if name not in old else "CALENDAR-GONE" if name not in new else "CALENDAR-MOVED"
            days = was if name not in new else now
            if code == "CALENDAR-MOVED" and was == now:
                code = "CALENDAR-OTHERWISE"
            yield Fact(code=code if days else f"{code}-HOURS", values={"name": name, "was_days": was, "days": days})


def _shown_days(value: Json) -> str:
    """`2026-12-21 – 2027-01-06`; empty for what has no days."""
    found = value if isinstance(value, Mapping) else {}
    days = found.get("days", found)
    first, last = (days.get(key) if isinstance(days, Mapping) else None for key in ("start", "end"))
    if not isinstance(first, str) or "-" not in first:
        return ""
    return first if first == last else f"{first} – {last}"


# --- allowances, approvals and baselines ------------------------------------------------------------------------------


def compare_allowances(base: Documents, head: Documents) -> Iterator[Told]:
    for was, now in _pairs(base.allowances, head.allowances):
        shown = now or was
        if shown is not None:
            action = CHANGED if was and now else ADDED if now else REMOVED
            yield Told(
                area="limit",
                action=action,
                id=shown.id,
                name=shown.id,
                facts=(_allowed(shown),),
            )


def compare_approvals(base: Documents, head: Documents) -> Iterator[Told]:
    for was, now in _pairs(base.approvals, head.approvals):
        shown = now or was
        if shown is not None:
            action = CHANGED if was and now else ADDED if now else REMOVED
            facts = (_approved(shown), Fact(code="REASON", values={"reason": shown.reason}))
            yield Told(area="approvals", action=action, id=shown.id, name=shown.id, facts=facts)


def _approved(one: Approvals) -> Fact:
    values = {
        "backend": one.backend,
        "changes": str(len(one.fingerprints)),
        "deletions": str(len(one.deletions)),
        "devices": str(sum(each.at_most for each in one.moves)),
        "commits": str(len(one.commits)),
        "until": one.until.isoformat(),
    }
    return Fact(code="APPROVED-WHAT", values=values)


def _allowed(one: Allowance) -> Fact:
    devices = sum(each.at_most for each in one.envelopes)
    values = {
        "backend": one.backend,
        "changes": str(len(one.fingerprints)),
        "devices": str(devices),
        "until": one.until.isoformat(),
    }
    return Fact(code="LIMIT-ALLOWS", values=values)


def compare_baselines(base: Documents, head: Documents, changed: frozenset[str]) -> Iterator[Told]:
    """`changed` are the apps and settings that change for some group: what a baseline brings of them is told there."""
    own = ([one for one in side.baselines if not one.shared] for side in (base, head))
    for was, now in _pairs(*own):
        shown = now or was
        if shown is None:
            continue
        facts = tuple(_baseline_facts(was, now, changed))
        if facts:
            yield Told(
                area="baseline",
                action=CHANGED if was and now else ADDED if now else REMOVED,
                id=shown.id,
                name=shown.name,
                facts=facts,
                decision=shown.decision,
            )


def _baseline_facts(was: Baseline | None, now: Baseline | None, changed: frozenset[str]) -> Iterator[Fact]:
    if was and now:
        if not same(plain(was.applies_to), plain(now.applies_to)):
            yield Fact(code="BASELINE-WHOM")
        if was.name != now.name:
            yield Fact(code="NAME", values={"was": was.name, "now": now.name})
        if was.decision != now.decision:
            yield Fact(code="DECISION-NOW" if now.decision else "DECISION-GONE", values=decided(now.decision))
        if same(plain(was.wishes), plain(now.wishes)):
            return
    if changed.isdisjoint(_mentioned(was) | _mentioned(now)):
        yield Fact(code="BASELINE-REACHES-NOBODY")
    elif not (was and now):
        yield Fact(code="BASELINE-NEW" if now else "BASELINE-GONE")


def _mentioned(one: Baseline | None) -> frozenset[str]:
    if one is None:
        return frozenset()
    wishes = one.wishes
    apps, settings = (line.app for line in wishes.apps), (line.setting for line in wishes.settings)
    return frozenset((*apps, *settings, *(line.schema for line in wishes.raw)))
