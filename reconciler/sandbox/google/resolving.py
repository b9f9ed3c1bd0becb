"""Which value a policy has on a target, and where it comes from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.schemas import Schema, default_value
from reconciler.sandbox.google.state import GoogleState, Keys


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A value on a target. `source` is empty for the customer's default; `added` where an app came under management."""

    schema: Schema
    keys: Keys
    value: dict[str, Any]
    source: str
    added: str = ""


def sources(state: GoogleState, target: str) -> list[str]:
    """The targets whose values reach this one, nearest first. Groups have no parent."""
    if target.startswith("groups/"):
        return [target]
    return [f"orgunits/{unit}" for unit in tenant.chain(state, target.removeprefix("orgunits/"))]


def resolve(state: GoogleState, target: str, schema: Schema, keys: Keys = ()) -> Resolved:
    """The nearest direct value, else the default."""
    reach = sources(state, target)
    found = next((each for each in reach if (schema.name, keys) in state.policies.get(each, {})), "")
    value = state.policies[found][(schema.name, keys)] if found else default_value(schema)
    return Resolved(
        schema=schema, keys=keys, value=value, source=found, added=added_at(state, target, schema.namespace, keys)
    )


def added_at(state: GoogleState, target: str, namespace: str, keys: Keys) -> str:
    """The nearest target where the app was added to management; empty when it was not."""
    app = (namespace, keys)
    return next((each for each in sources(state, target) if app in state.added.get(each, frozenset())), "")


def set_apps(state: GoogleState, target: str, namespace: str) -> dict[str, list[Keys]]:
    """By schema, the managed apps for which it is set on the target or above it."""
    managed = set(managed_apps(state, target, namespace))
    found: dict[str, set[Keys]] = {}
    for each in sources(state, target):
        for schema, keys in state.policies.get(each, {}):
            if keys in managed and schema.rpartition(".")[0] == namespace:
                found.setdefault(schema, set()).add(keys)
    return {schema: sorted(apps) for schema, apps in found.items()}


def managed_apps(state: GoogleState, target: str, namespace: str) -> list[Keys]:
    """Keys of the apps under management on a target, sorted."""
    return sorted(
        {
            keys
            for each in sources(state, target)
            for name, keys in state.added.get(each, frozenset())
            if name == namespace
        }
    )
