"""Which files an edition has, in which languages, and how pages lead to each other. Paths are relative and in lower-case ASCII.

An edition's folder holds the first language's pages; the other's are in a folder of its own (`en/`). The public edition is made of
public data alone: what is not to be known is not handed to its pages.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from reconciler.model.mgn import Mgn
from reconciler.policy.mgn import versions_in_force
from reconciler.report.mgn_page import page_of
from reconciler.schema.school_forms import plain
from reconciler.site.app_list import list_apps
from reconciler.site.app_page import app_page
from reconciler.site.charts import draw
from reconciler.site.overview import figures
from reconciler.site.parts import Cell, Table, page_file
from reconciler.site.queue_page import queue_sections
from reconciler.site.rendering import Frame, Link, assets, render_html
from reconciler.site.school_page import NOTHING, judged_by_school, school_page
from reconciler.site.source import Edition, Source, is_public
from reconciler.site.words import SiteWords, by_name

ASSETS: Final = "assets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page before it is text. `path` within its language; `part` is the link in the menu that it belongs to."""

    path: str
    template: str
    title: str
    part: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`path` within the edition's folder."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All pages and charts of one edition in one language, ready to be rendered."""

    edition: Edition
    lang: str
    langs: tuple[str, ...]
    organisation: str
    spoken: str
    as_of: str
    pages: tuple[Page, ...]
    charts: tuple[File, ...] = ()

    @property
    def folder(self) -> str:
        return "" if self.lang == self.langs[0] else f"{self.lang}/"


_MENU: Final = ("index.html", "mgn/index.html", "queue.html", "schools/index.html", "overview.html", "about.html")
_PUBLIC: Final = frozenset({"index.html", "mgn/index.html", "about.html"})
_NAMES: Final = {
    "index.html": "MENU-APPS",
    "mgn/index.html": "MENU-MGN",
    "queue.html": "MENU-QUEUE",
    "schools/index.html": "MENU-SCHOOLS",
    "overview.html": "MENU-OVERVIEW",
    "about.html": "MENU-ABOUT",
}


def files(source: Source, edition: Edition, langs: Sequence[str]) -> Iterator[File]:
    """Every file of an edition, the first language first."""
    for name, text in assets().items():
        yield File(path=f"{ASSETS}/{name}", text=text)
    for lang in langs:
        yield from rendered(plan(source, edition, lang, tuple(langs)))


def plan(source: Source, edition: Edition, lang: str, langs: tuple[str, ...]) -> Plan:
    """What the pages say, gathered; rendering takes nothing more."""
    words = SiteWords(lang)
    inside = edition is Edition.INTERNAL
    pages = [*_apps(source, words, inside=inside), *_mgn(source, words), _about(words)]
    charts: tuple[File, ...] = ()
    if inside:
        shown = figures(source, words)
        charts = tuple(File(path=f"charts/{one.id}.svg", text=draw(one.chart)) for one in shown if one.chart)
        overview = _page("overview.html", "overview.html.j2", words.say("OVERVIEW"), figures=shown)
        pages += [_queue(source, words), *_schools(source, words), overview]
    return Plan(
        edition=edition,
        lang=lang,
        langs=langs,
        organisation=source.documents.organisation.name,
        spoken=source.documents.organisation.language,
        as_of=source.as_of.isoformat(),
        pages=tuple(pages),
        charts=charts,
    )


def rendered(plan: Plan) -> Iterator[File]:
    for page in plan.pages:
        text = render_html(page.template, frame_of(page, plan), page.values)
        yield File(path=plan.folder + page.path, text=text)
    for chart in plan.charts:
        yield replace(chart, path=plan.folder + chart.path)


