"""A small municipality's files and an emulated Zentral server, planned and applied by the whole way that a run goes."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import flask
import httpx
import yaml

from reconciler import __version__
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.purpose import Purpose
from reconciler.http.clock import Clock
from reconciler.model.change import ApplyResult, Plan
from reconciler.planning.planfile import read_plan, write_plan
from reconciler.reconcile.apply import run_apply
from reconciler.reconcile.connect import connect
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import prepare
from reconciler.sandbox import Fault, ManualClock, Options, Sandbox, State, create_app
from reconciler.sandbox.seed_file import read_seed
from reconciler.sandbox.zentral.effective import Effective, effective_device
from reconciler.sandbox.zentral.options import ZentralOptions

ORG = "6c3d1f0e-0000-4000-8000-000000000001"
TODAY = date(2026, 11, 22)
SMALL = Path(__file__).parents[2] / "contract" / "small"
"""Whose catalogue and minutes are used."""

SEED: Mapping[str, Any] = {
    "locations": ["Vidala skolor"],
    "assets": [{"adam_id": "361309726", "location": "Vidala skolor", "total": 40}],
    "blueprints": ["Skolor", "Kontor"],
    "devices": [
        {"count": 4, "serial_prefix": "DMPNORR", "serial_width": 3, "name": "Norr {n:02d}", "model": "iPad13,18", "platform": "iPadOS", "os_version": "18.1", "blueprint": "Skolor"},
        {"serials": ["C02NORR001"], "name": "Mac 1", "model": "Mac15,13", "platform": "macOS", "os_version": "15.1", "blueprint": "Skolor"},
        {"serials": ["DMPKONT001"], "name": "Norr kontor", "model": "iPad13,18", "platform": "iPadOS", "os_version": "18.1", "blueprint": "Kontor"},
    ],
    "taxonomies": ["Plats"],
    "tags": [{"name": "Biblioteket", "taxonomy": "Plats", "serials": "DMPNORR{001..002}"}, "Prov"],
    "artifacts": [
        {"name": "Kommunens wifi", "platforms": ["iPadOS", "macOS"], "payloads": [{"type": "com.apple.wifi.managed", "keys": {"SSID_STR": "skola"}}]},
    ],
    "links": [{"blueprint": "Skolor", "artifact": "Kommunens wifi", "excluded_tags": ["Prov"]}],
}  # fmt: skip
"""A server with content of others': a tag in a taxonomy of theirs, a profile for everybody but one tag."""

ORGANISATION: Mapping[str, Any] = {
    "uid": ORG,
    "name": "Vidala kommun",
    "municipality_code": "9999",
    "language": "sv",
    "backends": [
        {"id": "zentral", "kind": "zentral", "mode": "apply", "url": "https://mdm.vidala.example.se",
            "limits": {"floor": 100}, "blueprint": "Skolor"}
    ],
    "routes": [{"backend": "zentral"}],
    "council": {
        "name": "It-pedagogiska rådet",
        "members": [{"role": "rektor", "seats": 2}, {"role": "lärare", "seats": 3}],
        "quorum": 3,
    },
}  # fmt: skip

SCHOOL: Mapping[str, Any] = {
    "id": "norr",
    "name": "Norrskolan",
    "units": [{"code": "12345678", "school_forms": ["grundskola"], "grades": "4-6"}],
    "groups": [
        {
            "id": "elever",
            "name": "Elever",
            "school_form": "grundskola",
            "platform": "ipados",
            "audience": "pupils",
            "grades": "4-6",
            "devices": {"match": {"name": "Norr*"}, "expected": 4},
            "settings": {"app-store-installs": "blocked"},
            "apps": {"required": ["kami"]},
        }
    ],
}  # fmt: skip


