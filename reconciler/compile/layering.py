"""How layers meet: `join` for lines of one layer (the tightest holds), `stack` for a layer below another (it may tighten).

Blocklists (`superset-tighter`) add up: a lower layer that wants one more entry writes that entry and nothing else, which
is what `order.tightest` makes of two lists. A list that lacks some of what the upper one has and adds nothing can only be
meant as a removal and is refused as looser. Allowlists must be parts of the upper one: an entry that the upper list
lacks would open something, so the line is refused. With an exception a list replaces what is above it, whole.
A refused line leaves the upper value in force; its origin stands last, so that what it would have touched is known.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from reconciler.compile.dates import is_over
from reconciler.compile.ledger import Day, Ledger, show
from reconciler.compile.reading import NOTHING, subject_of
from reconciler.model.desired import Effective, EffectiveApp, EffectiveRaw, EffectiveSetting, Layer, Origin
from reconciler.model.documents import INHERIT, ExceptionGrant
from reconciler.model.finding import Severity
from reconciler.model.place import Json
from reconciler.settings.order import Order, Tightness, compare, tightest
from reconciler.settings.table import SettingsTable

Lifted = Mapping[str, ExceptionGrant]
"""The exceptions of a group that are in force or were, by what they lift: a setting's id, or `app:` and an app's id."""

NO_LIFT: Final[Lifted] = {}

RANK: Final = {INHERIT: -1, "available": 0, "required": 1, "absent": 2, "blocked": 3}
"""Modes of an app, loosest first, for lines of one layer that disagree."""

_MAY_FOLLOW: Final = {
    "available": ("available", "required", "absent", "blocked"),
    "required": ("required",),
    "absent": ("absent", "blocked"),
    "blocked": ("blocked",),
}

K = TypeVar("K")
E = TypeVar("E")
S = TypeVar("S", EffectiveApp, EffectiveSetting, EffectiveRaw)


def join(table: SettingsTable, first: Effective, second: Effective, ledger: Ledger) -> Effective:
    """Two parts of one layer. Where no tightest value exists, an error at the second's line; the first's holds."""
    if first is NOTHING or second is NOTHING:
        return second if first is NOTHING else first
    return Effective(
        apps=_merge(first.apps, second.apps, _join_apps),
        settings=_merge(first.settings, second.settings, lambda a, b: _join_settings(table, a, b, ledger)),
        raw=_merge(first.raw, second.raw, lambda a, b: _merge_raw(a, b, ledger)),
    )


def stack(
    table: SettingsTable, upper: Effective, lower: Effective, ledger: Ledger, lifted: Lifted = NO_LIFT
) -> Effective:
    """What holds below: the upper layer, tightened by the lower one."""
    if upper is NOTHING or lower is NOTHING:
        return lower if upper is NOTHING else upper
    return Effective(
        apps=_merge(upper.apps, lower.apps, lambda a, b: _stack_apps(a, b, ledger, lifted)),
        settings=_merge(upper.settings, lower.settings, lambda a, b: _stack_settings(table, a, b, ledger, lifted)),
        raw=_merge(upper.raw, lower.raw, lambda a, b: _merge_raw(a, b, ledger)),
    )


def settle(table: SettingsTable, shared: Effective, own: Effective, ledger: Ledger) -> Effective:
    """Shared lines for a school form and our own for everybody: the tighter holds; where there is none, ours may choose.

    Only what the shared layer fixes stays as it says, with an error at our line.
    """
    if shared is NOTHING or own is NOTHING:
        return own if shared is NOTHING else shared
    return Effective(
        apps=_merge(shared.apps, own.apps, _settled(_join_apps)),
        settings=_merge(shared.settings, own.settings, _settled(lambda a, b: _settle_settings(table, a, b, ledger))),
        raw=_merge(shared.raw, own.raw, _settled(lambda a, b: _merge_raw(a, b, ledger))),
    )


def _settled(meet: Callable[[S, S], S]) -> Callable[[S, S], S]:
    """`meet`, with each line once: what is shared for everybody is part of both sides."""

    def settled(shared: S, own: S) -> S:
        # Where ours comes from a shared line, what is shared for a school form has been layered on that already.
        if own.origins[0].layer is Layer.SHARED:
            return shared
        found = meet(shared, own)
        return replace(found, origins=tuple({origin.at: origin for origin in found.origins}.values()))

    return settled


def beside(first: Effective, second: Effective) -> Effective:
    """Everything that either says, each wish by the second's line where both have one."""
    if first is NOTHING or second is NOTHING:
        return second if first is NOTHING else first
    return Effective(
        apps={**first.apps, **second.apps},
        settings={**first.settings, **second.settings},
        raw={**first.raw, **second.raw},
    )


