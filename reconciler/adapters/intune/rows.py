"""Assignments: what a row says, and what a whole set becomes when some rows of ours change. Pure.

`assign` replaces the set, so the rows that aren't ours go out again as they came in, with their filters and settings.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.model.place import Json

INCLUDES = "groupAssignmentTarget"
_SERVER_MADE = frozenset({"id", "source", "sourceId"})
_SETTINGS: Mapping[str, Mapping[str, Json]] = {
    "iosVppApp": {
        "@odata.type": "#microsoft.graph.iosVppAppAssignmentSettings",
        "useDeviceLicensing": True,
        "uninstallOnDeviceRemoval": True,
    },
    "macOsVppApp": {
        "@odata.type": "#microsoft.graph.macOsVppAppAssignmentSettings",
        "useDeviceLicensing": True,
        "uninstallOnDeviceRemoval": True,
    },
}
"""What we write of a new row, by type of app; device licences need no Apple account. Others' values are left as they are."""

LICENSING = "useDeviceLicensing"


def odata_type(value: object) -> str:
    """A type's bare name: written with or without `#` (both stand in the documentation), and with its namespace."""
    return str(value or "").removeprefix("#").removeprefix("microsoft.graph.")


def group_of(row: Mapping[str, Any]) -> str:
    """The id of the group that a row includes; empty for exclusions and for all users or devices."""
    target = row.get("target") or {}
    return str(target.get("groupId") or "") if odata_type(target.get("@odata.type")) == INCLUDES else ""


def by_group(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Rows that include a group, by its id."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if group := group_of(row):
            found.setdefault(group, []).append(row)
    return found


def is_direct(row: Mapping[str, Any]) -> bool:
    """Whether the row was made by itself: those of a policy set belong to it, and can't be changed here."""
    return str(row.get("source") or "direct") == "direct"


def fields_of(row: Mapping[str, Any], sort: str) -> dict[str, Json]:
    """What of a row is ours to judge: its intent, and whose licence a VPP app takes."""
    fields: dict[str, Json] = {"intent": str(row.get("intent"))}
    if sort in _SETTINGS:
        settings = row.get("settings") or {}
        fields[LICENSING] = settings.get(LICENSING) is True
    return fields


def fields_for(rows: Sequence[Mapping[str, Any]], group: str, sort: str) -> dict[str, Json] | None:
    """What the direct rows of one group say; None where it has none. Two of them, which Intune's own pages don't make, say both."""
    found = [fields_of(row, sort) for row in rows if group_of(row) == group and is_direct(row)]
    if not found:
        return None
    return {**found[0], "intent": "+".join(sorted({str(fields["intent"]) for fields in found}))}


def wanted_fields(sort: str, intent: str) -> dict[str, Json]:
    return {"intent": intent, **({LICENSING: True} if sort in _SETTINGS else {})}


def merge(
    rows: Sequence[Mapping[str, Any]], changed: Mapping[str, Mapping[str, Json] | None], sort: str
) -> list[dict[str, Json]]:
    """The set to write: `changed` is group id → fields, None to take its row away. Everyone else's rows stay as they are."""
    kept: list[dict[str, Json]] = []
    left = dict(changed)
    for row in rows:
        group = group_of(row)
        if group and group in changed and is_direct(row):
            fields = left.pop(group, None)
            if fields is not None:
                kept.append(_with_fields(row, fields, sort))
        else:
            kept.append(_as_sent(row))
    kept += [_new_row(group, fields, sort) for group, fields in left.items() if fields is not None]
    return kept


def _as_sent(row: Mapping[str, Any]) -> dict[str, Json]:
    """A row as read, without its id, which the service makes anew. Where it comes from is said for a policy set's row alone."""
    dropped = _SERVER_MADE if is_direct(row) else {"id"}
    return {name: value for name, value in row.items() if name not in dropped}


def _with_fields(row: Mapping[str, Any], fields: Mapping[str, Json], sort: str) -> dict[str, Json]:
    sent = _as_sent(row)
    sent["@odata.type"] = "#microsoft.graph.mobileAppAssignment"
    sent["intent"] = fields["intent"]
    if sort in _SETTINGS:
        sent["settings"] = {**_SETTINGS[sort], **(row.get("settings") or {}), LICENSING: fields.get(LICENSING, True)}
    return sent


def _new_row(group: str, fields: Mapping[str, Json], sort: str) -> dict[str, Json]:
    settings: Json = {**_SETTINGS[sort], LICENSING: fields.get(LICENSING, True)} if sort in _SETTINGS else None
    return {
        "@odata.type": "#microsoft.graph.mobileAppAssignment",
        "intent": fields["intent"],
        "target": {"@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": group},
        "settings": settings,
    }


def policy_rows(group: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Json]]:
    """A policy's assignments with our group among them. To whom else people have assigned it is theirs, and stays."""
    kept = [{"target": row["target"]} for row in rows if group_of(row) != group]
    return [*kept, {"target": {"@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": group}}]
