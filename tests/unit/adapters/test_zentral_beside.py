"""What others do to things of ours, and what it does to devices: said, counted where it can be, and never lost in silence."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.change import Action, Plan
from reconciler.model.finding import Severity
from reconciler.planning.planfile import write_plan
from reconciler.report.result_view import exit_code
from tests.unit.adapters.test_zentral_converging import BOOK, PROFILE, RESTRICTIONS, codes, kinds
from tests.unit.adapters.zentral_exchange import ENVIRONMENT, STRUCTURE, VALUES, connected, device, server
from tests.unit.adapters.zentral_town import SEED, Town, town

APP = f"app/kami/{BOOK}"


@pytest.fixture
def made(tmp_path: Path) -> Town:
    """A town whose files have been applied once, with an iPad of the same blueprint that is in no group."""
    other = {"serials": ["DMPBIBL001"], "name": "Biblioteket", "model": "iPad13,18", "platform": "iPadOS",
        "os_version": "18.1", "blueprint": "Skolor"}  # fmt: skip
    found = town(tmp_path, seed={**SEED, "devices": [*SEED["devices"], other]})
    found.group["devices"]["match"] = {"name": "Norr 0*"}
    found.converge()
    return found


def rows(made: Town, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = made.call("GET", f"{path}?limit=500")["results"]
    return found


def change_link(made: Town, name: str, **fields: Any) -> None:
    """By hand: tags by name."""
    artifact = next(row["id"] for row in rows(made, "mdm/artifacts/") if row["name"] == name)
    link = next(row for row in rows(made, "mdm/blueprint_artifacts/") if row["artifact"] == artifact)
    made.call("PUT", f"mdm/blueprint_artifacts/{link['id']}/", {**link, **fields})


def tag_id(made: Town, name: str) -> int:
    return next(int(row["id"]) for row in made.call("GET", "inventory/tags/") if row["name"] == name)


def said(plan: Plan, code: str) -> list[Mapping[str, str]]:
    return [dict(finding.values) for finding in plan.findings if finding.code == code]


@pytest.mark.parametrize("name", [PROFILE, APP])
def test_devices_that_somebody_excluded_are_counted(made: Town, name: str) -> None:
    made.edit("zentral_tag_devices", tag="Prov", serials=["DMPNORR002", "DMPNORR003", "DMPBIBL001"])
    change_link(made, name, excluded_tags=[tag_id(made, "Prov")])

    plan = made.plan()

    assert plan.changes == ()
    assert said(plan, "ZENTRAL-DEVICES-EXCLUDED") == [
        {"artifact": name, "group": "norr/elever", "why": "Prov", "count": "2"}
    ]
    reached = [serial for serial in ("DMPNORR001", "DMPNORR002") if _gets(made, serial, name)]
    assert reached == ["DMPNORR001"]


def _gets(made: Town, serial: str, name: str) -> bool:
    found = made.effective(serial)
    return name in found.profiles if name == PROFILE else BOOK in found.apps


@pytest.mark.parametrize(
    ("ends", "why", "count"),
    [
        ({"ipados_min_version": "18.1.1"}, "18.1.1–…", 4),
        ({"ipados_max_version": "18.1"}, "…–18.1", 4),
        ({"ipados_min_version": "18.1", "ipados_max_version": "18.1.1"}, "", 0),
        ({"macos_min_version": "26.0"}, "", 0),
    ],
    ids=["too old", "too new", "within", "another platform"],
)
def test_devices_outside_somebodys_bounds_of_versions_are_counted(
    made: Town, ends: dict[str, str], why: str, count: int
) -> None:
    """The first one counts, the last one doesn't (`_test_filtered_blueprint_item`): the iPads have 18.1."""
    change_link(made, PROFILE, **ends)

    plan = made.plan()

    found = [(one["why"], one["count"]) for one in said(plan, "ZENTRAL-DEVICES-OUT-OF-VERSION")]
    assert found == ([(why, str(count))] if count else [])
    assert (PROFILE in made.effective("DMPNORR001").profiles) is (count == 0)


