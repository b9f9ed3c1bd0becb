"""A Google tenant in a sandbox in process, the adapter connected to it, and state built by hand for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from reconciler.adapters.google.adapter import GoogleAdapter
from reconciler.adapters.google.connect import connect_google
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.google import Purpose
from reconciler.http.clock import Clock
from reconciler.http.request import Sent
from reconciler.model.adapter import Scope
from reconciler.model.change import Change
from reconciler.model.desired import (
    DesiredState,
    Effective,
    EffectiveApp,
    EffectiveRaw,
    EffectiveSetting,
    GroupState,
    Layer,
    Origin,
    UserLayer,
)
from reconciler.model.documents import App, AppIdentity, Backend, DeviceRule, Group, School, UserTargets
from reconciler.model.place import Json, Pointer
from reconciler.model.resource import Lowered, Snapshot
from reconciler.planning.diff import Differences, compare
from reconciler.planning.joining import readable_targets
from reconciler.sandbox import Fault, ManualClock, Options, Sandbox, create_app
from reconciler.sandbox.google.effective import effective
from reconciler.sandbox.google.state import find_org_unit, set_value
from reconciler.sandbox.seed_file import read_seed
from reconciler.settings.table import load_settings

ORG = "6c3d1f0e-0000-4000-8000-000000000001"
AT = Pointer(file="schools/norr.yaml")
KAMI = "chrome:ecnphlgnajanjnkcmbpancdjoidceilk"
ORIGINS = (Origin(layer=Layer.GROUP, owner="norr/elever", value="x", at=AT),)
APPS = {
    "kami": App(
        id="kami",
        name="Kami",
        status="approved",
        identities=(AppIdentity(platform="chromeos", kind="extension", id=KAMI.removeprefix("chrome:"), at=AT),),
        at=AT,
    )
}
SEED: Mapping[str, Any] = {
    "org_units": ["/Enheter", "/Elever/Norrskolan/{4A,5A}"],
    "devices": [{"count": 12, "serial_prefix": "5CDNORR", "location": "NORR 4-6 {n:03d}", "org_unit": "/"}],
}


def wish(
    settings: Mapping[str, Json] | None = None,
    apps: Mapping[str, str] | None = None,
    raw: Mapping[str, Mapping[str, Json]] | None = None,
    *,
    reach: str = "user",
) -> Effective:
    """What holds somewhere: settings by id, modes of apps by id, raw fields by schema."""
    return Effective(
        settings={k: EffectiveSetting(setting=k, value=v, origins=ORIGINS) for k, v in (settings or {}).items()},
        apps={
            (k, "user"): EffectiveApp(app=k, mode=mode, session="user", pinned=False, origins=ORIGINS)
            for k, mode in (apps or {}).items()
        },
        raw={
            ("google", k, reach): EffectiveRaw(system="google", schema=k, fields=v, reach=reach, origins=ORIGINS)
            for k, v in (raw or {}).items()
        },
    )


def school(id_: str = "norr", name: str = "Norrskolan", previously: tuple[str, ...] = ()) -> School:
    return School(id=id_, name=name, previously=previously, at=Pointer(file=f"schools/{id_}.yaml"))


def group_state(
    name: str = "Elever åk 4–6",
    effective_: Effective | None = None,
    *,
    id_: str = "elever",
    of: School | None = None,
    previously: tuple[str, ...] = (),
    owns: str = "all",
) -> GroupState:
    of = of or school()
    at = Pointer(file=f"schools/{of.id}.yaml", path=("groups", id_))
    group = Group(
        id=id_,
        name=name,
        previously=previously,
        school_forms=("grundskola",),
        platform="chromeos",
        audience="pupils",
        owns=owns,
        devices=DeviceRule(match={"location": "NORR*"}, at=at),
        at=at,
    )
    wanted = effective_ or Effective()
    return GroupState(
        key=f"{of.id}/{id_}",
        group=group,
        school=of,
        backend="chrome",
        parent=None,
        effective=wanted,
        on_devices=wanted,
        reaches=frozenset({"device"}),
    )


def user_layer(
    wishes: Effective,
    *org_units: str,
    context: Effective | None = None,
    owner: str = "norr/elever",
    audience: str = "pupils",
    group: str | None = None,
    owns: str = "listed",
) -> UserLayer:
    targets = UserTargets(
        org_units=org_units, directory_groups=() if group is None else (group,), owns=owns, at=AT.child("users")
    )
    return UserLayer(
        owner=owner,
        layer=Layer.GROUP,
        audience=audience,
        platform="chromeos",
        backend="chrome",
        targets=targets,
        wishes=wishes,
        context=context or wishes,
        groups=(owner,),
    )


def state(groups: Sequence[GroupState] = (), layers: Sequence[UserLayer] = ()) -> DesiredState:
    return DesiredState(
        as_of=date(2026, 11, 21), lapses=None, groups={one.key: one for one in groups}, user_layers=tuple(layers)
    )


@dataclass(slots=True, kw_only=True)
class Tenant:
    """The sandbox, its clock, and what was sent to it."""

    sandbox: Sandbox
    app: Any
    clock: ManualClock
    sent: list[Sent] = field(default_factory=list)

    def adapter(self, org: str = ORG, purpose: Purpose = Purpose.APPLY, /, **options: Json) -> GoogleAdapter:
        given: dict[str, Json] = {"customer": "C0sandbox", "root": "/Enheter", **options}
        backend = Backend(id="chrome", kind="google", mode="apply", options=given, at=AT)
        time = Clock(monotonic=self.clock.now, wall=self.clock.now, sleep=self.clock.sleep)
        wiring = Wiring(
            environment={},
            purpose=purpose,
            sandbox="http://127.0.0.1:1",
            clock=time,
            transport=lambda: httpx.WSGITransport(app=self.app),
            on_request=self.sent.append,
        )
        return connect_google(backend, org=org, table=load_settings(), apps=APPS, wiring=wiring)

    def options(self, **changes: Any) -> None:
        self.sandbox.options = replace(self.sandbox.options, **changes)

    def fault(self, kind: str, **where: Any) -> None:
        self.sandbox.faults.add(Fault(kind=kind, **where))

    def unit(self, path: str) -> str:
        found = find_org_unit(self.sandbox.google.state, path)
        assert found, path
        return found.id

    def has(self, path: str) -> bool:
        return find_org_unit(self.sandbox.google.state, path) is not None

    def description(self, path: str) -> str:
        return self.sandbox.google.state.org_units[self.unit(path)].description

    def edit(self, path: str, **changes: Any) -> None:
        """By hand: a rename, another parent, another description."""
        units = self.sandbox.google.state.org_units
        units[self.unit(path)] = replace(units[self.unit(path)], **changes)

    def effective(self, user: str = "/", device: str = "/", session: str = "user", *groups: str) -> dict[str, Any]:
        by_address = {one.email: one.id for one in self.sandbox.google.state.groups.values()}
        return effective(
            self.sandbox.google.state,
            user=self.unit(user),
            device=self.unit(device),
            session=session,
            groups=tuple(by_address[one] for one in groups),
        )

    def devices_in(self, path: str) -> int:
        return sum(device.org_unit == self.unit(path) for device in self.sandbox.google.state.devices.values())


def make_tenant(seed: Mapping[str, Any] = SEED, **options: Any) -> Tenant:
    clock = ManualClock()
    app = create_app(read_seed(dict(seed), Path()), clock=clock, options=Options(**options))
    return Tenant(sandbox=app.extensions["sandbox"], app=app, clock=clock)


def look(adapter: GoogleAdapter, wanted: DesiredState, *, org: str = ORG) -> tuple[Lowered, Snapshot]:
    """Structure, the lowered state, and everything live that a plan reads."""
    structure = adapter.observe(Scope(kinds=frozenset({"group"})))
    lowered = adapter.lower(wanted, structure)
    targets = readable_targets(lowered, structure, org)
    rest = adapter.observe(Scope(kinds=frozenset({"membership", "setting", "assignment"}), targets=targets))
    return lowered, replace(rest, resources=structure.resources + rest.resources)


def differences(adapter: GoogleAdapter, wanted: DesiredState, *, org: str = ORG) -> Differences:
    lowered, snapshot = look(adapter, wanted, org=org)
    return compare(lowered, snapshot, backend="chrome", org=org)


def write_all(adapter: GoogleAdapter, changes: Sequence[Change]) -> None:
    """One after the other, in the order that they are given."""
    for change in changes:
        for batch in adapter.pack([change]):
            adapter.write(batch)
        adapter.read([change])


def converge(adapter: GoogleAdapter, wanted: DesiredState) -> Differences:
    """Write what differs, and say what differs then."""
    write_all(adapter, differences(adapter, wanted).changes)
    return differences(adapter, wanted)


def set_by_hand(tenant: Tenant, path: str, schema: str, value: dict[str, Any], app: str = "") -> None:
    key = (schema, (("app_id", app),) if app else ())
    set_value(tenant.sandbox.google.state, f"orgunits/{tenant.unit(path)}", key, value)
