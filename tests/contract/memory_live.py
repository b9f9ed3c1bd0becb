"""The in-memory system under contract: overlapping sets, nothing inherited by the system itself, sets known by their marks."""

import copy
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from reconciler.adapters.mark import find_mark
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.google import Purpose
from reconciler.http.clock import VirtualTime
from reconciler.model.adapter import Adapter
from reconciler.model.documents import Backend, Documents
from reconciler.sandbox.seed_values import expand
from tests.contract.live import Effect, Word
from tests.contract.memory_adapter import DeviceSet, MemoryAdapter, MemoryTenant
from tests.contract.words import APPS


@dataclass(slots=True)
class MemoryLive:
    """A tenant in memory. People's own sets are called as the paths of org units, ours as the groups."""

    tenant: MemoryTenant
    name: str = "memory"
    traits: frozenset[str] = frozenset(
        {"memory", "ways", "twins", "user-layers", "overlaps", "user-settings", "single-values", "deprovisions"}
    )
    time: VirtualTime = field(default_factory=VirtualTime)
    read: int = 0

    def translate(self, text: str) -> str:
        return text

    def wiring(self) -> Wiring:
        return Wiring(environment={}, purpose=Purpose.APPLY, sandbox="http://127.0.0.1:1", clock=self.time.clock())

    def connect(self, documents: Documents, backend: Backend, wiring: Wiring) -> Adapter:  # noqa: ARG002  # as the protocol
        return MemoryAdapter(self.tenant, org=documents.organisation.uid, backend=backend.id)

    def dump(self) -> Any:
        return copy.deepcopy((self.tenant.sets, self.tenant.devices, self.tenant._next))

    def load(self, dumped: Any) -> None:
        self.tenant.sets, self.tenant.devices, self.tenant._next = copy.deepcopy(dumped)

    def edit(self, edit: Mapping[str, Any]) -> None:
        (name, arguments), *_ = edit.items()
        _EDITS[name](self, arguments)

    def seen(self, effect: Effect) -> Mapping[str, Word]:
        """Values of the user's sets, the widest first, and of all sets that the device is in; nearer beats wider."""
        around = sorted(
            (one for one in self.tenant.sets.values() if _covers(one.name, effect.user)), key=lambda one: len(one.name)
        )
        device = self._device(effect.device)
        around += [one for one in self.tenant.sets.values() if device in one.members]
        values: dict[str, Word] = {}
        for one in around:
            for (kind, part), fields in one.values.items():
                name, _, session = part.partition("/")
                if kind == "setting" or session == effect.session:
                    values[name] = fields.get("mode" if kind == "assignment" else "value")
        return {name: values.get(name) for name in effect.has}

    def spell_word(self, name: str, word: Word) -> Word:  # noqa: ARG002 - as the protocol
        return word

    def place(self, serial: str) -> str:
        device = self._device(serial)
        ours = sorted(one.name for one in self.tenant.sets.values() if one.mark and device in one.members)
        return "+".join(ours) or "outside"

    def spell_place(self, place: str) -> str:
        """Sets lie in no tree: of a path only the last name means anything."""
        return place.rpartition("/")[2]

    def writes(self) -> list[str]:
        found = self.tenant.written[self.read :]
        self.read = len(self.tenant.written)
        return found

    def others(self) -> str:
        return ""

    def objects(self) -> Mapping[str, int]:
        return Counter(f"{one.name} {one.mark[1]}" for one in self.tenant.sets.values() if one.mark)

    def _device(self, serial: str) -> str:
        return next(one.id for one in self.tenant.devices.values() if one.serial == serial)

    def one(self, place: str) -> DeviceSet:
        names = {place.strip("/"), self.spell_place(place)}
        return next(one for one in self.tenant.sets.values() if one.name in names)


def memory_live(seed: Path) -> MemoryLive:
    """From the same seed file as the sandbox's: org units become sets, devices lie in none of them."""
    data = yaml.safe_load(seed.read_text(encoding="utf-8"))
    live = MemoryLive(MemoryTenant())
    paths: dict[str, None] = {}
    for pattern in data["org_units"]:
        for path in expand(pattern):
            names = path.strip("/").split("/")
            paths |= {"/".join(names[: depth + 1]): None for depth in range(len(names))}
    for path in paths:
        live.tenant.add_set(path)
    for item in data["devices"]:
        _add_devices(live, item)
    return live


def _covers(name: str, user: str) -> bool:
    path = user.strip("/")
    return path == name or path.startswith(f"{name}/")


def _add_devices(live: MemoryLive, item: Mapping[str, Any]) -> None:
    for n in range(item.get("serial_start", 1), item.get("serial_start", 1) + item.get("count", 1)):
        serial = f"{item['serial_prefix']}{n:04d}"
        facts = {key: re.sub(r"\{n(:02d)?\}", f"{n:02d}", item.get(key, "")) for key in ("location", "asset_id")}
        live.tenant.add_device(f"id-{serial}", serial=serial, facts=facts)


def _set(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
    values = live.one(arguments["at"]).values
    for name, word in arguments.items():
        if name == "at":
            continue
        app = name in APPS
        key = ("assignment", f"{name}/user") if app else ("setting", name)
        if word is None:
            del values[key]
        else:
            values[key] = {"mode" if app else "value": word}


def _change(**fields: Any) -> Callable[[MemoryLive, Mapping[str, Any]], None]:
    def edit(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
        serials = arguments["serials"]
        for serial in expand(serials) if isinstance(serials, str) else serials:
            device = live._device(serial)
            given = {key: value for key, value in arguments.items() if key != "serials"}
            live.tenant.devices[device] = replace(
                live.tenant.devices[device],
                **fields,
                facts={**live.tenant.devices[device].facts, **given},
            )

    return edit


def _move(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
    for serial in expand(arguments["serials"]):
        for one in live.tenant.sets.values():
            one.members.discard(live._device(serial))
        live.one(arguments["to"]).members.add(live._device(serial))


def _put(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
    """Into one more set, beside those that the devices are in."""
    for serial in expand(arguments["serials"]):
        live.one(arguments["into"]).members.add(live._device(serial))


def _rename(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
    live.one(arguments["place"]).name = arguments["name"]


def _mark(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
    live.one(arguments["place"]).mark = _pair(arguments["mark"])


def _unmark(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
    live.one(arguments["path"]).mark = None


def _pair(text: str) -> tuple[str, str] | None:
    found = find_mark(text)
    return (found.org, found.key) if found else None


def _add_place(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
    name = live.spell_place(arguments["place"]) if arguments["place"].startswith("/Enheter/") else arguments["place"]
    live.tenant.add_set(name.strip("/"), mark=_pair(arguments.get("mark", "")))


def _remove_place(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
    del live.tenant.sets[live.one(arguments["path"]).id]


def _remove_devices(live: MemoryLive, arguments: Mapping[str, Any]) -> None:
    for serial in expand(arguments["serials"]):
        device = live._device(serial)
        del live.tenant.devices[device]
        for one in live.tenant.sets.values():
            one.members.discard(device)


_EDITS: Mapping[str, Callable[[MemoryLive, Any], None]] = {
    "set": _set,
    "set_device": _change(),
    "deprovision": _change(active=False),
    "move_devices": _move,
    "put": _put,
    "rename": _rename,
    "mark": _mark,
    "remove_mark": _unmark,
    "add_place": _add_place,
    "remove_org_unit": _remove_place,
    "remove_devices": _remove_devices,
    "add_unknown_devices": _add_devices,
}
