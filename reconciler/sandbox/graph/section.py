"""The `intune:` section of a seed file: a Microsoft tenant in readable YAML. README.md of the sandbox shows every key."""

from __future__ import annotations

import uuid
from typing import Any

from reconciler.sandbox.graph import seed
from reconciler.sandbox.graph.intune.seed import seed_intune
from reconciler.sandbox.graph.state import GraphState, User, add_object
from reconciler.sandbox.seed_values import SeedError, check_keys, text

_OURS: dict[str, type] = {"tenant": str, "directory": dict, "devices": list}
_INTUNE: dict[str, type] = {
    "tokens": list, "filters": list, "apps": list, "configurations": list, "compliance": list, "catalog": list,
}  # fmt: skip


def seed_graph(state: GraphState, section: Any) -> None:
    """Add what a section describes. SeedError says what is wrong."""
    check_keys(section, _OURS | _INTUNE, "intune")
    if "tenant" in section:
        state.tenant = _guid(section["tenant"])
    for item in section.get("devices", []):
        seed.add_devices(state, item)
    directory = section.get("directory", {})
    check_keys(directory, {"users": list, "groups": list}, "directory")
    for name in directory.get("users", []):
        add_object(state, User(name=text(name)))
    for item in directory.get("groups", []):
        seed.add_group(state, item)
    if rest := {name: value for name, value in section.items() if name in _INTUNE}:
        seed_intune(state, rest)


def _guid(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise SeedError(f"the tenant {value!r} is no GUID") from None
