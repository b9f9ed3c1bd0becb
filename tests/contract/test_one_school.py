"""A plan for one school reads of Intune what that school needs, and comes to the same as a plan that reads everything.

Three schools: Norr and Väst write serial numbers, Syd has patterns. Everything that is done to them is done at once or in
part, and each school's plan is made twice: as the program makes it, and by an adapter that reads whole what it is asked for.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler import __version__
from reconciler.adapters.intune import reading
from reconciler.adapters.wiring import Wiring
from reconciler.http.request import Sent
from reconciler.model.adapter import Adapter, Scope
from reconciler.model.change import Change, Outcome, Plan
from reconciler.model.documents import Backend, Documents
from reconciler.model.resource import Snapshot
from reconciler.planning.planfile import read_plan, write_plan
from reconciler.reconcile.plan import Filter, run_plan
from reconciler.reconcile.prepare import prepare
from reconciler.sandbox import load_seed
from reconciler.sandbox.options import change_options
from tests.contract.cases import Step
from tests.contract.intune_live import IntuneLive, intune_live
from tests.contract.intune_words import TENANT
from tests.contract.running import INTUNE_SEED, Run, new_run

SCHOOLS = ("norr", "syd", "vast")

ORGANISATION = f"""
uid: "11111111-2222-4333-8444-555555555555"
name: Lillköping
municipality_code: "9999"
language: sv
backends:
  - {{id: intune, kind: intune, mode: apply, tenant: "{TENANT}", limits: {{share: 100, count: 1000, floor: 100, disruptive_share: 100}}}}
routes:
  - {{backend: intune, platforms: [ipados]}}
"""

SCHOOL = """
id: {id}
name: {name}
units:
  - {{code: "{code}", school_forms: [grundskola], grades: 4-9}}
holding: {{ipados: forrad}}
groups:
  - id: elever
    name: Elever
    school_form: grundskola
    platform: ipados
    audience: pupils
    devices: {elever}
    users: {{directory_groups: ["{users}"]}}
    apps: {{required: [kami], available: [scratch]}}
    settings: {{airdrop: blocked, app-removal: blocked}}
  - id: vagn
    name: Vagn
    school_form: grundskola
    platform: ipados
    audience: pupils
    devices: {vagn}
    settings: {{camera: blocked, app-removal: blocked, jailbroken-devices: blocked}}
  - {{id: forrad, name: Förråd, school_form: grundskola, platform: ipados, audience: storage, devices: {{}}}}
