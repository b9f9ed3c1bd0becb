"""Which live place is which wanted group: by mark, by the mark it had before a rename, else by name, to be adopted.

A live place's key is its target reference: `@school/group` where it carries our organisation's mark, `ou:/Path` (or
another stable name) otherwise. The fields of a group are its `name`, its `mark`, and its `parent` where places nest.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.resource import Live, Lowered, Resource, Snapshot, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """`live` by wanted reference. `aliases` are live references that mean a wanted one: of a rename, of an adoption.

    `leftover` are ours that nobody wants any more. `blocked` are references that nothing may be done to.
    """

    live: Mapping[str, Live]
    aliases: Mapping[str, str]
    leftover: tuple[Live, ...]
    blocked: frozenset[str]
    findings: tuple[Finding, ...] = ()

    def wanted_ref(self, ref: str) -> str:
        return self.aliases.get(ref, ref)


@dataclass(slots=True)
class _Index:
    """Live places while they are being handed out."""

    org: str
    ours: dict[str, list[Live]]
    foreign: list[Live]
    unmarked: list[Live]
    by_path: dict[str, list[Live]]
    by_name: dict[str, list[Live]]
    taken: dict[str, Live] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def is_ours(ref: str) -> bool:
    """Whether a reference names a place of ours."""
    return ref.startswith("@")


def join_groups(resources: Iterable[Resource], live: Iterable[Live], org: str) -> Join:
    """Join wanted groups with live places. `org` is the organisation's uid; both sides hold resources of kind `group`."""
    wanted = parents_first([resource for resource in resources if resource.key.kind == "group"])
    index = _index(live, org)
    refs = {resource.key.target for resource in wanted}
    for resource in wanted:
        _join(index, resource, refs)
    leftover = _leftover(index, refs)
    return Join(
        live=index.taken,
        aliases=index.aliases,
        leftover=leftover,
        blocked=frozenset(index.blocked),
        findings=tuple(index.findings),
    )


def readable_targets(lowered: Lowered, structure: Snapshot, org: str) -> tuple[Target, ...]:
    """The targets to observe, each under the reference that it has live: a renamed place still bears its old mark.

    Places that are still to be made, and those that nothing may be done to, are left out. Our root is there also where
    it is no place but the whole system, with nothing to be made.
    """
    join = join_groups(lowered.resources, _groups(structure), org)
    live_refs = {ref: live.key.target for ref, live in join.live.items()}
    places = {resource.key.target for resource in lowered.resources if resource.key.kind == "group"}
    return tuple(
        _renamed(target, live_refs.get(target.ref, target.ref))
        for target in lowered.targets
        if target.ref in live_refs or target.ref not in places
    )


def parents_first(groups: Sequence[Resource]) -> list[Resource]:
    """Groups with every parent before its children, in order of reference among equals."""
    by_ref = {group.key.target: group for group in groups}
    return sorted(groups, key=lambda group: (_depth(group, by_ref), group.key))


def parent_of(fields: Mapping[str, object] | None) -> str:
    """The reference of the place above, empty where there is none."""
    parent = (fields or {}).get("parent")
    return parent if isinstance(parent, str) else ""


def _groups(structure: Snapshot) -> list[Live]:
    return [live for live in structure.resources if live.key.kind == "group"]


def _renamed(target: Target, ref: str) -> Target:
    if ref == target.ref:
        return target
    return replace(target, ref=ref)


def _depth(group: Resource, by_ref: Mapping[str, Resource]) -> int:
    depth, seen = 0, {group.key.target}
    above = by_ref.get(parent_of(group.fields))
    while above and above.key.target not in seen:
        seen.add(above.key.target)
        depth, above = depth + 1, by_ref.get(parent_of(above.fields))
    return depth


