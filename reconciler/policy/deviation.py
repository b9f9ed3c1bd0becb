"""How far each school has gone from its baselines: what it has of its own, and what it was let off. Pure.

Neither good nor bad in itself: schools may choose among what is approved, and may be stricter. But pupils have a right to equal schools
(likvärdighet), so that the differences are there to see.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from reconciler.model.desired import DesiredState, GroupState, Layer, Origin
from reconciler.model.policy import Outcome, Verdict
from reconciler.model.slotted import dataclass

_OWN: Final = frozenset({Layer.SCHOOL, Layer.GROUP, Layer.WITHIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One school. Apps and settings are counted once however many of its groups have them, and so is each exception that
    lets it off: from a setting, an app or a rule. `breaches` are rules not met."""

    school: str
    school_forms: tuple[str, ...]
    groups: int
    apps: int
    settings: int
    exceptions: int
    breaches: int

    @property
    def total(self) -> int:
        """What the school's own lines and exceptions have changed."""
        return self.apps + self.settings + self.exceptions


def deviations(state: DesiredState, verdicts: Iterable[Verdict]) -> tuple[Deviation, ...]:
    """Every school that has groups, by id."""
    by_school: dict[str, list[GroupState]] = {}
    for group in state.groups.values():
        by_school.setdefault(group.school.id, []).append(group)
    breached: dict[str, set[tuple[str, str]]] = {}
    waived: dict[str, set[str]] = {}
    for one in verdicts:
        if one.outcome is Outcome.NOT_MET and one.subject.school:
            breached.setdefault(one.subject.school, set()).add((one.rule, one.subject.id))
        elif one.waived_by:
            waived.setdefault(one.subject.school, set()).add(one.waived_by)
    return tuple(
        _deviation(name, by_school[name], breached, waived.get(name, frozenset())) for name in sorted(by_school)
    )


def _deviation(
    name: str, groups: list[GroupState], breached: Mapping[str, set[tuple[str, str]]], waived: Iterable[str]
) -> Deviation:
    apps: set[tuple[str, str]] = set()
    settings: set[str] = set()
    exceptions: set[str] = set(waived)
    for group in groups:
        apps.update(key for key, entry in group.effective.apps.items() if _is_own(entry.origins))
        settings.update(key for key, entry in group.effective.settings.items() if _is_own(entry.origins))
        exceptions.update(origin.owner for origin in _origins(group) if origin.layer is Layer.EXCEPTION)
    return Deviation(
        school=name,
        school_forms=tuple(dict.fromkeys(form for unit in groups[0].school.units for form in unit.school_forms)),
        groups=len(groups),
        apps=len(apps),
        settings=len(settings),
        exceptions=len(exceptions),
        breaches=len(breached.get(name, ())),
    )


def _origins(group: GroupState) -> Iterator[Origin]:
    for app in group.effective.apps.values():
        yield from app.origins
    for setting in group.effective.settings.values():
        yield from setting.origins


def _is_own(origins: tuple[Origin, ...]) -> bool:
    return bool(origins) and origins[0].layer in _OWN
