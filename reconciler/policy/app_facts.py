"""What rules see of an app: the council's record, and where the app is used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.model.desired import GroupState
from reconciler.model.documents import App
from reconciler.model.grades import grade_span
from reconciler.model.place import Json
from reconciler.policy.days import Days, text
from reconciler.policy.school_facts import Values

GETS = frozenset({"required", "available"})
"""Modes in which whoever is in the group can use the app."""


APPROVED = frozenset({"approved", "approved-with-conditions"})


def app_facts(app: App, days: Days, equivalents: Mapping[str, list[str]]) -> Values:
    record = app.vetting
    protection, decision, cost = (_mapping(record.get(key)) for key in ("data_protection", "decision", "cost"))
    request = _mapping(record.get("request"))
    trial_until = _mapping(record.get("trial")).get("until")
    return {
        "app.id": app.id,
        "app.name": app.name,
        "app.supplier": text(record.get("supplier")),
        "app.status": app.status,
        "app.platforms": sorted({identity.platform for identity in app.identities}),
        "app.school_forms": list(app.school_forms),
        "app.grades": sorted(grade_span(text(record.get("grades")))),
        "app.subjects": _texts(record.get("subjects")),
        "app.audiences": _texts(record.get("audiences")),
        "app.age_limit": record.get("age_limit"),
        "app.sign_in": _texts(record.get("sign_in")),
        "app.purposes": _texts(record.get("purposes")),
        "app.equivalents": equivalents.get(app.id, []),
        "app.alternatives": text(request.get("tried")),
        "app.trial_until": text(trial_until),
        "app.trial_ends_in_days": days.until(trial_until),
        "app.cost": text(cost.get("model")),
        "app.need": text(request.get("need")),
        "app.requested_by": text(request.get("by")),
        "app.conditions": _texts(record.get("conditions")),
        "app.personal_data": text(record.get("personal_data")),
        "app.agreement": text(protection.get("agreement")),
        "app.impact_assessment": text(protection.get("impact_assessment")),
        "app.assessed_platforms": _texts(protection.get("assessed_platforms")),
        "app.third_country": text(protection.get("third_country")),
        "app.checked": text(protection.get("checked")),
        "app.checked_days_ago": days.since(protection.get("checked")),
        "app.decision": text(decision.get("reference")),
        "app.decided": text(decision.get("meeting")),
        "app.review_by": text(record.get("review_by")),
        "app.review_in_days": days.until(record.get("review_by")),
        "app.withdrawn_from": text(app.withdrawn_from),
        "app.withdrawn_in_days": days.until(app.withdrawn_from),
    }


def equivalents(apps: Iterable[App]) -> Mapping[str, list[str]]:
    """By app, the other approved apps that share a purpose and a platform with it; an app without any isn't in it."""
    by_purpose: dict[str, list[App]] = {}
    written = [(app, _texts(app.vetting.get("purposes"))) for app in apps]
    for app, purposes in written:
        for purpose in purposes if app.status in APPROVED else ():
            by_purpose.setdefault(purpose, []).append(app)
    found = {
        app.id: sorted({other.id for one in purposes for other in by_purpose.get(one, ()) if _replaces(other, app)})
        for app, purposes in written
        if purposes
    }
    return {name: others for name, others in found.items() if others}


def _replaces(other: App, app: App) -> bool:
    return other.id != app.id and not _platforms(other).isdisjoint(_platforms(app))


def _platforms(app: App) -> set[str]:
    return {identity.platform for identity in app.identities}


@dataclass(slots=True)
class _Use:
    groups: int = 0
    platforms: set[str] = field(default_factory=set)
    audiences: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)


def use_facts(groups: Iterable[GroupState]) -> Mapping[str, Values]:
    """By app, where it is used: gathered in one walk through all groups. An app that nobody gets isn't in it."""
    found: dict[str, _Use] = {}
    for state in groups:
        for app in dict.fromkeys(entry.app for entry in state.effective.apps.values() if entry.mode in GETS):
            use = found.setdefault(app, _Use())
            use.groups += 1
            use.platforms.add(state.group.platform)
            use.audiences.add(state.group.audience)
            use.forms.update(state.group.school_forms)
    return {app: _as_values(use) for app, use in found.items()}


UNUSED: Values = {"app.used_by_groups": 0, "app.used_on": [], "app.used_for": [], "app.used_in": []}


def _as_values(use: _Use) -> Values:
    return {
        "app.used_by_groups": use.groups,
        "app.used_on": sorted(use.platforms),
        "app.used_for": sorted(use.audiences),
        "app.used_in": sorted(use.forms),
    }


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: Json) -> list[str]:
    return [text(one) for one in value] if isinstance(value, list | tuple) else []
