"""A plan for one school reads of Intune what that school needs, and comes to the same as a plan that reads everything.

Three schools: Norr and Väst write serial numbers, Syd has patterns. Everything that is done to them is done at once or in
part, and each school's plan is made twice: as the program makes it, and by an adapter that reads whole what it is asked for.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from reconciler import __version__
from reconciler.adapters.intune import reading
from reconciler.adapters.wiring import Wiring
from reconciler.http.request import Sent
from reconciler.model.adapter import Adapter, Scope
from reconciler.model.change import Change, Outcome, Plan, Proposal
from reconciler.model.documents import Backend, Documents
from reconciler.model.resource import Snapshot
from reconciler.planning.planfile import read_plan, write_plan
from reconciler.reconcile.plan import Filter, run_plan
from reconciler.reconcile.prepare import prepare
from reconciler.sandbox import load_seed
from reconciler.sandbox.seed_values import SeedError
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

    def plan(self, school: str | None, *, whole: bool = False, base: str | None = None) -> Plan:
        def connect(documents: Documents, backend: Backend, wiring: Wiring) -> Adapter:
            adapter = self.live.connect(documents, backend, wiring)
            return Whole(adapter) if whole else adapter

        self.sent = []
        wiring = replace(self.live.wiring(), on_request=self._note)
        prepared = prepare(self.run.root, self.run.today, base)
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
    "a device of Norr in a wrong group of its own and in Väst's": [
        {"graph_move_devices": {"serials": ["NORR0004"], "from": "Norrskolan – Elever", "to": "Norrskolan – Förråd"}},
        {"graph_add_members": {"group": "Västskolan – Elever", "members": ["NORR0004"]}},
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


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drift=st.lists(st.sampled_from(sorted(DRIFT)), min_size=2, max_size=5, unique=True),
    said=st.sampled_from(sorted(EDITS)),
)
@pytest.mark.usefixtures("always")
def test_several_things_at_once(
    drift: list[str], said: str, converged: tuple[Path, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = again(converged, tmp_path_factory.mktemp("several"))
    try:
        world.do([edit for name in drift for edit in DRIFT[name]], EDITS[said])
    except SeedError:
        reject()  # what one of them does to a device or a group has been undone by another
    compare(world)
    converge(world)


@pytest.mark.usefixtures("always")
def test_a_school_that_is_not_there_yet(tmp_path: Path) -> None:
    """From nothing: no group of anybody is live, and only the school's own devices are looked at."""
    world = make_world(tmp_path)
    compare(world)
    converge(world)
    assert [world.live.place(serial) for serial in ("NORR0001", "SYD0001", "VAST0003")] == [
        "Norrskolan/Elever",
        "Sydskolan/Elever",
        "Västskolan/Vagn",
    ]


@pytest.mark.usefixtures("always")
def test_with_a_base_a_change_is_proposed_as_in_the_whole_plan(converged: tuple[Path, Any], tmp_path: Path) -> None:
    """The base had patterns where the head has numbers: which moves it would make is known only of all devices."""
    world = again(converged, tmp_path)
    world.do(DRIFT["a device of Norr in no group"], EDITS["patterns where there were numbers"])
    base = world.run.commit()
    world.do((), {"norr": SCHOOL.format_map(NORR)})
    whole, narrow = world.plan("norr", whole=True, base=base), world.plan("norr", base=base)
    assert [one.proposal for one in narrow.changes] == [one.proposal for one in whole.changes] == [Proposal.STANDING]


@pytest.mark.usefixtures("always")
def test_what_is_asked_for(converged: tuple[Path, Any], tmp_path: Path) -> None:
    """Lists that come in pages, whole; of devices, members and the catalogue's settings the school's own, each once."""
    world = again(converged, tmp_path)
    plan = world.plan("vast")
    asked = Counter(shape(line) for line in world.sent)
    assert asked == {
        "/groups": 1,
        "/deviceAppManagement/vppTokens": 1,
        "/beta/deviceAppManagement/mobileApps": 1,
        "/deviceManagement/deviceConfigurations": 1,
        "/deviceManagement/deviceCompliancePolicies": 1,
        "/beta/deviceManagement/configurationPolicies": 1,
        "/deviceManagement/configurationPolicies/_/settings": 2,
        "/deviceManagement/managedDevices serialNumber": 3,
        "/groups/_/members/graph.device": 3,
        "/devices/_/memberOf": 3,
    }
    assert [note.code for note in plan.notes] == ["ONLY-SCHOOL", "ONLY-SCHOOL-READ"]


def shape(line: str) -> str:
    """A request without ids; the property that it filters by."""
    path, _, query = line.partition("?")
    by = re.search(r"(\w+)%20eq|'(\w+) eq", query)
    return re.sub(r"[0-9a-f-]{36}", "_", path) + (f" {by[1] or by[2]}" if by else "")