@pytest.mark.parametrize("ours", [True, False], ids=["our row is there", "our row is gone too"])
def test_a_link_that_was_opened_to_everybody_says_who_loses_what_it_gives(made: Town, ours: bool) -> None:
    rows_: dict[str, Any] = {} if ours else {"tag_shards": []}
    change_link(made, PROFILE, default_shard=100, **rows_)
    assert PROFILE in made.effective("DMPBIBL001").profiles

    plan, _ = made.converge()

    [change] = plan.changes
    assert (change.action, change.destroys, change.effect.devices) == (Action.UPDATE, True, 4 + 1)
    assert said(plan, "ZENTRAL-LINK-OPENED") == [{"artifact": PROFILE, "group": "norr/elever", "count": "1"}]
    assert PROFILE not in made.effective("DMPBIBL001").profiles
    assert PROFILE in made.effective("DMPNORR001").profiles


def test_one_that_is_no_longer_wanted_is_taken_from_everybody_and_says_so(made: Town) -> None:
    change_link(made, PROFILE, default_shard=100)
    made.group.pop("settings")

    plan, _ = made.converge()

    assert [(one.action, one.effect.devices) for one in plan.changes] == [(Action.DELETE, 4 + 1)]
    assert [PROFILE in made.effective(serial).profiles for serial in ("DMPNORR001", "DMPBIBL001")] == [False, False]


def test_an_app_that_was_opened_to_everybody_too(made: Town) -> None:
    change_link(made, APP, default_shard=100)

    plan = made.plan()

    assert [(one.key.kind, one.destroys, one.effect.devices) for one in plan.changes] == [("app", True, 4 + 1)]


def test_one_that_is_opened_after_the_plan_is_not_closed_unseen(made: Town) -> None:
    made.group["settings"]["in-app-purchases"] = "blocked"
    plan = made.plan()
    change_link(made, PROFILE, default_shard=100)

    result = made.apply(plan)

    assert [one.reason for one in result.results] == ["ZENTRAL-PROFILE-CHANGED"]
    assert PROFILE in made.effective("DMPBIBL001").profiles


def test_a_key_that_somebody_adds_after_the_plan_does_not_go_unseen(made: Town) -> None:
    made.group["settings"]["in-app-purchases"] = "blocked"
    plan = made.plan()
    made.edit("zentral_set_profile", artifact=PROFILE, set={"allowCamera": False})

    result = made.apply(plan)

    assert [(one.outcome.value, one.reason) for one in result.results] == [("failed", "ZENTRAL-PROFILE-CHANGED")]
    assert made.effective("DMPNORR001").settings[RESTRICTIONS]["allowCamera"] is False
    assert {one.field for one in made.plan().changes[0].fields} == {"allowCamera", "allowInAppPurchases"}


def test_what_somebody_elses_artifact_requires_of_ours_is_said(made: Town) -> None:
    found = {row["name"]: row for row in rows(made, "mdm/artifacts/")}
    wifi = found["Kommunens wifi"]
    made.call("PUT", f"mdm/artifacts/{wifi['id']}/", {**wifi, "requires": [found[PROFILE]["id"]]})

    plan = made.plan()

    assert plan.changes == ()
    assert said(plan, "ZENTRAL-REQUIRED-BY-OTHER") == [{"artifact": PROFILE, "other": "Kommunens wifi"}]
    assert PROFILE in made.effective("DMPBIBL001").profiles


def test_what_the_server_does_not_delete_is_outstanding_until_it_is_wanted_again(tmp_path: Path) -> None:
    made = town(tmp_path, devices="prompt")
    made.converge()
    apps, settings = made.group.pop("apps"), made.group.pop("settings")
    made.converge()

    plan = made.plan()

    kept = {row["name"] for row in rows(made, "mdm/artifacts/")} - {"Kommunens wifi"}
    [left] = [one for one in plan.outstanding if "LEFT" in one.code]
    assert kept
    assert dict(left.values) == {"count": str(len(kept)), "artifacts": ", ".join(sorted(kept))}
    made.group.update(apps=apps, settings=settings)
    made.converge()
    assert "ZENTRAL-ARTIFACTS-LEFT" not in {one.code for one in made.plan().outstanding}


