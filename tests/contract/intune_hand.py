"""What people do by hand in Entra's and Intune's portals, in the words of cases that were written for any system.

An org unit's people are a group of users here, and a value that a case sets at people's place lies on the devices of the
group that serves them: Intune knows no settings for users that we write.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.sandbox.graph.edits import perturb_graph
from reconciler.sandbox.graph.intune.edits import find_app
from reconciler.sandbox.graph.intune.state import Kind
from reconciler.sandbox.graph.seed import devices_by_serial
from reconciler.sandbox.graph.state import GraphState, Group, change_object
from reconciler.sandbox.seed_values import expand
from tests.contract import intune_words as words

_MARK = re.compile(r"\[reconciler:1 org=(?P<org>\S+) key=(?P<key>\S+?)\]")
ORG = "11111111-2222-4333-8444-555555555555"
SERVED = {
    "/Elever/Norrskolan/4A": "norr/elever",
    "/Elever/Sydskolan": "syd/elever",
    "/Enheter/Norrskolan/Elever åk 4–6": "norr/elever",
}
"""Where cases set values by hand → the group of ours whose devices have them here."""
KINDS: Mapping[str, Kind] = {
    words.IOS: "configurations",
    words.COMPLIANCE: "compliance",
    words.CATALOG: "catalog",
}


def edit_by_hand(state: GraphState, edit: Mapping[str, Any]) -> None:
    """One edit: `graph_…` as the sandbox has it, with places of ours written `@Skolan/Grupp`; or a case's own word."""
    (name, arguments), *_ = edit.items()
    if name in _HAND:
        _HAND[name](state, arguments)
    else:
        assert name.startswith("graph_"), name
        perturb_graph(state, {name: _named(state, arguments)})


