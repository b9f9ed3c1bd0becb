"""What is kept of runs: found again whole, believed only with our signature, missed where it was taken away."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from reconciler.forge import run_record
from reconciler.forge.anchor import BEGINNING, read_anchor, write_anchor
from reconciler.forge.api import Forge
from reconciler.forge.deployments import FIRST, History, history_of, lost_of, read_history, set_state, write_run
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.run_record import LONGEST, Phase, Read, Run, read_parts, write_parts
from reconciler.trust.evidence import Spent
from reconciler.trust.signing import Key
from tests.forge.faults import bad_gateway
from tests.forge.forge import Forge as Hub
from tests.unit.forge.conftest import Connect

KEY = Key(id="2026", secret=b"k" * 32)
OTHER = Key(id="2026", secret=b"o" * 32)
REPOSITORY = "9300007"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=60)


def spent(fingerprint: str, *, moved: int = 0) -> Spent:
    return Spent(at=NOON, fingerprint=fingerprint, kind="setting", moved=moved)


def run(hub: Hub, number: str = "1001", phase: Phase = Phase.ENDED, *, after: int = 0, complete: bool = True) -> Run:
    return Run(
        repository=REPOSITORY,
        backend="google",
        run=number,
        attempt=1,
        phase=phase,
        at=NOON + timedelta(minutes=after),
        commit=hub.head(),
        plan_digest="d" * 64,
        applied=2,
        held=1,
        waiting=3,
        journal="journal-google-1001.age",
        complete=complete,
        spent=(
            Spent(at=NOON, fingerprint="f1", kind="setting", deletes=True, disturbed=("norr/7b",), allowed=True),
            Spent(at=NOON, fingerprint="f2", kind="membership", from_ours=True, moved=12, placed=3),
        ),
    )


def history(forge: Forge, *, since: datetime = LONG_AGO, keys: Sequence[Key] = (KEY,)) -> History:
    return read_history(forge, "google", REPOSITORY, keys, since)


def test_nothing_was_done_yet(forge: Forge) -> None:
    assert history(forge) == History(spent_from=FIRST)


def test_a_run_is_found_again_as_it_was_kept(hub: Hub, forge: Forge) -> None:
    kept = run(hub)

    number, mark = write_run(forge, kept, KEY, "", "success", "2 ändringar gjorda, 1 hålls")

    found = history(forge)
    assert (found.runs, found.last, found.last_complete) == ((kept,), mark, kept)
    assert (found.spent, found.unsure, found.spent_from, found.unread) == (kept.spent, (), FIRST, 0)
    deployment = hub.world.deployments[number]
    assert (deployment.sha, deployment.environment, deployment.task) == (hub.head(), "reconciler-google", "reconciler")
    assert [status.state for status in deployment.statuses] == ["success"]


def test_nothing_in_it_but_our_own_words_counts_and_hashes(hub: Hub, forge: Forge) -> None:
    number, _ = write_run(forge, run(hub), KEY, "", "success")

    assert set(hub.world.deployments[number].payload) == {"reconciler", "key", "mark", "of", "part", "data"}


def test_the_last_whole_apply_is_the_newest_that_was_whole(hub: Hub, forge: Forge) -> None:
    whole, broken = run(hub, "1001"), run(hub, "1002", after=10, complete=False)
    _, mark = write_run(forge, whole, KEY, "", "success")
    write_run(forge, broken, KEY, mark, "failure")

    found = history(forge)

    assert (found.last_complete, [one.run for one in found.runs]) == (whole, ["1002", "1001"])


def test_what_has_no_signature_of_ours_is_not_believed(hub: Hub, to: Connect, forge: Forge) -> None:
    """A workflow of somebody who may push speaks as the same bot; the key it doesn't have."""
    write_run(forge, run(hub), OTHER, "", "success")

    found = history(forge)

    assert (found.last_complete, found.spent, found.unread) == (None, (), 1)


