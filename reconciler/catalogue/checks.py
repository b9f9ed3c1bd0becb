"""What is wrong with the catalogue as it stands: records, decisions, vetoes, identifiers. Pure.

A decision that doesn't hold is an error of its app. What happens when an app is *used* without an agreement is for the
guardrails; here it is about what the council may approve.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from typing import Final

from reconciler.catalogue.council import check_decision, check_meetings, meetings_by_day
from reconciler.catalogue.depth import PERSONAL, check_depth
from reconciler.catalogue.duplicates import duplicate_findings, shared_stores
from reconciler.catalogue.persons import personal_data_of
from reconciler.catalogue.status_words import in_words
from reconciler.catalogue.store_pages import id_in
from reconciler.model.documents import App, AppIdentity, Documents
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.vetting import APPROVED, DECIDED, Vetting, vetting_of


def check_catalogue(documents: Documents, as_of: date, unread: Collection[str] = ()) -> Iterator[Finding]:
    """Every finding of the catalogue without a base. `unread`: paths of files that dropped out when loading."""
    yield from check_decisions(documents, unread)
    yield from check_records(documents, as_of, unread)


def check_decisions(documents: Documents, unread: Collection[str] = ()) -> Iterator[Finding]:
    """Errors of approvals that are none: also a plan holds what depends on them. `unread`: files that dropped out."""
    council, meetings = documents.organisation.council, meetings_by_day(documents)
    for app in documents.apps:
        if app.status in DECIDED:
            vetting = vetting_of(app)
            yield from _check_standing_veto(vetting)
            if vetting.decision is None:
                at = vetting.at.child("status")
                yield about(vetting, "STATUS-UNDECIDED", at, Severity.ERROR, **in_words(status=vetting.status))
            if council is not None:
                yield from check_decision(vetting, meetings, council, unread)


def check_records(documents: Documents, as_of: date, unread: Collection[str] = ()) -> Iterator[Finding]:
    """Everything else that is wrong with the catalogue by itself.

    Until the council is described in organisation.yaml, what records lack are warnings: they may be older than this.
    """
    council, meetings = documents.organisation.council, meetings_by_day(documents)
    severity = Severity.ERROR if council is not None else Severity.WARNING
    schools = None if any(file.startswith("schools/") for file in unread) else _school_names(documents)
    if not any(file.startswith("app-catalogs/") for file in unread):
        yield from check_meetings(documents, as_of)
    for app in documents.apps:
        vetting = vetting_of(app)
        yield from check_depth(vetting, severity)
        if council is None:
            yield from check_decision(vetting, meetings, None, unread)
        yield from _check_agreement(vetting)
        yield from _check_done(vetting, as_of)
        yield from _check_lifting(vetting, as_of)
        yield from _check_cost(vetting)
        yield from _check_identities(vetting)
        yield from _check_persons(app)
        if schools is not None:
            yield from _check_schools(vetting, schools)
    yield from shared_stores(documents.apps)
    yield from duplicate_findings(documents.apps)


def _school_names(documents: Documents) -> frozenset[str]:
    return frozenset(name for school in documents.schools for name in (school.id, *school.previously))


def about(vetting: Vetting, code: str, at: Pointer, severity: Severity = Severity.ERROR, **values: str) -> Finding:
    """A finding that is the app's."""
    named = {"app": vetting.name, **values}
    return Finding(code=code, severity=severity, place=at, subject=f"app:{vetting.id}", values=named)


# --- what the council may approve ---------------------------------------------------------------------------------


def may_go_without_agreement(vetting: Vetting) -> bool:
    """`not-needed` is right where the recipient is the controller itself, and never for sensitive data (as the guardrail has it)."""
    agreement = vetting.data_protection.agreement if vetting.data_protection else ""
    return agreement == "not-needed" and vetting.personal_data != "sensitive"


def lacks_agreement(vetting: Vetting) -> bool:
    """Whether personal data are handled and no agreement covers it."""
    agreement = vetting.data_protection.agreement if vetting.data_protection else ""
    return vetting.personal_data in PERSONAL and agreement != "signed" and not may_go_without_agreement(vetting)


def _check_agreement(vetting: Vetting) -> Iterator[Finding]:
    if vetting.status in APPROVED and lacks_agreement(vetting):
        at = vetting.at.child("data_protection", "agreement") if vetting.data_protection else vetting.at.child("status")
        yield about(vetting, "APPROVED-WITHOUT-AGREEMENT", at)


_DONE: Final = (
    ("agreement", "signed", "AGREEMENT-LATER"),
    ("impact_assessment", "done", "IMPACT-ASSESSMENT-LATER"),
)


def _check_done(vetting: Vetting, as_of: date) -> Iterator[Finding]:
    """What is to be signed or done on a later day hasn't been."""
    for key, done, code in _DONE:
        day = getattr(vetting.data_protection, f"{key}_date", None)
        if day is not None and day > as_of and getattr(vetting.data_protection, key) == done:
            at = vetting.at.child("data_protection", f"{key}_date")
            yield about(vetting, code, at, date=day.isoformat())


