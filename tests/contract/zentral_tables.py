"""What a Zentral server shows, and what of it is ours, somebody else's, or in effect. Pure; it stands beside our adapter's reading."""

import base64
import json
import plistlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.contract.zentral_words import ORG, Names

Row: TypeAlias = Mapping[str, Any]
LISTS: Mapping[str, str] = {
    "tags": "inventory/tags/",
    "taxonomies": "inventory/taxonomies/",
    "blueprints": "mdm/blueprints/",
    "artifacts": "mdm/artifacts/",
    "profiles": "mdm/profiles/",
    "store_apps": "mdm/store_apps/",
    "links": "mdm/blueprint_artifacts/",
    "location_assets": "mdm/location_assets/",
    "locations": "mdm/locations/",
}
PLATFORMS = ("ios", "ipados", "macos", "tvos")
_MARK = re.compile(rf"\[reconciler:1 org={ORG} key=(?P<key>\S+?)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """All lists by name, and which serial numbers have each tag, by its id."""

    rows: Mapping[str, Sequence[Row]]
    tagged: Mapping[int, Sequence[str]] = field(default_factory=dict)

    def named(self, kind: str, name: str) -> Row:
        (found,) = [row for row in self.rows[kind] if row["name"] == name]
        return found

    def has(self, kind: str, name: str) -> bool:
        return any(row["name"] == name for row in self.rows[kind])

    def versions(self, artifact: str) -> list[Row]:
        """Of a profile or a store app, the newest first."""
        rows = [row for kind in ("profiles", "store_apps") for row in self.rows[kind] if row["artifact"] == artifact]
        return sorted(rows, key=lambda row: -int(row["version"]))


def our_tags(tables: Tables, names: Names) -> dict[int, str]:
    """Id → name without what is put before it, of every tag in our taxonomy."""
    ids = {row["id"] for row in tables.rows["taxonomies"] if row["name"] == names.taxonomy}
    return {row["id"]: row["name"].removeprefix(names.prefix) for row in tables.rows["tags"] if row["taxonomy"] in ids}


def groups_of(tables: Tables, names: Names, serial: str) -> list[str]:
    """Tags of our taxonomy that a device has; what somebody made there by hand too."""
    return sorted(name for tag, name in our_tags(tables, names).items() if serial in tables.tagged.get(tag, ()))


def mark_of(tables: Tables, artifact: str) -> str:
    """The key of our mark in any version of a profile; empty without one."""
    for row in tables.versions(artifact):
        found = _MARK.search(_profile(row).get("PayloadDescription", "")) if "source" in row else None
        if found:
            return found["key"]
    return ""


def is_ours(tables: Tables, names: Names, artifact: Row) -> bool:
    """Of our form of name; or marked and given to a tag of ours, whatever somebody has called it since."""
    if is_called_ours(names, artifact):
        return True
    rows = [row["tag"] for link in links_of(tables, artifact["id"]) for row in link["tag_shards"]]
    return bool(mark_of(tables, artifact["id"])) and not our_tags(tables, names).keys().isdisjoint(rows)


def is_called_ours(names: Names, artifact: Row) -> bool:
    name = str(artifact["name"])
    bare = name.removeprefix(names.prefix) if name.startswith(names.prefix) else ""
    return bool(re.fullmatch(r"app/[a-z0-9-]+/\d+|[a-z0-9-]+/[a-z0-9-]+/com\.apple\.[\w.]+", bare))


def _profile(version: Row) -> dict[str, Any]:
    found: dict[str, Any] = plistlib.loads(base64.b64decode(version["source"]))
    return found


def keys_of(version: Row) -> Iterator[tuple[str, dict[str, Any]]]:
    for payload in _profile(version)["PayloadContent"]:
        yield payload["PayloadType"], {name: one for name, one in payload.items() if not name.startswith("Payload")}


def objects(tables: Tables, names: Names) -> Counter[str]:
    """Our tags, profiles by what they are for, apps by their number: two of one are something done twice."""
    found = Counter(f"tag {name}" for name in our_tags(tables, names).values())
    for artifact in tables.rows["artifacts"]:
        if is_called_ours(names, artifact):
            mark = mark_of(tables, artifact["id"])
            found[f"profile {mark}" if mark else f"artifact {artifact['name'].rpartition('/')[2]}"] += bool(
                links_of(tables, artifact["id"])
            )
    return found


def links_of(tables: Tables, artifact: str) -> list[Row]:
    return [row for row in tables.rows["links"] if row["artifact"] == artifact]


def others(tables: Tables, names: Names) -> str:
    """Everything on the server that isn't ours, and what isn't ours in our own links, as text that is equal byte for byte."""
    own = our_tags(tables, names)
    tables = Tables(
        rows={kind: sorted(rows, key=lambda row: str(row["id"])) for kind, rows in tables.rows.items()},
        tagged=tables.tagged,
    )
    ours = {row["id"] for row in tables.rows["artifacts"] if is_ours(tables, names, row)}
    return json.dumps(
        {
            "tags": [
                {**row, "serials": sorted(tables.tagged.get(row["id"], ()))}
                for row in tables.rows["tags"]
                if row["id"] not in own
            ],
            "taxonomies": [row for row in tables.rows["taxonomies"] if row["name"] != names.taxonomy],
            # The server writes its blueprints whenever a link of theirs is.
            "blueprints": [{**row, "updated_at": ""} for row in tables.rows["blueprints"]],
            "locations": [row["name"] for row in tables.rows["locations"]],
            "artifacts": [row for row in tables.rows["artifacts"] if row["id"] not in ours],
            "versions": [
                row
                for kind in ("profiles", "store_apps")
                for row in tables.rows[kind]
                if row["artifact"] not in ours
            ],
            "links": [found for row in tables.rows["links"] if (found := _theirs(row, set(own), row["artifact"] in ours))],
        },
        sort_keys=True,
        ensure_ascii=False,
        indent=1,
    )  # fmt: skip


def _theirs(link: Row, own: set[int], ours: bool) -> dict[str, Any] | None:
    """A link without our rows; None where nothing else is left in it. Ours may name other platforms, and theirs be written by us."""
    rows = [row for row in link["tag_shards"] if row["tag"] not in own]
    written = ours or len(rows) < len(link["tag_shards"])
    bounds = {name: link[name] for name in link if name.endswith("_version") and link[name]}
    if written and not rows and not link["excluded_tags"] and not bounds and (ours or not link["default_shard"]):
        return None
    # Which artifact's link it is, and by whom it was written last, isn't anybody's who put a tag into it.
    left_out = {"updated_at", *(("id", "created_at", "default_shard", *PLATFORMS) if ours else ())}
    return {**{name: value for name, value in link.items() if name not in left_out}, "tag_shards": rows}


def effects(
    tables: Tables, names: Names, serial: str, platform: str = "ipados"
) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """What links and versions of ours come to on a device, by what REST shows: payload type → keys, and apps' numbers.

    Whole shares alone are understood, no versions of systems, and no licences: our own code writes none.
    """
    tags = {tag for tag, serials in tables.tagged.items() if serial in serials}
    blueprint = tables.named("blueprints", names.blueprint)["id"]
    numbers = {row["id"]: row["adam_id"] for row in tables.rows["location_assets"]}
    settings: dict[str, dict[str, Any]] = {}
    apps: set[str] = set()
    for artifact in tables.rows["artifacts"]:
        links = [row for row in links_of(tables, artifact["id"]) if row["blueprint"] == blueprint]
        if not artifact["name"].startswith(names.prefix) or not any(_reaches(row, tags, platform) for row in links):
            continue
        version = next((row for row in tables.versions(artifact["id"]) if _reaches(row, tags, platform)), None)
        if version is not None and "source" in version:
            for payload, keys in keys_of(version):
                settings.setdefault(payload, {}).update(keys)
        elif version is not None:
            apps.add(str(numbers[version["location_asset"]]))
    return settings, apps


def _reaches(scope: Row, tags: set[int], platform: str) -> bool:
    if not scope[platform] or tags & set(scope["excluded_tags"]):
        return False
    whole = {row["tag"] for row in scope["tag_shards"] if row["shard"] == scope["shard_modulo"]}
    return scope["default_shard"] == scope["shard_modulo"] or bool(tags & whole)
