"""What others do on Zentral between a plan and its apply, and what a token may not do: named, and nothing else is lost."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from reconciler.model.change import ApplyResult, Outcome, Plan
from reconciler.report.result_view import exit_code
from tests.contract.cases import Step
from tests.contract.live import Effect
from tests.contract.running import Run, carry_step
from tests.contract.zentral_live import ZentralLive

PROFILE = "@syd/elever/com.apple.applicationaccess"
KAHOOT = Step(step="an app and a setting", replace={"schools/syd.yaml": {
    "apps: {blocked: [kahoot]}": "apps: {required: [kahoot]}",
    "settings: {incognito: blocked}": "settings: {incognito: blocked, printing: blocked}",
}})  # fmt: skip


@pytest.fixture
def started(start: Callable[..., Run]) -> Run:
    run = start("zentral")
    carry_step(Step(step="start"), run)
    return run


def _live(run: Run) -> ZentralLive:
    assert isinstance(run.live, ZentralLive)
    return run.live


def _apply(run: Run, plan: Plan) -> ApplyResult:
    """The whole apply, by which nothing of others' was changed."""
    others = run.live.others()
    result = run.apply(plan).result
    assert result is not None
    assert run.live.others() == others
    return result


def _missed(result: ApplyResult) -> dict[str, tuple[Outcome, str]]:
    return {
        f"{one.key.kind} {one.key.target}": (one.outcome, one.reason)
        for one in result.results
        if one.outcome is not Outcome.APPLIED
    }


def _has(run: Run, serial: str, **has: Any) -> None:
    assert run.live.seen(Effect(user="/", device=serial, has=has)) == has


def test_licences_that_disappear_are_named_and_the_rest_is_done(started: Run) -> None:
    started.write(KAHOOT)
    plan = started.plan()
    started.live.edit({"zentral_remove_asset": {"adam_id": "111222444"}})

    result = _apply(started, plan)

    assert _missed(result) == {
        "app @": (Outcome.FAILED, "ZENTRAL-ASSET-GONE"),
        "assignment @syd/elever": (Outcome.SKIPPED, "APPLY-DEPENDENCY"),
    }
    assert exit_code(result) == 4
    _has(started, "SYD0001", printing="blocked", incognito="blocked", kahoot=None)
    _has(started, "NORR0001", kami="required", incognito="blocked")
    second = started.plan()
    assert [finding.code for finding in second.findings] == ["ZENTRAL-APP-NOT-BOUGHT"]
    assert second.changes == ()


def test_licences_of_an_app_in_use_that_disappear_take_nothing_from_the_others(started: Run) -> None:
    """The blueprint can't be put together any more: the server keeps each write and answers 500 (recorded, 2026-11-22)."""
    started.write(KAHOOT)
    plan = started.plan()
    started.live.edit({"zentral_remove_asset": {"adam_id": "111222333"}})

    result = _apply(started, plan)

    assert exit_code(result) in (0, 4)
    _has(started, "SYD0001", incognito="blocked")
    _has(started, "NORR0001", incognito="blocked")
    codes = {finding.code for finding in started.plan().findings}
    assert codes & {"ZENTRAL-APP-NOT-BOUGHT", "ZENTRAL-ASSET-GONE"}, codes


def test_a_tag_that_excludes_since_the_plan_is_not_deleted(started: Run) -> None:
    gone = (
        '  - id: elever\n    name: Elever syd\n    school_form: grundskola\n    platform: chromeos\n    audience: pupils\n'
        '    devices: {match: {location: "SYD*"}}\n    users: {org_units: ["/Elever/Sydskolan"]}\n'
        "    apps: {blocked: [kahoot]}\n    settings: {incognito: blocked}\n"
    )  # fmt: skip
    started.write(Step(step="a group less", replace={"schools/syd.yaml": {gone: ""}}))
    plan = started.plan()
    profile = {"name": "Provläge för alla", "payload": "com.apple.dock", "keys": {"orientation": "left"}}
    started.live.edit({"add_profile": {**profile, "link": {"default_shard": 100, "excluded": ["@syd/elever"]}}})

    result = _apply(started, plan)

    assert _missed(result) == {"group @syd/elever": (Outcome.FAILED, "ZENTRAL-TAG-IN-USE")}
    assert [finding.code for finding in started.plan().findings] == ["ZENTRAL-TAG-EXCLUDES"]


