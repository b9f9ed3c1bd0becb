"""Apps of the catalogue and what they cost, as items of a report. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from reconciler.model.vetting import APPROVED
from reconciler.report.review_told import difference_of
from reconciler.report.review_words import count, kronor, people, say, school_name, where
from reconciler.report.view import Difference, Item
from reconciler.report.words import Words, shorten
from reconciler.review.money import Cost
from reconciler.review.records import SCHEMA, AppChange
from reconciler.review.review import CostChange, CostRow, Review
from reconciler.review.seats import Seats
from reconciler.review.told import ADDED, REMOVED
from reconciler.review.vocabulary import title_within
from reconciler.review.wishes import gets
from reconciler.texts import render

_WAITING: Final = frozenset({"queued", "proposed"})
_IN_ORDER: Final = ("", "withdrawn", "approved", "approved-with-conditions", "rejected", "queued", "proposed")
"""What changes most for those who use the apps first."""
_NEEDS_DECISION: Final = frozenset({"approved", "approved-with-conditions", "rejected", "withdrawn"})
CONDITIONS_SHOWN: Final = 12


def is_decision(one: AppChange) -> bool:
    """Whether its status or what it rests on differs, beside a record that only reads otherwise."""
    return one.action != "changed" or one.status != one.was or one.decided_anew or one.conditions_anew


def is_withdrawal(one: AppChange) -> bool:
    """Whether pupils who use it are to lose it, be it on a later day."""
    left = one.status in ("withdrawn", "rejected", "") and one.status != one.was
    return left and bool(one.use.pupils or one.used.pupils)


def app_items(changes: Iterable[AppChange], review: Review, words: Words) -> tuple[Item, ...]:
    """Those with the same status together, by name."""
    return tuple(_item(one, review, words) for one in sorted(changes, key=lambda one: _IN_ORDER.index(one.status)))


def _item(one: AppChange, review: Review, words: Words) -> Item:
    status = [] if one.status == one.was else [_status(one, words)]
    fields = [difference_of(each, SCHEMA, words) for each in one.fields]
    return Item(
        symbol={ADDED: "+", REMOVED: "-"}.get(one.action, "~"),
        word="",
        title=shorten(one.name, 80),
        sort=f"record:{one.status}",
        differences=(*status, *fields),
        says=tuple(_says(one, review, words)),
        warns=tuple(_warns(one, words)),
    )


def status_word(status: str, words: Words) -> str:
    return render(f"COUNCIL-STATUS-{status.upper()}", {}, words.lang).message


def _status(one: AppChange, words: Words) -> Difference:
    before = status_word(one.was, words) if one.was else None
    return Difference(before=before, after=status_word(one.status, words) if one.status else say(words, "RECORD-GONE"))


def _rests_on(one: AppChange, words: Words) -> list[str]:
    """Meeting, reference and reason, where the status is one that only a decision gives."""
    if one.decision is None or one.status not in _NEEDS_DECISION or not is_decision(one):
        return []
    day = one.decision.meeting.isoformat() if one.decision.meeting else "–"
    said = say(
        words,
        "RESTS-ON",
        day=day,
        reference=shorten(one.decision.reference, 80),
        reason=shorten(one.decision.reason, 300),
    )
    if one.decision.votes_for is None or one.decision.votes_against is None:
        return [said]
    votes = (words.number(number) for number in (one.decision.votes_for, one.decision.votes_against))
    yes, no = votes
    return [f"{said} {say(words, 'VOTES', votes_for=yes, votes_against=no)}"]


def _says(one: AppChange, review: Review, words: Words) -> list[str]:
    said = [*_wished(one, review, words), *_rests_on(one, words)]
    said += [say(words, "CALLED-BEFORE", id=one.called)] if one.called else []
    if one.conditions and (one.conditions_anew or one.status != one.was):
        said.append(_conditions("CONDITIONS", one.conditions, words))
    if one.status and one.conditions_were and one.conditions_anew:
        said.append(_conditions("CONDITIONS-BEFORE", one.conditions_were, words))
    said += [say(words, "WITHDRAWN-FROM", day=one.withdrawn_from)] if one.withdrawn_from else []
    said += _used(one, review, words)
    if is_withdrawal(one) and one.use.groups:
        said.append(say(words, "LINES-LEFT"))
    if is_decision(one) and one.status in APPROVED:
        told = cost_words(one.cost, words) or (say(words, "COSTS-NOTHING") if one.use.groups else "")
        said += [told] if told else []
        said += [say(words, "COST-NOTE", note=shorten(one.note))] if one.note else []
    if one.lacking:
        said.append(say(words, "LACKING", keys=_keys(one.lacking, words)))
    return said


def _conditions(code: str, conditions: Sequence[str], words: Words) -> str:
    """Each is a sentence of its own: with a semicolon between, for `X. och Y` is none."""
    said = [shorten(each) for each in conditions]
    if len(said) > 1:
        said = [each.removesuffix(".") for each in said]
    if len(said) > CONDITIONS_SHOWN + 1:
        more = words.say("MORE", n=words.number(len(said) - CONDITIONS_SHOWN))
        return say(words, code, conditions=f"{'; '.join(said[:CONDITIONS_SHOWN])} {more}")
    return say(words, code, conditions="; ".join(said))


def _wished(one: AppChange, review: Review, words: Words) -> list[str]:
    """Who asked and why, of what is new in the queue or waits for it."""
    asked = one.request
    if asked is None or one.status not in _WAITING or one.status == one.was:
        return []
    school = school_name(asked.school, review) if asked.school else ""
    who = say(words, "GROUP-AT", group=shorten(asked.by, 80), school=school) if school else shorten(asked.by, 80)
    return [say(words, "WISHED", who=who, need=shorten(asked.need, 300))]


def _used(one: AppChange, review: Review, words: Words) -> list[str]:
    reach = one.use if one.use.groups else one.used
    starts = [each.start for each in review.wishes if each.wish.id == one.id and gets(each.after) and each.start]
    if not one.use.groups and starts:
        return [say(words, "GIVEN-FROM", day=min(starts).isoformat())]
    if not reach.groups:
        return [say(words, "USED-BY-NOBODY")] if is_decision(one) and one.status in APPROVED else []
    told = "; ".join(part for part in (where(reach.groups, review, words), people(reach, words)) if part)
    return [say(words, "USED" if one.use.groups else "WAS-USED", where=told)]


def _warns(one: AppChange, words: Words) -> list[str]:
    warns = [say(words, "MISSING", keys=_keys(one.missing, words))] if one.missing else []
    if one.status in _NEEDS_DECISION and one.status != one.was and one.action != ADDED and not one.decided_anew:
        warns.append(say(words, "NOT-DECIDED-ANEW"))
    if one.off_agenda:
        warns.append(say(words, "OFF-AGENDA"))
    return warns


def _keys(keys: Sequence[str], words: Words) -> str:
    """The titles of the schema's keys: what is asked for, in the words that editors show; `dataskydd (gallring, uttag)`."""
    parts: dict[str, list[str]] = {}
    for key in keys:
        part, _, rest = title_within(SCHEMA, tuple(key.split(".")), words.lang).partition(": ")
        parts.setdefault(part, []).extend([rest] if rest else [])
    return words.join((f"{part} ({', '.join(inner)})" if inner else part for part, inner in parts.items()), 20)


