"""The mark that the lock carries, before and after the records of a run: whatever moment it is killed at, nothing is taken for lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.adapters.wiring import Wiring
from reconciler.credentials.purpose import Purpose
from reconciler.forge.api import Forge
from reconciler.forge.deployments import History
from reconciler.forge.lock import Holder, Lock, acquire
from reconciler.reconcile import ci_carrying, ci_guard
from reconciler.reconcile.ci_carrying import Begun, Notes, anchor, anchor_beginning, carry_out, note_begun
from reconciler.reconcile.ci_checkout import commit_of
from reconciler.reconcile.ci_evidence import Place, read_past
from reconciler.reconcile.ci_guard import Broken
from reconciler.reconcile.ci_keeping import Keeper
from reconciler.reconcile.ci_order import Order, Outcomes
from reconciler.reconcile.ci_setting import Setting
from reconciler.reconcile.connect import connect
from reconciler.reconcile.prepare import prepare
from reconciler.trust.terms import Covered, Decision
from tests.forge.forge import Forge as Hub
from tests.unit.forge.municipality import KEY, checkout, found, place
from tests.unit.trust.building import FP, TODAY, change, world

WIRING = Wiring(environment={}, purpose=Purpose.APPLY)


class Killed(BaseException):
    """With no chance to tidy up."""


@pytest.fixture
def here(hub: Hub, forge: Forge, tmp_path: Path) -> Place:
    return place(forge, checkout(hub, tmp_path / "tree", found(hub)))


def locked(here: Place) -> Keeper:
    lock = acquire(here.forge, "chrome", Holder(run="1"), timedelta(minutes=45))
    assert isinstance(lock, Lock)
    return Keeper(here.forge, lock)


def notes_of(here: Place, past: History | None = None) -> Notes:
    setting = Setting(holder=Holder(run="1"), keys=(KEY,))
    terms = replace(world().terms, commit=commit_of(here.root))
    order = Order(backend="chrome", journal=here.root / "journal")
    return Notes(place=here, setting=setting, order=order, terms=terms, past=past or History())


def outcomes_of(here: Place) -> Outcomes:
    decision = Decision(backend="chrome", covered=(Covered(fingerprint=FP, by=("#1",)),))
    return Outcomes(decision=decision, prepared=prepare(here.root, TODAY), plan=world(change()).plan)


def killed_after_the_record(monkeypatch: pytest.MonkeyPatch, module: object) -> None:
    def begin(notes: Notes, outcomes: Outcomes) -> Begun:
        note_begun(notes, outcomes)
        raise Killed

    monkeypatch.setattr(module, "note_begun", begin)


def by_apply(here: Place, keeper: Keeper) -> None:
    carry_out(notes_of(here), WIRING, connect, outcomes_of(here), keeper)


def by_breaking_the_glass(here: Place, keeper: Keeper) -> None:
    outcomes = outcomes_of(here)
    assert outcomes.plan
    assert outcomes.prepared
    broken = Broken(
        reason="Bråttom",
        place=here,
        setting=notes_of(here).setting,
        title=str,
        text=str,
        unseen=lambda failure: pytest.fail(str(failure)),
    )
    order = notes_of(here).order
    ci_guard._written(broken, order, outcomes.plan, outcomes.prepared, TODAY, WIRING, connect, keeper)


@pytest.mark.parametrize(("go", "module"), [(by_apply, ci_carrying), (by_breaking_the_glass, ci_guard)])
def test_a_first_run_that_is_killed_after_its_first_record_has_lost_nothing(
    here: Place, monkeypatch: pytest.MonkeyPatch, go: Callable[[Place, Keeper], None], module: object
) -> None:
    keeper = locked(here)
    killed_after_the_record(monkeypatch, module)

    with pytest.raises(Killed):
        go(here, keeper)

    past = read_past(here, "chrome")
    assert (len(past.runs), past.lost) == (1, "")


def test_a_record_without_any_anchor_is_still_missed(here: Place) -> None:
    """Somebody has made the lock's ref anew, and it carries nothing."""
    locked(here)
    begun = note_begun(notes_of(here), outcomes_of(here))

    assert read_past(here, "chrome").lost == begun.last[:40]


@pytest.mark.parametrize("past", [History(last="e" * 64), History(lost="f" * 40)])
def test_there_is_one_beginning(here: Place, past: History) -> None:
    """Where there are records, or where some are missed, nothing is set back to it."""
    keeper = locked(here)
    anchor(notes_of(here), keeper, "e" * 64)

    anchor_beginning(notes_of(here, past), keeper)

    assert read_past(here, "chrome").lost == "e" * 40