def test_what_a_person_made_is_not_even_looked_at(hub: Hub, to: Connect, forge: Forge) -> None:
    person = to(GITHUB_TOKEN=hub.personal_token("dag", {"deployments": "write"}))
    write_run(person, run(hub), KEY, "", "success")

    assert history(forge) == History(spent_from=FIRST)


def test_a_record_of_another_repository_or_backend_is_not_ours(hub: Hub, forge: Forge) -> None:
    write_run(forge, replace(run(hub), repository="1"), KEY, "", "success")
    mark, payloads = write_parts(replace(run(hub), backend="intune"), KEY)
    _, own = write_parts(run(hub), KEY)

    assert history(forge).last_complete is None
    assert read_parts([*payloads, *own], [KEY])[mark].backend == "intune"


def test_one_that_was_made_again_later_doesnt_count_twice_and_isnt_newer(hub: Hub, forge: Forge) -> None:
    old, new = run(hub, "1001"), run(hub, "1002", after=10)
    _, mark = write_run(forge, old, KEY, "", "success")
    write_run(forge, new, KEY, mark, "success")
    write_run(forge, old, KEY, "", "success")

    found = history(forge)

    assert (found.last_complete, len(found.spent)) == (replace(new, previous=mark), 4)


def test_one_that_was_taken_away_is_missed(hub: Hub, forge: Forge) -> None:
    _, first = write_run(forge, run(hub, "1001"), KEY, "", "success")
    gone, second = write_run(forge, run(hub, "1002", after=10), KEY, first, "success")
    write_run(forge, run(hub, "1003", after=20), KEY, second, "success")
    assert history(forge).spent_from == FIRST

    del hub.world.deployments[gone]

    assert history(forge).spent_from == NOON + timedelta(minutes=20)


def test_the_newest_that_was_taken_away_cant_be_missed_but_the_next_shows_it(hub: Hub, forge: Forge) -> None:
    """Said plainly: whoever may delete deployments can hide the last run until there is another."""
    _, first = write_run(forge, run(hub, "1001"), KEY, "", "success")
    gone, second = write_run(forge, run(hub, "1002", after=10), KEY, first, "success")
    del hub.world.deployments[gone]
    assert history(forge).spent_from == FIRST

    write_run(forge, run(hub, "1003", after=20), KEY, second, "success")

    assert history(forge).spent_from == NOON + timedelta(minutes=20)


def test_what_is_older_than_anybody_asks_for_isnt_needed(hub: Hub) -> None:
    old = run(hub, "1001")
    new = replace(run(hub, "1002", after=10), previous="m1")
    since = NOON + timedelta(minutes=5)

    found = history_of({"m1": replace(old, previous="m0"), "m2": new}, since)

    assert (found.runs, found.spent, found.spent_from, found.last_complete) == ((new,), new.spent, since, new)


def test_a_run_that_was_killed_leaves_what_it_was_about_to_do(hub: Hub, forge: Forge) -> None:
    begun = replace(run(hub, phase=Phase.BEGUN, complete=False), spent=(spent("f1"), spent("f2"), spent("f3", moved=2)))
    write_run(forge, begun, KEY, "", "in_progress")

    found = history(forge)

    assert (found.spent, found.unsure, found.last_complete) == ((), begun.spent, None)


def test_a_run_that_has_ended_counts_by_what_it_did(hub: Hub, forge: Forge) -> None:
    begun = replace(run(hub, phase=Phase.BEGUN, complete=False), spent=(spent("f1"), spent("f2")))
    _, mark = write_run(forge, begun, KEY, "", "in_progress")
    write_run(forge, replace(run(hub, after=5), spent=(spent("f1"),)), KEY, mark, "success")

    found = history(forge)

    assert (found.spent, found.unsure) == ((spent("f1"),), ())


def test_old_and_new_keys_work_side_by_side(hub: Hub, forge: Forge) -> None:
    new = Key(id="2027", secret=b"n" * 32)
    _, mark = write_run(forge, run(hub, "1001"), KEY, "", "success")
    write_run(forge, run(hub, "1002", after=10), new, mark, "success")

    assert len(history(forge, keys=(KEY, new)).runs) == 2
    assert [one.run for one in history(forge, keys=(new,)).runs] == ["1002"]


