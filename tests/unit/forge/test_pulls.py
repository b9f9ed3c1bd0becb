"""Which pull request brought which commit of main, and what is known of it, for every way of merging."""

from collections.abc import Mapping, Sequence
from typing import get_args

import pytest

from reconciler.forge.api import Forge, listing
from reconciler.forge.fields import Row
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.pulls import File, head_of_pull, landed_by, merged_pulls, read_files
from reconciler.forge.repository import Landed, contains, head_of, line_since, read_repository
from reconciler.http.clock import VirtualTime
from reconciler.trust.evidence import MergedPull, ReviewState
from tests.forge.forge import Forge as Hub
from tests.forge.happenings import notice
from tests.forge.merging import Method
from tests.forge.state import Pull
from tests.unit.forge.conftest import Connect


def change(hub: Hub, author: str, branch: str, times: int = 1, **more: object) -> Pull:
    for number in range(times):
        hub.commit(author, branch, {f"schools/{branch}.yaml": f"id: {number}\n"}, f"Ändring {number}", **more)  # type: ignore[arg-type]
    return hub.open_pull(author, branch)


def since(hub: Hub, forge: Forge, start: str) -> tuple[MergedPull, ...]:
    return merged_pulls(forge, "main", line_since(forge, start, hub.head()))


@pytest.mark.parametrize(("method", "landed"), [("merge", 1), ("squash", 1), ("rebase", 3)])
def test_what_a_merge_put_on_main_is_ascribed_to_it(hub: Hub, forge: Forge, method: Method, landed: int) -> None:
    start = hub.head()
    pull = change(hub, "dag", "norr", times=3)
    hub.review(pull, "bo")
    hub.merge(pull, "bo", method)

    (found,) = since(hub, forge, start)

    assert (found.number, found.into, found.base) == (pull.number, "main", start)
    assert (found.head, found.merge_sha) == (pull.head, hub.head())
    assert found.landed == tuple(commit.sha for commit in line_since(forge, start, hub.head()))
    assert (len(found.landed), len(found.commits), found.author) == (landed, 3, "dag")
    assert [commit.sha for commit in found.commits][-1] == pull.head
    assert found.merged_at == hub.clock.now


def test_every_way_of_merging_is_tried() -> None:
    assert set(get_args(Method)) == {"merge", "squash", "rebase"}


def test_two_in_quick_succession_come_in_their_order_each_with_its_own_base(hub: Hub, forge: Forge) -> None:
    start = hub.head()
    one, two = change(hub, "dag", "norr"), change(hub, "bo", "soder")
    after_one = hub.merge(one, "bo", "squash")
    hub.merge(two, "dag", "merge")

    first, second = since(hub, forge, start)

    assert [(first.number, first.base), (second.number, second.base)] == [(one.number, start), (two.number, after_one)]


@pytest.mark.parametrize("method", ["merge", "rebase"])
def test_a_commit_that_came_past_pull_requests_is_nobodys(hub: Hub, forge: Forge, method: Method) -> None:
    start = hub.head()
    pull = change(hub, "dag", "norr", times=2)
    direct = hub.commit("anna", "main", {"README.md": "Ändrad direkt\n"})
    hub.merge(pull, "bo", method)

    (found,) = since(hub, forge, start)
    line = [commit.sha for commit in line_since(forge, start, hub.head())]

    assert (line[0], found.base) == (direct, direct)
    assert set(line) - set(found.landed) == {direct}


