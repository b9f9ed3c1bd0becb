"""The layers that many groups share: which baselines hold at a kind of place, merged once for all its groups. Pure.

What is shared with other municipalities lies right above the organisation's own of the same kind, which may tighten it:
shared for all → own for all → shared for a school form → own for a school form. Own lines for all are no answer to a
shared one for a school form, so where these two differ the tighter one holds, and nobody is told off for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from typing import Final, NamedTuple

from reconciler.compile.fitting import Misfit, Rules, Site, fit
from reconciler.compile.layering import beside, join, settle, stack
from reconciler.compile.ledger import Day
from reconciler.compile.reading import NOTHING, Source, read_layer
from reconciler.compile.targets import USER, Opening, Reachable, opening_of, wishes_of, without
from reconciler.model.desired import Effective, Layer
from reconciler.model.documents import AppliesTo, Baseline
from reconciler.model.slotted import dataclass


class Said(NamedTuple):
    """What baselines say at a kind of place, by layer: of others and our own, for everybody and for a school form."""

    shared: Effective = NOTHING
    organisation: Effective = NOTHING
    shared_form: Effective = NOTHING
    school_form: Effective = NOTHING


_LAYERS: Final = (Layer.ORGANISATION, Layer.ORGANISATION, Layer.SCHOOL_FORM, Layer.SCHOOL_FORM)
"""Where each part of `Said` is written: what is shared is written where our own is."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The baselines of a kind of place: what each of the two layers says, what holds below both and which sessions it opens.

    `organisation` is what holds for everybody. `school_form` names what else is said for a school form; what it comes
    to is in `merged`.
    """

    organisation: Effective
    school_form: Effective
    merged: Effective
    opening: Opening
    misfits: tuple[Misfit, ...]
    said: Said


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
    parts: list[Effective] = [*Said()]
    misfits: list[Misfit] = []
    for baseline in sorted(baselines, key=lambda one: one.id):
        if not matches(baseline.applies_to, site):
            continue
        source = Source(layer_of(baseline), baseline.id)
        said = read_layer(baseline.wishes, source, Day(rules.ledger.as_of, site.ring), rules.ledger)
        fitted, rejected = fit(rules, said, site)
        misfits.extend(rejected)
        part = _part_of(baseline)
        parts[part] = join(rules.table, parts[part], fitted, rules.ledger)
    return _chain(rules, Said(*parts), tuple(misfits))


def _chain(rules: Rules, said: Said, misfits: tuple[Misfit, ...]) -> Chain:
    organisation = stack(rules.table, said.shared, said.organisation, rules.ledger)
    above = organisation
    if said.shared_form is not NOTHING:
        # Over the shared lines alone its own for a school form are layered as usual; ours for everybody only join them.
        form = stack(rules.table, said.shared, said.shared_form, rules.ledger)
        above = settle(rules.table, form, organisation, rules.ledger)
    merged = stack(rules.table, above, said.school_form, rules.ledger)
    return Chain(
        organisation=organisation,
        school_form=beside(said.shared_form, said.school_form),
        merged=merged,
        opening=opening_of(merged),
        misfits=misfits,
        said=said,
    )


def _reach_chain(rules: Rules, chain: Chain, site: Site, reachable: Reachable) -> Chain:
    found = [reach_lines(rules, said, layer, site, reachable) for said, layer in zip(chain.said, _LAYERS, strict=True)]
    misfits = (*chain.misfits, *(one for _, lost in found for one in lost))
    said = Said(*(kept for kept, _ in found))
    if all(kept is before for kept, before in zip(said, chain.said, strict=True)):
        return replace(chain, misfits=misfits)
    return _chain(rules, said, misfits)


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
    if baseline.shared:
        return Layer.SHARED
    return Layer.SCHOOL_FORM if baseline.applies_to.school_forms else Layer.ORGANISATION


def _part_of(baseline: Baseline) -> int:
    """Its place in `Said`."""
    return (2 if baseline.applies_to.school_forms else 0) + (0 if baseline.shared else 1)