# --- costs --------------------------------------------------------------------------------------------------------


def cost_words(cost: Cost, words: Words) -> str:
    """`4 900 kr per år (skolan)`; one-off costs beside; what isn't known with why. Empty where nothing is paid."""
    said = (
        [say(words, "A-YEAR", amount=kronor(cost.a_year, words), payers=_payers(cost.yearly, words))]
        if cost.a_year
        else []
    )
    said += (
        [say(words, "ONCE", amount=kronor(cost.one_off, words), payers=_payers(cost.once, words))]
        if cost.one_off
        else []
    )
    said += [_unknown(why, places, words) for why, places in cost.unknown.items()]
    return say(words, "COST", cost="; ".join(said)) if said else ""


def _payers(sums: Mapping[str, Decimal], words: Words) -> str:
    paid = {name: amount for name, amount in sums.items() if amount}
    named = [say(words, f"PAYER-{(name or 'unknown').upper()}") for name in paid]
    if len(paid) < 2:
        return "".join(named)
    return words.join(f"{name} {kronor(amount, words)}" for name, amount in zip(named, paid.values(), strict=True))


def _unknown(why: str, places: Sequence[str], words: Words) -> str:
    return say(words, f"UNKNOWN-{why}", n=words.number(len([place for place in places if place])))


