"""What another pin of shared baselines and catalogues means: which of them are new, gone or otherwise, and in what. Pure.

What groups get by it is told with all other wishes; here is what came, also where it reaches nobody.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from reconciler.model.documents import App, Baseline, Documents, SharedSource
from reconciler.model.place import Json
from reconciler.review.differing import plain, same
from reconciler.review.told import ADDED, CHANGED, REMOVED, Fact, Told


def compare_shared(base: Documents, head: Documents) -> Iterator[Told]:
    old = {one.id: one for one in base.organisation.shared}
    new = {one.id: one for one in head.organisation.shared}
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        facts = (*_source(was, now), *_baselines(name, base, head), *_candidates(name, base, head))
        if was and now and was.hash != now.hash and not facts:
            facts = (Fact(code="SHARED-SAME"),)
        if facts:
            action = CHANGED if was and now else ADDED if now else REMOVED
            yield Told(area="shared", action=action, id=name, name=name, facts=facts)


def _source(was: SharedSource | None, now: SharedSource | None) -> Iterator[Fact]:
    if was and now and was.source != now.source:
        yield Fact(code="SHARED-OTHER-SOURCE", values={"was": _short(was.source), "now": _short(now.source)})
    elif now and not was:
        yield Fact(code="SHARED-SOURCE", values={"source": _short(now.source)})


def _short(source: str) -> str:
    """With as much of a commit's name as people write."""
    address, _, commit = source.partition("@")
    return f"{address} ({commit[:7]})" if commit else source


def _baselines(name: str, base: Documents, head: Documents) -> Iterator[Fact]:
    old, new = ({one.id: one for one in side.baselines if one.shared == name} for side in (base, head))
    for code, known, other in (("SHARED-BASELINES-NEW", new, old), ("SHARED-BASELINES-GONE", old, new)):
        names = [one.name for key, one in known.items() if key not in other]
        if names:
            yield Fact(code=code, values={"names": _listed(names)})
    for key in sorted(old.keys() & new.keys()):
        yield from _baseline(old[key], new[key])


def _baseline(was: Baseline, now: Baseline) -> Iterator[Fact]:
    if not same(plain(was.applies_to), plain(now.applies_to)):
        yield Fact(code="SHARED-WHOM", values={"baseline": now.name})
    kinds: Sequence[tuple[str, str, Callable[[Baseline], Mapping[str, Json]]]] = (
        ("SHARED-SETTINGS", "setting_ids", _settings),
        ("SHARED-APPS", "app_ids", _apps),
        ("SHARED-RAW", "schemas", _raw),
    )
    for code, value, lines in kinds:
        before, after = lines(was), lines(now)
        ids = [one for one in sorted({*before, *after}) if not same(before.get(one), after.get(one))]
        if ids:
            yield Fact(code=code, values={"baseline": now.name, value: ", ".join(ids)})


def _settings(one: Baseline) -> Mapping[str, Json]:
    return {line.setting: plain(line.values) for line in one.wishes.settings}


def _apps(one: Baseline) -> Mapping[str, Json]:
    ids = {line.app for line in one.wishes.apps}
    return {app: plain([line for line in one.wishes.apps if line.app == app]) for app in ids}


def _raw(one: Baseline) -> Mapping[str, Json]:
    return {f"{line.system} {line.schema}": plain(line.fields) for line in one.wishes.raw}


def _candidates(name: str, base: Documents, head: Documents) -> Iterator[Fact]:
    old, new = ({one.id: one for one in side.candidates if _is_of(one, name)} for side in (base, head))
    for code, ids in (
        ("SHARED-CANDIDATES-NEW", [one for one in new if one not in old]),
        ("SHARED-CANDIDATES-GONE", [one for one in old if one not in new]),
        ("SHARED-CANDIDATES-OTHER", [one for one in new if one in old and not same(plain(old[one]), plain(new[one]))]),
    ):
        if ids:
            names = [(new.get(one) or old[one]).name for one in ids]
            yield Fact(code=code, values={"n": str(len(ids)), "names": _listed(names)})


def _is_of(one: App, name: str) -> bool:
    return one.at.file.startswith(f"shared/{name}/")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(names))
