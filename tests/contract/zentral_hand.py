"""What people do by hand on a Zentral server, in the words of cases that were written for any system, over its REST API.

A value that a case sets at people's place lies on the devices of the group that serves them: Zentral gives nothing to users.
Names of things of ours are written `@school/group`; those that people make get the run's own prefix before them, so that they
are found and taken away afterwards.
"""

import base64
import plistlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.seed_values import expand
from tests.contract import zentral_words as words
from tests.contract.zentral_console import Console
from tests.contract.zentral_tables import Row, Tables
from tests.contract.zentral_words import Names

SERVED = {
    "/Elever/Norrskolan/4A": "norr/elever",
    "/Elever/Sydskolan": "syd/elever",
    "/Enheter/Norrskolan/Elever åk 4–6": "norr/elever",
}
"""Where cases set values by hand → the group of ours whose devices have them here."""
PLATFORMS = {"ios": False, "ipados": True, "macos": False, "tvos": False}
_SHARDS = {"shard_modulo": 100, "default_shard": 0, "excluded_tags": [], "tag_shards": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Somebody at a server: `tables` shows it as it is."""

    console: Console
    names: Names
    tables: Callable[[], Tables]

    def name(self, written: Any) -> str:
        """`@norr/elever` is ours; `=Biblioteket` is on the server already; anything else is made by the case."""
        text = str(written)
        return text[1:] if text.startswith("=") else f"{self.names.prefix}{text.removeprefix('@')}"

    def taxonomy(self, written: str) -> str:
        return self.names.taxonomy if written == "@" else self.name(written)

    def serials(self, written: Any) -> list[str]:
        cases = expand(written) if isinstance(written, str) else list(written)
        return [self.names.serial(one) for one in cases]

    def profile(self, key: str, payload: str) -> str:
        return f"{self.names.prefix}{key}/{payload}"


def edit_by_hand(desk: Desk, edit: Mapping[str, Any]) -> None:
    (name, arguments), *_ = edit.items()
    HAND[name](desk, arguments)


def _set(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """`{at: /Elever/…, incognito: allowed, kami: required, scratch: null}`: values set, or given back, by hand."""
    key = SERVED[arguments["at"]]
    for name, word in arguments.items():
        if name in words.NUMBERS:
            _set_app(desk, key, name, word)
        elif name != "at":
            payload, field, _ = words.SETTINGS[name]
            changes = {"unset": [field]} if word is None else {"set": {field: words.to_wire(name, word)}}
            _set_profile(desk, {"artifact": f"@{key}/{payload}", **changes})


def _set_app(desk: Desk, key: str, app: str, word: Any) -> None:
    """Given to the group, or taken from it: there is nothing between."""
    tables = desk.tables()
    link = _link_of(desk, tables, _app_name(desk, app))
    tag = tables.named("tags", desk.name(f"@{key}"))["id"]
    rows = [row for row in link["tag_shards"] if row["tag"] != tag]
    wanted = [{"tag": tag, "shard": 100}] if word == "required" else []
    desk.console.change("links", link, tag_shards=[*rows, *wanted])


def _app_name(desk: Desk, app: str) -> str:
    return f"{desk.names.prefix}app/{app}/{desk.names.numbers[app]}"


def _link_of(desk: Desk, tables: Tables, artifact: str) -> Row:
    blueprint = tables.named("blueprints", desk.names.blueprint)["id"]
    wanted = tables.named("artifacts", artifact)["id"]
    (found,) = [row for row in tables.rows["links"] if (row["blueprint"], row["artifact"]) == (blueprint, wanted)]
    return found


def _set_profile(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """A new version, as somebody uploads it: keys of its one payload set or taken away, all else as it was."""
    tables = desk.tables()
    newest = tables.versions(tables.named("artifacts", desk.name(arguments["artifact"]))["id"])[0]
    whole = plistlib.loads(base64.b64decode(newest["source"]))
    (payload,) = whole["PayloadContent"]
    for name in arguments.get("unset", ()):
        payload.pop(name, None)
    payload.update(arguments.get("set", {}))
    if "description" in arguments:
        whole["PayloadDescription"] = arguments["description"]
    source = base64.b64encode(plistlib.dumps(whole)).decode("ascii")
    made = ("id", "created_at", "updated_at")
    fresh = {name: value for name, value in newest.items() if name not in made}
    desk.console.create("profiles", fresh | {"version": newest["version"] + 1, "source": source})


def _move(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """Out of every group of ours, and into another, where the case's place is a group here."""
    place = arguments["to"].removeprefix("/Enheter/")
    tags = [desk.name(f"@{words.PLACES[place]}")] if arguments["to"].startswith("/Enheter/") else []
    desk.console.tag("SET", tags, desk.serials(arguments["serials"]), desk.names.taxonomy)


def _put(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """Into a place besides those where they are."""
    place = words.PLACES.get(arguments["into"])
    desk.console.tag("ADD", [desk.name(place or arguments["into"])], desk.serials(arguments["serials"]))


def _add_place(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """A tag; the case's mark says of which organisation, and for which group."""
    mark = str(arguments.get("mark", ""))
    if not mark:
        _add_tag(desk, {"name": arguments["place"].removeprefix("/Enheter/")})
        return
    org, key = mark.removeprefix("[reconciler:1 org=").removesuffix("]").split(" key=")
    home = "@" if org == words.ORG else f"[reconciler:1 org={org}]"
    _add_tag(desk, {"name": key.split("/", 1)[1], "taxonomy": home})


def _add_tag(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """`{name, taxonomy, serials}`; the taxonomy is made where it is missing, `@` is ours."""
    home = None
    tables = desk.tables()
    if "taxonomy" in arguments:
        name = desk.taxonomy(arguments["taxonomy"])
        known = tables.named("taxonomies", name) if tables.has("taxonomies", name) else None
        home = (known or desk.console.create("taxonomies", {"name": name}))["id"]
    desk.console.create("tags", {"name": desk.name(arguments["name"]), "taxonomy": home})
    if "serials" in arguments:
        desk.console.tag("ADD", [desk.name(arguments["name"])], desk.serials(arguments["serials"]))


def _rename_tag(desk: Desk, arguments: Mapping[str, Any]) -> None:
    tag = desk.tables().named("tags", desk.name(arguments["tag"]))
    desk.console.change("tags", tag, name=desk.name(arguments["name"]))


def _move_tag(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """Out of its taxonomy."""
    desk.console.change("tags", desk.tables().named("tags", desk.name(arguments["tag"])), taxonomy=None)


def _delete_tag(desk: Desk, arguments: Mapping[str, Any]) -> None:
    desk.console.delete("tags", desk.tables().named("tags", desk.name(arguments["tag"]))["id"])


def _tag(desk: Desk, arguments: Mapping[str, Any]) -> None:
    desk.console.tag("ADD", [desk.name(arguments["tag"])], desk.serials(arguments["serials"]))


def _untag(desk: Desk, arguments: Mapping[str, Any]) -> None:
    desk.console.tag("REMOVE", [desk.name(arguments["tag"])], desk.serials(arguments["serials"]))


def _add_profile(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """`{name, payload, keys, description, link}`: somebody's own, linked to our blueprint where `link` says to whom."""
    name = desk.name(arguments["name"])
    payload = {
        "PayloadType": arguments["payload"],
        "PayloadVersion": 1,
        "PayloadIdentifier": f"se.example.{uuid.uuid5(uuid.NAMESPACE_URL, name)}",
        "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/0")).upper(),
        **arguments.get("keys", {}),
    }
    whole = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadScope": "System",
        "PayloadIdentifier": f"se.example.{uuid.uuid5(uuid.NAMESPACE_URL, name)}.whole",
        "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_URL, name)).upper(),
        "PayloadDisplayName": name,
        "PayloadDescription": arguments.get("description", ""),
        "PayloadContent": [payload],
    }
    source = base64.b64encode(plistlib.dumps(whole)).decode("ascii")
    _add_artifact(desk, name, "Profile", {"source": source}, arguments.get("link"))


def _add_app(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """`{name, app, link}`: a store app of somebody's own, for an app of the catalogue."""
    number = desk.names.numbers[arguments["app"]]
    (asset,) = [row["id"] for row in desk.tables().rows["location_assets"] if row["adam_id"] == number]
    content = {"location_asset": asset, "removable": False, "remove_on_unenroll": True}
    _add_artifact(desk, desk.name(arguments["name"]), "Store App", content, arguments.get("link"))


def _add_artifact(desk: Desk, name: str, sort: str, content: Row, link: Mapping[str, Any] | None) -> None:
    made = desk.console.create("artifacts", {"name": name, "type": sort, "channel": "Device", "platforms": ["iPadOS"]})
    kind = "profiles" if sort == "Profile" else "store_apps"
    version = {"artifact": made["id"], "version": 1, **PLATFORMS, **_SHARDS, "default_shard": 100}
    desk.console.create(kind, version | dict(content))
    if link is not None:
        blueprint = desk.tables().named("blueprints", desk.names.blueprint)["id"]
        desk.console.create(
            "links", {"blueprint": blueprint, "artifact": made["id"], **PLATFORMS, **_SHARDS, **_scope(desk, link)}
        )


def _scope(desk: Desk, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`tags: {name: share}`, `excluded: [name]`; the other fields are Zentral's own."""
    tables = desk.tables()

    def identity(name: str) -> int:
        return int(tables.named("tags", desk.name(name))["id"])

    found = {name: value for name, value in arguments.items() if name not in ("tags", "excluded", "artifact")}
    if "tags" in arguments:
        found["tag_shards"] = [{"tag": identity(name), "shard": share} for name, share in arguments["tags"].items()]
    if "excluded" in arguments:
        found["excluded_tags"] = [identity(name) for name in arguments["excluded"]]
    return found


def _link(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """Change the link of our blueprint to an artifact: tags are added to those that it has, excluded ones too."""
    tables = desk.tables()
    link = _link_of(desk, tables, _artifact(desk, arguments["artifact"]))
    scope = _scope(desk, arguments)
    new = {row["tag"] for row in scope.get("tag_shards", ())}
    rows = [row for row in link["tag_shards"] if row["tag"] not in new] + scope.get("tag_shards", [])
    excluded = [*link["excluded_tags"], *scope.get("excluded_tags", ())]
    gone = {tables.named("tags", desk.name(name))["id"] for name in arguments.get("without", ())}
    more = {name: value for name, value in scope.items() if name not in ("tag_shards", "excluded_tags", "without")}
    rows = [row for row in rows if row["tag"] not in gone]
    excluded = [tag for tag in excluded if tag not in gone]
    desk.console.change("links", link, tag_shards=rows, excluded_tags=excluded, **more)


def _artifact(desk: Desk, written: str) -> str:
    """`app kami` is our app of that name in the catalogue."""
    return _app_name(desk, written[4:]) if written.startswith("app ") else desk.name(written)


def _unlink(desk: Desk, arguments: Mapping[str, Any]) -> None:
    desk.console.delete("links", _link_of(desk, desk.tables(), _artifact(desk, arguments["artifact"]))["id"])


def _rename_artifact(desk: Desk, arguments: Mapping[str, Any]) -> None:
    artifact = desk.tables().named("artifacts", _artifact(desk, arguments["artifact"]))
    desk.console.change("artifacts", artifact, name=desk.name(arguments["name"]))


def _delete_artifact(desk: Desk, arguments: Mapping[str, Any]) -> None:
    """With its link, which goes first."""
    _unlink(desk, arguments)
    desk.console.delete("artifacts", desk.tables().named("artifacts", _artifact(desk, arguments["artifact"]))["id"])


def sees(desk: Desk, name: str) -> Any:
    """What a case asks of the server itself: `row <artifact>: <tag>`, `excluded <artifact>`, `versions <artifact>`, …"""
    what, _, which = name.partition(" ")
    tables = desk.tables()
    if what == "tag":
        return tables.has("tags", desk.name(which))
    if what == "artifact":
        return tables.has("artifacts", _artifact(desk, which))
    if what == "rows":
        names = {row["id"]: row["name"].removeprefix(desk.names.prefix) for row in tables.rows["tags"]}
        link = _link_of(desk, tables, _artifact(desk, which))
        return {names[row["tag"]]: row["shard"] for row in link["tag_shards"]}
    if what == "excluded":
        names = {row["id"]: row["name"].removeprefix(desk.names.prefix) for row in tables.rows["tags"]}
        link = _link_of(desk, tables, _artifact(desk, which))
        return sorted(names[tag] for tag in link["excluded_tags"])
    if what == "least":
        return _link_of(desk, tables, _artifact(desk, which))["ipados_min_version"]
    assert what == "versions", name
    return len(tables.versions(tables.named("artifacts", _artifact(desk, which))["id"]))


LOOKS = ("tag", "artifact", "rows", "excluded", "least", "versions")

HAND: Mapping[str, Callable[[Desk, Any], None]] = {
    "set": _set,
    "move_devices": _move,
    "put": _put,
    "add_place": _add_place,
    "add_tag": _add_tag,
    "rename_tag": _rename_tag,
    "move_tag": _move_tag,
    "delete_tag": _delete_tag,
    "tag": _tag,
    "untag": _untag,
    "add_profile": _add_profile,
    "add_app": _add_app,
    "set_profile": _set_profile,
    "link": _link,
    "unlink": _unlink,
    "rename_artifact": _rename_artifact,
    "delete_artifact": _delete_artifact,
}
"""All that REST can do. What it can't (devices, licences, a server that is set up in another way) only a sandbox does."""