@pytest.mark.usefixtures("always")
def test_nothing_is_said_of_schools_that_were_not_looked_at(converged: tuple[Path, Any], tmp_path: Path) -> None:
    """Their devices were not read, so that it would seem that they have none."""
    world = again(converged, tmp_path)
    world.do(DRIFT["a device that left Intune and not Entra"], {})
    assert [one.code for one in world.plan("norr").findings] == []
    assert [(one.code, one.subject) for one in world.plan("vast").findings] == [
        ("GROUP-WITHOUT-DEVICES", "devices:vast/vagn"),
        ("SERIALS-NOT-FOUND", "devices:vast/vagn"),
    ]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(
    "switches",
    [
        {"serial_filter": "ignored"},
        {"serial_filter": "exact"},
        {"page_size": 1, "empty_pages": True},
        {"page_size": 2, "serial_filter": "ignored"},
    ],
    ids=str,
)
def test_under_another_answer(switches: Mapping[str, Any], converged: tuple[Path, Any], tmp_path: Path) -> None:
    world = again(converged, tmp_path)
    world.live.edit({"options": switches})
    alone = {"graph_remove_members": {"group": "Norrskolan – Vagn", "members": ["NORR0006"]}}
    world.do([*DRIFT["strangers in Norr's and in Väst's groups"], alone], EDITS["other settings"])
    compare(world)
    converge(world)


@pytest.mark.usefixtures("always")
def test_a_filter_that_is_ignored_is_noticed_at_once(converged: tuple[Path, Any], tmp_path: Path) -> None:
    world = again(converged, tmp_path)
    world.live.edit({"options": {"serial_filter": "ignored"}})
    plan = world.plan("norr")
    asked = Counter(shape(line) for line in world.sent)
    assert asked["/deviceManagement/managedDevices serialNumber"] <= 20
    assert asked["/deviceManagement/managedDevices"] == asked["/devices"] == 1
    assert asked["/groups/_/members"] == 9
    assert plan.changes == ()


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("path", ["serialNumber", "graph.device", "memberOf"])
def test_what_can_not_be_read_is_not_absent(path: str, converged: tuple[Path, Any], tmp_path: Path) -> None:
    """One of the school's reads fails for good: no device is moved and no group deleted, and the rest goes on."""
    world = again(converged, tmp_path)
    world.do(DRIFT["strangers in Norr's and in Väst's groups"], EDITS["carts that are no more"])
    world.do((), {**EDITS["other settings"], "vast": SCHOOL.replace(CART, "").format_map(VAST)})
    world.live.fault(kind="500", path=path, times=1000)
    norr, vast = world.plan("norr"), world.plan("vast")
    assert "UNREAD-MEMBERSHIP" in {one.code for one in norr.findings}
    assert [f"{one.action} {one.key.kind}" for one in norr.changes] == ["update setting"]
    assert [str(one.key) for one in vast.changes] == []


def test_limits_are_shares_of_what_was_read(
    converged: tuple[Path, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four of a school's six devices may not move where seven of all eleven may: a smaller whole allows less, never more."""
    world = again(converged, tmp_path)
    text = ORGANISATION.replace("share: 100, count: 1000, floor: 100", "share: 40, count: 25, floor: 0")
    world.run.write(Step(step="", files={"organisation.yaml": text}))
    moved = {
        **NORR,
        "elever": '{serials: ["NORR0001"]}',
        "vagn": '{serials: ["NORR0005", "NORR0006", "NORR0002", "NORR0003", "NORR0004"]}',
    }
    world.do((), {"norr": SCHOOL.format_map(moved)})
    assert [one.code for one in world.plan("norr").findings] == []
    monkeypatch.setattr(reading, "is_cheaper", lambda *_: True)
    held = world.plan("norr")
    assert [(one.code, one.values["owned"], one.values["limit"]) for one in held.findings] == [
        ("LIMIT-MOVES", "6", "2")
    ]


def test_in_a_small_tenant_everything_is_read(converged: tuple[Path, Any], tmp_path: Path) -> None:
    """Three lists are fewer requests than looking up six devices, each twice."""
    world = again(converged, tmp_path)
    plan = world.plan("norr")
    asked = Counter(shape(line) for line in world.sent)
    assert asked["/deviceManagement/managedDevices"] == 2  # how many there are, and the list
    assert (asked["/devices"], asked["/devices/_/memberOf"]) == (1, 0)
    assert plan.changes == ()


def test_in_a_large_tenant_devices_are_looked_up(tmp_path: Path) -> None:
    """Beside 1,100 other devices the lists are two pages at Intune and two at Entra, and a batch for the groups."""
    world = make_world(tmp_path)
    apply(world, world.plan(None))
    world.live.edit({"graph_add_devices": {"count": 1100, "serial_prefix": "ANNAN", "model": "iPad (9th generation)"}})
    assert world.plan("norr").changes == ()
    asked = Counter(shape(line) for line in world.sent)
    assert asked["/deviceManagement/managedDevices"] == 1  # how many there are
    assert (asked["/devices"], asked["/devices/_/memberOf"]) == (0, 6)
