"""Removals that make a breach: the group is judged as it would be with the thing kept, and what heals it so is held. Pure.

Taking something away may heal as well as break. So nothing is held for being a removal, and nothing goes on for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from reconciler.model.change import Action, Change, Plan, Proposal
from reconciler.model.desired import EffectiveApp, EffectiveSetting, GroupState, Layer, Origin
from reconciler.model.policy import Guardrail, Outcome, RuleEffect, SubjectKind, Verdict
from reconciler.model.resource import Key, Resource
from reconciler.planning.naming import app_of
from reconciler.planning.policing import without
from reconciler.policy.breaches import HELD, asked
from reconciler.policy.evaluate import evaluate
from reconciler.policy.facts import World, make_world
from reconciler.policy.judging import Judged, Side
from reconciler.policy.live_rules import answered_live
from reconciler.policy.plan_facts import change_subject

_IN_GROUPS: Final = (SubjectKind.GROUP, SubjectKind.ASSIGNMENT, SubjectKind.SETTING)

Wanted = Mapping[str, Mapping[Key, Resource]]
"""By backend, what the base wants there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What a group would have if one change were not made; `change` is the id of its subject."""

    change: str
    apps: Mapping[tuple[str, str], EffectiveApp] = field(default_factory=dict)
    settings: Mapping[str, EffectiveSetting] = field(default_factory=dict)
    unknown: bool = False


def hold_removals(plan: Plan, head: Side | None, base: Side | None, wanted: Wanted, judged: Judged) -> Plan:
    """The plan without the removals that would make what `judged` found. `wanted`: of the base, empty without one."""
    if head is None or head.state is None:
        return plan
    rules = {one.id: one for one in head.documents.guardrails if one.on in _IN_GROUPS and not answered_live(one)}
    made = [*(one for one in judged.verdicts if _is_made(one, judged)), *judged.unasked]
    made = [one for one in made if one.rule in rules and one.subject.group in head.state.groups]
    removals = [one for one in plan.changes if _takes_away(one)]
    if not made or not removals:
        return plan
    kept = _kept(removals, head, base, wanted, {one.subject.group for one in made})
    world = make_world(head.documents, head.state, plan.as_of)
    makers: set[str] = set()
    for one in made:
        group = head.state.groups[one.subject.group]
        makers |= _makers(one, rules[one.rule], group, kept.get(group.key, ()), world)
    return without(plan, makers)


def _is_made(verdict: Verdict, judged: Judged) -> bool:
    breached = verdict.outcome is Outcome.NOT_MET and verdict.effect is RuleEffect.BLOCK
    return breached and judged.causes.get(asked(verdict)) in HELD


def _takes_away(change: Change) -> bool:
    if change.proposal is Proposal.STANDING or change.key.kind not in ("assignment", "setting"):
        return False
    return change.action is Action.DELETE or any(one.had and not one.has for one in change.fields)


def _kept(
    removals: Iterable[Change], head: Side, base: Side | None, wanted: Wanted, groups: set[str]
) -> Mapping[str, Sequence[_Kept]]:
    found: dict[str, list[_Kept]] = {}
    ids = {identity.id: app.id for app in head.documents.apps for identity in app.identities}
    for change in removals:
        for key in groups.intersection((*change.effect.groups, change.key.target[1:])):
            before = base.state.groups.get(key) if base and base.state else None
            name = change_subject(change).id
            if before is None:
                kept = _guessed(name, change, ids)
            else:
                kept = _as_before(name, change, before, wanted.get(change.backend, {}).get(change.key))
            found.setdefault(key, []).append(kept)
    return found


def _as_before(name: str, change: Change, before: GroupState, resource: Resource | None) -> _Kept:
    """What the base's group had by the lines that asked for this thing."""
    if resource is None:
        return _Kept(change=name)
    lines = {*resource.origins, *(one for behind in resource.behind.values() for one in behind.origins)}
    if change.key.kind == "setting":
        settings = before.effective.settings.items()
        return _Kept(change=name, settings={key: one for key, one in settings if _decided_by(one.origins, lines)})
    apps = before.effective.apps.items()
    return _Kept(change=name, apps={key: one for key, one in apps if _decided_by(one.origins, lines)})


def _decided_by(origins: Sequence[Origin], lines: set[Origin]) -> bool:
    return bool(origins) and any(origins[0].at == one.at for one in lines)


def _guessed(name: str, change: Change, ids: Mapping[str, str]) -> _Kept:
    """Without a base only an app is known by what lies there; a setting is, by the vendor's name, any of the group's."""
    if change.key.kind == "setting":
        return _Kept(change=name, unknown=True)
    app = app_of(change, ids)
    if not app:
        return _Kept(change=name)
    entry = EffectiveApp(app=app, mode="required", session="user", pinned=False, origins=())
    return _Kept(change=name, apps={(app, "user"): entry})


def _makers(verdict: Verdict, rule: Guardrail, group: GroupState, kept: Sequence[_Kept], world: World) -> set[str]:
    """Each that heals it alone; where none does, those without which all together don't, or else all of these."""
    guessed = {one.change for one in kept if one.unknown and _shows_from_above(verdict, group)}
    known = [one for one in kept if one.apps or one.settings]
    alone = {one.change for one in known if _heals(verdict, rule, group, [one], world)}
    if alone or not _heals(verdict, rule, group, known, world):
        return guessed | alone
    needed = [
        one for one in known if not _heals(verdict, rule, group, [other for other in known if other != one], world)
    ]
    enough = needed if needed and _heals(verdict, rule, group, needed, world) else known
    return guessed | {one.change for one in enough}


def _shows_from_above(verdict: Verdict, group: GroupState) -> bool:
    """Whether a setting's breach is by a line above the group: one of its own that goes may have hidden it."""
    if verdict.subject.kind is not SubjectKind.SETTING:
        return False
    entry = group.effective.settings.get(verdict.subject.id.rpartition(":")[2])
    return entry is not None and not {one.layer for one in entry.origins[:1]} <= {Layer.GROUP, Layer.WITHIN}


def _heals(verdict: Verdict, rule: Guardrail, group: GroupState, kept: Iterable[_Kept], world: World) -> bool:
    """Whether the rule is met, or not asked any more, with these kept."""
    if world.state is None:
        return False
    effective = group.effective
    for one in kept:
        effective = replace(
            effective, apps={**effective.apps, **one.apps}, settings={**effective.settings, **one.settings}
        )
    state = replace(world.state, groups={group.key: replace(group, effective=effective)})
    answers = evaluate([rule], replace(world, state=state), world.days.as_of)
    return all(one.outcome is Outcome.MET for one in answers if asked(one) == asked(verdict))
