"""Enrolled devices as the plan sees them: each serial number once, its groups, what patterns match, what keeps it out. Pure.

The list of devices holds their users' names too, which can't be left out of the answer: they are dropped here, unread.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.resource import Device

OTHER_BLUEPRINT = "ZENTRAL-DEVICE-OTHER-BLUEPRINT"
NO_SERIAL = "ZENTRAL-DEVICE-WITHOUT-SERIAL"
TAGGED_BY_HAND = "ZENTRAL-DEVICE-TAGGED-BY-HAND"

FACTS = ("name", "model", "os_version")
"""What patterns match, by the API's own names. Never a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """One enrolment. `active`: not checked out; `seen`: when it last was, as text that sorts."""

    id: str
    serial: str
    active: bool
    seen: str
    blueprint: int | None
    platform: str
    supervised: bool | None
    facts: Mapping[str, str]


def read_enrolled(rows: Iterable[Mapping[str, Any]]) -> list[Enrolled]:
    """Each serial number once: one that is enrolled again has two rows, told apart by UDID (mdm/models.py). The one in use counts."""
    found: dict[str, Enrolled] = {}
    for row in rows:
        one = _read(row)
        known = found.get(one.serial or one.id)
        if known is None or (one.active, one.seen) > (known.active, known.seen):
            found[one.serial or one.id] = one
    return list(found.values())


def _read(row: Mapping[str, Any]) -> Enrolled:
    blueprint = row.get("blueprint")
    return Enrolled(
        id=f"zentral:{row['id']}",
        serial=str(row.get("serial_number") or "").strip(),
        active=not row.get("checkout_at"),
        seen=str(row.get("last_seen_at") or ""),
        blueprint=int(blueprint) if blueprint is not None else None,
        platform=str(row.get("platform") or "").lower(),
        supervised=bool(row["supervised"]) if row.get("supervised") is not None else None,
        facts={name: str(value) for name in FACTS if (value := row.get(name))},
    )


def read_devices(
    enrolled: Iterable[Enrolled], places: Mapping[str, Collection[str]], *, blueprint: int, by_hand: Collection[str]
) -> list[Device]:
    """`places`: serial → references of ours; `by_hand`: serials with a tag of our taxonomy that isn't a group's."""
    return [
        Device(
            id=one.serial or one.id,
            serial=one.serial,
            active=one.active,
            places=tuple(sorted(places.get(one.serial, ()))),
            facts=one.facts,
            platform=one.platform,
            obstacle=_obstacle(one, blueprint, by_hand),
        )
        for one in enrolled
    ]


def _obstacle(one: Enrolled, blueprint: int, by_hand: Collection[str]) -> str:
    if not one.serial:
        return NO_SERIAL
    if one.serial in by_hand:
        return TAGGED_BY_HAND
    return OTHER_BLUEPRINT if one.blueprint != blueprint else ""
