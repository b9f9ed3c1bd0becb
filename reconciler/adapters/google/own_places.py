"""Schools and groups as org units of ours below the configured root. Pure."""

from collections.abc import Sequence

from reconciler.adapters.google.places import Places, fold_path
from reconciler.adapters.mark import mark_key
from reconciler.model.desired import GroupState, Layer, Origin
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.resource import Key, Resource, Target


def lower_places(
    groups: Sequence[GroupState], root: str, places: Places, findings: list[Finding]
) -> tuple[list[Resource], list[Target]]:
    """The root, a place for each school that has groups here, and one for each group, flat below its school; none for none.

    A `within` child lies beside its parent, not below it: it carries all its wishes itself, and a parent can go.
    """
    resources: list[Resource] = []
    top = "ou:/"
    if not groups:
        return [], []  # nothing is wanted, which the limits are to see: a root alone is no wish
    if root != "/":
        above, _, name = root.rpartition("/")
        top = "@"
        parent = _existing(above or "/", places)
        resources.append(_place("@", name, parent, root, groups, ()))
        findings += _root_findings(above or "/", root, places)
    base = root.rstrip("/")
    by_school: dict[str, list[GroupState]] = {}
    for group in groups:
        by_school.setdefault(group.school.id, []).append(group)
    schools = {group.school.id: group.school for group in groups}.values()
    findings += _same_names([(school.name, school.id, school.at) for school in schools])
    for school in schools:
        inside = by_school[school.id]
        path = f"{base}/{school.name.strip()}"
        previous = tuple(f"@{old}" for old in school.previously)
        resources.append(_place(f"@{school.id}", school.name, top, path, inside, previous))
        findings += _name_findings(school.name, school.id, school.at)
        findings += _same_names([(group.group.name, group.key, group.group.at) for group in inside])
        for group in inside:
            resources.append(_group_place(group, path))
            findings += _name_findings(group.group.name, group.key, group.group.at)
    owned = [
        Target(ref=r.key.target, owns="all", reach="device", owner=r.key.target[1:], groups=r.groups) for r in resources
    ]
    by_ref = {f"@{group.key}": group for group in groups}
    return resources, [_with_choice(target, by_ref.get(target.ref)) for target in owned]


def _group_place(group: GroupState, school_path: str) -> Resource:
    schools = (group.school.id, *group.school.previously)
    names = (group.group.id, *group.group.previously)
    every = [_full(school, name) for school in schools for name in names]
    previous = tuple(dict.fromkeys(f"@{key}" for key in every if key != group.key))
    place = f"{school_path}/{group.group.name.strip()}"
    return _place(f"@{group.key}", group.group.name, f"@{group.school.id}", place, [group], previous)


def _full(school: str, name: str) -> str:
    """An old name may say another school (`old-school/old-group`): a group that moved."""
    return name if "/" in name else f"{school}/{name}"


def _place(
    ref: str, name: str, parent: str, path: str, groups: Sequence[GroupState], previous: Sequence[str]
) -> Resource:
    return Resource(
        key=Key(kind="group", target=ref),
        fields={"name": name.strip(), "parent": parent, "mark": mark_key(ref)},  # Google keeps no blanks around a name
        previous=tuple(Key(kind="group", target=old) for old in previous),
        depends_on=(Key(kind="group", target=parent),) if parent.startswith("@") else (),
        facts={"path": path},
        origins=tuple(_made_by(group) for group in groups[:1]) if "/" in ref else (),
        groups=tuple(group.key for group in groups),
        label=name,
    )


def _made_by(group: GroupState) -> Origin:
    return Origin(layer=Layer.GROUP, owner=group.key, value=group.group.name, at=group.group.at)


def _with_choice(target: Target, chosen: GroupState | None) -> Target:
    """A group may say `owns: listed` about its own place; containers (None) hold nothing that anybody listed."""
    if chosen is None:
        return target
    return Target(
        ref=target.ref,
        owns=chosen.group.owns,
        reach=target.reach,
        owner=chosen.key,
        groups=target.groups,
        manages=chosen.group.manages,
        at=chosen.group.at,
    )


def _existing(path: str, places: Places) -> str:
    """The reference of the org unit that a path means, as the tenant spells it; the path itself where there is none."""
    known = (places.refs[unit.id] for unit in places.units.values() if fold_path(unit.path) == fold_path(path))
    return next(known, f"ou:{path}")


def _root_findings(above: str, root: str, places: Places) -> list[Finding]:
    if above == "/" or any(fold_path(unit.path) == fold_path(above) for unit in places.units.values()):
        return []
    values = {"root": root, "above": above}
    return [Finding(code="GOOGLE-ROOT-MISSING", severity=Severity.ERROR, place=None, values=values)]


def _name_findings(name: str, subject: str, at: Pointer) -> list[Finding]:
    """An org unit's name can't hold a slash: the Admin SDK is reported to write `_` instead, which would never match."""
    if "/" not in name:
        return []
    values = {"name": name, "corrected": name.replace("/", "–")}
    return [
        Finding(
            code="GOOGLE-NAME-WITH-SLASH",
            severity=Severity.ERROR,
            place=at.child("name"),
            subject=subject,
            values=values,
        )
    ]


def _same_names(named: Sequence[tuple[str, str, Pointer]]) -> list[Finding]:
    """Name, identifier and place of what would lie side by side. The first keeps the name, the others are refused."""
    seen: dict[str, str] = {}
    findings: list[Finding] = []
    for name, key, at in named:
        first = seen.setdefault(fold_path(name.strip()), key)
        if first != key:
            values = {"name": name, "other": first}
            place = at.child("name")
            findings.append(
                Finding(code="GOOGLE-SAME-NAME", severity=Severity.ERROR, place=place, subject=key, values=values)
            )
    return findings
