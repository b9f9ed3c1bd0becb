"""What a device ends up with, and edits by hand (reference 8.3): the answers that other tests rely on."""

from __future__ import annotations

import json

import pytest

from reconciler.sandbox.graph.intune.effective import Conflict, Effective
from reconciler.sandbox.graph.intune.filter_rules import read_rule
from reconciler.sandbox.graph.intune.state import IntuneState, ManagedDevice
from tests.unit.sandbox.graph_intune.conftest import TYPE, Intune

BOOK = "iosVppApp:com.redjumper.bookcreator"
IPAD = "iosGeneralDeviceConfiguration"


def _assign(intune: Intune, app: str, *rows: tuple[str, str]) -> None:
    posted = [{"intent": intent, "target": intune.target(group)} for group, intent in rows]
    answer = intune.call("POST", f"{intune.app(app)}/assign", {"mobileAppAssignments": posted})
    assert answer.status_code == 204, answer.text


def test_required_reaches_the_devices_of_the_group_that_pass_the_filter(intune: Intune) -> None:
    assert intune.on("DMP0002").apps == {BOOK: "installed"}  # the filter is on the name NORR-02
    assert intune.on("DMP0001").apps == {}
    assert intune.on("DMP0003").apps == {}


def test_that_available_reaches_users_only(intune: Intune) -> None:
    assert intune.on("DMP0003", "Personal").apps == {BOOK: "available"}
    _assign(intune, "Book Creator", ("iPads", "available"))
    assert intune.on("DMP0001").apps == {}
    assert intune.on("DMP0001", "iPads").apps == {}  # the row reaches the device by its own group


def test_that_required_beats_uninstall_and_uninstall_the_rest(intune: Intune) -> None:
    _assign(intune, "Book Creator", ("iPads", "uninstall"), ("Lånade", "required"), ("Personal", "available"))
    assert intune.on("DMP0001", "Personal").apps == {BOOK: "uninstalled"}
    assert intune.on("DMP0002", "Personal").apps == {BOOK: "installed"}


def test_that_an_app_for_another_system_does_nothing(intune: Intune) -> None:
    _assign(intune, "Scratch", ("Datorer", "required"), ("iPads", "required"))
    assert intune.on("PC0001").apps == {"winGetApp:9PFGJ25JL6X3": "installed"}
    assert intune.on("MAC0001").apps == {}
    assert "winGetApp:9PFGJ25JL6X3" not in intune.on("DMP0002").apps


def test_exclusions_among_groups_of_one_kind(intune: Intune) -> None:
    excluded = intune.target("Lånade") | {"@odata.type": TYPE + "exclusionGroupAssignmentTarget"}
    rows = [
        {"intent": "required", "target": intune.target("iPads")},
        {"intent": "available", "target": intune.target("Personal")},
        {"intent": "required", "target": excluded},
    ]
    intune.call("POST", f"{intune.app('Book Creator')}/assign", {"mobileAppAssignments": rows})
    assert intune.on("DMP0001").apps == {BOOK: "installed"}
    assert intune.on("DMP0002").apps == {}
    assert intune.on("DMP0002", "Personal").apps == {BOOK: "available"}


def test_all_devices(intune: Intune) -> None:
    intune.edit("graph_add_assignment", app="Keynote", group="all-devices", intent="required")
    assert intune.on("MAC0001").apps == {"macOsVppApp:com.apple.iWork.Keynote": "installed"}
    assert intune.on("PC0001").apps == {}


def test_settings_by_family(intune: Intune) -> None:
    assert intune.on("DMP0001").settings == {
        "iosCompliancePolicy": {"osMinimumVersion": "17.0"},
        "iosGeneralDeviceConfiguration": {"cameraBlocked": True},
        "settingsCatalog.iOS": {
            "com.apple.applicationaccess_allowairprint": "com.apple.applicationaccess_allowairprint_false"
        },
    }
    assert intune.on("DMP0003").settings == {}
    assert intune.on("PC0001").settings == {}


def test_that_policies_which_disagree_are_named(intune: Intune) -> None:
    body = {"@odata.type": TYPE + IPAD, "displayName": "Passkod", "passcodeMinimumLength": 6, "cameraBlocked": True}
    for name, length in (("Passkod", 6), ("Passkod 2", 8)):
        made = intune.call(
            "POST",
            "deviceManagement/deviceConfigurations",
            body | {"displayName": name, "passcodeMinimumLength": length},
        ).json()
        rows = {"assignments": [{"target": intune.target("iPads")}]}
        intune.call("POST", f"deviceManagement/deviceConfigurations/{made['id']}/assign", rows)
    found = intune.on("DMP0001")
    assert found.settings[IPAD] == {"cameraBlocked": True}
    assert found.conflicts == (
        Conflict(family=IPAD, field="passcodeMinimumLength", values=(("Passkod", 6), ("Passkod 2", 8))),
    )


