"""The whole way from documents to the desired state: `compile_state(documents, table, as_of)`. Pure.

documents ─ stage every group through its layers ─► what holds, and where each value comes from
          ─ write users' wishes once per layer   ─► user layers
          ─ keep what devices have a target for  ─► groups
"""

from collections.abc import Iterable, Sequence
from datetime import date

from reconciler.compile.claims import check_user_targets
from reconciler.compile.fitting import Misfit, make_rules
from reconciler.compile.ledger import Ledger
from reconciler.compile.lockout import check_lockouts
from reconciler.compile.staging import Stage, Staged, make_stage, report_misfit, stage_group
from reconciler.compile.targets import keep_reaches, mentions, wishes_of, without
from reconciler.compile.user_layers import Unwritten, make_user_layers
from reconciler.model.desired import DesiredState, GroupState, Layer, SkippedWish
from reconciler.model.documents import Documents, School
from reconciler.model.finding import Severity
from reconciler.settings.table import SettingsTable


def compile_state(documents: Documents, table: SettingsTable, as_of: date) -> DesiredState:
    """What is wanted on a day, with everything that is wrong as findings; never raises for what people wrote.

    An error leaves the rest standing: a refused line has no effect, the value above it holds. The subject of a finding
    is a group's key, a school's id, `app:<id>` or `baseline:<id>`.
    """
    ledger = Ledger(as_of=as_of)
    rules = make_rules(table, documents.apps, ledger)
    stage = make_stage(documents, rules)
    schools = sorted(documents.schools, key=lambda one: one.id)
    staged: list[Staged] = []
    for school in schools:
        in_school = [stage_group(stage, school, group) for group in school.groups]
        _check_school_layers(stage, school, in_school)
        staged.extend(in_school)
    staged.sort(key=lambda one: one.key)
    _check_routes(staged, ledger)
    check_user_targets(documents.organisation, schools, staged, ledger)
    layers, unwritten = make_user_layers(rules, documents.organisation, staged)
    check_lockouts(layers, stage.systems, ledger)
    return DesiredState(
        as_of=as_of,
        lapses=ledger.lapses,
        groups={one.key: _settle(stage, one, unwritten) for one in staged},
        user_layers=layers,
        skipped=tuple(skip for one in staged for skip in _skips(stage, one, unwritten)),
        findings=ledger.sorted_findings(),
    )


def _check_routes(staged: Iterable[Staged], ledger: Ledger) -> None:
    for one in staged:
        if not one.backend:
            ledger.report("GROUP-WITHOUT-BACKEND", one.group.at, one.key, group=one.key, platform=one.group.platform)


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
    effective = without(one.merged, unwritten.get(one.key, frozenset()))
    return GroupState(
        key=one.key,
        group=one.group,
        school=one.school,
        backend=one.backend,
        parent=one.parent,
        effective=effective,
        on_devices=keep_reaches(stage.rules, effective, one.site, one.reachable.devices),
        reaches=one.reachable.devices,
    )


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
