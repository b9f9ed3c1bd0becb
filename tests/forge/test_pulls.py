"""Pull requests as GitHub keeps them: three ways to merge, forced pushes, reviews that are dismissed."""

import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.forge.clients import client
from tests.forge.forge import Forge
from tests.forge.git import ConflictError
from tests.forge.merging import NotMergeableError
from tests.forge.opening import AlreadyOpenError, NoCommitsError
from tests.forge.reviewing import OwnPullError
from tests.forge.state import Pull

READ = {"contents": "read", "pull-requests": "read"}


def opened(
    forge: Forge, branch: str = "gren", path: str = "schools/norr.yaml", text: str = "id: norr\nname: N\n"
) -> Pull:
    forge.commit("bo", branch, {path: text}, f"Ändra {path}")
    return forge.open_pull("bo", branch, title=f"Ändra {branch}")


def test_a_merge_commit_has_the_reviewed_head_as_its_second_parent(forge: Forge) -> None:
    pull, base = opened(forge), forge.head()
    merged = forge.read_commit(forge.merge(pull, "anna", "merge"))
    assert merged.parents == (base, pull.head)
    assert merged.message == "Merge pull request #1 from granby-kommun/gren\n\nÄndra gren"
    assert (merged.author.name, merged.committer.email) == ("anna", "noreply@github.com")


def test_a_squash_is_one_new_commit_by_who_opened_it_and_names_who_else_wrote(forge: Forge) -> None:
    """https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges, 2026-11-22."""
    pull, base = opened(forge), forge.head()
    forge.commit("dag", "gren", {"schools/syd.yaml": "id: syd\n"}, "Syd")
    merged = forge.read_commit(forge.merge(pull, "anna", "squash"))
    assert merged.parents == (base,)
    assert merged.sha != pull.head
    assert merged.author.name == "bo"
    dag = forge.world.people["dag"]
    assert merged.message == (
        f"Ändra gren (#1)\n\n* Ändra schools/norr.yaml\n\n* Syd\n\nCo-authored-by: dag <{dag.email}>"
    )


def test_a_rebase_makes_every_commit_anew_and_keeps_who_wrote_it(forge: Forge) -> None:
    pull = opened(forge)
    forge.commit("dag", "gren", {"schools/syd.yaml": "id: syd\n"}, "Syd")
    heads = forge.git.between(forge.head(), pull.head)
    forge.commit("anna", "main", {"docs.md": "x\n"})
    base = forge.head()
    top = forge.merge(pull, "anna", "rebase")
    new = forge.git.between(base, top)
    assert [forge.read_commit(sha).author.name for sha in new] == ["bo", "dag"]
    assert {forge.read_commit(sha).committer.name for sha in new} == {"anna"}
    assert not set(new) & set(heads)
    assert forge.git.run("show", f"{top}:schools/syd.yaml") == "id: syd"
    assert forge.git.run("show", f"{top}:docs.md") == "x"


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_the_merged_commit_leads_back_to_its_pull_request(forge: Forge, method: str) -> None:
    """https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit, 2026-11-22."""
    pull = opened(forge)
    forge.merge(pull, "anna", method)  # type: ignore[arg-type]  # one of the three
    api = client(forge, forge.token(READ, actor="bo"))
    found = api.get(f"/commits/{forge.head()}/pulls").json()
    assert [(each["number"], each["merge_commit_sha"], each["head"]["sha"]) for each in found] == [
        (1, forge.head(), pull.head)
    ]
    assert found[0]["merged_at"] == "2026-11-23T08:00:00Z"


def test_a_commit_that_was_pushed_to_main_leads_to_no_pull_request(forge: Forge) -> None:
    forge.merge(opened(forge), "anna", "squash")
    forge.commit("anna", "main", {"a": "b\n"}, "Förbi alla")
    api = client(forge, forge.token(READ, actor="bo"))
    assert api.get(f"/commits/{forge.head()}/pulls").json() == []


def test_a_commit_on_a_branch_leads_to_open_ones_but_not_to_closed_ones(forge: Forge) -> None:
    pull = opened(forge)
    api = client(forge, forge.token(READ, actor="bo"))
    assert [each["number"] for each in api.get(f"/commits/{pull.head}/pulls").json()] == [1]
    forge.close(pull, "bo")
    assert api.get(f"/commits/{pull.head}/pulls").json() == []


