"""The words that a rule may use, by what it is `on`. A rule that uses another is told so when it is read.

Types are CEL's own: `string`, `bool`, `int`, `list(…)`, `map(…)`; `dyn` is for what may also be null. A text that was not
written is empty, a list too; a number of days to or since a day that was not written is null. `…_in_days` counts from
the day that is judged: tomorrow is 1, yesterday -1; `…_days_ago` counts the other way.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from reconciler.model.policy import SubjectKind

Types = Mapping[str, str]

ELEMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "roles": (
        "role",
        "system",
        "contact",
        "deputy",
        "team",
        "at_least",
        "review_by",
        "review_in_days",
        "function_account",
    ),
    "units": ("code", "school_forms", "grades"),
    "groups": (
        "id",
        "platform",
        "audience",
        "school_forms",
        "grades",
        "expected",
        "has_devices",
        "has_users",
        "pays_devices",
        "pays_apps",
    ),
    "spans": ("first", "last", "pupils", "devices", "live"),
    "apps": ("id", "mode", "session", "status", "cost", "personal_data"),
}
"""Fields of the elements of lists, by the list's last name; in `x.all(one, …)` they are written `one.field`."""

_ORGANISATION: Final[Types] = {
    "today": "string",
    "organisation.name": "string",
    "organisation.roles": "list(map(string, dyn))",
    "organisation.system_owners": "list(string)",
    "organisation.super_users": "list(string)",
}

_ROLE: Final[Types] = {
    "known": "bool",
    "contact": "string",
    "deputy": "string",
    "team": "string",
    "at_least": "int",
    "review_by": "string",
    "review_in_days": "dyn",
    "function_account": "bool",
}
_SINGLE_ROLES: Final = ("principal", "app_managers", "it_support")

_SCHOOL: Final[Types] = {
    "school.id": "string",
    "school.name": "string",
    "school.school_forms": "list(string)",
    "school.grades": "list(int)",
    "school.platforms": "list(string)",
    "school.pupils": "int",
    "school.expected_pupil_devices": "int",
    "school.roles": "list(map(string, dyn))",
    "school.user_support": "list(string)",
    "school.mgn": "map(string, string)",
    **{f"school.{role}.{name}": kind for role in _SINGLE_ROLES for name, kind in _ROLE.items()},
}
_WHOLE_SCHOOL: Final[Types] = {
    "school.units": "list(map(string, dyn))",
    "school.groups": "list(map(string, dyn))",
    "school.spans": "list(map(string, int))",
    "school.live_known": "bool",
}
"""Only for rules on the school itself: one list each, that would be gathered anew for every group."""

_UNIT: Final[Types] = {
    "unit.code": "string",
    "unit.school_forms": "list(string)",
    "unit.grades": "list(int)",
    "unit.name": "string",
    "unit.user_support": "list(string)",
}

_GROUP: Final[Types] = {
    "group.id": "string",
    "group.name": "string",
    "group.school_forms": "list(string)",
    "group.platform": "string",
    "group.audience": "string",
    "group.grades": "list(int)",
    "group.youngest": "dyn",
    "group.backend": "string",
    "group.environment": "string",
    "group.within": "string",
    "group.expected": "dyn",
    "group.live": "dyn",
    "group.has_devices": "bool",
    "group.has_users": "bool",
    "group.shared": "bool",
    "group.pays_devices": "string",
    "group.pays_apps": "string",
    "group.accessories": "list(string)",
    "group.updates_until": "string",
    "group.updates_end_in_days": "dyn",
    "group.pilot.known": "bool",
    "group.pilot.until": "string",
    "group.pilot.ends_in_days": "dyn",
    "group.pilot.criteria": "list(string)",
    "group.pilot.evaluation_by": "string",
    "group.pilot.evaluation_in_days": "dyn",
    "group.pilot.evaluated": "string",
    "group.pilot.decision": "string",
}
_WHOLE_GROUP: Final[Types] = {
    "group.apps": "list(map(string, dyn))",
    "group.settings": "map(string, dyn)",
}

