"""What differs in a system right now, for those who run it: counts and names, no values, and what a person should do. Pure.

A text of it goes into a job's log and an issue, so that what somebody wrote in a system by hand is not quoted.
"""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.model.change import Action, Change, Envelope
from reconciler.planning.drift import Drift, Standing, SystemDrift
from reconciler.report.grouping import blocks_of
from reconciler.report.items import SYMBOLS, is_loud, item_of
from reconciler.report.naming import place_name
from reconciler.report.reach import device_words, reach_of
from reconciler.report.remarks import finding_remarks, titled
from reconciler.report.view import Item, Section, View, step
from reconciler.report.words import Words

_MEANS = (Action.CREATE, Action.UPDATE, Action.ADOPT, Action.DELETE)
"""Lacking there, other there, there before us, there and unwanted."""
NAMED = 8


def drift_views(drift: Drift, words: Words) -> tuple[View, ...]:
    """One for each system, in the order of the files."""
    return tuple(drift_view(drift, one, words) for one in drift.systems)


def drift_view(drift: Drift, one: SystemDrift, words: Words) -> View:
    return View(
        title=words.say("DRIFT-TITLE", backend=one.backend, day=drift.as_of.isoformat()),
        headline=_headline(one, words),
        alarm=_alarm(one, words),
        sections=_sections(one, words),
        remarks=titled(words.say("TITLE-FINDINGS"), finding_remarks(one.findings, words)),
        facts=_facts(one, words),
        legend=_legend(one, words),
        closing=_closing(one, words),
    )


def _headline(one: SystemDrift, words: Words) -> tuple[str, ...]:
    if one.standing is not Standing.DIFFERS:
        return (words.say(f"DRIFT-{one.standing.upper()}"),)
    every = [*one.differences, *one.held]
    parts = [
        words.count(f"DRIFT-N-{action.upper()}", number)
        for action in _MEANS
        if (number := sum(change.action is action for change in every))
    ]
    said = [words.say("DRIFT-COUNTED", differences=words.count("DRIFT-N", len(every)), counts=words.join(parts))]
    said.append(_whom(every, words))
    return (*said, *((words.say("DRIFT-ONLY-PARTLY"),) if not one.whole else ()))


def _whom(changes: Sequence[Change], words: Words) -> str:
    reach = reach_of(changes)
    if not reach.devices:
        return words.say("TOUCHES-NOBODY")
    schools = words.count("SCHOOL", len(reach.schools))
    where = words.say("AT-SCHOOLS", schools=schools)
    if len(reach.schools) <= NAMED:
        where = words.say("AT-NAMED-SCHOOLS", schools=schools, names=words.join(reach.schools))
    return words.say("DRIFT-TOUCHES", whom=device_words(reach, words), where=where if reach.schools else "")


def _alarm(one: SystemDrift, words: Words) -> tuple[str, ...]:
    loud = [change for change in (*one.differences, *one.held) if is_loud(change)]
    return (words.count("DRIFT-LOUD", len(loud)),) if loud else ()


def _sections(one: SystemDrift, words: Words) -> tuple[Section, ...]:
    waiting = [change for change in one.differences if change.waits and not change.waits.urgent]
    ready = [change for change in one.differences if change not in waiting]
    parts = (("READY", "plain", ready), ("WAITING", "held", waiting), ("HELD", "held", one.held))
    return tuple(_section(name, tone, changes, words) for name, tone, changes in parts if changes)


def _section(name: str, tone: str, changes: Sequence[Change], words: Words) -> Section:
    return Section(
        title=words.say(f"DRIFT-SECTION-{name}"),
        tone=tone,
        intro=(words.say(f"DRIFT-INTRO-{name}"),),
        count=len(changes),
        blocks=blocks_of(changes, words, describe=_item),
    )


def _item(change: Change, words: Words) -> Item:
    """Which fields differ is told, not how: a value set by hand may hold anything, a person's address too."""
    item = item_of(change, words)
    if change.envelope is not None:
        return replace(item, title=_astray(change, change.envelope, words), says=(), warns=())
    fields = words.join(one.label for one in item.differences if one.label)
    says = (words.say("DRIFT-FIELDS", fields=fields),) if fields not in ("", item.title) else ()
    return replace(item, differences=(), says=says, warns=())


def _astray(change: Change, envelope: Envelope, words: Words) -> str:
    number = len(change.members) or change.effect.devices
    if envelope.source == "outside":
        return words.count("DRIFT-OUTSIDE", number)
    names = words.join(place_name(one, words) for one in envelope.source.split("+"))
    return words.say("DRIFT-ASTRAY", devices=words.count("DEVICE", number), places=names)


def _facts(one: SystemDrift, words: Words) -> tuple[str, ...]:
    mode = words.say("MODE-APPLY" if one.mode == "apply" else "MODE-OBSERVE")
    said = [words.say("TENANT", backend=one.backend, kind=one.kind, mode=mode)] if one.kind else []
    return (*said, words.count("N-OUTSTANDING", one.outstanding)) if one.outstanding else tuple(said)


def _legend(one: SystemDrift, words: Words) -> tuple[str, ...]:
    used = {change.action for change in (*one.differences, *one.held)}
    return tuple(
        f"{SYMBOLS[action]} {words.say(f'DRIFT-WORD-{action.upper()}')}" for action in _MEANS if action in used
    )


def _closing(one: SystemDrift, words: Words) -> tuple[str, ...]:
    if one.standing is Standing.AGREES:
        return (words.say("DRIFT-NEXT-NOTHING"),)
    if one.standing is not Standing.DIFFERS:
        return (step(words.say("DRIFT-NEXT-READ"), f"reconciler doctor --backend {one.backend}"),)
    said = [words.say("DRIFT-NEXT"), words.say("DRIFT-NEXT-KEEP")]
    said.append(words.say("DRIFT-NEXT-OBSERVED") if one.mode != "apply" else words.say("DRIFT-NEXT-UNDO"))
    return (*said, step(words.say("DRIFT-NEXT-VALUES"), f"reconciler plan --backend {one.backend}"))
