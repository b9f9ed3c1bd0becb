"""The `zentral:` section of a seed file: a server in readable YAML. README.md of the sandbox shows every key."""

from __future__ import annotations

import base64
import plistlib
import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from reconciler.sandbox.seed_values import SeedError, check_keys, expand, text
from reconciler.sandbox.zentral.artifacts import TYPES, new_artifact
from reconciler.sandbox.zentral.blueprints import NEW
from reconciler.sandbox.zentral.scope import DEFAULTS
from reconciler.sandbox.zentral.state import (
    PLATFORMS,
    Device,
    Kind,
    Record,
    ZentralState,
    add_device,
    add_record,
    set_machine_tags,
    slug,
    versions_of,
)

_IDS = uuid.UUID("37b9d0c5-3c5b-4a39-8e7e-5f0a2c1f7b94")
_SECTIONS: dict[str, type] = {
    "locations": list, "assets": list, "blueprints": list, "devices": list, "taxonomies": list, "tags": list,
    "artifacts": list, "links": list, "tokens": list,
}  # fmt: skip
_DEVICE: dict[str, type] = {
    "count": int, "serial_prefix": str, "serial_start": int, "serial_width": int, "serials": object, "name": str,
    "model": str, "platform": str, "os_version": str, "blueprint": str, "supervised": bool, "automated": bool,
    "awaiting_configuration": bool, "user": str, "seen": str, "inventoried": bool, "checked_out": str, "blocked": str,
}  # fmt: skip
_PLAIN = (
    "model",
    "os_version",
    "supervised",
    "automated",
    "awaiting_configuration",
    "user",
    "seen",
    "inventoried",
    "checked_out",
    "blocked",
)
_ARTIFACT: dict[str, type] = {
    "name": str, "type": str, "channel": str, "platforms": list, "requires": list, "auto_update": bool,
    "install_during_setup_assistant": bool, "payloads": list, "description": str, "adam_id": str, "location": str,
    "version": int, "scope": dict,
}  # fmt: skip
SCOPE: dict[str, type] = {
    "platforms": object, "tags": object, "excluded_tags": list, "default_shard": int, "shard_modulo": int, "minimum": dict,
    "maximum": dict,
}  # fmt: skip
_ASSET: dict[str, type] = {
    "adam_id": str, "location": str, "pricing": str, "total": int, "assigned": int, "retired": int,
}  # fmt: skip


def seed_zentral(state: ZentralState, section: Any) -> None:
    """Add what a section describes. SeedError says what is wrong."""
    check_keys(section, _SECTIONS, "zentral")
    steps: dict[str, Callable[[ZentralState, Any], object]] = {
        "locations": add_location,
        "assets": add_asset,
        "blueprints": add_blueprint,
        "devices": add_devices,
        "taxonomies": lambda state, name: add_record(
            state, "taxonomies", {"meta_business_unit": None, "name": text(name)}
        ),
        "tags": add_tag,
        "artifacts": add_artifact,
        "links": add_link,
        "tokens": add_token,
    }
    for name, step in steps.items():
        for item in section.get(name, []):
            step(state, item)


def named(state: ZentralState, kind: Kind, name: Any) -> Record:
    """The object of this name; SeedError when there is none."""
    for record in state.tables[kind].values():
        if record["name"] == name:
            return record
    raise SeedError(f"there is nothing called {name!r} among the {kind}")


def add_location(state: ZentralState, item: Any) -> None:
    """A token of Apps and Books: its name."""
    number = state.created.get("locations", 0) + 1
    fixed = {"organization_name": text(item), "country_code": "SE", "platform": "enterprisestore"}
    record = {
        "server_token_expiration_date": "2027-08-17T06:00:00",
        "name": item,
        **fixed,
        "library_uid": str(uuid.uuid5(_IDS, f"library/{number}")),
        "website_url": "https://school.apple.com",
        "mdm_info_id": str(uuid.uuid5(_IDS, f"location/{number}")),
    }
    add_record(state, "locations", record)


def add_asset(state: ZentralState, item: Any) -> None:
    """What a location has bought."""
    check_keys(item, _ASSET, "asset", required=("adam_id", "location", "total"))
    place, pricing = named(state, "locations", item["location"])["id"], item.get("pricing", "STDQ")
    pair = (item["adam_id"], pricing)
    assets = state.tables["location_assets"].values()
    if any((each["adam_id"], each["pricing_param"], each["location"]) == (*pair, place) for each in assets):
        raise SeedError(f"the location has {item['adam_id']!r} twice")
    known = {(each["adam_id"], each["pricing_param"]): each["asset"] for each in assets}
    assigned = item.get("assigned", 0)
    record = {
        "adam_id": item["adam_id"],
        "asset": known.get(pair, len(set(known.values())) + 1),
        "assigned_count": assigned,
        "available_count": item["total"] - assigned,
        "location": place,
        "pricing_param": pricing,
        "retired_count": item.get("retired", 0),
        "total_count": item["total"],
    }
    add_record(state, "location_assets", record)


