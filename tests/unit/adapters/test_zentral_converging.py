"""The whole way to an emulated server and back: effects on devices, what others have there, and edits by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.change import Action, Plan
from reconciler.model.place import Position
from reconciler.sandbox import State, dump
from tests.unit.adapters.zentral_town import SEED, Town, town

RESTRICTIONS = "com.apple.applicationaccess"
PROFILE = f"norr/elever/{RESTRICTIONS}"
BOOK = "361309726"


@pytest.fixture(params=[{}, {"devices": "prompt"}, {"page_size": 2}], ids=["plain", "devices report", "small pages"])
def switched(tmp_path: Path, request: pytest.FixtureRequest) -> Town:
    return town(tmp_path, **request.param)


@pytest.fixture
def made(tmp_path: Path) -> Town:
    """A town whose files have been applied once."""
    found = town(tmp_path)
    found.converge()
    return found


def kinds(plan: Plan) -> dict[str, int]:
    found: dict[str, int] = {}
    for change in plan.changes:
        name = f"{change.action.value} {change.key.kind}"
        found[name] = found.get(name, 0) + 1
    return found


def codes(plan: Plan) -> list[str]:
    return [finding.code for finding in plan.findings if finding.severity.value != "info"]


def others(made: Town) -> Any:
    """What the seed holds, as it is now: everything that isn't ours, by table and name."""
    tables = json.loads(dump(State(zentral=made.sandbox.zentral.state)))["zentral"]
    names = {"Kommunens wifi", "Biblioteket", "Prov", "Plats", "Skolor", "Kontor"}
    return json.dumps([row for row in _rows(tables) if row.get("name") in names], sort_keys=True)


