"""What is said of a commit that couldn't be planned, and what it must not take away: a plan of that very commit that people have seen."""

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.forge.api import Forge
from reconciler.forge.comments import Done, our_comments
from reconciler.reconcile.ci_evidence import Place
from reconciler.reconcile.ci_record import make_record, put_record
from reconciler.reconcile.ci_unplanned import write_unplanned
from reconciler.trust.record import Record
from reconciler.trust.refusal import Refusal
from reconciler.trust.signing import PART, Key, sign, verify
from tests.forge.forge import Forge as Hub
from tests.forge.state import Pull
from tests.unit.forge.municipality import KEY, checkout, edited, found, place, planned

OTHER = Key(id="2026", secret=b"o" * 32)


@pytest.fixture
def pull(hub: Hub) -> Pull:
    found(hub)
    hub.commit("bo", "x", edited(hub, "incognito: blocked", "incognito: allowed"))
    return hub.open_pull("bo", "x")


@pytest.fixture
def recorded(hub: Hub, forge: Forge, pull: Pull, tmp_path: Path) -> Place:
    """Planned and recorded, and standing at the same commit again."""
    here = place(forge, checkout(hub, tmp_path / "tree", pull.head))
    put_record(here, make_record(here, planned(here.root, pull.head, hub.head()), [], pull.number))
    return place(forge, here.root)


def texts(here: Place, pull: Pull) -> list[str]:
    return [comment.text for comment in our_comments(here.forge, pull.number, here.plan_purpose)]


def test_a_plan_of_this_very_commit_stays(recorded: Place, pull: Pull) -> None:
    before = texts(recorded, pull)

    assert write_unplanned(recorded, pull.number, "sv") == ()

    assert texts(recorded, pull) == before
    assert isinstance(verify(before, [KEY]), Record)


def replaced(here: Place, pull: Pull) -> bool:
    done = write_unplanned(here, pull.number, "sv")
    (text,) = texts(here, pull)
    return done == (Done.UPDATED,) and "gick inte att planera" in text and verify([text], [KEY]) is None


@pytest.mark.parametrize("keys", [(), (OTHER,)])
def test_what_cant_be_verified_is_replaced(recorded: Place, pull: Pull, keys: tuple[Key, ...]) -> None:
    assert replaced(replace(recorded, keys=keys), pull)


def test_a_text_that_somebody_wrote_beside_the_record_is_replaced(hub: Hub, recorded: Place, pull: Pull) -> None:
    (comment,) = our_comments(recorded.forge, pull.number, recorded.plan_purpose)
    hub.world.comments[comment.id].body = comment.text.replace("\n", "\nAllt är bra.\n", 1)

    assert replaced(recorded, pull)


def test_an_older_commits_plan_is_replaced(hub: Hub, forge: Forge, recorded: Place, pull: Pull, tmp_path: Path) -> None:
    hub.commit("bo", "x", {"docs/a.md": "a\n"})

    assert replaced(place(forge, checkout(hub, tmp_path / "newer", pull.head)), pull)


def test_a_record_of_another_pull_request_is_replaced(hub: Hub, recorded: Place, pull: Pull) -> None:
    """Carried over by whoever may write comments as the same bot; both stand at the same commit."""
    (comment,) = our_comments(recorded.forge, pull.number, recorded.plan_purpose)
    hub.close(pull, "bo")
    other = hub.open_pull("bo", "x")
    hub.world.comments[comment.id].number = other.number

    assert replaced(recorded, other)


def test_a_plan_that_has_lapsed_is_replaced(hub: Hub, recorded: Place, pull: Pull) -> None:
    (comment,) = our_comments(recorded.forge, pull.number, recorded.plan_purpose)
    record = verify([comment.text], [KEY])
    assert isinstance(record, Record)
    signed = sign(replace(record, lapses=recorded.repository.now), KEY)
    assert not isinstance(signed, Refusal)
    hub.world.comments[comment.id].body = PART.sub(lambda _: signed[0], comment.text)

    assert replaced(recorded, pull)
