"""Which lines made it so, for a person: what holds, where it is written, and each line with its verdict. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.compile.explain import ExplainedGroup, ExplainedLine, ExplainedWish, Explanation
from reconciler.compile.explain_device import ExplainedDevice
from reconciler.model.place import Json, Locate, Pointer
from reconciler.report.coverage_text import write_skipped
from reconciler.report.naming import label, place_name, value_words
from reconciler.report.page import WIDTH, Line, Page, plain
from reconciler.report.words import Words
from reconciler.settings.table import load_settings

NAMED = 8
_VERDICT_STYLES = {"decides": "add", "exception": "add", "refused": "danger", "overruled": "remove"}


def explain_lines(one: Explanation, words: Words, locate: Locate, *, width: int = WIDTH) -> Sequence[Line]:
    """The whole answer; for an unknown key what is near it and how to ask."""
    page = Page(width=width)
    _head(page, one, words, locate)
    for same in _gathered(one.groups):
        page.gap()
        _wish(page, same, words, locate, several=len(one.groups) > 1)
    skipped = [skip for group in one.groups for skip in group.skipped]
    if skipped:
        page.gap()
        page.write(plain(words.say("SKIPPED-TITLE"), "title"))
        write_skipped(page, skipped, words, locate)
    return page.lines


def _head(page: Page, one: Explanation, words: Words, locate: Locate) -> None:
    if one.kind == "unknown":
        page.write(plain(_unknown(one, words), "danger"))
        if one.near:
            page.write(plain(words.say("EXPLAIN-NEAR", names=words.either(one.near))))
        page.write(plain(words.say("EXPLAIN-HOW"), "quiet"))
        return
    known = load_settings().settings.get(one.key)
    name = label(known.label, words) if known else one.key
    page.write(plain(words.say(f"EXPLAIN-{one.kind.upper()}", key=one.key, label=name), "title"))
    if known:
        page.write(plain(label(known.explain, words), "quiet"))
    if one.at:
        page.write(plain(_spelled(one.at, locate), "quiet"))
    if one.kind in ("group", "school"):
        for group in one.groups:
            page.write(plain(_group_words(group, words, locate)))
    if not any(group.wishes or group.skipped for group in one.groups):
        page.write(plain(words.say("EXPLAIN-NOWHERE" if one.kind in ("app", "setting") else "EXPLAIN-NOTHING")))


def _unknown(one: Explanation, words: Words) -> str:
    where, _, wish = one.key.partition("#")
    if one.at:
        return words.say("EXPLAIN-UNKNOWN-WISH", where=where, wish=wish)
    return words.say("EXPLAIN-UNKNOWN", key=one.key)


def _spelled(at: Pointer, locate: Locate) -> str:
    position = locate(at)
    return f"{position.file}:{position.line}"


def _group_words(group: ExplainedGroup, words: Words, locate: Locate) -> str:
    if not group.backend:
        return words.say("EXPLAIN-NO-BACKEND", group=group.key)
    route = f" ({_spelled(group.route, locate)})" if group.route else ""
    said = [words.say("EXPLAIN-BACKEND", group=group.key, backend=group.backend, route=route)]
    said += [words.say("EXPLAIN-RING", ring=group.ring)] if group.ring else []
    said += [words.say("EXPLAIN-WITHIN", parent=group.parent)] if group.parent else []
    return ", ".join(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Same:
    """A wish that is the same, line by line, in several groups."""

    wish: ExplainedWish
    groups: tuple[str, ...]
    written_at: tuple[str, ...]


def _gathered(groups: Sequence[ExplainedGroup]) -> Sequence[_Same]:
    """What is the same in several groups once; only where it is written may differ."""
    found: dict[str, list[tuple[str, ExplainedWish]]] = {}
    for group in groups:
        for wish in group.wishes:
            # Values may be lists, which have no hash; their text tells them apart as well.
            found.setdefault(repr(replace(wish, written_at=())), []).append((group.key, wish))
    return [
        _Same(
            wish=alike[0][1],
            groups=tuple(key for key, _ in alike),
            written_at=tuple(dict.fromkeys(place for _, wish in alike for place in wish.written_at)),
        )
        for alike in found.values()
    ]


def _wish(page: Page, same: _Same, words: Words, locate: Locate, *, several: bool) -> None:
    wish = same.wish
    holds = bool(wish.written_at) or any(line.verdict != "waits" for line in wish.lines)
    value = wish_value(wish, wish.value, words) if holds else words.say("NOT-TODAY")
    page.write(plain(wish_title(wish, words), "place"), plain(": "), plain(value, "change"), hang=2)
    if several:
        named = words.join(same.groups, NAMED)
        page.write(plain(words.say("HOLDS-IN", groups=words.count("GROUP", len(same.groups)), names=named)), indent=2)
    where = _where(same, words)
    if where:
        page.write(plain(where), indent=2, hang=2)
    for line in wish.lines:
        _line(page, wish, line, words, locate)


def _where(same: _Same, words: Words) -> str:
    reaches = [words.say(f"REACH-{reach.upper()}") for reach in same.wish.reaches]
    places = [_written(place, same.groups, words) for place in same.written_at]
    said = [words.say("EXPLAIN-REACHES", reaches=words.join(reaches))] if reaches else []
    said += [words.say("EXPLAIN-WRITTEN", places=words.join(places, NAMED))] if places else []
    return "; ".join(said)


def _written(place: str, groups: Sequence[str], words: Words) -> str:
    """On the devices' own place, or for accounts: of a group, of a school, else of the organisation."""
    if place.startswith("@"):
        return words.say("WRITTEN-ON-DEVICES", group=place_name(place, words))
    if "/" in place:
        return words.say("WRITTEN-FOR-GROUP", group=place)
    if any(group.partition("/")[0] == place for group in groups):
        return words.say("WRITTEN-FOR-SCHOOL", school=place)
    return words.say("WRITTEN-FOR-ORGANISATION")


