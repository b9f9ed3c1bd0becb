"""Names from the catalogue for apps that a plan otherwise knows by their stores' identifiers only: removed, blocked, started."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.model.change import Change, Note
from reconciler.model.documents import App


def names_of(apps: Iterable[App]) -> Mapping[str, str]:
    """Identifier, as the store spells it, → the name in the catalogue; withdrawn apps too, for they are the ones that go."""
    return {identity.id: app.name for app in apps for identity in app.identities}


def name_apps(change: Change, names: Mapping[str, str]) -> Change:
    """With the names of the apps that it is about: its own, those it resets, and one that a setting's value is."""
    found = {text: name for text in _identifiers(change) if (name := _name(text, names))}
    own = found.get(_identifier(change.key.part), "") or _name_there(change)
    label = own if own and change.label in ("", change.key.part) else change.label
    return replace(change, label=label, names=found) if found or label != change.label else change


def _name_there(change: Change) -> str:
    """What the system calls an app that the catalogue doesn't have."""
    name = change.facts.get("app_name")
    return name if isinstance(name, str) else ""


def name_kept(note: Note, names: Mapping[str, str]) -> Note:
    """What a note lists, a part on each line, with the names of apps in place of their parts."""
    if "what" not in note.values:
        return note
    what = "\n".join(_listed(line, names) for line in note.values["what"].split("\n"))
    return replace(note, values={**note.values, "what": what})


def _listed(line: str, names: Mapping[str, str]) -> str:
    part, _, name = line.partition("\t")
    return _name(_identifier(part), names) or name or part


def _identifiers(change: Change) -> Iterator[str]:
    """As the system spells them, with the prefix that some put before a store's own."""
    yield _identifier(change.key.part)
    yield from map(_identifier, change.resets)
    for side in (change.before, change.after) if change.key.kind == "setting" else ():
        yield from (value for value in (side or {}).values() if isinstance(value, str))


def _identifier(part: str) -> str:
    """Of Google's `schema|app` and Intune's `type:identifier`; an address has a colon of its own further on."""
    return (*re.split(r"[|:]", part, maxsplit=1), "")[1]


def _name(text: str, names: Mapping[str, str]) -> str:
    return names.get(text) or names.get(text.partition(":")[2], "")


def app_of(change: Change, ids: Mapping[str, str]) -> str:
    """The catalogue's id of the app that it is about, by identifiers (see `names_of`); empty where there is none."""
    return _name(_identifier(change.key.part), ids)
