"""Whom a link of ours reaches beside what we write in it: devices that somebody keeps out of it, and others that it was opened to. Pure.

What others have put into our links stays there (excluded tags, bounds of versions), so it has to be said what it does. A device gets
what the link and one version both take in (`_test_filtered_blueprint_item`, mdm/artifacts.py, 2026-08-22).
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reconciler.adapters.zentral.devices import Enrolled
from reconciler.adapters.zentral.links import Link, Scope
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Key

EXCLUDED, VERSION = "ZENTRAL-DEVICES-EXCLUDED", "ZENTRAL-DEVICES-OUT-OF-VERSION"
OPENED = "ZENTRAL-LINK-OPENED"
NARROWED = "ZENTRAL-APP-VERSION-NARROWED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What a group gets by a link: a profile or an app. `versions` are its versions' scopes, of which one has to take a device in."""

    key: Key
    name: str
    tag: int
    link: Link
    versions: Sequence[Scope] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Devices of one blueprint that are in use, where each is by its serial, and who has each of others' tags.

    `tagged` has None for a tag that could not be asked for.
    """

    devices: Sequence[Enrolled]
    places: Mapping[str, Collection[str]]
    tagged: Mapping[int, Collection[str] | None]
    names: Mapping[int, str]


def tags_asked(gifts: Iterable[Gift]) -> set[int]:
    """Tags of which it has to be known who has them."""
    asked: set[int] = set()
    for gift in gifts:
        asked |= gift.link.scope.excluded.union(*(one.excluded for one in gift.versions))
        asked |= gift.link.scope.shards.keys() if gift.link.scope.default else set()
        asked |= set().union(*(one.shards.keys() for one in gift.versions if one.default < one.modulo))
    return asked


def kept_out(gifts: Iterable[Gift], crowd: Crowd) -> list[Finding]:
    """A warning for each gift and reason, with how many of the group's devices don't get it."""
    found: list[Finding] = []
    for gift in gifts:
        inside = [one for one in crowd.devices if gift.key.target in crowd.places.get(one.serial, ())]
        counts = Counter(_reason(gift, one, crowd) for one in inside)
        unknown = any(crowd.tagged.get(tag) is None for tag in _excluding(gift))
        for code in (EXCLUDED, VERSION, NARROWED):
            if counts[code] or (code == EXCLUDED and unknown and inside):
                count = "?" if code == EXCLUDED and unknown else str(counts[code])
                found.append(_finding(code, gift, count=count, why=_why(code, gift, crowd)))
    return found


def opened(gifts: Iterable[Gift], crowd: Crowd) -> dict[Key, int]:
    """By key, how many devices outside the group get it only because somebody has opened the link: they lose it when it is written."""
    return {gift.key: _others(gift, crowd) for gift in gifts if gift.link.scope.default}


def opened_findings(gifts: Iterable[Gift], counts: Mapping[Key, int]) -> list[Finding]:
    return [_finding(OPENED, gift, count=str(counts[gift.key])) for gift in gifts if gift.key in counts]


def _finding(code: str, gift: Gift, **values: str) -> Finding:
    group = gift.key.target[1:]
    said = {"artifact": gift.name, "group": group, **values}
    return Finding(
        code=code, severity=Severity.WARNING, place=None, subject=group or f"artifact:{gift.name}", values=said
    )


def _excluding(gift: Gift) -> frozenset[int]:
    return gift.link.scope.excluded.union(*(one.excluded for one in gift.versions))


def _reason(gift: Gift, one: Enrolled, crowd: Crowd) -> str:
    """Why a device doesn't get it; empty where it does, or where what keeps it out is a difference that a plan mends."""
    link = _against(gift.link.scope, one, crowd)
    if link or not gift.versions:
        return link
    reasons = [_against(scope, one, crowd) or _narrowed(scope, gift.tag, one, crowd) for scope in gift.versions]
    return "" if "" in reasons else reasons[0]


def _narrowed(scope: Scope, tag: int, one: Enrolled, crowd: Crowd) -> str:
    """A version has platforms and shares of its own, which a link can't widen."""
    if one.platform not in scope.platforms:
        return NARROWED
    whole = {of for of, share in scope.shards.items() if share >= scope.modulo}
    inside = tag in whole or any(one.serial in (crowd.tagged.get(of) or ()) for of in whole)
    return "" if scope.default >= scope.modulo or inside else NARROWED


def _against(scope: Scope, one: Enrolled, crowd: Crowd) -> str:
    if any(one.serial in (crowd.tagged.get(tag) or ()) for tag in scope.excluded):
        return EXCLUDED
    least, below = scope.bounds.get(one.platform, ("", ""))
    version = _comparable(one.facts.get("os_version", ""))
    if (least and version < _comparable(least)) or (below and version >= _comparable(below)):
        return VERSION
    return ""


def _comparable(version: str) -> tuple[int, int, int]:
    parts = [int(part) if part.isdecimal() else 0 for part in version.split(".")[:3]]
    first, second, third = (*parts, 0, 0, 0)[:3]
    return first, second, third


def _why(code: str, gift: Gift, crowd: Crowd) -> str:
    if code == EXCLUDED:
        return ", ".join(sorted(crowd.names.get(tag, f"#{tag}") for tag in _excluding(gift)))
    ends = {ends for scope in (gift.link.scope, *gift.versions) for ends in scope.bounds.values() if any(ends)}
    return ", ".join(sorted(f"{least or '…'}–{below or '…'}" for least, below in ends))


def _others(gift: Gift, crowd: Crowd) -> int:
    """Those that a row of the link gives it to keep it. Which of many an incomplete share takes in nobody can tell: so many of them."""
    scope = gift.link.scope
    kept = {serial for tag in scope.shards for serial in crowd.tagged.get(tag) or ()}
    others = [
        one
        for one in crowd.devices
        if one.platform in scope.platforms
        and one.serial not in kept
        and gift.key.target not in crowd.places.get(one.serial, ())
        and not _reason(gift, one, crowd)
    ]
    return math.ceil(len(others) * min(scope.default, scope.modulo) / scope.modulo)