def cost_items(change: CostChange, words: Words) -> tuple[Item, ...]:
    """The sum of all apps in use, then each app that costs otherwise."""
    return (_total(change, words), *(_cost_item(row, words) for row in change.rows))


def _total(change: CostChange, words: Words) -> Item:
    says = [say(words, "PAID-BY", payers=_by_payer(change, words))] if _payer_names(change) else []
    if change.silent_after:
        silent = change.silent_after
        says.append(f"{count(words, 'SILENT-COST', len(silent))} {words.join(silent, 8)}.")
    return Item(
        symbol="~",
        word="",
        title=say(words, "ALL-APPS"),
        sort="cost:all",
        differences=tuple(_amounts(change.before, change.after, words)),
        says=tuple(says),
    )


def _payer_names(change: CostChange) -> list[str]:
    return sorted({*change.before.yearly, *change.after.yearly})


def _by_payer(change: CostChange, words: Words) -> str:
    said = []
    for name in _payer_names(change):
        before, after = (kronor(cost.yearly.get(name, Decimal(0)), words) for cost in (change.before, change.after))
        payer = say(words, f"PAYER-{(name or 'unknown').upper()}")
        said.append(f"{payer} {before} → {after}" if before != after else f"{payer} {after}")
    return words.join(said)


def _amounts(before: Cost, after: Cost, words: Words) -> list[Difference]:
    pairs = (("PER-YEAR", before.a_year, after.a_year), ("ONE-OFF", before.one_off, after.one_off))
    return [
        Difference(label=say(words, code), before=kronor(was, words), after=kronor(now, words))
        if was != now
        else Difference(label=say(words, code), after=say(words, "UNCHANGED", amount=kronor(now, words)))
        for code, was, now in pairs
        if was or now or code == "PER-YEAR"
    ]


def _cost_item(row: CostRow, words: Words) -> Item:
    known = row.before.a_year or row.after.a_year or row.before.one_off or row.after.one_off
    unknown = row.after.unknown or row.before.unknown
    others = row.before.a_year == row.after.a_year and row.before.yearly != row.after.yearly
    paid = [say(words, "NOW-PAID", payers=_payers(row.after.yearly, words))] if others else []
    return Item(
        symbol="~",
        word="",
        title=shorten(row.name, 80),
        sort="cost:app",
        differences=tuple(_amounts(row.before, row.after, words)) if known else (),
        says=(*paid, *(_unknown(why, places, words) for why, places in unknown.items()), *_seats(row.seats, words)),
        warns=(_short(row.seats, words),) if row.seats and row.seats.short else (),
    )


def _seats(seats: Seats | None, words: Words) -> list[str]:
    """Licences owned and needed; how many are lacking is a warning of its own."""
    if seats is None or seats.owned is None:
        return []
    numbers = {"owned": words.number(seats.owned), "needed": words.number(seats.needed)}
    return [say(words, "SEATS-AT-LEAST", **numbers) if seats.silent else say(words, "SEATS", **numbers)]


def _short(seats: Seats, words: Words) -> str:
    return say(words, "SEATS-SHORT", short=words.number(seats.short))
