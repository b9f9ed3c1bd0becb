"""Our own descriptions of Graph (`tests/conformance/graph`) against Microsoft's client: neither may know better."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.graph.routes import Route, routes
from tests.conformance.graph.type_files import BETA, V1, Schema, Type, find, known_types, supplement
from tests.conformance.graph_client.sdk import Property, endpoints, enum_words, model, own_properties, plain

DESCRIBED = [route for route in routes() if not route.undocumented]
UNDOCUMENTED = [route for route in routes() if route.undocumented]

# Generated: the service pages by it, whoever asks.
NOT_AN_OPTION_OF_ITS_OWN = {"$skiptoken"}

SOURCES = {"string": "get_str_value", "boolean": "get_bool_value", "integer": "get_int_value"}
ALSO_STRINGS = {"get_datetime_value", "get_date_value", "get_uuid_value", "get_bytes_value", "get_timedelta_value"}
ALSO_STRINGS |= {"get_time_value"}
ALSO_NUMBERS = {"get_float_value"}


@pytest.mark.parametrize("route", DESCRIBED, ids=str)
def test_microsofts_client_can_make_every_request_that_we_describe(route: Route) -> None:
    endpoint = endpoints(route.version)[route.verb, plain(route.path)]
    if route.verb == "GET":
        assert route.query - NOT_AN_OPTION_OF_ITS_OWN <= endpoint.options
    assert bool(endpoint.body) == (route.body is not None)
    if isinstance(route.body, str):
        assert endpoint.body.lower() == route.body.lower()


@pytest.mark.parametrize("route", UNDOCUMENTED, ids=str)
def test_what_we_call_undocumented_is_unknown_to_it(route: Route) -> None:
    assert (route.verb, plain(route.path)) not in endpoints(route.version)


def test_it_has_no_way_to_delete_a_member_itself() -> None:
    assert ("DELETE", "/groups/{}/members/{}/$ref") in endpoints(V1)
    assert ("DELETE", "/groups/{}/members/{}") not in endpoints(V1)


@pytest.mark.parametrize(
    "thing", sorted({thing for route in routes() for thing in route.lacks if route.version == BETA})
)
def test_its_v1_lacks_what_we_use_beta_for(thing: str) -> None:
    if thing.startswith("/"):
        assert [path for _, path in endpoints(V1) if (path + "/").startswith(plain(thing) + "/")] == []
        assert [path for _, path in endpoints(BETA) if (path + "/").startswith(plain(thing) + "/")] != []
        return
    name, _, word = thing.partition(".")
    assert model(BETA, name) is not None
    if not word:
        assert model(V1, name) is None
        return
    assert word not in _all_properties(V1, name)
    assert word in _all_properties(BETA, name)


def _all_properties(version: str, name: str) -> set[str]:
    type_ = model(version, name)
    return set(type_().get_field_deserializers())


def _v1_types() -> Iterator[Type]:
    return (type_ for type_ in known_types(V1))


@pytest.mark.parametrize("type_", list(_v1_types()), ids=lambda type_: type_.name)
def test_types_of_v1_are_those_of_its_models(type_: Type) -> None:
    known = _all_properties(V1, type_.name) - {"@odata.type"}
    assert set(type_.properties) == known


@pytest.mark.parametrize("name", sorted(supplement()))
def test_our_supplement_for_beta_is_in_its_models(name: str) -> None:
    type_ = find(BETA, name)
    assert type_ is not None
    known: dict[str, Property] = {}
    for each in type_.bases:
        known |= own_properties(BETA, each)
    assert set(type_.properties) <= set(known)
    faults = [
        f"{word}: {known[word]}"
        for word in supplement()[name]["properties"]
        if not _agrees(type_.properties[word], known[word])
    ]
    assert faults == []
    base = supplement()[name].get("base")
    assert base is None or issubclass(model(BETA, name), model(BETA, base))


def _agrees(schema: Schema, property_: Property) -> bool:
    """Whether our schema of a property is read as its model reads it."""
    match schema:
        case {"enum": words}:
            return property_.reader == "get_enum_value" and words == enum_words(BETA, property_.of)
        # A flags enum: one string with commas on the wire, which the models take for a list (see `round_trip`).
        case {"flags": words} | {"items": {"enum": words}}:
            return property_.reader == "get_collection_of_enum_values" and words == enum_words(BETA, property_.of)
        case {"$ref": reference}:
            return property_.reader == "get_object_value" and _same(reference, property_.of)
        case {"items": {"$ref": reference}}:
            return property_.reader == "get_collection_of_object_values" and _same(reference, property_.of)
        case {"items": {"type": "string"}}:
            return (property_.reader, property_.of) == ("get_collection_of_primitive_values", "str")
        case {"type": kind}:
            also = {"string": ALSO_STRINGS, "integer": ALSO_NUMBERS}.get(kind, set())
            return property_.reader in {SOURCES[kind]} | also
    return True


def _same(reference: Any, name: str) -> bool:
    return str(reference).removeprefix("#/$defs/").lower() == name.lower()
