"""What may not happen between two revisions, whatever each of them says alone. Pure; for `--base`.

Marks on live objects carry the organisation's uid and our ids. Whoever changes one without saying so turns a change of
name into a deletion; whoever drops a line on a target that isn't ours whole leaves its value there for good.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.compile.entries import Entry, entry_at, gives_back
from reconciler.compile.fitting import WishKey
from reconciler.compile.ledger import Ledger, spell_place
from reconciler.model.desired import DesiredState, Effective, EffectiveApp, EffectiveSetting
from reconciler.model.documents import App, Documents, Group, School, UserTargets, Wishes
from reconciler.model.finding import Finding
from reconciler.model.place import Pointer


def check_transitions(
    base: Documents, head: Documents, base_state: DesiredState, head_state: DesiredState
) -> tuple[Finding, ...]:
    """Errors of the step from `base` to `head`, sorted; both states are compiled for the same day."""
    ledger = Ledger(as_of=head_state.as_of)
    before, after = base.organisation.uid, head.organisation.uid
    if before != after:
        ledger.report("UID-CHANGED", head.organisation.at.child("uid"), "", before=before, after=after)
    _check_names(base, head, ledger)
    _check_apps(base, head, ledger)
    _check_listed(base_state, head_state, head, ledger)
    return ledger.sorted_findings()


# --- names --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A school, group or app by its full name. `signs` tell whether a new one is the same thing as one that is gone."""

    key: str
    id: str
    previously: tuple[str, ...]
    signs: frozenset[str]
    at: Pointer


def _check_names(base: Documents, head: Documents, ledger: Ledger) -> None:
    schools = _follow([_school(one) for one in base.schools], [_school(one) for one in head.schools], ledger)
    _follow([_app(one) for one in base.apps], [_app(one) for one in head.apps], ledger)
    new = {one.id: one for one in head.schools}
    for school in base.schools:
        now = new.get(schools.get(school.id, ""))
        if now is not None:
            old_groups = [_group(now, one) for one in school.groups]
            _follow(old_groups, [_group(now, one) for one in now.groups], ledger)


def _follow(before: Iterable[Named], after: Iterable[Named], ledger: Ledger) -> dict[str, str]:
    """Where every old id went (ids that are gone are left out). Reports renames that don't say so, and names that were lost."""
    was = {one.id: one for one in before}
    now = {one.id: one for one in after}
    renamed = {old: one.id for one in now.values() for old in one.previously if old not in now}
    went = {old: old if old in now else renamed[old] for old in was if old in now or old in renamed}
    fresh = [one for key, one in sorted(now.items()) if key not in was and not set(one.previously) & was.keys()]
    for old, one in sorted(was.items()):
        if old in went:
            _check_previously(one, now[went[old]], ledger)
            continue
        same = next((new for new in fresh if new.signs & one.signs), None)
        if same is not None:
            ledger.report("ID-CHANGED", same.at, same.key, before=one.key, after=same.key, old=one.id)
    return went


def _check_previously(before: Named, after: Named, ledger: Ledger) -> None:
    for old in before.previously:
        if old not in after.previously and old != after.id:
            ledger.report("PREVIOUSLY-REMOVED", after.at, after.key, name=after.key, old=old)


def _school(school: School) -> Named:
    codes = {f"code {unit.code}" for unit in school.units if unit.code}
    signs = frozenset({f"name {school.name}", *codes})
    return Named(school.id, school.id, school.previously, signs, school.at)


def _group(school: School, group: Group) -> Named:
    signs = {f"name {group.name}"}
    if group.devices is not None:
        signs |= {f"serial {serial}" for serial in group.devices.serials}
        if group.devices.match:
            signs.add(f"match {sorted(group.devices.match.items())}")
    if group.users is not None:
        signs |= {f"users {target}" for target in _refs(group.users)}
    return Named(f"{school.id}/{group.id}", group.id, group.previously, frozenset(signs), group.at)


def _app(app: App) -> Named:
    signs = frozenset(f"{one.platform} {one.kind} {one.id}" for one in app.identities)
    return Named(f"app:{app.id}", app.id, app.previously, signs, app.at)


# --- catalogue ----------------------------------------------------------------------------------------------------


