"""One holder at a time: taken by one of many, kept, let go of only by its own, taken over by one when its time is out."""

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.forge.api import Forge
from reconciler.forge.connect import connect
from reconciler.forge.lock import SKEW, Held, Holder, Lock, acquire, anchor_at, current, release, renew, still_ours
from reconciler.forge.problems import ForgeProblem
from reconciler.http.clock import VirtualTime
from reconciler.http.failures import Forbidden
from tests.forge.faults import bad_gateway, server_error
from tests.forge.forge import Forge as Hub
from tests.unit.forge.conftest import REPOSITORY, WRITE_ALL, Connect

HALF_AN_HOUR = timedelta(minutes=30)
ONE, TWO, THREE = Holder(run="1001"), Holder(run="1002"), Holder(run="1003")
REF = "refs/reconciler/locks/google"


def taken(forge: Forge, holder: Holder = ONE, backend: str = "google") -> Lock:
    found = acquire(forge, backend, holder, HALF_AN_HOUR)
    assert isinstance(found, Lock)
    return found


def held(forge: Forge, holder: Holder) -> Held:
    found = acquire(forge, "google", holder, HALF_AN_HOUR)
    assert isinstance(found, Held)
    return found


def test_the_first_gets_it_and_the_second_is_told_who_has_it_until_when(forge: Forge, time: VirtualTime) -> None:
    lock = taken(forge, ONE)

    refused = held(forge, TWO)

    assert (refused.by, refused.since, refused.until) == (ONE, lock.since, lock.since + HALF_AN_HOUR)
    assert abs(lock.since - datetime.fromtimestamp(time.start, UTC)) < timedelta(minutes=1)


def test_each_backend_has_a_lock_of_its_own(forge: Forge) -> None:
    assert (taken(forge, ONE, "google").backend, taken(forge, TWO, "intune").backend) == ("google", "intune")


def test_what_was_let_go_of_is_the_next_ones(forge: Forge) -> None:
    assert release(forge, taken(forge, ONE)) is True
    assert current(forge, "google") is None
    assert taken(forge, TWO).holder == TWO


def test_what_it_carries_goes_from_hand_to_hand(forge: Forge, time: VirtualTime) -> None:
    """Kept by everybody, whoever lets go of it or takes it over."""
    first = taken(forge, ONE)
    assert anchor_at(forge, "google") == ""
    release(forge, renew(forge, renew(forge, first, HALF_AN_HOUR, "a b c"), HALF_AN_HOUR))
    assert anchor_at(forge, "google") == "a b c"
    taken(forge, TWO)
    time.sleep(3600)

    assert taken(forge, THREE).anchor == "a b c"
    by_hand = current(forge, "google")
    assert by_hand is not None
    assert release(forge, by_hand)
    assert anchor_at(forge, "google") == "a b c"


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "i dag"])
def test_a_moment_beyond_all_years_is_unreadable_and_no_crash(hub: Hub, forge: Forge, moment: str) -> None:
    """Whoever may push may write anything into the commit."""
    lock = taken(forge)
    claim = {"backend": "google", "run": "1", "attempt": 1, "state": "held", "since": moment, "until": moment}
    forged = hub.git.make_commit(
        lock.tree, [lock.sha], f"x\n\n{json.dumps(claim)}", author=hub._signature("bo"), committer=hub._signature("bo")
    )
    hub.git.set_ref(REF, forged, lock.sha)

    with pytest.raises(ForgeProblem) as refused:
        acquire(forge, "google", TWO, HALF_AN_HOUR)

    assert refused.value.code == "FORGE-LOCK-UNREADABLE"


def test_it_lies_outside_of_branches_and_tags_and_names_nobody(hub: Hub, forge: Forge) -> None:
    lock = taken(forge)

    assert hub.git.refs("refs/reconciler/") == {REF: lock.sha}
    commit = hub.read_commit(lock.sha)
    assert (commit.author.name, commit.committer.name) == ("reconciler", "reconciler")
    assert commit.message.startswith("Lock of google\n\n{")