def _merge(upper: Mapping[K, E], lower: Mapping[K, E], meet: Callable[[E, E], E]) -> Mapping[K, E]:
    if not lower or not upper:
        return upper or lower
    merged = dict(upper)
    for key, entry in lower.items():
        above = merged.get(key)
        merged[key] = entry if above is None else meet(above, entry)
    return merged


def _join_settings(
    table: SettingsTable, first: EffectiveSetting, second: EffectiveSetting, ledger: Ledger
) -> EffectiveSetting:
    given_back = _given_back(first, second, first.value, second.value)
    if given_back is not None:
        return given_back
    value = tightest(table[first.setting].order, first.value, second.value)
    if value is None:
        _refuse("SETTING-INCOMPARABLE", first.setting, first, second, ledger, allowed=first.value)
        value = first.value
    leads = canonical(second.value) == canonical(value) != canonical(first.value)
    origins = second.origins + first.origins if leads else first.origins + second.origins
    return EffectiveSetting(setting=first.setting, value=value, origins=origins)


def _settle_settings(
    table: SettingsTable, shared: EffectiveSetting, own: EffectiveSetting, ledger: Ledger
) -> EffectiveSetting:
    looser = (
        INHERIT not in (shared.value, own.value)
        and compare(table[own.setting].order, shared.value, own.value) is Tightness.looser
    )
    upper, lower = (own, shared) if looser else (shared, own)
    return _stack_settings(table, upper, lower, ledger, NO_LIFT)


def _stack_settings(
    table: SettingsTable, upper: EffectiveSetting, lower: EffectiveSetting, ledger: Ledger, lifted: Lifted
) -> EffectiveSetting:
    given_back = _given_back(upper, lower, upper.value, lower.value)
    if given_back is not None:
        return given_back
    order = table[lower.setting].order
    found = compare(order, upper.value, lower.value)
    if found in (Tightness.equal, Tightness.tighter):
        # Equally tight lists may be spelled in another order; taking the upper's keeps its value from changing shape.
        value = upper.value if found is Tightness.equal and order.kind != "free" else lower.value
        return EffectiveSetting(setting=lower.setting, value=value, origins=lower.origins + upper.origins)
    grant = lifted.get(lower.setting)
    if grant is not None and _is_over(grant, ledger):
        return _ended(upper, lower, lower.setting, grant, ledger, allowed=upper.value)
    if grant is not None:
        return EffectiveSetting(
            setting=lower.setting, value=lower.value, origins=_excepted(lower.origins, grant, upper.origins)
        )
    if found is Tightness.incomparable and order.kind == "superset-tighter":
        joined = tightest(order, upper.value, lower.value)
        return EffectiveSetting(setting=lower.setting, value=joined, origins=lower.origins + upper.origins)
    _refuse(_refusal(order, found), lower.setting, upper, lower, ledger, allowed=upper.value)
    return replace(upper, origins=upper.origins + lower.origins)


def _refusal(order: Order, found: Tightness) -> str:
    if order.kind == "fixed":
        return "SETTING-FIXED"
    return "SETTING-LOOSENED" if found is Tightness.looser else "SETTING-INCOMPARABLE"


