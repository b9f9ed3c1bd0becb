"""The council's record of an app as typed data: nothing is lost, and what isn't written is empty."""

from datetime import date
from decimal import Decimal

from reconciler.model.vetting import (
    Classification,
    Contract,
    Earlier,
    Imported,
    ItReview,
    Lifted,
    Note,
    Price,
    Procurement,
    Request,
    Vetting,
    vetting_of,
)
from reconciler.schema.check import schemas
from tests.unit.catalogue.records import FILES, documents_of, vetting, with_records


def test_a_full_record() -> None:
    kami = vetting(FILES, "kami")

    assert kami.request == Request(
        by="lärare åk 5", school="norrskolan", need="Eleverna ska kunna anteckna i läromedel.", users=74
    )
    assert kami.cost is not None
    assert kami.cost.price == Price(kronor=Decimal("49.5"), per="user", period="school-year")
    assert kami.interface is not None
    assert kami.interface.accessibility == ()
    assert kami.assessment is not None
    assert (kami.assessment.grade, kami.assessment.date) == (4, date(2026, 8, 20))
    assert kami.data_protection is not None
    assert kami.data_protection.storage == "third-country"
    assert kami.decision is not None
    assert (kami.decision.meeting, kami.decision.votes_for) == (date(2026, 9, 2), 4)
    assert kami.platforms == ("chromeos",)
    assert kami.review_by == date(2027, 9, 30)


def test_what_is_not_written_is_empty() -> None:
    wish = vetting(FILES, "onskad")

    assert (wish.cost, wish.interface, wish.assessment, wish.decision, wish.data_protection) == (None,) * 5
    assert (wish.subjects, wish.sign_in, wish.personal_data, wish.history) == ((), (), "", ())


def test_the_rarer_parts() -> None:
    more = """\
    trial: {until: "2027-02-28"}
    notes: [{date: "2026-11-03", by: lärare, school: norrskolan, text: Bra.}]
    imported: {from: Grannköping, sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", read: "2026-11-20"}
    data_protection: {classification: {confidentiality: 2, integrity: 1, availability: 0}}
    status: proposed
"""
    cost = '{model: free, contract: {reference: A, until: "2028-06-30"}, procurement: {form: framework}}'
    files = with_records(("    status: proposed\n", more), ("cost: {model: free}", f"cost: {cost}"))
    one, scratch, veto, no = (vetting(files, name) for name in ("onskad", "scratch", "stoppad", "nekad"))

    assert one.trial_until == date(2027, 2, 28)
    assert one.notes == (Note(date=date(2026, 11, 3), by="lärare", school="norrskolan", text="Bra."),)
    assert one.imported is not None
    assert one.imported == Imported(source="Grannköping", sha256=one.imported.sha256, read=date(2026, 11, 20))
    assert one.data_protection is not None
    assert one.data_protection.classification == Classification(confidentiality=2, integrity=1, availability=0)
    assert scratch.cost is not None
    assert scratch.cost.contract == Contract(reference="A", until=date(2028, 6, 30))
    assert scratch.cost.procurement == Procurement(form="framework")
    assert veto.it_review is not None
    assert veto.it_review.stands
    assert no.history == (
        Earlier(
            status="rejected", day=date(2024, 5, 2), at_meeting=False, reference="Rådet 2024-05-02", reason="Reklam."
        ),
    )


def test_a_veto_stands_until_it_is_lifted() -> None:
    lifted = Lifted(date=date(2026, 11, 10), reason="Ny version")

    assert ItReview(verdict="veto", ground="security").stands
    assert not ItReview(verdict="veto", ground="security", lifted=lifted).stands
    assert not ItReview(verdict="passed").stands


def test_every_key_of_the_schema_has_its_field() -> None:
    written = set(schemas()["app-catalog.schema.json"]["$defs"]["app"]["properties"])
    renamed = {"source": {"source_url", "source_text", "source_read"}, "trial": {"trial_until"}}
    own = {name for key in written for name in renamed.get(key, {key})}

    assert own <= set(Vetting.__dataclass_fields__)
    assert set(Vetting.__dataclass_fields__) - own == {"identities", "at"}


def test_days_of_a_record_are_days() -> None:
    app = next(one for one in documents_of(FILES).apps if one.id == "kami")

    assert vetting_of(app).source_read == date(2026, 11, 21)
