"""Two tenants side by side: what each holds, by path and serial number, since ids are each tenant's own."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from reconciler.sandbox import Sandbox, State, dump
from reconciler.sandbox.google import state as google

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def seed_over_socket(url: str, state: State) -> None:
    """Make this the tenant behind the address."""
    request = urllib.request.Request(f"{url}/_sandbox/seed", data=dump(state).encode(), method="POST")  # noqa: S310 - our own sandbox on loopback
    _OPENER.open(request, timeout=10).close()


def tenant(sandbox: Sandbox) -> dict[str, Any]:
    """All that the tenant's dump holds, without ids and revisions: five tables, each by names that people know."""
    data = google.dump(sandbox.google.state)
    paths = org_unit_paths(sandbox)
    groups = {group["id"]: group["email"] for group in data["groups"]}
    names = {f"orgunits/{id_}": path for id_, path in paths.items()} | {f"groups/{i}": e for i, e in groups.items()}
    own = {"id", "revision", "parent", "org_unit"}
    return {
        "org_units": {paths[unit["id"]]: {k: v for k, v in unit.items() if k not in own} for unit in data["org_units"]},
        "devices": {
            each["serial"]: {k: v for k, v in each.items() if k not in own} | {"org_unit": paths[each["org_unit"]]}
            for each in data["devices"]
        },
        "groups": {group["email"]: {k: v for k, v in group.items() if k not in own} for group in data["groups"]},
        "policies": {
            (names[each["target"]], each["schema"], *sorted(each["keys"].items())): each["value"]
            for each in data["policies"]
        },
        "added": {(names[each["target"]], each["namespace"], *sorted(each["keys"].items())) for each in data["added"]},
    }


def org_unit_paths(sandbox: Sandbox) -> dict[str, str]:
    """Path of every org unit by its id."""
    state = sandbox.google.state

    def path(id_: str) -> str:
        unit = state.org_units[id_]
        return f"{path(unit.parent).rstrip('/')}/{unit.name}" if unit.parent else "/"

    return {id_: path(id_) for id_ in state.org_units}


def effective(
    ask: Callable[[str], Any], paths: Mapping[str, str], *, user: str, device: str, session: str = "user"
) -> dict[str, Any]:
    """What somebody of one org unit gets on a device of another; `ask` answers a path below /_sandbox/. Sources by path."""
    query = urllib.parse.urlencode({"user_ou": user, "device_ou": device, "session": session})
    found: dict[str, Any] = ask(f"google/effective?{query}")
    for each in (*found["policies"].values(), *found["apps"].values()):
        if "source" in each:
            each["source"] = paths[each["source"].removeprefix("orgunits/")]
    return found
