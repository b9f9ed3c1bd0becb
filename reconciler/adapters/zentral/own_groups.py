"""A device group as a tag of ours: its name, every name that it has had, and what speaks against it. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from reconciler.adapters.zentral.links import Link, Scope
from reconciler.adapters.zentral.names import group_key, slug, tag_name
from reconciler.adapters.zentral.tags import Tags
from reconciler.model.desired import GroupState, Layer, Origin
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Key, Resource, Target


def group_label(group: GroupState) -> str:
    return f"{group.school.name.strip()} – {group.group.name.strip()}"


def lower_group(
    group: GroupState, tags: Tags, prefix: str, renamed: Mapping[str, str] | None = None
) -> tuple[Resource, Target, list[Finding]]:
    """The tag, its target, and what is in its way; with an error of that kind the group is wanted and left alone.

    `renamed`: by reference, what its tag is called now that somebody has renamed it.
    """
    ref, at = f"@{group.key}", group.group.at
    previous = previous_keys(group)
    names = [ref, *(key.target for key in previous)]
    findings = _in_the_way(group, tags, tag_name(ref, prefix), names)
    findings += _renamed(group, tags, names, renamed or {}, tag_name(ref, prefix))
    resource = Resource(
        key=group_key(ref),
        fields={"name": tag_name(ref, prefix)},
        previous=previous,
        origins=(Origin(layer=Layer.GROUP, owner=group.key, value=group.group.name, at=at),),
        groups=(group.key,),
        label=group_label(group),
        blocked_by=tuple(finding.code for finding in findings),
    )
    target = Target(ref=ref, owns=group.group.owns, reach="device", owner=group.key, groups=(group.key,), at=at)
    return resource, target, findings


def _renamed(
    group: GroupState, tags: Tags, names: Sequence[str], renamed: Mapping[str, str], name: str
) -> list[Finding]:
    """Made anew beside its renamed tag, the group would have two, and the name would be taken when somebody gives it back."""
    other = next((renamed[ref] for ref in names if ref in renamed), None)
    if other is None or any(ref in tags.ours for ref in names):
        return []
    values = {"group": group.key, "tag": name, "other": other}
    place = group.group.at.child("id")
    return [Finding(code="ZENTRAL-TAG-RENAMED", severity=Severity.ERROR, place=place, subject=group.key, values=values)]


def _in_the_way(group: GroupState, tags: Tags, name: str, own: Iterable[str]) -> list[Finding]:
    """A tag of another taxonomy under our name, or one that differs in capitals or signs alone: the server has room for one."""
    other = tags.in_the_way(name, own)
    if other is None or (other.id in tags.refs and other.name != name):
        return [] if other is None else [_alike(group, name, other.name)]
    code = "ZENTRAL-TAG-TAKEN" if other.name == name else "ZENTRAL-TAG-ALIKE"
    values = {"group": group.key, "tag": name, "other": other.name}
    place = group.group.at.child("id")
    return [Finding(code=code, severity=Severity.ERROR, place=place, subject=group.key, values=values)]


def _alike(group: GroupState, name: str, other: str) -> Finding:
    values = {"group": group.key, "tag": name, "other": other}
    place = group.group.at.child("id")
    return Finding(code="ZENTRAL-TAG-ALIKE", severity=Severity.ERROR, place=place, subject=group.key, values=values)


def alike_in_files(groups: Iterable[GroupState], prefix: str) -> list[Finding]:
    """Two groups of the files whose tags the server can't hold beside each other: `a/b-c` and `ab/-c` have one slug."""
    first: dict[str, GroupState] = {}
    found: list[Finding] = []
    for group in groups:
        name = tag_name(f"@{group.key}", prefix)
        known = first.setdefault(slug(name), group)
        if known is not group:
            found.append(_alike(group, name, tag_name(f"@{known.key}", prefix)))
    return found


def previous_keys(group: GroupState) -> tuple[Key, ...]:
    """Every name that the group has had, also under its school's former ids."""
    schools = (group.school.id, *group.school.previously)
    names = (group.group.id, *group.group.previously)
    every = [name if "/" in name else f"{school}/{name}" for school in schools for name in names]
    return tuple(group_key(f"@{key}") for key in dict.fromkeys(every) if key != group.key)


def used_elsewhere(
    links: Iterable[Link], versions: Iterable[Scope], *, blueprint: int | None, ours: Collection[str]
) -> dict[int, frozenset[str]]:
    """By tag, what else it says something in: `excludes`, `includes`, or both. `ours`: artifacts whose links we write.

    Deleting it would give what it excludes from to the devices that it excluded, without a word (reference, 5).
    """
    found: dict[int, set[str]] = {}
    for link in links:
        written = link.blueprint == blueprint and link.artifact in ours
        _note_uses(found, link.scope.excluded, () if written else link.scope.shards)
    for scope in versions:
        _note_uses(found, scope.excluded, scope.shards)
    return {tag: frozenset(said) for tag, said in found.items()}


def _note_uses(found: dict[int, set[str]], excludes: Iterable[int], includes: Iterable[int]) -> None:
    for what, tags in (("excludes", excludes), ("includes", includes)):
        for tag in tags:
            found.setdefault(tag, set()).add(what)


def leftover_in_use(tags: Tags, wanted: Collection[str], uses: Mapping[int, Collection[str]]) -> list[Finding]:
    """Tags that nobody wants any more, and that somebody else uses: not deleted until that use has gone. `wanted`: references."""
    return [
        Finding(
            code="ZENTRAL-TAG-EXCLUDES" if "excludes" in uses[tag.id] else "ZENTRAL-TAG-IN-USE",
            severity=Severity.ERROR,
            place=None,
            subject=str(group_key(ref)),
            values={"group": ref[1:], "tag": tag.name},
        )
        for ref, tag in sorted(tags.ours.items())
        if ref not in wanted and uses.get(tag.id)
    ]
