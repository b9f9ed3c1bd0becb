"""The whole way from documents to the desired state: `compile_state(documents, table, as_of)`. Pure.

`check_documents` goes the same way for its findings alone.

documents ─ stage every group through its layers ─► what holds, and where each value comes from
          ─ write users' wishes once per layer   ─► user layers
          ─ keep what devices have a target for  ─► groups
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from reconciler.compile.baselines import Chain
from reconciler.compile.claims import Claims, file_claims, organisation_claims, report_claimed_twice, school_claims
from reconciler.compile.entries import entry_at, keys_of, overlay, union
from reconciler.compile.fitting import Misfit, make_rules
from reconciler.compile.ledger import Ledger
from reconciler.compile.lockout import check_lockouts, may_lock_out, narrow
from reconciler.compile.reading import NOTHING
from reconciler.compile.staging import Stage, Staged, make_stage, report_misfit, stage_school
from reconciler.compile.targets import keep_reaches, mentions, wishes_of, without
from reconciler.compile.user_layers import Unwritten, make_user_layers
from reconciler.model.desired import DesiredState, Effective, GroupState, Layer, SkippedWish
from reconciler.model.documents import Documents, School
from reconciler.model.finding import Finding, Severity
from reconciler.model.slotted import dataclass
from reconciler.model.system import SYSTEMS
from reconciler.settings.table import SettingsTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is wrong, and the first day after which that, or what is wanted, would be otherwise (or None)."""

    lapses: date | None
    findings: tuple[Finding, ...]


def compile_state(documents: Documents, table: SettingsTable, as_of: date) -> DesiredState:
    """What is wanted on a day, with everything that is wrong as findings; never raises for what people wrote.

    An error leaves the rest standing: a refused line has no effect, the value above it holds. The subject of a finding
    is a group's key, a school's id, `app:<id>` or `baseline:<id>`.
    """
    stage = _begin(documents, table, as_of)
    ledger = stage.rules.ledger
    staged = [one for in_school in _stage_schools(stage, documents.schools) for one in in_school]
    staged.sort(key=lambda one: one.key)
    layers, unwritten = make_user_layers(stage.rules, documents.organisation, staged)
    check_lockouts(layers, stage.systems, ledger)
    return DesiredState(
        as_of=as_of,
        lapses=ledger.lapses,
        groups={one.key: _settle(stage, one, unwritten) for one in staged},
        user_layers=layers,
        skipped=tuple(skip for one in staged for skip in _skips(stage, one, unwritten)),
        findings=ledger.sorted_findings(),
    )


def check_documents(documents: Documents, table: SettingsTable, as_of: date) -> Checked:
    """The findings of `compile_state` without the state: each school is let go before the next one is looked at.

    Whoever only wants to know what is wrong has no use for tens of thousands of groups side by side, and the time to
    walk through them again and again while memory is collected grows with their number.
    """
    stage = _begin(documents, table, as_of)
    ledger = stage.rules.ledger
    watch = may_lock_out(documents)
    watched: list[Staged] = []
    chains: dict[int, Chain] = {}
    for in_school in _stage_schools(stage, documents.schools):
        if watch:
            watched.extend(narrow(one, chains) for one in in_school)
    layers, _ = make_user_layers(stage.rules, documents.organisation, watched)
    check_lockouts(layers, stage.systems, ledger)
    return Checked(lapses=ledger.lapses, findings=ledger.sorted_findings())


def _begin(documents: Documents, table: SettingsTable, as_of: date) -> Stage:
    return make_stage(documents, make_rules(table, documents.apps, Ledger(as_of=as_of)))


def _stage_schools(stage: Stage, schools: Iterable[School]) -> Iterator[list[Staged]]:
    """One school's groups after the other; at the end, what is wrong between schools."""
    claims: Claims = {}
    file_claims(claims, organisation_claims(stage.organisation))
    for school in sorted(schools, key=lambda one: one.id):
        in_school = stage_school(stage, school)
        _check_school_layers(stage, school, in_school)
        _check_routes(in_school, stage.rules.ledger)
        _check_patterns(in_school, stage.rules.ledger)
        file_claims(claims, school_claims(school, in_school))
        yield in_school
    report_claimed_twice(claims, stage.rules.ledger)