def test_a_large_run_is_kept_in_parts_and_is_nothing_without_one_of_them(hub: Hub, forge: Forge) -> None:
    many = tuple(spent(sha256(str(number).encode()).hexdigest()) for number in range(3000))
    whole = replace(run(hub), spent=many)
    mark, payloads = write_parts(whole, KEY)

    assert len(payloads) > 1
    assert all(len(json.dumps(payload)) < LONGEST + 400 for payload in payloads)
    assert read_parts(payloads, [KEY]) == {mark: whole}
    assert read_parts(payloads[1:], [KEY]) == {}
    read = Read([KEY])
    read.add(payloads[1:])
    assert (read.runs, read.marks) == ({}, frozenset({mark}))


def test_beyond_reason_it_is_refused_before_anything_is_sent(
    hub: Hub, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.forge.run_record.LONGEST", 2)

    with pytest.raises(ForgeProblem, match="FORGE-RECORD-TOO-LARGE"):
        write_run(forge, run(hub), KEY, "", "success")
    assert hub.world.deployments == {}


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "text",
        {},
        {"reconciler": 2},
        {"reconciler": 1},
        {"reconciler": 1, "mark": "x", "key": "2026", "part": "1"},
        None,
        [1],
    ],
)
def test_other_deployments_are_passed_over(payload: object) -> None:
    read = Read([KEY])
    read.add([payload])
    assert (read.runs, read.marks) == ({}, frozenset())


@pytest.mark.parametrize("field", ["data", "mark", "key", "of", "part", "reconciler"])
def test_a_part_that_was_changed_opens_nothing(hub: Hub, field: str) -> None:
    _, (payload,) = write_parts(run(hub), KEY)
    changed = dict(payload)
    value = changed[field]
    changed[field] = value + 1 if isinstance(value, int) else "A" + str(value)[1:]

    assert read_parts([changed], [KEY]) == {}


def test_a_payload_that_comes_back_as_text_is_read_too(hub: Hub) -> None:
    mark, payloads = write_parts(run(hub), KEY)

    assert read_parts([json.dumps(payload) for payload in payloads], [KEY]) == {mark: run(hub)}


def test_a_502_after_the_fact_keeps_it_once(hub: Hub, forge: Forge) -> None:
    hub.fault(bad_gateway(verb="POST", path=".*/deployments", when="after"))
    kept = run(hub)

    write_run(forge, kept, KEY, "", "success")

    assert (history(forge).runs, len(hub.world.deployments)) == ((kept,), 2)


def test_beyond_a_page_the_last_whole_apply_is_found(hub: Hub, forge: Forge) -> None:
    mark = ""
    for number in range(104):
        _, mark = write_run(forge, run(hub, str(number), after=number, complete=number == 0), KEY, mark, "success")

    found, recent = history(forge), history(forge, since=NOON + timedelta(days=7))

    assert found.last_complete is not None
    assert (found.last_complete.run, len(found.runs), found.spent_from) == ("0", 104, FIRST)
    assert (recent.last_complete, recent.runs) == (found.last_complete, ())


def test_what_its_page_shows_is_cut_to_what_github_takes(hub: Hub, forge: Forge) -> None:
    number, _ = write_run(forge, run(hub), KEY, "", "in_progress")

    set_state(forge, number, "failure", "x" * 200)

    assert [(each.state, len(each.description)) for each in hub.world.deployments[number].statuses] == [
        ("in_progress", 0),
        ("failure", 140),
    ]


