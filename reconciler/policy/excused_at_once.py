"""Exceptions that come in the same change as what they excuse: whoever wants the one would decide the other. Pure.

What counts is whether the base's exceptions excused it on the day: one that is widened or prolonged is new where it is so.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from reconciler.model.desired import DesiredState, EffectiveApp, EffectiveSetting, GroupState, Layer, Origin
from reconciler.model.documents import Documents, ExceptionGrant
from reconciler.model.finding import Finding, Severity
from reconciler.model.policy import Verdict
from reconciler.policy.breaches import Asked, Cause, asked
from reconciler.policy.waivers import EXCUSES, make_waivers, standing


def excused_breaches(
    verdicts: Iterable[Verdict], causes: Mapping[Asked, Cause], head: Documents, base: Documents, as_of: date
) -> Iterator[Finding]:
    """Breaches of rules that this change makes or worsens, once for each exception."""
    before = make_waivers(base.exceptions, base.organisation.terms, as_of)
    grants = {one.id: one for one in head.exceptions}
    seen: set[str] = set()
    for one in verdicts:
        if not one.waived_by or one.waived_by in seen or causes.get(asked(one)) not in (Cause.CREATED, Cause.WORSENED):
            continue
        if not before.excuse(one.rule, one.subject):
            seen.add(one.waived_by)
            yield _finding(grants[one.waived_by], one.rule, one.subject.id, one.subject.blocks)


def excused_loosenings(
    head: Documents, head_state: DesiredState, base: Documents, base_state: DesiredState
) -> Iterator[Finding]:
    """Settings and apps that a group has loosened in this change, with an exception that came or was widened in it."""
    grants = {one.id: one for one in head.exceptions}
    for key, group in sorted(head_state.groups.items()):
        before = next((base_state.groups[name] for name in _names(group) if name in base_state.groups), None)
        for kind, name, line, leave in _leaves(group):
            inherited = (
                line.layer in (Layer.GROUP, Layer.WITHIN) and line.owner != key
            )  # said of the group it is within
            if inherited or _stood(before, kind, name, line):
                continue
            grant = grants[leave.owner]
            if not _excused(base, grant, _family(head_state, group), head_state.as_of):
                yield _finding(grant, name, key, f"{key}:{kind}:{name}")


def _leaves(group: GroupState) -> Iterator[tuple[str, str, Origin, Origin]]:
    """Kind and name of what an exception permits, the line that it permits, and the exception."""
    for kind, name, entry in _entries(group):
        leave = next((one for one in entry.origins if one.layer is Layer.EXCEPTION), None)
        if leave is not None:
            yield kind, name, entry.origins[0], leave


def _entries(group: GroupState) -> Iterator[tuple[str, str, EffectiveApp | EffectiveSetting]]:
    yield from (("setting", name, one) for name, one in sorted(group.effective.settings.items()))
    yield from (("app", one.app, one) for _, one in sorted(group.effective.apps.items()))


def _stood(before: GroupState | None, kind: str, name: str, line: Origin) -> bool:
    """Whether the group asked for the same in the base: then the rule above it was changed and not the group."""
    return before is not None and any(
        (one.layer, one.value) == (line.layer, line.value)
        for its_kind, its_name, entry in _entries(before)
        if (its_kind, its_name) == (kind, name)
        for one in entry.origins
    )


def _excused(base: Documents, grant: ExceptionGrant, groups: set[str], as_of: date) -> bool:
    return any(
        (one.setting, one.app) == (grant.setting, grant.app)
        and not groups.isdisjoint(one.groups)
        and standing(one, base.organisation.terms, as_of) in EXCUSES
        for one in base.exceptions
    )


def _family(state: DesiredState, group: GroupState) -> set[str]:
    """The group and those that it is within: what they are excepted from, it is too."""
    names = set(_names(group))
    parent = state.groups.get(group.parent) if group.parent else None
    return names | _family(state, parent) if parent else names


def _names(group: GroupState) -> list[str]:
    """As it is called now, first, and as it was called before."""
    schools = (group.school.id, *group.school.previously)
    return [f"{school}/{name}" for school in schools for name in (group.group.id, *group.group.previously)]


def _finding(grant: ExceptionGrant, what: str, subject: str, blocks: str) -> Finding:
    return Finding(
        code="EXCEPTION-WITH-BREACH",
        severity=Severity.ERROR,
        place=grant.at.child("id"),
        subject=blocks,
        values={"id": grant.id, "rule": what, "subject": subject},
    )
