"""Settings, apps and raw keys of one target as policies, checked against what the live tenant knows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.adapters.google.policies import Policy, namespaces, policy_key
from reconciler.adapters.google.schemas import LiveSchemas, spell
from reconciler.model.desired import (
    Effective,
    EffectiveApp,
    EffectiveRaw,
    EffectiveSetting,
    GroupState,
    Origin,
    UserLayer,
)
from reconciler.model.documents import INHERIT, App
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json
from reconciler.model.resource import Behind, Key, Resource
from reconciler.planning.changes import GRAVITY
from reconciler.settings.table import FieldMapping, SettingsTable
from reconciler.settings.wire import to_wire

SYSTEM = "google"
PLATFORM = "chromeos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What wishes are looked up in. `app_ids`: catalogue id → Google's `app_id`, for settings that name an app."""

    table: SettingsTable
    apps: Mapping[str, App]
    schemas: LiveSchemas
    manages: Sequence[str]
    app_ids: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Draft:
    """One policy on one target while its fields are gathered; without fields, nothing but `inherit` is wished for it."""

    policy: Policy
    fields: dict[str, Json] = field(default_factory=dict)
    compare: dict[str, str] = field(default_factory=dict)
    written_only: dict[str, Json] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    conflicts: list[Finding] = field(default_factory=list)
    disruption: str = "none"
    behind: dict[str, Behind] = field(default_factory=dict)
    label: str = ""
    app: str = ""


def lower_wishes(
    wishes: Effective,
    context: Effective,
    ref: str,
    of: GroupState | UserLayer,
    lookup: Lookup,
    findings: list[Finding],
) -> list[Resource]:
    """The policies of one target; `context` is all that holds there, mentioned here or above.

    A schema that a wish mentions is written with every field that holds there: what a partial write leaves in the other
    fields is not documented (inherited, or the vendor's default?).
    """
    reach = "user" if isinstance(of, UserLayer) else "device"
    mentioned = _drafts(wishes, of, reach, lookup)
    whole = _drafts(context, of, reach, lookup) if context is not wishes else mentioned
    resources: list[Resource] = []
    for part, draft in mentioned.items():
        full = whole.get(part, draft)
        problems = _check(draft, full, of, reach, ref, lookup)
        findings += problems
        resources.append(_resource(ref, draft, full, of, lookup, tuple(problem.code for problem in problems)))
    return resources


def _drafts(wishes: Effective, of: GroupState | UserLayer, reach: str, lookup: Lookup) -> dict[str, Draft]:
    drafts: dict[str, Draft] = {}
    reaches = ("user",) if isinstance(of, UserLayer) else sorted(of.reaches)
    platform = of.platform if isinstance(of, UserLayer) else of.group.platform
    for setting in wishes.settings.values():
        for one in reaches:
            _add_setting(drafts, setting, one, lookup)
    for app in wishes.apps.values():
        _add_app(drafts, app, platform, lookup)
    for raw in wishes.raw.values():
        if raw.system == SYSTEM and (raw.reach == "user") == (reach == "user"):
            _add_raw(drafts, raw)
    return drafts


def _add_setting(drafts: dict[str, Draft], wish: EffectiveSetting, reach: str, lookup: Lookup) -> None:
    setting = lookup.table[wish.setting]
    mappings = setting.fields_for(SYSTEM, reach, platform=PLATFORM)
    if wish.value == INHERIT:
        for mapping in mappings:
            _note(_draft(drafts, Policy(schema=mapping.schema)), wish.origins, setting.disruptive, wish.setting)
        return
    if not mappings:
        return
    wire = to_wire(setting, wish.value, system=SYSTEM, platform=PLATFORM, reach=reach, app_ids=lookup.app_ids)
    for mapping in mappings:
        if mapping.field in wire.get(mapping.schema, {}):
            draft = _draft(drafts, Policy(schema=mapping.schema))
            _put(draft, mapping, wire[mapping.schema][mapping.field])
            _note(draft, wish.origins, setting.disruptive, wish.setting, [mapping.field])


def _put(draft: Draft, mapping: FieldMapping, value: Json) -> None:
    if mapping.written_only:
        draft.written_only[mapping.field] = value
        return
    draft.fields[mapping.field] = value
    rule = "number" if mapping.type == "int" else mapping.compare
    if rule not in ("exact", "ordered"):
        draft.compare[mapping.field] = rule


def _add_app(drafts: dict[str, Draft], wish: EffectiveApp, platform: str, lookup: Lookup) -> None:
    app = lookup.apps.get(wish.app)
    for identity in app.identities if app else ():
        kind = identity.kind.replace("-", "_")
        if identity.platform != platform or kind not in lookup.table.app_id_prefixes:
            continue
        app_id = lookup.table.app_id_prefixes[kind] + identity.id
        mode = "required" if wish.mode == INHERIT else wish.mode
        way = lookup.table.install(platform=platform, mode=mode, holder=wish.session, identifier=kind)
        if way is None:
            continue
        draft = _draft(drafts, Policy(schema=way.schema, app_id=app_id))
        _note(draft, wish.origins, "none", "")
        draft.label, draft.app = (app.name if app else ""), wish.app
        if wish.mode != INHERIT:
            draft.fields[way.field] = "FORCED_AND_PIN_TO_TOOLBAR" if wish.pinned and way.wire == "FORCED" else way.wire