def test_a_pull_request_that_is_linked_a_little_late_and_still_as_open_is_found(
    hub: Hub, forge: Forge, time: VirtualTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = hub.head()
    pull = change(hub, "dag", "norr")
    hub.merge(pull, "bo", "squash")
    line = line_since(forge, start, hub.head())

    def late(forge: Forge, path: str, values: Mapping[str, str]) -> Sequence[Row]:
        rows = listing(forge, path, values)
        if "commits/{sha}" not in path or time.elapsed > 5:
            return rows
        return [] if time.elapsed < 1 else [{**row, "merged_at": None} for row in rows]

    monkeypatch.setattr("reconciler.forge.pulls.listing", late)

    assert [found.number for found in merged_pulls(forge, "main", line)] == [pull.number]


def test_what_was_merged_into_another_branch_is_left_out(hub: Hub, forge: Forge) -> None:
    hub.commit("dag", "prov", {"a.yaml": "a: 1\n"})
    start = hub.head()
    hub.commit("dag", "norr", {"b.yaml": "b: 1\n"})
    pull = hub.open_pull("dag", "norr", base="prov")
    merged = hub.merge(pull, "bo", "merge")
    hub.git.set_ref("refs/heads/main", merged, start)

    assert since(hub, forge, start) == ()
    assert hub.head() == merged


def test_reviews_keep_their_person_head_and_state(hub: Hub, forge: Forge) -> None:
    start = hub.head()
    pull = change(hub, "dag", "norr")
    first_head = pull.head
    hub.review(pull, "cia", "comment")
    hub.review(pull, "bo", "request-changes")
    gone = hub.review(pull, "anna")
    hub.clock.tick(minutes=5)
    change_of_mind = hub.commit("dag", "norr", {"schools/norr.yaml": "id: 9\n"})
    hub.dismiss(gone)
    hub.review(pull, "bo")
    hub.clock.tick(minutes=5)
    hub.merge(pull, "bo", "squash")

    (found,) = since(hub, forge, start)

    assert [(review.person, review.state, review.head) for review in found.reviews] == [
        ("cia", ReviewState.COMMENTED, first_head),
        ("bo", ReviewState.CHANGES_REQUESTED, first_head),
        ("anna", ReviewState.DISMISSED, first_head),
        ("bo", ReviewState.APPROVED, change_of_mind),
    ]
    assert found.reviews[3].at < found.merged_at
    assert found.head == change_of_mind


def test_more_than_a_page_of_reviews_are_all_read(hub: Hub, forge: Forge) -> None:
    start = hub.head()
    pull = change(hub, "dag", "norr")
    for _ in range(120):
        hub.review(pull, "cia", "comment")
    hub.review(pull, "bo")
    hub.merge(pull, "bo", "squash")

    (found,) = since(hub, forge, start)

    assert (len(found.reviews), found.reviews[-1].person) == (121, "bo")


def test_who_pushed_it_is_known_whoever_the_commits_say_they_are_by(hub: Hub, forge: Forge) -> None:
    start = hub.head()
    hub.commit("dag", "norr", {"schools/norr.yaml": "id: 1\n"})
    hub.commit("dag", "norr", {"schools/norr.yaml": "id: 2\n"}, committer="bo")
    pull = hub.open_pull("dag", "norr")
    hub.merge(pull, "bo", "squash")

    (found,) = since(hub, forge, start)

    assert [(commit.author, commit.committer) for commit in found.commits] == [("dag", "dag"), ("dag", "bo")]
    assert found.pushers == ("bo", "dag")


def test_who_pushed_it_first_stays_known_when_another_sets_the_branch_back_to_it(hub: Hub, forge: Forge) -> None:
    start = hub.head()
    first = hub.commit("dag", "norr", {"schools/norr.yaml": "id: 1\n"})
    second = hub.commit("bo", "norr", {"schools/norr.yaml": "id: 2\n"})
    hub.git.set_ref("refs/heads/norr", first, second)
    notice(hub.world, "github-actions[bot]")
    pull = hub.open_pull("bo", "norr")
    hub.merge(pull, "anna", "squash")

    (found,) = since(hub, forge, start)

    assert (found.head, found.pushers) == (first, ("dag", "github-actions[bot]"))


def test_of_a_fork_nobody_knows_who_pushed(hub: Hub, forge: Forge) -> None:
    start = hub.head()
    hub.fork("cia")
    hub.commit_to_fork("cia", "norr", {"schools/norr.yaml": "id: 1\n"})
    pull = hub.open_pull("cia", "norr", fork=True)
    hub.git.set_ref("refs/heads/norr", pull.head, None)  # somebody has the same commit on a branch of that name here
    assert hub.events[-1].name == "push"
    hub.merge(pull, "bo", "squash")

    (found,) = since(hub, forge, start)

    assert found.pushers == ("",)


def test_a_head_that_nobody_is_known_to_have_pushed_leaves_somebody_unknown(
    hub: Hub, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = hub.head()
    pull = change(hub, "dag", "norr", times=2)
    hub.merge(pull, "bo", "squash")
    first = hub.git.between(start, pull.head)[0]
    monkeypatch.setattr("reconciler.forge.pulls.read_pushers", lambda *_: {first: frozenset({"dag"})})

    (found,) = since(hub, forge, start)

    assert found.pushers == ("", "dag")


def test_files_with_where_they_were_before(hub: Hub, forge: Forge) -> None:
    hub.commit("dag", "byt", {"README.md": None, "LÄSMIG.md": "Skolenheter\n", "schools/norr.yaml": "id: norr\n"})
    pull = hub.open_pull("dag", "byt")

    assert set(read_files(forge, pull.number)) == {
        File(path="LÄSMIG.md", before="README.md"),
        File(path="schools/norr.yaml"),
    }
    assert head_of_pull(forge, pull.number) == pull.head


def test_files_that_may_not_all_be_listed_are_no_answer(
    hub: Hub, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull = change(hub, "dag", "norr")
    monkeypatch.setattr("reconciler.forge.pulls.MOST_FILES", 1)

    with pytest.raises(ForgeProblem) as refused:
        read_files(forge, pull.number)

    assert (refused.value.code, refused.value.values) == (
        "FORGE-FILES-INCOMPLETE",
        {"pull": str(pull.number), "limit": "1"},
    )


def test_a_branch_that_was_rewritten_has_no_line(hub: Hub, forge: Forge) -> None:
    first = hub.head()
    old = hub.commit("anna", "main", {"README.md": "Två\n"})
    new = hub.commit("anna", "main", {"README.md": "Tre\n"}, onto=first)

    with pytest.raises(ForgeProblem) as refused:
        line_since(forge, old, new)

    assert refused.value.code == "FORGE-HISTORY-REWRITTEN"


def test_what_came_in_by_a_merge_is_no_start_of_the_line(hub: Hub, forge: Forge) -> None:
    """The commit lies on main, but main never stood there: a run that says so was never on main."""
    pull = change(hub, "dag", "norr", times=2)
    inside = hub.git.between(hub.head(), pull.head)[0]
    hub.merge(pull, "bo", "merge")

    with pytest.raises(ForgeProblem, match="FORGE-HISTORY-REWRITTEN"):
        line_since(forge, inside, hub.head())


def test_a_line_of_more_than_a_page_is_whole(hub: Hub, forge: Forge) -> None:
    start = hub.head()
    shas = [hub.commit("anna", "main", {"README.md": f"{number}\n"}) for number in range(130)]

    assert [commit.sha for commit in line_since(forge, start, hub.head())] == shas
    assert line_since(forge, hub.head(), hub.head()) == ()


def test_where_nothing_was_applied_yet_the_line_begins_with_the_founding_commit(hub: Hub, forge: Forge) -> None:
    founding = hub.head()
    pull = change(hub, "dag", "norr", times=3)
    merged = hub.merge(pull, "bo", "merge")

    line = line_since(forge, "", merged)

    assert [(commit.sha, len(commit.parents)) for commit in line] == [(founding, 0), (merged, 2)]
    assert [found.landed for found in merged_pulls(forge, "main", line)] == [(merged,)]


def test_where_branches_stand(hub: Hub, forge: Forge) -> None:
    first = hub.head()
    second = hub.commit("dag", "prov/norr", {"a.yaml": "a: 1\n"})

    assert (head_of(forge, "main"), head_of(forge, "prov/norr")) == (first, second)
    assert (contains(forge, "main", first), contains(forge, "main", second)) == (True, False)


@pytest.mark.parametrize("visibility", ["private", "public"])
def test_who_may_see_the_repository(hub: Hub, to: Connect, visibility: str) -> None:
    hub.settings.visibility = "public" if visibility == "public" else "private"

    found = read_repository(to({"contents": "read"}))

    assert (found.visibility, found.id, found.default_branch) == (visibility, str(hub.world.repository_id), "main")
    assert (found.full_name, found.owner_kind) == ("granby-kommun/skolenheter", "Organization")


def commit(sha: str, *parents: str) -> Landed:
    return Landed(sha=sha, parents=parents)


LINE = (commit("a", "0"), commit("b", "a"), commit("c", "b"), commit("m", "c", "h"), commit("d", "m"))


@pytest.mark.parametrize(
    ("merge_sha", "head", "associated", "landed"),
    [
        ("m", "h", ["m"], ("m",)),
        ("m", "h", ["c", "m"], ("m",)),
        ("m", "x", ["m"], ()),
        ("c", "h", ["c"], ("c",)),
        ("c", "h", ["a", "b", "c"], ("a", "b", "c")),
        ("c", "h", ["a", "c"], ("c",)),
        ("c", "h", ["a", "b", "c", "d"], ("a", "b", "c")),
        ("d", "h", ["m", "d"], ("d",)),
        ("z", "h", ["a"], ()),
    ],
    ids=[
        "a merge",
        "never more than the merge",
        "a merge of another head",
        "a squash",
        "a rebase",
        "not past what is another's",
        "nothing after it",
        "not past a merge",
        "not on the line",
    ],
)
def test_which_commits_are_one_merges(
    merge_sha: str, head: str, associated: list[str], landed: tuple[str, ...]
) -> None:
    assert landed_by(LINE, merge_sha, head, associated) == landed