def test_until_its_time_and_a_little_more_is_out_it_is_left_alone(forge: Forge, time: VirtualTime) -> None:
    taken(forge, ONE)
    time.sleep((HALF_AN_HOUR + SKEW).total_seconds() - 30)
    held(forge, TWO)
    time.sleep(40)

    assert taken(forge, TWO).holder == TWO


def test_it_is_renewed_from_now_on(forge: Forge, time: VirtualTime) -> None:
    lock = taken(forge, ONE)
    time.sleep(1500)
    longer = renew(forge, lock, HALF_AN_HOUR)
    assert (still_ours(forge, lock), still_ours(forge, longer)) == (False, True)
    time.sleep(1500)

    assert longer.until - lock.until >= timedelta(seconds=1500)
    assert held(forge, TWO).until == longer.until
    assert still_ours(forge, longer) is True


def test_who_was_overtaken_can_neither_renew_nor_let_go(forge: Forge, time: VirtualTime) -> None:
    late = taken(forge, ONE)
    time.sleep(3600)
    new = taken(forge, TWO)

    with pytest.raises(ForgeProblem) as lost:
        renew(forge, late, HALF_AN_HOUR)
    assert (lost.value.code, lost.value.values) == ("FORGE-LOCK-LOST", {"backend": "google"})
    assert release(forge, late) is False
    assert held(forge, THREE).by == TWO
    assert still_ours(forge, new) is True


def test_a_lock_whose_time_is_out_but_that_nobody_took_can_be_renewed_and_is_not_ours_until_then(
    forge: Forge, time: VirtualTime
) -> None:
    lock = taken(forge, ONE)
    time.sleep(3600)

    assert still_ours(forge, lock) is False
    assert still_ours(forge, renew(forge, lock, HALF_AN_HOUR)) is True


def test_a_later_attempt_of_a_run_takes_over_from_the_one_that_was_killed_and_not_the_other_way(forge: Forge) -> None:
    taken(forge, Holder(run="1001", attempt=1))

    assert taken(forge, Holder(run="1001", attempt=2)).holder.attempt == 2
    assert held(forge, Holder(run="1001", attempt=1)).by.attempt == 2