def _add_raw(drafts: dict[str, Draft], raw: EffectiveRaw) -> None:
    draft = _draft(drafts, Policy(schema=raw.schema))
    for name, value in raw.fields.items():
        if name in draft.fields and draft.fields[name] != value:
            draft.conflicts.append(_conflict(raw, name, ", ".join(draft.owners)))
        draft.fields[name] = value
        if _has_number(value):
            draft.compare[name] = "number"  # int64 comes back as text (proto3 JSON)
    _note(draft, raw.origins, "none", "", raw.fields)


def _conflict(raw: EffectiveRaw, name: str, owner: str) -> Finding:
    return Finding(
        code="GOOGLE-RAW-AGAINST-SETTING",
        severity=Severity.ERROR,
        place=raw.origins[0].at.child("fields", name),
        subject=raw.origins[0].owner,
        values={"schema": raw.schema, "field": name, "setting": owner},
    )


def _has_number(value: Json) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_number, value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(map(_has_number, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _draft(drafts: dict[str, Draft], policy: Policy) -> Draft:
    return drafts.setdefault(policy.part, Draft(policy=policy))


def _note(draft: Draft, origins: Sequence[Origin], disruption: str, owner: str, fields: Iterable[str] = ()) -> None:
    draft.origins += [origin for origin in origins if origin not in draft.origins]
    if owner:
        draft.owners[owner] = owner
    draft.disruption = max(draft.disruption, disruption, key=GRAVITY.index)
    draft.behind |= {name: Behind(origins=tuple(origins), disruption=disruption) for name in fields}


def _resource(
    ref: str, draft: Draft, full: Draft, of: GroupState | UserLayer, lookup: Lookup, blocked_by: tuple[str, ...]
) -> Resource:
    """`written_only` goes along as a fact; a schema in which everything is `inherit` is wished to be given back."""
    given_back = not draft.fields
    fields = {} if given_back else dict(full.fields)
    schema = lookup.schemas.get(draft.policy.schema)
    facts: dict[str, Json] = {"inherit": True} if given_back else {}
    if draft.app:
        facts["app"] = draft.app
    if full.written_only and not given_back:
        facts["written_only"] = dict(full.written_only)
    return Resource(
        key=policy_key(ref, draft.policy),
        fields={name: spell(schema, name, value) if schema else value for name, value in fields.items()},
        compare={name: rule for name, rule in full.compare.items() if name in fields},
        depends_on=(Key(kind="group", target=ref),) if ref.startswith("@") else (),
        facts=facts,
        origins=tuple(draft.origins),
        groups=of.groups if isinstance(of, UserLayer) else (of.key,),
        disruption=draft.disruption,
        behind=full.behind,
        label=draft.label or ", ".join(draft.owners) or draft.policy.schema,
        blocked_by=blocked_by,
    )


def _check(
    draft: Draft, full: Draft, of: GroupState | UserLayer, reach: str, ref: str, lookup: Lookup
) -> list[Finding]:
    """What the live tenant does not know, what this target can't carry, and what we were told not to manage."""
    at = draft.origins[0].at if draft.origins else None
    subject = str(policy_key(ref, draft.policy))
    schema = lookup.schemas.get(draft.policy.schema)
    name = draft.policy.schema

    def problem(code: str, **values: str) -> Finding:
        return Finding(code=code, severity=Severity.ERROR, place=at, subject=subject, values={"schema": name, **values})

    if full.conflicts:
        return full.conflicts
    manages = (*lookup.manages, *(of.group.manages if isinstance(of, GroupState) else ()))
    if draft.policy.namespace not in namespaces(manages, "user" if reach == "user" else "device"):
        return [problem("GOOGLE-NOT-MANAGED", namespace=draft.policy.namespace)]
    if schema is None:
        return [problem("GOOGLE-SCHEMA-UNKNOWN")]
    if schema.keys and not draft.policy.app_id:
        return [problem("GOOGLE-RAW-NEEDS-KEYS", keys=", ".join(schema.keys))]
    if schema.targets and ref.startswith("group:") and "GROUP" not in schema.targets:
        return [problem("GOOGLE-NOT-FOR-GROUPS", group=ref.removeprefix("group:"))]
    unknown = [field for field in full.fields if schema.fields and field not in schema.fields]
    if unknown:
        return [problem("GOOGLE-FIELD-UNKNOWN", field=unknown[0], known=", ".join(sorted(schema.fields)[:8]))]
    return [
        problem("GOOGLE-VALUE-UNKNOWN", field=field, value=str(value), known=", ".join(schema.fields[field][:8]))
        for field, value in full.fields.items()
        if spell(schema, field, value) is None and value is not None
    ]
