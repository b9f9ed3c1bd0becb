"""What pages are made of: the files, what they add up to on a day, and what rules and MGN came to. Inert data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final

from reconciler.model.desired import BASELINES, DesiredState, GroupState
from reconciler.model.documents import Baseline, Documents, School
from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.model.policy import Verdict
from reconciler.model.vetting import APPROVED, Vetting, vetting_of
from reconciler.policy.deviation import Deviation
from reconciler.review.records import Users, users_of
from reconciler.review.seats import Seats, seats_of

GETS: Final = ("required", "available")
"""Modes in which whoever is in the group can use the app."""


class Edition(StrEnum):
    """The public one is for everybody: approved apps and the MGN. The internal one has everything."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, kw_only=True)
class Source:
    """`verdicts`, `mgn` and `deviations` are shown in the internal edition only, and may be empty without it."""

    documents: Documents
    state: DesiredState
    as_of: date
    verdicts: tuple[Verdict, ...] = ()
    mgn: tuple[MgnVerdict, ...] = ()
    deviations: tuple[Deviation, ...] = ()

    @cached_property
    def apps(self) -> tuple[Vetting, ...]:
        return tuple(map(vetting_of, self.documents.apps))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Apps by id."""
        return {app.id: app.name for app in self.documents.apps}

    @cached_property
    def schools(self) -> Mapping[str, School]:
        return {school.id: school for school in self.documents.schools}

    @cached_property
    def baselines(self) -> Mapping[str, Baseline]:
        return {baseline.id: baseline for baseline in self.documents.baselines}

    @cached_property
    def groups_of(self) -> Mapping[str, tuple[GroupState, ...]]:
        """Groups by school, in the order of their names."""
        found: dict[str, list[GroupState]] = {}
        for _, state in sorted(self.state.groups.items()):
            found.setdefault(state.school.id, []).append(state)
        return {school: tuple(states) for school, states in found.items()}

    @cached_property
    def users(self) -> Users:
        return users_of(self.state)

    def seats(self, app: Vetting) -> Seats | None:
        """The app's licences, where there are any to count."""
        return seats_of(app, self.users.by_app.get(app.id, ()))

    @cached_property
    def uses(self) -> Mapping[str, "Use"]:
        """By app, who gets it today; an app that nobody gets isn't in it."""
        return uses_of(self.state.groups.values())


def is_public(app: Vetting, as_of: date) -> bool:
    """Whether everybody may know it: approved, and not gone yet."""
    return app.status in APPROVED and (app.withdrawn_from is None or app.withdrawn_from > as_of)


@dataclass(slots=True)
class Use:
    """Where one app is. `seats`: expected devices of the groups by mode; `baselines`: those that decide, with the mode."""

    groups: list[tuple[str, str]] = field(default_factory=list)
    seats: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GETS, 0))
    baselines: dict[str, str] = field(default_factory=dict)


def uses_of(groups: Iterable[GroupState]) -> Mapping[str, Use]:
    """All apps in one walk through the groups. An app that a group has in two sessions counts once, at the first."""
    found: dict[str, Use] = {}
    for state in sorted(groups, key=lambda one: one.key):
        seen: set[str] = set()
        for entry in state.effective.apps.values():
            if entry.mode not in GETS or entry.app in seen:
                continue
            seen.add(entry.app)
            use = found.setdefault(entry.app, Use())
            use.groups.append((state.key, entry.mode))
            use.seats[entry.mode] += expected(state)
            if entry.origins and entry.origins[0].layer in BASELINES:
                use.baselines.setdefault(entry.origins[0].owner, entry.mode)
    return found


def expected(state: GroupState) -> int:
    """Devices that the files say the group has; none where they don't say."""
    devices = state.group.devices
    return devices.expected or 0 if devices else 0
