"""What documents say of each other: names that must exist, be unique, fit together, and not lead round in circles."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from reconciler.load.faults import Faults
from reconciler.load.near import nearest
from reconciler.load.servers import check_servers
from reconciler.load.sources import Sources
from reconciler.model.documents import Documents, Group, MoveAllowance, School, Span, Wishes
from reconciler.model.place import Pointer
from reconciler.model.slotted import dataclass


class Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def at(self) -> Pointer: ...


class Renamed(Named, Protocol):
    @property
    def previously(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """`missing` holds the folders of which a file dropped out: what it would have defined can't be called unknown."""

    documents: Documents
    sources: Sources
    faults: Faults
    missing: Collection[str]
    apps: Mapping[str, str]
    schools: frozenset[str]
    groups: frozenset[str]
    rings: frozenset[str]
    backends: frozenset[str]

    def unknown(self, code: str, at: Pointer, name: str, known: Collection[str], subject: str = "") -> None:
        near = nearest(name, known)
        corrected = self.sources.corrected(at, near) if near else ""
        self.faults.error(code, at, subject, name=name, near=near or "", corrected=corrected)

    def shown(self, at: Pointer) -> str:
        position = self.sources(at)
        return f"{position.file}:{position.line}"


def check_references(documents: Documents, sources: Sources, faults: Faults, missing: Collection[str]) -> None:
    """Put every fault between documents into `faults`."""
    check = _Check(
        documents=documents,
        sources=sources,
        faults=faults,
        missing=missing,
        apps=_app_names(documents),
        schools=frozenset(name for school in documents.schools for name in (school.id, _file_name(school))),
        groups=frozenset(f"{school.id}/{group.id}" for school in documents.schools for group in school.groups),
        rings=frozenset(ring.id for ring in documents.organisation.rings),
        backends=frozenset(backend.id for backend in documents.organisation.backends),
    )
    _check_organisation(check)
    _check_names(check)
    for school in documents.schools:
        _check_school(check, school)
    for baseline in documents.baselines:
        _check_wishes(check, baseline.wishes)
    _check_exceptions(check)
    _check_allowances(check)
    _check_approvals(check)


def _file_name(school: School) -> str:
    """A school whose id and file name differ has a fault already; nobody who names it by the other has one too."""
    return school.at.file.rpartition("/")[2].removesuffix(".yaml")


def _app_names(documents: Documents) -> dict[str, str]:
    """Every name that an app has or has had → its current one."""
    names = {old: app.id for app in documents.apps for old in app.previously}
    return names | {app.id: app.id for app in documents.apps}


def _check_organisation(check: _Check) -> None:
    organisation = check.documents.organisation
    check_servers(organisation.backends, check.faults)
    for route in organisation.routes:
        if route.backend not in check.backends:
            check.unknown("UNKNOWN-BACKEND", route.at.child("backend"), route.backend, check.backends)
        _check_schools(check, route.schools, route.at.child("schools"))
    for ring in organisation.rings:
        _check_schools(check, ring.members, ring.at.child("members"))


def _check_schools(check: _Check, names: Sequence[str], at: Pointer) -> None:
    """Schools, or groups written as `school/group`."""
    if "schools" in check.missing:
        return
    for number, name in enumerate(names):
        if "/" in name and name not in check.groups:
            check.unknown("UNKNOWN-GROUP", at.child(number), name, check.groups)
        elif "/" not in name and name not in check.schools:
            check.unknown("UNKNOWN-SCHOOL", at.child(number), name, check.schools)


def _check_names(check: _Check) -> None:
    documents = check.documents
    for kind in (documents.schools, documents.apps, documents.baselines, documents.exceptions, documents.allowances):
        _unique(check, kind)
    _unique(check, documents.approvals, "approvals:")
    _unique(check, documents.guardrails, "rule:")
    _unique(check, documents.organisation.backends)
    _unique(check, documents.organisation.rings)
    _unique(check, documents.organisation.shared)
    _earlier_names(check, documents.schools)
    _earlier_names(check, documents.apps)
    _unit_codes(check)


