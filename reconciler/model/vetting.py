"""The council's record of one app, typed: who asked, what it is, costs and does, how it was judged, what was decided.

Mirrors `app-catalog.schema.json`. What isn't written is None, an empty text or (). A day that the calendar doesn't have is
None too (the loader has said so). Read from an `App` with `vetting_of`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias, TypeVar

from reconciler.model.documents import App, AppIdentity
from reconciler.model.place import Json, Pointer
from reconciler.model.slotted import dataclass

Day: TypeAlias = date
"""Where a field is called `date`, its class has no other name for the type."""

PROPOSED: Final = "proposed"
QUEUED: Final = "queued"
REJECTED: Final = "rejected"
WITHDRAWN: Final = "withdrawn"
APPROVED: Final = frozenset({"approved", "approved-with-conditions"})
EVERY_SUBJECT: Final = "alla"
"""Written among the subjects: the app belongs to each of them."""
DECIDED: Final = APPROVED | {REJECTED, WITHDRAWN}
"""Statuses that only a decision gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A wish: `by` is a role, `school` an id (empty where it isn't a school's), `users` about how many."""

    by: str = ""
    school: str = ""
    received: Day | None = None
    need: str = ""
    tried: str = ""
    users: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """`kronor` without VAT; `per`: device, user, class, school, municipality; `period`: once, month, school-year, year."""

    kronor: Decimal
    per: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    reference: str = ""
    until: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Procurement:
    """`form`: not-needed, direct-award, framework, tender."""

    form: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`model`: free, freemium, licence, subscription, one-off, advertising. `licence`: device, user, site.

    `in_app_purchases`: none, optional, needed. `bearer`: municipality, administration, school, project. `seats`: licences
    that the municipality has.
    """

    model: str
    note: str = ""
    price: Price | None = None
    licence: str = ""
    seats: int | None = None
    in_app_purchases: str = ""
    bearer: str = ""
    contract: Contract | None = None
    procurement: Procurement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """`languages` by ISO 639; `reading`: none, some, fluent; `offline`: full, partly, none. `accessibility` None: not written."""

    languages: tuple[str, ...] = ()
    reading: str = ""
    accessibility: tuple[str, ...] | None = None
    offline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Education's own: `grade` 1 to 5, `by` a role."""

    value: str
    grade: int | None = None
    tested_in: str = ""
    by: str = ""
    date: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """KLASSA, each 0 to 4."""

    confidentiality: int
    integrity: int
    availability: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProtection:
    """`agreement`: signed, in-progress, missing, not-needed; `impact_assessment` the same with done for signed.

    `third_country`: none, adequacy, dpf, scc, unknown. `storage`: device, sweden, eu-eea, third-country, unknown.
    """

    agreement: str = ""
    agreement_date: Day | None = None
    impact_assessment: str = ""
    impact_assessment_date: Day | None = None
    assessed_platforms: tuple[str, ...] = ()
    third_country: str = ""
    dpf_checked: Day | None = None
    checked: Day | None = None
    storage: str = ""
    deletion: str = ""
    export: str = ""
    register: str = ""
    legal_basis: str = ""
    subprocessors: str = ""
    classification: Classification | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    date: Day | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItReview:
    """`verdict`: passed, veto. `ground` of a veto: technical, security. A veto stands until `lifted`."""

    verdict: str
    ground: str = ""
    reason: str = ""
    date: Day | None = None
    lifted: Lifted | None = None

    @property
    def stands(self) -> bool:
        """Whether there is a veto that nobody has lifted."""
        return self.verdict == "veto" and self.lifted is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`reference` begins with the meeting's minutes. `votes_for` and `votes_against` (in files: for, against) where there was a vote."""

    meeting: Day | None
    reference: str
    reason: str
    votes_for: int | None = None
    votes_against: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A decision that held before. `day` is the meeting's, or another where it was no meeting's."""

    status: str
    day: Day | None
    at_meeting: bool
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Experience; `by` is a role, `school` an id."""

    date: Day | None
    by: str
    school: str = ""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A wrong id of the same app that was corrected without a new decision: `was` is the id as it stood on `platform`."""

    date: Day | None
    platform: str
    was: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Where input to vetting came from: never an approval."""

    source: str
    sha256: str
    read: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vetting:
    """`sign_in` and `personal_data` decide with `status` how much the record must hold (`catalogue.depth`)."""

    id: str
    name: str
    previously: tuple[str, ...] = ()
    description: str = ""
    supplier: str = ""
    supplier_country: str = ""
    identities: tuple[AppIdentity, ...] = ()
    platforms: tuple[str, ...] = ()
    corrected: tuple[Correction, ...] = ()
    source_url: str = ""
    source_text: str = ""
    source_read: Day | None = None
    request: Request | None = None
    school_forms: tuple[str, ...] = ()
    grades: str = ""
    audiences: tuple[str, ...] = ()
    age_limit: int | None = None
    subjects: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    sign_in: tuple[str, ...] = ()
    cost: Cost | None = None
    interface: Interface | None = None
    assessment: Assessment | None = None
    personal_data: str = ""
    data_protection: DataProtection | None = None
    it_review: ItReview | None = None
    trial_until: Day | None = None
    queued: Day | None = None
    status: str
    conditions: tuple[str, ...] = ()
    decision: Decision | None = None
    withdrawn_from: Day | None = None
    review_by: Day | None = None
    history: tuple[Earlier, ...] = ()
    notes: tuple[Note, ...] = ()
    imported: Imported | None = None
    at: Pointer


_Data = Mapping[str, Any]
_Part = TypeVar("_Part")


def for_every_subject(record: Vetting) -> bool:
    """Subjects are people's own words, but for this one."""
    return any(one.casefold() == EVERY_SUBJECT for one in record.subjects)