def test_of_two_who_take_over_at_once_one_wins(
    forge: Forge, time: VirtualTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other moves the ref after we have read that the lock is out, and before we write."""
    taken(forge, ONE)
    time.sleep(3600)
    asked, raced = forge.http.send, False

    def overtaken(request):  # type: ignore[no-untyped-def]
        nonlocal raced
        if request.method == "PATCH" and not raced:
            raced = True
            taken(forge, TWO)
        return asked(request)

    monkeypatch.setattr(forge.http, "send", overtaken)

    assert held(forge, THREE).by == TWO


def test_of_two_who_make_it_at_once_one_wins(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, raced = forge.http.send, False

    def overtaken(request):  # type: ignore[no-untyped-def]
        nonlocal raced
        if request.path.endswith("git/refs") and not raced:
            raced = True
            taken(forge, TWO)
        return asked(request)

    monkeypatch.setattr(forge.http, "send", overtaken)

    assert held(forge, THREE).by == TWO


def race(address: str, hub: Hub, people: int) -> list[Lock | Held]:
    found: list[Lock | Held] = []
    token = hub.token(WRITE_ALL, actor="bo")

    def take(number: int) -> None:
        environ = {"GITHUB_TOKEN": token, "GITHUB_API_URL": address, "GITHUB_REPOSITORY": REPOSITORY}
        with connect(environ, clock=VirtualTime().clock()) as mine:
            found.append(acquire(mine, "google", Holder(run=str(number)), HALF_AN_HOUR))

    threads = [threading.Thread(target=take, args=(number,)) for number in range(people)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return found


def test_of_six_threads_at_once_one_gets_it(hub: Hub) -> None:
    found = race(hub.serve(), hub, 6)

    winners = [each for each in found if isinstance(each, Lock)]
    assert (len(found), len(winners)) == (6, 1)
    assert {each.by for each in found if isinstance(each, Held)} == {winners[0].holder}


RACER = """
import sys
from datetime import timedelta
from reconciler.forge.connect import connect
from reconciler.forge.lock import Held, Holder, acquire
import os
with connect(os.environ) as forge:
    found = acquire(forge, "google", Holder(run=sys.argv[1]), timedelta(minutes=30))
sys.stdout.write("held by " + found.by.run if isinstance(found, Held) else "mine")
"""


def test_of_two_processes_at_once_one_gets_it(hub: Hub) -> None:
    environ = {
        "GITHUB_TOKEN": hub.token(WRITE_ALL, actor="bo"),
        "GITHUB_API_URL": hub.serve(),
        "GITHUB_REPOSITORY": REPOSITORY,
    }
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, run], env=environ, stdout=subprocess.PIPE, text=True)
        for run in ("1001", "1002")
    ]

    said = [racer.communicate(timeout=60)[0] for racer in racers]

    winner = "1001" if said[0] == "mine" else "1002"
    assert sorted(said) == sorted(["mine", f"held by {winner}"])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_502_leaves_no_doubt_about_who_has_it(hub: Hub, forge: Forge, when: str) -> None:
    hub.fault(bad_gateway(verb="POST", path=".*/git/refs", when="after" if when == "after" else "before"))
    lock = taken(forge, ONE)
    hub.fault(bad_gateway(verb="PATCH", when="after" if when == "after" else "before"))

    assert still_ours(forge, lock) is True
    assert release(forge, lock) is True
    assert taken(forge, TWO).holder == TWO


def test_a_server_that_only_fails_to_answer_has_let_go_all_the_same(hub: Hub, forge: Forge) -> None:
    lock = taken(forge, ONE)
    hub.fault(bad_gateway(verb="PATCH", when="after", times=99))

    assert release(forge, lock) is True


def test_one_that_went_through_although_all_said_otherwise_is_found_to_be_ours(
    hub: Hub, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was lost, and a server that is behind still shows the state before."""
    before = taken(forge, ONE)
    release(forge, before)
    monkeypatch.setattr("reconciler.forge.lock._points_to", lambda *_: before.sha)
    hub.fault(bad_gateway(verb="PATCH", when="after", times=8))

    assert taken(forge, TWO).holder == TWO


def test_a_502_to_the_commit_is_tried_again(hub: Hub, forge: Forge) -> None:
    hub.fault(server_error(verb="POST", path=".*/git/commits"))

    assert taken(forge).holder == ONE


def test_what_nobody_of_ours_wrote_is_never_taken(hub: Hub, forge: Forge, time: VirtualTime) -> None:
    hub.git.set_ref(REF, hub.head(), None)
    time.sleep(90 * 86400)

    with pytest.raises(ForgeProblem) as refused:
        acquire(forge, "google", ONE, HALF_AN_HOUR)

    assert (refused.value.code, refused.value.values) == ("FORGE-LOCK-UNREADABLE", {"backend": "google"})


def test_another_backends_lock_put_in_its_place_is_not_taken_for_free(hub: Hub, forge: Forge) -> None:
    other = taken(forge, ONE, "intune")
    release(forge, other)
    hub.git.set_ref(REF, hub.git.refs("refs/reconciler/")["refs/reconciler/locks/intune"], None)

    with pytest.raises(ForgeProblem, match="FORGE-LOCK-UNREADABLE"):
        acquire(forge, "google", ONE, HALF_AN_HOUR)


def test_contents_write_is_enough_and_less_is_not(to: Connect) -> None:
    assert taken(to({"contents": "write"}), ONE).holder == ONE
    with pytest.raises(Forbidden):
        release(to({"contents": "read"}), taken(to({"contents": "write"}), Holder(run="1001", attempt=2)))


@pytest.mark.parametrize("backend", ["", "../heads/main", "a/b", "Google", "-x", "x" * 253, "_x"])
def test_a_name_that_leads_elsewhere_is_refused(forge: Forge, backend: str) -> None:
    with pytest.raises(ValueError, match="not the name of a backend"):
        acquire(forge, backend, ONE, HALF_AN_HOUR)
