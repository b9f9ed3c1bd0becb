"""The sandbox against Microsoft's models: what it knows of types, and whether its answers hold what they don't know."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from reconciler.sandbox.graph.intune.types import Type, types
from tests.conformance.graph.type_files import BETA, V1
from tests.conformance.graph_client.client import QUIET, Clients, Served, connect, every, serve
from tests.conformance.graph_client.our_side import plan_with, seeded
from tests.conformance.graph_client.round_trip import unknown
from tests.conformance.graph_client.sdk import Property, enum_words, model, own_properties
from tests.conformance.graph_client.test_same_job import by_microsoft

pytestmark = QUIET

NO_TYPE = {"complex", "navigation"}
SIMPLE = {"string", "integer", "boolean"}


def _known(version: str) -> Iterator[tuple[str, Type]]:
    return ((version, each) for each in types(version).values())


@pytest.mark.parametrize(
    ("version", "type_"), [*_known(V1), *_known(BETA)], ids=lambda each: getattr(each, "name", each)
)
def test_its_types_are_those_of_the_models(version: str, type_: Type) -> None:
    known = _properties(version, type_.name)
    assert [name for name in type_.properties if name not in known] == []
    faults = [f"{name}: {kind}" for name, kind in type_.properties.items() if not _agrees(version, kind, known[name])]
    assert faults == []
    assert type_.base == "" or issubclass(model(version, type_.name), model(version, type_.base))


def _properties(version: str, name: str) -> dict[str, Property]:
    found: dict[str, Property] = {}
    for each in reversed(model(version, name).__mro__):
        if each.__module__.startswith("msgraph"):
            found |= own_properties(version, each.__name__)
    return found


def _agrees(version: str, kind: str, property_: Property) -> bool:
    """Kinds as the sandbox writes them: `a|b` is an enum, `[x]` a collection. What a type's name is, its model says."""
    plain = kind.strip("[]")
    if plain in NO_TYPE:
        return True
    if kind.startswith("["):
        return property_.reader.startswith("get_collection_of_")
    if "|" in plain:
        # An enum of flags is one string on the wire, which the models take for a list.
        return property_.of != "" and set(plain.split("|")) <= set(enum_words(version, property_.of))
    if plain in SIMPLE:
        return not property_.reader.startswith(("get_collection_of_object", "get_object"))
    return property_.reader == "get_object_value" and property_.of.lower() == plain.lower()


LISTS: dict[str, Callable[[Clients], tuple[Awaitable[Any], Any]]] = {
    "groups": lambda each: (each.v1.groups.get(), each.sending),
    "devices": lambda each: (each.v1.devices.get(), each.sending),
    "managedDevices": lambda each: (each.v1.device_management.managed_devices.get(), each.sending),
    "deviceConfigurations": lambda each: (each.v1.device_management.device_configurations.get(), each.sending),
    "deviceCompliancePolicies": lambda each: (each.v1.device_management.device_compliance_policies.get(), each.sending),
    "vppTokens": lambda each: (each.v1.device_app_management.vpp_tokens.get(), each.sending),
    "mobileApps": lambda each: (each.beta.device_app_management.mobile_apps.get(), each.sending_beta),
    "configurationPolicies": lambda each: (
        each.beta.device_management.configuration_policies.get(),
        each.sending_beta,
    ),
    "assignmentFilters": lambda each: (each.beta.device_management.assignment_filters.get(), each.sending_beta),
}


@pytest.fixture(scope="module")
def filled() -> Iterator[Served]:
    """A tenant with something in each collection."""
    with serve(seeded()) as served:
        by_microsoft(served, plan_with(served.ours))
        yield served


@pytest.mark.parametrize("name", LISTS)
def test_its_answers_hold_nothing_that_the_models_do_not_know(filled: Served, name: str) -> None:
    items = asyncio.run(_items(connect(filled), name))
    assert len(items) > 0
    assert [each for item in items for each in unknown(item) if not each.startswith("@")] == []


async def _items(clients: Clients, name: str) -> list[Any]:
    first, sending = LISTS[name](clients)
    return [item async for item in every(await first, sending)]
