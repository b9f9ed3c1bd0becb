"""The calendar asked about the changes of a plan: whom each touches, what it does to them, and until when it waits. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from reconciler.model.calendar import Calendar, ChangeKind
from reconciler.model.change import Change, Plan, Wait
from reconciler.model.desired import Layer
from reconciler.model.documents import Documents, Group
from reconciler.policy.calendar import Opening, Target, next_opening

_NOBODY: Final = frozenset({Target(platform="", school_forms=())})
"""A change that touches nobody waits for what stops everything."""

_Asked = tuple[ChangeKind, frozenset[Target], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """The calendar with whom it protects: groups by name, those that are taught by school, and urgent exceptions.

    `known`: thousands of changes ask the same thing of the same minute, and windows begin and end on whole minutes.
    """

    calendar: Calendar | None
    groups: Mapping[str, Target]
    schools: Mapping[str, frozenset[Target]]
    urgent: frozenset[str]
    known: dict[_Asked, Opening | None] = field(default_factory=dict, repr=False, compare=False)


def make_windows(documents: Documents) -> Windows:
    groups: dict[str, Target] = {}
    schools: dict[str, frozenset[Target]] = {}
    for school in documents.schools:
        taught = [group for group in school.groups if group.audience != "storage"]
        schools[school.id] = frozenset(map(_target, taught))
        groups |= {f"{school.id}/{group.id}": _target(group) for group in school.groups}
    urgent = frozenset(grant.id for grant in documents.exceptions if grant.ticket)
    return Windows(calendar=documents.calendar, groups=groups, schools=schools, urgent=urgent)


def with_waits(plan: Plan, windows: Windows, moment: datetime) -> Plan:
    """The same plan, where each change says until when it would wait if it were applied at the moment."""
    if windows.calendar is None:
        return plan
    return replace(plan, changes=tuple(replace(one, waits=wait_of(windows, one, moment)) for one in plan.changes))


def wait_of(windows: Windows, change: Change, moment: datetime) -> Wait | None:
    """Until when the calendar holds the change back; None where it may be done at once."""
    if windows.calendar is None:
        return None
    asked = (kind_of(change), _targets(windows, change), moment.replace(second=0, microsecond=0))
    if asked not in windows.known:
        windows.known[asked] = next_opening(windows.calendar, *asked)
    found = windows.known[asked]
    urgent = next((why.owner for why in change.why if _is_urgent(why.layer, why.owner, windows)), "")
    if found is None:
        return Wait(until="", reason="freeze", urgent=urgent)
    if found.closed is None:
        return None
    until = found.moment.strftime("%Y-%m-%d %H:%M")
    return Wait(until=until, reason=found.closed.reason, name=found.closed.name, urgent=urgent)


def _is_urgent(layer: str, owner: str, windows: Windows) -> bool:
    return layer == Layer.EXCEPTION.value and owner in windows.urgent


def kind_of(change: Change) -> ChangeKind:
    """What the change does to who is using the device. What is destroyed is lost, whatever else is said of it."""
    return ChangeKind.LOST_DATA if change.destroys else ChangeKind(change.effect.disruption)


def _target(group: Group) -> Target:
    """Of a store only the platform: nobody is taught there, so it has no lessons and no tests, but what stops all stops it."""
    return Target(platform=group.platform, school_forms=() if group.audience == "storage" else group.school_forms)


def _targets(windows: Windows, change: Change) -> frozenset[Target]:
    """Of the groups that it touches; where it names none, or one that the files no longer have, of all groups of its schools."""
    named = change.effect.groups
    found = {windows.groups[name] for name in named if name in windows.groups}
    if not named or any(name not in windows.groups for name in named):
        found = found.union(*(windows.schools.get(name, frozenset()) for name in change.effect.schools))
    return frozenset(found) or _NOBODY
