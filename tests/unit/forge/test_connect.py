"""Where a token may go, and who it speaks as."""

import pytest

from reconciler.forge.connect import api_url, connect
from reconciler.forge.people import read_members
from reconciler.forge.problems import ForgeProblem
from reconciler.http.failures import Unauthorised
from tests.forge.forge import Forge as Hub
from tests.unit.forge.conftest import Connect

GIVEN = {"GITHUB_TOKEN": "ghs_invented", "GITHUB_REPOSITORY": "granby-kommun/skolenheter"}


def test_without_an_address_it_is_githubs_own() -> None:
    with connect(GIVEN) as forge:
        assert (forge.http.host, forge.full_name, forge.login) == (
            "api.github.com",
            "granby-kommun/skolenheter",
            "github-actions[bot]",
        )


def test_a_server_of_ones_own_is_where_the_runner_says() -> None:
    with connect(GIVEN | {"GITHUB_API_URL": "https://github.granby.example/api/v3"}) as forge:
        assert forge.http.host == "github.granby.example"


@pytest.mark.parametrize(
    "address",
    [
        "http://api.github.com",
        "http://10.0.0.1/api/v3",
        "https://api.github.com@example.net",
        "ftp://127.0.0.1",
        "https://",
        "https://api.github.com?x=1",
        "https://api.github.com:port",
        "api.github.com",
    ],
)
def test_an_address_that_a_token_may_not_go_to_is_refused(address: str) -> None:
    with pytest.raises(ForgeProblem) as refused:
        api_url({"GITHUB_API_URL": address})

    assert refused.value.code == "FORGE-HOST-NOT-BOUND"


@pytest.mark.parametrize(
    ("environ", "code", "variable"),
    [
        ({"GITHUB_REPOSITORY": "a/b"}, "FORGE-TOKEN-MISSING", "GITHUB_TOKEN"),
        (GIVEN | {"GITHUB_TOKEN": "ghs_x\n"}, "FORGE-TOKEN-MALFORMED", "GITHUB_TOKEN"),
        (GIVEN | {"GITHUB_TOKEN": "ghs x"}, "FORGE-TOKEN-MALFORMED", "GITHUB_TOKEN"),
        (GIVEN | {"RECONCILER_FORGE_TOKEN": "ghs_å"}, "FORGE-TOKEN-MALFORMED", "RECONCILER_FORGE_TOKEN"),
        (GIVEN | {"GITHUB_REPOSITORY": "skolenheter"}, "FORGE-REPOSITORY-MALFORMED", "GITHUB_REPOSITORY"),
        (GIVEN | {"GITHUB_REPOSITORY": "a/b/c"}, "FORGE-REPOSITORY-MALFORMED", "GITHUB_REPOSITORY"),
    ],
)
def test_what_the_environment_lacks_is_named(environ: dict[str, str], code: str, variable: str) -> None:
    with pytest.raises(ForgeProblem) as refused:
        connect(environ)

    assert (refused.value.code, refused.value.values) == (code, {"variable": variable})
    assert "ghs" not in str(refused.value)


def test_a_token_that_is_refused_stands_nowhere_in_what_is_said(to: Connect) -> None:
    forge = to(GITHUB_TOKEN="ghs_secret0123456789", RECONCILER_FORGE_TOKEN="ghs_secret0123456789")

    with pytest.raises(Unauthorised) as refused:
        read_members(forge, "it")

    assert "secret" not in f"{refused.value!r} {refused.value} {forge!r}"


def test_teams_are_read_with_the_wider_token_and_with_no_other(hub: Hub, to: Connect) -> None:
    forge = to({"contents": "read"}, RECONCILER_FORGE_TOKEN=hub.app_token({"members": "read"}))

    assert read_members(forge, "@granby-kommun/it") == {"anna", "bo"}
