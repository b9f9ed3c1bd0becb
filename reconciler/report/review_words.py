"""The words of a review: sentences of its own message file, places, people, kronor, periods. Plain, unescaped text. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from reconciler.model.desired import BASELINES, Origin
from reconciler.model.place import Json
from reconciler.report.naming import label, value_words
from reconciler.report.words import Words, shorten
from reconciler.review.people import Reach
from reconciler.review.review import Review
from reconciler.settings.table import load_settings
from reconciler.texts import render

NAMED: Final = 3
"""Groups that are named; more are counted by school."""
SCHOOLS_NAMED: Final = 8


def say(words: Words, code: str, **values: str) -> str:
    """A sentence of the review's message file, by its code without `REVIEW-`."""
    return render(f"REVIEW-{code}", values, words.lang).message


def count(words: Words, noun: str, number: int) -> str:
    """`2 appar godkänns`; the noun is a code with the endings `-ONE` and `-MANY`."""
    return say(words, f"{noun}-{'ONE' if number == 1 else 'MANY'}", n=words.number(number))


def kronor(amount: Decimal, words: Words) -> str:
    """`12 345 kr`, with two decimals only where there are any."""
    whole = int(amount)
    text = words.number(whole)
    if amount != whole:
        text = f"{text}{',' if words.lang == 'sv' else '.'}{round((amount - whole) * 100):02d}"
    return say(words, "KRONOR", amount=text)


def people(reach: Reach, words: Words) -> str:
    """`1 244 enheter och 2 345 elever enligt filerna`, and what the files give no number for; empty where nobody is meant."""
    parts = [words.count("DEVICE", reach.devices)] if reach.devices else []
    parts += [words.count("PUPIL", reach.pupils)] if reach.pupils else []
    said = [say(words, "BY-FILES", what=words.join(parts))] if parts else []
    if reach.silent_devices:
        said.append(count(words, "SILENT-DEVICES", len(reach.silent_devices)))
    if reach.silent_pupils:
        said.append(count(words, "SILENT-PUPILS", len(reach.silent_pupils)))
    return ", ".join(said)


def where(groups: Sequence[str], review: Review, words: Words) -> str:
    """`i Elever åk 4–6 på Norrskolan`; `i 14 grupper på 6 skolor: Norrskolan (3), …`."""
    if not groups:
        return ""
    schools: dict[str, int] = {}
    for group in groups:
        school = group.partition("/")[0]
        schools[school] = schools.get(school, 0) + 1
    if len(groups) <= NAMED:
        return say(words, "IN", where=words.join(group_name(one, review, words) for one in groups))
    names = [
        f"{school_name(one, review)} ({number})" if number > 1 else school_name(one, review)
        for one, number in schools.items()
    ]
    if len(schools) == 1:
        return say(
            words,
            "IN-ONE-SCHOOL",
            groups=words.count("GROUP", len(groups)),
            school=school_name(next(iter(schools)), review),
        )
    return say(
        words,
        "IN-SCHOOLS",
        groups=words.count("GROUP", len(groups)),
        schools=words.count("SCHOOL", len(schools)),
        names=words.join(names, SCHOOLS_NAMED),
    )


def group_name(key: str, review: Review, words: Words) -> str:
    name, school = review.names.get(f"group:{key}", key), key.partition("/")[0]
    return say(words, "GROUP-AT", group=shorten(name, 80), school=school_name(school, review))


def school_name(school: str, review: Review) -> str:
    return shorten(review.names.get(f"school:{school}", school), 80)


def app_name(app: str, review: Review) -> str:
    return shorten(review.names.get(f"app:{app}", app), 80)


def setting_name(setting: str, words: Words) -> str:
    known = load_settings().settings.get(setting)
    return label(known.label, words) if known else setting


def reasons(origins: Iterable[Origin], review: Review, words: Words) -> str:
    """`basnivån Alla elever (BUN 2026/114 § 42)`: what it rests on, never a file and a line."""
    return words.join(dict.fromkeys(_reason(one, review, words) for one in origins), 2)


def _reason(one: Origin, review: Review, words: Words) -> str:
    kind = "baseline" if one.layer in BASELINES else one.layer.value
    name = review.names.get(f"{'group' if kind == 'within' else kind}:{one.owner}", one.owner)
    said = words.say(f"LAYER-{one.layer.upper()}", owner=shorten(name, 80))
    reference = review.decisions.get(f"{kind}:{one.owner}")
    return f"{said} ({shorten(reference, 80)})" if reference else said


def period(start: str, end: str, words: Words) -> str:
    """`från och med 2027-01-11 till och med 2027-06-11`; empty where it simply holds."""
    if start and end:
        return say(words, "FROM-UNTIL", start=start, end=end)
    return say(words, "FROM", start=start) if start else say(words, "UNTIL", end=end) if end else ""


def day_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def plain_value(value: Json, words: Words) -> str:
    """Any value of a file, short: mappings as `nyckel: värde`, lists of them by how many."""
    if isinstance(value, Mapping):
        return shorten("; ".join(f"{key}: {plain_value(one, words)}" for key, one in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(one, Mapping) for one in value):
        return count(words, "ENTRIES", len(value))
    return value_words(value, words)