def find_asset(state: ZentralState, item: dict[str, Any]) -> Record:
    """By `adam_id`, and `location` where several have it."""
    place = named(state, "locations", item["location"])["id"] if "location" in item else None
    found = [
        each
        for each in state.tables["location_assets"].values()
        if each["adam_id"] == item["adam_id"] and place in (None, each["location"])
    ]
    if len(found) != 1:
        raise SeedError(f"{len(found)} locations have {item['adam_id']!r}")
    return found[0]


def add_blueprint(state: ZentralState, item: Any) -> None:
    """A name, or {name, legacy_profiles_via_ddm}."""
    given = {"name": item} if isinstance(item, str) else item
    check_keys(given, {"name": str, "legacy_profiles_via_ddm": bool}, "blueprint", required=("name",))
    add_record(state, "blueprints", NEW | given)


def add_devices(state: ZentralState, item: Any) -> None:
    """A range of enrolled devices. A serial number may come twice."""
    check_keys(item, _DEVICE, "devices")
    if ("serials" in item) == ("serial_prefix" in item):
        raise SeedError("devices need either serials or serial_prefix")
    platform = item.get("platform", "iPadOS")
    if platform not in PLATFORMS:
        raise SeedError(f"there is no platform {platform!r}; known: {', '.join(PLATFORMS)}")
    start, width = item.get("serial_start", 1), item.get("serial_width", 4)
    numbers = range(start, start + item.get("count", 1))
    blueprint = named(state, "blueprints", item["blueprint"])["id"] if "blueprint" in item else None
    plain: dict[str, Any] = {name: item[name] for name in _PLAIN if name in item}
    serials = (
        serials_of(item["serials"]) if "serials" in item else [f"{item['serial_prefix']}{n:0{width}d}" for n in numbers]
    )
    for n, serial in enumerate(serials, start=start):
        name = _numbered(item.get("name", serial), n)
        add_device(state, Device(serial=serial, name=name, platform=platform, blueprint=blueprint, **plain))


def serials_of(value: Any) -> list[str]:
    """A list, or text with braces."""
    return expand(value) if isinstance(value, str) else [text(each) for each in value]


def _numbered(pattern: str, n: int) -> str:
    """`{n}` and `{n:03d}` filled in; nothing else of Python's formats."""
    return re.sub(r"\{n(?::0?(\d+)d)?\}", lambda match: f"{n:0{match[1] or 1}d}", pattern)


def add_tag(state: ZentralState, item: Any) -> None:
    """A name, or {name, taxonomy, color, serials}; the serial numbers need not be known."""
    given = {"name": item} if isinstance(item, str) else item
    check_keys(given, {"name": str, "taxonomy": str, "color": str, "serials": object}, "tag", required=("name",))
    if any(each["slug"] == slug(given["name"]) for each in state.tables["tags"].values()):
        raise SeedError(f"another tag has the same slug as {given['name']!r}")
    taxonomy = named(state, "taxonomies", given["taxonomy"])["id"] if "taxonomy" in given else None
    record = {"taxonomy": taxonomy, "meta_business_unit": None, "name": given["name"], "slug": slug(given["name"])}
    tag = add_record(state, "tags", record | {"color": given.get("color", "0079bf")})
    put_tag(state, tag["id"], serials_of(given.get("serials", [])))


def put_tag(state: ZentralState, tag: int, serials: Sequence[str]) -> None:
    for serial in serials:
        set_machine_tags(state, serial, tuple(dict.fromkeys([*state.machine_tags.get(serial, ()), tag])))


def add_artifact(state: ZentralState, item: Any) -> None:
    """An artifact with its first version: a profile of `payloads`, or a store app of `adam_id`."""
    check_keys(item, _ARTIFACT, "artifact", required=("name",))
    kind = item.get("type", "Store App" if "adam_id" in item else "Profile")
    if kind not in TYPES:
        raise SeedError(f"there is no type of artifact {kind!r}")
    names = ("channel", "platforms", "auto_update", "install_during_setup_assistant")
    values: dict[str, Any] = {name: item[name] for name in names if name in item}
    values["requires"] = [named(state, "artifacts", name)["id"] for name in item.get("requires", [])]
    artifact = add_record(state, "artifacts", new_artifact(item["name"], kind, **values))
    if kind not in ("Profile", "Store App"):
        return
    given = {"platforms": [PLATFORMS[each] for each in artifact["platforms"]], **item.get("scope", {})}
    version = {"artifact": artifact["id"], "version": item.get("version", 1), **scope_of(state, given)}
    if kind == "Profile":
        source = profile(item["name"], item.get("payloads", []), item.get("description", ""))
        add_record(state, "profiles", version | {"source": source})
    else:
        add_record(state, "store_apps", version | _APP | {"location_asset": find_asset(state, item)["id"]})