def test_before_the_merge_merge_commit_sha_is_githubs_own_test_merge(forge: Forge) -> None:
    pull = opened(forge)
    api = client(forge, forge.token(READ, actor="bo"))
    sha = api.get("/pulls/1").json()["merge_commit_sha"]
    assert forge.read_commit(sha).parents == (forge.head(), pull.head)
    assert forge.git.resolve("refs/pull/1/merge") == sha
    assert not forge.git.is_ancestor(sha, "refs/heads/main")


def test_the_commits_and_files_are_the_pull_requests_own_after_main_has_gone_on(forge: Forge) -> None:
    pull = opened(forge)
    forge.merge(opened(forge, "annan", "schools/vast.yaml", "id: vast\n"), "anna", "squash")
    api = client(forge, forge.token(READ, actor="bo"))
    assert [each["filename"] for each in api.get("/pulls/1/files").json()] == ["schools/norr.yaml"]
    forge.merge(pull, "anna", "squash")
    assert [each["filename"] for each in api.get("/pulls/1/files").json()] == ["schools/norr.yaml"]
    assert [each["sha"] for each in api.get("/pulls/1/commits").json()] == [pull.head]


def test_two_merges_in_quick_succession_both_land(forge: Forge) -> None:
    first = opened(forge)
    second = opened(forge, "annan", "schools/vast.yaml", "id: vast\n")
    one = forge.merge(first, "anna", "squash")
    two = forge.merge(second, "anna", "squash")
    assert forge.read_commit(two).parents == (one,)
    api = client(forge, forge.token(READ, actor="bo"))
    found = api.get("/pulls?state=closed&base=main&sort=updated&direction=desc").json()
    assert [(each["number"], each["merge_commit_sha"]) for each in found] == [(2, two), (1, one)]
    assert found[0]["base"]["sha"] == one


def test_what_conflicts_is_not_merged(forge: Forge) -> None:
    pull = opened(forge)
    forge.commit("anna", "main", {"schools/norr.yaml": "id: norra\n"})
    api = client(forge, forge.token(READ, actor="bo"))
    told = api.get("/pulls/1").json()
    assert (told["mergeable"], told["mergeable_state"]) == (False, "dirty")
    with pytest.raises(ConflictError):
        forge.merge(pull, "anna", "squash")
    assert api.get("/pulls/1").json()["merged"] is False


def test_the_head_that_is_expected_must_be_the_head(forge: Forge) -> None:
    """https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request, 2026-11-22: 409."""
    pull = opened(forge)
    old = pull.head
    forge.commit("bo", "gren", {"schools/norr.yaml": "id: norr\nname: X\n"})
    api = client(forge, forge.token({"contents": "write"}, actor="bo"))
    refused = api.put("/pulls/1/merge", json={"sha": old})
    assert (refused.status_code, refused.json()["message"]) == (
        409,
        "Head branch was modified. Review and try the merge again.",
    )


def test_a_push_with_git_itself_is_noticed(forge: Forge, tmp_path: Path) -> None:
    """The repository is a real one: what somebody pushes moves the pull request."""
    pull = opened(forge)
    clone = tmp_path / "klon"
    quiet = {"check": True, "capture_output": True, "timeout": 60}
    subprocess.run(["git", "clone", "--branch", "gren", str(forge.git.path), str(clone)], **quiet)  # type: ignore[call-overload]
    (clone / "ny.txt").write_text("ny\n", "utf-8")
    who = ["-c", "user.name=dag", "-c", f"user.email={forge.world.people['dag'].email}"]
    subprocess.run(["git", "-C", str(clone), "add", "."], **quiet)  # type: ignore[call-overload]
    subprocess.run(["git", "-C", str(clone), *who, "commit", "-m", "Ny"], **quiet)  # type: ignore[call-overload]
    subprocess.run(["git", "-C", str(clone), "push"], **quiet)  # type: ignore[call-overload]
    last = forge.events[-1]
    assert (last.name, last.action, last.sender) == ("pull_request", "synchronize", "dag")
    assert last.payload["after"] == pull.head == forge.head("gren")


