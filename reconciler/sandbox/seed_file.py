"""Seed files: a tenant in readable YAML. README.md beside this file shows every key.

A seed is built in this order: `converged` (a state dump) or an empty tenant of `customer`, then `org_units`, `groups`,
`devices`, `policies`, the Microsoft tenant of `intune`, the server of `zentral`, and last the edits of `perturbations`. The same file always gives the same state. Braces expand in
paths and serial numbers: `{1A,1B}` lists, `{001..074}` counts.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.policy_rules import check_fields, check_target
from reconciler.sandbox.google.policy_writes import entry_for, write
from reconciler.sandbox.google.resolving import added_at
from reconciler.sandbox.google.schemas import schemas
from reconciler.sandbox.google.state import Device, GoogleState, Keys
from reconciler.sandbox.graph.edits import PREFIX, perturb_graph
from reconciler.sandbox.graph.section import seed_graph
from reconciler.sandbox.options import Options
from reconciler.sandbox.perturbations import perturb
from reconciler.sandbox.seed_values import SeedError, check_keys, expand, text
from reconciler.sandbox.state import State, load
from reconciler.sandbox.zentral import edits as zentral_edits
from reconciler.sandbox.zentral.seed import seed_zentral

__all__ = ["SeedError", "load_seed", "read_seed"]

_TOP = {
    "customer": dict,
    "converged": str,
    "org_units": list,
    "groups": list,
    "devices": list,
    "policies": list,
    "intune": dict,
    "zentral": dict,
    "perturbations": list,
}


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that is written twice."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise SeedError(f"line {node.value[number][0].start_mark.line + 1}: the key {key!r} is written twice")
    return {key: loader.construct_object(value, deep=True) for key, (_, value) in zip(keys, node.value, strict=True)}


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_seed(path: str | Path) -> State:
    """The state that a seed file describes; SeedError (a ValueError) says where it is wrong, OSError when unreadable."""
    path = Path(path)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a safe loader, stricter
    except yaml.YAMLError as error:
        raise SeedError(str(error)) from error
    return read_seed(data, path.parent)


def read_seed(data: Any, folder: Path) -> State:
    """The state that parsed YAML describes; `converged` is looked up in `folder`."""
    check_keys(data, _TOP, "seed")
    customer = data.get("customer", {})
    check_keys(customer, {"id": str, "domain": str}, "customer")
    if "converged" in data:
        if customer:
            raise SeedError("customer comes from the converged state: leave it out")
        state = load(json.loads((folder / data["converged"]).read_text(encoding="utf-8")))
    else:
        state = State(
            google=tenant.new_tenant(
                customer.get("id", "C0sandbox"), customer.get("domain", "exempelkommun.example.se")
            )
        )
    steps: dict[str, Callable[[GoogleState, Any], None]] = {
        "org_units": add_org_units,
        "groups": add_group,
        "devices": add_devices,
        "policies": set_policy,
    }
    for name, step in steps.items():
        for number, item in enumerate(data.get(name, [])):
            _at(f"{name}[{number}]", step, state.google, item)
    if "intune" in data:
        _at("intune", seed_graph, state.graph, data["intune"])
    if "zentral" in data:
        _at("zentral", seed_zentral, state.zentral, data["zentral"])
    for number, item in enumerate(data.get("perturbations", [])):
        _at(f"perturbations[{number}]", edit, state, item)
    return state


def edit(state: State, item: Any) -> None:
    """One edit by hand, of the system that its name says; SeedError when it can't be done."""
    name = str(next(iter(item), "")) if isinstance(item, dict) else ""
    if name.startswith(PREFIX):
        perturb_graph(state.graph, item)
    elif name.startswith(zentral_edits.PREFIX):
        zentral_edits.perturb_zentral(state.zentral, item)
    else:
        perturb(state.google, item, add_devices, set_policy)


def _at(place: str, step: Callable[..., None], *arguments: Any) -> None:
    try:
        step(*arguments)
    except SeedError as error:
        raise SeedError(f"{place}: {error}") from error