def _index(live: Iterable[Live], org: str) -> _Index:
    index = _Index(org=org, ours={}, foreign=[], unmarked=[], by_path={}, by_name={})
    for item in sorted(live, key=lambda item: (item.key, item.vendor_id)):
        if item.mark and item.mark.org != org:
            index.foreign.append(item)
        elif is_ours(item.key.target):
            index.ours.setdefault(item.key.target, []).append(item)
        elif item.mark is None:
            index.unmarked.append(item)
    for item in (*index.foreign, *index.unmarked):
        index.by_path.setdefault(_fold(item.facts.get("path")), []).append(item)
        index.by_name.setdefault(_fold(item.fields.get("name")), []).append(item)
    return index


def _join(index: _Index, resource: Resource, refs: set[str]) -> None:
    ref = resource.key.target
    own = index.ours.get(ref, [])
    # A previous id that somebody else has now is that one's mark, not a trace of this rename.
    previous = [key.target for key in resource.previous if key.target not in refs and index.ours.get(key.target)]
    old = [live for name in previous for live in index.ours[name]]
    if len(own) > 1:
        _refuse(index, resource, "TWO-LIVE-ONE-KEY", [ref, *previous], {"count": str(len(own))})
    elif len(own) + len(old) > 1:
        _refuse(index, resource, "TWO-LIVE-RENAMES", [ref, *previous], {"previous": ", ".join(map(_bare, previous))})
    elif own or old:
        _take(index, ref, (own or old)[0])
    else:
        _adopt(index, resource)


def _adopt(index: _Index, resource: Resource) -> None:
    found = _alike(index, resource)
    if not found:
        return
    if any(live.mark for live in found):
        _refuse(index, resource, "FOREIGN-MARK", [resource.key.target], {})
    elif len(found) > 1:
        _refuse(index, resource, "TWO-LIVE-ONE-NAME", [resource.key.target], {"count": str(len(found))})
    else:
        _take(index, resource.key.target, found[0])


def _alike(index: _Index, resource: Resource) -> list[Live]:
    """Unmarked (or foreign) places that stand where this one should: the same path, or name and parent."""
    taken = {id(live) for live in index.taken.values()}
    path = _fold(resource.facts.get("path"))
    found = index.by_path.get(path, []) if path else []
    parent = parent_of(resource.fields)
    named = [
        live
        for live in index.by_name.get(_fold(resource.fields.get("name")), [])
        if index.aliases.get(parent_of(live.fields), parent_of(live.fields)) == parent
    ]
    return [live for live in (found or named) if id(live) not in taken]


def _take(index: _Index, ref: str, live: Live) -> None:
    index.taken[ref] = live
    if live.key.target != ref:
        index.aliases[live.key.target] = ref


def _refuse(index: _Index, resource: Resource, code: str, refs: Sequence[str], values: Mapping[str, str]) -> None:
    index.blocked.update(refs)
    at = resource.origins[0].at if resource.origins else None
    index.findings.append(_finding(code, resource.key.target, values, at))


def _leftover(index: _Index, refs: set[str]) -> tuple[Live, ...]:
    """Ours that no document names: to be deleted, unless two bear one mark and nobody can tell which is meant."""
    gone: list[Live] = []
    for ref, found in sorted(index.ours.items()):
        if ref in refs or ref in index.blocked or ref in index.aliases:
            continue
        if len(found) > 1:
            index.blocked.add(ref)
            index.findings.append(_finding("TWO-LIVE-ONE-KEY", ref, {"count": str(len(found))}, None))
        else:
            gone += found
    return tuple(gone)


def _finding(code: str, ref: str, values: Mapping[str, str], at: Pointer | None) -> Finding:
    name = _bare(ref)
    return Finding(code=code, severity=Severity.ERROR, place=at, subject=name, values={"group": name, **values})


def target_name(ref: str) -> str:
    """A target as people write it: `school/group`, an org unit's path, a directory group's address."""
    return _bare(ref) if is_ours(ref) else ref.partition(":")[2] or ref


def _bare(ref: str) -> str:
    """`@school/group` as people write it; the root keeps its sign, since an empty subject would mean the whole run."""
    return ref[1:] or "@" if is_ours(ref) else ref


def _fold(text: object) -> str:
    return unicodedata.normalize("NFC", text).casefold() if isinstance(text, str) else ""
