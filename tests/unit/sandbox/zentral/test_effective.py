"""What devices end up with. Expected values are those of Zentral's tests/mdm/test_artifacts.py (2026-08) unless a test says otherwise."""

from __future__ import annotations

import pytest

from reconciler.sandbox.zentral.effective import comparable, shard
from tests.unit.sandbox.zentral.conftest import Server

WIFI = "Kommunens wifi"
BOTH = {"Certifikat": 1, WIFI: 1}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12.3", (12, 3, 0)),
        ("12.3.1", (12, 3, 1)),
        ("12.3 (a)", (12, 3, 0, "(a)")),
        ("12.3.1  (a)", (12, 3, 1, "(a)")),
        ("abc", (0, 0, 0)),
        ("", (0, 0, 0)),
    ],
)
def test_versions_compare_as_numbers(written: str, expected: tuple[object, ...]) -> None:
    """tests/utils/test_os_version.py."""
    assert comparable(written) == expected


def test_the_shard_is_md5_of_item_and_serial_number() -> None:
    """zentral/utils/text.py; the remainders were taken of md5sum's output."""
    assert (shard("a1C02NORR001", 100), shard("a1DMPNORR001", 100)) == (60, 75)


def test_a_profile_comes_with_what_it_requires(server: Server) -> None:
    """test_blueprint_install_device_profile_requires: what is required has no link of its own."""
    found = server.effective("DMPNORR003")
    assert (found.blueprint, found.profiles) == ("Skolor", BOTH)
    assert found.settings == {
        "com.apple.security.root": {"AllowAllAppsAccess": False},
        "com.apple.wifi.managed": {"SSID_STR": "skola", "AutoJoin": True},
    }


def test_what_is_required_and_can_not_come_holds_up_the_rest(server: Server) -> None:
    """test_blueprint_install_one_enterprise_app_exclude_profile_dependency."""
    key = server.id("artifacts", "Certifikat")
    version = next(each["id"] for each in server.state.tables["profiles"].values() if each["artifact"] == key)
    assert server.call("DELETE", f"mdm/profiles/{version}/").status_code == 204
    assert server.effective("DMPNORR003").profiles == {}


def test_no_blueprint_and_another_blueprint(server: Server) -> None:
    """test_no_blueprint_nothing_to_install, test_empty_blueprint_nothing_to_install."""
    assert server.effective("DMPNYSS001").blueprint == ""
    assert server.effective("DMPNYSS001").profiles == {}
    assert server.effective("DMPKONT001").profiles == {}
    server.edit("zentral_set_devices", serials=["DMPNYSS001"], blueprint="Skolor")
    assert server.effective("DMPNYSS001").profiles == BOTH


def test_the_newest_version_that_fits_the_system_is_taken(server: Server) -> None:
    """test_blueprint_install_one_device_profile_other_min_max_os_version: the least version fits, the greatest doesn't."""
    server.edit("zentral_set_profile", artifact=WIFI, set={"AutoJoin": False})
    assert server.effective("DMPNORR003").profiles[WIFI] == 2
    newest = max(server.state.tables["profiles"].values(), key=lambda each: each["version"])
    for least, taken in (("18.1", 2), ("18.1.1", 1), ("18.2", 1)):
        answer = server.call("PUT", f"mdm/profiles/{newest['id']}/", {**newest, "ipados_min_version": least})
        assert answer.status_code == 200
        assert server.effective("DMPNORR003").profiles[WIFI] == taken
    server.call("PUT", f"mdm/profiles/{newest['id']}/", {**newest, "ipados_max_version": "18.1"})
    assert server.effective("DMPNORR003").settings["com.apple.wifi.managed"]["AutoJoin"] is True


def test_the_wrong_platform(server: Server) -> None:
    """test_blueprint_profile_wrong_platform."""
    assert server.effective("C02NORR001").profiles == BOTH
    server.edit("zentral_change_link", blueprint="Skolor", artifact=WIFI, platforms=["ipados"])
    assert server.effective("C02NORR001").profiles == {}


