"""An MGN as a page to print and to publish: one HTML file that needs nothing else, and runs nothing. Pure.

Everything that people wrote is escaped by the template engine; the policy in the page allows its own style sheet (by
its hash) and nothing more. Tables have headings for rows and columns, so that a screen reader can say where it is.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.model.mgn import Level, Mgn, Requirement, State, Verification
from reconciler.policy.mgn import level_on
from reconciler.texts import render

if TYPE_CHECKING:
    from jinja2 import Template

MARK: Final = "<!-- reconciler: mgn page -->"
"""Stands at the top of every page, so that a file that somebody else wrote is not replaced."""

_TEMPLATES: Final = Path(__file__).parent / "templates"
_COLUMNS: Final = ("MGN-PAGE-REQUIREMENT", "MGN-PAGE-WHO", "MGN-PAGE-WHERE", "MGN-PAGE-WHY", "MGN-PAGE-HOW")
_HOW: Final = {
    Verification.SELF_ASSESSMENT: "MGN-PAGE-SELF-ASSESSMENT",
    Verification.ATTESTATION: "MGN-PAGE-ATTESTATION",
    Verification.GUARDRAIL: "MGN-PAGE-GUARDRAIL",
}
_PARTS: Final = ((Level.SHALL, "ska", "MGN-PAGE-SHALL"), (Level.SHOULD, "bor", "MGN-PAGE-SHOULD"))
_LATER: Final = {Level.SHALL: "MGN-PAGE-FROM-SHALL", Level.SHOULD: "MGN-PAGE-FROM-SHOULD"}
_SPELLED: Final = {"mdm": "MDM", "schoolsoft": "SchoolSoft"}
"""Systems whose names are not their id with a capital."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    text: str
    later: str
    role: str
    system: str
    why: str
    source: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    id: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MgnPage:
    lang: str
    organisation: str
    title: str
    status: tuple[str, ...]
    introduction: str
    columns: tuple[str, ...]
    parts: tuple[Part, ...]


def render_page(mgn: Mgn, organisation: str, as_of: date, lang: str) -> str:
    """The whole HTML file, for the levels that hold on the day."""
    style = _style()
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return _template().render(page=page_of(mgn, organisation, as_of, lang), style=style, style_hash=digest) + "\n"


def page_of(mgn: Mgn, organisation: str, as_of: date, lang: str) -> MgnPage:
    """What stands on the page, as data. A part without requirements is left out."""
    parts = (
        Part(id=name, title=render(code, {}, lang).message, rows=tuple(_rows(mgn, level, as_of, lang)))
        for level, name, code in _PARTS
    )
    title = {"form": form_name(mgn.school_form), "year": mgn.school_year}
    return MgnPage(
        lang=lang,
        organisation=organisation,
        title=render("MGN-PAGE-TITLE", title, lang).message,
        status=tuple(_status(mgn, lang)),
        introduction=mgn.introduction,
        columns=tuple(render(code, {}, lang).message for code in _COLUMNS),
        parts=tuple(part for part in parts if part.rows),
    )


def form_name(form: str) -> str:
    """`anpassad-grundskola` as people write it."""
    return form.replace("-", " ")


def _rows(mgn: Mgn, level: Level, as_of: date, lang: str) -> Iterator[Row]:
    for one in mgn.requirements:
        if level_on(one, as_of) is level:
            yield Row(
                text=one.text,
                later=_later(one, as_of, lang),
                role=one.role,
                system=_SPELLED.get(one.system, one.system.capitalize()),
                why=one.rationale,
                source=one.source,
                how=render(_HOW[one.verification], {}, lang).message,
            )


def _later(requirement: Requirement, as_of: date, lang: str) -> str:
    becomes = requirement.becomes
    if becomes is None or becomes.start <= as_of:
        return ""
    return render(_LATER[becomes.level], {"date": becomes.start.isoformat()}, lang).message


def _status(mgn: Mgn, lang: str) -> Iterator[str]:
    if mgn.state is State.DRAFT:
        yield render("MGN-PAGE-DRAFT", {}, lang).message
    elif mgn.decision:
        day = mgn.decision.day.isoformat() if mgn.decision.day else ""
        values = {"body": mgn.decision.body, "date": day, "reference": mgn.decision.reference}
        yield render("MGN-PAGE-ADOPTED", values, lang).message
    if mgn.state is State.REVISED:
        yield render("MGN-PAGE-REVISED", {}, lang).message
    if mgn.participants:
        roles = ", ".join(dict.fromkeys(one.role for one in mgn.participants))
        yield render("MGN-PAGE-TOOK-PART", {"roles": roles}, lang).message


@cache
def _style() -> str:
    return (_TEMPLATES / "mgn.css").read_text("utf-8")


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415, RUF100 - only pages need it

    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=False)
    return environment.from_string((_TEMPLATES / "mgn.html.j2").read_text("utf-8"))
