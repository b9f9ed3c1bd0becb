"""Beta is used only for what v1.0 lacks, and routes.yaml names types that exist."""

import pytest

from tests.conformance.graph.routes import Route, find, routes
from tests.conformance.graph.type_files import BETA, V1
from tests.conformance.graph.type_files import find as find_type


def v1_has(thing: str) -> bool:
    """A path of ours, a type, or a property of a type."""
    if thing.startswith("/"):
        return any(route.version == V1 and (route.path + "/").startswith(thing + "/") for route in routes())
    name, _, word = thing.partition(".")
    type_ = find_type(V1, name)
    return type_ is not None and (not word or word in type_.properties)


def test_what_v1_has_is_seen() -> None:
    assert v1_has("/deviceAppManagement/vppTokens")
    assert v1_has("iosVppApp")
    assert v1_has("iosVppApp.bundleId")
    assert not v1_has("iosVppApp.vppTokenId")


@pytest.mark.parametrize("route", [each for each in routes() if each.version == BETA], ids=str)
def test_beta_is_used_for_what_v1_lacks(route: Route) -> None:
    assert route.why
    assert route.lacks
    assert [thing for thing in route.lacks if v1_has(thing)] == []


@pytest.mark.parametrize("route", [each for each in routes() if each.version == BETA], ids=str)
def test_what_v1_lacks_is_known_to_beta(route: Route) -> None:
    for thing in route.lacks:
        name, _, word = thing.partition(".")
        type_ = find_type(BETA, name)
        assert thing.startswith("/") or (type_ is not None and (not word or word in type_.properties))


@pytest.mark.parametrize("route", [each for each in routes() if each.version == V1], ids=str)
def test_v1_needs_no_reason(route: Route) -> None:
    assert (route.why, route.lacks, route.undocumented) == ("", (), False)


@pytest.mark.parametrize("route", routes(), ids=str)
def test_routes_name_types_that_exist(route: Route) -> None:
    named = {route.of} | ({route.body} if isinstance(route.body, str) else set())
    assert [name for name in named if name and find_type(route.version, name) is None] == []
    of, body = find_type(route.version, route.of), route.body
    if of is not None:
        assert [name for name in route.filter if name not in of.properties] == []
    known = find_type(route.version, body) if isinstance(body, str) else None
    if known is not None:
        assert [name for name in route.needs if name != "@odata.type" and name not in known.properties] == []


def test_no_request_is_described_twice() -> None:
    described = [str(route) for route in routes()]
    assert sorted(set(described)) == sorted(described)


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/groups/a-b", "/groups/{id}"),
        ("/groups('a-b')", "/groups/{id}"),
        ("/groups(uniqueName='x.y')", "/groups(uniqueName='{name}')"),
        ("/groups/a/members", "/groups/{id}/members"),
    ],
)
def test_a_path_is_found_in_either_way_of_writing_keys(path: str, template: str) -> None:
    route = find(V1, "GET", path)
    assert route is not None
    assert route.path == template
