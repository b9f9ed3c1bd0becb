"""From a pull request to the systems: each command as a process, with what its job would have.

One municipality, founded and applied whole; each test leaves it so, and begins by seeing that it is.
"""

import re
from collections.abc import Iterator

import pytest

from tests.acceptance.ci_world import OTHER_KEY, SCHOOL, World, world


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """What came with the first commit is held until it is approved by name; then it is applied."""
    with world(tmp_path_factory.mktemp("town")) as made:
        first = made.apply()
        assert (first.code, made.writes()) == (4, 0), first.said
        made.accept(filled(asked(made)))
        done = made.apply()
        assert done.code == 0, done.said
        yield made


@pytest.fixture
def town(founded: World) -> Iterator[World]:
    founded.hub.clock.tick(hours=1, minutes=5)  # GitHub's quota is by the hour: a thousand requests of jobs
    assert founded.left() == []
    yield founded
    founded.extra.clear()


def asked(town: World) -> str:
    return (town.out / "approvals.yaml").read_text("utf-8")


def filled(text: str) -> dict[str, str | None]:
    """The approvals file that a run asked for, with a reason and an end, under a name that isn't taken."""
    filled.number += 1  # type: ignore[attr-defined]
    name = f"beslut-{filled.number}"  # type: ignore[attr-defined]
    text = re.sub(r"(?m)^id: .*$", f"id: {name}", text)
    text = text.replace('reason: "…"', "reason: Rådet har bestämt det.").replace("ÅÅÅÅ-MM-DD", "2026-12-10")
    return {f"policies/approvals/{name}.yaml": text}


filled.number = 0  # type: ignore[attr-defined]


def held_then_approved(town: World) -> None:
    """Nothing was written; the file that the run asked for lets it through."""
    before = town.writes()
    held = town.apply()
    assert (held.code, town.writes()) == (4, before), held.said
    town.accept(filled(asked(town)))
    done = town.apply()
    assert done.code == 0, done.said
    assert town.left() == []


def switch(town: World) -> dict[str, str | None]:
    """The other value of one setting of the school."""
    text = town.hub.git.run("show", f"refs/heads/main:{SCHOOL}")
    old, new = ("incognito: blocked", "incognito: allowed")
    return town.edit(old, new) if old in text else town.edit(new, old)


def test_what_is_approved_is_applied_and_a_second_run_does_nothing(town: World) -> None:
    town.accept(switch(town))

    done = town.apply()

    assert done.code == 0, done.said
    assert "1 ändring genomförd" in done.out
    assert town.left() == []
    before = town.writes()
    again = town.apply()
    assert (again.code, town.writes()) == (0, before), again.said


def test_the_comment_is_kept_in_place_and_shows_the_plan(town: World) -> None:
    pull = town.propose(switch(town))
    assert town.plan_and_record(pull).code == 0
    first = [(one.id, one.body) for one in town.hub.said(pull)]

    assert town.plan_and_record(pull).code == 0

    assert [(one.id, one.body) for one in town.hub.said(pull)] == first  # an approval of it still counts
    assert [one.author for one in town.hub.said(pull)] == ["github-actions[bot]"]
    assert "Inkognitoläge" in first[0][1]
    assert "NORR 4-6" not in first[0][1]
    town.hub.close(pull, "bo")


def test_without_educations_approval_it_is_held(town: World) -> None:
    town.accept(switch(town), "anna")

    held = town.apply()

    assert held.code == 4
    assert "utbildning" in held.out
    held_then_approved(town)


def test_one_person_for_both_is_held(town: World) -> None:
    town.accept(switch(town), "dag")

    held = town.apply()

    assert held.code == 4
    assert "Samma person" in held.out
    held_then_approved(town)


def test_a_record_that_was_altered_holds_everything(town: World) -> None:
    pull = town.propose(switch(town))
    town.plan_and_record(pull)
    said = town.hub.said(pull)[0]
    at = said.body.index("part=1/1\n") + 30
    said.body = said.body[:at] + ("A" if said.body[at] != "A" else "B") + said.body[at + 1 :]
    town.approve(pull)
    town.merge(pull)

    held = town.apply()

    assert held.code == 4
    assert "Underskriften på den sparade ändringsplanen" in held.out
    held_then_approved(town)


def test_a_record_that_was_replayed_from_another_pull_request_holds_everything(town: World) -> None:
    one = town.propose(switch(town))
    town.plan_and_record(one)
    other = town.propose(switch(town))
    town.plan_and_record(other)
    town.hub.said(other)[0].body = town.hub.said(one)[0].body
    town.hub.close(one, "bo")
    town.approve(other)
    town.merge(other)

    held = town.apply()

    assert held.code == 4
    assert f"gjordes för pull request {one.number}" in held.out
    held_then_approved(town)


def test_a_forced_push_after_the_approval_holds_everything(town: World) -> None:
    pull = town.propose(switch(town), branch="tvingad")
    town.plan_and_record(pull)
    town.approve(pull)
    town.hub.commit("bo", "tvingad", {**switch(town), "README.md": "Smuget in\n"}, onto=town.hub.head())
    town.merge(pull)

    held = town.apply()

    assert held.code == 4
    assert "slogs ihop" in held.out
    held_then_approved(town)


