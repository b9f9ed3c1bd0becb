"""The `zentral` section of a seed, edits by hand, and the dump."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import SeedError, State, dump, load, load_seed
from reconciler.sandbox.options import Options, change_options, read_switches
from reconciler.sandbox.seed_file import read_seed
from reconciler.sandbox.zentral.effective import effective_device, payloads
from tests.unit.sandbox.zentral.conftest import SEED, Server


def test_a_dump_is_loaded_as_the_same_state(server: Server) -> None:
    server.edit("zentral_devices_report")
    written = server.http.get("/_sandbox/state").text
    again = load(json.loads(written))
    assert again.zentral == server.state
    assert dump(again) == written


def test_two_runs_are_equal_and_reset_goes_back(server: Server) -> None:
    assert dump(load_seed(SEED)) == dump(load_seed(SEED))
    before = server.http.get("/_sandbox/state").text
    server.made("inventory/tags/", name="Ny")
    assert server.http.get("/_sandbox/state").text != before
    server.http.post("/_sandbox/reset")
    assert server.http.get("/_sandbox/state").text == before


def test_a_server_that_nobody_touched_is_left_out_of_the_dump() -> None:
    assert "zentral" not in json.loads(dump(State()))


def test_a_damaged_dump_is_refused(server: Server) -> None:
    data = json.loads(server.http.get("/_sandbox/state").text)
    del data["zentral"]["tables"]
    with pytest.raises(ValueError, match="damaged state dump: 'tables'"):
        load(data)


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ({"tagg": []}, "unknown key 'tagg'"),
        ({"devices": [{"serials": ["A"], "blueprint": "Nej"}]}, "nothing called 'Nej' among the blueprints"),
        ({"devices": [{"serials": ["A"], "platform": "iPad"}]}, "no platform 'iPad'"),
        ({"devices": [{}]}, "either serials or serial_prefix"),
        ({"tags": ["Kista", "KISTA"]}, "same slug as 'KISTA'"),
        ({"tags": [{"name": "Kista", "taxonomy": "Nej"}]}, "nothing called 'Nej' among the taxonomies"),
        ({"artifacts": [{"name": "A", "type": "Hylla"}]}, "no type of artifact 'Hylla'"),
        ({"artifacts": [{"name": "A", "adam_id": "1"}]}, "0 locations have '1'"),
        ({"links": [{"blueprint": "B", "artifact": "A"}]}, "nothing called 'A' among the artifacts"),
        ({"assets": [{"adam_id": "1", "location": "L", "total": 1}]}, "nothing called 'L' among the locations"),
    ],
)
def test_a_bad_seed_says_where(section: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SeedError, match=f"^zentral: .*{complaint}"):
        read_seed({"zentral": section}, Path())


def test_edits_by_hand(server: Server) -> None:
    server.edit("zentral_rename_tag", tag="Prov", name="Provperiod")
    server.edit("zentral_move_tag", tag="Provperiod", taxonomy="Plats")
    server.edit("zentral_tag_devices", tag="Provperiod", serials="DMPNORR{001..003}")
    server.edit("zentral_untag_devices", tag="Provperiod", serials=["DMPNORR002"])
    assert server.tagged("Provperiod") == ["DMPNORR001", "DMPNORR003"]
    server.edit("zentral_rename_blueprint", blueprint="Skolor", name="Alla skolor")
    assert server.get("mdm/blueprints/", name="Skolor")["count"] == 0
    server.edit("zentral_set_profile", artifact="Kommunens wifi", set={"SSID_STR": "ny"}, unset=["AutoJoin"])
    newest = max(server.state.tables["profiles"].values(), key=lambda each: each["version"])
    assert list(payloads(newest)) == [("com.apple.wifi.managed", {"SSID_STR": "ny"})]
    server.edit("zentral_set_asset", adam_id="409203825", total=7, assigned=2)
    assert server.get("mdm/location_assets/", adam_id="409203825")["results"][0]["available_count"] == 5
    server.edit("zentral_set_devices", serials=["DMPNORR001"], checked_out="2026-09-01T08:00:00", blueprint=None)
    device = server.get("mdm/devices/", serial_number="DMPNORR001")["results"][0]
    assert (device["checkout_at"], device["blueprint"]) == ("2026-09-01T08:00:00", None)
    server.edit("zentral_remove_devices", serials=["DMPNORR003"])
    assert server.get("mdm/devices/")["count"] == 5
    server.edit("zentral_delete_artifact", artifact="Certifikat")
    assert server.get("mdm/artifacts/", name="Kommunens wifi")["results"][0]["requires"] == []
    server.edit("zentral_delete_blueprint", blueprint="Alla skolor")
    assert server.get("mdm/blueprint_artifacts/")["count"] == 0


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        ({"zentral_nej": {}}, "there is no perturbation 'zentral_nej'"),
        ({"zentral_delete_tag": {"tag": "Nej"}}, "nothing called 'Nej' among the tags"),
        ({"zentral_untag_devices": {"tag": "Prov", "serials": ["DMPNORR001"]}}, "1 of them don't have the tag 'Prov'"),
        ({"zentral_unlink": {"blueprint": "Kontor", "artifact": "Keynote"}}, "'Keynote' is not linked to 'Kontor'"),
        ({"zentral_remove_asset": {"adam_id": "361309726"}}, "2 locations have '361309726'"),
        ({"zentral_set_devices": {"serials": ["NEJ"]}}, "there is no device 'NEJ'"),
    ],
)
def test_an_edit_that_can_not_be_done_says_why(server: Server, edit: dict[str, Any], complaint: str) -> None:
    answer = server.http.post("/_sandbox/perturb", json=edit)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]


def test_perturbations_of_a_seed_come_last() -> None:
    section = {"blueprints": ["Skolor"], "tags": ["Kista"], "devices": [{"serials": ["A1"], "blueprint": "Skolor"}]}
    edits = [{"zentral_tag_devices": {"tag": "Kista", "serials": ["A1"]}}]
    state = read_seed({"zentral": section, "perturbations": edits}, Path())
    assert effective_device(state.zentral, "A1").tags == ("Kista",)


def test_switches_are_named_by_the_system() -> None:
    changes = read_switches({"zentral.devices": "prompt", "zentral.denied": "mdm.add_profile,mdm.change_profile"})
    found = change_options(Options(), changes)
    assert (found.zentral.devices, found.zentral.denied) == ("prompt", ("mdm.add_profile", "mdm.change_profile"))
    with pytest.raises(ValueError, match=r"'zentral\.devices' is one of silent, prompt, not 'nej'"):
        change_options(Options(), {"zentral": {"devices": "nej"}})
    with pytest.raises(ValueError, match=r"unknown option 'zentral\.nej'"):
        change_options(Options(), {"zentral.nej": 1})