_APP: Final[Types] = {
    "app.id": "string",
    "app.name": "string",
    "app.supplier": "string",
    "app.status": "string",
    "app.platforms": "list(string)",
    "app.school_forms": "list(string)",
    "app.grades": "list(int)",
    "app.subjects": "list(string)",
    "app.audiences": "list(string)",
    "app.age_limit": "dyn",
    "app.sign_in": "list(string)",
    "app.purposes": "list(string)",
    "app.equivalents": "list(string)",
    "app.alternatives": "string",
    "app.trial_until": "string",
    "app.trial_ends_in_days": "dyn",
    "app.cost": "string",
    "app.need": "string",
    "app.requested_by": "string",
    "app.conditions": "list(string)",
    "app.personal_data": "string",
    "app.agreement": "string",
    "app.impact_assessment": "string",
    "app.assessed_platforms": "list(string)",
    "app.third_country": "string",
    "app.checked": "string",
    "app.checked_days_ago": "dyn",
    "app.decision": "string",
    "app.decided": "string",
    "app.review_by": "string",
    "app.review_in_days": "dyn",
    "app.withdrawn_from": "string",
    "app.withdrawn_in_days": "dyn",
}
_APP_USE: Final[Types] = {
    "app.used_by_groups": "int",
    "app.used_on": "list(string)",
    "app.used_for": "list(string)",
    "app.used_in": "list(string)",
}
"""Only for rules on the app itself: groups that get it, their platforms, audiences and school forms."""

_ASSIGNMENT: Final[Types] = {
    "assignment.mode": "string",
    "assignment.session": "string",
    "assignment.pinned": "bool",
    "assignment.layer": "string",
    "assignment.from": "string",
}
_SETTING: Final[Types] = {
    "setting.id": "string",
    "setting.value": "dyn",
    "setting.layer": "string",
    "setting.from": "string",
}
_DEVICE: Final[Types] = {
    "device.platform": "string",
    "device.active": "bool",
    "device.facts": "map(string, string)",
}
_CHANGE: Final[Types] = {
    "change.action": "string",
    "change.kind": "string",
    "change.backend": "string",
    "change.app": "string",
    "change.groups": "list(string)",
    "change.schools": "list(string)",
    "change.devices": "int",
    "change.pupils": "int",
    "change.disruption": "string",
    "change.destroys": "bool",
    "change.by_hand": "bool",
    "change.proposal": "string",
}
_PLAN: Final[Types] = {
    "plan.changes": "int",
    "plan.creates": "int",
    "plan.updates": "int",
    "plan.deletes": "int",
    "plan.moved_devices": "int",
    "plan.disruptive": "int",
    "plan.held": "int",
    "plan.backends": "list(string)",
}

LIVE: Final = frozenset({"group.live", "school.live_known"})
"""Variables that only somebody who has read the systems knows. Offline, the first is null and the second false."""

_BY_KIND: Final[Mapping[SubjectKind, tuple[Types, ...]]] = {
    SubjectKind.SCHOOL: (_SCHOOL, _WHOLE_SCHOOL),
    SubjectKind.UNIT: (_UNIT, _SCHOOL),
    SubjectKind.GROUP: (_GROUP, _WHOLE_GROUP, _SCHOOL),
    SubjectKind.APP: (_APP, _APP_USE),
    SubjectKind.ASSIGNMENT: (_ASSIGNMENT, _APP, _GROUP, _SCHOOL),
    SubjectKind.SETTING: (_SETTING, _GROUP, _SCHOOL),
    SubjectKind.DEVICE: (_DEVICE, _GROUP, _SCHOOL),
    SubjectKind.CHANGE: (_CHANGE,),
    SubjectKind.PLAN: (_PLAN,),
}


@cache
def variables(kind: SubjectKind) -> Types:
    """Every variable of a kind of subject with its type; what is true of the organisation is there for all of them."""
    found: dict[str, str] = dict(_ORGANISATION)
    for part in _BY_KIND[kind]:
        found |= part
    return found


@cache
def fields(kind: SubjectKind) -> frozenset[str]:
    """Names that may stand after a dot where no whole variable does: fields of elements."""
    lists = {name.rpartition(".")[2] for name in variables(kind)}
    return frozenset(field for name in lists for field in ELEMENTS.get(name, ()))


@cache
def shown(kind: SubjectKind) -> frozenset[str]:
    """Variables that a message may hold: texts, numbers and truth values, and lists of texts or numbers."""
    single = ("string", "int", "bool", "dyn", "list(string)", "list(int)")
    return frozenset(name for name, written in variables(kind).items() if written in single)
