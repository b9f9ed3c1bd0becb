"""The layers that many groups share: which baselines hold at a kind of place, merged once for all its groups. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.compile.fitting import Misfit, Rules, Site, fit
from reconciler.compile.layering import join, stack
from reconciler.compile.ledger import Day
from reconciler.compile.reading import NOTHING, Source, read_layer
from reconciler.compile.targets import USER, Opening, Reachable, opening_of, wishes_of, without
from reconciler.model.desired import Effective, Layer
from reconciler.model.documents import AppliesTo, Baseline


@dataclass(frozen=True, slots=True)
class Chain:
    """The baselines of a kind of place: what each of the two layers says, what holds below both and which sessions it opens."""

    organisation: Effective
    school_form: Effective
    merged: Effective
    opening: Opening
    misfits: tuple[Misfit, ...]


@dataclass(slots=True)
class Chains:
    """Thousands of groups share few kinds of place; each is worked out once."""

    rules: Rules
    baselines: Sequence[Baseline]
    made: dict[Site, Chain] = field(default_factory=dict)
    made_reached: dict[tuple[Site, Reachable], Chain] = field(default_factory=dict)

    def at(self, site: Site) -> Chain:
        found = self.made.get(site)
        if found is None:
            found = self.made[site] = _make_chain(self.rules, self.baselines, site)
        return found

    def reached(self, site: Site, reachable: Reachable) -> Chain:
        """The part of the site's chain that has somewhere to be written in a group with these targets."""
        found = self.made_reached.get((site, reachable))
        if found is None:
            found = self.made_reached[site, reachable] = _reach_chain(self.rules, self.at(site), site, reachable)
        return found


def matches(applies_to: AppliesTo, site: Site) -> bool:
    """Whether a baseline is for the site; of a group's several school forms, one is enough."""
    return (
        (not applies_to.school_forms or not set(applies_to.school_forms).isdisjoint(site.school_forms))
        and (not applies_to.audiences or site.audience in applies_to.audiences)
        and (not applies_to.platforms or site.platform in applies_to.platforms)
    )


def _make_chain(rules: Rules, baselines: Iterable[Baseline], site: Site) -> Chain:
    layers: dict[Layer, Effective] = {Layer.ORGANISATION: NOTHING, Layer.SCHOOL_FORM: NOTHING}
    misfits: list[Misfit] = []
    for baseline in sorted(baselines, key=lambda one: one.id):
        if not matches(baseline.applies_to, site):
            continue
        layer = layer_of(baseline)
        said = read_layer(baseline.wishes, Source(layer, baseline.id), Day(rules.ledger.as_of, site.ring), rules.ledger)
        fitted, rejected = fit(rules, said, site)
        misfits.extend(rejected)
        layers[layer] = join(rules.table, layers[layer], fitted, rules.ledger)
    organisation, school_form = layers[Layer.ORGANISATION], layers[Layer.SCHOOL_FORM]
    merged = stack(rules.table, organisation, school_form, rules.ledger)
    return Chain(
        organisation=organisation,
        school_form=school_form,
        merged=merged,
        opening=opening_of(merged),
        misfits=tuple(misfits),
    )


def _reach_chain(rules: Rules, chain: Chain, site: Site, reachable: Reachable) -> Chain:
    organisation, lost = reach_lines(rules, chain.organisation, Layer.ORGANISATION, site, reachable)
    school_form, more = reach_lines(rules, chain.school_form, Layer.SCHOOL_FORM, site, reachable)
    whole = organisation is chain.organisation and school_form is chain.school_form
    merged = chain.merged if whole else stack(rules.table, organisation, school_form, rules.ledger)
    return Chain(
        organisation=organisation,
        school_form=school_form,
        merged=merged,
        opening=opening_of(merged),
        misfits=(*chain.misfits, *lost, *more),
    )


def reach_lines(
    rules: Rules, said: Effective, layer: Layer, site: Site, reachable: Reachable
) -> tuple[Effective, tuple[Misfit, ...]]:
    """A layer's lines that have a target in such a group, and those that have none."""
    lost = [
        Misfit(key, wish, "WISH-WITHOUT-REACH", "/".join(reaches), origin)
        for key, wish, reaches, origin in wishes_of(rules, said, site)
        if not reachable.has(reaches, layer)
    ]
    if not lost:
        return said, ()
    kept = without(said, frozenset(one.key for one in lost))
    # Devices in store have no users: that a wish for users is nothing to them is no news, and would drown what is.
    shown = [one for one in lost if not (site.audience == "storage" and one.reach == USER)]
    return kept, tuple(shown)


def layer_of(baseline: Baseline) -> Layer:
    return Layer.SCHOOL_FORM if baseline.applies_to.school_forms else Layer.ORGANISATION
