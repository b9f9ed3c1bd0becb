"""What an adapter has to stand: each was observed on a server (2026-11), or stands in Zentral's own tests (2026-08)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.zentral.conftest import Server, mobileconfig

TAGGING = "inventory/machines/tags/"
LINKS = "mdm/blueprint_artifacts/"


def _set(server: Server, serials: list[str], taxonomy: str, *names: str) -> Any:
    operations = [{"kind": "SET", "taxonomy": taxonomy, "names": list(names)}]
    return server.call("POST", TAGGING, {"serial_numbers": serials, "operations": operations})


def test_an_unknown_serial_number_counts_as_found(server: Server) -> None:
    answer = _set(server, ["DMPNORR001", "FINNSEJ"], "Plats", "Kista")
    assert answer.json() == {"machines": {"found": 2}, "tags": {"added": 2, "removed": 1}}
    assert server.tagged("Kista") == ["DMPNORR001", "FINNSEJ"]
    assert server.call("GET", "inventory/machines/FINNSEJ/meta/").json() == {"detail": "Not found."}
    assert [
        each["serial_number"] for each in server.get("mdm/devices/", tags=server.id("tags", "Kista"))["results"]
    ] == ["DMPNORR001"]


def test_a_filter_that_is_not_known_is_ignored_in_silence(server: Server) -> None:
    assert server.get(LINKS, blueprint=999)["count"] == 2
    assert server.get("mdm/devices/", blueprint=999)["count"] == 6
    assert server.get("mdm/profiles/", artifact="x")["count"] == 2


def test_a_put_without_the_lists_clears_them_and_keeps_the_default_shard(server: Server) -> None:
    link = server.link("Keynote")
    assert server.effective("DMPNORR001").apps == {"361309726": "installed"}
    body = {"blueprint": link["blueprint"], "artifact": link["artifact"], "ipados": True}
    answer = server.call("PUT", f"{LINKS}{link['id']}/", body)
    assert answer.status_code == 200
    changed = {name: answer.json()[name] for name in ("tag_shards", "excluded_tags", "default_shard")}
    assert changed == {"tag_shards": [], "excluded_tags": [], "default_shard": 0}
    assert server.effective("DMPNORR001").apps == {}


def test_a_link_without_default_shard_is_for_every_device(server: Server) -> None:
    artifact = server.made("mdm/artifacts/", name="Spärr", type="Profile", channel="Device")
    server.made(
        "mdm/profiles/", artifact=artifact["id"], source=mobileconfig(allowCamera=False), version=1, ipados=True
    )
    tag = server.id("tags", "Prov")
    body = {"blueprint": server.id("blueprints", "Skolor"), "artifact": artifact["id"], "ipados": True}
    link = server.made(LINKS, **body, tag_shards=[{"tag": tag, "shard": 100}])
    assert link["default_shard"] == 100
    restricted = {"com.apple.applicationaccess": {"allowCamera": False}}
    assert restricted.items() <= server.effective("DMPNORR003").settings.items()
    server.call("PUT", f"{LINKS}{link['id']}/", {**body, "default_shard": 0, "tag_shards": link["tag_shards"]})
    assert "com.apple.applicationaccess" not in server.effective("DMPNORR003").settings


def test_deleting_an_included_tag_takes_the_app_away(server: Server) -> None:
    assert server.call("DELETE", f"inventory/tags/{server.id('tags', 'Biblioteket')}/").status_code == 204
    assert server.effective("DMPNORR001").apps == {}
    assert server.link("Keynote")["tag_shards"] == []


def test_deleting_an_excluded_tag_gives_the_profile_to_the_excluded(server: Server) -> None:
    server.edit("zentral_tag_devices", tag="Prov", serials=["DMPNORR003"])
    assert server.effective("DMPNORR003").profiles == {}
    assert server.call("DELETE", f"inventory/tags/{server.id('tags', 'Prov')}/").status_code == 204
    assert server.effective("DMPNORR003").profiles == {"Certifikat": 1, "Kommunens wifi": 1}


@pytest.mark.parametrize("name", ["BIBLIOTEKET", "Bibliotekét", "Biblio/teket"])
def test_a_tag_with_the_same_slug_is_a_server_error_and_changes_nothing(server: Server, name: str) -> None:
    before = server.state
    answers = [
        server.call("POST", "inventory/tags/", {"name": name}),
        server.call("PUT", f"inventory/tags/{server.id('tags', 'Prov')}/", {"name": name}),
        _set(server, ["DMPNORR003"], "Nytt", name),
    ]
    assert [(each.status_code, each.json()) for each in answers] == [(500, {"error": "Server Error (500)"})] * 3
    assert server.state is before


def test_names_lose_their_outer_spaces(server: Server) -> None:
    assert server.made("inventory/tags/", name="  Ny ")["name"] == "Ny"
    assert server.call("POST", "inventory/tags/", {"name": " Ny"}).json() == {
        "name": ["tag with this name already exists."]  # tests/inventory/test_api.py, test_update_tag_name_error
    }


def test_what_is_linked_or_installed_can_not_be_deleted(server: Server) -> None:
    """tests/mdm/test_api_artifacts_views.py, test_delete_artifact_cannot_be_deleted; test_api_profiles_views.py, test_delete_profile…"""
    artifact = f"mdm/artifacts/{server.id('artifacts', 'Kommunens wifi')}/"
    version = next(each for each in server.state.tables["profiles"].values() if each["artifact"] in artifact)
    refused = server.call("DELETE", artifact)
    assert (refused.status_code, refused.json()) == (400, ["This artifact cannot be deleted"])
    server.edit("zentral_devices_report")
    refused = server.call("DELETE", f"mdm/profiles/{version['id']}/")
    assert (refused.status_code, refused.json()) == (400, ["This profile cannot be deleted"])
    assert server.call("DELETE", f"{LINKS}{server.link('Kommunens wifi')['id']}/").status_code == 204
    assert server.call("DELETE", artifact).status_code == 400  # devices still have it
    server.edit("zentral_devices_report")
    assert server.call("DELETE", artifact).status_code == 204
    assert server.call("GET", f"mdm/profiles/{version['id']}/").status_code == 404


def test_an_app_that_was_ever_sent_can_not_be_deleted_again(server: Server) -> None:
    """tests/mdm/test_api_store_apps_views.py, test_delete_store_app_cannot_be_deleted; models.py, ArtifactVersionManager."""
    server.edit("zentral_devices_report")
    server.edit("zentral_unlink", blueprint="Skolor", artifact="Keynote")
    server.edit("zentral_devices_report")
    key = server.id("artifacts", "Keynote")
    version = next(each["id"] for each in server.state.tables["store_apps"].values() if each["artifact"] == key)
    assert server.call("DELETE", f"mdm/store_apps/{version}/").json() == ["This store app cannot be deleted"]
    assert server.call("DELETE", f"mdm/artifacts/{key}/").json() == ["This artifact cannot be deleted"]


def test_a_version_that_nobody_has_is_deleted_although_it_is_linked(server: Server) -> None:
    """tests/mdm/test_api_profiles_views.py, test_delete_profile."""
    key = server.id("artifacts", "Kommunens wifi")
    version = next(each["id"] for each in server.state.tables["profiles"].values() if each["artifact"] == key)
    assert server.call("DELETE", f"mdm/profiles/{version}/").status_code == 204
    assert server.effective("DMPNORR003").profiles == {"Certifikat": 1}


def test_store_apps_refuse_another_asset_a_wrong_one_and_no_platform(server: Server) -> None:
    """tests/mdm/test_api_store_apps_views.py, test_create_store_app_…"""
    body = {"artifact": server.id("artifacts", "Keynote"), "version": 2, "ipados": True}
    assets = list(server.state.tables["location_assets"])
    texts = "The location asset of the new store app is not identical to the location asset of the other versions"
    cases = {
        (assets[2], True): {"location_asset": [texts]},
        (99, True): {"location_asset": ['Invalid pk "99" - object does not exist.']},
        (assets[0], False): {"non_field_errors": ["You need to activate at least one platform"]},
    }
    for (asset, platform), expected in cases.items():
        answer = server.call("POST", "mdm/store_apps/", {**body, "location_asset": asset, "ipados": platform})
        assert (answer.status_code, answer.json()) == (400, expected)
    assert server.call("POST", "mdm/store_apps/", {**body, "location_asset": assets[0]}).status_code == 201


def test_a_used_asset_that_disappears(server: Server) -> None:
    asset = server.get("mdm/location_assets/", adam_id="409203825")["results"][0]["id"]
    artifact = server.made("mdm/artifacts/", name="Ny", type="Store App", channel="Device")
    server.edit("zentral_remove_asset", adam_id="409203825")
    body = {"artifact": artifact["id"], "version": 1, "ipados": True, "location_asset": asset}
    answer = server.call("POST", "mdm/store_apps/", body)
    assert answer.json() == {"location_asset": [f'Invalid pk "{asset}" - object does not exist.']}
    assert server.get("mdm/store_apps/")["count"] == 1


def test_licences_are_not_counted_when_something_is_assigned(server: Server) -> None:
    body = {
        "blueprint": server.id("blueprints", "Skolor"),
        "artifact": server.id("artifacts", "Numbers"),
        "ipados": True,
    }
    assert server.call("POST", LINKS, body).status_code == 201
    server.edit("zentral_devices_report")
    assert server.effective("DMPNORR001").apps == {"361309726": "installed", "409203825": "without licence"}
    counts = server.get("mdm/location_assets/", adam_id="361309726", location_id=1)["results"][0]
    # three were assigned before, and the two devices of the library took one each
    assert (counts["total_count"], counts["assigned_count"], counts["available_count"]) == (40, 5, 35)


def test_set_takes_a_tag_of_another_taxonomy_as_it_is(server: Server) -> None:
    """tests/inventory/test_update_machine_tags.py, test_post_set_existing_taxonomy_tag_with_taxonomy."""
    assert _set(server, ["DMPNORR001"], "Vår", "Biblioteket", "Grupp").json()["tags"] == {"added": 1, "removed": 0}
    taxonomies = {each["name"]: each["taxonomy"] for each in server.get("inventory/tags/")}
    assert taxonomies == {
        "Biblioteket": server.id("taxonomies", "Plats"),
        "Grupp": server.id("taxonomies", "Vår"),
        "Prov": None,
    }
    assert _set(server, ["DMPNORR001"], "Vår").json()["tags"] == {"added": 0, "removed": 1}
    assert server.tagged("Biblioteket") == ["DMPNORR001", "DMPNORR002"]