def _unique(check: _Check, things: Iterable[Named], within: str = "") -> None:
    first: dict[str, Named] = {}
    for thing in things:
        other = first.setdefault(thing.id, thing)
        if other is not thing:
            renamed = thing.id if hasattr(thing, "previously") else ""  # only those can have been called otherwise
            values = {"id": thing.id, "near": renamed, "other": check.shown(_id(other))}
            check.faults.error("ID-TWICE", _id(thing), f"{within}{thing.id}", **values)


def _id(thing: Named) -> Pointer:
    return thing.at.child("id")


def _unit_codes(check: _Check) -> None:
    first: dict[str, Pointer] = {}
    for school in check.documents.schools:
        for unit in school.units:
            if unit.code is not None:
                at = unit.at.child("code")
                other = first.setdefault(unit.code, at)
                if other is not at:
                    check.faults.error("UNIT-CODE-TWICE", at, school.id, unit=unit.code, other=check.shown(other))


def _earlier_names(check: _Check, things: Sequence[Renamed], within: str = "") -> None:
    """An earlier name is nobody's current one and only one's earlier one; names do not go round in circles."""
    if not any(thing.previously for thing in things):
        return
    live = {thing.id: thing for thing in things}
    claimed: dict[str, Pointer] = {}
    for thing in things:
        for number, old in enumerate(thing.previously):
            at = thing.at.child("previously", number)
            subject = f"{within}{thing.id}"
            if old in live and _leads_back(old, thing.id, live):
                check.faults.error("PREVIOUSLY-CYCLE", at, subject, id=thing.id, old=old)
            elif old in live:
                other = check.shown(_id(live[old]))
                check.faults.error("PREVIOUSLY-LIVE", at, subject, id=thing.id, old=old, other=other)
            elif old in claimed:
                check.faults.error("PREVIOUSLY-TWICE", at, subject, old=old, other=check.shown(claimed[old]))
            claimed.setdefault(old, at)


def _moved_here(check: _Check, school: School) -> None:
    """A group that came from another school, written `school/group`, is not there any more."""
    for group in school.groups:
        for number, old in enumerate(group.previously):
            if "/" in old and old in check.groups:
                at = group.at.child("previously", number)
                subject = f"{school.id}/{group.id}"
                file = f"schools/{old.partition('/')[0]}.yaml"
                check.faults.error("PREVIOUSLY-LIVE", at, subject, id=group.id, old=old, other=file)


def _leads_back(start: str, goal: str, live: Mapping[str, Renamed]) -> bool:
    """Whether `start` is, through earlier names, an earlier `goal`."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name == goal:
            return True
        if name in live and name not in seen:
            seen.add(name)
            ahead += live[name].previously
    return False


def _check_school(check: _Check, school: School) -> None:
    groups = {group.id: group for group in school.groups}
    if len(groups) < len(school.groups):
        _unique(check, school.groups, f"{school.id}/")
    _earlier_names(check, school.groups, f"{school.id}/")
    _moved_here(check, school)
    for platform, name in school.holding.items():
        _check_holding(check, school, platform, groups.get(name), name, groups)
    for layer in school.layers.values():
        _check_wishes(check, layer, school.id)
    for group in school.groups:
        if group.within is not None:
            _check_within(check, school, group, groups)
        _check_wishes(check, group.wishes, f"{school.id}/{group.id}")


def _check_holding(
    check: _Check, school: School, platform: str, holding: Group | None, name: str, groups: Collection[str]
) -> None:
    at = school.at.child("holding", platform)
    if holding is None:
        check.unknown("UNKNOWN-HOLDING", at, name, groups, school.id)
    elif holding.platform != platform:
        check.faults.error("HOLDING-PLATFORM", at, school.id, name=name, platform=platform, other=holding.platform)
    elif holding.audience != "storage":
        check.faults.error("HOLDING-AUDIENCE", at, school.id, name=name, audience=holding.audience)
    elif holding.devices is None:
        check.faults.error("HOLDING-WITHOUT-DEVICES", at, school.id, name=name)


def _check_within(check: _Check, school: School, group: Group, groups: Mapping[str, Group]) -> None:
    at, subject = group.at.child("within"), f"{school.id}/{group.id}"
    parent = groups.get(group.within or "")
    if parent is None:
        check.unknown("UNKNOWN-WITHIN", at, group.within or "", groups, subject)
    elif _is_inside_itself(group, groups):
        check.faults.error("WITHIN-CYCLE", at, subject, id=group.id, parent=parent.id)
    elif parent.platform != group.platform:
        check.faults.error(
            "WITHIN-PLATFORM", at, subject, parent=parent.id, platform=group.platform, other=parent.platform
        )


def _is_inside_itself(group: Group, groups: Mapping[str, Group]) -> bool:
    seen: set[str] = set()
    name = group.within
    while name is not None and name in groups and name not in seen:
        if name == group.id:
            return True
        seen.add(name)
        name = groups[name].within
    return False


def _check_wishes(check: _Check, wishes: Wishes, subject: str = "") -> None:
    for line in wishes.apps:
        if line.app not in check.apps:
            _unknown_app(check, line.app, line.at, subject)
        elif check.apps[line.app] != line.app:
            _renamed_app(check, line.app, line.at, subject)
        if line.span.rings:
            _check_rings(check, line.span, line.at, subject)
    for setting in wishes.settings:
        for value in setting.values:
            if value.span.rings:
                _check_rings(check, value.span, value.at, subject)


def _unknown_app(check: _Check, name: str, line: Pointer, subject: str) -> None:
    if "app-catalogs" not in check.missing:
        check.unknown("UNKNOWN-APP", _written(check, line), name, check.apps, subject)


def _renamed_app(check: _Check, name: str, line: Pointer, subject: str) -> None:
    at, current = _written(check, line), check.apps[name]
    corrected = check.sources.corrected(at, current)
    check.faults.error("APP-RENAMED", at, subject, old=name, current=current, corrected=corrected)


def _written(check: _Check, line: Pointer) -> Pointer:
    """Where the app's name is: the line itself, or its key `app`."""
    return line if check.sources.spelling(line) is not None else line.child("app")


