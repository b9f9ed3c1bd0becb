"""Candidates side by side, as rows of words: one row for each question, one cell for each app. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias

from reconciler.catalogue.compare import Choice, Numbers
from reconciler.model.vetting import Vetting
from reconciler.report import council_words as said
from reconciler.report.council_words import CouncilWords
from reconciler.report.sheet import Sheet
from reconciler.review.seats import Seats

Cell: TypeAlias = Callable[[Vetting, CouncilWords], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`missing`: by app, what its record lacks for a decision, in words. `counted`: the pupils were counted in the files.

    `seats`: by app, licences owned and needed today, for those whose number is written.
    """

    records: tuple[Vetting, ...]
    choice: Choice
    numbers: Numbers
    counted: bool = False
    missing: Mapping[str, Sequence[str]]
    seats: Mapping[str, Seats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareView:
    """`heads` are the apps' names; each of `rows` has its title and a cell for each app."""

    title: str
    intro: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    heading: str


_WHAT: Final[Mapping[str, Cell]] = {
    "COMPARE-STATUS": lambda one, words: words.value("STATUS", one.status),
    "COMPARE-DESCRIPTION": lambda one, words: words.known(one.description),
    "COMPARE-NEED": lambda one, words: words.known(one.request.need if one.request else ""),
    "COMPARE-SUPPLIER": said.supplier,
    "COMPARE-PLATFORMS": lambda one, words: words.known(words.values("PLATFORM", one.platforms)),
    "COMPARE-FOR": said.for_whom,
    "COMPARE-SUBJECTS": said.subjects,
    "COMPARE-PURPOSES": lambda one, words: words.known(", ".join(one.purposes)),
    "COMPARE-COST": said.cost,
}
_HOW: Final[Mapping[str, Cell]] = {
    "COMPARE-BEARER": lambda one, words: words.value("BEARER", one.cost.bearer if one.cost else ""),
    "COMPARE-LANGUAGES": lambda one, words: words.known(
        ", ".join(map(words.language, one.interface.languages)) if one.interface else ""
    ),
    "COMPARE-READING": lambda one, words: words.value("READING", one.interface.reading if one.interface else ""),
    "COMPARE-ACCESS": lambda one, words: _access(one, words),
    "COMPARE-OFFLINE": lambda one, words: words.value("OFFLINE", one.interface.offline if one.interface else ""),
    "COMPARE-SIGN-IN": lambda one, words: words.known(words.values("SIGN-IN", one.sign_in)),
    "COMPARE-AGE": lambda one, words: _age(one, words),
    "COMPARE-ASSESSMENT": said.assessment,
    "COMPARE-DATA": lambda one, words: words.value("DATA", one.personal_data),
    "COMPARE-PROTECTION": said.protection,
    "COMPARE-DELETION": lambda one, words: words.known(one.data_protection.deletion if one.data_protection else ""),
    "COMPARE-IT": said.it_review,
    "COMPARE-CONDITIONS": lambda one, words: " ".join(one.conditions) or words.phrase("COUNCIL-NO-CONDITIONS"),
    "COMPARE-DECISION": lambda one, words: said.decision(one.decision, words),
}


def view_comparison(found: Comparison, words: CouncilWords) -> CompareView:
    return CompareView(
        title=words.phrase("COMPARE-TITLE"),
        intro=tuple(_intro(found, words)),
        heads=tuple(one.name for one in found.records),
        rows=tuple(_rows(found, words)),
        notes=(words.phrase("COMPARE-NOTE"), *([words.phrase("COMPARE-PUPILS-FROM-FILES")] if found.counted else [])),
        heading=words.phrase("COMPARE-APP"),
    )


def _intro(found: Comparison, words: CouncilWords) -> Iterator[str]:
    chosen = ", ".join(_chosen(name, value, words) for name, value in found.choice.filters.items())
    if chosen:
        yield words.phrase("COMPARE-CHOICE", choice=chosen)
    yield f"{words.counted('COMPARE-COUNT-ONE', 'COMPARE-COUNT-MANY', len(found.records))}."


def _chosen(name: str, value: str, words: CouncilWords) -> str:
    if name == "grades":
        return words.phrase("COUNCIL-GRADES", grades=value)
    fields = {"platform": "PLATFORM", "audience": "AUDIENCE", "status": "STATUS"}
    return words.values(fields[name], value.split(", ")) if name in fields else value


def _rows(found: Comparison, words: CouncilWords) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield words.phrase("COMPARE-ID"), tuple(one.id for one in found.records)
    for code, cell in _WHAT.items():
        yield words.phrase(code), tuple(cell(one, words) for one in found.records)
    yield _yearly_title(found, words), tuple(said.yearly_cost(one, found.numbers, words) for one in found.records)
    if found.seats:
        yield words.phrase("COMPARE-SEATS"), tuple(_seats(found.seats.get(one.id), words) for one in found.records)
    for code, cell in _HOW.items():
        yield words.phrase(code), tuple(cell(one, words) for one in found.records)
    yield (
        words.phrase("COMPARE-MISSING"),
        tuple(", ".join(found.missing.get(one.id, ())) or "–" for one in found.records),
    )


def _seats(seats: Seats | None, words: CouncilWords) -> str:
    if seats is None or seats.owned is None:
        return words.unknown
    owned, needed = words.number(Decimal(seats.owned)), words.number(Decimal(seats.needed))
    said = words.phrase("COMPARE-SEATS-AT-LEAST" if seats.silent else "COMPARE-SEATS-OF", owned=owned, needed=needed)
    short = words.phrase("COMPARE-SEATS-SHORT", short=words.number(Decimal(seats.short))) if seats.short else ""
    return "; ".join(filter(None, (said, short)))


def _yearly_title(found: Comparison, words: CouncilWords) -> str:
    pupils = found.numbers.pupils
    if pupils is None:
        return words.phrase("COMPARE-YEARLY")
    return words.phrase("COMPARE-YEARLY-FOR", pupils=words.counted("COMPARE-PUPILS-ONE", "COMPARE-PUPILS-MANY", pupils))


def _access(one: Vetting, words: CouncilWords) -> str:
    if one.interface is None or one.interface.accessibility is None:
        return words.unknown
    return words.values("ACCESS", one.interface.accessibility) or words.phrase("COUNCIL-NO-ACCESS")


def _age(one: Vetting, words: CouncilWords) -> str:
    if one.age_limit is None:
        return words.unknown
    return (
        words.phrase("COMPARE-AGE-YEARS", age=str(one.age_limit)) if one.age_limit else words.phrase("COMPARE-NO-AGE")
    )


def one_row_each(view: CompareView) -> Sheet:
    """For a spreadsheet: a row for each app."""
    rows = [(name, *(cells[number] for _, cells in view.rows)) for number, name in enumerate(view.heads)]
    return Sheet(title=view.title, head=(view.heading, *(title for title, _ in view.rows)), rows=rows)
