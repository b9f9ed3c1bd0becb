"""Chrome policies as resources: what a resolved policy says, and what one entry of a write is. Pure.

A resource is (target, schema, additional keys): the smallest thing that Google inherits or resets. Its `part` is the
schema, or `schema|app_id` where the schema is about an app. Facts: Chrome Policy API, discovery revision 20260726.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Key, Live, Source

MANAGED: Mapping[str, tuple[str, ...]] = {
    "device-settings": ("chrome.devices",),
    "managed-guest": ("chrome.devices.managedguest", "chrome.devices.managedguest.apps"),
    "kiosk": ("chrome.devices.kiosk", "chrome.devices.kiosk.apps", "chrome.devices.kiosk.appsconfig"),
    "user-settings": ("chrome.users",),
    "apps": ("chrome.users.apps", "chrome.users.appsconfig"),
}
"""What an organisation may choose to manage (`manages` of the backend), and the namespaces that each word stands for.

Every namespace costs one read per target: this list is chosen, not inferred from what the files happen to use today,
because a value must not go out of sight when the last line about it is taken away.
"""

ADDS_APP = frozenset(
    {
        "chrome.users.apps.InstallType",
        "chrome.devices.managedguest.apps.InstallType",
        "chrome.devices.kiosk.apps.ForceInstall",
    }
)
"""Writing these adds an app to management (Google's app samples guide, read 2026-11)."""

USER_NAMESPACES = frozenset(MANAGED["user-settings"] + MANAGED["apps"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The address of one policy on a target. `app_id` is empty where the schema is about no app."""

    schema: str
    app_id: str = ""

    @property
    def part(self) -> str:
        return f"{self.schema}|{self.app_id}" if self.app_id else self.schema

    @property
    def namespace(self) -> str:
        return self.schema.rpartition(".")[0]

    @property
    def kind(self) -> str:
        return "assignment" if self.app_id else "setting"


def parse_part(part: str) -> Policy:
    schema, _, app_id = part.partition("|")
    return Policy(schema=schema, app_id=app_id)


def policy_key(ref: str, policy: Policy) -> Key:
    return Key(kind=policy.kind, target=ref, part=policy.part)


def namespaces(manages: Sequence[str], reach: str) -> tuple[str, ...]:
    """The namespaces to read on a target: those of devices on our places, those of users on theirs."""
    chosen = dict.fromkeys(namespace for word in manages for namespace in MANAGED[word])
    return tuple(name for name in chosen if (name in USER_NAMESPACES) == (reach == "user"))


def read_policies(
    resolved: Iterable[Mapping[str, Any]], ref: str, resource: str, name_of: Callable[[str], str]
) -> list[Live]:
    """Resolved policies of one target (`resource`: `orgunits/<id>` or `groups/<id>`) as live resources.

    An inherited value tells where it comes from: where that is a place of ours, the value is also given as that
    place's own, so that what somebody set by hand above our groups is seen without a read of its own.
    """
    found: list[Live] = []
    for entry in resolved:
        found += _read_one(entry, ref, resource, name_of)
    return found


def _read_one(entry: Mapping[str, Any], ref: str, resource: str, name_of: Callable[[str], str]) -> list[Live]:
    value = entry["value"]
    app_id = entry.get("targetKey", {}).get("additionalTargetKeys", {}).get("app_id", "")
    policy = Policy(schema=value["policySchema"], app_id=app_id)
    source = entry.get("sourceKey", {}).get("targetResource", "")
    added = entry.get("addedSourceKey", {}).get("targetResource", "")
    fields = value.get("value", {})
    facts: dict[str, Json] = {"added_at": name_of(added)} if added else {}
    if source == resource:
        return [Live(key=policy_key(ref, policy), fields=fields, facts=facts)]
    origin = name_of(source) if source else ""
    seen = Live(
        key=policy_key(ref, policy),
        fields=fields,
        source=Source.INHERITED if source else Source.DEFAULT,
        origin_target=origin,
        facts=facts,
    )
    if not origin.startswith("@"):
        return [seen]
    return [seen, Live(key=policy_key(origin, policy), fields=fields, facts=facts)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a batch write. `fields` None: give the value back to what lies above."""

    ref: str
    policy: Policy
    fields: Mapping[str, Json] | None


def entries(change: Change) -> list[Entry]:
    """What to send for a change of a setting, an assignment, or the values that an adoption gives back."""
    if change.action is Action.ADOPT:
        return [_reset(change, part) for part in change.resets]
    policy = parse_part(change.key.part)
    if change.after is None:
        return [Entry(ref=change.key.target, policy=_removal(policy, change.facts, change.key.target), fields=None)]
    return [Entry(ref=change.key.target, policy=policy, fields={**change.after, **_extra(change)})]


def _reset(change: Change, part: str) -> Entry:
    """One of the values that an adoption gives back. What is known of each stands in `facts`, under `resets`."""
    known = change.facts.get("resets")
    facts = known.get(part) if isinstance(known, Mapping) else None
    policy = _removal(parse_part(part), facts if isinstance(facts, Mapping) else {}, change.key.target)
    return Entry(ref=change.key.target, policy=policy, fields=None)


def _extra(change: Change) -> Mapping[str, Json]:
    """Fields that are only ever written: acknowledgements that Google wants in the same request."""
    extra = change.facts.get("written_only", {})
    return extra if isinstance(extra, Mapping) else {}


def _removal(policy: Policy, facts: Mapping[str, Json], ref: str) -> Policy:
    """An app that was added to management here is taken out of it here; elsewhere only our override ends.

    Leaf `*` with the app's id, and only at the place in addedSourceKey (Google's app samples guide, read 2026-11). Only
    for what added it: a configuration is given back alone, or the app would go along.
    """
    if policy.schema in ADDS_APP and facts.get("added_at") == ref:
        return Policy(schema=f"{policy.namespace}.*", app_id=policy.app_id)
    return policy


def request_entry(entry: Entry, resource: str) -> dict[str, Json]:
    """One entry as Google wants it; a mask as text, which the REST type is (GAM and the guide's samples differ)."""
    target: dict[str, Json] = {"targetResource": resource}
    if entry.policy.app_id:
        target["additionalTargetKeys"] = {"app_id": entry.policy.app_id}
    if entry.fields is None:
        return {"policyTargetKey": target, "policySchema": entry.policy.schema}
    return {
        "policyTargetKey": target,
        "policyValue": {"policySchema": entry.policy.schema, "value": dict(entry.fields)},
        "updateMask": ",".join(sorted(entry.fields)),
    }