def test_a_forced_push_leaves_the_old_head_behind(forge: Forge) -> None:
    pull = opened(forge)
    old, start = pull.head, forge.head()
    forge.review(pull, "anna")
    forge.commit("bo", "gren", {"schools/norr.yaml": "id: norr\nname: Y\n"}, onto=start)
    assert pull.heads == [old, forge.head("gren")]
    assert not forge.git.is_ancestor(old, pull.head)
    push = [each for each in forge.events if each.name == "push"][-1]
    assert push.payload["forced"] is True
    api = client(forge, forge.token(READ, actor="bo"))
    told = api.get("/pulls/1/reviews").json()[0]
    assert (told["state"], told["commit_id"], told["submitted_at"]) == ("APPROVED", old, "2026-11-23T08:00:00Z")


@pytest.mark.parametrize(("dismiss", "state"), [(True, "DISMISSED"), (False, "APPROVED")])
def test_a_push_dismisses_approvals_only_where_the_rules_say_so(forge: Forge, dismiss: bool, state: str) -> None:
    forge.protect("main", dismiss_stale=dismiss)
    pull = opened(forge)
    review = forge.review(pull, "anna")
    old = pull.head
    forge.commit("bo", "gren", {"schools/norr.yaml": "id: norr\nname: Z\n"})
    assert (review.state, review.head) == (state, old)


def test_a_request_for_changes_outlives_a_push(forge: Forge) -> None:
    forge.protect("main")
    pull = opened(forge)
    review = forge.review(pull, "anna", "request-changes", body="Nej")
    forge.commit("bo", "gren", {"schools/norr.yaml": "id: norr\nname: Z\n"})
    assert review.state == "CHANGES_REQUESTED"


def test_protected_main_wants_an_approval_by_somebody_who_may_write(forge: Forge) -> None:
    forge.protect("main")
    pull = opened(forge)
    forge.review(pull, "cia")
    with pytest.raises(
        NotMergeableError, match="At least 1 approving review is required by reviewers with write access"
    ):
        forge.merge(pull, "anna")
    forge.review(pull, "dag")
    forge.merge(pull, "anna")


def test_whoever_asked_for_changes_stands_in_the_way_until_they_approve(forge: Forge) -> None:
    forge.protect("main")
    pull = opened(forge)
    forge.review(pull, "anna")
    forge.review(pull, "dag", "request-changes", body="Nej")
    with pytest.raises(NotMergeableError, match="Changes have been requested"):
        forge.merge(pull, "anna")
    forge.review(pull, "dag", "comment", body="Jo, kanske")
    with pytest.raises(NotMergeableError, match="Changes have been requested"):
        forge.merge(pull, "anna")
    forge.review(pull, "dag")
    assert forge.merge(pull, "anna")


def test_an_administrator_may_go_past_the_rules(forge: Forge) -> None:
    forge.protect("main", approvals=2)
    assert forge.merge(opened(forge), "anna", bypass=True) == forge.head()


def test_nobody_approves_their_own(forge: Forge) -> None:
    pull = opened(forge)
    with pytest.raises(OwnPullError):
        forge.review(pull, "bo")
    forge.review(pull, "bo", "comment", body="Klart")
    api = client(forge, forge.personal_token("bo", {"pull_requests": "write"}))
    refused = api.post("/pulls/1/reviews", json={"event": "APPROVE"})
    assert (refused.status_code, refused.json()["errors"]) == (422, ["Review Can not approve your own pull request"])


def test_reading_is_enough_to_review(forge: Forge) -> None:
    opened(forge)
    api = client(forge, forge.personal_token("cia", {"pull_requests": "write"}))
    assert api.post("/pulls/1/reviews", json={"event": "APPROVE"}).json()["state"] == "APPROVED"


def test_a_review_after_the_merge_is_taken_and_dated(forge: Forge) -> None:
    pull = opened(forge)
    forge.merge(pull, "anna")
    forge.clock.tick(minutes=5)
    forge.review(pull, "cia")
    api = client(forge, forge.token(READ, actor="bo"))
    assert api.get("/pulls/1/reviews").json()[0]["submitted_at"] == "2026-11-23T08:05:00Z"


