"""Seeds, dumps and edits of a Graph tenant."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler import sandbox
from reconciler.sandbox import SeedError, State, dump, load, load_seed
from reconciler.sandbox.graph.edits import perturb_graph
from reconciler.sandbox.graph.intune.state import ZERO_GUID
from reconciler.sandbox.graph.seed import find_group, members_by_serial
from reconciler.sandbox.graph.state import GraphState
from reconciler.sandbox.seed_file import read_seed
from tests.unit.sandbox.graph.conftest import GROUP, ROOT, SEED, Directory


@pytest.fixture
def state() -> GraphState:
    return load_seed(SEED).graph


def managed(state: GraphState, serial: str) -> list[str]:
    return [each.entra_device_id for each in state.intune.managed_devices.values() if each.serial == serial]


def test_devices_are_in_both_systems(state: GraphState) -> None:
    assert len(state.intune.managed_devices) == 36
    assert len(state.devices) == 35
    assert managed(state, "DMPLOST") == [ZERO_GUID]
    assert len(set(managed(state, "DMPTWIN"))) == 2
    assert {device.os for device in state.devices.values()} == {"iPad", "Windows"}
    assert members_by_serial(state, "Norrskolan iPads") == ["DMPNORR001", "DMPNORR002", "DMPNORR003"]


def test_the_same_seed_gives_the_same_state_and_survives_a_dump() -> None:
    first = dump(load_seed(SEED))
    assert first == dump(load_seed(SEED))
    assert dump(load(json.loads(first))) == first


def test_an_untouched_tenant_is_left_out_of_a_dump() -> None:
    assert "graph" not in json.loads(dump(State()))
    assert load(json.loads(dump(State()))).graph.tenant == "00000000-0000-4000-8000-000000000000"


def test_reset_and_state(directory: Directory) -> None:
    before = directory.http.get("/_sandbox/state").text
    directory.http.post(f"{ROOT}/groups", json=GROUP)
    assert directory.http.get("/_sandbox/state").text != before
    assert directory.http.post("/_sandbox/reset").status_code == 200
    assert directory.http.get("/_sandbox/state").text == before


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"tenant": "vidala"}, "no GUID"),
        ({"grupper": []}, "unknown key 'grupper'"),
        ({"devices": [{"count": 2}]}, "serials or serial_prefix"),
        ({"devices": [{"serial_prefix": "A", "modell": "x"}]}, "unknown key 'modell'"),
        ({"directory": {"groups": [{"name": "A", "members": ["NOBODY"]}]}}, "no device or user 'NOBODY'"),
        (
            {"directory": {"groups": [{"name": "A", "unique_name": "a"}, {"name": "B", "unique_name": "a"}]}},
            "unique name",
        ),
        ({"directory": {"groups": [{"name": "A", "members": ["group:B"]}]}}, "no group 'B'"),
    ],
)
def test_a_bad_seed_is_refused(section: dict[str, Any], said: str) -> None:
    with pytest.raises(SeedError, match=said):
        read_seed({"intune": section}, Path())


def test_edits_of_groups(state: GraphState) -> None:
    perturb_graph(state, {"graph_rename_group": {"group": "Allt", "name": "Allting"}})
    perturb_graph(state, {"graph_describe_group": {"group": "Norrskolan iPads", "description": "Ingen vet"}})
    perturb_graph(state, {"graph_add_group": {"name": "Ny", "members": ["DMPNORR{010..012}"]}})
    perturb_graph(state, {"graph_delete_group": {"group": "Personal Norrskolan"}})
    assert {group.name for group in state.groups.values()} == {
        "Norrskolan iPads",
        "Alla iPads",
        "Dubbel",
        "Allting",
        "Ny",
    }
    assert find_group(state, "reconciler.a.norrskolan.ipads").description == "Ingen vet"
    assert members_by_serial(state, "Ny") == ["DMPNORR010", "DMPNORR011", "DMPNORR012"]


def test_edits_of_members(state: GraphState) -> None:
    perturb_graph(
        state, {"graph_move_devices": {"serials": "DMPNORR{001,002}", "from": "Norrskolan iPads", "to": "Allt"}}
    )
    perturb_graph(state, {"graph_add_members": {"group": "Norrskolan iPads", "members": ["PFSJO02"]}})
    assert members_by_serial(state, "Norrskolan iPads") == ["DMPNORR003", "PFSJO02"]
    assert members_by_serial(state, "Allt") == ["DMPNORR001", "DMPNORR002", "PFSJO01"]


def test_edits_of_devices(state: GraphState) -> None:
    perturb_graph(state, {"graph_add_devices": {"serials": ["NEW1"], "model": "iPad Air", "category": "Elev"}})
    perturb_graph(state, {"graph_set_devices": {"serials": ["PFSJO01"], "name": "SJO-PC-01", "category": "Personal"}})
    perturb_graph(state, {"graph_remove_devices": {"serials": ["DMPNORR001"]}})
    perturb_graph(state, {"graph_unregister_devices": {"serials": ["DMPNORR002"]}})
    assert managed(state, "DMPNORR001") == []
    assert managed(state, "DMPNORR002") == [ZERO_GUID]
    assert members_by_serial(state, "Norrskolan iPads") == ["DMPNORR003"]
    names = {device.name: device.category for device in state.devices.values()}
    assert names["SJO-PC-01"] == "Personal"
    assert names["NEW1"] == "Elev"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"graph_rename_group": {"group": "Dubbel", "name": "x"}}, "2 groups are called 'Dubbel'"),
        ({"graph_delete_group": {"group": "Ingen"}}, "no group 'Ingen'"),
        ({"graph_remove_members": {"group": "Allt", "members": ["DMPNORR001"]}}, "1 of them are not in 'Allt'"),
        ({"graph_remove_devices": {"serials": ["X"]}}, "no managed device 'X'"),
    ],
)
def test_an_edit_that_cannot_be_done(state: GraphState, edit: dict[str, Any], said: str) -> None:
    with pytest.raises(SeedError, match=said):
        perturb_graph(state, edit)


def test_edits_in_a_seed_file() -> None:
    seed = {
        "intune": {"directory": {"groups": [{"name": "A"}]}},
        "perturbations": [{"add_org_unit": {"path": "/X"}}, {"graph_rename_group": {"group": "A", "name": "B"}}],
    }
    assert [group.name for group in read_seed(seed, Path()).graph.groups.values()] == ["B"]


def test_switches_by_name(directory: Directory) -> None:
    switches = directory.http.get("/_sandbox/options").json()
    assert switches["graph"]["retry_after"] == "integer"
    assert directory.http.post("/_sandbox/options", json=switches).status_code == 200
    for bad in ({"graph.no_such": 1}, {"graph.retry_after": "soon"}, {"graph.page_size": "5"}, {"graph": 5}):
        assert directory.http.post("/_sandbox/options", json=bad).status_code == 400


def test_edits_and_effects_over_the_sandboxs_own_paths(directory: Directory) -> None:
    edit = {"graph_add_members": {"group": "Norrskolan iPads", "members": ["PFSJO03"]}}
    assert directory.http.post("/_sandbox/perturb", json=[edit]).status_code == 200
    found = directory.http.get("/_sandbox/intune/members", params={"group": "Norrskolan iPads"}).json()
    assert found == ["DMPNORR001", "DMPNORR002", "DMPNORR003", "PFSJO03"]
    device = directory.http.get("/_sandbox/intune/effective", params={"serial": "PFSJO03"}).json()
    assert device["groups"] == ["Allt", "Norrskolan iPads"]
    assert device["apps"] == {}
    assert directory.http.get("/_sandbox/intune/effective", params={"serial": "X"}).status_code == 400
    assert directory.http.post("/_sandbox/perturb", json={"graph_fly": {}}).status_code == 400


def test_the_readmes_tenant_can_be_seeded() -> None:
    readme = Path(str(sandbox.__file__)).with_name("README.md").read_text(encoding="utf-8")
    (block,) = [each for each in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if each.startswith("intune:")]
    state = read_seed(yaml.safe_load(block), Path()).graph
    assert {group.name for group in state.groups.values()} == {
        "Norrskolan iPads", "Personal Norrskolan", "Alla iPads", "Allt",
    }  # fmt: skip
    assert members_by_serial(state, "Norrskolan iPads") == ["DMPNORR003"]
    assert {app["displayName"] for app in state.intune.objects["apps"].values()} == {"Book Creator", "Vklass gammal"}
