"""Refusals before anything is begun: each its own message, and nothing written, not even a journal."""

import os
from dataclasses import replace
from datetime import date

import pytest

from reconciler.apply.locking import backend_locks
from reconciler.credentials.google import SANDBOX_TOKENS, Purpose
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.tokens import GivenToken
from reconciler.model.change import Plan
from reconciler.reconcile.apply import WORK_FOLDER, Applied, run_apply
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import prepare
from reconciler.texts import render
from tests.unit.reconcile.worlds import TODAY, World


def planned(world: World) -> Plan:
    made = run_plan(prepare(world.root, TODAY), world.wiring())
    assert made is not None
    assert made.changes
    return made


def applied(world: World, plan: Plan, today: date = TODAY) -> Applied:
    journal = world.root / "journal.jsonl"
    return run_apply(plan, prepare(world.root, today), world.root, today, world.wiring(Purpose.APPLY), journal)


def refused(world: World, plan: Plan, today: date = TODAY) -> list[str]:
    before = world.tenant()
    done = applied(world, plan, today)

    assert done.result is None
    assert world.tenant() == before
    assert not (world.root / "journal.jsonl").exists()
    return [finding.code for finding in done.findings]


def test_what_was_planned_is_done_where_nothing_stands_against_it(world: World) -> None:
    plan = planned(world)
    done = applied(world, plan)

    assert done.findings == ()
    assert done.result is not None
    assert {one.outcome.value for one in done.result.results} == {"applied"}
    assert done.result.language == "sv"
    assert (world.root / "journal.jsonl").exists()


def test_another_tenant(world: World) -> None:
    """The same files, and a plan that was made while their `customer` was somebody else's."""
    plan = planned(world)
    (tenant,) = plan.tenants

    assert tenant.identity.startswith("C0sandbox/")
    assert refused(world, replace(plan, tenants=(replace(tenant, identity="C0annan"),))) == ["PLAN-OTHER-TENANT"]


def test_a_plan_that_has_lapsed(world: World) -> None:
    plan = replace(planned(world), lapses=date(2026, 12, 1))

    assert refused(world, plan, date(2026, 12, 1)) == ["PLAN-LAPSED"]
    assert applied(world, plan, date(2026, 11, 30)).result is not None


def test_a_plan_of_a_later_day(world: World) -> None:
    assert refused(world, planned(world), date(2026, 11, 20)) == ["PLAN-FOR-LATER"]


def test_an_older_state_of_the_files(world: World) -> None:
    plan = planned(world)
    world.edit("schools/norrskolan.yaml", lambda text: text.replace("printing: blocked", "printing: allowed"))

    assert refused(world, plan) == ["PLAN-OLDER-STATE"]


def test_a_system_that_is_only_observed(world: World) -> None:
    world.edit("organisation.yaml", lambda text: text.replace("mode: apply", "mode: observe"))

    assert refused(world, planned(world)) == ["BACKEND-OBSERVE"]


def test_a_system_that_cannot_be_reached(world: World) -> None:
    plan = planned(world)
    world.unreachable = {"chrome"}
    before = world.tenant()
    done = run_apply(
        plan,
        prepare(world.root, TODAY),
        world.root,
        TODAY,
        world.wiring(Purpose.APPLY),
        world.root / "journal.jsonl",
        connect_to=world.connect,
    )

    assert [finding.code for finding in done.findings] == ["SANDBOX-NOT-STARTED"]
    assert (done.result, world.tenant()) == (None, before)


def test_another_apply_under_way(world: World) -> None:
    plan = planned(world)
    before = world.tenant()
    with backend_locks(world.root / WORK_FOLDER)("chrome"):
        done = applied(world, plan)

    assert [(one.code, one.subject, one.values["pid"]) for one in done.findings] == [
        ("BACKEND-LOCKED", "chrome", str(os.getpid()))
    ]
    assert (done.result, world.tenant()) == (None, before)


@pytest.mark.parametrize("taken", [".reconciler", "journal.jsonl"])
def test_a_work_folder_or_a_journal_that_cannot_be_made(world: World, taken: str) -> None:
    plan = planned(world)
    before = world.tenant()
    place = world.root / taken
    place.touch() if taken == WORK_FOLDER else place.mkdir()
    done = applied(world, plan)

    assert [(one.code, one.values["file"]) for one in done.findings] == [("APPLY-FOLDER-UNUSABLE", str(place))]
    assert (done.result, world.tenant()) == (None, before)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_each_refusal_has_a_message_of_its_own_that_says_what_to_do(lang: str) -> None:
    codes = ["PLAN-OTHER-TENANT", "PLAN-LAPSED", "PLAN-FOR-LATER", "PLAN-OLDER-STATE", "BACKEND-OBSERVE"]
    codes += ["BACKEND-LOCKED", "APPLY-FOLDER-UNUSABLE"]
    values = {"backend": "chrome", "as_of": "2026-11-21", "lapses": "2026-12-01", "today": "2026-12-01"}
    texts = [render(code, values, lang) for code in codes]

    assert len({text.message for text in texts}) == len(codes)
    assert all(text.hint for text in texts)


def test_a_token_that_runs_out_on_the_way_is_no_bug(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A given token lives an hour, and thirty policies a minute are written: what is left says so and can be run again."""
    plan = planned(world)
    before = len(world.sent)

    def expiring(source: GivenToken, now: float, rejected: str | None = None) -> str:
        if any(one.startswith("POST") and "orgunits" in one for one in world.sent[before:]):
            raise CredentialProblem("CREDENTIAL-TOKEN-REJECTED", {"variable": source.variable})
        return source.value

    monkeypatch.setattr(GivenToken, "token", expiring)
    done = applied(world, plan)

    assert done.result is not None
    by_reason = {one.reason: one for one in done.result.results}
    assert by_reason.keys() == {"CREDENTIAL-TOKEN-REJECTED", "APPLY-DEPENDENCY", "APPLY-NOT-READ-BACK"}
    assert by_reason["APPLY-NOT-READ-BACK"].values == {"reason": "CREDENTIAL-TOKEN-REJECTED"}
    monkeypatch.undo()
    again = applied(world, plan).result
    assert again is not None
    assert {one.outcome.value for one in again.results} == {"applied", "already-done"}


def test_a_right_that_is_lacking_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(world)
    before = world.tenant()
    monkeypatch.setitem(SANDBOX_TOKENS, Purpose.APPLY, "sandbox-read")
    result = applied(world, plan).result

    assert result is not None
    lacking = {one.values["scope"] for one in result.results if one.reason == "GOOGLE-SCOPE-LACKING"}
    assert lacking == {
        "https://www.googleapis.com/auth/admin.directory.orgunit",
        "https://www.googleapis.com/auth/chrome.management.policy",
    }
    assert {one.reason for one in result.results} == {"GOOGLE-SCOPE-LACKING", "APPLY-DEPENDENCY"}
    assert world.tenant() == before