def test_excluded_beats_included(server: Server) -> None:
    """test_blueprint_profile_excluded_tag."""
    server.edit("zentral_change_link", blueprint="Skolor", artifact=WIFI, default_shard=100, tags=["Biblioteket"])
    server.edit("zentral_tag_devices", tag="Prov", serials=["DMPNORR001"])
    assert [server.effective(serial).profiles for serial in ("DMPNORR001", "DMPNORR002")] == [{}, BOTH]


def test_a_share_of_the_devices_by_their_shard(server: Server) -> None:
    """test_blueprint_profile_default_shard_ok and …_not_ok: a device is in when its shard is below."""
    key = server.id("artifacts", WIFI)
    own = shard(f"{key}DMPNORR001", 100)
    scope = {"blueprint": "Skolor", "artifact": WIFI}
    for default, tags, expected in (
        (own, {}, {}),
        (own + 1, {}, BOTH),
        (0, {"Biblioteket": own}, {}),
        (0, {"Biblioteket": own + 1}, BOTH),
    ):
        server.edit("zentral_change_link", **scope, default_shard=default, tags=tags)
        assert server.effective("DMPNORR001").profiles == expected


def test_a_device_in_its_setup_gets_only_what_is_for_it(server: Server) -> None:
    """test_blueprint_install_device_profile_awaiting_configuration_true."""
    server.edit("zentral_set_devices", serials=["DMPNORR001"], awaiting_configuration=True)
    assert server.effective("DMPNORR001").profiles == {}


def test_two_profiles_that_disagree_are_a_conflict(server: Server) -> None:
    payload = {"type": "com.apple.wifi.managed", "keys": {"SSID_STR": "skola", "AutoJoin": False}}
    server.edit("zentral_add_artifact", name="Annat wifi", platforms=["iPadOS"], payloads=[payload])
    server.edit("zentral_add_link", blueprint="Skolor", artifact="Annat wifi")
    found = server.effective("DMPNORR003")
    assert found.settings["com.apple.wifi.managed"] == {"SSID_STR": "skola"}
    assert [(each.key, each.values) for each in found.conflicts] == [
        ("AutoJoin", (("Annat wifi", False), (WIFI, True)))
    ]


def test_without_auto_update_a_device_keeps_what_it_has(server: Server) -> None:
    """test_blueprint_install_one_user_profile_no_auto_update."""
    key = server.id("artifacts", WIFI)
    body = server.get(f"mdm/artifacts/{key}/") | {"auto_update": False}
    assert server.call("PUT", f"mdm/artifacts/{key}/", body).status_code == 200
    server.edit("zentral_devices_report")
    server.edit("zentral_set_profile", artifact=WIFI, set={"AutoJoin": False})
    first, second = (each["id"] for each in server.state.tables["profiles"].values() if each["artifact"] == key)
    server.edit("zentral_devices_report")
    assert server.call("DELETE", f"mdm/profiles/{first}/").status_code == 400
    assert server.call("DELETE", f"mdm/profiles/{second}/").status_code == 204


def test_devices_may_report_after_every_write(server: Server) -> None:
    server.options(devices="prompt")
    server.made("inventory/tags/", name="Ny")
    counts = server.get("mdm/location_assets/", adam_id="361309726", location_id=1)["results"][0]
    assert counts["assigned_count"] == 5  # three before, and two in the library


def test_the_control_shows_it(server: Server) -> None:
    found = server.http.get("/_sandbox/zentral/effective", params={"serial": "DMPNORR001"}).json()
    assert found["apps"] == {"361309726": "installed"}
    assert found["tags"] == ["Biblioteket"]
    unknown = server.http.get("/_sandbox/zentral/effective", params={"serial": "NEJ"})
    assert (unknown.status_code, unknown.json()) == (400, {"error": "no device of this serial number is enrolled"})
