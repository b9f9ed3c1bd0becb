"""What rules see of the organisation, of a school and of its units."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from reconciler.model.documents import Group, Organisation, School, Unit
from reconciler.model.grades import grade_span
from reconciler.model.place import Json
from reconciler.policy.days import Days, text

Values: TypeAlias = dict[str, Any]
"""By variable; of the engine's own types only: it takes neither tuples nor sets."""

_NO_ROLE: Final[Mapping[str, Json]] = {}
_BY_SYSTEM: Final = ("user_support", "system_owners")
_BY_FORM: Final = ("super_users",)

_FUNCTIONS: Final = re.compile(
    r"rektor\w*|bitr|bitradande|forskolechef|skolchef|chef|exp|expedition|kansli|info|skola?n?|skolit|it|support|stod|helpdesk"
    r"|drift|app|appar|ikt|digital\w*|dataskydd|dso|vklass|schoolsoft|unikum|edlevo|google|intune|jamf|super\w*|anvandar\w*"
    r"|administrat\w*|admin|larcenter|bibliotek\w*|team|grupp|funktion"
)
"""Words that are a part of a function account's address. A person's has a first and a last name and none of these."""


def organisation_facts(organisation: Organisation, days: Days) -> Values:
    return {
        "today": days.today,
        "organisation.name": organisation.name,
        "organisation.roles": list(_roles(organisation.roles, days, ())),
        "organisation.system_owners": sorted(_mapping(organisation.roles.get("system_owners"))),
        "organisation.super_users": sorted(_mapping(organisation.roles.get("super_users"))),
    }


def school_facts(school: School, days: Days) -> Values:
    """Everything of a school that rules on its units and groups see too."""
    names = (school.id, *school.id.split("-"))
    values: Values = {
        "school.id": school.id,
        "school.name": school.name,
        "school.school_forms": _distinct(form for unit in school.units for form in unit.school_forms),
        "school.grades": sorted({grade for unit in school.units for grade in grade_span(unit.grades)}),
        "school.platforms": sorted({group.platform for group in school.groups}),
        "school.pupils": sum(school.pupils_by_grade.values()),
        "school.expected_pupil_devices": sum(_expected(group) for group in school.groups if group.audience == "pupils"),
        "school.roles": list(_roles(school.roles, days, names)),
        "school.user_support": sorted(_mapping(school.roles.get("user_support"))),
        "school.mgn": {form: one.version for form, one in school.mgn.items()},
    }
    for name in ("principal", "app_managers", "it_support"):
        role = _mapping(school.roles.get(name))
        for field, value in _role(name, "", role, days, names).items():
            if field not in ("role", "system"):
                values[f"school.{name}.{field}"] = value
        values[f"school.{name}.known"] = bool(role)
    return values


def whole_school_facts(school: School, live: Mapping[str, int]) -> Values:
    """What only a rule on the school itself sees. `live`: devices by group, of the groups whose system was read."""
    places = [f"{school.id}/{one.id}" for one in school.groups if one.audience == "pupils" and one.devices is not None]
    return {
        "school.live_known": bool(places) and all(place in live for place in places),
        "school.units": [
            {
                "code": unit.code or "",
                "school_forms": list(unit.school_forms),
                "grades": sorted(grade_span(unit.grades)),
            }
            for unit in school.units
        ],
        "school.groups": [_group(group) for group in school.groups],
        "school.spans": list(_spans(school, live)),
    }


def unit_facts(unit: Unit, school: School) -> Values:
    """A school's only unit has the school's support; of several, each has its own."""
    shared = _mapping(school.roles.get("user_support")) if len(school.units) == 1 else _NO_ROLE
    return {
        "unit.name": unit.name or unit.code or school.name,
        "unit.user_support": sorted({*unit.user_support, *shared}),
        "unit.code": unit.code or "",
        "unit.school_forms": list(unit.school_forms),
        "unit.grades": sorted(grade_span(unit.grades)),
    }


def _group(group: Group) -> Values:
    return {
        "id": group.id,
        "platform": group.platform,
        "audience": group.audience,
        "school_forms": list(group.school_forms),
        "grades": sorted(grade_span(group.grades)),
        "expected": group.devices.expected if group.devices else None,
        "has_devices": group.devices is not None,
        "has_users": group.users is not None,
        "pays_devices": text(group.cost_bearer.get("devices")),
        "pays_apps": text(group.cost_bearer.get("apps")),
    }


def _spans(school: School, live: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Each span of grades with its pupils, the devices that pupils' groups expect for it, and those that they have.

    A group's devices are shared out over its grades alike; one without grades is a cart, which no grade has to itself.
    """
    expected: dict[int, float] = {}
    present: dict[int, float] = {}
    for group in school.groups:
        grades = grade_span(group.grades)
        for grade in grades if group.audience == "pupils" else ():
            expected[grade] = expected.get(grade, 0.0) + _expected(group) / len(grades)
            present[grade] = present.get(grade, 0.0) + live.get(f"{school.id}/{group.id}", 0) / len(grades)
    for written, pupils in school.pupils_by_grade.items():
        span = grade_span(written)
        if span:
            first, last = min(span), max(span)
            devices, there = _count(span, expected), _count(span, present)
            yield {"first": first, "last": last, "pupils": pupils, "devices": devices, "live": there}


def _count(span: Iterable[int], of_grade: Mapping[int, float]) -> int:
    """Whole devices; a half counts as one."""
    return math.floor(sum(of_grade.get(grade, 0.0) for grade in span) + 0.5)


def _expected(group: Group) -> int:
    return (group.devices.expected or 0) if group.devices else 0


def _roles(roles: Mapping[str, Json], days: Days, names: tuple[str, ...]) -> Iterator[Values]:
    for name, written in sorted(roles.items()):
        if name in _BY_SYSTEM or name in _BY_FORM:
            for system, role in sorted(_mapping(written).items()):
                yield _role(name, system, _mapping(role), days, names)
        else:
            yield _role(name, "", _mapping(written), days, names)


def _role(name: str, system: str, role: Mapping[str, Json], days: Days, names: tuple[str, ...]) -> Values:
    contact = text(role.get("contact"))
    at_least = role.get("at_least")
    return {
        "role": name,
        "system": system,
        "contact": contact,
        "deputy": text(role.get("deputy")),
        "team": text(role.get("team")),
        "at_least": at_least if isinstance(at_least, int) else 0,
        "review_by": text(role.get("review_by")),
        "review_in_days": days.until(role.get("review_by")),
        "function_account": not contact or is_function_account(contact, names),
    }


def is_function_account(contact: str, names: tuple[str, ...] = ()) -> bool:
    """Whether an address looks like a function's and not a person's: a word of a function, or a school's name, stands in it."""
    parts = [part for part in re.split(r"[._+-]", contact.partition("@")[0].lower()) if part]
    return len(parts) < 2 or any(_FUNCTIONS.fullmatch(part) or part in names for part in parts)


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else _NO_ROLE


def _distinct(words: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(words))