def _check_rings(check: _Check, span: Span, at: Pointer, subject: str) -> None:
    for ring in span.rings:
        if ring not in check.rings:
            place = Pointer(file=at.file, path=(*at.path, "rings", ring), on_key=True)
            check.unknown("UNKNOWN-RING", place, ring, check.rings, subject)


def _check_exceptions(check: _Check) -> None:
    for grant in check.documents.exceptions:
        if grant.app is not None and grant.app not in check.apps:
            _unknown_app(check, grant.app, grant.at.child("app"), f"exception:{grant.id}")
        elif grant.app is not None and check.apps[grant.app] != grant.app:
            _renamed_app(check, grant.app, grant.at.child("app"), f"exception:{grant.id}")
        _check_schools(check, grant.groups, grant.at.child("groups"))


def _check_allowances(check: _Check) -> None:
    for allowance in check.documents.allowances:
        if allowance.backend not in check.backends:
            check.unknown("UNKNOWN-BACKEND", allowance.at.child("backend"), allowance.backend, check.backends)
        for number, name, key in _moved(allowance.envelopes):
            known = name == "outside" or name in check.groups or "schools" in check.missing
            at = allowance.at.child("moves", number, key)
            if not known and key == "into":
                check.unknown("UNKNOWN-GROUP", at, name, check.groups)
            elif not known:  # a group that goes is in no file any more, and its devices come from there
                check.faults.warn("ALLOWANCE-FROM-GONE", at, f"allowance:{allowance.id}", name=name)


def _check_approvals(check: _Check) -> None:
    """A group that has gone since is no fault: such a file stays until somebody takes it away."""
    for file in check.documents.approvals:
        subject = f"approvals:{file.id}"
        if file.backend not in check.backends:
            check.unknown("UNKNOWN-BACKEND", file.at.child("backend"), file.backend, check.backends, subject)
        for number, name, key in _moved(file.moves):
            gone = [one for one in name.split("+") if one != "outside" and one not in check.groups]
            if gone and "schools" not in check.missing:
                at = file.at.child("moves", number, key)
                near = nearest(name, check.groups) if gone == [name] else None
                values = {"near": near, "corrected": check.sources.corrected(at, near)} if near else {}
                check.faults.warn("APPROVALS-GROUP-GONE", at, subject, name=", ".join(gone), **values)


def _moved(envelopes: Iterable[MoveAllowance]) -> Iterator[tuple[int, str, str]]:
    for number, envelope in enumerate(envelopes):
        yield number, envelope.source, "from"
        yield number, envelope.into, "into"