def _rows(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return ([value] if "name" in value else []) + [row for inner in value.values() for row in _rows(inner)]
    return [row for inner in value for row in _rows(inner)] if isinstance(value, list) else []


def test_a_new_school_gets_what_its_files_say_and_nobody_else_does(switched: Town) -> None:
    before = others(switched)

    plan, _ = switched.converge()

    assert kinds(plan) == {
        "create group": 1, "create app": 1, "create setting": 1, "create assignment": 1, "update membership": 1,
    }  # fmt: skip
    pupil = switched.effective("DMPNORR001")
    assert pupil.settings[RESTRICTIONS] == {"allowUIAppInstallation": False}
    assert pupil.apps == {BOOK: "installed"}
    assert pupil.profiles["Kommunens wifi"] == 1
    assert "Biblioteket" in pupil.tags, "somebody's own tag, in a taxonomy of theirs"
    mac = switched.effective("C02NORR001")
    assert (mac.settings, mac.apps) == ({"com.apple.wifi.managed": {"SSID_STR": "skola"}}, {})
    assert others(switched) == before


def test_another_blueprints_device_is_outstanding_and_not_placed(made: Town) -> None:
    plan = made.plan()

    assert [(one.code, one.values["count"]) for one in plan.outstanding] == [("ZENTRAL-DEVICE-OTHER-BLUEPRINT", "1")]
    assert made.effective("DMPKONT001").tags == ()


def test_a_changed_wish_is_a_new_version_on_top(switched: Town) -> None:
    switched.converge()
    switched.group["settings"]["in-app-purchases"] = "blocked"

    plan, _ = switched.converge()

    assert kinds(plan) == {"update setting": 1}
    pupil = switched.effective("DMPNORR001")
    assert pupil.profiles[PROFILE] == 2
    assert pupil.settings[RESTRICTIONS] == {"allowUIAppInstallation": False, "allowInAppPurchases": False}


def test_what_is_no_longer_wished_leaves_the_device_and_can_be_wished_again(switched: Town) -> None:
    """Where devices have reported, the server keeps the artifact for good: it has no effect, and is taken up again."""
    switched.converge()
    settings, apps = switched.group.pop("settings"), switched.group.pop("apps")

    plan, _ = switched.converge()

    assert kinds(plan) == {"delete setting": 1, "delete assignment": 1, "delete app": 1}
    assert RESTRICTIONS not in switched.effective("DMPNORR001").settings
    assert switched.effective("DMPNORR001").apps == {}
    switched.group["settings"], switched.group["apps"] = settings, apps
    switched.converge()
    assert switched.effective("DMPNORR001").settings[RESTRICTIONS] == {"allowUIAppInstallation": False}
    assert switched.effective("DMPNORR001").apps == {BOOK: "installed"}


@pytest.mark.parametrize(
    ("edit", "arguments", "fields"),
    [
        ("zentral_change_link", {"blueprint": "Skolor", "artifact": PROFILE, "default_shard": 100}, {"default_shard"}),
        ("zentral_change_link", {"blueprint": "Skolor", "artifact": PROFILE, "platforms": ["macos"]}, {"platform"}),
        ("zentral_set_profile", {"artifact": PROFILE, "set": {"allowCamera": False}}, {"allowCamera"}),
        ("zentral_set_profile", {"artifact": PROFILE, "unset": ["allowUIAppInstallation"]}, {"allowUIAppInstallation"}),
        ("zentral_rename_artifact", {"artifact": PROFILE, "name": "Vår profil"}, {"name"}),
    ],
    ids=["for everybody", "off our platform", "a key more", "a key less", "renamed"],
)
def test_an_edit_by_hand_is_one_difference_and_is_mended(
    made: Town, edit: str, arguments: dict[str, Any], fields: set[str]
) -> None:
    made.edit(edit, **arguments)

    plan, _ = made.converge()

    assert [(one.action, one.key.kind) for one in plan.changes] == [(Action.UPDATE, "setting")]
    assert {one.field for one in plan.changes[0].fields} == fields
    assert made.effective("DMPNORR001").settings[RESTRICTIONS] == {"allowUIAppInstallation": False}
    assert RESTRICTIONS not in made.effective("C02NORR001").settings


def test_a_narrowed_version_and_a_part_of_the_group_are_seen(made: Town) -> None:
    rows = made.call("GET", "mdm/profiles/?limit=500")["results"]
    artifacts = {row["id"]: row["name"] for row in made.call("GET", "mdm/artifacts/?limit=500")["results"]}
    version = next(row for row in rows if artifacts[row["artifact"]] == PROFILE)
    made.call("PUT", f"mdm/profiles/{version['id']}/", {**version, "default_shard": 0})
    assert {one.field for one in made.plan().changes[0].fields} == {"version_scope"}
    made.converge()
    link = next(
        row
        for row in made.call("GET", "mdm/blueprint_artifacts/?limit=500")["results"]
        if artifacts[row["artifact"]] == PROFILE
    )
    made.call(
        "PUT",
        f"mdm/blueprint_artifacts/{link['id']}/",
        {**link, "tag_shards": [{**link["tag_shards"][0], "shard": 50}]},
    )
    plan, _ = made.converge()
    assert {(one.field, one.before) for one in plan.changes[0].fields} == {("share", 50)}


def test_what_others_added_to_our_link_stays_when_we_write_it(made: Town) -> None:
    """Their tag, their exclusion, their least system version: a PUT that left them out would clear them."""
    artifacts = {row["name"]: row["id"] for row in made.call("GET", "mdm/artifacts/?limit=500")["results"]}
    tags = {row["name"]: row["id"] for row in made.call("GET", "inventory/tags/")}

    def link_of(name: str) -> dict[str, Any]:
        rows = made.call("GET", "mdm/blueprint_artifacts/?limit=500")["results"]
        found: dict[str, Any] = next(row for row in rows if row["artifact"] == artifacts[name])
        return found

    for name in (PROFILE, f"app/kami/{BOOK}"):
        link = link_of(name)
        theirs = {
            "tag_shards": [*link["tag_shards"], {"tag": tags["Biblioteket"], "shard": 30}],
            "excluded_tags": [tags["Prov"]],
            "ipados_min_version": "17.0",
        }
        made.call("PUT", f"mdm/blueprint_artifacts/{link['id']}/", {**link, **theirs})
    made.group["settings"]["in-app-purchases"] = "blocked"
    made.school["groups"].append(
        {**made.group, "id": "lanade", "name": "Lånade", "devices": {"serials": ["DMPNORR004"]}, "settings": {}}
    )

    plan, _ = made.converge()

    assert "ZENTRAL-PROFILE-SHARED" in codes(plan)
    for name, ours in ((PROFILE, 1), (f"app/kami/{BOOK}", 2)):
        link = link_of(name)
        assert {"tag": tags["Biblioteket"], "shard": 30} in link["tag_shards"]
        assert (len(link["tag_shards"]), link["excluded_tags"]) == (ours + 1, [tags["Prov"]])
        assert (link["ipados_min_version"], link["default_shard"]) == ("17.0", 0)
    made.school["groups"].pop()
    made.group.pop("settings")
    made.group.pop("apps")
    made.group["devices"]["expected"] = 4
    plan, result = made.plan(), None
    result = made.apply(plan)
    assert {one.outcome.value for one in result.results} == {"applied"}
    assert [row["tag"] for row in link_of(PROFILE)["tag_shards"]] == [tags["Biblioteket"]]
    assert [row["tag"] for row in link_of(f"app/kami/{BOOK}")["tag_shards"]] == [tags["Biblioteket"]]
    assert [one.key for one in made.plan().changes] == []


def test_somebody_elses_app_is_used_and_neither_changed_nor_deleted(tmp_path: Path) -> None:
    seed = {
        **SEED,
        "artifacts": [*SEED["artifacts"], {"name": "Kami till biblioteket", "adam_id": BOOK, "location": "Vidala skolor", "platforms": ["iPadOS"]}],
        "links": [*SEED["links"], {"blueprint": "Skolor", "artifact": "Kami till biblioteket", "default_shard": 0, "tags": ["Biblioteket"]}],
    }  # fmt: skip
    found = town(tmp_path, seed=seed)

    plan, _ = found.converge()

    assert "create app" not in kinds(plan)
    assert found.effective("DMPNORR004").apps == {BOOK: "installed"}
    found.group.pop("apps")
    plan, _ = found.converge()
    assert kinds(plan) == {"delete assignment": 1}
    assert found.effective("DMPNORR001").apps == {BOOK: "installed"}, "by the library's tag"
    assert found.effective("DMPNORR004").apps == {}


def test_a_renamed_group_keeps_its_devices_and_what_they_have(switched: Town) -> None:
    switched.converge()
    before = switched.effective("DMPNORR001")
    switched.group.update(id="arskurs-4-6", previously=["elever"])

    plan, _ = switched.converge()

    assert kinds(plan) == {"update group": 1, "update setting": 1}
    after = switched.effective("DMPNORR001")
    assert (after.settings, after.apps) == (before.settings, before.apps)
    assert "norr/arskurs-4-6" in after.tags
    assert list(after.profiles) == ["Kommunens wifi", f"norr/arskurs-4-6/{RESTRICTIONS}"]


def test_a_group_that_goes_takes_everything_of_ours_along_when_its_devices_have_left(made: Town) -> None:
    before = others(made)
    made.group["id"] = "annan"
    made.group["devices"] = {"match": {"name": "Norr*"}, "expected": 4}

    made.converge()

    assert set(made.effective("DMPNORR001").tags) == {"Biblioteket", "norr/annan"}
    names = {row["name"] for row in made.call("GET", "mdm/artifacts/?limit=500")["results"]}
    assert names == {"Kommunens wifi", f"norr/annan/{RESTRICTIONS}", f"app/kami/{BOOK}"}
    assert others(made) == before


def test_a_tag_that_excludes_devices_from_something_is_not_deleted(made: Town) -> None:
    """Were it deleted, the excluded devices would get what they are kept from."""
    made.edit("zentral_change_link", blueprint="Skolor", artifact="Kommunens wifi", excluded_tags=["norr/elever"])
    made.group["id"] = "annan"

    plan = made.plan()

    assert "ZENTRAL-TAG-EXCLUDES" in codes(plan)
    assert [one.key.target for one in plan.held if one.key.kind == "group"] == ["@norr/elever"]
    assert made.apply(plan).results
    assert "norr/elever" in {row["name"] for row in made.call("GET", "inventory/tags/")}


def test_one_that_comes_to_exclude_after_the_plan_is_not_deleted_either(made: Town) -> None:
    made.group["id"] = "annan"
    plan = made.plan()
    made.edit("zentral_change_link", blueprint="Skolor", artifact="Kommunens wifi", excluded_tags=["norr/elever"])

    result = made.apply(plan)

    failed = {str(one.key): one.reason for one in result.results if one.outcome.value == "failed"}
    assert failed == {"group:@norr/elever": "ZENTRAL-TAG-IN-USE"}


def test_a_tag_made_by_hand_among_ours_is_said_and_never_taken_off(made: Town) -> None:
    """SET within the taxonomy would clear it without a word."""
    taxonomy = next(
        row["id"] for row in made.call("GET", "inventory/taxonomies/") if row["name"].startswith("[reconciler")
    )
    made.call("POST", "inventory/tags/", {"name": "Provgrupp", "taxonomy": taxonomy})
    made.edit("zentral_tag_devices", tag="Provgrupp", serials=["DMPNORR004"])
    made.school["groups"].append(
        {**made.group, "id": "lanade", "name": "Lånade", "devices": {"serials": ["DMPNORR003", "DMPNORR004"]}}
    )

    plan, _ = made.converge()

    assert "ZENTRAL-TAG-BY-HAND" in codes(plan)
    assert ("ZENTRAL-DEVICE-TAGGED-BY-HAND", "norr/lanade", "1") in {
        (one.code, one.subject, one.values["count"]) for one in plan.outstanding
    }
    assert "norr/lanade" in made.effective("DMPNORR003").tags
    assert {"Provgrupp", "norr/elever"} <= set(made.effective("DMPNORR004").tags)


def test_one_that_is_put_on_between_plan_and_apply_is_left_alone(made: Town) -> None:
    taxonomy = next(
        row["id"] for row in made.call("GET", "inventory/taxonomies/") if row["name"].startswith("[reconciler")
    )
    made.call("POST", "inventory/tags/", {"name": "Provgrupp", "taxonomy": taxonomy})
    made.school["groups"].append(
        {**made.group, "id": "lanade", "name": "Lånade", "devices": {"serials": ["DMPNORR003", "DMPNORR004"]}}
    )
    plan = made.plan()
    made.edit("zentral_tag_devices", tag="Provgrupp", serials=["DMPNORR004"])

    result = made.apply(plan)

    moved = next(one for one in result.results if one.key.kind == "membership")
    assert (moved.outcome.value, moved.reason, moved.values["count"]) == ("stale", "APPLY-STALE-IN-PART", "1")
    assert {"Provgrupp", "norr/elever"} <= set(made.effective("DMPNORR004").tags)
    assert "norr/lanade" in made.effective("DMPNORR003").tags


@pytest.mark.parametrize(
    ("name", "code"),
    [("norr/elever", "ZENTRAL-TAG-TAKEN"), ("Norr/Elever", "ZENTRAL-TAG-ALIKE"), ("norr elever", "")],
    ids=["a foreign tag of our name", "one that differs in capitals", "one that is another to the server"],
)
def test_foreign_tags_are_in_the_way_only_where_the_server_says_so(tmp_path: Path, name: str, code: str) -> None:
    found = town(tmp_path, seed={**SEED, "tags": [*SEED["tags"], {"name": name, "serials": ["C02NORR001"]}]})

    plan = found.plan()

    assert codes(plan) == ([code] if code else [])
    if code:
        assert {one.key.kind for one in plan.changes} <= {"app"}
        place = next(one.place for one in plan.findings if one.code == code)
        assert isinstance(place, Position)
        assert (place.file, place.line) == ("schools/norr.yaml", 9)
    found.apply(plan)
    assert found.effective("C02NORR001").tags == (name,)


def test_two_prefixes_on_one_server_do_not_see_each_other(tmp_path: Path) -> None:
    found = town(tmp_path)
    found.converge()
    before = found.effective("DMPNORR001")
    found.organisation["backends"][0]["prefix"] = "prov-"
    found.group["settings"] = {"in-app-purchases": "blocked"}
    found.group["devices"] = {"serials": ["DMPNORR004"]}

    plan, _ = found.converge()

    assert {one.action for one in plan.changes if one.key.kind != "membership"} == {Action.CREATE}
    assert found.effective("DMPNORR001") == before
    assert "prov-norr/elever" in found.effective("DMPNORR004").tags


def test_licences_that_vanish_between_plan_and_apply_hold_their_app_alone(tmp_path: Path) -> None:
    found = town(tmp_path)
    plan = found.plan()
    found.edit("zentral_remove_asset", adam_id=BOOK)

    result = found.apply(plan)

    by_key = {one.key.kind: (one.outcome.value, one.reason) for one in result.results}
    assert by_key["app"] == ("failed", "ZENTRAL-ASSET-GONE")
    assert by_key["assignment"] == ("skipped", "APPLY-DEPENDENCY")
    assert by_key["setting"] == by_key["membership"] == ("applied", "")
    plan = found.plan()
    assert "ZENTRAL-APP-NOT-BOUGHT" in codes(plan)
    assert kinds(plan) == {}


def test_a_device_that_is_unenrolled_between_plan_and_apply_is_not_tagged(tmp_path: Path) -> None:
    """The server would count it as found."""
    found = town(tmp_path)
    plan = found.plan()
    found.edit("zentral_remove_devices", serials=["DMPNORR004"])

    result = found.apply(plan)

    moved = next(one for one in result.results if one.key.kind == "membership")
    assert (moved.outcome.value, moved.moved) == ("stale", 3)
    assert "DMPNORR004" not in found.sandbox.zentral.state.machine_tags


WRITES = ["inventory/taxonomies", "inventory/tags", "inventory/machines/tags", "mdm/artifacts", "mdm/profiles", "mdm/store_apps", "mdm/blueprint_artifacts"]  # fmt: skip


@pytest.mark.parametrize("kind", ["500", "write-then-timeout", "cut"])
@pytest.mark.parametrize("path", WRITES)
def test_a_write_that_fails_loses_nothing_and_makes_nothing_twice(tmp_path: Path, kind: str, path: str) -> None:
    found = town(tmp_path)
    plan = found.plan()
    found.fault(kind=kind, method="POST", path=f"/{path}/", times=1)

    found.apply(plan)
    plan, _ = found.converge() if found.plan().changes else (found.plan(), None)

    assert kinds(found.plan()) == {}
    names = [row["name"] for row in found.call("GET", "mdm/artifacts/?limit=500")["results"]]
    assert sorted(names) == ["Kommunens wifi", f"app/kami/{BOOK}", PROFILE]
    assert found.effective("DMPNORR001").profiles[PROFILE] == 1
    assert found.effective("DMPNORR001").apps == {BOOK: "installed"}


def test_an_app_stays_with_a_group_that_stays_for_its_devices_sake(made: Town) -> None:
    """Its group is gone from the files, and nobody has said where the devices go: they keep what they have."""
    before = made.effective("DMPNORR001")
    made.group.update(id="annan", devices={}, apps={}, settings={})

    plan = made.plan()
    made.apply(plan)

    assert "GROUP-NOT-EMPTY" in codes(plan)
    assert made.effective("DMPNORR001") == before


def test_an_app_whose_licences_went_is_taken_away_with_its_link_and_made_again_when_they_are_back(made: Town) -> None:
    """While it is linked the server answers 500 to every write of a link, and does it all the same."""
    made.edit("zentral_remove_asset", adam_id=BOOK)
    assert set(codes(made.plan())) == {"ZENTRAL-APP-WITHOUT-LICENCES", "ZENTRAL-APP-NOT-BOUGHT"}
    apps = made.group.pop("apps")

    plan, _ = made.converge()

    assert kinds(plan) == {"delete assignment": 1, "delete app": 1}
    assert codes(made.plan()) == []
    made.group["apps"] = apps
    made.edit("zentral_add_asset", adam_id=BOOK, location="Vidala skolor", total=40)
    made.converge()
    assert made.effective("DMPNORR001").apps == {BOOK: "installed"}
