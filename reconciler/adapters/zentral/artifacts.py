"""Artifacts and the profiles that they hold: whose they are, and what of them is in effect. Pure.

A device gets the highest version whose own scope takes it in (`_walk_artifact_versions`, mdm/artifacts.py, 2026-08-22), and a
version that it has already is never sent again, whatever is put into it: so a change is a new version. Versions are only
ever added. A version that was once sent to a device can't be deleted (`ArtifactVersionManager`, mdm/models.py: commands count
too), and one that wasn't does no harm below a newer one.
"""

import base64
import binascii
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.adapters.mark import find_mark
from reconciler.adapters.zentral.links import PLATFORMS, Link, Scope, read_scope
from reconciler.adapters.zentral.names import marked_as
from reconciler.apple.checking import without_secrets
from reconciler.apple.profile import Profile, Unreadable, parse
from reconciler.model.place import Json
from reconciler.model.resource import Mark, Outstanding

PROFILE, STORE_APP, DEVICE = "Profile", "Store App", "Device"

SHOWN = 5
"""Names of artifacts that one line lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """`row` as it was read. `platforms` in our words. Its versions come with `mdm/profiles` and `mdm/store_apps`."""

    id: str
    name: str
    sort: str
    channel: str
    platforms: frozenset[str]
    auto_update: bool
    requires: tuple[str, ...]
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a profile. `content` is what its source says; `mark` what stands in its description."""

    id: str
    artifact: str
    number: int
    scope: Scope
    content: Profile | Unreadable
    mark: Mark | None


def read_artifacts(rows: Iterable[Mapping[str, Any]]) -> dict[str, Artifact]:
    """By id."""
    words = {theirs: ours for ours, theirs in PLATFORMS.items()}
    return {
        str(row["id"]): Artifact(
            id=str(row["id"]),
            name=str(row.get("name") or ""),
            sort=str(row.get("type") or ""),
            channel=str(row.get("channel") or ""),
            platforms=frozenset(words[one] for one in row.get("platforms") or () if one in words),
            auto_update=row.get("auto_update") is not False,
            requires=tuple(str(one) for one in row.get("requires") or ()),
            row=row,
        )
        for row in rows
    }


def new_artifact(name: str, sort: str) -> dict[str, Json]:
    """For every platform: its links and versions say which. A version that a device lacks goes to it at once (`auto_update`)."""
    return {
        "name": name,
        "type": sort,
        "channel": DEVICE,
        "platforms": list(PLATFORMS.values()),
        "auto_update": True,
    }


def changed_artifact(artifact: Artifact, name: str) -> dict[str, Any]:
    made = ("id", "created_at", "updated_at")
    return {key: value for key, value in artifact.row.items() if key not in made} | {"name": name, "auto_update": True}


def read_versions(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Version]]:
    """By artifact, the newest first."""
    found: dict[str, list[Version]] = {}
    for row in rows:
        version = _read_version(row)
        found.setdefault(version.artifact, []).append(version)
    return {artifact: sorted(versions, key=lambda one: -one.number) for artifact, versions in found.items()}


def _read_version(row: Mapping[str, Any]) -> Version:
    content = parse(_source(row.get("source")))
    mark = find_mark(content.description) if isinstance(content, Profile) else None
    return Version(
        id=str(row["id"]),
        artifact=str(row["artifact"]),
        number=int(row["version"]),
        scope=read_scope(row),
        content=content,
        mark=mark,
    )


def _source(text: object) -> bytes:
    """Empty for what is no base64, which then reads as no profile."""
    try:
        return base64.b64decode(str(text or ""), validate=True)
    except (binascii.Error, ValueError):
        return b""


def new_version(artifact: str, number: int, platform: str) -> dict[str, Json]:
    """For everybody on the platform whom the link reaches: without `default_shard` here an older version would go out."""
    return {
        "artifact": artifact,
        "version": number,
        **{one: one == platform for one in PLATFORMS},
        "shard_modulo": 100,
        "default_shard": 100,
        "excluded_tags": [],
        "tag_shards": [],
    }


def is_marked(versions: Sequence[Version], org: str) -> bool:
    """Whether some version bears our mark: somebody may have put one of their own on top."""
    return any(one.mark is not None and one.mark.org == org and marked_as(one.mark.key) for one in versions)


def payload_in_mark(versions: Sequence[Version], org: str) -> str:
    """The payload type that the newest marked version is for; empty without one."""
    for one in versions:
        named = marked_as(one.mark.key) if one.mark is not None and one.mark.org == org else None
        if named:
            return named[1]
    return ""


def group_in_mark(versions: Sequence[Version], org: str) -> str:
    """The reference that the newest marked version is for; empty without one."""
    for one in versions:
        named = marked_as(one.mark.key) if one.mark is not None and one.mark.org == org else None
        if named:
            return named[0]
    return ""


def keys_in(version: Version, payload: str) -> dict[str, Json]:
    """The keys of a payload type; what else is in the profile under the type's own name, so that it shows as a difference."""
    content = version.content
    if isinstance(content, Unreadable):
        return {"profile": content.code}
    keys = {name: without_secrets(one, name) for name, one in (content.keys_of(payload) or {}).items()}
    others = sorted(name for name, _ in content.payloads if name != payload)
    if others or content.keys_of(payload) is None:
        keys["payloads"] = [name for name, _ in content.payloads]
    return keys


def profile_fields(
    artifact: Artifact, versions: Sequence[Version], link: Link, tag: int, payload: str
) -> dict[str, Json]:
    """What the newest version and its link come to on the devices of one tag.

    Beside keys, name and platform stands only what isn't as we write it: each of these is a difference to be mended.
    """
    newest = versions[0]
    platforms = sorted(newest.scope.platforms & link.scope.platforms)
    fields: dict[str, Json] = {
        **keys_in(newest, payload),
        "name": artifact.name,
        "platform": "+".join(platforms),
    }
    if link.scope.share(tag) < 100:
        fields["share"] = link.scope.share(tag)
    if link.scope.default:
        fields["default_shard"] = link.scope.default
    if not newest.scope.is_everybody:
        fields["version_scope"] = "narrowed"
    if not artifact.auto_update:
        fields["auto_update"] = False
    return fields


META = frozenset({"name", "platform"})
"""Fields of a setting that are not keys of its payload."""


def payload_keys(fields: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if name not in META}


def left_behind(names: Collection[str], backend: str) -> tuple[Outstanding, ...]:
    """What of ours reaches nobody and isn't wanted: the server wouldn't delete it, because a device has had it."""
    if not names:
        return ()
    shown = ", ".join(sorted(names)[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    values = {"count": str(len(names)), "artifacts": shown}
    return (Outstanding(code="ZENTRAL-ARTIFACTS-LEFT", backend=backend, subject="artifacts", values=values),)