def _line(page: Page, wish: ExplainedWish, line: ExplainedLine, words: Words, locate: Locate) -> None:
    owner = words.say(f"LAYER-{line.layer.upper()}", owner=line.owner)
    verdict = words.say(f"VERDICT-{line.verdict.upper()}")
    page.write(
        plain(f"{_spelled(line.at, locate)} ", "quiet"),
        plain(f"{owner}: {wish_value(wish, line.value, words)} "),
        plain(f"– {verdict}", _VERDICT_STYLES.get(line.verdict, "quiet")),
        indent=4,
        hang=4,
    )


def wish_title(wish: ExplainedWish, words: Words) -> str:
    """The setting's label with its id, the app's id with its session, or the vendor's key."""
    known = load_settings().settings.get(wish.name) if wish.kind == "setting" else None
    if known:
        return f"{label(known.label, words)} ({wish.name})"
    named = wish.session not in ("", "user")
    return f"{wish.name} ({words.say(f'HOLDER-{wish.session.upper()}')})" if named else wish.name


def wish_value(wish: ExplainedWish, value: Json, words: Words) -> str:
    if wish.kind == "app" and isinstance(value, str):
        return words.say(f"APP-{value.upper()}")
    return value_words(value, words, load_settings().settings.get(wish.name) if wish.kind == "setting" else None)


def device_lines(one: ExplainedDevice, words: Words, locate: Locate, *, width: int = WIDTH) -> Sequence[Line]:
    """Which group a device belongs to and by which line; the serial number that was asked for is not repeated."""
    page = Page(width=width)
    groups = words.join(key for key, _ in one.claims)
    place = place_name(one.place, words) if one.place else ""
    page.write(plain(words.say(f"DEVICE-{one.rule.upper()}", place=place, groups=groups), "title"))
    for key, at in one.claims:
        page.write(plain(f"{key}: {_spelled(at, locate)}", "quiet"), indent=2)
    if one.obstacle:
        said = words.text(one.obstacle, {"group": place, "count": "1"})
        page.write(plain(said.message, "danger"), plain(f" {said.hint}"))
    if one.now:
        now = words.join(place_name(place, words) for place in one.now)
        page.write(plain(words.say("DEVICE-NOW", places=now)))
    return page.lines
