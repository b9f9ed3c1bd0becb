"""A group's settings and raw keys as policies of its own, one for each family. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.adapters.intune.families import policy_name
from reconciler.model.desired import EffectiveRaw, EffectiveSetting, GroupState, Origin
from reconciler.model.documents import INHERIT
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json
from reconciler.model.resource import Behind, Key, Resource
from reconciler.planning.canonical import canonical
from reconciler.planning.changes import GRAVITY
from reconciler.settings.table import FieldMapping, SettingsTable
from reconciler.settings.wire import to_wire

SYSTEM = "intune"


@dataclass(slots=True, kw_only=True)
class Draft:
    """One policy while its fields are gathered."""

    fields: dict[str, Json] = field(default_factory=dict)
    compare: dict[str, str] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    disruption: str = "none"
    behind: dict[str, Behind] = field(default_factory=dict)
    conflicts: list[Finding] = field(default_factory=list)


def lower_settings(group: GroupState, name: str, table: SettingsTable, findings: list[Finding]) -> list[Resource]:
    """The policies of one group. What is to be inherited is left out: on a group of ours there is nothing to inherit."""
    drafts: dict[str, Draft] = {}
    for wish in group.on_devices.settings.values():
        if wish.value != INHERIT:
            _add_setting(drafts, wish, group, table)
    for raw in group.on_devices.raw.values():
        if raw.system == SYSTEM:
            _add_raw(drafts, raw)
    ref = f"@{group.key}"
    findings += [finding for draft in drafts.values() for finding in draft.conflicts]
    return [_resource(ref, family, draft, name, group) for family, draft in drafts.items()]


def _add_setting(drafts: dict[str, Draft], wish: EffectiveSetting, group: GroupState, table: SettingsTable) -> None:
    setting, platform = table[wish.setting], group.group.platform
    mappings = setting.fields_for(SYSTEM, "device", platform=platform)
    if not mappings:
        return  # said by the compiler: the platform lacks it
    wire = to_wire(setting, wish.value, system=SYSTEM, platform=platform, reach="device")
    for mapping in mappings:
        if mapping.field in wire.get(mapping.schema, {}):
            draft = drafts.setdefault(mapping.schema, Draft())
            _put(draft, mapping, wire[mapping.schema][mapping.field])
            _note(draft, wish.origins, setting.disruptive, wish.setting, [mapping.field])


def _put(draft: Draft, mapping: FieldMapping, value: Json) -> None:
    draft.fields[mapping.field] = value
    if mapping.compare not in ("exact", "ordered"):
        draft.compare[mapping.field] = mapping.compare


def _add_raw(drafts: dict[str, Draft], raw: EffectiveRaw) -> None:
    draft = drafts.setdefault(raw.schema, Draft())
    for name, value in raw.fields.items():
        if name in draft.fields and canonical(draft.fields[name]) != canonical(value):
            draft.conflicts.append(_conflict(raw, name))
        draft.fields[name] = value
    _note(draft, raw.origins, "none", "", raw.fields)


def _conflict(raw: EffectiveRaw, name: str) -> Finding:
    """The compiler refuses raw lines that a setting already writes; here two raw lines, or two settings on one key, meet."""
    place = raw.origins[0].at.child("fields", name)
    return Finding(code="INTUNE-FIELD-TWICE", severity=Severity.ERROR, place=place, subject=raw.origins[0].owner)


def _note(draft: Draft, origins: Sequence[Origin], disruption: str, owner: str, fields: Iterable[str] = ()) -> None:
    draft.origins += [origin for origin in origins if origin not in draft.origins]
    if owner and owner not in draft.owners:
        draft.owners.append(owner)
    draft.disruption = max(draft.disruption, disruption, key=GRAVITY.index)
    draft.behind |= {name: Behind(origins=tuple(origins), disruption=disruption) for name in fields}


def _resource(ref: str, family: str, draft: Draft, name: str, group: GroupState) -> Resource:
    return Resource(
        key=Key(kind="setting", target=ref, part=family),
        fields={**draft.fields, "name": policy_name(name, family)},
        compare=draft.compare,
        depends_on=(Key(kind="group", target=ref),),
        origins=tuple(draft.origins),
        groups=(group.key,),
        disruption=draft.disruption,
        behind=draft.behind,
        label=", ".join(draft.owners) or family,
        whole=True,
        blocked_by=tuple(finding.code for finding in draft.conflicts),
    )
