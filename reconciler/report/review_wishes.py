"""Apps and settings that groups get, lose or have otherwise, as items of a report. Pure."""

from collections.abc import Sequence

from reconciler.model.place import Json
from reconciler.report.naming import label, value_words
from reconciler.report.review_words import (
    app_name,
    day_text,
    people,
    period,
    plain_value,
    reasons,
    say,
    setting_name,
    where,
)
from reconciler.report.view import Difference, Item
from reconciler.report.words import Words, shorten
from reconciler.review.differing import entries
from reconciler.review.review import Review
from reconciler.review.wishes import WishChange, gets
from reconciler.settings.table import load_settings


def wish_items(changes: Sequence[WishChange], review: Review, words: Words) -> tuple[Item, ...]:
    return tuple(_item(one, review, words) for one in changes)


def _item(one: WishChange, review: Review, words: Words) -> Item:
    title, difference, warns = _DESCRIBE[one.wish.kind](one, review, words)
    says = [say(words, f"SETTING-{one.tightness.upper()}")] if one.tightness else []
    when = period(day_text(one.start), day_text(one.end), words)
    says += [say(words, "HOLDS-AND-ENDS" if one.end else "HOLDS-WHEN", period=when)] if when else []
    return Item(
        symbol=_symbol(one),
        word="",
        title=title,
        sort=f"{one.wish.kind}:{_symbol(one)}",
        differences=(difference,),
        where=where(one.groups, review, words),
        effect=people(one.reach, words),
        says=tuple(says),
        warns=tuple(warns),
        why=_why(one, review, words),
    )


def _why(one: WishChange, review: Review, words: Words) -> str:
    said = reasons(one.origins, review, words)
    return say(words, "LINE-GONE", where=said) if one.after is None and said else said


def _symbol(one: WishChange) -> str:
    if one.wish.kind == "app":
        return "-" if gets(one.before) and not gets(one.after) else "~" if gets(one.before) else "+"
    return "+" if one.before is None else "-" if one.after is None else "~"


def _app(one: WishChange, review: Review, words: Words) -> tuple[str, Difference, list[str]]:
    before, after = (_mode(mode, one.wish.within, words) for mode in (one.before, one.after))
    title = app_name(one.wish.id, review)
    warns = [say(words, "APP-LOST")] if one.loses else []
    return title, Difference(before=before if one.before else None, after=after), warns


def _mode(mode: Json, session: str, words: Words) -> str:
    if not isinstance(mode, str):
        return say(words, "APP-NOT-GIVEN")
    word, _, pinned = mode.partition(" ")
    said = words.say("APP-PINNED" if pinned and word == "required" else f"APP-{word.upper()}")
    return said if session == "user" else f"{said} ({words.say(f'HOLDER-{session.upper()}')})"


def _setting(one: WishChange, _: Review, words: Words) -> tuple[str, Difference, list[str]]:
    setting = load_settings().settings.get(one.wish.id)
    title = setting_name(one.wish.id, words)
    warns = [label(setting.loses, words)] if one.loses and setting and setting.loses else []
    if _is_list(one.before) and _is_list(one.after):
        old, new = ([value_words(entry, words) for entry in entries(side)] for side in (one.before, one.after))
        gone, come = tuple(e for e in old if e not in new), tuple(e for e in new if e not in old)
        if gone or come:
            return title, Difference(gone=gone, come=come, same=len(old) - len(gone)), warns
    before, after = (
        say(words, "NOT-SET") if side is None else value_words(side, words, setting) for side in (one.before, one.after)
    )
    return title, Difference(before=before, after=after), warns


def _raw(one: WishChange, _: Review, words: Words) -> tuple[str, Difference, list[str]]:
    before, after = (
        say(words, "NOT-SET") if side is None else plain_value(side, words) for side in (one.before, one.after)
    )
    return say(words, "RAW", schema=shorten(one.wish.id, 80)), Difference(before=before, after=after), []


def _is_list(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


_DESCRIBE = {"app": _app, "setting": _setting, "raw": _raw}