@dataclass(slots=True)
class Town:
    """`school` and `organisation` are what is written into files before each plan."""

    root: Path
    app: flask.Flask
    school: dict[str, Any]
    organisation: dict[str, Any]
    journals: int = 0
    requests: list[Any] = field(default_factory=list)

    @property
    def sandbox(self) -> Sandbox:
        found: Sandbox = self.app.extensions["sandbox"]
        return found

    @property
    def group(self) -> dict[str, Any]:
        found: dict[str, Any] = self.school["groups"][0]
        return found

    def wiring(self, purpose: Purpose = Purpose.APPLY) -> Wiring:
        time = self.sandbox.clock
        return Wiring(
            environment={},
            purpose=purpose,
            sandbox="http://127.0.0.1:1",
            clock=Clock(monotonic=time.now, wall=time.now, sleep=time.advance),
            transport=lambda: httpx.WSGITransport(app=self.app),
            on_request=self.requests.append,
        )

    def write(self) -> None:
        for name, content in (
            ("organisation.yaml", self.organisation),
            (f"schools/{self.school['id']}.yaml", self.school),
        ):
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")

    def plan(self) -> Plan:
        """With a token that may only read; as it is when read from its file again."""
        self.write()
        made = run_plan(prepare(self.root, TODAY), self.wiring(Purpose.PLAN), connect_to=connect)
        assert made is not None
        return read_plan(write_plan(made), tool_version=__version__)

    def apply(self, plan: Plan) -> ApplyResult:
        self.journals += 1
        journal = self.root.parent / f"journal-{self.journals}.jsonl"
        prepared = prepare(self.root, TODAY)
        applied = run_apply(plan, prepared, self.root, TODAY, self.wiring(), journal, connect_to=connect)
        assert applied.result is not None
        return applied.result

    def converge(self) -> tuple[Plan, ApplyResult]:
        """Planned, applied, and planned again to nothing."""
        plan = self.plan()
        result = self.apply(plan)
        assert [one for one in result.results if one.outcome.value not in ("applied", "already-done")] == []
        assert [(one.action, one.key) for one in self.plan().changes] == []
        return plan, result

    def effective(self, serial: str) -> Effective:
        return effective_device(self.sandbox.zentral.state, serial)

    def edit(self, edit: str, /, **arguments: Any) -> None:
        with httpx.Client(transport=httpx.WSGITransport(app=self.app), base_url="http://sandbox") as http:
            answer = http.post("/_sandbox/perturb", json={edit: arguments})
            assert answer.status_code == 200, answer.text

    def call(self, verb: str, path: str, body: Any = None) -> Any:
        """By somebody else who has a token."""
        with httpx.Client(transport=httpx.WSGITransport(app=self.app), base_url="http://sandbox") as http:
            headers = {"Authorization": "Token sandbox-write"}
            answer = http.request(verb, f"/zentral/api/{path}", json=body, headers=headers)
            assert answer.status_code < 300, answer.text
            return answer.json() if answer.content else None

    def fault(self, **fields: Any) -> None:
        self.sandbox.faults.add(Fault(**fields))


def town(folder: Path, *, seed: Mapping[str, Any] = SEED, **switches: Any) -> Town:
    app = create_app(
        State(zentral=read_seed({"zentral": seed}, Path()).zentral),
        clock=ManualClock(),
        options=Options(zentral=ZentralOptions(**switches)),
    )
    root = folder / "repository"
    shutil.copytree(SMALL / "app-catalogs", root / "app-catalogs")
    catalogue = root / "app-catalogs" / "appar.yaml"
    text = catalogue.read_text("utf-8").replace(
        "{chromeos: {extension: ecnphlgnajanjnkcmbpancdjoidceilk}}", '{ipados: {app_store: "361309726"}}'
    )
    catalogue.write_text(text, encoding="utf-8")
    return Town(root=root, app=app, school=_copy(SCHOOL), organisation=_copy(ORGANISATION))


def _copy(content: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(yaml.safe_dump(dict(content), sort_keys=False))
    return found
