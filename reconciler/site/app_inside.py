"""What only the internal edition says of an app: the wish, prices and contract, IT's review, who uses it, experience, history."""

from collections.abc import Iterator

from reconciler.model.vetting import ItReview, Vetting
from reconciler.review.seats import Seats
from reconciler.site.parts import Cell, Fact, Section, Table, Written, cells, facts, page_file
from reconciler.site.source import Source
from reconciler.site.words import SiteWords


def inside_sections(app: Vetting, source: Source, words: SiteWords) -> Iterator[Section]:
    """An empty section is left out by whoever shows them."""
    yield Section(id="wish", title=words.say("WISH"), facts=_wish(app, source, words))
    yield Section(id="contract", title=words.say("CONTRACT"), facts=_contract(app, source, words))
    yield Section(id="protection", title=words.say("PROTECTION"), facts=_protection(app, words))
    if app.it_review:
        yield Section(id="it-review", title=words.say("IT-REVIEW"), facts=_it_review(app.it_review, words))
    yield Section(
        id="used", title=words.say("USED"), paragraphs=_used(app, source, words), tables=_groups(app, source, words)
    )
    yield Section(id="notes", title=words.say("NOTES"), tables=_notes(app, source, words))
    yield Section(id="history", title=words.say("HISTORY"), tables=_history(app, words))
    yield Section(id="record", title=words.say("RECORD"), facts=_record(app, words))


def _wish(app: Vetting, source: Source, words: SiteWords) -> tuple[Fact, ...]:
    wish = app.request
    if wish is None:
        return ()
    school = source.schools.get(wish.school)
    return facts(
        (words.say("WISH-NEED"), Written(wish.need)),
        (words.say("WISH-BY"), Written(", ".join(filter(None, (wish.by, school.name if school else wish.school))))),
        (words.say("WISH-RECEIVED"), wish.received.isoformat() if wish.received else ""),
        (words.say("WISH-TRIED"), Written(wish.tried)),
        (words.say("WISH-USERS"), words.number(wish.users) if wish.users is not None else ""),
        (words.say("WISH-REFERENCE"), wish.reference),
        (words.say("QUEUED-SINCE"), app.queued.isoformat() if app.queued else ""),
    )


def _contract(app: Vetting, source: Source, words: SiteWords) -> tuple[Fact, ...]:
    cost = app.cost
    if cost is None:
        return ()
    contract, procurement = cost.contract, cost.procurement
    seats = source.seats(app) if cost.seats is not None else None
    return facts(
        (words.say("PRICE"), price(app, words)),
        (words.say("SEATS-OWNED"), owned_words(seats, words) if seats else ""),
        (words.say("SEATS-NEEDED"), needed_words(seats, words) if seats else ""),
        (words.say("CONTRACT-REFERENCE"), contract.reference if contract else ""),
        (words.say("CONTRACT-UNTIL"), contract.until.isoformat() if contract and contract.until else ""),
        (words.say("PROCUREMENT"), words.term("PROCUREMENT", procurement.form) if procurement else ""),
        (words.say("PROCUREMENT-REFERENCE"), procurement.reference if procurement else ""),
    )


def owned_words(seats: Seats, words: SiteWords) -> str:
    """`300`, or `300 (12 fattas)`."""
    owned = words.number(seats.owned or 0)
    return words.say("SEATS-SHORT", owned=owned, short=words.number(seats.short)) if seats.short else owned


def needed_words(seats: Seats, words: SiteWords) -> str:
    """`312`; `minst 312` where the files don't count everybody."""
    needed = words.number(seats.needed)
    return words.say("SEATS-AT-LEAST", needed=needed) if seats.silent else needed


def price(app: Vetting, words: SiteWords) -> str:
    """`49 kr per enhet och läsår`."""
    found = app.cost.price if app.cost else None
    if found is None:
        return ""
    per, period = words.term("PER", found.per), words.term("PERIOD", found.period)
    return words.say("PRICE-IN-WORDS", price=words.kronor(found.kronor), per=per, period=period)


def _protection(app: Vetting, words: SiteWords) -> tuple[Fact, ...]:
    protection = app.data_protection
    if protection is None:
        return ()
    levels = protection.classification
    klassa = f"{levels.confidentiality} / {levels.integrity} / {levels.availability}" if levels else ""
    return facts(
        (words.say("CLASSIFICATION"), klassa),
        (words.say("REGISTER"), protection.register),
        (words.say("SUBPROCESSORS"), protection.subprocessors),
        (words.say("ASSESSED-PLATFORMS"), words.terms("PLATFORM", protection.assessed_platforms)),
        (words.say("DPF-CHECKED"), protection.dpf_checked.isoformat() if protection.dpf_checked else ""),
    )


