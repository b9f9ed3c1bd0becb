"""A group's settings and raw keys as profiles of its own, one for each payload type. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.adapters.zentral.names import LONGEST, group_key, profile_name
from reconciler.apple.checking import Problem, check_payload
from reconciler.apple.published import Published
from reconciler.model.desired import EffectiveRaw, EffectiveSetting, GroupState, Origin
from reconciler.model.documents import INHERIT
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json, Pointer
from reconciler.model.resource import Behind, Key, Resource
from reconciler.model.system import settings_system
from reconciler.planning.canonical import canonical
from reconciler.planning.changes import GRAVITY
from reconciler.settings.table import FieldMapping, SettingsTable
from reconciler.settings.wire import to_wire

KIND = "zentral"
SYSTEM = settings_system(KIND)


@dataclass(slots=True, kw_only=True)
class Draft:
    """One payload while its keys are gathered. `at`: the line behind each key."""

    fields: dict[str, Json] = field(default_factory=dict)
    compare: dict[str, str] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    disruption: str = "none"
    behind: dict[str, Behind] = field(default_factory=dict)
    at: dict[str, Pointer] = field(default_factory=dict)
    errors: list[Finding] = field(default_factory=list)


def lower_settings(
    group: GroupState, prefix: str, table: SettingsTable, published: Published, findings: list[Finding]
) -> list[Resource]:
    """The profiles of one group. What is to be inherited is left out: a group here has nothing above it."""
    drafts: dict[str, Draft] = {}
    for wish in group.on_devices.settings.values():
        if wish.value != INHERIT:
            _add_setting(drafts, wish, group, table)
    for raw in group.on_devices.raw.values():
        if raw.system == SYSTEM:
            _add_raw(drafts, raw, group)
    for payload, draft in drafts.items():
        draft.errors += _refused(payload, draft, group, published)
        findings += draft.errors
    return [_resource(payload, draft, group, prefix) for payload, draft in drafts.items()]


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


def _add_raw(drafts: dict[str, Draft], raw: EffectiveRaw, group: GroupState) -> None:
    draft = drafts.setdefault(raw.schema, Draft())
    for name, value in raw.fields.items():
        if name in draft.fields and canonical(draft.fields[name]) != canonical(value):
            place = raw.origins[0].at.child("fields", name)
            values = {"key": name, "payload": raw.schema}
            draft.errors.append(_error("ZENTRAL-KEY-TWICE", place, group, values))
        draft.fields[name] = value
    _note(draft, raw.origins, "none", "", raw.fields)
    draft.at |= {name: raw.origins[0].at.child("fields", name) for name in raw.fields}


def _note(draft: Draft, origins: Sequence[Origin], disruption: str, owner: str, fields: Iterable[str] = ()) -> None:
    draft.origins += [origin for origin in origins if origin not in draft.origins]
    if owner and owner not in draft.owners:
        draft.owners.append(owner)
    draft.disruption = max(draft.disruption, disruption, key=GRAVITY.index)
    for name in fields:
        draft.behind[name] = Behind(origins=tuple(origins), disruption=disruption)
        if origins:
            draft.at[name] = origins[0].at


def _refused(payload: str, draft: Draft, group: GroupState, published: Published) -> list[Finding]:
    """What Apple's published keys say against it: a device would drop such a key without a word."""
    problems = check_payload(payload, draft.fields, platform=group.group.platform, published=published)
    return [_problem(one, draft, group) for one in problems]


def _problem(problem: Problem, draft: Draft, group: GroupState) -> Finding:
    first = draft.origins[0].at if draft.origins else group.group.at
    values = {**problem.values, "payload": problem.payload, "key": problem.key}
    return _error(problem.code, draft.at.get(problem.top, first), group, values)


def _error(code: str, place: Pointer, group: GroupState, values: dict[str, str]) -> Finding:
    """Its subject holds nothing: the payload is held by its own error, and the rest of the group goes on."""
    return Finding(code=code, severity=Severity.ERROR, place=place, subject=f"payload:{group.key}", values=values)


def _resource(payload: str, draft: Draft, group: GroupState, prefix: str) -> Resource:
    ref = f"@{group.key}"
    name = profile_name(ref, payload, prefix)
    too_long = ("ZENTRAL-NAME-TOO-LONG",) if len(name) > LONGEST else ()
    return Resource(
        key=Key(kind="setting", target=ref, part=payload),
        fields={**draft.fields, "name": name, "platform": group.group.platform},
        compare=draft.compare,
        depends_on=(group_key(ref),),
        facts={"platform": group.group.platform},
        origins=tuple(draft.origins),
        groups=(group.key,),
        disruption=draft.disruption,
        behind=draft.behind,
        label=", ".join(draft.owners) or payload,
        whole=True,
        blocked_by=(*(finding.code for finding in draft.errors), *too_long),
    )
