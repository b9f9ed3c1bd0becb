"""The municipality at a glance: each figure as a chart with its table. Everything is counted from the files, not from systems."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

from reconciler.model.vetting import APPROVED, Vetting
from reconciler.policy.deviation import Deviation
from reconciler.report.check_view import Table as Counted
from reconciler.report.check_view import mgn_table, verdict_table
from reconciler.report.words import Words
from reconciler.review.money import cost_of
from reconciler.site.app_inside import needed_words, owned_words
from reconciler.site.charts import Chart, Series
from reconciler.site.parts import Cell, Table, cells, page_file
from reconciler.site.source import Source, expected, is_public
from reconciler.site.words import SiteWords, by_name

_PLATFORMS: Final = ("chromeos", "ipados", "macos", "windows", "android")
_STATUSES: Final = ("approved", "approved-with-conditions", "queued", "proposed", "rejected", "withdrawn")
_COSTS: Final = ("free", "freemium", "licence", "subscription", "one-off", "advertising")
_SEATED: Final = frozenset({"licence", "subscription", "one-off"})
_MAIN_FORMS: Final = ("grundskola", "anpassad-grundskola", "gymnasieskola", "anpassad-gymnasieskola", "komvux")
"""Where a group is for several school forms, it is counted at the first of these that it has."""
_SHOWN: Final = 15

_Row: TypeAlias = tuple[str, tuple[int, ...]]
"""A label, and a number for each series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`chart` is None where the table says it all. `note` says how it is counted."""

    id: str
    title: str
    chart: Chart | None
    table: Table
    note: str = ""


def figures(source: Source, words: SiteWords) -> tuple[Figure, ...]:
    found = (
        _fleet(source, words),
        _statuses(source.apps, words),
        _costs([app for app in source.apps if is_public(app, source.as_of)], words),
        _seats(source, words),
        _money(source, words),
        _equality(source.deviations, source, words),
        _reviews(source, words),
        *_judged(source, words),
    )
    return tuple(one for one in found if one.table.rows)


def _fleet(source: Source, words: SiteWords) -> Figure:
    counted: Counter[tuple[str, str]] = Counter()
    for state in source.state.groups.values():
        counted[_form(state.group.school_forms), state.group.platform] += expected(state)
    forms = sorted({form for form, _ in counted if any(counted[form, one] for one in _PLATFORMS)})
    platforms = [one for one in _PLATFORMS if any(counted[form, one] for form in forms)]
    rows = [(words.form(form), tuple(counted[form, one] for one in platforms)) for form in forms]
    names = tuple(words.term("PLATFORM", one) for one in platforms)
    return _figure("fleet", "FORM", largest(rows), names, words, note=words.say("FLEET-NOTE"))


def _form(forms: Sequence[str]) -> str:
    return next((one for one in _MAIN_FORMS if one in forms), forms[0] if forms else "")


def _statuses(apps: Iterable[Vetting], words: SiteWords) -> Figure:
    counted = Counter(app.status for app in apps)
    rows = [(words.term("STATUS", one), (counted[one],)) for one in _STATUSES if counted[one]]
    return _figure("statuses", "STATUS", rows, (words.say("APPS"),), words)


def _costs(apps: Iterable[Vetting], words: SiteWords) -> Figure:
    counted = Counter(app.cost.model for app in apps if app.cost)
    rows = [(words.term("COST", one), (counted[one],)) for one in _COSTS if counted[one]]
    return _figure("costs", "COST", rows, (words.say("APPS"),), words)


def _seats(source: Source, words: SiteWords) -> Figure:
    """Apps that somebody pays for: the devices of the groups that have them."""
    seated = [app for app in source.apps if app.cost and (app.cost.model in _SEATED or app.cost.seats is not None)]
    found = [(app, use.seats) for app in seated if (use := source.uses.get(app.id)) and any(use.seats.values())]
    found.sort(key=lambda pair: (-sum(pair[1].values()), by_name(pair[0].name)))
    rows = [(app.name, (seats["required"], seats["available"])) for app, seats in found]
    names = (words.say("MODE-REQUIRED"), words.say("MODE-AVAILABLE"))
    figure = _figure("seats", "APP", rows, names, words, note=words.say("SEATS-NOTE"))
    if all(app.cost is None or app.cost.seats is None for app, _ in found):
        return figure
    counted = [(*row, *_owned(app, source, words)) for row, (app, _) in zip(figure.table.rows, found, strict=True)]
    head = (*figure.table.head, words.say("SEATS-NEEDED"), words.say("SEATS-OWNED"))
    return replace(figure, table=replace(figure.table, head=head, rows=tuple(counted)))


def _owned(app: Vetting, source: Source, words: SiteWords) -> tuple[Cell, Cell]:
    """Licences needed and owned, by the app's own unit; a dash where nobody has written how many there are."""
    seats = source.seats(app)
    if seats is None or seats.owned is None:
        return Cell(text="–", look="number"), Cell(text="–", look="number")
    return Cell(text=needed_words(seats, words), look="number"), Cell(text=owned_words(seats, words), look="number")


