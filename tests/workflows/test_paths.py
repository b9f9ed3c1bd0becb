"""The workflows' own steps, run in order: from a pull request to the tenant, and what happens when it goes another way."""

import json
import re
from dataclasses import replace
from typing import Final

import yaml

from tests.forge.permissions import NEEDED
from tests.forge.state import BOT, Asked
from tests.workflows.runner import Result
from tests.workflows.stage import APPLY, SCHOOL, Stage, is_write

DRIFT = "drift (chrome)"
CONVERGE = "converge (chrome)"

WRITE: Final = r"/orgunits\?$|/orgunits/id|moveDevicesToOu|:batch"
"""Address of what writes; reads of org units ask for all of them, with a query."""

NEW_GROUP: Final = """  - id: vagn
    name: Vagn 1
    school_form: grundskola
    platform: chromeos
    audience: pupils
    devices: {match: {asset_id: "VAGN*"}}
"""


def applied(result: Result, job: str = APPLY) -> int:
    """How many changes a run says that it made."""
    counted = re.search(r": (\d+) (?:ändring genomförd|ändringar genomförda)\b", result.jobs[job].summary)
    return int(counted[1]) if counted else 0


def asked(town: Stage) -> list[Asked]:
    """What jobs have asked the forge since the last look."""
    log = [each for each in town.forge.world.log if each.actor == BOT]
    town.forge.world.log.clear()
    return log


def check_rights(town: Stage, name: str, log: list[Asked]) -> None:
    """No job was refused anything, and each right that the file gives its job was needed for something that it asked.

    Reading the files is for checkout, and `id-token` for signing in, which the sandbox doesn't take.
    """
    assert [each for each in log if each.status in (401, 403)] == []
    needs = {need for each in log if each.operation for need in NEEDED[each.operation]}
    text = town.forge.git.run("show", f"refs/heads/main:.github/workflows/{name}.yml")
    for job in yaml.safe_load(text)["jobs"].values():
        given = {f"{what.replace('-', '_')}:{level}" for what, level in job["permissions"].items()}
        assert given - {"contents:read", "id_token:write"} <= needs, name


def test_from_a_pull_request_to_an_empty_plan_and_an_issue_about_what_was_changed_by_hand(town: Stage) -> None:
    pull = town.propose("bo", "nytt-varde", town.switched(), title="Powerwash")
    assert town.run("validate", "pull_request", pull=pull).conclusions == {"split": "success", "validate": "success"}
    founding = [each for each in asked(town) if each.operation == "issues/create"]  # what was held, and asked about
    shown = town.run("plan", "pull_request_target", pull=pull)
    check_rights(town, "plan", asked(town))
    assert shown.conclusions == {"split": "success", "review": "success", "plan": "success"}, shown.said
    review, plan = town.comments(pull)
    assert "### Vad ändringsförslaget innebär" in review
    assert "1 ändring hör till den här pull requesten" in plan
    assert "<!-- reconciler:record:1 " in plan

    town.accept(pull)
    done = town.run("apply", "push")

    assert done.conclusions == {"split": "success", APPLY: "success", "report": "skipped"}, done.said
    assert applied(done) == 1
    assert town.left() == []
    _by_hand(town)
    applying = founding + asked(town)
    assert town.run("drift", "schedule").conclusions == {
        "split": "success",
        DRIFT: "success",
        "report": "skipped",
    }
    check_rights(town, "drift", asked(town))
    assert "1 avvikelse" in town.issues()["Avvikelser i sandbox: chrome: 1"]
    before = town.writes()
    held = town.run("apply", "workflow_dispatch", actor="anna")
    assert town.writes() == before, "what was changed by hand is not put back unasked"
    applying += asked(town)
    town.approve_held(held)
    asked(town)
    assert town.run("apply", "workflow_dispatch").jobs[APPLY].conclusion == "success"
    check_rights(town, "apply", applying + asked(town))
    assert town.run("drift", "schedule").jobs[DRIFT].conclusion == "success"
    assert "Avvikelser i sandbox: chrome: 1" in town.issues("closed")


def _by_hand(town: Stage) -> None:
    state = town.ask("state")
    unit = next(one for one in state["google"]["org_units"] if one["name"] == "Elever åk 4–6")
    unit["name"] = "Omdöpt för hand"
    town.ask("seed", state)


def test_of_two_merges_in_quick_succession_the_older_run_leaves_it_to_the_newer(town: Stage) -> None:
    first = town.recorded(town.switched())
    second = town.recorded({"README.md": "Skolenheter\n"})
    merged = town.accept(first)
    town.accept(second)
    before = town.writes()

    older = town.run("apply", "push", sha=merged)

    assert (older.jobs[APPLY].conclusion, town.writes()) == ("success", before), older.said
    newer = town.run("apply", "push")
    assert (newer.jobs[APPLY].conclusion, applied(newer)) == ("success", 1), newer.said
    assert town.left() == []


def test_a_forced_push_after_the_approval_is_held(town: Stage) -> None:
    pull = town.recorded({"README.md": "En oskyldig rad\n"}, branch="tvingad")
    for login in ("anna", "cia"):
        town.forge.review(pull, login, "approve")
    town.forge.commit("bo", "tvingad", town.switched(), onto=town.forge.head())
    town.forge.merge(pull, "anna", "squash", bypass=True)
    before = town.writes()

    held = town.run("apply", "push")

    assert (held.jobs[APPLY].step("apply").code, town.writes()) == (4, before)
    town.approve_held(held)
    assert town.left() == []


