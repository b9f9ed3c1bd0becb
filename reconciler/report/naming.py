"""What things are called in plain words: settings, values, apps and places, from the neutral table. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache

from reconciler.model.change import Change
from reconciler.model.documents import INHERIT
from reconciler.model.place import Json
from reconciler.report.words import Words, shorten
from reconciler.settings.table import FieldMapping, Install, Setting, load_settings
from reconciler.settings.wire import from_wire, same_on_wire

ALL = ("@", "")
PINNED = "_AND_PIN_TO_TOOLBAR"


@cache
def mappings_by_schema() -> Mapping[str, tuple[tuple[Setting, FieldMapping], ...]]:
    """Vendor schema → the neutral settings that it carries, with the field of each."""
    found: dict[str, list[tuple[Setting, FieldMapping]]] = {}
    for setting in load_settings().settings.values():
        for mapping in setting.fields:
            found.setdefault(mapping.schema, []).append((setting, mapping))
    return {schema: tuple(pairs) for schema, pairs in found.items()}


def settings_of(schema: str, fields: Sequence[str] = ()) -> tuple[Setting, ...]:
    """The settings that a schema carries, or of these only those that one of `fields` (or of what is in them) belongs to."""
    chosen = {
        setting.id: setting
        for setting, mapping in mappings_by_schema().get(schema, ())
        if not mapping.written_only and (not fields or any(is_within(one, mapping.field) for one in fields))
    }
    return tuple(chosen.values())


def system_of(part: str) -> str:
    """The kind of system that a part is spoken in, by its schema; where the table doesn't know it, by how it is spelled."""
    pairs = mappings_by_schema().get(schema_of(part), ())
    return pairs[0][1].system if pairs else "google" if part.startswith("chrome.") else ""


def place_name(ref: str, words: Words) -> str:
    """A target reference as people know it: `norrskolan/elever-4-6`, `/Elever/Norrskolan`, an address."""
    if ref in ALL:
        return words.say("PLACE-ALL")
    if ref == "outside":
        return words.say("PLACE-OUTSIDE")
    if ref.startswith("@"):
        return ref[1:]
    kind, colon, rest = ref.partition(":")
    return rest if colon and kind in ("ou", "group") else ref


def setting_title(change: Change, words: Words) -> str:
    """The labels of the settings that differ; for what the table does not know, the vendor's own name of it."""
    touched = tuple(one.field for one in change.fields)
    named = [load_settings().settings.get(name) for name in change.label.split(", ")]
    known = settings_of(schema_of(change.key.part), touched) or tuple(one for one in named if one)
    return words.join((label(one.label, words) for one in known), 4) or shorten(change.label or change.key.part)


def app_title(change: Change) -> str:
    """The app's name where the plan has it; else the store's identifier."""
    part = change.key.part
    return shorten(change.label if change.label and change.label != part else part_title(part, change.names))


def part_title(part: str, names: Mapping[str, str]) -> str:
    """The name of the app that a part is about, else its identifier; without an app the part itself."""
    identifier = identifier_of(part)
    return names.get(identifier) or identifier or part


def part_words(part: str, words: Words) -> str:
    """What a part is about: the settings that its schema carries, or an app; else the part itself."""
    known = () if identifier_of(part) else settings_of(part)
    return words.join((label(one.label, words) for one in known), 4) or part_title(part, {})


def schema_of(part: str) -> str:
    """Google writes `schema|app`, Intune `type:identifier`; an address may hold either sign further on."""
    return re.split(r"[|:]", part, maxsplit=1)[0]


def identifier_of(part: str) -> str:
    """The app that a part is about, as its store spells it; empty for a part without one."""
    return (*re.split(r"[|:]", part, maxsplit=1), "")[1]


def is_within(path: str, field: str) -> bool:
    """Whether `bookmarks['links'][0]['url']` is in the field `bookmarks`. A field's own name may hold dots."""
    return path == field or path.startswith((f"{field}[", f"{field}."))


def label(text: Mapping[str, str], words: Words) -> str:
    return text.get(words.lang) or text.get("en", "")


def neutral_value(
    setting: Setting, schema: str, fields: Mapping[str, Json] | None, names: Mapping[str, str] | None = None
) -> Json:
    """The neutral value that these live fields stand for; None where none says it. An app's by its name in `names`."""
    if not fields:
        return None
    known = {name: identifier for identifier, name in (names or {}).items()}
    # One schema can be of several platforms (Apple's payloads); which one a profile is for isn't said in it.
    places = dict.fromkeys((m.system, m.platform, m.reach) for s, m in mappings_by_schema()[schema] if s is setting)
    for system, platform, reach in places:
        where = {"system": system, "platform": platform, "reach": reach}
        try:
            found: Json = from_wire(setting, {schema: fields}, **where, app_ids=known)
        except (AttributeError, KeyError, TypeError, ValueError):
            # What a server sent need not have the shape that the table expects; it is then shown as it is.
            return None
        if found is not None:
            return found
    return None


def value_words(value: Json, words: Words, setting: Setting | None = None) -> str:
    """A neutral value in the reader's language, or any other value as short text."""
    if value == INHERIT:
        return words.say("INHERITED")
    if isinstance(value, str):
        known = setting.value_labels.get(value) if setting else None
        return label(known, words) if known else shorten(value) or words.say("EMPTY")
    if isinstance(value, bool):
        return words.say("YES" if value else "NO")
    if value is None:
        return words.say("NOTHING")
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return shorten(json.dumps(value, ensure_ascii=False, sort_keys=True))
    plain = all(isinstance(item, str) for item in value)
    items = [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False, sort_keys=True) for item in value]
    return words.join((shorten(item, 80) for item in items), 6) if items or plain else words.say("EMPTY")


def wire_words(schema: str, field: str, value: Json, words: Words) -> str:
    """One vendor field's value by the word of the setting it belongs to, else as it is."""
    for setting, mapping in mappings_by_schema().get(schema, ()):
        if mapping.field == field and mapping.values:
            fitting = [word for word, ours in mapping.values.items() if same_on_wire(mapping, ours, value)]
            if len(fitting) == 1:
                return value_words(fitting[0], words, setting)
    return value_words(value, words)


def way_of(part: str, fields: Mapping[str, Json] | None) -> tuple[Install | None, bool]:
    """How an app is there, by the live fields of its assignment, and whether it is pinned."""
    for way in load_settings().installs:
        if fields and way.schema == schema_of(part) and way.field in fields:
            live = fields[way.field]
            bare = live.removesuffix(PINNED) if isinstance(live, str) else live
            if type(bare) is type(way.wire) and bare == way.wire:
                return way, bare != live
    return None, False


def app_words(part: str, fields: Mapping[str, Json] | None, words: Words) -> str:
    """`installeras åt alla`, `får installeras`…; for what the table does not know, the fields as they are."""
    way, pinned = way_of(part, fields)
    if way is None:
        return value_words(fields, words) if fields else words.say("NOTHING")
    said = words.say("APP-PINNED" if pinned and way.mode == "required" else f"APP-{way.mode.upper()}")
    return said if way.holder == "user" else f"{said} ({words.say(f'HOLDER-{way.holder.upper()}')})"