def _money(source: Source, words: SiteWords) -> Figure:
    """Who pays how much a year, by the records' prices and the files' numbers."""
    yearly: dict[str, Decimal] = {}
    unknown = 0
    for app in source.apps:
        use = source.uses.get(app.id)
        if use is None or app.status not in APPROVED:
            continue
        cost = cost_of(app, [source.state.groups[key] for key, _ in use.groups])
        unknown += bool(cost.unknown)
        for payer, kronor in cost.yearly.items():
            yearly[payer] = yearly.get(payer, Decimal(0)) + kronor
    rows = tuple(
        (Cell(text=words.term("PAYER", payer or "unknown")), Cell(text=words.kronor(kronor), look="number"))
        for payer, kronor in sorted(yearly.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    head = (words.say("PAYER"), words.say("A-YEAR"))
    table = Table(caption=words.say("MONEY-CAPTION"), head=head, rows=rows)
    note = words.say("MONEY-NOTE", apps=words.count("APP", unknown))
    return Figure(id="money", title=words.say("MONEY-TITLE"), chart=None, table=table, note=note)


def _equality(deviations: Sequence[Deviation], source: Source, words: SiteWords) -> Figure:
    names = tuple(words.say(f"DEVIATION-{one}") for one in ("APPS", "SETTINGS", "EXCEPTIONS"))
    rows = [(source.schools[one.school].name, (one.apps, one.settings, one.exceptions)) for one in deviations]
    return _figure("equality", "SCHOOL", largest(rows), names, words, note=words.say("EQUALITY-NOTE"))


def _reviews(source: Source, words: SiteWords) -> Figure:
    """Approved apps by the quarter in which they are to be looked at again; those that are late first."""
    due = sorted(
        (app for app in source.apps if app.status in APPROVED and app.review_by),
        key=lambda app: (app.review_by or date.max, by_name(app.name)),
    )
    counted = Counter(_quarter(app.review_by, source.as_of, words) for app in due if app.review_by)
    rows = [(name, (number,)) for name, number in counted.items()]
    chart = _figure("reviews", "WHEN", rows, (words.say("APPS"),), words).chart
    listed = tuple(
        (Cell(text=app.name, href=f"apps/{page_file(app.id)}"), *cells(app.review_by)) for app in due if app.review_by
    )
    head = (words.say("APP"), words.say("REVIEW-BY"))
    table = Table(caption=words.say("REVIEWS-CAPTION"), head=head, rows=listed)
    return Figure(id="reviews", title=words.say("REVIEWS-TITLE"), chart=chart, table=table)


def _quarter(day: date, as_of: date, words: SiteWords) -> str:
    if day < as_of:
        return words.say("REVIEW-LATE")
    return words.say("QUARTER", year=str(day.year), quarter=str((day.month + 2) // 3))


def _figure(
    name: str,
    first: str,
    rows: Sequence[tuple[str, tuple[int, ...]]],
    columns: tuple[str, ...],
    words: SiteWords,
    *,
    note: str = "",
) -> Figure:
    """The chart shows the largest few, the table all of them."""
    title = words.say(f"{name.upper()}-TITLE")
    shown = rows[:_SHOWN]
    series = tuple(Series(name=column, values=tuple(row[1][at] for row in shown)) for at, column in enumerate(columns))
    sums = tuple(words.number(sum(row[1])) for row in shown)
    chart = Chart(id=name, title=title, labels=tuple(row[0] for row in shown), sums=sums, series=series)
    table = Table(
        caption=words.say(f"{name.upper()}-CAPTION"),
        head=(words.say(first), *columns),
        rows=tuple((Cell(text=label), *_numbers(values, words)) for label, values in rows),
    )
    drawn = any(chart.totals)
    if drawn and len(rows) > len(shown):
        most = words.say("CHART-MOST", shown=words.number(len(shown)), all=words.number(len(rows)))
        note = f"{note} {most}" if note else most
    return Figure(id=name, title=title, chart=chart if drawn else None, table=table, note=note)


def _numbers(values: Iterable[int], words: SiteWords) -> Iterable[Cell]:
    return (Cell(text=words.number(one), look="number") for one in values)


def _judged(source: Source, words: SiteWords) -> tuple[Figure, ...]:
    """What rules and MGN came to, by school form: the same tables as `check` shows."""
    said = Words(lang=words.lang)
    organisation = source.documents.organisation.name
    rules = len({one.rule for one in source.verdicts})
    found = (
        ("rules", verdict_table(source.verdicts, "form", organisation, rules, said)),
        ("mgn", mgn_table(source.mgn, said)),
    )
    return tuple(_from_check(name, table) for name, table in found if source.verdicts or name == "mgn")


def _from_check(name: str, table: Counted) -> Figure:
    rows = tuple((Cell(text=row[0]), *(Cell(text=one, look="number") for one in row[1:])) for row in table.rows)
    shown = Table(caption=table.title, head=tuple(table.head), rows=rows)
    return Figure(id=name, title=table.title, chart=None, table=shown, note=table.note)


def largest(rows: Iterable[_Row]) -> list[_Row]:
    """The rows with the largest sums first."""
    return sorted(rows, key=lambda row: (-sum(row[1]), by_name(row[0])))
