"""One group's way through the layers, kept in stages: later parts ask what held above the school, above the group. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from reconciler.compile.baselines import Chain, Chains, reach_lines
from reconciler.compile.dates import holds, is_over, next_change
from reconciler.compile.fitting import Misfit, Rules, Site, fit
from reconciler.compile.layering import NO_LIFT, Lifted, stack
from reconciler.compile.ledger import Day, Ledger
from reconciler.compile.reading import NOTHING, Source, read_layer
from reconciler.compile.rings import group_key, ring_of, route_of
from reconciler.compile.targets import USER, Opening, Reachable, opening_of, sessions, wishes_of, without
from reconciler.model.desired import Effective, Layer
from reconciler.model.documents import Documents, ExceptionGrant, Group, Organisation, School
from reconciler.model.slotted import dataclass
from reconciler.model.system import users_on


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
    """What staging needs and remembers for all schools.

    `named` are the schools and groups that a ring or a route names; all others of one kind have the same `places`, which
    are worked out once. `on_devices`: the part of a chain that is written on devices' own places, by the chain's
    identity and their reaches.
    """

    organisation: Organisation
    rules: Rules
    chains: Chains
    systems: Mapping[str, str]
    lifts: Mapping[str, Lifted]
    named: frozenset[str]
    places: dict[tuple[str, str, tuple[str, ...], str, str], tuple[str, Site]] = field(default_factory=dict)
    on_devices: dict[tuple[int, frozenset[str]], Effective] = field(default_factory=dict)


@dataclass(slots=True)
class SchoolLayer:
    """A school's own layer, for as long as its groups are staged: its groups mostly ask the same of it.

    `read`: its lines by audience and ring; `fitted`: what of them holds at a kind of place; `over`: what holds below it.
    """

    school: School
    read: dict[tuple[str, str | None], Effective] = field(default_factory=dict)
    fitted: dict[Site, tuple[Effective, tuple[Misfit, ...]]] = field(default_factory=dict)
    over: dict[tuple[Site, Reachable], Effective] = field(default_factory=dict)


def make_stage(documents: Documents, rules: Rules) -> Stage:
    organisation = documents.organisation
    named = {name for route in organisation.routes for name in route.schools}
    return Stage(
        organisation=organisation,
        rules=rules,
        chains=Chains(rules=rules, baselines=documents.baselines),
        systems={backend.id: backend.kind for backend in organisation.backends},
        lifts=_lifts(documents.exceptions, rules.ledger),
        named=frozenset(named.union(*(ring.members for ring in organisation.rings))),
    )


def _lifts(grants: Sequence[ExceptionGrant], ledger: Ledger) -> dict[str, dict[str, ExceptionGrant]]:
    found: dict[str, dict[str, ExceptionGrant]] = {}
    day = Day(ledger.as_of)
    grants = sorted(grants, key=lambda one: one.id)
    for grant in grants:
        ledger.changes_on(next_change(grant.span, day))
        if not holds(grant.span, day):
            continue
        _add_lift(found, grant)
    # After those in force: what they permitted is in the files still, and is no fault of whoever edits something else.
    for grant in grants:
        if is_over(grant.span, day):
            _add_lift(found, grant)
    return found


def _add_lift(found: dict[str, dict[str, ExceptionGrant]], grant: ExceptionGrant) -> None:
    lifts = grant.setting or f"app:{grant.app}"
    for group in grant.groups:
        found.setdefault(group, {}).setdefault(lifts, grant)


def stage_school(stage: Stage, school: School) -> list[Staged]:
    """Take a school's groups through their layers, in the order of the file. Reports what is wrong with their lines."""
    layer = SchoolLayer(school)
    return [_stage_group(stage, layer, group) for group in school.groups]


