"""Scope fields of links and versions: reading, what Zentral refuses, and how they are shown (serializers.py, 2026-08)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.zentral.errors import invalid
from reconciler.sandbox.zentral.fields import Field, Fields, boolean, integer, key_of, keys_of, objects, text
from reconciler.sandbox.zentral.state import PLATFORMS, Id, Record, ZentralState

_ENDS = ("min_version", "max_version")
_LISTS = ("excluded_tags", "tag_shards")
DEFAULTS: Record = {
    **dict.fromkeys(PLATFORMS.values(), False),
    **{f"{name}_{end}": "" for name in PLATFORMS.values() for end in _ENDS},
    "shard_modulo": 100,
    "default_shard": 100,
    "excluded_tags": [],
    "tag_shards": [],
}


def scope_fields(state: ZentralState, *, version: bool) -> Fields:
    """A link keeps what a PUT leaves out, but for the two lists; a version takes the default of everything left out."""
    tags = state.tables["tags"]
    shard = Field(parse=integer(1, 100), required=True)
    parsers: dict[str, Any] = dict.fromkeys(PLATFORMS.values(), boolean)
    parsers |= {
        f"{name}_{end}": text(blank=True, maximum=0 if version else 32) for name in PLATFORMS.values() for end in _ENDS
    }
    parsers |= {
        "shard_modulo": integer(1 if version else 2, 100),
        "default_shard": integer(0, 100),
        "excluded_tags": keys_of(key_of(tags)),
        "tag_shards": objects({"tag": Field(parse=key_of(tags), required=True), "shard": shard}),
    }
    defaulted = frozenset(DEFAULTS if version else _LISTS)
    return {
        name: Field(parse=parse, default=DEFAULTS[name]) if name in defaulted else Field(parse=parse)
        for name, parse in parsers.items()
    }


def check_scope(state: ZentralState, values: Mapping[str, Any]) -> None:
    """What is wrong with a scope as a whole; judged by what was sent, not by what is kept."""
    artifact = state.tables["artifacts"].get(values.get("artifact", ""))
    for platform, name in PLATFORMS.items():
        if values.get(name) and artifact and platform not in artifact["platforms"]:
            raise invalid({name: ["Platform not available for this artifact"]})
    if not any(values.get(name) for name in PLATFORMS.values()):
        raise invalid({"non_field_errors": ["You need to activate at least one platform"]})
    modulo, default = values.get("shard_modulo"), values.get("default_shard")
    if modulo is not None and default is not None and default > modulo:
        raise invalid({"default_shard": ["Must be less than or equal to the shard modulo"]})
    for row in values.get("tag_shards", []):
        if row["tag"] in values.get("excluded_tags", []):
            raise invalid({"excluded_tags": [f"Tag {_called(state, row['tag'])} also present in the tag shards"]})
        if modulo is not None and row["shard"] > modulo:
            raise invalid({"tag_shards": [f"Shard for tag {_called(state, row['tag'])} > shard modulo"]})


def _called(state: ZentralState, tag: Id) -> str:
    record = state.tables["tags"][tag]
    taxonomy = state.tables["taxonomies"].get(record["taxonomy"])
    return f"{taxonomy['name']}: {record['name']}" if taxonomy else str(record["name"])


def settled(state: ZentralState, values: Record, before: Record | None) -> Record:
    """The two lists as they are kept: rows that stay keep their place, excluded tags come by name."""
    rows = {row["tag"]: row["shard"] for row in values["tag_shards"]}
    order = [row["tag"] for row in before["tag_shards"] if row["tag"] in rows] if before else []
    names = state.tables["tags"]
    return {
        **values,
        "tag_shards": [{"tag": tag, "shard": rows[tag]} for tag in dict.fromkeys([*order, *rows])],
        "excluded_tags": sorted(values["excluded_tags"], key=lambda tag: str(names[tag]["name"])),
    }


def doubled(values: Mapping[str, Any]) -> bool:
    """Whether a tag has two shards: a POST breaks a constraint of the database, a PUT takes the last."""
    tags = [row["tag"] for row in values["tag_shards"]]
    return len(set(tags)) < len(tags)
