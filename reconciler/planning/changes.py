"""A difference as a change: what was, what shall be, and only of the fields that are ours."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.place import Json
from reconciler.model.resource import OTHERS, Key, Live, Resource
from reconciler.planning.canonical import field_changes, same_fields

GRAVITY = ("none", "sign-in", "restart", "lock-out", "lost-data")
"""Disruptions, the gravest last."""


def creation(resource: Resource, backend: str, *, pins: bool = False) -> Change:
    return Change(
        action=Action.CREATE,
        key=resource.key,
        backend=backend,
        label=resource.label,
        after=resource.fields,
        fields=field_changes(None, resource.fields),
        compare=resource.compare,
        pins=pins,
        destroys=disruption_of(resource, tuple(resource.fields)) == "lost-data",
        facts=resource.facts,
    )


def deletion(live: Live, key: Key, backend: str, *, label: str = "") -> Change:
    name = live.fields.get("name")
    return Change(
        action=Action.DELETE,
        key=key,
        backend=backend,
        label=label or (name if isinstance(name, str) else key.part or key.target),
        vendor_id=live.vendor_id,
        before=live.fields,
        fields=field_changes(live.fields, None),
        destroys=True,
        facts=live.facts,
    )


def gives_back(resource: Resource) -> bool:
    """A wish that nothing be set directly here, so that what lies above holds."""
    return resource.facts.get("inherit") is True


def giving_back(resource: Resource, live: Live, backend: str) -> Change:
    change = deletion(live, resource.key, backend, label=resource.label)
    return replace(change, facts={**live.facts, **resource.facts}, compare=resource.compare)


def updating(
    resource: Resource, live: Live, fields: Mapping[str, Json], backend: str, *, adopted: bool = False
) -> Change:
    before = ours_of(resource, fields)
    differing = field_changes(before, resource.fields, resource.compare)
    return Change(
        action=Action.ADOPT if adopted else Action.UPDATE,
        key=resource.key,
        backend=backend,
        label=resource.label,
        vendor_id=live.vendor_id,
        before=before,
        after=resource.fields,
        fields=differing,
        compare=resource.compare,
        destroys=disruption_of(resource, field_names(differing)) == "lost-data" or bool(live.facts.get(OTHERS)),
        facts={**live.facts, **resource.facts},
    )


def field_names(changes: Iterable[FieldChange]) -> tuple[str, ...]:
    """The fields of a thing that differ: of one that differs deep inside, its own name."""
    return tuple(dict.fromkeys(change.field.partition("[")[0] for change in changes))


def disruption_of(resource: Resource, names: Iterable[str]) -> str:
    """The gravest of what changing these fields does; of a thing whose fields aren't told apart, what it does as a whole."""
    if not resource.behind:
        return resource.disruption
    found = (resource.behind[name].disruption for name in names if name in resource.behind)
    return max(found, key=GRAVITY.index, default="none")


def ours_of(resource: Resource, fields: Mapping[str, Json]) -> Mapping[str, Json]:
    """Of a live thing's fields those that the documents speak of: a vendor's other fields are not ours to judge.

    Of a thing that is ours whole, all of them.
    """
    if resource.whole:
        return fields
    return {name: value for name, value in fields.items() if name in resource.fields}


def fields_of(resource: Resource, live: Live) -> Mapping[str, Json]:
    """What the live thing holds, as far as it is wanted: also where nobody has set it."""
    unset = {name: value for name, value in live.defaults.items() if name in resource.fields}
    return {**unset, **live.fields} if unset else live.fields


def holds(resource: Resource, fields: Mapping[str, Json]) -> bool:
    return same_fields(ours_of(resource, fields), resource.fields, resource.compare)
