"""Zentral under contract: our adapter over the emulated server in this process, on virtual time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import flask
import httpx

from reconciler.adapters.wiring import Wiring
from reconciler.adapters.zentral.connect import connect_zentral
from reconciler.credentials.purpose import Purpose
from reconciler.http.clock import Clock
from reconciler.http.request import Wait
from reconciler.model.adapter import Adapter
from reconciler.model.documents import Backend, Documents
from reconciler.sandbox import Fault, ManualClock, Options, Sandbox, State, create_app, dump, load
from reconciler.sandbox.options import change_options
from reconciler.sandbox.zentral.edits import perturb_zentral
from reconciler.sandbox.zentral.effective import effective_device
from reconciler.sandbox.zentral.service import Tenant
from reconciler.sandbox.zentral.state import ZentralState
from reconciler.settings.table import load_settings
from tests.contract import zentral_words as words
from tests.contract.live import Effect, Word
from tests.contract.zentral_console import Console
from tests.contract.zentral_hand import HAND, LOOKS, Desk, edit_by_hand, sees
from tests.contract.zentral_tables import Row, Tables, groups_of, objects, others
from tests.contract.zentral_words import Names

WRITES = ("POST", "PUT", "PATCH", "DELETE")
TRAITS = frozenset({"zentral", "overlaps", "deprovisions"})
LACKS: Mapping[str, str] = {
    "google": "a case of Google's own",
    "intune": "a case of Intune's own",
    "memory": "a case of the in-memory system's own",
    "inherits": "a tag has nothing above it to inherit from",
    "nests": "tags lie side by side",
    "globs": "nothing is given to users, so there are no users to name",
    "directory-groups": "nothing is given to users, so there are no groups of them",
    "user-settings": "profiles go to devices, and a group's are ours whole: none is listed",
    "user-layers": "profiles and apps go to devices, so users have no layers",
    "single-values": "all values of a payload are one profile, and so one change",
    "twins": "names of tags are unique, so that no two can be one group's",
    "ways": "an app is required or not there: it can't be offered or blocked",
}
"""Trait of a case that Zentral lacks → why."""


@dataclass(slots=True)
class ZentralLive:
    """A sandbox's server."""

    app: flask.Flask
    names: Names = field(default_factory=Names)
    name: str = "zentral"
    traits: frozenset[str] = TRAITS
    read_log: int = 0
    waits: list[Wait] = field(default_factory=list)

    @property
    def sandbox(self) -> Sandbox:
        found: Sandbox = self.app.extensions["sandbox"]
        return found

    @property
    def state(self) -> ZentralState:
        return self.sandbox.zentral.state

    @property
    def desk(self) -> Desk:
        headers = {"Authorization": "Token sandbox-write"}
        base = "http://127.0.0.1:1/zentral/api/"
        http = httpx.Client(transport=httpx.WSGITransport(app=self.app), base_url=base, headers=headers)
        return Desk(console=Console(http=http), names=self.names, tables=self.tables)

    def tables(self) -> Tables:
        with self.sandbox.lock:
            state = self.state
            tagged: dict[int, list[str]] = {}
            for serial, tags in state.machine_tags.items():
                for tag in tags:
                    tagged.setdefault(tag, []).append(serial)
            rows: dict[str, list[Row]] = {name: list(state.tables[name].values()) for name in state.tables}
            return Tables(rows=rows, tagged=tagged)

    def translate(self, text: str) -> str:
        return words.translate(text, self.names)

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
        return connect_zentral(backend, org=documents.organisation.uid, table=load_settings(), apps=apps, wiring=wiring)

    def dump(self) -> Any:
        return json.loads(dump(State(zentral=self.state)))

    def load(self, dumped: Any) -> None:
        self.sandbox.zentral = Tenant(state=load(dumped).zentral)

    def fault(self, **fields: Any) -> None:
        self.sandbox.faults.add(Fault(**fields))

    def edit(self, edit: Mapping[str, Any]) -> None:
        (name, arguments), *_ = edit.items()
        if name in HAND:
            edit_by_hand(self.desk, edit)
        elif name == "options":
            changes = {f"zentral.{key}": value for key, value in arguments.items()}
            self.sandbox.options = change_options(self.sandbox.options, changes)
        else:
            with self.sandbox.lock:
                perturb_zentral(self.state, _ours_alone(name, arguments))

    def seen(self, effect: Effect) -> Mapping[str, Word]:
        with self.sandbox.lock:
            found = effective_device(self.state, effect.device)
        assert found.conflicts == (), found.conflicts
        return {name: read_word(self.desk, found.settings, found.apps, name) for name in effect.has}

    def spell_word(self, name: str, word: Word) -> Word:
        return spell_word(name, word)

    def place(self, serial: str) -> str:
        return "+".join(groups_of(self.tables(), self.names, serial)) or "outside"

    def spell_place(self, place: str) -> str:
        return words.PLACES.get(place, place)

    def writes(self) -> list[str]:
        log = self.sandbox.log[self.read_log :]
        self.read_log = len(self.sandbox.log)
        return [
            f"{entry['method']} {entry['path']}"
            for entry in log
            if entry["method"] in WRITES and 200 <= entry["status"] < 300
        ]

    def objects(self) -> Mapping[str, int]:
        return objects(self.tables(), self.names)

    def others(self) -> str:
        return others(self.tables(), self.names)


def zentral_live(state: State, options: Options | None = None, names: Names | None = None) -> ZentralLive:
    return ZentralLive(create_app(state, clock=ManualClock(), options=options or Options()), names=names or Names())


def spell_word(name: str, word: Word) -> Word:
    """An app that is offered, blocked or to be absent isn't given out here: nothing of it is on the device."""
    return None if name in words.NUMBERS and word != "required" else word


def read_word(desk: Desk, settings: Mapping[str, Mapping[str, Any]], apps: Any, name: str) -> Word:
    """What a device ends up with in a case's word, or of the server itself: see `LOOKS`."""
    if name.partition(" ")[0] in LOOKS:
        return sees(desk, name)
    if name in words.NUMBERS:
        given = desk.names.numbers.get(name) in apps
        return "required" if given else None
    if name in words.SETTINGS:
        payload, key, _ = words.SETTINGS[name]
        return words.to_word(name, settings.get(payload, {}).get(key))
    payload, _, key = name.partition("/")
    return settings.get(payload, {}).get(key)


def _ours_alone(name: str, arguments: Any) -> dict[str, Any]:
    """A case's words for devices, as the sandbox's own edits have them."""
    if name == "set_device":
        return {
            "zentral_set_devices": {"name" if key == "location" else key: value for key, value in arguments.items()}
        }
    if name == "deprovision":
        return {"zentral_set_devices": {"serials": arguments["serials"], "checked_out": "2026-11-20T08:00:00"}}
    if name == "remove_devices":
        return {"zentral_remove_devices": {"serials": arguments["serials"]}}
    if name == "add_unknown_devices":
        named = {"name": arguments["location"], "serial_prefix": arguments["serial_prefix"]}
        return {"zentral_add_devices": {"count": arguments["count"], **named, "blueprint": "Lillköping"}}
    return {name: arguments}