def test_the_newest_that_were_taken_away_are_missed(hub: Hub, forge: Forge) -> None:
    """No other record names them: the mark that the lock carries does."""
    marks = [""]
    for number in range(3):
        _, mark = write_run(forge, run(hub, f"100{number}", after=number), KEY, marks[-1], "success")
        marks.append(mark)
    assert lost_of(history(forge), marks[3]) == ""
    assert lost_of(history(forge), marks[2]) == ""  # a run was killed before it had said so
    newest = max(hub.world.deployments)
    del hub.world.deployments[newest]

    found = history(forge)
    assert found.spent_from == FIRST
    assert lost_of(found, marks[3]) == marks[3][:40]
    assert lost_of(found, "") == marks[2][:40]
    hub.world.deployments.clear()
    assert lost_of(history(forge), marks[3]) == marks[3][:40]
    assert lost_of(history(forge), "") == ""


def test_after_the_beginning_nothing_is_missed_and_without_it_a_first_record_is(hub: Hub, forge: Forge) -> None:
    """Killed between the first record and its anchor: that the lock carries the beginning says so. Nothing else does."""
    written = write_anchor(BEGINNING, REPOSITORY, "google", KEY)
    beginning = read_anchor(written, REPOSITORY, "google", [KEY])
    assert beginning == "0" * 64
    assert lost_of(history(forge), beginning) == ""
    _, mark = write_run(forge, run(hub, phase=Phase.BEGUN, complete=False), KEY, "", "in_progress")

    assert lost_of(history(forge), beginning) == ""
    for other in ("", read_anchor(written, REPOSITORY, "intune", [KEY]), read_anchor(written, "1", "google", [KEY])):
        assert lost_of(history(forge), other) == mark[:40]


@pytest.mark.parametrize(
    "bent",
    ["", "x", "f" * 64, f"{'f' * 64} 2026 {'0' * 64}", f"{'f' * 64} 2025 {'0' * 64}", "é" * 64],
)
def test_an_anchor_is_ours_or_there_is_none(bent: str) -> None:
    mark = "f" * 64
    written = write_anchor(mark, REPOSITORY, "google", KEY)

    assert read_anchor(written, REPOSITORY, "google", [KEY]) == mark
    assert read_anchor(written, REPOSITORY, "intune", [KEY]) == ""
    assert read_anchor(written, "1", "google", [KEY]) == ""
    assert read_anchor(written, REPOSITORY, "google", [OTHER]) == ""
    assert read_anchor(bent, REPOSITORY, "google", [KEY]) == ""


JUNK = (
    {"reconciler": 1, "key": "2026", "mark": "é", "part": 1, "of": 1, "data": "AAAA"},
    {"reconciler": 1, "key": "2026", "mark": "é" * 64, "part": 1, "of": 1, "data": "AAAA"},
    {"reconciler": 1, "key": "2026", "mark": "a" * 64, "part": 1, "of": 1, "data": "é"},
    {"reconciler": 1, "key": "é", "mark": "a" * 64, "part": 1, "of": 1, "data": "AAAA"},
    {"reconciler": 1, "key": "2026", "mark": "a" * 64, "part": 10**400, "of": 10**401, "data": "AAAA"},
    {"reconciler": 1, "key": "2026", "mark": "a" * 64, "part": 0, "of": 1, "data": "AAAA"},
    {"reconciler": 1, "key": "2026", "mark": "a" * 64, "part": True, "of": 1, "data": "AAAA"},
    "[" * 100_000,
    "1" * 5_000,
)


@pytest.mark.parametrize("payload", JUNK, ids=range(len(JUNK)))
def test_whatever_somebody_writes_into_a_deployment_it_is_no_record(payload: object) -> None:
    """Any workflow with `deployments: write` speaks as our own bot; one crash here would stop every apply."""
    assert read_parts([payload], [KEY]) == {}


def test_each_record_is_opened_once_however_many_pages_there_are(
    hub: Hub, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = run_record._open

    def counted(parts: Sequence[run_record._Part], keys: Sequence[Key]) -> Run | None:
        opened.append(parts[-1].mark)
        return real(parts, keys)

    monkeypatch.setattr(run_record, "_open", counted)
    mark = ""
    for number in range(250):
        _, mark = write_run(forge, run(hub, str(number), after=number, complete=False), KEY, mark, "success")

    found = history(forge)

    assert (len(found.runs), len(opened), found.spent_from) == (250, 250, FIRST)
