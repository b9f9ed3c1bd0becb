"""One group's way through the layers, kept in stages: later parts ask what held above the school, above the group. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.compile.baselines import Chain, Chains, reach_lines
from reconciler.compile.dates import holds, next_change
from reconciler.compile.fitting import Misfit, Rules, Site, WishKey, fit
from reconciler.compile.layering import NO_LIFT, Lifted, stack
from reconciler.compile.ledger import Day, Ledger
from reconciler.compile.reading import NOTHING, Source, read_layer
from reconciler.compile.rings import group_key, ring_of, route_of
from reconciler.compile.targets import Reachable, sessions, wishes_of, without
from reconciler.model.desired import Effective, Layer
from reconciler.model.documents import Documents, ExceptionGrant, Group, Organisation, School, Wishes

_NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """`school_said`, `own`: what the school's layer and the group's (its parents' first) say here, as far as it fits.

    `above` is what holds above the group, `merged` what holds in it. Lines that have no target here are in `misfits`.
    """

    key: str
    school: School
    group: Group
    backend: str
    parent: str | None
    site: Site
    chain: Chain
    school_said: Effective
    own: tuple[Effective, ...]
    above: Effective
    merged: Effective
    reachable: Reachable
    misfits: tuple[Misfit, ...]


@dataclass(slots=True)
class Stage:
    """What staging needs and remembers. `said`: the school layer at a kind of place; `over`: what holds below it.

    `on_devices`: the part of a chain that is written on devices' own places, by the chain's identity and their reaches.
    """

    organisation: Organisation
    rules: Rules
    chains: Chains
    systems: Mapping[str, str]
    lifts: Mapping[str, Mapping[str, ExceptionGrant]]
    said: dict[tuple[str, Site], tuple[Effective, tuple[Misfit, ...]]] = field(default_factory=dict)
    over: dict[tuple[str, Site, Reachable], Effective] = field(default_factory=dict)
    on_devices: dict[tuple[int, frozenset[str]], Effective] = field(default_factory=dict)


def make_stage(documents: Documents, rules: Rules) -> Stage:
    return Stage(
        organisation=documents.organisation,
        rules=rules,
        chains=Chains(rules=rules, baselines=documents.baselines),
        systems={backend.id: backend.kind for backend in documents.organisation.backends},
        lifts=_lifts(documents.exceptions, rules.ledger),
    )


def _lifts(grants: Sequence[ExceptionGrant], ledger: Ledger) -> dict[str, dict[str, ExceptionGrant]]:
    found: dict[str, dict[str, ExceptionGrant]] = {}
    day = Day(ledger.as_of)
    for grant in sorted(grants, key=lambda one: one.id):
        ledger.changes_on(next_change(grant.span, day))
        if not holds(grant.span, day):
            continue
        lifts = grant.setting or f"app:{grant.app}"
        for group in grant.groups:
            found.setdefault(group, {}).setdefault(lifts, grant)
    return found


def stage_group(stage: Stage, school: School, group: Group) -> Staged:
    """Take a group through its layers. Reports what is wrong with its own lines."""
    organisation, rules = stage.organisation, stage.rules
    family = ancestors(stage, school, group)
    route = route_of(organisation, school, group)
    backend = route.backend if route else ""
    site = Site(
        school_forms=tuple(sorted(set(group.school_forms))),
        audience=group.audience,
        platform=group.platform,
        ring=ring_of(organisation, school, group),
        system=stage.systems.get(backend, ""),
    )
    chain = stage.chains.at(site)
    said, misfits = school_layer(stage, school, site)
    lifted = _lifted(stage, school, [*family, group])
    read = [_read_own(stage, school, one, site) for one in [*family, group]]
    reachable = _reachable(organisation, school, group, [chain.merged, said, *(own for own, _ in read)])
    chain = stage.chains.reached(site, reachable)
    said, unreached = reach_lines(rules, said, Layer.SCHOOL, site, reachable)
    above = _over(stage, school, site, chain, said, reachable, lifted)
    own, more = _reachable_lines(stage, school, [*family, group], read, site, reachable)
    merged = above
    for lines in own:
        merged = stack(rules.table, merged, lines, rules.ledger, lifted)
    return Staged(
        key=group_key(school, group),
        school=school,
        group=group,
        backend=backend,
        parent=f"{school.id}/{group.within}" if group.within else None,
        site=site,
        chain=chain,
        school_said=said,
        own=own,
        above=above,
        merged=merged,
        reachable=reachable,
        misfits=(*chain.misfits, *misfits, *unreached, *more),
    )


def ancestors(stage: Stage, school: School, group: Group) -> list[Group]:
    """The groups that this one is within, outermost first. A cycle or an unknown parent is the loader's error."""
    by_id = {one.id: one for one in school.groups} if group.within else {}
    family: list[Group] = []
    child = group
    while child.within and (parent := by_id.get(child.within)) and parent not in family and parent is not group:
        if (parent.audience, parent.platform) != (child.audience, child.platform):
            key = group_key(school, child)
            stage.rules.ledger.report(
                "WITHIN-DIFFERS", child.at, key, places={"parent_at": parent.at}, group=key, parent=parent.id
            )
            break
        family.insert(0, parent)
        child = parent
    return family


def school_layer(stage: Stage, school: School, site: Site) -> tuple[Effective, tuple[Misfit, ...]]:
    wishes = school.layers.get(site.audience, _NO_WISHES)
    if wishes is _NO_WISHES:
        return NOTHING, ()
    key = (school.id, site)
    found = stage.said.get(key)
    if found is None:
        ledger = stage.rules.ledger
        said = read_layer(wishes, Source(Layer.SCHOOL, school.id), Day(ledger.as_of, site.ring), ledger)
        found = stage.said[key] = fit(stage.rules, said, site)
    return found


def _over(
    stage: Stage, school: School, site: Site, chain: Chain, said: Effective, reachable: Reachable, lifted: Lifted
) -> Effective:
    if said is NOTHING:
        return chain.merged
    table, ledger = stage.rules.table, stage.rules.ledger
    if lifted:
        return stack(table, chain.merged, said, ledger, lifted)
    found = stage.over.get((school.id, site, reachable))
    if found is None:
        found = stage.over[school.id, site, reachable] = stack(table, chain.merged, said, ledger)
    return found


def _lifted(stage: Stage, school: School, family: Sequence[Group]) -> Lifted:
    """A child starts from its parent's wishes and so from what the parent was excepted from."""
    if not stage.lifts:
        return NO_LIFT
    found: dict[str, ExceptionGrant] = {}
    for group in family:
        found |= stage.lifts.get(group_key(school, group), {})
    return found


def _read_own(stage: Stage, school: School, group: Group, site: Site) -> tuple[Effective, tuple[Misfit, ...]]:
    ledger = stage.rules.ledger
    layer = Layer.WITHIN if group.within else Layer.GROUP
    source = Source(layer, group_key(school, group))
    return fit(stage.rules, read_layer(group.wishes, source, Day(ledger.as_of, site.ring), ledger), site)


def _reachable(organisation: Organisation, school: School, group: Group, layers: Sequence[Effective]) -> Reachable:
    people = group.audience != "storage"
    return Reachable(
        organisation=people and group.audience in organisation.users,
        school=people and group.audience in school.users,
        group=people and group.users is not None,
        devices=sessions(group.devices is not None, layers),
    )


def _reachable_lines(
    stage: Stage,
    school: School,
    family: Sequence[Group],
    read: Sequence[tuple[Effective, tuple[Misfit, ...]]],
    site: Site,
    reachable: Reachable,
) -> tuple[tuple[Effective, ...], tuple[Misfit, ...]]:
    """The lines of the group and its parents that have a target. The group's own without one are errors."""
    kept: list[Effective] = []
    elsewhere: list[Misfit] = []
    for group, (said, misfits) in zip(family, read, strict=True):
        own = group is family[-1]
        lost = [*misfits]
        dropped: set[WishKey] = set()
        for key, wish, reaches, origin in wishes_of(stage.rules, said, site):
            # The parent's users get the parent's wishes at their own target; they hold for the child all the same.
            if reachable.has(reaches, origin.layer) or (not own and group.users is not None and "user" in reaches):
                continue
            dropped.add(key)
            lost.append(Misfit(key, wish, "WISH-WITHOUT-REACH", "/".join(reaches), origin))
        kept.append(without(said, dropped))
        if own:
            _report_lost(stage.rules.ledger, lost, group_key(school, group), site)
        else:
            elsewhere.extend(lost)
    return tuple(kept), tuple(elsewhere)


def _report_lost(ledger: Ledger, lost: Sequence[Misfit], subject: str, site: Site) -> None:
    for one in lost:
        report_misfit(ledger, one, subject, site)


def report_misfit(ledger: Ledger, misfit: Misfit, subject: str, site: Site) -> None:
    """A line that a group or school wrote itself and that has no effect: never a green plan without effect."""
    ledger.report(
        misfit.code,
        misfit.origin.at,
        subject,
        wish=misfit.wish,
        group=subject,
        platform=site.platform,
        reach=misfit.reach,
        school_forms=", ".join(site.school_forms),
    )