def test_a_commit_past_pull_requests_holds_everything(town: World) -> None:
    town.hub.commit("anna", "main", switch(town), "Bara den här gången")

    held = town.apply()

    assert held.code == 4
    assert "utan pull request" in held.out
    held_then_approved(town)


def test_a_record_by_another_key_holds_everything(town: World) -> None:
    mine, town.key = town.key, OTHER_KEY
    pull = town.propose(switch(town))
    town.plan_and_record(pull)
    town.key = mine
    town.approve(pull)
    town.merge(pull)

    assert town.apply().code == 4
    held_then_approved(town)


def test_of_two_merges_in_quick_succession_the_older_run_is_superseded(town: World) -> None:
    first = town.accept(switch(town))
    second = town.propose({"README.md": f"{town.number}\n"})
    town.plan_and_record(second)
    town.approve(second)
    town.merge(second)
    before = town.writes()

    older = town.apply(commit=first)

    assert (older.code, town.writes()) == (0, before), older.said
    assert "En nyare körning tar vid" in older.err
    newer = town.apply()
    assert newer.code == 0, newer.said
    assert "1 ändring genomförd" in newer.out


def test_what_is_changed_by_hand_is_told_and_not_put_back(town: World) -> None:
    """Drift is nobody's change. One issue, updated, closed when it is healed."""
    by_hand(town)
    run = town.hub.run("schedule", actor="anna", workflow="drift")
    words = ["ci", "drift", "--root", str(town.checkout(town.hub.head())), *town.live()]

    told = town.run(run, {"issues": "write", "contents": "read"}, *words)

    assert told.code == 0, told.said
    assert issues(town, "Avvikelser i sandbox: chrome: 1") == ["open"]
    before = town.writes()
    kept = town.apply()
    assert (kept.code, town.writes()) == (0, before), kept.said
    held_to_heal(town)
    assert town.run(run, {"issues": "write", "contents": "read"}, *words).code == 0
    assert issues(town, "Avvikelser i sandbox: chrome: 1") == ["closed"]


def held_to_heal(town: World) -> None:
    """That it is put back is approved like anything else."""
    town.accept(filled(asked(town)))
    done = town.apply()
    assert done.code == 0, done.said
    assert town.left() == []


def by_hand(town: World) -> None:
    state = town.ask("state")
    unit = next(one for one in state["google"]["org_units"] if one["name"] == "Elever åk 4–6")
    unit["name"] = "Omdöpt för hand"
    town.ask("seed", state)


def issues(town: World, title: str) -> list[str]:
    return [one.state for one in town.hub.world.issues.values() if one.title == title]


def test_a_lock_keeps_an_apply_away_until_it_is_let_go_of(town: World) -> None:
    run = town.hub.run("workflow_dispatch", actor="anna", workflow="hand")
    words = ["--backend", "chrome", "--root", str(town.checkout(town.hub.head())), *town.live()]
    assert town.run(run, {"contents": "write"}, "ci", "lock", *words).code == 0

    away = town.apply()

    assert away.code == 1
    assert "är låst av körningen" in away.err
    assert town.run(run, {"contents": "write"}, "ci", "unlock", *words).code == 0
    assert town.apply().code == 0


def test_a_dry_run_decides_and_writes_nothing(town: World) -> None:
    town.accept(switch(town))
    before, asked_before = town.writes(), len(town.hub.world.deployments)

    dry = town.apply(None, "apply", "--dry-run")

    assert (dry.code, town.writes(), len(town.hub.world.deployments)) == (0, before, asked_before), dry.said
    assert "1 ändring är godkänd och skulle genomföras" in dry.out
    assert town.apply().code == 0


def test_without_the_key_nothing_is_believed_and_nothing_done(town: World) -> None:
    town.extra["RECONCILER_SIGNING_KEY"] = ""

    refused = town.apply()

    assert refused.code == 1
    assert "RECONCILER_SIGNING_KEY är inte satt" in refused.err


def test_no_secret_and_no_device_is_printed(town: World) -> None:
    town.accept(switch(town))

    done = town.apply()

    secrets = [town.key, town.key.partition(":")[2], *town.hub.world.tokens]
    assert not [one for one in secrets if one in done.said]
    assert "NORR0" not in done.said


def test_a_new_device_comes_to_its_group_by_the_schedule_alone(town: World) -> None:
    """The pattern that says where it belongs is approved: within the week's limit nobody is asked."""
    state = town.ask("state")
    devices = state["google"]["devices"]
    root = next(one["id"] for one in state["google"]["org_units"] if not one.get("parent"))
    new = {**devices[0], "id": "new-device", "serial": "NORR99", "org_unit": root}
    devices.append(new)
    town.ask("seed", state)

    assert len(town.left()) == 1

    done = town.apply(None, "converge")

    assert done.code == 0, done.said
    assert "1 enhet har fått en ny plats" in done.out
    assert town.left() == []
