"""Switches: everything about the vendors' APIs that is unknown, undocumented or differs between documents.

Each default is the answer we think most likely; the contract suite passes under the others too. Sources are the numbered
open points of the reference on Google (2026-11) unless a field says otherwise.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_type_hints

from reconciler.sandbox.graph.options import GraphOptions
from reconciler.sandbox.zentral.options import ZentralOptions

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)

NESTED: Mapping[str, type[GraphOptions] | type[ZentralOptions]] = {"graph": GraphOptions, "zentral": ZentralOptions}
"""Systems with switches of their own; each switch is named `<system>.<name>`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """All switches. Times in seconds, sizes in number of entries."""

    latency_ms: int = 0
    """Added to every vendor request, slept on the sandbox's clock."""

    quotas: bool = True
    """Quotas are on; switching them off is always explicit."""
    policy_quota: Literal["older", "newer"] = "older"
    """`older`: reads 30/s per project and 5/s per user; `newer`: 50/s and 10/s (two versions of the vendor's page, 2026-11)."""
    policy_writes_per_minute: int = 30
    policy_writes_per_second: int = 15
    directory_per_minute: int = 2400
    quota_window: Literal["sliding", "fixed"] = "sliding"
    """`sliding`: no interval of the length holds more; `fixed`: counted from whole minutes and seconds (undocumented)."""
    retry_after: bool = True
    """Whether an answer over quota carries `Retry-After` (seen by some clients only)."""
    directory_quota_reason: Literal["userRateLimitExceeded", "quotaExceeded", "rateLimitExceeded"] = (
        "userRateLimitExceeded"
    )
    """Also documented: `quotaExceeded`, `rateLimitExceeded`."""

    org_unit_slash: Literal["replace", "refuse"] = "replace"
    """`/` in a name becomes `_` (`replace`, as reported of the Admin SDK) or is refused (`refuse`)."""
    duplicate_org_unit: Literal["invalid", "backendError", "conflict"] = "invalid"
    """`invalid`: 400 `Invalid Ou Id`; `backendError`: 503; `conflict`: 409 (a public client treats the first two as duplicate)."""
    org_unit_visible_after_seconds: float = 0.0
    """A new org unit answers as missing for this long (read-after-write delay is not documented)."""
    org_unit_visible_after_reads: int = 0
    """A new org unit answers as missing to this many requests that ask for it."""
    pending_org_unit_reason: Literal["notFound", "invalid"] = "notFound"
    """How it answers meanwhile: `notFound` (404) or `invalid` (400)."""
    moves_partial: bool = False
    """Whether a failing moveDevicesToOu has moved the devices before the bad id."""
    max_moves: int = 50
    device_path_alone: Literal["accept", "refuse"] = "accept"
    """A device patched with orgUnitPath but no orgUnitId: `accept`, or `refuse` as inconsistent (met by a client in 2022)."""
    page_size_over_maximum: Literal["clamp", "error"] = "clamp"
    """`clamp` to the maximum or `error` 400."""

    max_policy_entries: int = 500
    """Entries in one batchModify. No maximum is documented; 500 is an assumption."""
    one_target_per_call: bool = True
    """The method's text demands one target for a call; the list of rules does not."""
    partial_update: Literal["inherited", "defaults"] = "inherited"
    """Fields that a first write at a target leaves out: `inherited` values, or the schema's `defaults`."""
    resolve_lists_defaults: bool = True
    """Whether resolve also lists schemas that nobody has set (without sourceKey)."""
    resolve_lists_app_defaults: bool = False
    """The same for the schemas of a managed app."""
    inherit_of_unset: Literal["ok", "error"] = "ok"
    """batchInherit of what isn't set at the target: `ok` (no effect) or `error`."""
    app_removal_clears_descendants: bool = True
    """Whether removing an app from management also removes what org units below have set for it."""
    inherit_install_type_where_added: Literal["reset", "remove", "error"] = "reset"
    """Plain batchInherit of the install type where the app was added: `reset` (stays managed, default value), `remove` or `error`."""
    error_details_type: str = "type.googleapis.com/google.chrome.policy.versions.v1.PolicyModificationErrorDetails"
    """`@type` of the details of a refused write (exact string not confirmed)."""
    full_enum_names: bool = True
    """Enum values in full (`…_ENUM_…`) for the schemas whose spelling is not confirmed; otherwise as the public table prints them."""
    int64_as_strings: bool = True
    """int64 in policy values come back as strings (proto3 JSON)."""
    group_device_policies: bool = True
    """Whether device policies accept groups: an export of 2026-10 says 119 of 128 do, older guides say none."""

    oauth_public_key: str = ""
    """PEM; when set, the signature of an assertion is checked."""
    oauth_issuer: str = ""
    """When set, the only service account that is known."""
    oauth_scopes: tuple[str, ...] = ()
    """When set, the scopes that are delegated to the service account."""

    graph: GraphOptions = field(default_factory=GraphOptions)
    """Microsoft Graph's own; each is named `graph.<name>`."""
    zentral: ZentralOptions = field(default_factory=ZentralOptions)
    """Zentral's own; each is named `zentral.<name>`."""


def change_options(options: Options, changes: Mapping[str, Any]) -> Options:
    """Options with some fields replaced; ValueError names an unknown field, a wrong type or an unknown choice."""
    own = {name: value for name, value in changes.items() if name.partition(".")[0] not in NESTED}
    systems = {system: _changed(getattr(options, system), _nested(changes, system), f"{system}.") for system in NESTED}
    return _changed(dataclasses.replace(options, **systems), own)


def _nested(changes: Mapping[str, Any], system: str) -> dict[str, Any]:
    """What the changes say of one system, as `<system>.<name>` or as an object."""
    whole = changes.get(system, {})
    if not isinstance(whole, Mapping):
        raise ValueError(f"option {system!r} is an object of switches")
    prefix = f"{system}."
    return dict(whole) | {
        name.removeprefix(prefix): value for name, value in changes.items() if name.startswith(prefix)
    }


def _changed(options: D, changes: Mapping[str, Any], prefix: str = "") -> D:
    known = {each.name: getattr(type(options)(), each.name) for each in dataclasses.fields(options)}
    hints = get_type_hints(type(options))
    found: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"unknown option {prefix + name!r}")
        default, choices = known[name], get_args(hints[name])
        if isinstance(default, tuple):
            value = tuple(value)
        elif choices and value not in choices:
            raise ValueError(f"option {prefix + name!r} is one of {', '.join(map(str, choices))}, not {value!r}")
        elif isinstance(default, bool) != isinstance(value, bool) or not isinstance(
            value, int | float if isinstance(default, int | float) else str
        ):
            raise ValueError(f"option {prefix + name!r} has the wrong type")
        found[name] = value
    return dataclasses.replace(options, **found)


def read_switches(pairs: Mapping[str, str]) -> dict[str, Any]:
    """Changes from text, as a command line has them: `true` and `false`, numbers, lists with commas. ValueError names the option."""
    return {name: _read(name, text) for name, text in pairs.items()}


def _read(name: str, text: str) -> Any:
    system, _, rest = name.partition(".")
    default = getattr(NESTED[system](), rest, None) if system in NESTED else getattr(Options(), name, None)
    if isinstance(default, bool):
        if text not in ("true", "false"):
            raise ValueError(f"option {name!r} is true or false, not {text!r}")
        return text == "true"
    if isinstance(default, int | float):
        try:
            return type(default)(text)
        except ValueError:
            raise ValueError(f"option {name!r} is a number, not {text!r}") from None
    return tuple(text.split(",")) if isinstance(default, tuple) else text