def test_a_foreign_tag_of_our_name_that_appears_is_neither_taken_nor_given_out(start: Callable[..., Run]) -> None:
    """SET would take a tag of any taxonomy, and a second one of its slug is a server error."""
    run = start("zentral")
    plan = run.plan()
    run.live.edit({"add_tag": {"name": "@norr/elever", "taxonomy": "Skolor för hand", "serials": ["NORR0005"]}})

    result = _apply(run, plan)

    missed = _missed(result)
    assert missed["group @norr/elever"] == (Outcome.FAILED, "ZENTRAL-TAG-TAKEN")
    assert {outcome for outcome, _ in missed.values()} == {Outcome.FAILED, Outcome.SKIPPED}
    assert {one.key.target for one in result.results if one.outcome is not Outcome.APPLIED} == {"@norr/elever"}
    assert (run.live.place("NORR0001"), run.live.place("SYD0001")) == ("outside", "syd/elever")


def test_what_somebody_changed_since_the_plan_is_left_alone(started: Run) -> None:
    started.write(KAHOOT)
    plan = started.plan()
    started.live.edit({"set_profile": {"artifact": PROFILE, "set": {"allowAirDrop": True}}})

    result = _apply(started, plan)

    assert _missed(result) == {"setting @syd/elever": (Outcome.STALE, "APPLY-STALE")}
    _has(started, "SYD0001", incognito="allowed", printing=None, kahoot="required")


def test_what_others_add_to_a_link_since_the_plan_is_kept_by_its_apply(started: Run) -> None:
    """The link is read right before it is written whole."""
    started.live.edit({"add_tag": {"name": "Utvärdering", "serials": ["OKÄND0001"]}})
    kami = Step(step="kami", replace={"schools/syd.yaml": {"apps: {blocked: [kahoot]}": "apps: {required: [kami]}"}})
    started.write(kami)
    plan = started.plan()
    link = {"artifact": "app kami", "tags": {"Utvärdering": 40}, "ipados_min_version": "15.0"}
    started.live.edit({"link": link})

    assert _missed(_apply(started, plan)) == {}

    rows = {"norr/elever": 100, "syd/elever": 100, "Utvärdering": 40}
    _has(started, "SYD0001", **{"rows app kami": rows, "least app kami": "15.0", "kami": "required"})


LACKS: Mapping[str, tuple[str, str, str]] = {
    "inventory.add_tag": ("group", "POST", "inventory/tags/"),
    "inventory.add_machinetag": ("membership", "POST", "inventory/machines/tags/"),
    "mdm.add_artifact": ("setting", "POST", "mdm/artifacts/"),
    "mdm.add_profile": ("setting", "POST", "mdm/profiles/"),
    "mdm.add_storeapp": ("app", "POST", "mdm/store_apps/"),
    "mdm.add_blueprintartifact": ("setting", "POST", "mdm/blueprint_artifacts/"),
    "mdm.change_blueprintartifact": ("assignment", "PUT", "mdm/blueprint_artifacts/"),
}
"""A right that a token hasn't → the kind that stays undone, and the call that was refused."""


@pytest.mark.parametrize("permission", LACKS)
def test_a_write_that_the_token_may_not_make_is_named_with_its_call(start: Callable[..., Run], permission: str) -> None:
    run = start("zentral")
    plan = run.plan()
    run.live.edit({"options": {"denied": [permission]}})

    result = _apply(run, plan)

    kind, method, path = LACKS[permission]
    failed = [one for one in result.results if one.outcome is Outcome.FAILED and one.key.kind == kind]
    said = [(one.reason, one.values["method"], one.values["path"], one.values["permissions"]) for one in failed]
    assert said
    assert {(reason, verb) for reason, verb, _, _ in said} == {("ZENTRAL-PERMISSION-LACKING", method)}
    assert all(path in where and permission in needs for _, _, where, needs in said), said
    assert exit_code(result) == 4
    run.live.edit({"options": {"denied": []}})
    again = run.apply(plan).result
    assert again is not None
    assert exit_code(again) == 0
    assert run.plan().changes == ()


def test_nothing_of_others_changes_from_an_empty_server_to_an_empty_one(start: Callable[..., Run]) -> None:
    """All that the small server has of others', byte for byte, after ours has come, changed and gone."""
    run = start("zentral")
    before = run.live.others()
    carry_step(Step(step="everything"), run)
    run.write(KAHOOT)
    carry_step(Step(step="more"), run)
    gone = {name: (run.root / name).read_text("utf-8") for name in ("schools/norr.yaml", "schools/syd.yaml")}
    lines = {
        name: "\n".join(line for line in text.splitlines() if not line.strip().startswith(("apps:", "settings:")))
        for name, text in gone.items()
    }
    carry_step(Step(step="nothing to have", files={name: f"{text}\n" for name, text in lines.items()}), run)
    live = _live(run)
    assert [row["name"] for row in live.tables().rows["artifacts"]] == [
        "Kommunens wifi",
        "Provläge",
        "Numbers för hand",
    ]
    assert run.live.others() == before