def test_commits_pushed_to_main_by_hand_count_as_merged(forge: Forge) -> None:
    """https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges, 2026-11-22."""
    pull = opened(forge)
    forge.git.run("update-ref", "refs/heads/main", pull.head)
    assert forge.events[-1].action == "closed"
    assert (pull.merged_at is not None, pull.merge_sha, pull.reviews) == (True, pull.head, [])


def test_a_branch_that_goes_away_closes_its_pull_request(forge: Forge) -> None:
    pull = opened(forge)
    forge.git.run("update-ref", "-d", "refs/heads/gren")
    api = client(forge, forge.token(READ, actor="bo"))
    assert api.get("/pulls/1").json()["state"] == "closed"
    assert pull.merged_at is None


def test_one_pull_request_per_branch_and_none_without_commits(forge: Forge) -> None:
    opened(forge)
    with pytest.raises(AlreadyOpenError, match="A pull request already exists for granby-kommun:gren"):
        forge.open_pull("bo", "gren")
    forge.git.run("update-ref", "refs/heads/tom", forge.head())
    with pytest.raises(NoCommitsError, match="No commits between main and tom"):
        forge.open_pull("bo", "tom")


def test_a_forks_branch_is_brought_here_under_the_pull_requests_own_name(forge: Forge) -> None:
    forge.fork("utomstaende")
    sha = forge.commit_to_fork("utomstaende", "main", {"schools/norr.yaml": "id: ${{ github.token }}\n"})
    pull = forge.open_pull("utomstaende", "main", fork=True)
    assert forge.git.resolve("refs/pull/1/head") == sha == pull.head
    assert forge.git.resolve("refs/heads/main") != sha
    api = client(forge, forge.token(READ, actor="bo"))
    told = api.get("/pulls/1").json()["head"]
    assert (told["label"], told["repo"]["fork"], told["repo"]["full_name"]) == (
        "utomstaende:main",
        True,
        "utomstaende/skolenheter",
    )


@pytest.mark.parametrize("branch", ["o'brien", 'sa"ga', "åäö/ny-gren", "a&b;$(id)", "%2e"])
def test_branch_names_that_hurt(forge: Forge, branch: str) -> None:
    pull = opened(forge, branch)
    api = client(forge, forge.token(READ, actor="bo"))
    assert api.get("/pulls/1").json()["head"]["ref"] == branch
    assert api.get("/pulls", params={"head": f"granby-kommun:{branch}"}).json()[0]["number"] == 1
    found = api.get(f"/git/ref/heads/{quote(branch, safe='')}")
    assert found.json()["object"]["sha"] == pull.head


def test_authors_of_commits_are_accounts_by_their_addresses(forge: Forge) -> None:
    opened(forge)
    forge.commit("dag", "gren", {"x": "y\n"}, "Två", co_authors=["cia"], committer="bo")
    api = client(forge, forge.token(READ, actor="bo"))
    last = api.get("/pulls/1/commits").json()[-1]
    assert (last["author"]["login"], last["committer"]["login"]) == ("dag", "bo")
    assert f"Co-authored-by: cia <{forge.world.people['cia'].email}>" in last["commit"]["message"]
    forge.world.people["dag"].email = "annan@example.se"
    forge.world.people["dag"].id += 1
    assert api.get("/pulls/1/commits").json()[-1]["author"] is None


def test_a_deleted_accounts_review_is_nobodys(forge: Forge) -> None:
    pull = opened(forge)
    forge.review(pull, "dag")
    forge.say(pull, "dag", "Ser bra ut")
    forge.delete_account("dag")
    api = client(forge, forge.token(READ, actor="bo"))
    assert [each["user"] for each in api.get("/pulls/1/reviews").json()] == [None]
    assert [each["user"]["login"] for each in api.get("/issues/1/comments").json()] == ["ghost"]


def test_a_review_that_is_not_handed_in_is_its_authors_alone(forge: Forge) -> None:
    """https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request, 2026-11-22."""
    opened(forge)
    cia = client(forge, forge.personal_token("cia", {"pull_requests": "write"}))
    made = cia.post("/pulls/1/reviews", json={}).json()
    assert (made["state"], "submitted_at" in made) == ("PENDING", False)
    assert len(cia.get("/pulls/1/reviews").json()) == 1
    assert client(forge, forge.token(READ, actor="bo")).get("/pulls/1/reviews").json() == []