_APP: Record = {
    "associated_domains": [],
    "associated_domains_enable_direct_downloads": False,
    "removable": False,
    "vpn_uuid": None,
    "content_filter_uuid": None,
    "dns_proxy_uuid": None,
    "configuration": None,
    "remove_on_unenroll": True,
    "prevent_backup": False,
}


def profile(name: str, contents: Any, description: str = "") -> str:
    """A .mobileconfig of payloads {type, keys}, in base64."""
    content = []
    for number, item in enumerate(contents):
        check_keys(item, {"type": str, "keys": dict}, "payload", required=("type",))
        identity = f"{name}/{number}"
        content.append(
            {
                "PayloadType": item["type"],
                "PayloadVersion": 1,
                "PayloadIdentifier": f"se.example.{slug(identity)}",
                "PayloadUUID": str(uuid.uuid5(_IDS, identity)).upper(),
                **item.get("keys", {}),
            }
        )
    whole = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadScope": "System",
        "PayloadIdentifier": f"se.example.{slug(name)}",
        "PayloadUUID": str(uuid.uuid5(_IDS, name)).upper(),
        "PayloadDisplayName": name,
        "PayloadDescription": description,
        "PayloadContent": content,
    }
    return base64.b64encode(plistlib.dumps(whole)).decode("ascii")


def scope_of(state: ZentralState, item: Any, before: Record | None = None) -> Record:
    """Scope fields of a seed; what it doesn't say stays as it was `before`, or takes Zentral's default."""
    check_keys(item, SCOPE, "scope")
    scope = {name: (before or DEFAULTS)[name] for name in DEFAULTS}
    if "platforms" in item:
        if unknown := set(item["platforms"]) - set(PLATFORMS.values()):
            raise SeedError(f"there is no platform {min(unknown)!r}; known: {', '.join(PLATFORMS.values())}")
        scope |= {name: name in item["platforms"] for name in PLATFORMS.values()}
    scope |= {name: item[name] for name in ("default_shard", "shard_modulo") if name in item}
    for end in ("minimum", "maximum"):
        scope |= {f"{name}_{end[:3]}_version": text(value) for name, value in item.get(end, {}).items()}
    if "tags" in item:
        shards = item["tags"] if isinstance(item["tags"], dict) else dict.fromkeys(item["tags"], 100)
        rows = [{"tag": named(state, "tags", name)["id"], "shard": share} for name, share in shards.items()]
        scope["tag_shards"] = rows
    if "excluded_tags" in item:
        scope["excluded_tags"] = [named(state, "tags", name)["id"] for name in sorted(item["excluded_tags"])]
    return scope


def add_link(state: ZentralState, item: Any) -> None:
    """An artifact in a blueprint. As on the server, it reaches all devices unless `default_shard` says otherwise."""
    check_keys(item, SCOPE | {"blueprint": str, "artifact": str}, "link", required=("blueprint", "artifact"))
    artifact = named(state, "artifacts", item["artifact"])
    pair = {"blueprint": named(state, "blueprints", item["blueprint"])["id"], "artifact": artifact["id"]}
    if any(pair.items() <= each.items() for each in state.tables["links"].values()):
        raise SeedError(f"{item['artifact']!r} is linked twice")
    given = {"platforms": [PLATFORMS[each] for each in artifact["platforms"]]} | {
        name: value for name, value in item.items() if name in SCOPE
    }
    add_record(state, "links", pair | scope_of(state, given))


def add_token(state: ZentralState, item: Any) -> None:
    """An API token with the permissions that it has: `mdm.view_artifact`; `active: false` is one of an account that is switched off."""
    check_keys(item, {"key": str, "permissions": list, "active": bool}, "token", required=("key", "permissions"))
    if not item.get("active", True):
        state.inactive = (*state.inactive, item["key"])
    state.tokens[item["key"]] = tuple(text(each) for each in item["permissions"])


def newest(state: ZentralState, artifact: Record) -> tuple[Kind, Record]:
    """The newest version of an artifact; SeedError when it has none."""
    for found in versions_of(state, artifact["id"]):
        return found
    raise SeedError(f"the artifact {artifact['name']!r} has no version")
