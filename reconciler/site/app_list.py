"""The list of approved apps: one row each, and the filters with the choices that there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.model.grades import grade_span
from reconciler.model.vetting import Vetting, for_every_subject
from reconciler.schema.school_forms import CURRENT
from reconciler.site.parts import Written, page_file
from reconciler.site.words import SiteWords, by_name

_PLATFORMS: Final = ("chromeos", "ipados", "macos", "windows", "android")
_COSTS: Final = ("free", "freemium", "licence", "subscription", "one-off", "advertising")
ANY: Final = "*"
"""For everything: an app without school forms is for all of them, one without grades for all grades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    id: str
    label: str
    every: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRow:
    """`keys`: by filter, the numbers of the app's choices, separated by spaces, or `*`. `words`: what else a search finds."""

    id: str
    name: str
    page: str
    description: str
    subjects: str
    platforms: str
    cost: str
    conditions: bool
    keys: tuple[tuple[str, str], ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppList:
    filters: tuple[Filter, ...]
    rows: tuple[AppRow, ...]


def list_apps(apps: Iterable[Vetting], words: SiteWords) -> AppList:
    """In the order of names. A filter without anything to choose from is left out."""
    listed = sorted(apps, key=lambda one: by_name(one.name))
    values = [_values(app) for app in listed]
    choices = {name: _choices(name, values, words) for name in _NAMES}
    numbers = {name: {value: str(index) for index, value in enumerate(found)} for name, found in choices.items()}
    filters = tuple(
        Filter(
            id=name,
            label=words.say(f"FILTER-{name.upper()}"),
            every=words.say(f"FILTER-{name.upper()}-ALL"),
            choices=tuple(Choice(value=numbers[name][value], label=label) for value, label in found.items()),
        )
        for name, found in choices.items()
        if found
    )
    rows = (_row(app, _keys(found, numbers), words) for app, found in zip(listed, values, strict=True))
    return AppList(filters=filters, rows=tuple(rows))


def subjects_of(app: Vetting, words: SiteWords) -> str:
    return words.say("SUBJECTS-ALL") if for_every_subject(app) else Written(", ".join(app.subjects))


_Values = Mapping[str, Sequence[str]]
_NAMES: Final = ("subject", "form", "grade", "platform", "cost", "language")


def _values(app: Vetting) -> _Values:
    return {
        "subject": (ANY,) if for_every_subject(app) else app.subjects,
        "form": app.school_forms or (ANY,),
        "grade": [str(one) for one in sorted(grade_span(app.grades))] or (ANY,),
        "platform": app.platforms,
        "cost": (app.cost.model,) if app.cost else (),
        "language": app.interface.languages if app.interface else (),
    }


def _choices(name: str, values: Sequence[_Values], words: SiteWords) -> dict[str, str]:
    """What some app has, with its label: closed lists in their own order, others by name."""
    found = {one for app in values for one in app[name]} - {ANY}
    if name == "grade":
        return {one: words.say("GRADE-F") if one == "0" else one for one in sorted(found, key=int)}
    if name in ("form", "platform", "cost"):
        order = {"form": CURRENT, "platform": _PLATFORMS, "cost": _COSTS}[name]
        said = words.form if name == "form" else lambda one: words.term(name.upper(), one)
        return {one: said(one) for one in order if one in found}
    label = words.language if name == "language" else str
    return {one: label(one) for one in sorted(found, key=lambda one: by_name(label(one)))}


def _keys(values: _Values, numbers: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, " ".join(ANY if one == ANY else numbers[name][one] for one in values[name]))
        for name in _NAMES
        if numbers[name]
    )


def _row(app: Vetting, keys: tuple[tuple[str, str], ...], words: SiteWords) -> AppRow:
    return AppRow(
        id=app.id,
        name=app.name,
        page=page_file(app.id),
        description=Written(app.description),
        subjects=subjects_of(app, words),
        platforms=", ".join(words.term("PLATFORM", one) for one in app.platforms),
        cost=words.term("COST", app.cost.model) if app.cost else "",
        conditions=bool(app.conditions),
        keys=keys,
        words=" ".join((app.supplier, *app.purposes, *app.subjects)),
    )
