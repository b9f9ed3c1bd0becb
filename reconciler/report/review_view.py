"""A review as its reader goes through it: three lines, what pupils lose, decisions, apps, settings, costs, rules, places. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.model.finding import Finding
from reconciler.report.remarks import finding_remarks
from reconciler.report.review_apps import app_items, cost_items, is_decision, is_withdrawal
from reconciler.report.review_told import told_items
from reconciler.report.review_wishes import wish_items
from reconciler.report.review_words import SCHOOLS_NAMED, count, kronor, people, say, school_name
from reconciler.report.view import Block, Item, Remark, Remarks, Section, View
from reconciler.report.words import Words, shorten
from reconciler.review.records import AppChange
from reconciler.review.review import CostChange, Review
from reconciler.review.told import REMOVED, Told
from reconciler.review.wishes import WishChange, gets
from reconciler.trust.owners import APP_MANAGERS

_RULES: Final = ("mgn", "rule", "exception", "baseline", "calendar", "limit", "approvals")
_PLACES: Final = ("school", "group")
_SUMMED: Final = (
    "mgn",
    "rule",
    "exception",
    "baseline",
    "calendar",
    "limit",
    "approvals",
    "shared",
    "meeting",
    "school",
    "group",
    "organisation",
)


def review_view(
    review: Review | None,
    words: Words,
    *,
    base: str,
    unread: Sequence[Finding] = (),
    unread_before: Sequence[str] = (),
    errors: Sequence[Finding] = (),
    refused: Sequence[Finding] = (),
) -> View:
    """`base` is the revision as it was asked for; findings have exact positions. Without a review, only why there is none."""
    return View(
        title=say(words, "TITLE"),
        headline=summary(review, words, whole=not unread),
        alarm=tuple(_alarm(review, unread, errors, words)),
        sections=tuple(_sections(review, words)) if review else (),
        remarks=tuple(_remarks(unread, unread_before, errors, refused, words)),
        facts=tuple(_facts(review, base, words)),
    )


# --- the first three lines ----------------------------------------------------------------------------------------


def summary(review: Review | None, words: Words, *, whole: bool = True) -> tuple[str, ...]:
    """What changes; whom it reaches and what it costs; who must approve. Always the same three, so that they can be relied on.

    Not `whole`: there are files that can't be read, so nothing is said of what isn't there.
    """
    if review is None:
        return (say(words, "NOT-COMPARED"),)
    if review.empty and not whole:
        return (say(words, "NOTHING-READABLE"), say(words, "NOBODY-KNOWN"), say(words, "UNREAD-FIRST"))
    if review.empty:
        return (say(words, "NOTHING"), say(words, "NOBODY-TOUCHED"), _who(review, words))
    return (_what(review, words), _whom(review, words), _who(review, words))


def _what(review: Review, words: Words) -> str:
    parts = [*_counted_apps(review, words), *_counted_wishes(review.wishes, words), *_counted_told(review.told, words)]
    return say(words, "WHAT", parts=words.join(parts, 12)) if parts else say(words, "NOTHING")


def _counted_apps(review: Review, words: Words) -> list[str]:
    status = Counter(one.status or "gone" for one in review.apps if one.status != one.was)
    said = [count(words, f"N-{name.upper()}", number) for name, number in sorted(status.items())]
    other = sum(one.status == one.was for one in review.apps)
    return [*said, count(words, "N-RECORDS", other)] if other else said


def _counted_wishes(wishes: Sequence[WishChange], words: Words) -> list[str]:
    apps = [one for one in wishes if one.wish.kind == "app"]
    given = {one.wish.id for one in apps if gets(one.after) and not gets(one.before)}
    taken = {one.wish.id for one in apps if gets(one.before) and not gets(one.after)}
    other = {one.wish.id for one in apps} - given - taken
    settings = {one.wish for one in wishes if one.wish.kind != "app"}
    kinds = (("N-GIVEN", given), ("N-TAKEN", taken), ("N-MODES", other), ("N-SETTINGS", settings))
    return [count(words, noun, len(found)) for noun, found in kinds if found]


def _counted_told(told: Iterable[Told], words: Words) -> list[str]:
    areas = Counter(one.area for one in told)
    return [count(words, f"N-{area.upper()}", areas[area]) for area in _SUMMED if areas[area]]


def _whom(review: Review, words: Words) -> str:
    reach = review.reach
    if not reach.groups:
        said = say(words, "NO-GROUP-TOUCHED")
    else:
        schools = words.count("SCHOOL", len(reach.schools))
        names = (
            words.join(school_name(one, review) for one in reach.schools) if len(reach.schools) <= SCHOOLS_NAMED else ""
        )
        where = f"{schools} ({names})" if names else schools
        said = say(words, "TOUCHES", groups=words.count("GROUP", len(reach.groups)), schools=where)
        told = people(reach, words)
        said = f"{said}: {told}." if told else f"{said}."
    return f"{said} {_money(review, words)}"


def _money(review: Review, words: Words) -> str:
    if not review.costs:
        return say(words, "SAME-COST")
    last = review.costs[-1]
    before, after = (kronor(one.a_year, words) for one in (last.before, last.after))
    said = say(words, "COST-CHANGES", before=before, after=after) if before != after else say(words, _same_cost(last))
    if before != after and last.day is not None:
        day = last.day.isoformat()
        said = say(words, "COST-CHANGES-FROM", before=before, after=after, day=day)
    once = last.after.one_off - last.before.one_off
    said = f"{said} {say(words, 'COST-ONCE', amount=kronor(once, words))}" if once > 0 else said
    unknown = sum(bool(row.after.unknown) for row in last.rows)
    return f"{said} {count(words, 'COST-UNKNOWN', unknown)}" if unknown else said


def _same_cost(change: CostChange) -> str:
    before, after = (
        {payer: sum_ for payer, sum_ in one.yearly.items() if sum_} for one in (change.before, change.after)
    )
    return "SAME-YEARLY" if before == after else "SAME-YEARLY-OTHERS-PAY"


def _who(review: Review, words: Words) -> str:
    if not review.approvals:
        return say(words, "NOBODY-ASKED")
    asked = []
    for one in review.approvals:
        areas = words.join((say(words, f"AREA-{area.upper()}") for area in one.areas), 12)
        asked.append(f"{_owner(one.owner, review, words)} ({areas})")
    return say(words, "WHO", who="; ".join(asked))


def _owner(owner: str, review: Review, words: Words) -> str:
    if not owner.startswith(APP_MANAGERS):
        return say(words, f"OWNER-{owner.upper()}")
    school = owner.removeprefix(APP_MANAGERS)
    return say(words, "OWNER-APP-MANAGERS", school=shorten(review.names.get(f"school:{school}", school), 80))


def _alarm(review: Review | None, unread: Sequence[Finding], errors: Sequence[Finding], words: Words) -> Iterable[str]:
    if unread:
        yield count(words, "ALARM-UNREAD", len(unread))
    if review is None:
        return
    lost = [one for one in review.wishes if is_loss(one)]
    gone = [one for one in review.told if is_gone(one)]
    if lost or gone or any(map(is_withdrawal, review.apps)):
        yield say(words, "ALARM-LOSS")
    missing = [one for one in review.apps if one.missing]
    if missing:
        yield count(words, "ALARM-MISSING", len(missing))
    if errors:
        yield count(words, "ALARM-ERRORS", len(errors))


# --- sections -----------------------------------------------------------------------------------------------------


def is_loss(one: WishChange) -> bool:
    return one.loses and one.audience == "pupils"


def is_gone(one: Told) -> bool:
    """A place with pupils that is taken away whole."""
    return one.area in _PLACES and one.action == REMOVED and one.reach is not None and bool(one.reach.pupils)


def _sections(review: Review, words: Words) -> Iterable[Section]:
    lost = [one for one in review.wishes if is_loss(one)]
    left = [one for one in review.wishes if not is_loss(one)]
    gone = [one for one in review.told if is_gone(one)]
    ends = app_items(filter(is_withdrawal, review.apps), review, words)
    losses = (*ends, *wish_items(lost, review, words), *told_items(gone, review, words))
    yield from _section("LOSS", losses, words, "danger")
    decided = [one for one in review.apps if is_decision(one) and not is_withdrawal(one)]
    yield from _section("DECISIONS", app_items(decided, review, words), words)
    yield from _section("MEETINGS", _told(review, ("meeting",), words), words)
    yield from _section("APPS", wish_items(_of(left, "app"), review, words), words)
    yield from _section("SETTINGS", wish_items(_of(left, "setting", "raw"), review, words), words)
    for change in review.costs:
        title = "COSTS" if change.day is None else "COSTS-LATER"
        day = change.day.isoformat() if change.day else ""
        yield from _section(title, cost_items(change, words), words, day=day)
    yield from _section("SHARED", _told(review, ("shared",), words), words)
    yield from _section("RULES", _told(review, _RULES, words), words)
    yield from _section("PLACES", _told(review, _PLACES, words), words)
    yield from _section("ORGANISATION", _told(review, ("organisation",), words), words)
    yield from _section("RECORDS", app_items(_only_records(review.apps), review, words), words)


def _section(code: str, items: Sequence[Item], words: Words, tone: str = "plain", day: str = "") -> Iterable[Section]:
    if items:
        title = say(words, f"SECTION-{code}", day=day)
        yield Section(title=title, tone=tone, count=len(items), blocks=(Block(items=tuple(items)),))


def _told(review: Review, areas: Sequence[str], words: Words) -> tuple[Item, ...]:
    chosen = [one for area in areas for one in review.told if one.area == area and not is_gone(one)]
    return told_items(chosen, review, words)


def _of(wishes: Iterable[WishChange], *kinds: str) -> list[WishChange]:
    return [one for one in wishes if one.wish.kind in kinds]


def _only_records(apps: Iterable[AppChange]) -> list[AppChange]:
    return [one for one in apps if not is_decision(one)]


# --- beside -------------------------------------------------------------------------------------------------------


def _remarks(
    unread: Sequence[Finding],
    unread_before: Sequence[str],
    errors: Sequence[Finding],
    refused: Sequence[Finding],
    words: Words,
) -> Iterable[Remarks]:
    if refused:
        yield Remarks(title=say(words, "WHY-NOT"), remarks=finding_remarks(refused, words))
    if unread:
        told = Remark(text=say(words, "UNREAD-MEANS"))
        yield Remarks(title=say(words, "UNREAD"), remarks=(told, *finding_remarks(unread, words)))
    if unread_before:
        told = Remark(text=say(words, "UNREAD-BEFORE-MEANS", files=words.join(map(shorten, unread_before))))
        yield Remarks(title=say(words, "UNREAD-BEFORE"), remarks=(told,))
    if errors:
        yield Remarks(title=count(words, "ERRORS", len(errors)), remarks=finding_remarks(errors, words))


def _facts(review: Review | None, base: str, words: Words) -> Iterable[str]:
    if review is None:
        return
    yield say(words, "COMPARED", base=shorten(base, 80), day=review.as_of.isoformat())
    if review.looked_until > review.as_of:
        yield say(words, "LOOKED-UNTIL", day=review.looked_until.isoformat())
    yield say(words, "NUMBERS")


def command(base: str) -> str:
    return f"reconciler review --base {base}"
