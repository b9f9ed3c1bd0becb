"""Putting a blueprint together: what Zentral does after it has kept a write, and where it can break off. Pure.

Zentral keeps with every blueprint a copy of the artifacts and versions that it links, made anew in a transaction of its own after
the write's (mdm/serializers.py, mdm/artifacts.py: update_blueprint_serialized_artifacts, 2026-08). A store app's version whose
location asset went lacks what the copy needs: the write is kept, and the answer is a 500 (recorded of a server, 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.zentral.state import Id, Kind, Record, ZentralState, links_of

_VERSIONS: Mapping[str, Kind] = {"mdm.profile": "profiles", "mdm.storeapp": "store_apps"}


def breaks_off(before: ZentralState, after: ZentralState, model: str, key: str, body: Any) -> bool:
    """Whether what a write to `model` changed belongs to a blueprint that can't be put together. `body` is the write's answer."""
    return any(_is_broken(after, blueprint) for blueprint in _touched(before, after, model, key, body))


def _touched(before: ZentralState, after: ZentralState, model: str, key: str, body: Any) -> set[Id]:
    """Blueprints that are put together anew. A new artifact is in none; one that was deleted had no link any more."""
    if model == "mdm.blueprintartifact":
        link: Record = body or before.tables["links"][int(key)]
        return {link["blueprint"]}
    if model == "mdm.artifact":
        return {link["blueprint"] for link in links_of(after, key.lower())}
    if model in _VERSIONS:
        version: Record = body or before.tables[_VERSIONS[model]][key.lower()]
        return {link["blueprint"] for link in links_of(after, version["artifact"])}
    return set()


def _is_broken(state: ZentralState, blueprint: Id) -> bool:
    """Whether an artifact that it links, or that one of these requires, has a version without content."""
    waiting = [link["artifact"] for link in state.tables["links"].values() if link["blueprint"] == blueprint]
    seen: set[Id] = set()
    while waiting:
        artifact = waiting.pop()
        if artifact not in seen:
            seen.add(artifact)
            waiting += state.tables["artifacts"][artifact]["requires"]
    return any(state.orphans.get(str(artifact)) for artifact in seen)