def _check_routes(staged: Iterable[Staged], ledger: Ledger) -> None:
    for one in staged:
        if not one.backend:
            ledger.report("GROUP-WITHOUT-BACKEND", one.group.at, one.key, group=one.key, platform=one.group.platform)


def _check_patterns(staged: Iterable[Staged], ledger: Ledger) -> None:
    """A pattern on a field that the group's system doesn't have would fit no device, and empty the group."""
    for one in staged:
        system, rule = SYSTEMS.get(one.site.system), one.group.devices
        if system is None or rule is None:
            continue
        for name in rule.match:
            if name not in system.match_fields:
                known = ", ".join(system.match_fields)
                at = rule.at.child("match", name)
                kind = one.site.system
                ledger.report(
                    "MATCH-FIELD-OTHER-SYSTEM", at, one.key, group=one.key, field=name, known=known, system=kind
                )


def _check_school_layers(stage: Stage, school: School, groups: Sequence[Staged]) -> None:
    """A school's line may pass some of its groups by; one that passes them all by is a mistake."""
    ledger = stage.rules.ledger
    for audience in sorted(school.layers):
        members = [one for one in groups if one.site.audience == audience]
        if not members:
            at = school.at.child("layers", audience)
            ledger.report("SCHOOL-LAYER-UNUSED", at, school.id, Severity.WARNING, school=school.id, audience=audience)
        reported = set()
        for one in members:
            for misfit in one.misfits:
                if misfit.origin.layer is Layer.SCHOOL and misfit.key not in reported:
                    reported.add(misfit.key)
                    if not any(mentions(other.school_said, misfit.key) for other in members):
                        report_misfit(ledger, misfit, school.id, one.site)


def _settle(stage: Stage, one: Staged, unwritten: Unwritten) -> GroupState:
    lost = unwritten.get(one.key, frozenset())
    effective = without(one.merged, lost)
    return GroupState(
        key=one.key,
        group=one.group,
        school=one.school,
        backend=one.backend,
        parent=one.parent,
        effective=effective,
        on_devices=without(_on_devices(stage, one), lost),
        reaches=one.reachable.devices,
    )


def _on_devices(stage: Stage, one: Staged) -> Effective:
    """The part that is written on the group's own place; worked out once for what groups share from above."""
    devices = one.reachable.devices
    key = (id(one.chain), devices)
    above = stage.on_devices.get(key)
    if above is None:
        above = stage.on_devices[key] = keep_reaches(stage.rules, one.chain.merged, one.site, devices)
    own = frozenset(name for lines in (one.school_said, *one.own) for name in keys_of(lines))
    if not own:
        return above
    here = {name: entry for name in sorted(own) if (entry := entry_at(one.merged, name)) is not None}
    kept = keep_reaches(stage.rules, overlay(NOTHING, here), one.site, devices)
    changed = [name for name in own if entry_at(above, name) is not None and entry_at(kept, name) is None]
    return union(without(above, frozenset(changed)), kept)


def _skips(stage: Stage, one: Staged, unwritten: Unwritten) -> Iterable[SkippedWish]:
    for misfit in one.misfits:
        yield _skip(one, misfit)
    lost = unwritten.get(one.key)
    if lost:
        for key, wish, reaches, origin in wishes_of(stage.rules, one.merged, one.site):
            if key in lost:
                yield _skip(one, Misfit(key, wish, "WISH-DIFFERS-BELOW", "/".join(reaches), origin))


def _skip(one: Staged, misfit: Misfit) -> SkippedWish:
    return SkippedWish(group=one.key, wish=misfit.wish, reach=misfit.reach, origin=misfit.origin, reason=misfit.code)