def add_org_units(state: GoogleState, item: Any) -> None:
    """A path, or {path, description}; parents that are missing are made."""
    if isinstance(item, str):
        item = {"path": item}
    check_keys(item, {"path": str, "description": str}, "org unit", required=("path",))
    for path in expand(item["path"]):
        if not path.startswith("/"):
            raise SeedError(f"the path {path!r} must start with a slash")
        parent = state.root
        names = [name for name in path.split("/") if name]
        for depth, name in enumerate(names, start=1):
            here = "/" + "/".join(names[:depth])
            unit = tenant.find_org_unit(state, here)
            if unit is None:
                described = item.get("description", "") if depth == len(names) else ""
                unit = tenant.add_org_unit(state, parent=parent, name=name, description=described)
            parent = unit.id


_DEVICES = {
    "count": int,
    "serial_prefix": str,
    "serial_start": int,
    "serial_width": int,
    "location": str,
    "asset_id": str,
    "note": str,
    "user": str,
    "org_unit": str,
    "model": str,
    "status": str,
    "os_version": str,
    "auto_update_through": str,
}


def add_devices(state: GoogleState, item: Any) -> None:
    """A range of devices."""
    check_keys(item, _DEVICES, "devices", required=("serial_prefix", "org_unit"))
    unit = tenant.find_org_unit(state, item["org_unit"])
    if unit is None:
        raise SeedError(f"there is no org unit {item['org_unit']!r}")
    through = item.get("auto_update_through", "")
    if through and not re.fullmatch(r"\d{4}-\d{2}", through):
        raise SeedError('auto_update_through is written "2032-06"')
    plain: dict[str, Any] = {name: item[name] for name in ("user", "model", "status", "os_version") if name in item}
    start, width = item.get("serial_start", 1), item.get("serial_width", 4)
    taken = {device.serial for device in state.devices.values()}
    for n in range(start, start + item.get("count", 1)):
        serial = f"{item['serial_prefix']}{n:0{width}d}"
        if serial in taken:
            raise SeedError(f"the serial number {serial} is used twice")
        numbered: dict[str, Any] = {
            name: _numbered(item[name], n) for name in ("location", "asset_id", "note") if name in item
        }
        tenant.add_device(
            state,
            Device(
                id="",
                serial=serial,
                org_unit=unit.id,
                auto_update_through=through,
                **plain,
                **numbered,
            ),
        )


def _numbered(pattern: str, n: int) -> str:
    """`{n}` and `{n:03d}` filled in; nothing else of Python's formats."""
    return re.sub(r"\{n(?::0?(\d+)d)?\}", lambda match: f"{n:0{match[1] or 1}d}", pattern)


def add_group(state: GoogleState, item: Any) -> None:
    check_keys(item, {"email": str, "name": str, "description": str, "members": list}, "group", required=("email",))
    tenant.add_group(
        state,
        email=item["email"],
        name=item.get("name", ""),
        description=item.get("description", ""),
        members=tuple(text(member) for member in item.get("members", [])),
    )


def set_policy(state: GoogleState, item: Any) -> None:
    """A direct value, under the same rules as a write by the API."""
    wanted = {"target": str, "schema": str, "value": dict, "app_id": str}
    check_keys(item, wanted, "policy", required=("target", "schema", "value"))
    schema = schemas().get(item["schema"])
    if schema is None:
        raise SeedError(f"there is no policy schema {item['schema']!r}")
    keys: Keys = (("app_id", item["app_id"]),) if "app_id" in item else ()
    for target in policy_targets(state, item["target"]):
        entry = entry_for(schema, target, keys, item["value"])
        faults = check_target(schema, target, keys) or [f"{field}: {error}" for field, error in check_fields(entry)]
        if not faults and keys and not schema.adds_app and not added_at(state, target, schema.namespace, keys):
            faults = ["the app must be added first"]
        if faults:
            raise SeedError(faults[0])
        write(state, entry, Options())


def policy_targets(state: GoogleState, reference: str) -> Iterator[str]:
    """Target resources by path (braces expand) or e-mail address."""
    if "@" in reference and not reference.startswith("/"):
        groups = [group.id for group in state.groups.values() if group.email == reference]
        if not groups:
            raise SeedError(f"there is no group {reference!r}")
        yield f"groups/{groups[0]}"
        return
    for path in itertools.chain(expand(reference)):
        unit = tenant.find_org_unit(state, path)
        if unit is None:
            raise SeedError(f"there is no org unit {path!r}")
        yield f"orgunits/{unit.id}"
