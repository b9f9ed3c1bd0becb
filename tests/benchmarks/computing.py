"""Compile and compare without any input or output, for one size: prints its cost and its memory as JSON.

    python -m tests.benchmarks.computing 730 274       (schools, devices in each)

What is measured: `compile_state`, lowering to Google's resources, `assign_devices`, and `make_plan` with its comparison
and its moves. What is not: making up the files, the devices and the live state, and looking up line numbers, for which
files are read again. One device in a hundred is not in its place, so that there are moves to plan.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import click

from reconciler.adapters.google.capabilities import CAPABILITIES
from reconciler.adapters.google.lower import lower
from reconciler.adapters.google.places import OrgUnit, Places, index_places, live_places
from reconciler.adapters.google.policies import MANAGED
from reconciler.adapters.google.schemas import LiveSchemas, read_schemas
from reconciler.adapters.mark import mark_key, write_mark
from reconciler.compile.membership import assign_devices
from reconciler.compile.state import compile_state
from reconciler.load import Tree, load
from reconciler.model.change import Plan
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Backend, Documents
from reconciler.model.place import Place, Position
from reconciler.model.resource import Device, Live, Lowered, Mark, Snapshot, Tenant
from reconciler.planning.plan import BackendView, make_plan
from reconciler.sandbox.google.schemas import schemas, wire_schema
from reconciler.settings.table import load_settings
from tests.benchmarks.process import peak_megabytes
from tests.benchmarks.written import PUPILS, ROOT_UNIT, STAFF, UID, municipality, school_id, school_name

Result = TypeVar("Result")

AS_OF = date(2026, 11, 21)
ASTRAY = 100
"""One device of so many is in another group's place."""

_GROUPS = (
    ("elever-f-3", "Elever F–3", 30),
    ("elever-4-6", "Elever åk 4–6", 42),
    ("vagn-1", "Vagn 1", 11),
    ("personal", "Personal", 17),
    ("forrad", "Förråd", 0),
)
"""Id, name and share of the school's devices in per cent."""
_LOCATIONS = {"elever-f-3": "F-3", "elever-4-6": "4-6", "personal": "PERS"}


def load_municipality(schools: int) -> Documents:
    files = {path: text.encode() for path, text in sorted(municipality(schools))}
    documents = load(Tree(files=files), digest=False).documents
    assert documents is not None
    return documents


def make_units(schools: int) -> list[OrgUnit]:
    """The tenant's org units: users' by school and class, ours with their marks."""
    units = [OrgUnit(id="0", path="/", name="Mätkommun", parent_id="")]
    top = _unit(units, units[0], ROOT_UNIT[1:], "@")
    pupils = _unit(units, units[0], PUPILS[1:])
    _unit(units, units[0], STAFF[1:])
    for number in range(schools):
        name, key = school_name(number), school_id(number)
        theirs = _unit(units, pupils, name)
        for year in ("Åk F-3", "Åk 4-6"):
            _unit(units, theirs, year)
        ours = _unit(units, top, name, f"@{key}")
        for group, label, _ in _GROUPS:
            _unit(units, ours, label, f"@{key}/{group}")
    return units


def _unit(units: list[OrgUnit], above: OrgUnit, name: str, ref: str = "") -> OrgUnit:
    described = write_mark("", Mark(org=UID, key=mark_key(ref))) if ref else ""
    path = f"{above.path.rstrip('/')}/{name}"
    made = OrgUnit(id=str(len(units)), path=path, name=name, parent_id=above.id, description=described)
    units.append(made)
    return made


def make_devices(schools: int, each: int) -> tuple[Device, ...]:
    return tuple(device for school in range(schools) for device in _devices_of(school, each))


def _devices_of(school: int, each: int) -> Iterator[Device]:
    short, seat = f"S{school:04d}", 0
    shares = {group: each * share // 100 for group, _, share in _GROUPS if share}
    shares["elever-4-6"] += each - sum(shares.values())
    for group, count in shares.items():
        for _ in range(count):
            number = school * each + seat
            place = f"@{school_id(school)}/{'forrad' if number % ASTRAY == 0 else group}"
            seat += 1
            facts = {
                "location": f"{short} {_LOCATIONS.get(group, 'VAGN')} {seat:03d}",
                "asset_id": f"{short}-{'V1' if group == 'vagn-1' else 'X'}-{seat:04d}",
                "model": "HP Chromebook 11 G9 EE",
                "os_version": "142.0.7444.59",
                "org_unit": f"{ROOT_UNIT}/{school_name(school)}",
            }
            yield Device(id=f"d{number}", serial=f"5CD{number:07d}", active=True, places=(place,), facts=facts)


def converged(lowered: Lowered, places: Places) -> tuple[Live, ...]:
    """All values as they are wanted, and the places. One value in a thousand was changed by hand."""
    values = [resource for resource in lowered.resources if resource.key.kind != "group"]
    lives = [
        Live(key=one.key, fields={**one.fields, **({"edited": True} if number % 1000 == 0 else {})})
        for number, one in enumerate(values)
    ]
    return (*live_places(places), *lives)


def lower_to_google(state: DesiredState, documents: Documents, places: Places, known: LiveSchemas) -> Lowered:
    return lower(
        state,
        backend="chrome",
        root=ROOT_UNIT,
        manages=tuple(MANAGED),
        places=places,
        table=load_settings(),
        apps={app.id: app for app in documents.apps},
        schemas=known,
    )


def measure(schools: int, each: int) -> Mapping[str, Any]:
    """In the order of a real run: devices and values come when the desired state is there."""
    documents, table = load_municipality(schools), load_settings()
    places = index_places(make_units(schools), UID)
    known = read_schemas([wire_schema(one, "C0sandbox") for one in schemas().values()])
    (backend,) = documents.organisation.backends
    watch = Watch()
    state = watch("compile", lambda: compile_state(documents, table, AS_OF))
    lowered = watch("lower", lambda: lower_to_google(state, documents, places, known))
    devices = make_devices(schools, each)
    live = converged(lowered, places)
    snapshot = Snapshot(tenant=Tenant(backend="chrome", kind="google", identity="x"), resources=live, devices=devices)
    plan = watch("diff", lambda: _plan(documents, state, lowered, snapshot, backend))
    return {
        "devices": len(devices),
        "groups": len(state.groups),
        **watch.seconds,
        "changes": len(plan.changes) + len(plan.held),
        "peak": peak_megabytes(),
    }


@dataclass(slots=True)
class Watch:
    """Processor seconds by part. The collector stays on; what it owes for making up devices is paid before the clock starts."""

    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self, part: str, run: Callable[[], Result]) -> Result:
        gc.collect()
        began = time.process_time()
        result = run()
        self.seconds[part] = time.process_time() - began
        return result


def _plan(documents: Documents, state: DesiredState, lowered: Lowered, snapshot: Snapshot, backend: Backend) -> Plan:
    assigned = assign_devices(documents, state, backend.id, snapshot.devices)
    view = BackendView(
        backend=backend, capabilities=CAPABILITIES, snapshot=snapshot, lowered=lowered, places=assigned.places
    )
    findings = assigned.findings
    return make_plan(documents, state, [view], tool_version="bench", locate=_nowhere, findings=findings)


def _nowhere(place: Place) -> Position:
    return Position(file=place.file, line=1, column=1)


if __name__ == "__main__":
    click.echo(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
