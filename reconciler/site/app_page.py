"""The page of one app: what it is, whom it is for, on what conditions, what it costs, what becomes of data, how to get it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from reconciler.model.vetting import APPROVED, Cost, DataProtection, Decision, Interface, Vetting
from reconciler.site.app_inside import inside_sections
from reconciler.site.app_list import subjects_of
from reconciler.site.parts import Fact, Section, Written, facts
from reconciler.site.source import Source
from reconciler.site.words import SiteWords


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPage:
    """`status` is its word, `state` the status as written, for the page's look."""

    id: str
    name: str
    lead: str
    state: str
    status: str
    conditions: tuple[str, ...]
    warning: str
    source_url: str
    sections: tuple[Section, ...]


def app_page(app: Vetting, source: Source, words: SiteWords, *, inside: bool) -> AppPage:
    """`inside`: with what only the internal edition has."""
    sections = [
        Section(id="for-whom", title=words.say("FOR-WHOM"), facts=_for_whom(app, words)),
        _how_to_get(app, source, words),
        Section(id="cost", title=words.say("COST"), paragraphs=_cost(app.cost, words) if app.cost else ()),
        Section(id="use", title=words.say("USE"), facts=_use(app, app.interface, words)),
        Section(
            id="data", title=words.say("DATA"), paragraphs=_paragraph(_data(app, words)), facts=_data_facts(app, words)
        ),
        Section(id="assessment", title=words.say("ASSESSMENT"), paragraphs=tuple(_assessment(app, words))),
        Section(id="decision", title=words.say("DECISION"), facts=_decision(app, app.decision, words)),
    ]
    if inside:
        sections += inside_sections(app, source, words)
    return AppPage(
        id=app.id,
        name=app.name,
        lead=Written(app.description),
        state=app.status,
        status=words.term("STATUS", app.status),
        conditions=tuple(map(Written, app.conditions)),
        warning=_warning(app, source.as_of, words),
        source_url=app.source_url if app.source_url.startswith("https://") else "",
        sections=tuple(one for one in sections if not one.empty),
    )


def _warning(app: Vetting, as_of: date, words: SiteWords) -> str:
    gone = app.withdrawn_from
    if gone is None:
        return ""
    return words.say("GONE-FROM" if gone > as_of else "GONE-SINCE", date=gone.isoformat())


def _for_whom(app: Vetting, words: SiteWords) -> tuple[Fact, ...]:
    age = str(app.age_limit) if app.age_limit else ""
    return facts(
        (words.say("FORMS"), words.forms(app.school_forms) or words.say("FORMS-ALL")),
        (words.say("GRADES"), words.grades(app.grades)),
        (words.say("SUBJECTS"), subjects_of(app, words)),
        (words.say("PURPOSES"), Written(", ".join(app.purposes))),
        (words.say("AUDIENCES"), words.terms("AUDIENCE", app.audiences)),
        (words.say("AGE-LIMIT"), words.say("AGE-LIMIT-YEARS", n=age) if age else ""),
        (words.say("SUPPLIER"), app.supplier),
    )


def _how_to_get(app: Vetting, source: Source, words: SiteWords) -> Section:
    title = words.say("GET")
    if app.status not in APPROVED:
        return Section(id="get", title=title, paragraphs=(words.say(f"GET-{app.status.upper()}"),))
    use = source.uses.get(app.id)
    found = ((source.baselines.get(owner), mode) for owner, mode in (use.baselines.items() if use else ()))
    items = tuple(words.say(f"GET-BASELINE-{mode.upper()}", name=one.name) for one, mode in found if one)
    intro = (words.say("GET-BASELINES"),) if items else ()
    return Section(id="get", title=title, paragraphs=intro, items=items, closing=(words.say("GET-SCHOOL"),))


def _cost(cost: Cost, words: SiteWords) -> tuple[str, ...]:
    said = (
        words.term("COST-SENTENCE", cost.model),
        words.term("LICENCE", cost.licence),
        words.term("PURCHASES", cost.in_app_purchases),
        words.term("BEARER", cost.bearer),
    )
    return (*_paragraph(said), *((Written(cost.note),) if cost.note else ()))


def _paragraph(sentences: Iterable[str]) -> tuple[str, ...]:
    """One, of the sentences that say something; or none."""
    said = " ".join(filter(None, sentences))
    return (said,) if said else ()


def _use(app: Vetting, interface: Interface | None, words: SiteWords) -> tuple[Fact, ...]:
    shown = interface or Interface()
    supports = shown.accessibility
    none = words.say("ACCESSIBILITY-NOTHING") if supports == () else ""
    return facts(
        (words.say("PLATFORMS"), words.terms("PLATFORM", app.platforms)),
        (words.say("SIGN-IN"), words.terms("SIGN-IN", app.sign_in)),
        (words.say("LANGUAGES"), words.join(map(words.language, shown.languages))),
        (words.say("READING"), words.term("READING", shown.reading)),
        (words.say("ACCESSIBILITY"), words.terms("ACCESSIBILITY", supports or ()) or none),
        (words.say("OFFLINE"), words.term("OFFLINE", shown.offline)),
    )


def _data(app: Vetting, words: SiteWords) -> Iterator[str]:
    if not app.personal_data:
        yield words.say("DATA-UNKNOWN")
        return
    yield words.term("PERSONAL", app.personal_data)
    protection = app.data_protection
    if protection is None or app.personal_data == "none":
        return
    for kind, value, day in (
        ("AGREEMENT", protection.agreement, protection.agreement_date),
        ("IMPACT", protection.impact_assessment, protection.impact_assessment_date),
        ("STORAGE", protection.storage, None),
        ("THIRD-COUNTRY", protection.third_country, None),
    ):
        if value:
            said = words.term(kind, value)
            yield words.say("ON-DAY", said=said.removesuffix("."), date=day.isoformat()) if day else said


def _data_facts(app: Vetting, words: SiteWords) -> tuple[Fact, ...]:
    protection = app.data_protection or DataProtection()
    checked = protection.checked.isoformat() if protection.checked else ""
    return facts(
        (words.say("LEGAL-BASIS"), Written(protection.legal_basis)),
        (words.say("DELETION"), Written(protection.deletion)),
        (words.say("EXPORT"), Written(protection.export)),
        (words.say("CHECKED"), checked),
    )


def _assessment(app: Vetting, words: SiteWords) -> Iterator[str]:
    if app.assessment is None:
        return
    yield Written(app.assessment.value)
    if app.assessment.grade is not None:
        yield words.say("ASSESSMENT-GRADE", grade=str(app.assessment.grade))


def _decision(app: Vetting, decision: Decision | None, words: SiteWords) -> tuple[Fact, ...]:
    if decision is None:
        return ()
    review = app.review_by.isoformat() if app.review_by else ""
    return facts(
        (words.say("DECISION-STATUS"), words.term("STATUS", app.status)),
        (words.say("DECISION-MEETING"), decision.meeting.isoformat() if decision.meeting else ""),
        (words.say("DECISION-REFERENCE"), decision.reference),
        (words.say("DECISION-REASON"), Written(decision.reason)),
        (words.say("REVIEW-BY"), review),
    )
