"""Readable edits of a Zentral server: what people did by hand in its console, and what devices and Apple did."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeAlias

from reconciler.sandbox.seed_values import SeedError, check_keys
from reconciler.sandbox.zentral import seed
from reconciler.sandbox.zentral.effective import payloads
from reconciler.sandbox.zentral.reporting import report
from reconciler.sandbox.zentral.seed import find_asset, named, newest, scope_of, serials_of
from reconciler.sandbox.zentral.state import (
    Device,
    Record,
    ZentralState,
    add_record,
    change_record,
    remove_artifact,
    remove_blueprint,
    remove_device,
    remove_location_asset,
    remove_tag,
    set_machine_tags,
    slug,
    tag_serials,
)

Edit: TypeAlias = Callable[[ZentralState, Any], None]
PREFIX = "zentral_"


def perturb_zentral(state: ZentralState, item: Any) -> None:
    """One edit: a mapping of one key, the name, to its arguments. SeedError when it can't be done."""
    if not isinstance(item, dict) or len(item) != 1:
        raise SeedError("a perturbation is one name with its arguments")
    name, arguments = next(iter(item.items()))
    if name not in EDITS:
        raise SeedError(f"there is no perturbation {name!r}; known: {', '.join(sorted(EDITS))}")
    EDITS[name](state, arguments)


def members(state: ZentralState, tag: str) -> list[str]:
    """Serial numbers that have the tag of this name, sorted: what a test asks of a tag."""
    return tag_serials(state, named(state, "tags", tag)["id"])


def rename_tag(state: ZentralState, item: Any) -> None:
    check_keys(item, {"tag": str, "name": str}, "zentral_rename_tag", required=("tag", "name"))
    tag = named(state, "tags", item["tag"])
    if any(each["slug"] == slug(item["name"]) and each is not tag for each in state.tables["tags"].values()):
        raise SeedError(f"another tag has the same slug as {item['name']!r}")
    change_record(state, "tags", tag, {"name": item["name"], "slug": slug(item["name"])})


def move_tag(state: ZentralState, item: Any) -> None:
    """Into another taxonomy, or out of any."""
    check_keys(item, {"tag": str, "taxonomy": object}, "zentral_move_tag", required=("tag", "taxonomy"))
    taxonomy = None if item["taxonomy"] is None else named(state, "taxonomies", item["taxonomy"])["id"]
    change_record(state, "tags", named(state, "tags", item["tag"]), {"taxonomy": taxonomy})


def delete_tag(state: ZentralState, item: Any) -> None:
    check_keys(item, {"tag": str}, "zentral_delete_tag", required=("tag",))
    remove_tag(state, named(state, "tags", item["tag"])["id"])


def add_taxonomy(state: ZentralState, item: Any) -> None:
    check_keys(item, {"name": str}, "zentral_add_taxonomy", required=("name",))
    add_record(state, "taxonomies", {"meta_business_unit": None, "name": item["name"]})


def rename_taxonomy(state: ZentralState, item: Any) -> None:
    check_keys(item, {"taxonomy": str, "name": str}, "zentral_rename_taxonomy", required=("taxonomy", "name"))
    change_record(state, "taxonomies", named(state, "taxonomies", item["taxonomy"]), {"name": item["name"]})


def tag_devices(state: ZentralState, item: Any) -> None:
    check_keys(item, {"tag": str, "serials": object}, "zentral_tag_devices", required=("tag", "serials"))
    seed.put_tag(state, named(state, "tags", item["tag"])["id"], serials_of(item["serials"]))


def untag_devices(state: ZentralState, item: Any) -> None:
    check_keys(item, {"tag": str, "serials": object}, "zentral_untag_devices", required=("tag", "serials"))
    tag = named(state, "tags", item["tag"])["id"]
    serials = serials_of(item["serials"])
    if missing := set(serials) - set(tag_serials(state, tag)):
        raise SeedError(f"{len(missing)} of them don't have the tag {item['tag']!r}")
    for serial in serials:
        set_machine_tags(state, serial, tuple(each for each in state.machine_tags[serial] if each != tag))


def rename_artifact(state: ZentralState, item: Any) -> None:
    check_keys(item, {"artifact": str, "name": str}, "zentral_rename_artifact", required=("artifact", "name"))
    change_record(state, "artifacts", named(state, "artifacts", item["artifact"]), {"name": item["name"]})


def delete_artifact(state: ZentralState, item: Any) -> None:
    """With its versions and links, and whatever devices had of it."""
    check_keys(item, {"artifact": str}, "zentral_delete_artifact", required=("artifact",))
    remove_artifact(state, named(state, "artifacts", item["artifact"])["id"])


_PROFILE: dict[str, type] = {"artifact": str, "payload": str, "set": dict, "unset": list, "description": str}


def set_profile(state: ZentralState, item: Any) -> None:
    """A new version of a profile, as somebody uploads it: keys of its (first, or named) payload set or taken away."""
    check_keys(item, _PROFILE, "zentral_set_profile", required=("artifact",))
    artifact = named(state, "artifacts", item["artifact"])
    kind, version = newest(state, artifact)
    if kind != "profiles":
        raise SeedError(f"{item['artifact']!r} is no profile")
    content: list[dict[str, Any]] = [{"type": payload, "keys": keys} for payload, keys in payloads(version)]
    chosen = next((each for each in content if each["type"] == item.get("payload", each["type"])), None)
    if chosen is None:
        raise SeedError(f"the profile has no payload {item.get('payload', '')!r}")
    chosen["keys"] = {
        name: value for name, value in chosen["keys"].items() if name not in item.get("unset", [])
    } | item.get("set", {})
    source = seed.profile(item["artifact"], content, item.get("description", ""))
    own = ("id", "created_at", "updated_at")
    fresh = {name: value for name, value in version.items() if name not in own}
    add_record(state, "profiles", fresh | {"version": version["version"] + 1, "source": source})


