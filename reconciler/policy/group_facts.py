"""What rules see of a device group: what it is, how old its pupils are, which environment it signs in to, its pilot."""

from typing import Final

from reconciler.model.desired import GroupState
from reconciler.model.documents import Group
from reconciler.model.grades import grade_span
from reconciler.model.pilot import Pilot
from reconciler.policy.days import Days, text
from reconciler.policy.school_facts import Values

ENVIRONMENTS: Final = {"google": "google", "intune": "microsoft"}
"""Whose accounts people sign in with on the devices of a kind of management system; Apple's have none of their own."""

_BEFORE_GRADE_ONE: Final = {
    "förskoleklass": 5,
    "grundskola": 5,
    "fritidshem": 5,
    "anpassad-grundskola": 5,
    "specialskola": 5,
    "sameskola": 5,
    "gymnasieskola": 14,
    "anpassad-gymnasieskola": 14,
}
"""Years that a grade's number is added to, for the age that everyone in it has reached when autumn begins.

A child begins förskoleklass (grade 0) in the year of its sixth birthday (skollagen 7 kap. 10 § and 8 kap.), so those born
in December are five in August; upper secondary school follows on grade 9.
"""
_WITHOUT_GRADES: Final = {"förskola": 1, "komvux": 16}
"""Preschool from one year (skollagen 8 kap. 3 §); sfi from the July of the year of the sixteenth birthday (20 kap. 31 §)."""


def group_facts(state: GroupState, days: Days, kind_of_backend: str, live: int | None) -> Values:
    """`live`: how many devices in use it has, or None where its system was not read."""
    group, devices = state.group, state.group.devices
    return {
        "group.id": state.key,
        "group.name": group.name,
        "group.school_forms": list(group.school_forms),
        "group.platform": group.platform,
        "group.audience": group.audience,
        "group.grades": sorted(grade_span(group.grades)),
        "group.youngest": youngest(group),
        "group.backend": state.backend,
        "group.environment": ENVIRONMENTS.get(kind_of_backend, ""),
        "group.within": group.within or "",
        "group.expected": devices.expected if devices else None,
        "group.live": live,
        "group.has_devices": devices is not None,
        "group.has_users": group.users is not None,
        "group.shared": devices is not None and group.users is None,
        "group.pays_devices": text(group.cost_bearer.get("devices")),
        "group.pays_apps": text(group.cost_bearer.get("apps")),
        "group.accessories": list(group.accessories),
        "group.updates_until": text(devices.updates_until if devices else None),
        "group.updates_end_in_days": days.until(devices.updates_until if devices else None),
        **_pilot(group.pilot, days),
    }


def youngest(group: Group) -> int | None:
    """The age in years that everyone in the group has reached; None where forms and grades don't tell."""
    ages: list[int] = []
    for form in group.school_forms:
        if form in _WITHOUT_GRADES:
            ages.append(_WITHOUT_GRADES[form])
        elif form in _BEFORE_GRADE_ONE:
            first = min(grade_span(group.grades), default=0 if form in ("förskoleklass", "fritidshem") else 1)
            ages.append(_BEFORE_GRADE_ONE[form] + first)
    return min(ages, default=None)


_NO_PILOT: Final = Pilot(purpose="")


def _pilot(written: Pilot | None, days: Days) -> Values:
    pilot = written or _NO_PILOT
    return {
        "group.pilot.known": written is not None,
        "group.pilot.until": text(pilot.until),
        "group.pilot.ends_in_days": days.until(pilot.until),
        "group.pilot.criteria": list(pilot.criteria),
        "group.pilot.evaluation_by": text(pilot.evaluation_by),
        "group.pilot.evaluation_in_days": days.until(pilot.evaluation_by),
        "group.pilot.evaluated": pilot.evaluated,
        "group.pilot.decision": pilot.decision.reference if pilot.decision else "",
    }