def _check_standing_veto(vetting: Vetting) -> Iterator[Finding]:
    review = vetting.it_review
    if vetting.status in APPROVED and review is not None and review.stands:
        yield about(vetting, "APPROVED-OVER-VETO", vetting.at.child("status"), reason=review.reason)


def _check_lifting(vetting: Vetting, as_of: date) -> Iterator[Finding]:
    review = vetting.it_review
    if review is None or review.lifted is None:
        return
    at, lifted = vetting.at.child("it_review", "lifted", "date"), review.lifted.date
    if review.verdict != "veto":
        yield about(vetting, "VETO-LIFTED-WITHOUT-VETO", vetting.at.child("it_review", "lifted"))
    elif lifted is not None and lifted > as_of:
        yield about(vetting, "VETO-LIFTED-LATER", at, date=lifted.isoformat())
    elif lifted is not None and review.date is not None and lifted < review.date:
        yield about(vetting, "VETO-LIFTED-BEFORE", at, date=lifted.isoformat(), veto=review.date.isoformat())


def _check_cost(vetting: Vetting) -> Iterator[Finding]:
    cost = vetting.cost
    if cost is not None and cost.price is not None and cost.model == "free" and cost.price.kronor > 0:
        yield about(vetting, "FREE-WITH-PRICE", vetting.at.child("cost", "price"), kronor=str(cost.price.kronor))


# --- identifiers --------------------------------------------------------------------------------------------------

_STORES: Final = {
    "apps.apple.com": 'ipados: {app_store: "361309726"}',
    "itunes.apple.com": 'ipados: {app_store: "361309726"}',
    "play.google.com": "android: {play: org.scratchjr.android}",
    "chromewebstore.google.com": "chromeos: {extension: ghbmnnjooekpmoecnnnilnnbdlolhkhi}",
    "chrome.google.com": "chromeos: {extension: ghbmnnjooekpmoecnnnilnnbdlolhkhi}",
    "apps.microsoft.com": "windows: {store: 9NZVDKPMR9RD}",
}
"""Stores' own pages, which are never the app itself, and how an app from there is written."""

_HOST: Final = re.compile(r"https://(?:www\.)?([^/:?#]+)")
_DOMAINS: Final = frozenset({"com", "org", "net", "io", "se", "no", "dk", "fi", "de", "eu", "uk"})


def _check_identities(vetting: Vetting) -> Iterator[Finding]:
    yield from _check_source(vetting)
    for one in vetting.identities:
        host = _HOST.match(one.id) if one.kind == "web" else None
        if host is not None and host[1].lower() in _STORES:
            right = _STORES[host[1].lower()]
            if one.platform == "chromeos":
                right = right.replace("android: {play", "chromeos: {android")
            yield about(vetting, "STORE-PAGE-AS-WEB", one.at, address=one.id, right=right)
        elif _is_another_platforms(one):
            yield about(vetting, "STORE-ID-OF-OTHER", one.at, Severity.WARNING, store_id=one.id, kind=one.kind)


def _check_source(vetting: Vetting) -> Iterator[Finding]:
    """Where the id was read tells which app it is; an app with several ids in one store has one of them there."""
    found = id_in(vetting.source_url)
    if found is None:
        return
    kinds, right = found
    same = [one for one in vetting.identities if one.kind in kinds]
    if same and all(one.id.casefold() != right.casefold() for one in same):
        address = vetting.source_url
        yield about(vetting, "STORE-ID-NOT-SOURCE", same[0].at, store_id=same[0].id, right=right, address=address)


def _is_another_platforms(one: AppIdentity) -> bool:
    """Package names begin with a domain (com.duolingo), winget's ids with the maker's name (Mozilla.Firefox)."""
    reverse = one.id.partition(".")[0].lower() in _DOMAINS
    return (one.kind == "winget" and reverse) or (one.kind == "bundle-id" and _is_winget(one.id))


def _is_winget(name: str) -> bool:
    """Two capitalised parts: Apple's are a domain backwards."""
    parts = name.split(".")
    return len(parts) == 2 and all(part[:1].isupper() for part in parts)


# --- texts and names ----------------------------------------------------------------------------------------------


def _check_persons(app: App) -> Iterator[Finding]:
    for path, code in personal_data_of({**app.vetting, "name": app.name}):
        yield Finding(code=code, severity=Severity.ERROR, place=app.at.child(*path), subject=f"app:{app.id}")


def _check_schools(vetting: Vetting, schools: Collection[str]) -> Iterator[Finding]:
    for at, name in _named_schools(vetting):
        if name and name not in schools:
            near = next(iter(get_close_matches(name, schools, n=1, cutoff=0.6)), "")
            values = {"name": name, "near": near, "corrected": f"school: {near}"}
            # Schools close, and what one of them wished for before the council decided was so.
            severity = Severity.WARNING if vetting.status in DECIDED else Severity.ERROR
            yield about(vetting, "UNKNOWN-SCHOOL", at, severity, **values)


def _named_schools(vetting: Vetting) -> Iterable[tuple[Pointer, str]]:
    if vetting.request is not None:
        yield vetting.at.child("request", "school"), vetting.request.school
    for number, note in enumerate(vetting.notes):
        yield vetting.at.child("notes", number, "school"), note.school
