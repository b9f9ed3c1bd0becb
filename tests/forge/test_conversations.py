"""Comments and issues: who said it stays, what is too long is refused."""

import pytest

from tests.forge.clients import client
from tests.forge.forge import Forge
from tests.forge.state import Pull

TALK = {"issues": "write", "pull-requests": "write"}


@pytest.fixture
def pull(forge: Forge) -> Pull:
    forge.commit("bo", "gren", {"a": "b\n"})
    return forge.open_pull("bo", "gren")


def test_a_comment_stays_its_authors_whoever_edits_it(forge: Forge, pull: Pull) -> None:
    """So a marker alone proves nothing: a person may write it, and one with write access may edit the bot's."""
    bot = client(forge, forge.token(TALK, actor="bo"))
    made = bot.post("/issues/1/comments", json={"body": "<!-- ours --> plan"}).json()
    assert (made["user"]["login"], made["user"]["type"], made["user"]["id"]) == ("github-actions[bot]", "Bot", 41898282)
    forge.clock.tick(minutes=1)
    dag = client(forge, forge.personal_token("dag", {"pull_requests": "write"}))
    edited = dag.patch(f"/issues/comments/{made['id']}", json={"body": "<!-- ours --> annat"}).json()
    assert edited["user"]["login"] == "github-actions[bot]"
    assert (edited["created_at"], edited["updated_at"]) == ("2026-11-23T08:00:00Z", "2026-11-23T08:01:00Z")


def test_anybody_who_reads_may_write_a_marker(forge: Forge, pull: Pull) -> None:
    forge.say(pull, "cia", "<!-- reconciler:record:1 aGVq -->")
    api = client(forge, forge.token(TALK, actor="bo"))
    assert [each["user"]["login"] for each in api.get("/issues/1/comments").json()] == ["cia"]


@pytest.mark.parametrize(("text", "status"), [("x" * 65536, 201), ("x" * 65537, 422), ("å" * 65536, 201)])
def test_a_comment_has_room_for_65536_characters(forge: Forge, pull: Pull, text: str, status: int) -> None:
    """https://github.com/vebr/jest-lcov-reporter/issues/14 (2021-02-23) has GitHub's answer in full."""
    api = client(forge, forge.token(TALK, actor="bo"))
    answer = api.post("/issues/1/comments", json={"body": text})
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"] == [
            {
                "resource": "IssueComment",
                "code": "unprocessable",
                "field": "data",
                "message": "Body is too long (maximum is 65536 characters)",
            }
        ]
        assert forge.said(pull) == []


def test_an_edit_and_an_issue_have_the_same_limit(forge: Forge, pull: Pull) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    made = api.post("/issues/1/comments", json={"body": "kort"}).json()
    assert api.patch(f"/issues/comments/{made['id']}", json={"body": "x" * 65537}).status_code == 422
    assert api.post("/issues", json={"title": "x", "body": "x" * 65537}).status_code == 422
    assert [each.body for each in forge.said(pull)] == ["kort"]


def test_pull_requests_are_among_the_issues(forge: Forge, pull: Pull) -> None:
    """https://docs.github.com/en/rest/issues/issues#list-repository-issues, 2026-11-22: told apart by `pull_request`."""
    api = client(forge, forge.token(TALK, actor="bo"))
    api.post("/issues", json={"title": "Avvikelse: google", "labels": ["avvikelse"]})
    found = api.get("/issues").json()
    assert [(each["number"], "pull_request" in each) for each in found] == [(2, False), (1, True)]
    assert [each["number"] for each in api.get("/issues?labels=Avvikelse").json()] == [2]
    assert [each["number"] for each in api.get("/issues", params={"creator": "github-actions[bot]"}).json()] == [2]


def test_an_issue_is_closed_and_opened_again(forge: Forge) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    api.post("/issues", json={"title": "Avvikelse"})
    assert api.patch("/issues/1", json={"state": "closed"}).json()["state_reason"] == "completed"
    assert api.get("/issues").json() == []
    again = api.patch("/issues/1", json={"state": "open"}).json()
    assert (again["state"], again["state_reason"], again["closed_at"]) == ("open", "reopened", None)


def test_labels_are_the_same_in_any_case(forge: Forge) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    assert api.post("/labels", json={"name": "Avvikelse"}).status_code == 201
    again = api.post("/labels", json={"name": "avvikelse"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "already_exists")
    assert api.get("/labels/AVVIKELSE").json()["name"] == "Avvikelse"


def test_a_comment_that_is_gone_is_not_found(forge: Forge, pull: Pull) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    made = api.post("/issues/1/comments", json={"body": "hej"}).json()
    at = f"/issues/comments/{made['id']}"
    assert api.delete(at).status_code == 204
    assert api.get(at).status_code == 404
    assert api.patch(at, json={"body": "x"}).status_code == 404
    assert api.post("/issues/77/comments", json={"body": "x"}).status_code == 404


def test_an_empty_comment_is_refused(forge: Forge, pull: Pull) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    assert api.post("/issues/1/comments", json={"body": " "}).status_code == 422
