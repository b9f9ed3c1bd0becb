"""MGN, rules, exceptions, calendar, schools, groups and the organisation's file, as items of a report. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.model.place import Json
from reconciler.report.review_words import app_name, count, group_name, people, period, plain_value, say, setting_name
from reconciler.report.view import Difference, Item
from reconciler.report.words import Words, shorten
from reconciler.review import differing
from reconciler.review.differing import entries
from reconciler.review.review import Review
from reconciler.review.told import ADDED, REMOVED, Fact, Told
from reconciler.review.vocabulary import title, value_word

_SIGNS: Final = {ADDED: "+", REMOVED: "-"}
_CODED: Final = {
    "effect": "EFFECT",
    "was_effect": "EFFECT",
    "state": "STATE",
    "was_state": "STATE",
    "verification": "VERIFICATION",
    "was_verification": "VERIFICATION",
    "owner": "OWNER",
    "was_owner": "OWNER",
}
"""Values that are words of the files, by the kind of word."""
_NOUNS: Final = {"apps": "APPS", "settings": "SETTINGS", "come": "DEVICES-COME", "gone": "DEVICES-GO"}
"""Values that are numbers of something."""
_PERIODS: Final = (("period", "from", "until"), ("was_period", "was_from", "was_until"))
_VARIABLE: Final = re.compile(r"\{[a-z][a-z0-9_.]*\}")
NAMED: Final = 8
LONGEST: Final = 300
"""Characters of a requirement's or rule's own words."""


def told_items(changes: Iterable[Told], review: Review, words: Words) -> tuple[Item, ...]:
    return tuple(_item(one, review, words) for one in changes)


def _item(one: Told, review: Review, words: Words) -> Item:
    said = [_fact(fact, review, words) for fact in one.facts]
    return Item(
        symbol=_SIGNS.get(one.action, "~"),
        word="",
        title=_title(one, review, words),
        sort=f"{one.area}:{one.action}",
        differences=tuple(difference_of(each, one.kind, words) for each in one.differences),
        says=(*said, *_decision(one, words)),
        effect=people(one.reach, words) if one.reach else "",
    )


def _title(one: Told, review: Review, words: Words) -> str:
    name = shorten(one.name, 80)
    if one.area == "group":
        school = one.id.partition("/")[0]
        name = say(words, "GROUP-OF", group=name, school=shorten(review.names.get(f"school:{school}", school), 80))
    if one.area == "calendar":
        name = say(words, f"CALENDAR-{one.name.upper()}")
    if one.area == "meeting":
        name = f"{one.id} ({name})"
    return say(words, f"AREA-{one.area.upper()}-{one.action.upper()}", name=name)


def _decision(one: Told, words: Words) -> list[str]:
    if one.decision is None or any(fact.code.startswith("DECISION-") for fact in one.facts):
        return []
    day = one.decision.day.isoformat() if one.decision.day else "–"
    return [say(words, "DECIDED", body=one.decision.body, day=day, reference=one.decision.reference)]


def _fact(fact: Fact, review: Review, words: Words) -> str:
    values = {name: _spoken(name, value, review, words) for name, value in fact.values.items()}
    for name, start, end in _PERIODS:
        if start in fact.values:
            values[name] = period(fact.values[start], fact.values[end], words) or say(words, "FOR-GOOD")
    return say(words, f"FACT-{fact.code}", **values)


def _spoken(name: str, value: str, review: Review, words: Words) -> str:
    if name in _CODED and value:
        return say(words, f"{_CODED[name]}-{value.upper()}")
    if name == "setting":
        return setting_name(value, words)
    if name == "setting_ids":
        return words.join((setting_name(one, words) for one in value.split(", ")), NAMED)
    if name == "app_ids":
        return words.join((app_name(one, review) for one in value.split(", ")), NAMED)
    if name == "names":
        return words.join((shorten(one, 80) for one in value.split(", ")), NAMED)
    if name == "app":
        return app_name(value, review)
    if name in _NOUNS:
        return count(words, _NOUNS[name], int(value))
    if name == "subjects":
        return words.join((_subject(one, review, words) for one in value.split(", ")), NAMED)
    if name == "roles":
        return words.join(
            title("organisation", ("roles", one), words.lang).rpartition(": ")[2] for one in value.split(", ")
        )
    if name.startswith("message."):
        # What a rule says names its subject's variables, which only a verdict has values for.
        return shorten(_VARIABLE.sub("…", value), LONGEST)
    return shorten(value, LONGEST)


def _subject(name: str, review: Review, words: Words) -> str:
    """A group, school or app that an exception is for; what else a rule may ask of, as it is written."""
    if f"group:{name}" in review.names:
        return group_name(name, review, words)
    return shorten(review.names.get(f"school:{name}") or review.names.get(f"app:{name}") or name, 80)


def difference_of(one: differing.Difference, kind: str, words: Words) -> Difference:
    """By the titles and words of the schema; what is hidden only has changed."""
    name = title(kind, one.path, words.lang)
    if one.hidden:
        return Difference(label=name, after=say(words, "IS-OTHER"))
    before, after = entries(one.before), entries(one.after)
    if (before or after) and not any(isinstance(entry, Mapping) for entry in (*before, *after)):
        old, new = ([_word(kind, one.path, entry, words) for entry in side] for side in (before, after))
        gone, come = tuple(e for e in old if e not in new), tuple(e for e in new if e not in old)
        if gone or come:
            return Difference(label=name, gone=gone, come=come, same=len(old) - len(gone))
    was, now = (
        _word(kind, one.path, value, words) if there else say(words, "NOT-SAID")
        for value, there in ((one.before, one.had), (one.after, one.has))
    )
    # Two lists of as many things, or texts that are alike as far as they are shown.
    return (
        Difference(label=name, before=was, after=now)
        if was != now
        else Difference(label=name, after=say(words, "IS-OTHER"))
    )


def _word(kind: str, path: differing.Keys, value: Json, words: Words) -> str:
    return value_word(kind, path, value, words.lang) or plain_value(value, words)