def _check_apps(base: Documents, head: Documents, ledger: Ledger) -> None:
    known = {name for app in head.apps for name in (app.id, *app.previously)}
    used = {**_used_apps(base), **_used_apps(head)}
    for app in base.apps:
        line = next((used[name] for name in (app.id, *app.previously) if name in used), None)
        if app.id not in known and line is not None:
            # The entry is gone, so its old file is the nearest place that the head revision has.
            ledger.report(
                "APP-DELETED-IN-USE",
                Pointer(file=app.at.file),
                f"app:{app.id}",
                wish=app.id,
                used_at=spell_place(line),
            )


def _used_apps(documents: Documents) -> dict[str, Pointer]:
    return {line.app: line.at for wishes in _all_wishes(documents) for line in wishes.apps}


def _all_wishes(documents: Documents) -> Iterator[Wishes]:
    yield from (baseline.wishes for baseline in documents.baselines)
    for school in documents.schools:
        yield from school.layers.values()
        yield from (group.wishes for group in school.groups)


# --- targets that aren't ours whole -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    """What a revision writes at one target. `at` is the line that states the target."""

    owner: str
    owns: str
    at: Pointer
    said: Effective


def _check_listed(base: DesiredState, head: DesiredState, documents: Documents, ledger: Ledger) -> None:
    renamed = {
        (old if "/" in old else f"{old_school}/{old}"): f"{school.id}/{group.id}"
        for school in documents.schools
        for group in school.groups
        for old_school in (*school.previously, school.id)
        for old in (*group.previously, group.id)
    }
    now = _written(head, {})
    for target, was in sorted(_written(base, renamed).items()):
        if was.owns != "listed":
            continue
        there = now.get(target)
        if there is not None and there.owns == "all":
            continue
        if there is None and target[2].startswith("@"):
            continue  # a place of ours that goes away takes its values with it
        for key, entry in _entries(was.said):
            if not gives_back(entry) and (there is None or entry_at(there.said, key) is None):
                _report_dropped(target[2], was, there, key, entry, documents, ledger)


def _written(state: DesiredState, renamed: Mapping[str, str]) -> dict[tuple[str, str, str], Written]:
    """Backend, platform and target reference -> what is written there."""
    found: dict[tuple[str, str, str], Written] = {}
    for key, one in state.groups.items():
        place = f"@{renamed.get(key, key)}"
        found[one.backend, one.group.platform, place] = Written(one.key, one.group.owns, one.group.at, one.on_devices)
    for layer in state.user_layers:
        for ref in _refs(layer.targets):
            found[layer.backend, layer.platform, ref] = Written(
                layer.owner, layer.targets.owns, layer.targets.at, layer.wishes
            )
    return found


def _refs(targets: UserTargets) -> list[str]:
    return [*(f"ou:{path}" for path in targets.org_units), *(f"group:{name}" for name in targets.directory_groups)]


def _entries(effective: Effective) -> Iterator[tuple[WishKey, Entry]]:
    yield from ((("setting", key), one) for key, one in sorted(effective.settings.items()))
    yield from ((("app", *key), one) for key, one in sorted(effective.apps.items()))
    yield from ((("raw", *key), one) for key, one in sorted(effective.raw.items()))


def _report_dropped(
    target: str,
    was: Written,
    there: Written | None,
    key: WishKey,
    entry: Entry,
    documents: Documents,
    ledger: Ledger,
) -> None:
    ledger.report(
        "LISTED-LINE-DROPPED",
        there.at if there is not None else _owner_line(was.owner, documents),
        there.owner if there is not None else was.owner,
        wish=key[2] if key[0] == "raw" else key[1],
        target=target.removeprefix("ou:").removeprefix("group:"),
        replacement=_replacement(entry),
        was_at=spell_place(entry.origins[0].at),
    )


def _owner_line(owner: str, documents: Documents) -> Pointer:
    """The line in the new revision that is nearest to a target that nobody states any more."""
    school_id, _, group_id = owner.partition("/")
    for school in documents.schools:
        if school_id in (school.id, *school.previously):
            group = next((one for one in school.groups if group_id in (one.id, *one.previously)), None)
            return group.at if group is not None else school.at
    return documents.organisation.at


def _replacement(entry: Entry) -> str:
    """What to write instead, as in the file."""
    if isinstance(entry, EffectiveSetting):
        return f"`{entry.setting}: inherit`"
    if isinstance(entry, EffectiveApp):
        return f"`inherit: [{entry.app}]`"
    return "`owns: all`"
