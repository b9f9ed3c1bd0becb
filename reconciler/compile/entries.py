"""Single wishes out of an effective state and back into one: by key, whatever their sort. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.compile.fitting import WishKey
from reconciler.compile.layering import canonical
from reconciler.model.desired import Effective, EffectiveApp, EffectiveRaw, EffectiveSetting
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
        return canonical(first.value) == canonical(second.value)
    if isinstance(first, EffectiveApp) and isinstance(second, EffectiveApp):
        return (first.mode, first.pinned) == (second.mode, second.pinned)
    if isinstance(first, EffectiveRaw) and isinstance(second, EffectiveRaw):
        return canonical(first.fields) == canonical(second.fields)
    return False


def overlay(upper: Effective, entries: Entries) -> Effective:
    """The upper state with entries put over it. One that gives back leaves what is there."""
    if not entries:
        return upper
    apps, settings, raw = dict(upper.apps), dict(upper.settings), dict(upper.raw)
    for key, entry in entries.items():
        if gives_back(entry) and entry_at(upper, key) is not None:
            continue
        if isinstance(entry, EffectiveSetting):
            settings[entry.setting] = entry
        elif isinstance(entry, EffectiveApp):
            apps[entry.app, entry.session] = entry
        else:
            raw[entry.system, entry.schema, entry.reach] = entry
    return Effective(apps=apps, settings=settings, raw=raw)