def _named(state: GraphState, arguments: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(arguments)
    for key in ("group", "from", "to", "policy"):
        value = str(found.get(key, ""))
        if value.startswith("@") and key == "policy":
            where, _, family = value[1:].partition(": ")
            found[key] = policy_of(state, _key_of(group_at(state, f"/Enheter/{where}")), family)
        elif value.startswith("@"):
            found[key] = group_at(state, f"/Enheter/{value[1:]}").id
    return found


def mark_of(group: Group) -> str | None:
    """The key of our mark; of a group that was made by us and lost it, by the name that it was made with."""
    found = _MARK.search(group.description)
    if found:
        return found["key"] if found["org"] == ORG else None
    made = re.fullmatch(rf"reconciler\.{ORG}\.([^.]+)\.([^.]+)", group.unique_name)
    return f"group/{made[1]}/{made[2]}" if made else None


def place_name(group: Group) -> str:
    """`Norrskolan – Elever` as cases write it: `Norrskolan/Elever`."""
    return group.name.replace(" – ", "/", 1)


def group_at(state: GraphState, place: str) -> Group:
    """`/Enheter/Norrskolan/Elever` is a group of ours, any other path a group of people."""
    wanted = place.removeprefix("/Enheter/").strip("/")
    names = {wanted.replace("/", " – ", 1), words.group_of(place), place}
    (found,) = [one for one in state.groups.values() if one.name in names or place_name(one) == wanted]
    return found


def _key_of(group: Group) -> str:
    return str(mark_of(group)).removeprefix("group/")


def _ours(state: GraphState, key: str) -> Group:
    (found,) = [one for one in state.groups.values() if mark_of(one) == f"group/{key}"]
    return found


def policy_of(state: GraphState, key: str, family: str) -> str:
    """The id of our policy of a family for a group."""
    mark = f"key=policy/{key}/{family}]"
    kind = KINDS.get(family, "catalog")
    (found,) = [one for one in state.intune.objects[kind].values() if mark in str(one["description"])]
    return str(found["id"])


def _set(state: GraphState, arguments: Mapping[str, Any]) -> None:
    """`{at: /Elever/…, incognito: allowed, kami: required, scratch: null}`: values set, or given back, by hand."""
    for name, word in arguments.items():
        if name in words.APPS:
            _set_app(state, arguments["at"], name, word)
        elif name != "at":
            _set_value(state, SERVED[arguments["at"]], name, word)


def _set_value(state: GraphState, key: str, name: str, word: Any) -> None:
    family, field, pairs = words.SETTINGS[name]
    plain = False if isinstance(pairs[0][1], bool) else None
    value = plain if word is None else words.to_wire(name, word)
    perturb_graph(state, {"graph_patch_policy": {"policy": policy_of(state, key, family), "values": {field: value}}})


def _set_app(state: GraphState, at: str, name: str, word: Any) -> None:
    """On the row that is there, of our group or of the people's; else a new row of the people's group."""
    app, ours, theirs = words.APPS[name], SERVED.get(at), group_at(state, at).id
    group = _ours(state, ours).id if ours and _has_row(state, app, _ours(state, ours).id) else theirs
    if _has_row(state, app, group):
        perturb_graph(state, {"graph_remove_assignments": {"app": app, "group": group}})
    if word is not None:
        row = {"app": app, "group": group, "intent": words.INTENTS[word]}
        settings = {"@odata.type": "#microsoft.graph.iosVppAppAssignmentSettings", "useDeviceLicensing": True}
        more = {"settings": settings} if app.startswith("iosVppApp:") else {}
        perturb_graph(state, {"graph_add_assignment": row | more})


def _has_row(state: GraphState, app: str, group: str) -> bool:
    kind, identifier = app.split(":", 1)
    field = "bundleId" if kind == "iosVppApp" else "appUrl"
    (found,) = [one for one in state.intune.objects["apps"].values() if one.get(field) == identifier]
    return any(row["target"].get("groupId") == group for row in state.intune.assignments.get(found["id"], ()))


def rows_of(state: GraphState, app: str) -> dict[str, str]:
    """Whom an app is assigned to, by the names of groups: intent, filter, and where the row comes from if not by itself."""
    found = find_app(state.intune, words.APPS.get(app, app))
    return {
        _who(state, row["target"]): ", ".join(_said(state, row))
        for row in state.intune.assignments.get(found["id"], ())
    }


def _who(state: GraphState, target: Mapping[str, Any]) -> str:
    kind = str(target["@odata.type"]).rpartition(".")[2]
    if "groupId" not in target:
        return kind
    group = state.groups.get(target["groupId"])
    return place_name(group) if group else "gone"


def _said(state: GraphState, row: Mapping[str, Any]) -> Iterator[str]:
    yield str(row["intent"])
    key = row["target"].get("deviceAndAppManagementAssignmentFilterId")
    if key:
        yield str(state.intune.objects["filters"][key]["displayName"])
    if (row["settings"] or {}).get("uninstallOnDeviceRemoval") is False:
        yield "stays"
    if row["source"] != "direct":
        yield str(row["source"])


def users_in(state: GraphState, place: str) -> int:
    return len(set(group_at(state, f"/Enheter/{place}").members) & set(state.users))


def description_of(state: GraphState, place: str) -> str:
    return group_at(state, f"/Enheter/{place}").description


LOOKS: Mapping[str, Callable[[GraphState, str], Any]] = {
    "rows": rows_of,
    "users": users_in,
    "described": description_of,
}
"""First word of what a case asks under `has` → what it sees: `rows kami`, `users Norrskolan/Elever`, …"""


def _set_device(state: GraphState, arguments: Mapping[str, Any]) -> None:
    fields = {"location": "name", "asset_id": "category"}
    perturb_graph(state, {"graph_set_devices": {fields.get(name, name): value for name, value in arguments.items()}})


def _objects(state: GraphState, serials: str) -> list[str]:
    known = devices_by_serial(state)
    return [one for serial in expand(serials) for one in known[serial]]


def _move(state: GraphState, arguments: Mapping[str, Any]) -> None:
    """Out of every group of ours, and into another, where the case's place is a group here."""
    moved = _objects(state, arguments["serials"])
    for group in list(state.groups.values()):
        if mark_of(group) is not None:
            change_object(state, group, members=tuple(one for one in group.members if one not in moved))
    if arguments["to"].startswith("/Enheter/"):
        _put(state, {"serials": arguments["serials"], "into": arguments["to"]})


def _put(state: GraphState, arguments: Mapping[str, Any]) -> None:
    place = arguments["into"]
    (group,) = [one for one in state.groups.values() if place in (one.name, place_name(one).rpartition("/")[2])] or [
        group_at(state, place)
    ]
    change_object(state, group, members=(*group.members, *_objects(state, arguments["serials"])))


def _rename(state: GraphState, arguments: Mapping[str, Any]) -> None:
    group = group_at(state, arguments["place"])
    change_object(state, group, name=f"{group.name.partition(' – ')[0]} – {arguments['name']}")


def _unmark(state: GraphState, arguments: Mapping[str, Any]) -> None:
    group = group_at(state, arguments["path"])
    change_object(state, group, description=_MARK.sub("", group.description).strip())


def _add_place(state: GraphState, arguments: Mapping[str, Any]) -> None:
    name = arguments["place"].removeprefix("/Enheter/").strip("/").replace("/", " – ", 1)
    perturb_graph(state, {"graph_add_group": {"name": name, "description": arguments.get("mark", "")}})


def _add_people(state: GraphState, arguments: Mapping[str, Any]) -> None:
    perturb_graph(state, {"graph_add_group": {"name": words.group_of(arguments["path"])}})


def _remove_devices(state: GraphState, arguments: Mapping[str, Any]) -> None:
    perturb_graph(state, {"graph_remove_devices": {"serials": arguments["serials"]}})


def _add_unknown(state: GraphState, arguments: Mapping[str, Any]) -> None:
    item = {"count": arguments["count"], "serial_prefix": arguments["serial_prefix"], "name": arguments["location"]}
    perturb_graph(state, {"graph_add_devices": {**item, "model": "iPad (9th generation)"}})


def _remove_place(state: GraphState, arguments: Mapping[str, Any]) -> None:
    perturb_graph(state, {"graph_delete_group": {"group": group_at(state, arguments["path"]).id}})


_HAND: Mapping[str, Callable[[GraphState, Any], None]] = {
    "set": _set,
    "set_device": _set_device,
    "move_devices": _move,
    "put": _put,
    "rename": _rename,
    "remove_mark": _unmark,
    "add_place": _add_place,
    "add_org_unit": _add_people,
    "remove_devices": _remove_devices,
    "add_unknown_devices": _add_unknown,
    "remove_org_unit": _remove_place,
}
