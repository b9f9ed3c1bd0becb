"""Who pushed is told by the forge, whatever the commits say and whatever became of the branch."""

from tests.forge.clients import client
from tests.forge.forge import Forge

READ = {"contents": "read"}


def test_who_pushed_whosever_name_the_commit_has(forge: Forge) -> None:
    first = forge.commit("bo", "gren", {"a.yaml": "a: 1\n"})
    second = forge.commit("bo", "gren", {"a.yaml": "a: 2\n"}, committer="dag")
    forced = forge.commit("bo", "gren", {"a.yaml": "a: 3\n"}, onto=first)
    told = client(forge, forge.token(READ, actor="bo")).get("/activity?ref=refs/heads/gren").json()
    assert [(each["actor"]["login"], each["after"], each["activity_type"]) for each in told] == [
        ("bo", forced, "force_push"),
        ("dag", second, "push"),
        ("bo", first, "branch_creation"),
    ]


def test_a_branch_that_is_gone_is_still_told_of(forge: Forge) -> None:
    sha = forge.commit("bo", "gren", {"a.yaml": "a: 1\n"})
    api = client(forge, forge.token({"contents": "write"}, actor="bo"))
    assert api.delete("/git/refs/heads/gren").status_code == 204
    told = api.get("/activity?ref=gren").json()
    assert [(each["before"], each["activity_type"]) for each in told] == [
        (sha, "branch_deletion"),
        ("0" * 40, "branch_creation"),
    ]


def test_pages_go_on_by_cursor(forge: Forge) -> None:
    shas = [forge.commit("bo", "gren", {"a.yaml": f"a: {number}\n"}) for number in range(3)]
    api = client(forge, forge.token(READ, actor="bo"))
    first = api.get("/activity?ref=gren&per_page=2")
    assert [each["after"] for each in first.json()] == [shas[2], shas[1]]
    second = api.get(first.links["next"]["url"])
    assert ([each["after"] for each in second.json()], "next" in second.links) == ([shas[0]], False)
    assert api.get("/activity?ref=gren&page=2").status_code == 422
    forge.violations.clear()


def test_a_merge_is_its_own_kind(forge: Forge) -> None:
    forge.commit("bo", "gren", {"a.yaml": "a: 1\n"})
    pull = forge.open_pull("bo", "gren")
    merged = forge.merge(pull, "dag", "squash")
    newest = client(forge, forge.token(READ, actor="bo")).get("/activity?ref=main").json()[0]
    assert (newest["after"], newest["activity_type"], newest["actor"]["login"]) == (merged, "pr_merge", "dag")