def vetting_of(app: App) -> Vetting:
    """The record of an app that has passed its schema."""
    record: _Data = app.vetting
    source: _Data = record.get("source", {})
    return Vetting(
        id=app.id,
        name=app.name,
        previously=app.previously,
        description=record.get("description", ""),
        supplier=record.get("supplier", ""),
        supplier_country=record.get("supplier_country", ""),
        identities=app.identities,
        platforms=tuple(dict.fromkeys(identity.platform for identity in app.identities)),
        corrected=tuple(map(_correction, record.get("corrected", ()))),
        source_url=source.get("url", ""),
        source_text=source.get("text", ""),
        source_read=_day(source, "read"),
        request=_part(record, "request", _request),
        school_forms=app.school_forms,
        grades=record.get("grades", ""),
        audiences=tuple(record.get("audiences", ())),
        age_limit=_whole(record, "age_limit"),
        subjects=tuple(record.get("subjects", ())),
        purposes=tuple(record.get("purposes", ())),
        sign_in=tuple(record.get("sign_in", ())),
        cost=_part(record, "cost", _cost),
        interface=_part(record, "interface", _interface),
        assessment=_part(record, "assessment", _assessment),
        personal_data=record.get("personal_data", ""),
        data_protection=_part(record, "data_protection", _data_protection),
        it_review=_part(record, "it_review", _it_review),
        trial_until=_day(record.get("trial", {}), "until"),
        queued=_day(record, "queued"),
        status=app.status,
        conditions=tuple(record.get("conditions", ())),
        decision=_part(record, "decision", _decision),
        withdrawn_from=app.withdrawn_from,
        review_by=_day(record, "review_by"),
        history=tuple(map(_earlier, record.get("history", ()))),
        notes=tuple(map(_note, record.get("notes", ()))),
        imported=_part(record, "imported", _imported),
        at=app.at,
    )


def _part(record: _Data, key: str, build: Callable[[_Data], _Part]) -> _Part | None:
    return build(record[key]) if key in record else None


def _request(data: _Data) -> Request:
    texts = {key: data.get(key, "") for key in ("by", "school", "need", "tried", "reference")}
    return Request(**texts, received=_day(data, "received"), users=_whole(data, "users"))


def _cost(data: _Data) -> Cost:
    texts = {key: data.get(key, "") for key in ("note", "licence", "in_app_purchases", "bearer")}
    return Cost(
        model=data["model"],
        **texts,
        seats=_whole(data, "seats"),
        price=_part(data, "price", _price),
        contract=_part(data, "contract", _contract),
        procurement=_part(data, "procurement", lambda one: Procurement(**one)),
    )


def _price(data: _Data) -> Price:
    return Price(kronor=Decimal(str(data["kronor"])), per=data["per"], period=data["period"])


def _contract(data: _Data) -> Contract:
    return Contract(reference=data.get("reference", ""), until=_day(data, "until"))


def _interface(data: _Data) -> Interface:
    return Interface(
        languages=tuple(data.get("languages", ())),
        reading=data.get("reading", ""),
        accessibility=tuple(data["accessibility"]) if "accessibility" in data else None,
        offline=data.get("offline", ""),
    )


def _assessment(data: _Data) -> Assessment:
    return Assessment(
        value=data["value"],
        grade=_whole(data, "grade"),
        tested_in=data.get("tested_in", ""),
        by=data["by"],
        date=_day(data, "date"),
    )


_PROTECTION_TEXTS: Final = (
    *("agreement", "impact_assessment", "third_country", "storage"),
    *("deletion", "export", "register", "legal_basis", "subprocessors"),
)


def _data_protection(data: _Data) -> DataProtection:
    texts = {key: data.get(key, "") for key in _PROTECTION_TEXTS}
    return DataProtection(
        **texts,
        agreement_date=_day(data, "agreement_date"),
        impact_assessment_date=_day(data, "impact_assessment_date"),
        dpf_checked=_day(data, "dpf_checked"),
        checked=_day(data, "checked"),
        assessed_platforms=tuple(data.get("assessed_platforms", ())),
        classification=_part(data, "classification", lambda one: Classification(**{k: int(one[k]) for k in one})),
    )


def _it_review(data: _Data) -> ItReview:
    return ItReview(
        verdict=data["verdict"],
        ground=data.get("ground", ""),
        reason=data.get("reason", ""),
        date=_day(data, "date"),
        lifted=_part(data, "lifted", lambda one: Lifted(date=_day(one, "date"), reason=one["reason"])),
    )


def _decision(data: _Data) -> Decision:
    return Decision(
        meeting=_day(data, "meeting"),
        reference=data["reference"],
        reason=data["reason"],
        votes_for=_whole(data, "for"),
        votes_against=_whole(data, "against"),
    )


def _earlier(data: _Data) -> Earlier:
    return Earlier(
        status=data["status"],
        day=_day(data, "meeting") or _day(data, "date"),
        at_meeting="meeting" in data,
        reference=data.get("reference", ""),
        reason=data.get("reason", ""),
    )


def _note(data: _Data) -> Note:
    return Note(date=_day(data, "date"), by=data["by"], school=data.get("school", ""), text=data["text"])


def _correction(data: _Data) -> Correction:
    return Correction(date=_day(data, "date"), platform=data["platform"], was=data["was"], reason=data["reason"])


def _imported(data: _Data) -> Imported:
    return Imported(source=data["from"], sha256=data["sha256"], read=_day(data, "read"))


def _day(data: _Data, key: str) -> date | None:
    written: Json = data.get(key)
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:  # the loader has said so, at its line
        return None


def _whole(data: _Data, key: str) -> int | None:
    """JSON Schema takes 7.0 for a whole number too."""
    return int(data[key]) if key in data else None