def _stage_group(stage: Stage, layer: SchoolLayer, group: Group) -> Staged:
    school, rules = layer.school, stage.rules
    key = group_key(school, group)
    backend, site = _place(stage, school, group, key)
    family = [*ancestors(stage, school, group), group] if group.within else [group]
    chain = stage.chains.at(site)
    said, misfits = _school_layer(stage, layer, site)
    read = [_read_own(stage, school, one, site) for one in family]
    openings = [chain.opening, opening_of(said), *(opening_of(own) for own, _ in read)]
    reachable = _reachable(stage.organisation, school, group, site.system, openings)
    chain = stage.chains.reached(site, reachable)
    said, unreached = reach_lines(rules, said, Layer.SCHOOL, site, reachable)
    lifted = _lifted(stage, school, family)
    above = _over(stage, layer, site, chain, said, reachable, lifted)
    own, more = _reachable_lines(stage, key, family, read, site, reachable)
    merged = above
    for lines in own:
        merged = stack(rules.table, merged, lines, rules.ledger, lifted)
    return Staged(
        key=key,
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


def _place(stage: Stage, school: School, group: Group, key: str) -> tuple[str, Site]:
    """The group's backend, or empty, and its kind of place."""
    named = stage.named
    alike = (
        school.id if school.id in named else "",
        key if key in named else "",
        group.school_forms,
        group.audience,
        group.platform,
    )
    found = stage.places.get(alike)
    if found is None:
        found = stage.places[alike] = _work_out_place(stage, school, group)
    return found


def _work_out_place(stage: Stage, school: School, group: Group) -> tuple[str, Site]:
    route = route_of(stage.organisation, school, group)
    backend = route.backend if route else ""
    return backend, Site(
        school_forms=tuple(sorted(set(group.school_forms))),
        audience=group.audience,
        platform=group.platform,
        ring=ring_of(stage.organisation, school, group),
        system=stage.systems.get(backend, ""),
    )


def ancestors(stage: Stage, school: School, group: Group) -> list[Group]:
    """The groups that this one is within, outermost first. A cycle or an unknown parent is the loader's error."""
    by_id = {one.id: one for one in school.groups}
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


def _school_layer(stage: Stage, layer: SchoolLayer, site: Site) -> tuple[Effective, tuple[Misfit, ...]]:
    wishes = layer.school.layers.get(site.audience)
    if wishes is None:
        return NOTHING, ()
    found = layer.fitted.get(site)
    if found is None:
        said = layer.read.get((site.audience, site.ring))
        if said is None:
            ledger = stage.rules.ledger
            said = read_layer(wishes, Source(Layer.SCHOOL, layer.school.id), Day(ledger.as_of, site.ring), ledger)
            layer.read[site.audience, site.ring] = said
        found = layer.fitted[site] = fit(stage.rules, said, site)
    return found


def _over(
    stage: Stage, layer: SchoolLayer, site: Site, chain: Chain, said: Effective, reachable: Reachable, lifted: Lifted
) -> Effective:
    if said is NOTHING:
        return chain.merged
    table, ledger = stage.rules.table, stage.rules.ledger
    if lifted:
        return stack(table, chain.merged, said, ledger, lifted)
    found = layer.over.get((site, reachable))
    if found is None:
        found = layer.over[site, reachable] = stack(table, chain.merged, said, ledger)
    return found


def _lifted(stage: Stage, school: School, family: Sequence[Group]) -> Lifted:
    """A child starts from its parent's wishes and so from what the parent was excepted from."""
    if not stage.lifts:
        return NO_LIFT
    found: dict[str, ExceptionGrant] = {}
    for group in family:
        for what, grant in stage.lifts.get(group_key(school, group), {}).items():
            over = is_over(grant.span, Day(stage.rules.ledger.as_of))
            found[what] = found.get(what, grant) if over else grant
    return found


def _read_own(stage: Stage, school: School, group: Group, site: Site) -> tuple[Effective, tuple[Misfit, ...]]:
    if not (group.wishes.apps or group.wishes.settings or group.wishes.raw):
        return NOTHING, ()
    ledger = stage.rules.ledger
    layer = Layer.WITHIN if group.within else Layer.GROUP
    source = Source(layer, group_key(school, group))
    return fit(stage.rules, read_layer(group.wishes, source, Day(ledger.as_of, site.ring), ledger), site)


def _reachable(
    organisation: Organisation, school: School, group: Group, system: str, openings: Sequence[Opening]
) -> Reachable:
    people = group.audience != "storage"
    return Reachable(
        organisation=people and users_on(organisation.users.get(group.audience), system) is not None,
        school=people and users_on(school.users.get(group.audience), system) is not None,
        group=people and users_on(group.users, system) is not None,
        devices=sessions(group.devices is not None, openings),
    )


def _reachable_lines(
    stage: Stage,
    key: str,
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
        # The parent's users get the parent's wishes at their own target; they hold for the child all the same.
        unreached = _without_reach(
            stage.rules,
            said,
            site,
            reachable,
            parents_users=not own and users_on(group.users, site.system) is not None,
        )
        kept.append(without(said, [one.key for one in unreached]) if unreached else said)
        if not own:
            elsewhere += [*misfits, *unreached]
            continue
        for one in (*misfits, *unreached):
            report_misfit(stage.rules.ledger, one, key, site)
    return tuple(kept), tuple(elsewhere)


def _without_reach(
    rules: Rules, said: Effective, site: Site, reachable: Reachable, *, parents_users: bool
) -> list[Misfit]:
    return [
        Misfit(key, wish, "WISH-WITHOUT-REACH", "/".join(reaches), origin)
        for key, wish, reaches, origin in wishes_of(rules, said, site)
        if not reachable.has(reaches, origin.layer) and not (parents_users and USER in reaches)
    ]


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
        why=misfit.why,
    )