"""

NORR: Mapping[str, str] = {
    "id": "norr",
    "name": "Norrskolan",
    "code": "99000017",
    "users": "Elever Norrskolan 4A",
    "elever": '{serials: ["NORR0001", "NORR0002", "NORR0003", "NORR0004"], expected: 4}',
    "vagn": '{serials: ["NORR0005", "norr0006"]}',
}
SYD: Mapping[str, str] = {
    "id": "syd",
    "name": "Sydskolan",
    "code": "99000025",
    "users": "Elever Sydskolan",
    "elever": '{match: {name: "SYD 0*"}}',
    "vagn": '{match: {name: "SYD vagn*"}}',
}
VAST: Mapping[str, str] = {
    "id": "vast",
    "name": "Västskolan",
    "code": "99000033",
    "users": "Lärare",
    "elever": '{serials: ["VAST0001", "VAST0002"]}',
    "vagn": '{serials: ["VAST0003"], expected: 1}',
}
FILES = {
    "organisation.yaml": ORGANISATION,
    **{f"schools/{one['id']}.yaml": SCHOOL.format_map(one) for one in (NORR, SYD, VAST)},
}
MORE_DEVICES = [
    {"serials": ["VAST0001", "VAST0002", "VAST0003"], "name": "VAST {n}", "model": "iPad (9th generation)"},
    {"serials": ["SYD0004"], "name": "SYD vagn 1", "model": "iPad (9th generation)"},
]


@dataclass(slots=True)
class Whole:
    """An adapter that reads everything, whatever it is given leave to leave out."""

    adapter: Adapter

    def observe(self, scope: Scope) -> Snapshot:
        return self.adapter.observe(replace(scope, only=None, serials=None))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.adapter, name)


@dataclass(slots=True)
class World:
    """A run, its tenant, and the requests that the last plan made."""

    run: Run
    live: IntuneLive
    sent: list[str] = field(default_factory=list)

    def plan(self, school: str | None, *, whole: bool = False) -> Plan:
        def connect(documents: Documents, backend: Backend, wiring: Wiring) -> Adapter:
            adapter = self.live.connect(documents, backend, wiring)
            return Whole(adapter) if whole else adapter  # type: ignore[return-value]  # all else is the adapter's

        self.sent = []
        wiring = replace(self.live.wiring(), on_request=self._note)
        prepared = prepare(self.run.root, self.run.today, None)
        made = run_plan(prepared, wiring, only=Filter(school=school), connect_to=connect)
        assert made is not None
        return read_plan(write_plan(made), tool_version=__version__)

    def _note(self, sent: Sent) -> None:
        parts = [part["url"] for part in sent.body["requests"]] if isinstance(sent.body, dict) else []
        self.sent += parts or [f"{sent.path.removeprefix('/v1.0')}?{dict(sent.query)}"]

    def do(self, drift: Sequence[Mapping[str, Any]], schools: Mapping[str, str]) -> None:
        """What people did by hand, and what their files say by now."""
        for edit in drift:
            self.live.edit(edit)
        self.run.write(Step(step="", files={f"schools/{name}.yaml": text for name, text in schools.items()}))


def make_world(folder: Path) -> World:
    seed = yaml.safe_load(INTUNE_SEED.read_text(encoding="utf-8"))
    seed["intune"]["devices"] += MORE_DEVICES
    path = folder / "seed.yaml"
    path.write_text(yaml.safe_dump(seed, allow_unicode=True), encoding="utf-8")
    live = intune_live(load_seed(path))
    return World(run=new_run(live, folder, FILES), live=live)


@pytest.fixture(scope="module")
def converged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The seed's folder and the tenant as it is when all three schools have been applied."""
    folder = tmp_path_factory.mktemp("converged")
    world = make_world(folder)
    apply(world, world.plan(None))
    assert world.plan(None).changes == ()
    return folder, world.live.dump()


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a tenant as small as this one it costs less to read everything; what is tested is what a large one gets."""
    monkeypatch.setattr(reading, "is_cheaper", lambda *_: True)


def again(converged: tuple[Path, Any], folder: Path) -> World:
    world = make_world(folder)
    world.live.load(converged[1])
    return world


def apply(world: World, plan: Plan) -> None:
    applied = world.run.apply(plan)
    assert applied.result is not None, applied.findings
    assert {one.outcome for one in applied.result.results} <= {Outcome.APPLIED}, applied.result.results


def told(changes: Iterable[Change]) -> list[Any]:
    """All that a change says, in order."""
    return [
        (one.action, str(one.key), one.before, one.after, one.members, one.envelope, one.depends_on, one.effect, one.fingerprint)
        for one in changes
    ]  # fmt: skip


DRIFT: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "a device of Norr in Väst's group": [
        {"graph_move_devices": {"serials": ["NORR0001"], "from": "Norrskolan – Elever", "to": "Västskolan – Elever"}}
    ],
    "a device of Norr in Syd's group as well": [
        {"graph_add_members": {"group": "Sydskolan – Vagn", "members": ["NORR0002"]}}
    ],
    "a device of Norr in no group": [
        {"graph_remove_members": {"group": "Norrskolan – Elever", "members": ["NORR0003"]}}
    ],
    "strangers in Norr's and in Väst's groups": [
        {"graph_add_members": {"group": "Norrskolan – Vagn", "members": ["OKÄND0001"]}},
        {"graph_add_members": {"group": "Västskolan – Elever", "members": ["OKÄND0002"]}},
    ],
    "a device of Syd's pattern in Norr's group": [
        {"graph_move_devices": {"serials": ["SYD0001"], "from": "Sydskolan – Elever", "to": "Norrskolan – Vagn"}}
    ],
    "a serial number known twice": [
        {"graph_remove_members": {"group": "Norrskolan – Elever", "members": ["NORR0004"]}},
        {"graph_add_devices": {"serials": ["NORR0004"], "name": "X", "model": "iPad (9th generation)"}},
    ],
    "a stranger's serial number known twice": [
        {"graph_add_members": {"group": "Västskolan – Vagn", "members": ["OKÄND0001"]}},
        {"graph_add_devices": {"serials": ["OKÄND0001"], "name": "Y", "model": "iPad (9th generation)"}},
    ],
    "devices that Entra doesn't know": [
        {"graph_unregister_devices": {"serials": ["NORR0005"], "forget": True}},
        {"graph_unregister_devices": {"serials": ["VAST0002"], "forget": False}},
    ],
    "a device that left Intune and not Entra": [
        {"graph_remove_devices": {"serials": ["VAST0003"], "keep_entra": True}}
    ],
    "an iPhone by the number of an iPad": [{"graph_set_devices": {"serials": ["NORR0006"], "model": "iPhone 13"}}],
    "people in groups of devices": [
        {"graph_add_members": {"group": "Norrskolan – Elever", "members": ["elev1@lillkoping.example.se"]}}
    ],
    "a group of Norr deleted": [{"graph_delete_group": {"group": "Norrskolan – Vagn"}}],
    "groups renamed by hand": [
        {"graph_rename_group": {"group": "Norrskolan – Förråd", "name": "Norrskolan – Hyllan"}},
        {"graph_rename_group": {"group": "Västskolan – Förråd", "name": "Västskolan – Hyllan"}},
    ],
    "policies edited by hand": [
        {"set": {"at": "/Enheter/Norrskolan/Elever åk 4–6", "power-wash": "allowed"}},
        {"set": {"at": "/Elever/Sydskolan", "power-wash": "allowed", "incognito": "allowed"}},
    ],
    "apps edited by hand": [
        {"graph_remove_assignments": {"app": "iosVppApp:com.example.kami", "group": "Norrskolan – Elever"}},
        {"graph_remove_assignments": {"app": "iosVppApp:com.example.kami", "group": "Västskolan – Elever"}},
        {
            "graph_add_assignment": {
                "app": "iosVppApp:com.example.kahoot",
                "group": "Norrskolan – Elever",
                "intent": "required",
            }
        },
    ],
}

CART = SCHOOL[SCHOOL.index("  - id: vagn") : SCHOOL.index("  - {{id: forrad")]
RENAMED = CART.replace("id: vagn", "id: rullvagn\n    previously: [vagn]")
SWAPPED = (
    {**NORR, "elever": '{serials: ["NORR0001", "NORR0005", "VAST0001"]}', "vagn": '{serials: ["NORR0002"]}'},
    {**VAST, "elever": '{serials: ["VAST0002", "NORR0003"]}'},
)

EDITS: Mapping[str, Mapping[str, str]] = {
    "nothing": {},
    "carts that are no more": {one["id"]: SCHOOL.replace(CART, "").format_map(one) for one in (NORR, SYD, VAST)},
    "groups under new ids": {one["id"]: SCHOOL.replace(CART, RENAMED).format_map(one) for one in (NORR, SYD, VAST)},
    "numbers that change group and school": {one["id"]: SCHOOL.format_map(one) for one in SWAPPED},
    "one number in two schools' files": {
        "vast": SCHOOL.format_map({**VAST, "elever": '{serials: ["VAST0001", "NORR0001"]}'})
    },
    "patterns where there were numbers": {"norr": SCHOOL.format_map({**NORR, "elever": '{match: {name: "NORR*"}}'})},
    "other settings": {
        one["id"]: SCHOOL.replace("airdrop: blocked", "phishing-warnings: required").format_map(one)
        for one in (NORR, SYD, VAST)
    },
}


def compare(world: World) -> None:
    for school in SCHOOLS:
        whole, narrow = world.plan(school, whole=True), world.plan(school)
        assert told(narrow.changes) == told(whole.changes), school
        mine = [one for one in whole.held if one.effect.schools == (school,)]
        assert told(one for one in narrow.held if one.effect.schools == (school,)) == told(mine), school


def converge(world: World) -> None:
    """School by school, and then nothing is left that one school's plan can do."""
    for school in SCHOOLS:
        apply(world, world.plan(school))
        assert world.plan(school).changes == (), school
    assert [told(world.plan(school).changes) for school in SCHOOLS] == [[], [], []]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("name", DRIFT)
def test_what_was_done_by_hand(name: str, converged: tuple[Path, Any], tmp_path: Path) -> None:
    world = again(converged, tmp_path)
    world.do(DRIFT[name], {})
    compare(world)
    converge(world)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("name", EDITS)
def test_what_the_files_say(name: str, converged: tuple[Path, Any], tmp_path: Path) -> None:
    world = again(converged, tmp_path)
    world.do((), EDITS[name])
    compare(world)
    converge(world)
