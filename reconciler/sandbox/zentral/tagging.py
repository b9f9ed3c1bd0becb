"""Tags, taxonomies, and which machine has which tags (inventory/api_views.py, 2026-08)."""

from __future__ import annotations

import base64
import re
from typing import Any

from reconciler.sandbox.zentral.call import Answer, Call, find, named, refuse_twin
from reconciler.sandbox.zentral.errors import detail, invalid, server_error
from reconciler.sandbox.zentral.fields import Field, FieldError, Fields, key_of, listed, read, read_object, text
from reconciler.sandbox.zentral.state import (
    Device,
    Record,
    ZentralState,
    add_record,
    change_record,
    remove_tag,
    remove_taxonomy,
    set_machine_tags,
    slug,
)

_BLUE = "0079bf"
_KINDS = ("SET", "ADD", "REMOVE")
_SYSTEMS = {
    "iOS": ("IOS", "MOBILE"),
    "iPadOS": ("IPADOS", "TABLET"),
    "macOS": ("MACOS", "LAPTOP"),
    "tvOS": ("TVOS", "TV"),
}


def list_tags(call: Call) -> Answer:
    """A bare array, never paged."""
    return Answer(body=sorted(named(call, call.state.tables["tags"].values()), key=lambda each: each["name"]))


def get_tag(call: Call) -> Answer:
    return Answer(body=find(call, "tags", "Tag"))


def _tag_fields(state: ZentralState) -> Fields:
    return {
        "taxonomy": Field(parse=key_of(state.tables["taxonomies"]), null=True),
        "meta_business_unit": Field(parse=key_of({}), null=True),
        "name": Field(parse=text(), required=True),
        "color": Field(parse=_color),
    }


def _color(value: Any) -> str:
    found = str(text(maximum=6)(value))
    if not re.fullmatch(r"[0-9a-fA-F]{6}", found):
        raise FieldError([f"{found} is not a valid color."])
    return found


def create_tag(call: Call) -> Answer:
    values = read(call.data, _tag_fields(call.state))
    refuse_twin(call.state, "tags", "tag", values["name"], None)
    return Answer(status=201, body=_new_tag(call.state, **values))


def _new_tag(
    state: ZentralState, *, name: str, taxonomy: int | None = None, color: str = _BLUE, meta_business_unit: None = None
) -> Record:
    """The slug must be unique too: two names that differ in case only, or in signs that a slug lacks, end in a server error."""
    _refuse_slug(state, name, None)
    record = {"taxonomy": taxonomy, "meta_business_unit": meta_business_unit, "name": name}
    return add_record(state, "tags", record | {"slug": slug(name), "color": color})


def _refuse_slug(state: ZentralState, name: str, own: int | None) -> None:
    if any(each["slug"] == slug(name) and each["id"] != own for each in state.tables["tags"].values()):
        raise server_error()


def update_tag(call: Call) -> Answer:
    tag = find(call, "tags", "Tag")
    values = read(call.data, _tag_fields(call.state))
    refuse_twin(call.state, "tags", "tag", values["name"], tag["id"])
    _refuse_slug(call.state, values["name"], tag["id"])
    return Answer(body=change_record(call.state, "tags", tag, values | {"slug": slug(values["name"])}))


def delete_tag(call: Call) -> Answer:
    remove_tag(call.state, find(call, "tags", "Tag")["id"])
    return Answer(status=204)


def list_taxonomies(call: Call) -> Answer:
    """A bare array too."""
    return Answer(body=sorted(named(call, call.state.tables["taxonomies"].values()), key=lambda each: each["name"]))


def get_taxonomy(call: Call) -> Answer:
    return Answer(body=find(call, "taxonomies", "Taxonomy"))


_TAXONOMY: Fields = {
    "meta_business_unit": Field(parse=key_of({}), null=True),
    "name": Field(parse=text(maximum=256), required=True),
}


def create_taxonomy(call: Call) -> Answer:
    values = read(call.data, _TAXONOMY)
    refuse_twin(call.state, "taxonomies", "taxonomy", values["name"], None)
    return Answer(status=201, body=_new_taxonomy(call, values["name"]))


def _new_taxonomy(call: Call, name: str) -> Record:
    return add_record(call.state, "taxonomies", {"meta_business_unit": None, "name": name}, call.now)


def update_taxonomy(call: Call) -> Answer:
    taxonomy = find(call, "taxonomies", "Taxonomy")
    values = read(call.data, _TAXONOMY)
    refuse_twin(call.state, "taxonomies", "taxonomy", values["name"], taxonomy["id"])
    return Answer(body=change_record(call.state, "taxonomies", taxonomy, values, call.now))


def delete_taxonomy(call: Call) -> Answer:
    remove_taxonomy(call.state, find(call, "taxonomies", "Taxonomy")["id"])
    return Answer(status=204)


def get_machine(call: Call) -> Answer:
    """A machine of the inventory with its tags; 404 without a snapshot, whatever tags its serial number has."""
    serial = _plain_serial(call.key)
    device = next((each for each in call.state.devices.values() if each.serial == serial and each.inventoried), None)
    if device is None:
        raise detail(404, "Not found.")
    return Answer(body=_machine(call.state, device))


def _plain_serial(written: str) -> str:
    """A serial number that a path can't carry is written as a dot and base64."""
    if not written.startswith("."):
        return written
    return base64.urlsafe_b64decode(written[1:] + "=" * (-len(written[1:]) % 4)).decode("utf-8", "replace")


