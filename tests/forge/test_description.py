"""Neither side invents: what GitHub's published description doesn't name can neither be asked nor answered."""

import json

import pytest

from tests.forge import description, extract
from tests.forge.answers import HANDLERS, Answer, answers
from tests.forge.clients import client
from tests.forge.forge import Forge
from tests.forge.permissions import NEEDED


def test_every_operation_cut_out_is_answered_and_has_its_rights() -> None:
    cut = set(description.description()["operations"])
    assert cut == set(NEEDED)
    assert cut == set(HANDLERS)


@pytest.mark.skipif(not extract.NODE.exists(), reason="needs npm: see the head of tests/forge/extract.py")
def test_the_extract_is_what_the_packages_say() -> None:
    for path, text in extract.extracted(extract.NODE).items():
        assert path.read_text("utf-8") == text, path.name


def test_the_extract_names_its_source_and_day() -> None:
    assert json.loads(extract.DESCRIPTION.read_text("utf-8"))["source"] == {
        "package": "@octokit/openapi",
        "version": "23.0.2",
        "file": "api.github.com.json",
        "taken": "2026-11-22",
    }


def test_nullable_is_said_as_json_schema_says_it() -> None:
    source = {"type": "string", "nullable": True, "enum": ["a"], "description": "x", "x-github": 1}
    assert extract._schema(source) == {"type": ["string", "null"], "enum": ["a", None]}
    assert extract._schema({"$ref": "#/components/schemas/a", "nullable": True}) == {
        "anyOf": [{"$ref": "#/schemas/a"}, {"type": "null"}]
    }
    properties = {"type": "object", "properties": {"description": {"type": "string"}}}
    assert extract._schema(properties) == properties


def test_the_most_literal_path_wins() -> None:
    found = description.operation_for("GET", "/repos/o/r/issues/comments")
    assert found is not None
    assert found[0].name == "issues/list-comments-for-repo"


@pytest.mark.parametrize(
    ("path", "parameter", "value"),
    [
        ("/repos/o/r/git/ref/heads/en%2Fgren", "ref", "heads/en/gren"),
        ("/repos/o/r/git/ref/heads/en/gren", "ref", "heads/en/gren"),
        ("/repos/o/r/branches/en/gren", "branch", "en/gren"),
        ("/repos/o/r/compare/main...en/gren", "basehead", "main...en/gren"),
        ("/repos/o/r/issues/3/labels/a%2Fb", "name", "a/b"),
        ("/repos/o/r/branches/o%27%22b", "branch", "o'\"b"),
    ],
)
def test_names_in_paths_are_unquoted_once(path: str, parameter: str, value: str) -> None:
    verb = "DELETE" if "labels" in path else "GET"
    found = description.operation_for(verb, path)
    assert found is not None
    assert found[1][parameter] == value


def test_a_path_that_github_does_not_have_is_not_found_and_noted(forge: Forge) -> None:
    token = forge.token({"contents": "read"}, actor="bo")
    assert client(forge, token).get("/merges/all").status_code == 404
    assert forge.violations.pop().startswith("GET /repos/granby-kommun/skolenheter/merges/all: no operation")


def test_a_parameter_that_github_does_not_have_is_refused_and_noted(forge: Forge) -> None:
    token = forge.token({"pull-requests": "read"}, actor="bo")
    assert client(forge, token).get("/pulls?merged_since=2026-01-01").status_code == 422
    assert forge.violations.pop() == "pulls/list: request: query: 'merged_since' is no parameter of pulls/list"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"ref": "refs/x/y"}, "'sha' is a required property|\"sha\" is a required property"),
        ({"ref": "refs/x/y", "sha": "0" * 40, "expires": 1}, "expires"),
        ({"ref": 1, "sha": "0" * 40}, "string"),
    ],
)
def test_a_body_that_github_does_not_describe_is_refused_and_noted(
    forge: Forge, body: dict[str, object], reason: str
) -> None:
    token = forge.token({"contents": "write"}, actor="bo")
    assert client(forge, token).post("/git/refs", json=body).status_code == 422
    said = forge.violations.pop()
    assert said.startswith("git/create-ref: request: ")
    assert any(part in said for part in reason.split("|"))


def test_a_body_that_is_no_json_is_400(forge: Forge) -> None:
    token = forge.token({"contents": "write"}, actor="bo")
    refused = client(forge, token).post("/git/refs", content=b"{")
    assert (refused.status_code, refused.json()["message"]) == (400, "Problems parsing JSON")


@pytest.mark.parametrize("invented", [{"merged_approved": True}, {"total_count": 3}])
def test_an_answer_of_the_stand_in_that_says_more_than_github_breaks_it(
    forge: Forge, monkeypatch: pytest.MonkeyPatch, invented: dict[str, object]
) -> None:
    honest = HANDLERS["git/get-ref"]
    monkeypatch.setitem(HANDLERS, "git/get-ref", HANDLERS["git/get-ref"])
    answers("git/get-ref")(lambda call: Answer(body={**honest(call).body, **invented}))
    token = forge.token({"contents": "read"}, actor="bo")
    with pytest.raises(AssertionError, match="git/get-ref"):
        client(forge, token).get("/git/ref/heads/main")
    assert next(iter(invented)) in forge.violations.pop()


def test_filled_adds_what_is_required_and_says_nothing() -> None:
    known = {"id": 1, "node_id": "LA_1", "name": "avvikelse", "color": "ededed", "url": "https://x.invalid"}
    assert description.filled("label", known) == {**known, "description": None, "default": False}
