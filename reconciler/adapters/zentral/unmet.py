"""Keys that are on a group's devices and do nothing there: not supervised, or a system too old or too new. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from reconciler.adapters.zentral.artifacts import payload_keys
from reconciler.adapters.zentral.devices import Enrolled
from reconciler.apple.checking import Need, needs_of, unmet_on
from reconciler.apple.published import SYSTEM_OF, Published
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Live

Makeup = Mapping[tuple[str, bool | None], int]
"""Of a group: how many devices there are of each system version, supervised or not."""


def keys_without_effect(
    settings: Iterable[Live], enrolled: Iterable[Enrolled], places: Mapping[str, Collection[str]], published: Published
) -> list[Finding]:
    """A warning for each key and reason, with how many of the group's devices it is. `places`: serial → references of ours."""
    makeups: dict[str, Counter[tuple[str, bool | None]]] = {}
    for one in enrolled:
        for ref in places.get(one.serial, ()) if one.active else ():
            makeups.setdefault(ref, Counter())[one.facts.get("os_version", ""), one.supervised] += 1
    return [
        finding
        for live in settings
        if live.key.target in makeups
        for finding in _of_profile(live, makeups[live.key.target], published)
    ]


def _of_profile(live: Live, makeup: Makeup, published: Published) -> list[Finding]:
    platform, payload = str(live.fields.get("platform", "")), live.key.part
    if platform not in SYSTEM_OF:
        return []
    needs = needs_of(payload, payload_keys(live.fields), platform=platform, published=published)
    counts: Counter[tuple[str, str]] = Counter()
    for (version, supervised), number in makeup.items():
        counts.update(dict.fromkeys(unmet_on(needs, os_version=version, supervised=supervised), number))
    by_key = {need.key: need for need in needs}
    return [_finding(live, code, by_key[key], number) for (key, code), number in sorted(counts.items())]


def _finding(live: Live, code: str, need: Need, number: int) -> Finding:
    group = live.key.target[1:]
    version = need.removed if code == "APPLE-REMOVED-IN-VERSION" else need.introduced
    values = {"key": need.key, "payload": live.key.part, "group": group, "count": str(number), "version": version}
    return Finding(code=code, severity=Severity.WARNING, place=None, subject=group, values=values)