def _join_apps(first: EffectiveApp, second: EffectiveApp) -> EffectiveApp:
    leads = RANK[second.mode] > RANK[first.mode]
    top, other = (second, first) if leads else (first, second)
    return replace(top, pinned=top.pinned or other.pinned, origins=top.origins + other.origins)


def _stack_apps(upper: EffectiveApp, lower: EffectiveApp, ledger: Ledger, lifted: Lifted) -> EffectiveApp:
    given_back = _given_back(upper, lower, upper.mode, lower.mode)
    if given_back is not None:
        return given_back
    if lower.mode in _MAY_FOLLOW[upper.mode]:
        return replace(lower, pinned=lower.pinned or upper.pinned, origins=lower.origins + upper.origins)
    grant = lifted.get(f"app:{lower.app}")
    if grant is not None and _is_over(grant, ledger):
        return _ended(upper, lower, lower.app, grant, ledger, allowed=upper.mode)
    if grant is not None:
        return replace(lower, origins=_excepted(lower.origins, grant, upper.origins))
    _refuse("APP-LOOSENED", lower.app, upper, lower, ledger, allowed=upper.mode)
    return replace(upper, origins=upper.origins + lower.origins)


def _merge_raw(upper: EffectiveRaw, lower: EffectiveRaw, ledger: Ledger) -> EffectiveRaw:
    """A vendor's own key has no order that we know: another value for the same field can't be compared."""
    fields: dict[str, Json] = dict(lower.fields)
    for name, value in upper.fields.items():
        if name in fields and canonical(fields[name]) != canonical(value):
            subject = f"{lower.schema}.{name}"
            _refuse("RAW-CHANGED", subject, upper, lower, ledger, allowed=value, written=fields[name])
        fields[name] = value
    return replace(lower, fields=fields, origins=lower.origins + upper.origins)


def _given_back(upper: E, lower: E, above: Json, below: Json) -> E | None:
    """Where one of the two only says `inherit`, the other's value holds."""
    if below == INHERIT:
        return replace(upper, origins=upper.origins + lower.origins)  # type: ignore[type-var, attr-defined]  # E has origins
    if above == INHERIT:
        return replace(lower, origins=lower.origins + upper.origins)  # type: ignore[type-var, attr-defined]  # E has origins
    return None


def _excepted(lower: tuple[Origin, ...], grant: ExceptionGrant, upper: tuple[Origin, ...]) -> tuple[Origin, ...]:
    leave = Origin(layer=Layer.EXCEPTION, owner=grant.id, value=lower[0].value, at=grant.at)
    return (lower[0], leave, *lower[1:], *upper)


def _is_over(grant: ExceptionGrant, ledger: Ledger) -> bool:
    return is_over(grant.span, Day(ledger.as_of))


def _ended(upper: E, lower: E, wish: str, grant: ExceptionGrant, ledger: Ledger, *, allowed: Json) -> E:
    """What an exception permitted is tightened when it ends: the day does it, so the line is a warning and holds nothing."""
    line, above = lower.origins[0], upper.origins[0]  # type: ignore[attr-defined]  # E has origins
    ledger.report(
        "EXCEPTION-OVER",
        line.at,
        subject_of(line),
        severity=Severity.WARNING,
        places={"upper_at": above.at},
        wish=wish,
        value=show(line.value),
        allowed=show(allowed),
        id=grant.id,
        end=grant.span.end.isoformat() if grant.span.end else "",
        upper=above.owner,
    )
    return replace(upper, origins=upper.origins + lower.origins)  # type: ignore[type-var, attr-defined]


def _refuse(
    code: str,
    name: str,
    upper: Any,
    lower: Any,
    ledger: Ledger,
    *,
    allowed: Json,
    written: Json = None,
) -> None:
    line, above = lower.origins[0], upper.origins[0]
    ledger.report(
        code,
        line.at,
        subject_of(line),
        places={"upper_at": above.at},
        wish=name,
        value=show(line.value if written is None else written),
        allowed=show(allowed),
        owner=line.owner,
        upper=above.owner,
    )


def canonical(value: Json) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