def test_a_tag_of_ours_that_was_renamed_by_hand_holds_its_group_and_takes_nothing(made: Town) -> None:
    before = made.effective("DMPNORR001")
    made.edit("zentral_rename_tag", tag="norr/elever", name="Årskurs 4")

    plan = made.plan()
    made.apply(plan)

    assert {"ZENTRAL-TAG-RENAMED", "ZENTRAL-TAG-BY-HAND"} <= set(codes(plan))
    assert plan.changes == ()
    assert made.effective("DMPNORR001").profiles == before.profiles
    assert made.effective("DMPNORR001").apps == before.apps
    made.edit("zentral_rename_tag", tag="Årskurs 4", name="norr/elever")
    assert kinds(made.plan()) == {}


def test_nothing_is_called_done_in_a_blueprint_that_can_not_be_put_together(made: Town) -> None:
    """Each write is kept and answered with a 500, and the copy that devices get theirs from is the old one (recorded)."""
    made.edit("zentral_remove_asset", adam_id=BOOK)
    made.group["settings"]["in-app-purchases"] = "blocked"
    plan = made.plan()
    broken = [one for one in plan.findings if one.code == "ZENTRAL-APP-WITHOUT-LICENCES"]

    first, second = made.apply(plan), made.apply(plan)

    assert [one.severity for one in broken] == [Severity.ERROR]
    settings = [next(one for one in found.results if one.key.kind == "setting") for found in (first, second)]
    assert [(one.outcome.value, one.reason) for one in settings] == [
        ("failed", "ZENTRAL-BLUEPRINT-BROKEN"),
        ("failed", "APPLY-UNREAD"),
    ]
    assert (exit_code(first), exit_code(second)) == (4, 4)


def test_users_of_devices_are_in_nothing_that_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    """Every field that names one, and any that a later server may add: dropped where the list is read."""
    mark = "hemlig.person@example.se"
    one = device("A1", users=[{"long_name": mark, "short_name": mark}], realm_user={"username": mark, "email": mark})
    one |= {"owner": mark, "enrollment": {"realm_user": mark}, "last_ip": mark}
    adapter = connected(server(devices=[one]))

    with caplog.at_level("DEBUG"):
        found = [adapter.observe(STRUCTURE), adapter.observe(VALUES)]

    assert [held.serial for held in found[1].devices] == ["A1"]
    assert mark not in repr(found)
    assert mark not in repr(adapter)
    assert mark not in caplog.text
    assert ENVIRONMENT["RECONCILER_ZENTRAL_TOKEN"] not in caplog.text


def test_users_of_devices_are_in_no_plan_and_no_journal(made: Town) -> None:
    made.group["settings"]["in-app-purchases"] = "blocked"
    plan = made.plan()
    made.apply(plan)

    journals = "".join(path.read_text("utf-8") for path in made.root.parent.glob("journal-*.jsonl"))
    for text in (json.dumps(write_plan(plan), default=str), journals):
        assert text
        assert "realm_user" not in text
        assert "users" not in text


def test_devices_of_another_blueprint_alone_are_an_empty_inventory(made: Town) -> None:
    made.edit("zentral_remove_devices", serials=[f"DMPNORR00{n}" for n in range(1, 5)])
    made.edit("zentral_remove_devices", serials=["C02NORR001", "DMPBIBL001"])
    made.group.update(apps={}, settings={})

    plan = made.plan()

    assert "EMPTY-INVENTORY" in codes(plan)
    assert [one for one in plan.changes if one.action is Action.DELETE] == []


def test_a_key_that_apple_does_not_take_is_said_once(made: Town) -> None:
    """Files alone warn of it, and the group's whole profile is refused for it."""
    made.group["raw"] = {"apple": [{"schema": RESTRICTIONS, "fields": {"allowCamara": False}}]}

    plan = made.plan()

    assert [(one.code, one.severity) for one in plan.findings if one.code.startswith("APPLE-")] == [
        ("APPLE-KEY-UNKNOWN", Severity.ERROR)
    ]
