"""What lies below keeps its apps when an app is removed from management above.

Removing an app where it was added (leaf `*`) takes it out of every org unit below, and what was set there with it: Google's
app samples guide speaks of the app and not of the place (read 2026-11; whether the values below are cleared is not said).
Others' values and ours alike would be gone without a word, so they are read before and written again after.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.adapters.google import api
from reconciler.adapters.google.places import Places
from reconciler.adapters.google.policies import ADDS_APP, Entry, Policy, request_entry
from reconciler.adapters.google.session import Session
from reconciler.http.failures import Invalid
from reconciler.http.reads import read_all, values
from reconciler.model.place import Json

CONCURRENT_READS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One value that an org unit below has of its own. `resource`: `orgunits/<id>`."""

    resource: str
    policy: Policy
    fields: Mapping[str, Json]


def values_below(session: Session, removals: Sequence[Entry]) -> list[Kept]:
    """What org units below say of the apps that these entries remove. Raises the failure of a read: then nothing is removed."""
    places = session.known_places()
    asked: dict[tuple[str, str], set[str]] = {}
    for entry in removals:
        if entry.policy.schema.endswith(".*") and not entry.ref.startswith("group:"):
            for unit in _below(places, entry.ref):
                asked.setdefault((f"orgunits/{unit}", entry.policy.namespace), set()).add(entry.policy.app_id)
    return _read(session, asked)


def restore(session: Session, kept: Sequence[Kept]) -> None:
    """Write again what is no longer there: one call for each org unit, that which adds the app first."""
    asked: dict[tuple[str, str], set[str]] = {}
    for one in kept:
        asked.setdefault((one.resource, one.policy.namespace), set()).add(one.policy.app_id)
    there = {(one.resource, one.policy) for one in _read(session, asked)}
    for resource, namespace in asked:
        lost = [
            one
            for one in kept
            if (one.resource, one.policy.namespace) == (resource, namespace) and (resource, one.policy) not in there
        ]
        _write(session, resource, sorted(lost, key=lambda one: one.policy.schema not in ADDS_APP))


def _below(places: Places, ref: str) -> list[str]:
    """Ids of the org units below a place, the upper ones first: an app comes under management again from above."""
    top = places.one(ref)
    if top is None:
        return []
    chains = {unit: _chain(places, unit) for unit in places.units if unit != top.id}
    return sorted((unit for unit, above in chains.items() if top.id in above), key=lambda unit: len(chains[unit]))


def _chain(places: Places, unit: str) -> set[str]:
    above: set[str] = set()
    while unit in places.units and unit not in above:
        above.add(unit)
        unit = places.units[unit].parent_id
    return above


def _read(session: Session, asked: Mapping[tuple[str, str], set[str]]) -> list[Kept]:
    def read(ask: tuple[str, str]) -> list[Kept]:
        resource, namespace = ask
        return list(_own(session.resolve(resource, f"{namespace}.*"), resource, asked[ask]))

    return [one for found in values(read_all(read, list(asked), concurrency=CONCURRENT_READS)) for one in found]


def _own(resolved: Iterable[Mapping[str, Any]], resource: str, apps: set[str]) -> Iterable[Kept]:
    for entry in resolved:
        app_id = entry.get("targetKey", {}).get("additionalTargetKeys", {}).get("app_id", "")
        if app_id in apps and entry.get("sourceKey", {}).get("targetResource") == resource:
            policy = Policy(schema=entry["value"]["policySchema"], app_id=app_id)
            yield Kept(resource=resource, policy=policy, fields=entry["value"].get("value", {}))


def _write(session: Session, resource: str, lost: Sequence[Kept]) -> None:
    cap = session.options.entries_per_call
    for start in range(0, len(lost), cap):
        requests = [
            request_entry(Entry(ref="", policy=one.policy, fields=one.fields), resource)
            for one in lost[start : start + cap]
        ]
        try:
            session.policy.send(api.write_policies(session.options.customer, requests, give_back=False, group=False))
        except Invalid:
            # Only the configuration of an app that nobody installs any more has nothing to be written to.
            if any(one.policy.schema in ADDS_APP for one in lost):
                raise
