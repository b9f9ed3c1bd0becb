"""What one school needs to have read of a system: its own places, and devices by number where its files name no other. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reconciler.model.adapter import Scope
from reconciler.model.desired import DesiredState, GroupState
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.model.resource import Lowered, Snapshot
from reconciler.planning.joining import is_ours, join_groups


def narrow(
    scope: Scope,
    school: str,
    backend: str,
    wanted: Sequence[tuple[DesiredState, Lowered]],
    structure: Snapshot,
    org: str,
) -> Scope:
    """The scope of a plan for one school. `wanted` is what the head wants, then what the base wants, if there is one.

    An adapter need not heed it, and what isn't the school's is filtered from the plan all the same.
    """
    ids = school_ids(school, (state for state, _ in wanted))
    named = {ref for _, lowered in wanted for ref in _named(lowered, ids)}
    live = {ref for _, lowered in wanted for ref in _live(lowered, structure, org, named)}
    live |= {one.key.target for one in structure.resources if _school_of(one.key.target) in ids}
    live |= {ref for _, lowered in wanted for ref in _users(lowered, ids)}
    rules = [one for state, _ in wanted for key, one in state.groups.items() if f"@{key}" in named]
    return replace(scope, only=frozenset(live), serials=_serials(one for one in rules if one.backend == backend))


def school_ids(school: str, states: Iterable[DesiredState]) -> frozenset[str]:
    """Its id, and those that it had before."""
    schools = {one.school.id: one.school for state in states for one in state.groups.values()}
    return frozenset({school, *(schools[school].previously if school in schools else ())})


def devices_seen(
    findings: Iterable[Finding], snapshot: Snapshot, school: str, state: DesiredState
) -> tuple[Finding, ...]:
    """Of the findings about devices those that hold: where only one school's were read, the others seem to have none."""
    if ("membership", "") not in snapshot.left_out:
        return tuple(findings)
    ids = school_ids(school, [state])
    return tuple(one for one in findings if any(name.partition("/")[0] in ids for name in _groups_of(one)))


def findings_for(
    findings: Iterable[Finding], school: str, documents: Documents
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Those of this school and of no school in particular, and those about others alone."""
    every = {name: one.id for one in documents.schools for name in (*one.previously, one.id)}

    def is_others(finding: Finding) -> bool:
        named = {every[name] for name in _schools_named(finding) if name in every}
        return bool(named) and school not in named

    found = tuple(findings)
    return tuple(one for one in found if not is_others(one)), tuple(filter(is_others, found))


def _schools_named(finding: Finding) -> Iterator[str]:
    kind, _, rest = finding.subject.partition(":")
    name = rest if rest.startswith("@") or kind in ("devices", "mgn") else kind
    yield name.removeprefix("@").partition("/")[0]
    if kind == "devices":  # where two groups claim one, it is both schools' to settle
        yield from (name.partition("/")[0] for name in _groups_of(finding))


def _groups_of(finding: Finding) -> Iterator[str]:
    """All groups and places that a finding about devices names; where two claim a device, both."""
    yield finding.subject.removeprefix("devices:")
    yield from (finding.values[name] for name in ("group", "other", "place") if name in finding.values)


def _school_of(ref: str) -> str:
    return ref[1:].partition("/")[0] if is_ours(ref) else ""


def _named(lowered: Lowered, ids: frozenset[str]) -> Iterator[str]:
    """References of the school's groups, and all that they had before."""
    for resource in lowered.resources:
        if resource.key.kind == "group" and _school_of(resource.key.target) in ids:
            yield resource.key.target
            yield from (key.target for key in resource.previous)


def _live(lowered: Lowered, structure: Snapshot, org: str, named: set[str]) -> Iterator[str]:
    """The places that these are now, whatever mark they bear."""
    groups = [live for live in structure.resources if live.key.kind == "group"]
    join = join_groups(lowered.resources, groups, org)
    return (live.key.target for ref, live in join.live.items() if ref in named)


def _users(lowered: Lowered, ids: frozenset[str]) -> Iterator[str]:
    for target in lowered.targets:
        owners = {name.partition("/")[0] for name in (target.owner, *target.groups)}
        if not is_ours(target.ref) and not owners.isdisjoint(ids):
            yield target.ref


def _serials(groups: Iterable[GroupState]) -> frozenset[str] | None:
    """The serial numbers that these groups name their devices by; None where one has patterns: any device may match."""
    rules = [one.group.devices for one in groups if one.group.devices is not None]
    if any(rule.match for rule in rules):
        return None
    return frozenset(serial.strip() for rule in rules for serial in rule.serials if serial.strip())
