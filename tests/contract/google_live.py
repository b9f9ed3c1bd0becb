"""Google under contract: our adapter over the sandbox in this process, on virtual time, with quotas on."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import flask
import httpx

from reconciler.adapters.google.connect import connect_google
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.google import Purpose
from reconciler.http.clock import Clock
from reconciler.http.request import Wait
from reconciler.model.adapter import Adapter
from reconciler.model.documents import Backend, Documents
from reconciler.sandbox import Fault, ManualClock, Options, Sandbox, State, create_app, dump, load
from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.effective import effective
from reconciler.sandbox.google.service import Tenant
from reconciler.sandbox.perturbations import perturb
from reconciler.sandbox.seed_file import add_devices, add_group, set_policy
from reconciler.settings.table import load_settings
from tests.contract.live import Effect, Word
from tests.contract.words import APPS, INSTALL, SETTINGS, install_word, schema_of, to_wire, to_word

ROOT = "/Enheter"
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(slots=True)
class GoogleLive:
    """A sandbox's tenant."""

    app: flask.Flask
    name: str = "google"
    traits: frozenset[str] = frozenset(
        {
            *("google", "ways", "twins", "user-layers", "inherits", "nests", "globs", "exclusive", "directory-groups"),
            *("user-settings", "single-values", "deprovisions"),
        }
    )
    packing: Mapping[str, Any] = field(default_factory=dict)
    """How our adapter is told to pack its calls, where that isn't as it is by itself."""
    read_log: int = 0
    waits: list[Wait] = field(default_factory=list)

    @property
    def sandbox(self) -> Sandbox:
        found: Sandbox = self.app.extensions["sandbox"]
        return found

    @property
    def state(self) -> tenant.GoogleState:
        return self.sandbox.google.state

    def translate(self, text: str) -> str:
        return text

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
        adapter = connect_google(
            backend, org=documents.organisation.uid, table=load_settings(), apps=apps, wiring=wiring
        )
        adapter.session.options = replace(adapter.session.options, **self.packing)
        return adapter

    def dump(self) -> Any:
        return json.loads(dump(State(google=self.state)))

    def load(self, dumped: Any) -> None:
        self.sandbox.google = Tenant(state=load(dumped).google)

    def fault(self, **fields: Any) -> None:
        self.sandbox.faults.add(Fault(**fields))

    def edit(self, edit: Mapping[str, Any]) -> None:
        (name, arguments), *_ = edit.items()
        with self.sandbox.lock:
            if name == "set":
                self._set(arguments)
            elif name == "add_group":
                add_group(self.state, arguments)
            else:
                perturb(self.state, self._wire_edit(name, arguments), add_devices, set_policy)

    def _set(self, arguments: Mapping[str, Any]) -> None:
        """`{at: /Elever, incognito: allowed, kami: required, scratch: null}`: values set, or given back, by hand."""
        for name, word in arguments.items():
            if name == "at":
                continue
            app = {"app_id": APPS[name]} if name in APPS else {}
            schema, field_ = ("chrome.users.apps.InstallType", "") if name in APPS else schema_of(name)
            if word is None:
                item = {"clear_policy": {"target": arguments["at"], "schema": schema, **app}}
            else:
                value = {"appInstallType": INSTALL[word]} if name in APPS else {field_: to_wire(name, word)}
                item = {"set_policy": {"target": arguments["at"], "schema": schema, "value": value, **app}}
            perturb(self.state, item, add_devices, set_policy)

    def _wire_edit(self, name: str, arguments: Any) -> Mapping[str, Any]:
        """Cases say `place`; the sandbox's own words are `path`, `org_unit`."""
        if name == "rename":
            return {"rename_org_unit": {"path": arguments["place"], "name": arguments["name"]}}
        if name == "mark":
            return {"set_mark": {"path": arguments["place"], "mark": arguments["mark"]}}
        if name == "add_place":
            return {"add_org_unit": {"path": arguments["place"], "description": _described(arguments.get("mark", ""))}}
        return {name: arguments}

    def seen(self, effect: Effect) -> Mapping[str, Word]:
        with self.sandbox.lock:
            state = self.state
            unit = tenant.find_org_unit(state, effect.user)
            assert unit is not None, effect.user
            device = next(one for one in state.devices.values() if one.serial == effect.device)
            emails = {group.email: group.id for group in state.groups.values()}
            found = effective(
                state,
                user=unit.id,
                device=device.org_unit,
                groups=tuple(emails[group] for group in effect.groups),
                session=effect.session,
                full_enum_names=self.sandbox.options.full_enum_names,
            )
        return {name: _read(found, name, effect.session) for name in effect.has}

    def spell_word(self, name: str, word: Word) -> Word:  # noqa: ARG002 - as the protocol
        return word

    def place(self, serial: str) -> str:
        state = self.state
        device = next(one for one in state.devices.values() if one.serial == serial)
        path = tenant.paths(state)[device.org_unit]
        return path.removeprefix(f"{ROOT}/") if path.startswith(f"{ROOT}/") else "outside"

    def spell_place(self, place: str) -> str:
        return place

    def writes(self) -> list[str]:
        log = self.sandbox.log[self.read_log :]
        self.read_log = len(self.sandbox.log)
        return [
            f"{entry['method']} {entry['path'].rpartition('/')[2]}"
            for entry in log
            if entry["method"] in WRITES and not entry["path"].endswith(":resolve") and 200 <= entry["status"] < 300
        ]

    def others(self) -> str:
        return ""

    def objects(self) -> Mapping[str, int]:
        return Counter(tenant.folded(path) for path in tenant.paths(self.state).values() if path.startswith(f"{ROOT}/"))


def google_live(state: State, options: Options | None = None) -> GoogleLive:
    return GoogleLive(create_app(state, clock=ManualClock(), options=options or Options()))


def _described(mark: str) -> str:
    return mark


def _read(found: Mapping[str, Any], name: str, session: str) -> Word:
    if name in APPS:
        app = found["apps"].get(APPS[name], {})
        install = app.get("install")
        return install_word(install) if install != "NOT_INSTALLED" else None
    schema, field_ = (
        schema_of(name, session) if name in SETTINGS else (name.rpartition(".")[0], name.rpartition(".")[2])
    )
    policy = found["policies"].get(schema)
    if policy is None:
        return None
    return to_word(name, policy["value"].get(field_)) if name in SETTINGS else policy["value"].get(field_)