def frame_of(page: Page, plan: Plan) -> Frame:
    up = "../" * page.path.count("/")
    top = up + "../" * plan.folder.count("/")
    other = next((one for one in plan.langs if one != plan.lang), "")
    folder = "" if other == plan.langs[0] else f"{other}/"
    words = SiteWords(plan.lang)
    menu = [one for one in _MENU if plan.edition is Edition.INTERNAL or one in _PUBLIC]
    return Frame(
        lang=plan.lang,
        spoken=plan.spoken,
        organisation=plan.organisation,
        title=page.title,
        home=up,
        assets=f"{top}{ASSETS}/",
        links=tuple(Link(text=words.say(_NAMES[one]), href=up + one, current=one == page.part) for one in menu),
        inside=plan.edition is Edition.INTERNAL,
        as_of=plan.as_of,
        other=f"{top}{folder}{page.path}" if other else "",
        other_lang=other,
    )


def _page(path: str, template: str, title: str, part: str = "", **values: Any) -> Page:
    return Page(path=path, template=template, title=title, part=part or path, values=values)


def _apps(source: Source, words: SiteWords, *, inside: bool) -> Iterator[Page]:
    public = [app for app in source.apps if is_public(app, source.as_of)]
    yield _page("index.html", "apps.html.j2", words.say("APPS-TITLE"), listed=list_apps(public, words))
    for app in source.apps if inside else public:
        shown = app_page(app, source, words, inside=inside)
        yield _page(f"apps/{page_file(app.id)}", "app.html.j2", app.name, "index.html", app=shown)


def _mgn(source: Source, words: SiteWords) -> Iterator[Page]:
    """One page for each school form's version in force."""
    versions = sorted(
        versions_in_force(source.documents, source.as_of).values(), key=lambda one: by_name(one.school_form)
    )
    listed = [(words.form(one.school_form), one.school_year, _mgn_file(one)) for one in versions]
    yield _page("mgn/index.html", "mgn_list.html.j2", words.say("MGN"), versions=listed)
    for mgn in versions:
        shown = page_of(mgn, source.documents.organisation.name, source.as_of, words.lang)
        yield _page(f"mgn/{_mgn_file(mgn)}", "mgn.html.j2", shown.title, "mgn/index.html", page=shown)


def _mgn_file(mgn: Mgn) -> str:
    return f"{plain(mgn.school_form)}.html"


def _about(words: SiteWords) -> Page:
    return _page("about.html", "about.html.j2", words.say("ABOUT"))


def _queue(source: Source, words: SiteWords) -> Page:
    return _page("queue.html", "queue.html.j2", words.say("QUEUE"), sections=queue_sections(source, words))


def _schools(source: Source, words: SiteWords) -> Iterator[Page]:
    judged = judged_by_school(source)
    schools = sorted(source.documents.schools, key=lambda one: by_name(one.name))
    shown = [school_page(one, judged.get(one.id, NOTHING), source, words) for one in schools]
    rows = tuple(
        (
            Cell(text=one.name, href=page_file(one.id)),
            *(Cell(text=fact, look="number" if at else "") for at, fact in enumerate(about)),
        )
        for one, about in zip(shown, (_in_short(one.id, source, words) for one in shown), strict=True)
    )
    head = tuple(words.say(one) for one in ("SCHOOL", "FORMS", "GROUPS", "DEVICES-EXPECTED", "PUPILS"))
    table = Table(caption=words.say("SCHOOLS-CAPTION"), head=head, rows=rows)
    yield _page("schools/index.html", "schools.html.j2", words.say("SCHOOLS"), table=table)
    for page in shown:
        yield _page(f"schools/{page_file(page.id)}", "school.html.j2", page.name, "schools/index.html", school=page)


def _in_short(school: str, source: Source, words: SiteWords) -> tuple[str, ...]:
    found, groups = source.schools[school], source.groups_of.get(school, ())
    forms = dict.fromkeys(form for unit in found.units for form in unit.school_forms)
    devices = sum(one.group.devices.expected or 0 for one in groups if one.group.devices)
    pupils = sum(found.pupils_by_grade.values())
    return (words.forms(tuple(forms)), *map(words.number, (len(groups), devices, pupils)))
