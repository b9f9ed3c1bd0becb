"""The desired state by group as YAML that people can read: each value with the line that decided it as a comment. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.desired import DesiredState, EffectiveApp, EffectiveRaw, EffectiveSetting, GroupState, Origin
from reconciler.model.place import Json, Locate
from reconciler.report.escape import escape_log
from reconciler.report.words import Words

COMMENT_AT = 48
"""The column where comments begin, so that they line up; a longer line has its comment right after it."""


def desired_text(state: DesiredState, words: Words, locate: Locate, *, school: str | None = None) -> str:
    """Of all groups, or one school's. Ids and values are the files' own words, so that the text can be searched for in them."""
    groups = groups_of(state, school)
    lines = [f"# {words.say('DESIRED-TITLE', day=state.as_of.isoformat())}"]
    if state.lapses:
        lines.append(f"# {words.say('DESIRED-LAPSES', day=state.lapses.isoformat())}")
    if not groups:
        lines.append(f"# {words.say('DESIRED-EMPTY')}")
    for group in groups:
        lines += ["", *_group(group, words, locate)]
    return "\n".join(escape_log(line) for line in lines) + "\n"


def groups_of(state: DesiredState, school: str | None) -> Sequence[GroupState]:
    return [one for _, one in sorted(state.groups.items()) if school in (None, one.school.id)]


def _group(one: GroupState, words: Words, locate: Locate) -> Iterator[str]:
    audience = words.say(f"AUDIENCE-{one.group.audience.upper()}")
    about = ", ".join([one.school.name, one.group.name, one.group.platform, audience, one.backend])
    at = locate(one.group.at)
    yield f"{one.key}:  # {about} ({at.file}:{at.line})"
    effective = one.effective
    if not (effective.apps or effective.settings or effective.raw):
        yield "  {}"
    yield from _part("apps", (_app(app) for _, app in sorted(effective.apps.items())), words, locate)
    yield from _part("settings", (_setting(one) for _, one in sorted(effective.settings.items())), words, locate)
    yield from _part("raw", (_raw(one) for _, one in sorted(effective.raw.items())), words, locate)


_Entry = tuple[str, Sequence[Origin]]


def _part(name: str, entries: Iterable[_Entry], words: Words, locate: Locate) -> Iterator[str]:
    for number, (entry, origins) in enumerate(entries):
        if number == 0:
            yield f"  {name}:"
        yield f"    {entry}".ljust(COMMENT_AT) + f"  # {origin_words(origins, words, locate)}"


def _app(app: EffectiveApp) -> _Entry:
    extra = [f"as: {app.session}"] if app.session != "user" else []
    extra += ["pin: true"] if app.pinned else []
    value = f"{{mode: {app.mode}, {', '.join(extra)}}}" if extra else app.mode
    return f"{app.app}: {value}", app.origins


def _setting(one: EffectiveSetting) -> _Entry:
    return f"{one.setting}: {flow(one.value)}", one.origins


def _raw(one: EffectiveRaw) -> _Entry:
    return f"{one.schema}: {{system: {one.system}, reach: {one.reach}, fields: {flow(one.fields)}}}", one.origins


def flow(value: Json) -> str:
    """A value as YAML writes it on one line: JSON is that too; plain words need no quotation marks."""
    if isinstance(value, str) and value.replace("-", "").isalpha() and value.isascii():
        return value
    return json.dumps(value, ensure_ascii=False)


def origin_words(origins: Sequence[Origin], words: Words, locate: Locate) -> str:
    """The deciding line, and how many more had a say."""
    if not origins:
        return ""
    first = origins[0]
    at = locate(first.at)
    said = f"{at.file}:{at.line} ({words.say(f'LAYER-{first.layer.upper()}', owner=first.owner)})"
    return f"{said} {words.say('MORE', n=words.number(len(origins) - 1))}" if len(origins) > 1 else said