def _link(state: ZentralState, item: Any, what: str) -> Record:
    pair = {
        "blueprint": named(state, "blueprints", item["blueprint"])["id"],
        "artifact": named(state, "artifacts", item["artifact"])["id"],
    }
    for link in state.tables["links"].values():
        if pair.items() <= link.items():
            return link
    raise SeedError(f"{what}: {item['artifact']!r} is not linked to {item['blueprint']!r}")


_PAIR: dict[str, type] = {"blueprint": str, "artifact": str}


def change_link(state: ZentralState, item: Any) -> None:
    """Scope fields as in a seed; the others stay."""
    check_keys(item, _PAIR | seed.SCOPE, "zentral_change_link", required=("blueprint", "artifact"))
    link = _link(state, item, "zentral_change_link")
    given = {name: value for name, value in item.items() if name in seed.SCOPE}
    change_record(state, "links", link, scope_of(state, given, link))


def unlink(state: ZentralState, item: Any) -> None:
    check_keys(item, _PAIR, "zentral_unlink", required=("blueprint", "artifact"))
    del state.tables["links"][_link(state, item, "zentral_unlink")["id"]]


def rename_blueprint(state: ZentralState, item: Any) -> None:
    check_keys(item, {"blueprint": str, "name": str}, "zentral_rename_blueprint", required=("blueprint", "name"))
    change_record(state, "blueprints", named(state, "blueprints", item["blueprint"]), {"name": item["name"]})


def delete_blueprint(state: ZentralState, item: Any) -> None:
    """With its links; its devices have none afterwards."""
    check_keys(item, {"blueprint": str}, "zentral_delete_blueprint", required=("blueprint",))
    remove_blueprint(state, named(state, "blueprints", item["blueprint"])["id"])


_COUNTS: dict[str, type] = {"adam_id": str, "location": str, "total": int, "assigned": int, "retired": int}


def set_asset(state: ZentralState, item: Any) -> None:
    """What was bought and is assigned; what is left follows."""
    check_keys(item, _COUNTS, "zentral_set_asset", required=("adam_id",))
    asset = find_asset(state, item)
    counts = {f"{name}_count": item.get(name, asset[f"{name}_count"]) for name in ("total", "assigned", "retired")}
    left = {"available_count": counts["total_count"] - counts["assigned_count"]}
    change_record(state, "location_assets", asset, counts | left)


def remove_asset(state: ZentralState, item: Any) -> None:
    """The location has it no more; versions of store apps that used it go with it."""
    check_keys(item, {"adam_id": str, "location": str}, "zentral_remove_asset", required=("adam_id",))
    remove_location_asset(state, find_asset(state, item)["id"])


def _devices(state: ZentralState, value: Any) -> list[Device]:
    wanted = serials_of(value)
    found = [device for device in state.devices.values() if device.serial in wanted]
    if missing := sorted(set(wanted) - {device.serial for device in found}):
        raise SeedError(f"there is no device {missing[0]!r}")
    return found


_SET = dict.fromkeys(("name", "model", "os_version", "seen", "user", "checked_out", "blocked"), str) | {
    "serials": object, "blueprint": object, "supervised": bool, "awaiting_configuration": bool,
}  # fmt: skip


def set_devices(state: ZentralState, item: Any) -> None:
    """`blueprint` by name, or null for none."""
    check_keys(item, _SET, "zentral_set_devices", required=("serials",))
    changes: dict[str, Any] = {name: value for name, value in item.items() if name not in ("serials", "blueprint")}
    if "blueprint" in item:
        name = item["blueprint"]
        changes["blueprint"] = None if name is None else named(state, "blueprints", name)["id"]
    for device in _devices(state, item["serials"]):
        state.devices[device.id] = dataclasses.replace(device, **changes)


def remove_devices(state: ZentralState, item: Any) -> None:
    check_keys(item, {"serials": object}, "zentral_remove_devices", required=("serials",))
    for device in _devices(state, item["serials"]):
        remove_device(state, device.id)


def devices_report(state: ZentralState, item: Any) -> None:
    """All devices, or those of `serials`, install what they are given and tell it."""
    check_keys(item, {"serials": object}, "zentral_devices_report")
    report(state, _devices(state, item["serials"]) if "serials" in item else list(state.devices.values()))


EDITS: dict[str, Edit] = {
    "zentral_add_tag": seed.add_tag,
    "zentral_rename_tag": rename_tag,
    "zentral_move_tag": move_tag,
    "zentral_delete_tag": delete_tag,
    "zentral_tag_devices": tag_devices,
    "zentral_untag_devices": untag_devices,
    "zentral_add_taxonomy": add_taxonomy,
    "zentral_rename_taxonomy": rename_taxonomy,
    "zentral_add_artifact": seed.add_artifact,
    "zentral_rename_artifact": rename_artifact,
    "zentral_delete_artifact": delete_artifact,
    "zentral_set_profile": set_profile,
    "zentral_add_link": seed.add_link,
    "zentral_change_link": change_link,
    "zentral_unlink": unlink,
    "zentral_rename_blueprint": rename_blueprint,
    "zentral_delete_blueprint": delete_blueprint,
    "zentral_add_location": seed.add_location,
    "zentral_add_asset": seed.add_asset,
    "zentral_set_asset": set_asset,
    "zentral_remove_asset": remove_asset,
    "zentral_add_devices": seed.add_devices,
    "zentral_set_devices": set_devices,
    "zentral_remove_devices": remove_devices,
    "zentral_devices_report": devices_report,
}