def _machine(state: ZentralState, device: Device) -> Record:
    platform, kind = _SYSTEMS[device.platform]
    tags = [state.tables["tags"][tag] for tag in state.machine_tags.get(device.serial, ())]
    return {
        "serial_number": device.serial,
        "urlsafe_serial_number": device.serial,
        "computer_name": device.name or None,
        "platform": platform,
        "type": kind,
        "tags": [{"id": tag["id"], "name": tag["name"]} for tag in sorted(tags, key=lambda tag: tag["name"].lower())],
    }


_NAMES = Field(parse=listed(text()), required=True)
_WORDS = Field(parse=listed(text()))


def _kind(value: Any) -> str:
    if value not in _KINDS:
        raise FieldError([f'"{value}" is not a valid choice.'])
    return str(value)


def _operation(value: Any) -> Record:
    fields = {
        "kind": Field(parse=_kind, required=True),
        "taxonomy": Field(parse=text(maximum=256), null=True),
        "names": _NAMES,
    }
    found = read_object(value, fields)
    kind, taxonomy, names = found["kind"], found.get("taxonomy"), found["names"]
    if kind == "SET" and not taxonomy:
        raise FieldError({"taxonomy": ["This field is required for SET operations"]})
    if kind == "REMOVE" and taxonomy:
        raise FieldError({"taxonomy": ["This field may not be set for REMOVE operations"]})
    if kind != "SET" and not names:
        raise FieldError({"names": [f"This list may not be empty for {kind} operations"]})
    return found


def _principals(value: Any) -> Record:
    found = read_object(value, {"unique_ids": _WORDS, "principal_names": _WORDS})
    if not any(found.values()):
        raise FieldError({"non_field_errors": ["Unique ids and principal names cannot be both empty."]})
    return found


_TAGGING: Fields = {
    "principal_users": Field(parse=_principals),
    "serial_numbers": Field(parse=listed(text(), empty=False)),
    "operations": Field(parse=listed(_operation, empty=False), required=True),
}


def tag_machines(call: Call) -> Answer:
    """Change the tags of machines. Whether a serial number is known is never asked, so that all are found.

    `principal_users` find nobody: the inventory has no users here.
    """
    found = read(call.data, _TAGGING)
    if not found.get("serial_numbers") and not found.get("principal_users"):
        raise invalid({"non_field_errors": ["principal_users and serial_numbers cannot be both empty."]})
    work = _Work(call, found["operations"])
    serials = found.get("serial_numbers", [])
    counts = [work.change(serial) for serial in serials]
    tags = {"added": sum(added for added, _ in counts), "removed": sum(removed for _, removed in counts)}
    return Answer(body={"machines": {"found": len(serials)}, "tags": tags})


class _Work:
    """The operations of one call, with taxonomies and tags found or made."""

    def __init__(self, call: Call, operations: list[Record]) -> None:
        self.call, self.state = call, call.state
        self.set: dict[int, list[int]] = {}
        self.add: list[int] = []
        self.remove: list[int] = []
        self.clear: list[int] = []
        for each in operations:
            self._prepare(each["kind"], each.get("taxonomy"), each["names"])
        self.taxonomies = {tag["id"]: tag["taxonomy"] for tag in self.state.tables["tags"].values()}

    def _prepare(self, kind: str, taxonomy: str | None, names: list[str]) -> None:
        if kind == "REMOVE":
            self.remove += [tag["id"] for tag in self.state.tables["tags"].values() if tag["name"] in names]
        elif names:
            home = self._taxonomy(taxonomy) if taxonomy else None
            tags = [self._tag(name, home) for name in names]
            if home is not None and kind == "SET":
                self.set.setdefault(home, []).extend(tags)
            else:
                self.add += tags
        else:
            self.clear += [each["id"] for each in self.state.tables["taxonomies"].values() if each["name"] == taxonomy]

    def _taxonomy(self, name: str) -> int:
        known = [each["id"] for each in self.state.tables["taxonomies"].values() if each["name"] == name]
        return int(known[0] if known else _new_taxonomy(self.call, name)["id"])

    def _tag(self, name: str, taxonomy: int | None) -> int:
        """By name on the whole server: one of another taxonomy is taken as it is."""
        known = [each["id"] for each in self.state.tables["tags"].values() if each["name"] == name]
        return int(known[0] if known else _new_tag(self.state, name=name, taxonomy=taxonomy)["id"])

    def change(self, serial: str) -> tuple[int, int]:
        """How many tags a machine got, and lost. The order is the vendor's: clear, set, add, remove."""
        added = removed = 0
        of = self.taxonomies
        tags = list(self.state.machine_tags.get(serial, ()))

        def drop(gone: list[int]) -> int:
            before = len(tags)
            tags[:] = [tag for tag in tags if tag not in gone]
            return before - len(tags)

        def put(new: list[int]) -> int:
            fresh = [tag for tag in dict.fromkeys(new) if tag not in tags]
            tags.extend(fresh)
            return len(fresh)

        removed += drop([tag for tag in tags if of[tag] in self.clear])
        for taxonomy, wanted in self.set.items():
            added += put(wanted)
            removed += drop([tag for tag in tags if of[tag] == taxonomy and tag not in wanted])
        added += put(self.add)
        removed += drop(self.remove)
        set_machine_tags(self.state, serial, tuple(tags))
        return added, removed
