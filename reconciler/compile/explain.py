"""Which lines made it so: for a group, a school, an app, a setting, one setting of one group, a device. Pure data.

A text is made of it elsewhere. Every line has its pointer, also the ones that had no say and the ones that wait.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from reconciler.compile.baselines import layer_of, matches
from reconciler.compile.dates import always
from reconciler.compile.entries import Entry, entry_at
from reconciler.compile.fitting import NOWHERE, Reaches, Site, WishKey, setting_reaches
from reconciler.compile.layering import canonical
from reconciler.compile.rings import ring_of, route_of
from reconciler.compile.targets import USER
from reconciler.model.desired import (
    DesiredState,
    Effective,
    EffectiveApp,
    EffectiveSetting,
    GroupState,
    Layer,
    Origin,
    SkippedWish,
)
from reconciler.model.documents import Documents, Wishes
from reconciler.model.place import Json, Pointer
from reconciler.settings.table import SettingsTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedLine:
    """One line about a wish. `verdict`: decides, agrees, adds, overruled, refused, exception, waits (its date is not here)."""

    layer: Layer
    owner: str
    value: Json
    at: Pointer
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedWish:
    """`name` is the setting's or app's id or a raw schema, `value` what holds (an app's mode, a raw line's fields).

    `written_at`: `@school/group` for the devices' own place, and the owners of the user layers that mention it.
    """

    kind: str
    name: str
    session: str
    value: Json
    reaches: Reaches
    written_at: tuple[str, ...]
    lines: tuple[ExplainedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedGroup:
    """A group's wishes, widest layer decided; `route` is the line that led it to its backend."""

    key: str
    at: Pointer
    backend: str
    route: Pointer | None
    ring: str | None
    parent: str | None
    wishes: tuple[ExplainedWish, ...]
    skipped: tuple[SkippedWish, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`kind`: group, school, app, setting, or unknown (then `near` has keys that are close). `at`: the thing's own line.

    Where only what stands after the `#` is unknown, `at` is the line of the group or school before it.
    """

    key: str
    kind: str
    at: Pointer | None = None
    groups: tuple[ExplainedGroup, ...] = ()
    near: tuple[str, ...] = ()


def explain(documents: Documents, state: DesiredState, table: SettingsTable, key: str) -> Explanation:
    """`key`: `school/group`, `school`, either with `#` and a setting's or app's id, or such an id alone."""
    where, _, asked = key.partition("#")
    wish = _app_id(documents, asked)
    if where in state.groups:
        return _explained(documents, state, table, key, "group", state.groups[where].group.at, (where,), wish)
    for school in documents.schools:
        if school.id == where:
            groups = tuple(f"{school.id}/{group.id}" for group in school.groups)
            return _explained(documents, state, table, key, "school", school.at, groups, wish)
    for app in documents.apps:
        if key in (app.id, *app.previously):
            return _explained(documents, state, table, key, "app", app.at, tuple(sorted(state.groups)), app.id)
    if key in table.settings:
        return _explained(documents, state, table, key, "setting", None, tuple(sorted(state.groups)), key)
    return Explanation(key=key, kind="unknown", near=_near(documents, state, table, where))


def _app_id(documents: Documents, name: str) -> str:
    """The id that the app has now; the name itself where it is no app's."""
    return next((app.id for app in documents.apps if name in app.previously), name)


def _near(documents: Documents, state: DesiredState, table: SettingsTable, key: str) -> tuple[str, ...]:
    known = [
        *state.groups,
        *(one.id for one in documents.schools),
        *(one.id for one in documents.apps),
        *table.settings,
    ]
    return tuple(get_close_matches(key, sorted(known), n=3))


def _explained(
    documents: Documents,
    state: DesiredState,
    table: SettingsTable,
    key: str,
    kind: str,
    at: Pointer | None,
    groups: Sequence[str],
    wish: str,
) -> Explanation:
    found = [_explain_group(documents, state, table, state.groups[group], wish) for group in groups]
    if wish and kind in ("group", "school") and not any(one.wishes or one.skipped for one in found):
        # A vendor's own key has no list of its own: it is known where a group has it.
        where, _, asked = key.partition("#")
        known = {*table.settings, *(app.id for app in documents.apps)}
        if wish not in known:
            near = get_close_matches(asked, sorted(known), n=3)
            return Explanation(key=key, kind="unknown", at=at, near=tuple(f"{where}#{one}" for one in near))
    if kind in ("app", "setting"):
        found = [one for one in found if one.wishes or one.skipped]
    return Explanation(key=key, kind=kind, at=at, groups=tuple(found))


def _explain_group(
    documents: Documents, state: DesiredState, table: SettingsTable, one: GroupState, wish: str
) -> ExplainedGroup:
    waiting = _waiting(documents, state, one)
    refused = {finding.place for finding in state.findings if finding.code in _REFUSALS}
    wishes = [
        _explain_wish(state, table, one, key, entry, waiting.pop(key, []), refused)
        for key, entry in _entries(one.effective)
        if wish in ("", key[1])
    ]
    wishes += [
        ExplainedWish(
            kind=key[0],
            name=key[1],
            session=key[2] if key[0] == "app" else "",
            value=None,
            reaches=NOWHERE,
            written_at=(),
            lines=tuple(lines),
        )
        for key, lines in sorted(waiting.items())
        if wish in ("", key[1])
    ]
    route = route_of(documents.organisation, one.school, one.group)
    return ExplainedGroup(
        key=one.key,
        at=one.group.at,
        backend=one.backend,
        route=route.at if route else None,
        ring=ring_of(documents.organisation, one.school, one.group),
        parent=one.parent,
        wishes=tuple(sorted(wishes, key=lambda found: (found.kind, found.name, found.session))),
        skipped=tuple(skip for skip in state.skipped if skip.group == one.key and wish in ("", skip.wish)),
    )


_REFUSALS = ("SETTING-LOOSENED", "SETTING-INCOMPARABLE", "SETTING-FIXED", "APP-LOOSENED", "RAW-CHANGED")


def _entries(effective: Effective) -> Iterable[tuple[WishKey, Entry]]:
    yield from ((("setting", key), one) for key, one in effective.settings.items())
    yield from ((("app", *key), one) for key, one in effective.apps.items())
    # Keyed by schema first, so that every key has its shown name in the same place.
    yield from ((("raw", line.schema, line.system, line.reach), line) for line in effective.raw.values())


def _explain_wish(
    state: DesiredState,
    table: SettingsTable,
    one: GroupState,
    key: WishKey,
    entry: Entry,
    waiting: Sequence[ExplainedLine],
    refused: Collection[object],
) -> ExplainedWish:
    value = _value(entry)
    lines = [_line(origin, n, value, refused) for n, origin in enumerate(entry.origins)]
    return ExplainedWish(
        kind=key[0],
        name=key[1],
        session=entry.session if isinstance(entry, EffectiveApp) else "",
        value=value,
        reaches=_reaches(table, one, entry),
        written_at=_written_at(state, one, key),
        lines=(*lines, *waiting),
    )


def _value(entry: Entry) -> Json:
    if isinstance(entry, EffectiveSetting):
        return entry.value
    return entry.mode if isinstance(entry, EffectiveApp) else entry.fields


def _reaches(table: SettingsTable, one: GroupState, entry: Entry) -> Reaches:
    if isinstance(entry, EffectiveSetting):
        there = setting_reaches(table, entry.setting, one.group.platform)
        return tuple(reach for reach in there if reach == USER or reach in one.reaches)
    return _app_reaches(table, one, entry) if isinstance(entry, EffectiveApp) else (entry.reach,)


def _app_reaches(table: SettingsTable, one: GroupState, app: EffectiveApp) -> Reaches:
    """Where an app so wished for goes on the platform: to the users on one system, to the devices on another."""
    wanted = (one.group.platform, app.mode, app.session)
    ways = (way for way in table.installs if (way.platform, way.mode, way.holder) == wanted)
    return tuple(dict.fromkeys(way.reach for way in ways)) or (app.session,)


def _line(origin: Origin, position: int, value: Json, refused: Collection[object]) -> ExplainedLine:
    return ExplainedLine(
        layer=origin.layer,
        owner=origin.owner,
        value=origin.value,
        at=origin.at,
        verdict=_verdict(origin, position, value, refused),
    )


def _verdict(origin: Origin, position: int, value: Json, refused: Collection[object]) -> str:
    if origin.layer is Layer.EXCEPTION:
        return "exception"
    if origin.at in refused:
        return "refused"
    if position == 0:
        return "decides"
    if canonical(origin.value) == canonical(value):
        return "agrees"
    if isinstance(origin.value, list | tuple) and isinstance(value, list | tuple):
        return "adds" if {*map(canonical, origin.value)} <= {*map(canonical, value)} else "overruled"
    return "overruled"


def _written_at(state: DesiredState, one: GroupState, key: WishKey) -> tuple[str, ...]:
    key = ("raw", key[2], key[1], key[3]) if key[0] == "raw" else key
    places = [f"@{one.key}"] if entry_at(one.on_devices, key) is not None else []
    places += [
        layer.owner
        for layer in state.user_layers
        if one.key in layer.groups and layer.backend == one.backend and entry_at(layer.wishes, key) is not None
    ]
    return tuple(places)


def _waiting(documents: Documents, state: DesiredState, one: GroupState) -> dict[WishKey, list[ExplainedLine]]:
    """Dated lines that are about this group and don't hold today: not yet, no longer, or not for its ring."""
    said = {origin.at for _, entry in _entries(one.effective) for origin in entry.origins}
    found: dict[WishKey, list[ExplainedLine]] = {}
    for layer, owner, wishes in _sources(documents, state, one):
        for key, value, at in _dated(wishes):
            if at not in said:
                line = ExplainedLine(layer=layer, owner=owner, value=value, at=at, verdict="waits")
                found.setdefault(key, []).append(line)
    return found


def _dated(wishes: Wishes) -> Iterable[tuple[WishKey, Json, Pointer]]:
    for app in wishes.apps:
        if not always(app.span):
            yield ("app", app.app, app.session), app.mode, app.at
    for setting in wishes.settings:
        for dated in setting.values:
            if not always(dated.span):
                yield ("setting", setting.setting), dated.value, dated.at if len(setting.values) > 1 else setting.at


def _sources(documents: Documents, state: DesiredState, one: GroupState) -> Iterable[tuple[Layer, str, Wishes]]:
    site = Site(one.group.school_forms, one.group.audience, one.group.platform, None, "")
    for baseline in documents.baselines:
        if matches(baseline.applies_to, site):
            yield layer_of(baseline), baseline.id, baseline.wishes
    if one.group.audience in one.school.layers:
        yield Layer.SCHOOL, one.school.id, one.school.layers[one.group.audience]
    seen: set[str] = set()
    key: str | None = one.key
    while key is not None and key in state.groups and key not in seen:
        seen.add(key)
        group = state.groups[key]
        yield Layer.WITHIN if group.parent else Layer.GROUP, key, group.group.wishes
        key = group.parent
