"""Intune under contract: our adapter over the emulated Microsoft Graph in this process, on virtual time, with quotas on."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import flask
import httpx

from reconciler.adapters.intune.connect import connect_intune
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.purpose import Purpose
from reconciler.http.clock import Clock
from reconciler.http.request import Wait
from reconciler.model.adapter import Adapter
from reconciler.model.documents import Backend, Documents
from reconciler.sandbox import Fault, ManualClock, Options, Sandbox, State, create_app, dump, load
from reconciler.sandbox.graph.intune.effective import Effective, effective_device
from reconciler.sandbox.graph.seed import devices_by_serial
from reconciler.sandbox.graph.service import Tenant
from reconciler.sandbox.graph.state import GraphState, Group
from reconciler.settings.table import load_settings
from tests.contract import intune_words as words
from tests.contract.intune_hand import KINDS, LOOKS, edit_by_hand, mark_of, place_name
from tests.contract.live import Effect, Word

WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(slots=True)
class IntuneLive:
    """A sandbox's tenant."""

    app: flask.Flask
    name: str = "intune"
    traits: frozenset[str] = frozenset(
        {"intune", "ways", "twins", "user-layers", "overlaps", "globs", "directory-groups"}
    )
    read_log: int = 0
    waits: list[Wait] = field(default_factory=list)

    @property
    def sandbox(self) -> Sandbox:
        found: Sandbox = self.app.extensions["sandbox"]
        return found

    @property
    def state(self) -> GraphState:
        return self.sandbox.graph.state

    def translate(self, text: str) -> str:
        return words.translate(text)

    def wiring(self) -> Wiring:
        time = self.sandbox.clock
        clock = Clock(monotonic=time.now, wall=time.now, sleep=time.advance)
        return Wiring(
            environment={},
            purpose=Purpose.APPLY,
            sandbox="http://127.0.0.1:1",
            clock=clock,
            transport=lambda: httpx.WSGITransport(app=self.app),
            on_wait=self.waits.append,
        )

    def connect(self, documents: Documents, backend: Backend, wiring: Wiring) -> Adapter:
        apps = {app.id: app for app in documents.apps}
        return connect_intune(backend, org=documents.organisation.uid, table=load_settings(), apps=apps, wiring=wiring)

    def dump(self) -> Any:
        return json.loads(dump(State(graph=self.state)))

    def load(self, dumped: Any) -> None:
        self.sandbox.graph = Tenant(state=load(dumped).graph)

    def fault(self, **fields: Any) -> None:
        self.sandbox.faults.add(Fault(**fields))

    def edit(self, edit: Mapping[str, Any]) -> None:
        with self.sandbox.lock:
            if "options" in edit:
                self.sandbox.options = self.switched(edit["options"])
            else:
                edit_by_hand(self.state, edit)

    def switched(self, changes: Mapping[str, Any]) -> Options:
        from reconciler.sandbox.options import change_options

        return change_options(self.sandbox.options, {f"graph.{name}": value for name, value in changes.items()})

    def seen(self, effect: Effect) -> Mapping[str, Word]:
        with self.sandbox.lock:
            (device,) = devices_by_serial(self.state)[effect.device]
            found = effective_device(self.state, device, tuple(self._groups_of(effect)))
            assert found.conflicts == (), found.conflicts
            return {name: self._look(found, name) for name in effect.has}

    def _look(self, found: Effective, name: str) -> Word:
        """What the device ends up with, or of the tenant itself: see `LOOKS`."""
        what, _, which = name.partition(" ")
        return LOOKS[what](self.state, which) if what in LOOKS else _read(found.apps, found.settings, name)

    def _groups_of(self, effect: Effect) -> Iterator[str]:
        """Who is in a class is in its school's group of pupils too, and in all pupils'."""
        path = words.group_of(effect.user)
        for group in self.state.groups.values():
            around = mark_of(group) is None and f"{path} ".startswith(f"{group.name} ")
            if around or group.mail in effect.groups:
                yield group.id

    def spell_word(self, name: str, word: Word) -> Word:  # noqa: ARG002 - as the protocol
        return word

    def place(self, serial: str) -> str:
        """By the groups that bear our mark, or were made by us and lost it."""
        found = devices_by_serial(self.state).get(serial, [])
        ours = [group for group in self.ours() if set(found) & set(group.members)]
        return "+".join(sorted(place_name(group) for group in ours)) or "outside"

    def spell_place(self, place: str) -> str:
        return place

    def ours(self) -> list[Group]:
        return [group for group in self.state.groups.values() if mark_of(group) is not None]

    def writes(self) -> list[str]:
        log = self.sandbox.log[self.read_log :]
        self.read_log = len(self.sandbox.log)
        return [line for entry in log for line in written(entry)]

    def others(self) -> str:
        return ""

    def objects(self) -> Mapping[str, int]:
        state = self.state.intune
        names = [f"group {group.name} {mark_of(group)}" for group in self.ours()]
        for kind in KINDS.values():
            names += [f"policy {item['description']}" for item in state.objects[kind].values()]
        marked = [item["notes"] for item in state.objects["apps"].values() if "[reconciler:" in str(item.get("notes"))]
        return Counter([*names, *(f"app {notes}" for notes in marked)])


def intune_live(state: State, options: Options | None = None) -> IntuneLive:
    return IntuneLive(create_app(state, clock=ManualClock(), options=options or Options()))


def written(entry: Mapping[str, Any]) -> Iterator[str]:
    """What one line of the log wrote: each writing part of a batch for itself. Tokens are no writes."""
    if entry["path"].endswith("/token") or not 200 <= entry["status"] < 300:
        return
    if entry["path"].endswith("/$batch"):
        for part in entry["body"]["requests"]:
            if part["method"] in WRITES:
                yield f"{part['method']} {part['url']}"
    elif entry["method"] in WRITES:
        yield f"{entry['method']} {entry['path']}"


def _read(apps: Mapping[str, str], settings: Mapping[str, Mapping[str, Any]], name: str) -> Word:
    if name in words.APPS:
        return words.OUTCOMES.get(apps.get(words.APPS[name], ""))
    if ":" in name:
        return apps.get(name)
    if name in words.SETTINGS:
        family, wire_field, _ = words.SETTINGS[name]
        return words.to_word(name, _plain(wire_field, settings.get(family, {}).get(wire_field)))
    family, _, wire_field = name.partition("/")
    return settings.get(family, {}).get(wire_field)


def _plain(definition: str, value: Any) -> Any:
    """The catalogue's choices are ids of their own: what stands behind the definition's says which."""
    return (
        {f"{definition}_true": True, f"{definition}_false": False}.get(value, value)
        if isinstance(value, str)
        else value
    )