def test_a_record_that_somebody_pasted_from_another_pull_request_is_held(town: Stage) -> None:
    good = town.recorded(town.switched())
    (plan,) = town.comments(good)
    town.forge.close(good, "bo")
    bad = town.propose("dag", "lanad", town.switched())
    town.forge.say(bad, "dag", plan)
    town.accept(bad)
    before = town.writes()

    held = town.run("apply", "push")

    assert (held.jobs[APPLY].step("apply").code, town.writes()) == (4, before)
    town.approve_held(held)
    assert town.left() == []


def test_a_machine_that_is_taken_away_in_the_middle_is_followed_by_a_re_run_that_does_the_rest_once(
    town: Stage,
) -> None:
    text = town.read(SCHOOL).replace("incognito: blocked", "incognito: blocked, printing: blocked")
    town.accept(town.recorded({SCHOOL: text + NEW_GROUP}))
    town.ask("requests", method="DELETE")
    town.ask("faults", {"kind": "write-then-timeout", "path": WRITE, "nth": 1, "seconds": 2})
    dying = replace(
        town, machine=replace(town.machine, kill=lambda: any("fault" in one for one in town.ask("requests")))
    )

    dead = dying.run("apply", "push")

    assert dead.jobs[APPLY].conclusion == "cancelled", dead.said
    town.ask("faults", method="DELETE")
    again = town.again("apply", dead)
    assert again.jobs[APPLY].conclusion == "success", again.said
    assert town.left() == []
    sent = [(one["method"], one["path"], one.get("body")) for one in town.ask("requests") if is_write(one)]
    assert len(sent) == len({json.dumps(one) for one in sent}) >= 2, "nothing is done twice"


def test_what_a_date_brings_is_approved_ahead_and_applied_on_its_day(town: Stage) -> None:
    later = town.day(3)
    dated = f'{{dated: [{{value: blocked, until: "{town.day(2)}"}}, {{value: allowed, from: "{later}"}}]}}'
    pull = town.recorded({SCHOOL: town.read(SCHOOL).replace("incognito: blocked", f"incognito: {dated}")})
    town.accept(pull)
    assert applied(town.run("apply", "push")) == 0
    assert town.left() == []

    town.forge.clock.tick(days=3)
    on_the_day = town.run("converge", "schedule")

    assert on_the_day.jobs[CONVERGE].conclusion == "success", on_the_day.said
    assert applied(on_the_day, CONVERGE) == 1
    assert town.left() == []


def test_new_devices_are_put_into_the_group_that_their_pattern_says_within_the_limit(town: Stage) -> None:
    new = {"add_unknown_devices": {"count": 4, "serial_prefix": "NYA", "location": "NORR 4-6 {n:02d}", "org_unit": "/"}}
    town.ask("perturb", new)
    before = town.writes()
    assert town.run("apply", "workflow_dispatch").jobs[APPLY].step("apply").code == 4
    assert town.writes() == before, "an apply alone places nothing that nobody approved"

    done = town.run("converge", "schedule")

    assert done.jobs[CONVERGE].conclusion == "success", done.said
    assert town.left() == []
    assert "NYA" not in done.said + done.jobs[CONVERGE].summary
    assert not [title for title in town.issues() if title.startswith("sandbox: chrome")], "the question is answered"


def test_full_plans_and_journals_leave_the_machine_sealed_and_the_comment_has_no_device_in_it(town: Stage) -> None:
    pull = town.propose("bo", "forseglad", town.switched())
    shown = town.run("plan", "pull_request_target", pull=pull, only="plan")
    town.accept(pull)
    done = town.run("apply", "push")

    for job, name in ((shown.jobs["plan"], "plan"), (done.jobs[APPLY], "apply-chrome")):
        sealed = {path: data for path, data in job.uploads[name].items() if path.endswith(".age")}
        assert any("plan.json" in path for path in sealed)
        assert all(data.startswith(b"age-encryption.org/v1") for data in sealed.values())
        assert b"fingerprint" not in b"".join(job.uploads[name].values())
    assert any("journal.jsonl" in path for path in done.jobs[APPLY].uploads["apply-chrome"])
    assert "NORR0" not in "".join(town.comments(pull)) + shown.said + done.said


def test_what_a_date_brings_leaves_the_machine_as_sealed_as_the_rest(town: Stage) -> None:
    later = town.day(3)
    dated = f'{{dated: [{{value: blocked, until: "{town.day(2)}"}}, {{value: allowed, from: "{later}"}}]}}'
    now = r"incognito: (?:blocked|\{dated: \[.*?\]\})"
    other = {SCHOOL: re.sub(now, f"incognito: {dated}", town.read(SCHOOL))}
    pull = town.propose("bo", "senare", other)

    shown = town.run("plan", "pull_request_target", pull=pull, only="plan").jobs["plan"]

    assert shown.step("later").code == 0, shown.said
    sealed = sorted(path for path in shown.uploads["plan"] if path.endswith(".age"))
    assert [path.partition(".until-")[0] for path in sealed] == ["sealed/later.json", "sealed/plan.json"]
    assert shown.workspace is not None
    assert [file.name for file in shown.workspace.glob("*.json")] == []
    town.forge.close(pull, "bo")