def _it_review(review: ItReview, words: SiteWords) -> tuple[Fact, ...]:
    lifted = review.lifted
    day = lifted.date.isoformat() if lifted and lifted.date else ""
    return facts(
        (words.say("IT-VERDICT"), words.term("IT-VERDICT", review.verdict)),
        (words.say("IT-GROUND"), words.term("IT-GROUND", review.ground)),
        (words.say("IT-REASON"), Written(review.reason)),
        (words.say("DATE"), review.date.isoformat() if review.date else ""),
        (words.say("IT-LIFTED"), Written(" ".join(filter(None, (day, lifted.reason)))) if lifted else ""),
    )


def _used(app: Vetting, source: Source, words: SiteWords) -> tuple[str, ...]:
    use = source.uses.get(app.id)
    if use is None:
        return (words.say("USED-NOWHERE"),)
    schools = len({key.partition("/")[0] for key, _ in use.groups})
    return (
        words.say(
            "USED-BY",
            groups=words.count("GROUP", len(use.groups)),
            schools=words.count("SCHOOL", schools),
            devices=words.count("DEVICE", sum(use.seats.values())),
        ),
    )


def _groups(app: Vetting, source: Source, words: SiteWords) -> tuple[Table, ...]:
    """One row for each school: a list of six hundred groups would say less."""
    use = source.uses.get(app.id)
    if use is None:
        return ()
    by_school: dict[str, list[tuple[str, str]]] = {}
    for key, mode in use.groups:
        by_school.setdefault(key.partition("/")[0], []).append((key, mode))
    head = (words.say("SCHOOL"), words.say("MODE-REQUIRED"), words.say("MODE-AVAILABLE"))
    rows = tuple(_school_row(school, groups, source) for school, groups in by_school.items())
    return (Table(caption=words.say("USED-CAPTION"), head=head, rows=rows),)


def _school_row(school: str, groups: list[tuple[str, str]], source: Source) -> tuple[Cell, ...]:
    def named(wanted: str) -> str:
        return ", ".join(source.state.groups[key].group.name for key, mode in groups if mode == wanted)

    first = Cell(text=source.schools[school].name, href=f"../schools/{page_file(school)}")
    return (first, Cell(text=named("required")), Cell(text=named("available")))


def _notes(app: Vetting, source: Source, words: SiteWords) -> tuple[Table, ...]:
    if not app.notes:
        return ()
    head = (words.say("DATE"), words.say("NOTE-BY"), words.say("NOTE"))
    rows = []
    for note in app.notes:
        school = source.schools.get(note.school)
        by = ", ".join(filter(None, (note.by, school.name if school else note.school)))
        rows.append(cells(note.date, Written(by), Written(note.text)))
    return (Table(caption=words.say("NOTES-CAPTION"), head=head, rows=tuple(rows)),)


def _history(app: Vetting, words: SiteWords) -> tuple[Table, ...]:
    if not app.history:
        return ()
    head = tuple(words.say(one) for one in ("DATE", "DECISION-STATUS", "DECISION-REFERENCE", "DECISION-REASON"))
    rows = tuple(
        cells(one.day, words.term("STATUS", one.status), one.reference, Written(one.reason)) for one in app.history
    )
    return (Table(caption=words.say("HISTORY-CAPTION"), head=head, rows=rows),)


def _record(app: Vetting, words: SiteWords) -> tuple[Fact, ...]:
    """Where the record stands, and what else it holds."""
    decision, imported, assessment = app.decision, app.imported, app.assessment
    votes = ""
    if decision and decision.votes_for is not None and decision.votes_against is not None:
        votes = words.say("VOTES-COUNTED", ayes=str(decision.votes_for), noes=str(decision.votes_against))
    return facts(
        (words.say("RECORD-FILE"), app.at.file),
        (words.say("RECORD-SOURCE"), Written(app.source_text)),
        (words.say("TESTED-IN"), Written(assessment.tested_in) if assessment else ""),
        (words.say("ASSESSED-BY"), Written(assessment.by) if assessment else ""),
        (words.say("VOTES"), votes),
        (words.say("TRIAL-UNTIL"), app.trial_until.isoformat() if app.trial_until else ""),
        (words.say("IMPORTED"), imported.source if imported else ""),
    )
