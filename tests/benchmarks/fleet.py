"""A fleet of 200 groups with 100 apps each and 18,000 devices: its files, and the tenant in which all is as they say.

Every group has users of its own, so that all 100 apps are written there: 60 come from a baseline, 20 from the school's
layer and 20 from the group, as people would divide them.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from reconciler.adapters.google.policies import parse_part
from reconciler.adapters.mark import find_mark, mark_key, place_ref, write_mark
from reconciler.model.resource import Mark
from reconciler.reconcile.prepare import Prepared
from reconciler.sandbox import Options, State, dump
from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.policy_writes import entry_for, write
from reconciler.sandbox.google.schemas import schemas
from reconciler.sandbox.google.state import GoogleState
from tests.benchmarks.figure import NotMeasured
from tests.benchmarks.in_process import make_plan, read_files, start, with_options
from tests.benchmarks.written import (
    MEETINGS,
    PUPILS,
    ROOT_UNIT,
    UID,
    app_ids,
    baselines,
    catalogue,
    organisation,
    school_id,
    school_name,
    write_files,
)

SCHOOLS, GROUPS, DEVICES = 20, 10, 90
"""Schools, groups in each, devices in each group."""
COMMON, SCHOOLS_OWN, GROUPS_OWN = 60, 20, 20
APPS = app_ids(COMMON + 2 * SCHOOLS_OWN + 3 * GROUPS_OWN)


def files() -> Iterator[tuple[str, str]]:
    yield "organisation.yaml", organisation(users=False)
    yield "app-catalogs/appar.yaml", catalogue(len(APPS))
    yield from MEETINGS.items()
    yield from baselines(APPS[:COMMON]).items()
    for number in range(SCHOOLS):
        yield f"schools/{school_id(number)}.yaml", _school(number)


def _school(number: int) -> str:
    own = _some(COMMON, 2 * SCHOOLS_OWN, SCHOOLS_OWN, number)
    return f"""\
id: {school_id(number)}
name: {school_name(number)}
units:
  - {{code: "{10_000_000 + number}", school_forms: [grundskola], grades: 1-9}}
layers:
  pupils:
    apps:
      available: [{", ".join(own)}]
    settings:
      home-page: "https://skola-{number}.matkommun.example.se/"
groups:
{"".join(_group(number, group) for group in range(GROUPS))}"""


def _group(school: int, group: int) -> str:
    own = _some(COMMON + 2 * SCHOOLS_OWN, 3 * GROUPS_OWN, GROUPS_OWN, school + group)
    return f"""\
  - id: klass-{group}
    name: Klass {group}
    school_form: grundskola
    platform: chromeos
    audience: pupils
    devices: {{match: {{location: "S{school:04d} K{group} *"}}, expected: {DEVICES}}}
    users: {{org_units: ["{PUPILS}/{school_name(school)}/Klass {group}"]}}
    apps:
      required: [{", ".join(own[:5])}]
      available: [{", ".join(own[5:])}]
    settings:
      wipe-on-sign-out: wipe
"""


def _some(start: int, among: int, count: int, turn: int) -> list[str]:
    return [APPS[start + (turn * 7 + step) % among] for step in range(count)]


def write_fleet(folder: Path) -> Prepared:
    """The files on disk, loaded and compiled. Raises NotMeasured where they are not in order."""
    write_files(dict(files()), folder)
    prepared = read_files(folder)
    if prepared.all_findings:
        raise NotMeasured(f"the fleet's files have findings: {prepared.all_findings[0].code}")
    return prepared


def converge(prepared: Prepared) -> State:
    """The tenant in which all is as the files say: the values that a first plan wants, written as seeds are written."""
    state = _before()
    plan = make_plan(start(state, Options(quotas=False)), with_options(prepared, {}))
    if plan.held or any(change.key.kind not in ("setting", "assignment") for change in plan.changes):
        raise NotMeasured(f"the fleet's first plan is not of values alone, or holds back {len(plan.held)}")
    targets = _targets(state.google)
    for change in plan.changes:
        policy = parse_part(change.key.part)
        keys = (("app_id", policy.app_id),) if policy.app_id else ()
        entry = entry_for(schemas()[policy.schema], targets[change.key.target], keys, dict(change.after or {}))
        write(state.google, entry, Options())
    return state


def _targets(state: GoogleState) -> dict[str, str]:
    """Resource names of the API by our references."""
    found = {}
    for unit, path in tenant.paths(state).items():
        mark = find_mark(state.org_units[unit].description)
        found[(mark and place_ref(mark.key)) or f"ou:{path}"] = f"orgunits/{unit}"
    return found


def _before() -> State:
    """Org units of users, ours with their marks, and every device in its place: only values are left to be written.

    Placing 18,000 devices by an apply would take most of a benchmark's time, and other tests show that it works.
    """
    state = tenant.new_tenant("C0sandbox", "matkommun.example.se")
    top = _add(state, state.root, ROOT_UNIT[1:], "@")
    pupils = _add(state, state.root, PUPILS[1:])
    for school in range(SCHOOLS):
        ours = _add(state, top, school_name(school), f"@{school_id(school)}")
        theirs = _add(state, pupils, school_name(school))
        for group in range(GROUPS):
            _add(state, theirs, f"Klass {group}")
            place = _add(state, ours, f"Klass {group}", f"@{school_id(school)}/klass-{group}")
            _add_devices(state, place, school, group)
    return State(google=state)


def _add(state: GoogleState, parent: str, name: str, ref: str = "") -> str:
    described = write_mark("", Mark(org=UID, key=mark_key(ref))) if ref else ""
    return tenant.add_org_unit(state, parent=parent, name=name, description=described).id


def _add_devices(state: GoogleState, place: str, school: int, group: int) -> None:
    for seat in range(DEVICES):
        device = tenant.Device(
            id="",
            serial=f"5CD{school:03d}{group:02d}{seat:03d}",
            org_unit=place,
            location=f"S{school:04d} K{group} {seat:03d}",
            asset_id=f"S{school:04d}-{group}{seat:03d}",
            model="HP Chromebook 11 G9 EE",
            auto_update_through="2032-06",
        )
        tenant.add_device(state, device)


def write_seed(state: State, folder: Path) -> Path:
    """The tenant as a seed that `sandbox serve` takes."""
    (folder / "converged.json").write_text(dump(state), encoding="utf-8")
    seed = folder / "seed.yaml"
    seed.write_text(json.dumps({"converged": "converged.json"}) + "\n", encoding="utf-8")
    return seed
