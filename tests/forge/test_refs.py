"""The one atomic thing that the API has: a ref that is made once, and moved only forward."""

import threading

import httpx
import pytest

from tests.forge.clients import REPOSITORY, client
from tests.forge.forge import Forge

LOCK = "refs/reconciler/lock/google"
WRITE = {"contents": "write"}


@pytest.fixture
def api(forge: Forge) -> httpx.Client:
    return client(forge, forge.token(WRITE, actor="bo"))


def commit(api: httpx.Client, forge: Forge, message: str, parents: list[str]) -> str:
    tree = forge.read_commit(forge.head()).tree
    body = {"message": message, "tree": tree, "parents": parents}
    return str(api.post("/git/commits", json=body).json()["sha"])


def test_a_ref_is_made_once(forge: Forge, api: httpx.Client) -> None:
    sha = forge.head()
    made = api.post("/git/refs", json={"ref": LOCK, "sha": sha})
    assert (made.status_code, made.json()["object"]) == (
        201,
        {"sha": sha, "type": "commit", "url": f"http://forge.test{REPOSITORY}/git/commits/{sha}"},
    )
    again = api.post("/git/refs", json={"ref": LOCK, "sha": sha})
    assert (again.status_code, again.json()["message"]) == (422, "Reference already exists")


def test_of_twelve_at_once_one_gets_it(forge: Forge) -> None:
    address = forge.serve()
    token = forge.token(WRITE, actor="bo")
    statuses: list[int] = []

    def take() -> None:
        body = {"ref": LOCK, "sha": forge.head()}
        headers = {"Authorization": f"Bearer {token}"}
        statuses.append(httpx.post(f"{address}{REPOSITORY}/git/refs", json=body, headers=headers).status_code)

    threads = [threading.Thread(target=take) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert sorted(statuses) == [201] + [422] * 11


def test_a_fast_forward_is_a_compare_and_swap(forge: Forge, api: httpx.Client) -> None:
    """Two take over the same expired lock: both new commits have the old one as their parent, one wins."""
    old = commit(api, forge, "holder: a, until: 09:00", [])
    api.post("/git/refs", json={"ref": LOCK, "sha": old})
    one, two = commit(api, forge, "holder: b", [old]), commit(api, forge, "holder: c", [old])
    assert one != two
    at = LOCK.removeprefix("refs/")
    assert api.patch(f"/git/refs/{at}", json={"sha": one}).status_code == 200
    lost = api.patch(f"/git/refs/{at}", json={"sha": two, "force": False})
    assert (lost.status_code, lost.json()["message"]) == (422, "Update is not a fast forward")
    assert api.get(f"/git/ref/{at}").json()["object"]["sha"] == one
    assert api.patch(f"/git/refs/{at}", json={"sha": two, "force": True}).status_code == 200


def test_a_tags_object_can_hold_the_lock_too(forge: Forge, api: httpx.Client) -> None:
    body = {"tag": "lock", "message": "holder: a", "object": forge.head(), "type": "commit"}
    sha = api.post("/git/tags", json=body).json()["sha"]
    assert api.post("/git/refs", json={"ref": LOCK, "sha": sha}).json()["object"]["type"] == "tag"
    told = api.get(f"/git/tags/{sha}").json()
    assert (told["message"], told["tagger"]["date"]) == ("holder: a", "2026-11-23T08:00:00Z")


def test_deleting_takes_whatever_is_there(forge: Forge, api: httpx.Client) -> None:
    api.post("/git/refs", json={"ref": LOCK, "sha": forge.head()})
    at = f"/git/refs/{LOCK.removeprefix('refs/')}"
    assert api.delete(at).status_code == 204
    gone = api.delete(at)
    assert (gone.status_code, gone.json()["message"]) == (422, "Reference does not exist")
    moved = api.patch(at, json={"sha": forge.head()})
    assert (moved.status_code, moved.json()["message"]) == (422, "Reference does not exist")
    assert api.get(f"/git/ref/{LOCK.removeprefix('refs/')}").status_code == 404


def test_a_ref_to_nothing_is_refused(api: httpx.Client) -> None:
    refused = api.post("/git/refs", json={"ref": LOCK, "sha": "1" * 40})
    assert (refused.status_code, refused.json()["message"]) == (422, "Object does not exist")


@pytest.mark.parametrize("name", ["main", "refs/main", "refs/heads/a..b", "refs/heads/x.lock", "refs/heads/a b"])
def test_names_that_git_refuses(forge: Forge, api: httpx.Client, name: str) -> None:
    assert api.post("/git/refs", json={"ref": name, "sha": forge.head()}).status_code == 422


def test_a_prefix_is_not_a_ref_but_matches(forge: Forge, api: httpx.Client) -> None:
    api.post("/git/refs", json={"ref": LOCK, "sha": forge.head()})
    assert api.get("/git/ref/reconciler/lock").status_code == 404
    assert [each["ref"] for each in api.get("/git/matching-refs/reconciler/lock/goo").json()] == [LOCK]


def test_protected_main_is_not_pushed_to_through_the_api(forge: Forge, api: httpx.Client) -> None:
    forge.protect("main")
    old = forge.head()
    new = commit(api, forge, "Förbi", [old])
    refused = api.patch("/git/refs/heads/main", json={"sha": new})
    assert refused.status_code == 422
    assert "Changes must be made through a pull request." in refused.json()["message"]
    put = api.put("/contents/a.yaml", json={"message": "Förbi", "content": "YQ=="})
    assert put.status_code == 422
    assert forge.head() == old


def test_a_jobs_token_writes_no_workflow(forge: Forge, api: httpx.Client) -> None:
    """There is no `workflows` among a workflow's permissions."""
    forge.commit("bo", "gren", {})
    body = {"message": "Ny", "content": "YQ==", "branch": "gren"}
    assert api.put("/contents/.github/workflows/a.yml", json=body).status_code == 403
    assert api.put("/contents/policies/a.yml", json=body).status_code == 201


def test_a_file_is_replaced_only_with_the_hash_of_what_is_there(forge: Forge, api: httpx.Client) -> None:
    forge.commit("bo", "gren", {"a": "1\n"})
    body = {"message": "Ny", "content": "Mgo=", "branch": "gren"}
    assert api.put("/contents/a", json=body).status_code == 422
    assert api.put("/contents/a", json={**body, "sha": "0" * 40}).status_code == 409
    sha = api.get("/contents/a?ref=gren").json()["sha"]
    assert api.put("/contents/a", json={**body, "sha": sha}).status_code == 200
    assert forge.git.run("show", "gren:a") == "2"


def test_a_tree_takes_a_path_away_where_the_hash_is_null(forge: Forge, api: httpx.Client) -> None:
    entry = {"path": "schools/norr.yaml", "mode": "100644", "type": "blob", "sha": None}
    made = api.post("/git/trees", json={"base_tree": forge.head(), "tree": [entry]}).json()
    assert [each["path"] for each in made["tree"]] == ["README.md"]
