"""Links of a blueprint to an artifact: whom they reach, and what they become when a row of ours comes or goes. Pure.

A link is written whole, and what a PUT leaves out is cleared (reference, 3): the row is sent back as it was read, with our
part of it changed. `default_shard: 0` keeps it from every device that has none of its tags (4).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.place import Json

PLATFORMS: Mapping[str, str] = {"ios": "iOS", "ipados": "iPadOS", "macos": "macOS", "tvos": "tvOS"}
"""Our word, which is the scope's field too, and the artifact's."""

WHOLE = 100
"""Shards are counted in `shard_modulo`, at most a hundred."""

_SERVER_MADE = frozenset({"id", "created_at", "updated_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whom a link or a version is for. `shards` by tag; a tag that is both included and excluded is excluded."""

    platforms: frozenset[str]
    modulo: int
    default: int
    shards: Mapping[int, int]
    excluded: frozenset[int]
    bounds: Mapping[str, tuple[str, str]]
    """By platform, the system version that it begins with and the one that it ends before; empty where there is none."""

    @property
    def tags(self) -> frozenset[int]:
        return frozenset(self.shards) | self.excluded

    @property
    def bounded(self) -> bool:
        """Whether some system version is too low or too high for it."""
        return any(any(ends) for ends in self.bounds.values())

    @property
    def is_everybody(self) -> bool:
        """As we write versions: of the devices that the link reaches all, on the platforms that it names."""
        return self.default >= self.modulo and not self.excluded and not self.bounded

    def share(self, tag: int) -> int:
        """How many of a hundred devices with the tag get it."""
        return min(WHOLE, self.shards.get(tag, 0) * WHOLE // self.modulo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One blueprint × artifact; `row` as it was read."""

    id: str
    blueprint: int
    artifact: str
    scope: Scope
    row: Mapping[str, Any]


def read_scope(row: Mapping[str, Any]) -> Scope:
    shards = {int(item["tag"]): int(item["shard"]) for item in row["tag_shards"] or ()}
    return Scope(
        platforms=frozenset(platform for platform in PLATFORMS if row.get(platform)),
        modulo=max(1, int(row.get("shard_modulo") or WHOLE)),
        default=int(row["default_shard"]),
        shards=shards,
        excluded=frozenset(int(tag) for tag in row["excluded_tags"] or ()),
        bounds={one: (_end(row, one, "min"), _end(row, one, "max")) for one in PLATFORMS},
    )


def _end(row: Mapping[str, Any], platform: str, end: str) -> str:
    return str(row.get(f"{platform}_{end}_version") or "")


def read_links(rows: Iterable[Mapping[str, Any]]) -> dict[str, Link]:
    """By id."""
    return {str(row["id"]): read_link(row) for row in rows}


def read_link(row: Mapping[str, Any]) -> Link:
    return Link(
        id=str(row["id"]),
        blueprint=int(row["blueprint"]),
        artifact=str(row["artifact"]),
        scope=read_scope(row),
        row=row,
    )


def new_link(blueprint: int, artifact: str, platforms: Collection[str], tags: Collection[int]) -> dict[str, Json]:
    """What reaches these tags' devices and nobody else."""
    return {
        "blueprint": blueprint,
        "artifact": artifact,
        **{platform: platform in platforms for platform in PLATFORMS},
        "shard_modulo": WHOLE,
        "default_shard": 0,
        "tag_shards": [{"tag": tag, "shard": WHOLE} for tag in sorted(tags)],
        "excluded_tags": [],
    }


def changed_link(
    link: Link, rows: Mapping[int, bool], platforms: Collection[str] = (), *, default: int | None = None
) -> dict[str, Json]:
    """The whole link with our tags in it (True) or out of it (False); what others wrote is as it was.

    `platforms` are added to those that it has; `default` replaces the share of everybody else, where it is given.
    """
    kept = [dict(item) for item in link.row.get("tag_shards") or () if int(item["tag"]) not in rows]
    ours = [{"tag": tag, "shard": link.scope.modulo} for tag, inside in sorted(rows.items()) if inside]
    return {
        **{name: value for name, value in link.row.items() if name not in _SERVER_MADE},
        **dict.fromkeys(platforms, True),
        "default_shard": link.scope.default if default is None else default,
        "tag_shards": [*kept, *ours],
        "excluded_tags": list(link.row.get("excluded_tags") or ()),
    }


def opens_for_others(link: Link, platforms: Collection[str], ours: Collection[int]) -> bool:
    """Whether these platforms, which a link has for all that it reaches, would give it to devices that aren't ours."""
    new = set(platforms) - link.scope.platforms
    return bool(new) and (link.scope.default > 0 or not set(link.scope.shards) <= set(ours))


def is_idle(link: Link, without: Collection[int] = ()) -> bool:
    """Whether it reaches nobody, and says nothing that anybody could miss, once these tags are out of it."""
    scope = link.scope
    return scope.default == 0 and not scope.excluded and not scope.bounded and set(scope.shards) <= set(without)
