"""The sample's catalogue shows what a council meets: ninety candidates, thirty approved, and each kind of case at least once."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from reconciler.catalogue.depth import Depth, depth_of, missing
from reconciler.load.repository import load
from reconciler.load.tree import read_tree
from reconciler.model.documents import Documents
from reconciler.model.vetting import APPROVED, DECIDED, Vetting, vetting_of

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def documents() -> Documents:
    loaded = load(read_tree(ROOT))
    assert loaded.findings == ()
    assert loaded.documents is not None
    return loaded.documents


@pytest.fixture(scope="module")
def records(documents: Documents) -> list[Vetting]:
    return [vetting_of(app) for app in documents.apps]


def named(records: list[Vetting]) -> dict[str, Vetting]:
    return {record.id: record for record in records}


def test_ninety_candidates_of_which_thirty_are_approved(records: list[Vetting]) -> None:
    by_status = Counter(record.status for record in records)

    assert len(records) == 90
    assert sum(by_status[status] for status in APPROVED) == 30
    assert (by_status["rejected"], by_status["queued"], by_status["proposed"], by_status["withdrawn"]) == (37, 12, 6, 5)


def test_no_record_lacks_what_its_status_and_risk_ask(records: list[Vetting]) -> None:
    assert {record.id: [one.key for one in missing(record)] for record in records if missing(record)} == {}
    assert {depth_of(record) for record in records if record.status in APPROVED} == {Depth.SIMPLE, Depth.FULL}


def test_who_was_told_no_is_told_why_and_no_reason_is_copied(records: list[Vetting]) -> None:
    """Two apps have nothing to do with teaching, and the council says so of both with one sentence."""
    reasons = Counter(record.decision.reason for record in records if record.decision)

    assert all(record.decision and record.decision.reason for record in records if record.status in DECIDED)
    assert [reason for reason, times in reasons.items() if times > 1] == [
        "Har inget i undervisningen att göra. Spärras."
    ]


def test_every_decision_stands_in_the_minutes_of_a_held_meeting_with_a_quorum(
    documents: Documents, records: list[Vetting]
) -> None:
    held = {meeting.day: meeting for meeting in documents.meetings if meeting.state == "held"}
    quorum = 6  # organisation.yaml

    assert set(held) == {date(2026, 3, 11), date(2026, 5, 6), date(2026, 9, 2), date(2026, 11, 4)}
    assert all(sum(one.seats for one in meeting.present) >= quorum for meeting in held.values())
    for record in records:
        days = [(one.day, one.reference) for one in record.history if one.at_meeting]
        if record.decision:
            days.append((record.decision.meeting, record.decision.reference))
        for day, reference in days:
            assert day is not None
            assert reference.startswith(f"{held[day].minutes} § "), record.id
            assert record.id in {item.app for item in held[day].agenda}


def test_votes_are_no_more_than_those_present(documents: Documents, records: list[Vetting]) -> None:
    seats = {meeting.day: sum(one.seats for one in meeting.present) for meeting in documents.meetings}
    votes = [record.decision for record in records if record.decision and record.decision.votes_for is not None]

    assert len(votes) >= 10
    assert all((one.votes_for or 0) + (one.votes_against or 0) <= seats[one.meeting] for one in votes)


def test_what_is_queued_is_on_the_agenda_in_december(documents: Documents, records: list[Vetting]) -> None:
    (called,) = [meeting for meeting in documents.meetings if meeting.state == "called"]
    agenda = {item.app: item.item for item in called.agenda}

    assert called.day == date(2026, 12, 9)
    assert called.present == ()
    assert {name for name, item in agenda.items() if item == "new"} == {
        record.id for record in records if record.status == "queued"
    }
    assert set(agenda.values()) == {"new", "review", "reconsider"}


def test_each_kind_of_case_is_there(records: list[Vetting]) -> None:
    found = named(records)
    vetoes = [record for record in records if record.it_review and record.it_review.verdict == "veto"]
    due = [record for record in records if record.review_by and TODAY <= record.review_by <= TODAY + timedelta(days=60)]
    wish = found["binogi"]

    assert wish.status == "proposed"
    assert wish.request is not None
    assert all((wish.request.by, wish.request.school, wish.request.received, wish.request.need, wish.request.tried))
    assert {one.id for one in vetoes if one.it_review and one.it_review.stands} == {
        *("tampermonkey", "chrome-remote-desktop", "blender")
    }
    assert {one.id for one in vetoes if one.it_review and one.it_review.lifted} == {
        *("safe-exam-browser", "stop-motion-studio")
    }
    assert not any(one.status in APPROVED for one in vetoes if one.it_review and one.it_review.stands)
    assert {record.id for record in due} == {"firefox", "imovie", "garageband", "desmos"}
    assert [record.id for record in records if record.imported] == ["exam-net"]
    assert found["exam-net"].status == "queued"  # input is no approval
    assert set(found["widgit-online"].purposes) == set(found["bildstod"].purposes)
    assert sum(len(record.notes) for record in records) >= 10


def test_the_categories_spread(records: list[Vetting]) -> None:
    costs = [record.cost for record in records if record.cost]
    languages = {language for record in records if record.interface for language in record.interface.languages}

    assert {cost.model for cost in costs} == {
        *("free", "freemium", "licence", "subscription", "one-off", "advertising")
    }
    assert {cost.price.per for cost in costs if cost.price} == {"user", "device", "class", "school"}
    assert {form for record in records for form in record.school_forms} == {
        *("förskola", "förskoleklass", "fritidshem", "grundskola", "anpassad-grundskola", "specialskola"),
        *("sameskola", "gymnasieskola", "anpassad-gymnasieskola", "komvux"),
    }
    assert {"sv", "en", "ar", "so", "uk", "se", "fi", "swl"} <= languages
    assert {record.personal_data for record in records} == {"none", "pseudonym", "ordinary", "private", "sensitive"}


def test_no_two_apps_have_one_store_id(documents: Documents) -> None:
    owners: dict[tuple[str, str, str], list[str]] = {}
    for app in documents.apps:
        for identity in app.identities:
            owners.setdefault((identity.platform, identity.kind, identity.id), []).append(app.id)

    assert [names for names in owners.values() if len(names) > 1] == []
