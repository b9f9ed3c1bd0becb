"""Single wishes out of an effective state and back into one: by key, whatever their sort. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.compile.fitting import WishKey
from reconciler.compile.layering import canonical
from reconciler.model.desired import Effective, EffectiveApp, EffectiveRaw, EffectiveSetting, Layer
from reconciler.model.documents import INHERIT

Entry = EffectiveApp | EffectiveSetting | EffectiveRaw
Entries = Mapping[WishKey, Entry]


def entry_at(effective: Effective, key: WishKey) -> Entry | None:
    if key[0] == "setting":
        return effective.settings.get(key[1])
    if key[0] == "app":
        return effective.apps.get((key[1], key[2]))
    return effective.raw.get((key[1], key[2], key[3]))


def gives_back(entry: Entry) -> bool:
    """Whether the entry only says `inherit`."""
    if isinstance(entry, EffectiveSetting):
        return entry.value == INHERIT
    return isinstance(entry, EffectiveApp) and entry.mode == INHERIT


def given_back(entry: Entry) -> Entry:
    """The entry as a line that gives its value back to what lies above."""
    if isinstance(entry, EffectiveSetting):
        return replace(entry, value=INHERIT)
    return replace(entry, mode=INHERIT, pinned=False) if isinstance(entry, EffectiveApp) else entry


def alike(first: Entry, second: Entry) -> bool:
    """Whether both would be written the same; where they come from does not count."""
    if first is second:
        return True
    if isinstance(first, EffectiveSetting) and isinstance(second, EffectiveSetting):
        # Most values are words, and a word needs no spelling: a school's own is compared once for each of its groups.
        one, other = first.value, second.value
        if isinstance(one, str) and isinstance(other, str):
            return one == other
    return spelled(first) == spelled(second)


def spelled(entry: Entry) -> str:
    """What would be written, as text that can be compared and ordered."""
    if isinstance(entry, EffectiveSetting):
        return canonical(entry.value)
    return canonical([entry.mode, entry.pinned] if isinstance(entry, EffectiveApp) else entry.fields)


def otherwise(keys: frozenset[WishKey], effective: Effective, shared: Entries) -> frozenset[WishKey]:
    """Those of the wishes that stand at another value in the shared place."""
    return frozenset(
        key for key in keys if (entry := entry_at(effective, key)) is not None and not alike(entry, shared[key])
    )


def is_excepted(entry: Entry) -> bool:
    """Whether an exception lets the entry be looser than what lies above."""
    return any(origin.layer is Layer.EXCEPTION for origin in entry.origins)


def overlay(upper: Effective, entries: Entries) -> Effective:
    """The upper state with entries put over it. One that gives back leaves what is there."""
    put = {key: one for key, one in entries.items() if not gives_back(one) or entry_at(upper, key) is None}
    apps = {(one.app, one.session): one for one in put.values() if isinstance(one, EffectiveApp)}
    settings = {one.setting: one for one in put.values() if isinstance(one, EffectiveSetting)}
    raw = {(one.system, one.schema, one.reach): one for one in put.values() if isinstance(one, EffectiveRaw)}
    # What is not touched is shared and not copied: tens of thousands of groups differ from their school in little.
    return Effective(
        apps={**upper.apps, **apps} if apps else upper.apps,
        settings={**upper.settings, **settings} if settings else upper.settings,
        raw={**upper.raw, **raw} if raw else upper.raw,
    )


def union(upper: Effective, lower: Effective) -> Effective:
    """Both together; the lower's entry where both have one."""
    return Effective(
        apps={**upper.apps, **lower.apps} if lower.apps else upper.apps,
        settings={**upper.settings, **lower.settings} if lower.settings else upper.settings,
        raw={**upper.raw, **lower.raw} if lower.raw else upper.raw,
    )


def keys_of(effective: Effective) -> Iterator[WishKey]:
    yield from (("setting", key) for key in effective.settings)
    yield from (("app", *key) for key in effective.apps)
    yield from (("raw", *key) for key in effective.raw)