def test_that_a_deleted_group_reaches_nobody(intune: Intune) -> None:
    intune.edit("graph_delete_group", group="iPads")
    assert intune.on("DMP0001") == Effective()


def test_over_http(intune: Intune) -> None:
    query = {"serial": "DMP0002", "user_group": "Personal"}
    found = intune.http.get("/_sandbox/intune/effective", params=query).json()
    assert found["apps"] == {BOOK: "installed"}
    assert found["groups"] == ["Lånade", "iPads"]


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ('(device.model -startsWith "ipad")', True),
        ('device.manufacturer -eq "Apple" and device.deviceName -ne "NORR-01"', False),
        ('(device.manufacturer -eq "Dell") or (device.deviceName -contains "01")', True),
        ('device.deviceName -in ["NORR-02", "norr-01"]', True),
        ('not (device.model -startsWith "iPad")', False),
    ],
)
def test_rules(rule: str, holds: bool) -> None:
    device = ManagedDevice(serial="DMP1", name="NORR-01", model="iPad Air", manufacturer="Apple")
    assert read_rule(rule)(device) is holds


@pytest.mark.parametrize(
    "rule", ['device.size -eq "1"', "(device.model", 'device.model -like "x"', "", "device.model -eq"]
)
def test_that_other_texts_are_no_rules(rule: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text differs with the fault
        read_rule(rule)


def test_edits(intune: Intune) -> None:
    intune.edit("graph_rename_app", app="Scratch", name="Scratch gammal")
    intune.edit("graph_note_app", app="winGetApp:9PFGJ25JL6X3", notes="inte vår")
    app = intune.get(intune.app("Scratch gammal"))
    assert (app["notes"], app["lastModifiedDateTime"]) == ("inte vår", "2026-08-17T06:02:00Z")
    intune.edit("graph_add_app", type="winGetApp", name="Scratch gammal", package="9PFGJ25JL6X3")
    names = [each["displayName"] for each in intune.get("deviceAppManagement/mobileApps")["value"]]
    assert names.count("Scratch gammal") == 2
    intune.edit("graph_remove_app", app="Keynote")
    intune.edit("graph_patch_policy", policy="Kameran", values={"siriBlocked": True}, description="")
    policy = intune.get(intune.policy("Kameran"))
    assert (policy["siriBlocked"], policy["version"]) == (True, 2)
    intune.edit("graph_patch_policy", policy="Utskrift", values={"com.apple.applicationaccess_allowairdrop": True})
    assert intune.on("DMP0001").settings["settingsCatalog.iOS"] == {
        "com.apple.applicationaccess_allowairdrop": "com.apple.applicationaccess_allowairdrop_true"
    }
    intune.edit("graph_unassign_policy", policy="Kameran")
    intune.edit("graph_delete_policy", policy="Krav")
    assert intune.on("DMP0001").settings.keys() == {"settingsCatalog.iOS"}
    intune.edit("graph_remove_assignments", app="Book Creator", group="Personal")
    assert len(intune.rows(intune.app("Book Creator"))) == 1


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("graph_rename_app", {"app": "Finns ej", "name": "x"}, "there are 0 apps 'Finns ej'"),
        ("graph_remove_assignments", {"app": "Scratch"}, "there is no such assignment"),
        ("graph_set_filter", {"app": "Scratch", "group": "iPads", "filter": "Nya"}, "'iPads' is not assigned"),
        ("graph_add_assignment", {"app": "Book Creator", "policy": "Krav", "group": "iPads"}, "either app or policy"),
        ("graph_add_app", {"type": "iosVppApp", "name": "x", "token": "Fel"}, "there are 0 tokens 'Fel'"),
    ],
)
def test_edits_that_cannot_be_done(intune: Intune, name: str, arguments: dict[str, str], told: str) -> None:
    answer = intune.http.post("/_sandbox/perturb", json={name: arguments})
    assert answer.status_code == 400
    assert told in answer.json()["error"]


def test_that_the_dump_holds_everything(intune: Intune) -> None:
    intune.call(
        "POST",
        f"deviceAppManagement/vppTokens/{intune.get('deviceAppManagement/vppTokens')['value'][0]['id']}/syncLicenses",
    )
    before = intune.state.intune
    again = IntuneState.from_json(json.loads(json.dumps(before.to_json())))
    assert again == before
    assert again.syncing
