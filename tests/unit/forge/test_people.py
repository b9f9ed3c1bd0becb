"""Who a commit is by, as far as the forge can tell; and who nobody can name."""

import pytest

from reconciler.forge.api import Forge
from reconciler.forge.people import co_author_addresses, login_in, membership, read_commits, read_members
from reconciler.http.failures import Forbidden, NotFound
from tests.forge.forge import Forge as Hub
from tests.unit.forge.conftest import Connect


@pytest.mark.parametrize(
    ("message", "addresses"),
    [
        ("Byt app\n\nCo-authored-by: Bo B <bo@granby.example>", ("bo@granby.example",)),
        ("Byt app\n\nco-AUTHORED-by:  Bo <BO@granby.example>\r\nCo-authored-by: Dag <dag@granby.example>\n", ("bo@granby.example", "dag@granby.example")),
        ("Byt app\n\nCo-authored-by: Bo <bo@granby.example>\n\nOch mer text.", ("bo@granby.example",)),
        ("Byt app\n\n  Co-authored-by: Bo <bo@granby.example>", ("bo@granby.example",)),
        ("Byt app\n\nSigned-off-by: Bo <bo@granby.example>", ()),
        ("Se Co-authored-by: Bo <bo@granby.example>", ()),
        ("Byt app\n\nCo-authored-by: Bo bo@granby.example", ()),
        ("Byt\n\nCo-authored-by: Bo <bo@granby.example>\nCo-authored-by: B <bo@granby.example>", ("bo@granby.example",)),
    ],
)  # fmt: skip
def test_co_authors_are_read_of_trailers(message: str, addresses: tuple[str, ...]) -> None:
    assert co_author_addresses(message) == addresses


@pytest.mark.parametrize(
    ("address", "login"),
    [
        ("12345+bo@users.noreply.github.com", "bo"),
        ("bo@users.noreply.github.com", "bo"),
        ("41898282+github-actions[bot]@users.noreply.github.com", "github-actions[bot]"),
        ("12345+bo-lo@users.noreply.github.granby.example", "bo-lo"),
        ("bo@granby.example", ""),
        ("bo@users.noreply.github.com.example.net>", ""),
        ("x+bo@users.noreply.github.com", ""),
    ],
)
def test_githubs_own_addresses_hold_the_login(address: str, login: str) -> None:
    assert login_in(address) == login


def test_co_authors_by_the_addresses_that_are_known(hub: Hub, forge: Forge) -> None:
    hub.person("eva", level="write", email="eva@granby.example")
    hub.person("nils", level="write", email="nils@granby.example")
    hub.commit("eva", "norr", {"a.yaml": "a: 1\n"})
    hub.commit("dag", "norr", {"a.yaml": "a: 2\n"}, co_authors=["bo", "eva"])
    hub.commit("dag", "norr", {"a.yaml": "a: 3\n"}, co_authors=["nils"])
    pull = hub.open_pull("dag", "norr")

    commits = read_commits(forge, pull.number)

    assert [commit.co_authors for commit in commits] == [(), ("bo", "eva"), ("",)]
    assert commits[2].parents == (commits[1].sha,)


def test_an_address_is_looked_for_among_the_repositorys_commits(hub: Hub, forge: Forge) -> None:
    hub.person("eva", level="write", email="eva@granby.example")
    hub.commit("eva", "main", {"a.yaml": "a: 1\n"})
    hub.commit("dag", "norr", {"a.yaml": "a: 2\n"}, co_authors=["eva"])
    pull = hub.open_pull("dag", "norr")

    (commit,) = read_commits(forge, pull.number)

    assert commit.co_authors == ("eva",)


def test_a_thousand_co_authors_are_not_all_asked_for(hub: Hub, forge: Forge) -> None:
    trailers = "\n".join(f"Co-authored-by: X <x{number}@granby.example>" for number in range(1000))
    hub.commit("dag", "norr", {"a.yaml": "a: 1\n"}, f"Byt\n\n{trailers}")
    pull = hub.open_pull("dag", "norr")
    asked = len(hub.world.log)

    (commit,) = read_commits(forge, pull.number)

    assert (set(commit.co_authors), len(commit.co_authors)) == ({""}, 1000)
    assert len(hub.world.log) - asked <= 101


def test_a_commit_of_nobodys_account_has_no_login(hub: Hub, forge: Forge) -> None:
    hub.person("eva", level="write", email="eva@granby.example")
    hub.commit("eva", "norr", {"a.yaml": "a: 1\n"})
    pull = hub.open_pull("dag", "norr")
    hub.world.people["eva"].email = "nytt@granby.example"

    (commit,) = read_commits(forge, pull.number)

    assert (commit.author, commit.committer) == ("", "")


def test_a_jobs_token_may_not_read_teams(forge: Forge) -> None:
    with pytest.raises(Forbidden):
        read_members(forge, "it")


def test_members_of_teams_with_the_right_to_them(hub: Hub, to: Connect) -> None:
    forge = to(RECONCILER_FORGE_TOKEN=hub.app_token({"members": "read"}))

    assert read_members(forge, "granby-kommun/it") == {"anna", "bo"}
    assert (membership(forge, "it", "bo"), membership(forge, "it", "cia")) == (True, False)
    with pytest.raises(NotFound):
        read_members(forge, "finns-inte")
