"""A device group as an Entra group of ours: its name, its mark, every name that it has had, and what speaks against it. Pure."""

from reconciler.adapters.intune.groups import LONGEST_NAME, Groups, fold
from reconciler.adapters.mark import mark_key
from reconciler.model.desired import GroupState, Layer, Origin
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Key, Resource, Target


def group_name(group: GroupState) -> str:
    return f"{group.school.name.strip()} – {group.group.name.strip()}"


def lower_group(group: GroupState) -> tuple[Resource, Target]:
    """The group and its target: flat, for Entra's groups lie side by side."""
    ref, name = f"@{group.key}", group_name(group)
    made_by = Origin(layer=Layer.GROUP, owner=group.key, value=group.group.name, at=group.group.at)
    resource = Resource(
        key=Key(kind="group", target=ref),
        fields={"name": name, "mark": mark_key(ref)},
        previous=_previous(group),
        origins=(made_by,),
        groups=(group.key,),
        label=name,
    )
    at = group.group.at
    return resource, Target(ref=ref, owns=group.group.owns, reach="device", owner=group.key, groups=(group.key,), at=at)


def group_findings(group: GroupState, groups: Groups) -> list[Finding]:
    """What of the group can't be, or is easily mistaken."""
    name = group_name(group)
    found: list[Finding] = []
    if len(name) > LONGEST_NAME:
        values = {"name": name, "longest": str(LONGEST_NAME)}
        found.append(_finding("INTUNE-NAME-TOO-LONG", Severity.ERROR, group, "name", values))
    if fold(name) in groups.named:
        found.append(_finding("INTUNE-NAME-TAKEN", Severity.INFO, group, "name", {"name": name}))
    if any(live.members_by_rule for live in groups.ours.get(f"@{group.key}", ())):
        found.append(_finding("INTUNE-GROUP-BY-RULE", Severity.ERROR, group, "id", {"group": group.key}))
    if group.group.owns == "listed":
        found.append(_finding("INTUNE-LISTED-APPS", Severity.INFO, group, "owns", {"group": group.key}))
    return found


def _finding(code: str, severity: Severity, group: GroupState, key: str, values: dict[str, str]) -> Finding:
    return Finding(code=code, severity=severity, place=group.group.at.child(key), subject=group.key, values=values)


def _previous(group: GroupState) -> tuple[Key, ...]:
    """Every name that the group has had, also under its school's former ids."""
    schools = (group.school.id, *group.school.previously)
    names = (group.group.id, *group.group.previously)
    every = [name if "/" in name else f"{school}/{name}" for school in schools for name in names]
    return tuple(Key(kind="group", target=f"@{key}") for key in dict.fromkeys(every) if key != group.key)
