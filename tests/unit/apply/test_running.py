"""An apply on the memory adapter: what is written, what isn't, and what becomes of what waits for it."""

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.apply.journal import Journal
from reconciler.apply.locking import Locked
from reconciler.apply.running import apply_plan
from reconciler.http.clock import VirtualTime
from reconciler.model.adapter import Batch, Capability, Seen
from reconciler.model.change import ApplyResult, Change, Outcome, Plan, Wait
from reconciler.model.resource import Key, Lowered
from reconciler.report.result_view import exit_code
from tests.contract.memory_adapter import Fault, MemoryAdapter, MemoryTenant, OutcomeUnknown, Refused
from tests.contract.memory_world import apply_memory, outcomes, plan_memory
from tests.unit.planning.building import ORG, app, lowered, place, setting, target

A, B, OLD = "@norrskolan/a", "@norrskolan/b", "@norrskolan/gammal"
FULL = lowered(
    [place(A, "A"), place(B, "B"), setting(A, "S", x=1), app(A, "kami", mode="FORCED"), setting(B, "S", x=2)],
    [target(A, owner="norrskolan/a"), target(B, owner="norrskolan/b")],
)
PLACES = {"d1": A, "d2": B}


@pytest.fixture
def tenant() -> MemoryTenant:
    made = MemoryTenant()
    old = made.add_set("Gammal", mark=(ORG, "group/norrskolan/gammal"), members=["d1"])
    old.values[("setting", "S")] = {"x": 0}
    for device in ("d1", "d2"):
        made.add_device(device)
    return made


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def steps(journal: Path) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    return [(line["step"], line["key"]) for line in lines]


def in_sets(tenant: MemoryTenant) -> Mapping[str, set[str]]:
    return {one.name: one.members for one in tenant.sets.values()}


def second_plan_is_empty(tenant: MemoryTenant, wanted: Lowered = FULL) -> bool:
    return plan_memory(tenant, wanted, PLACES).changes == ()


def test_what_was_planned_is_what_is_there_afterwards(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)

    result = apply_memory(tenant, plan, journal)

    assert exit_code(result) == 0
    assert in_sets(tenant) == {"A": {"d1"}, "B": {"d2"}}
    by_name = {one.name: one.values for one in tenant.sets.values()}
    assert by_name["A"] == {("setting", "S"): {"x": 1}, ("assignment", "kami"): {"mode": "FORCED"}}
    assert second_plan_is_empty(tenant)


def test_values_are_there_before_devices_come_and_sets_go_when_they_are_empty(
    tenant: MemoryTenant, journal: Path
) -> None:
    apply_memory(tenant, plan_memory(tenant, FULL, PLACES), journal)

    order = [line.partition(":")[0] for line in tenant.written]
    assert order.index("membership") > max(n for n, kind in enumerate(order) if kind in ("setting", "assignment"))
    assert tenant.written[-1] == "group:@norrskolan/gammal delete"


def test_the_same_file_again_does_nothing(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    apply_memory(tenant, plan, journal)
    written = list(tenant.written)

    again = apply_memory(tenant, plan, journal)

    assert {outcome for _, outcome, _ in outcomes(again)} == {"already-done"}
    assert exit_code(again) == 0
    assert tenant.written == written


def test_somebody_was_there_first(tenant: MemoryTenant, journal: Path) -> None:
    apply_memory(tenant, plan_memory(tenant, FULL, PLACES), journal)
    wanted = replace(FULL, resources=(*FULL.resources[:2], setting(A, "S", x=9), *FULL.resources[3:]))
    plan = plan_memory(tenant, wanted, PLACES)
    one = next(one for one in tenant.sets.values() if one.name == "A")
    one.values[("setting", "S")] = {"x": 5}

    result = apply_memory(tenant, plan, journal)

    assert outcomes(result) == [("setting:@norrskolan/a:S", "stale", "APPLY-STALE")]
    assert one.values[("setting", "S")] == {"x": 5}
    assert exit_code(result) != 0


def test_what_waits_for_something_stale_is_skipped_and_the_rest_goes_on(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    tenant.add_set("A by another hand", mark=(ORG, "group/norrskolan/a"))

    result = apply_memory(tenant, plan, journal)

    told = {key: (outcome, reason) for key, outcome, reason in outcomes(result)}
    assert told["group:@norrskolan/a"] == ("stale", "APPLY-STALE")
    assert told["setting:@norrskolan/a:S"] == ("skipped", "APPLY-DEPENDENCY")
    assert told["membership:@norrskolan/a:@norrskolan/gammal"] == ("skipped", "APPLY-DEPENDENCY")
    assert told["group:@norrskolan/gammal"] == ("skipped", "APPLY-DEPENDENCY")
    waited = {str(one.key): one.values["on"] for one in result.results if one.reason == "APPLY-DEPENDENCY"}
    assert waited["setting:@norrskolan/a:S"] == "A", "as the plan calls it, for people"
    assert told["setting:@norrskolan/b:S"] == ("applied", "")
    assert told["membership:@norrskolan/b:outside"] == ("applied", "")


def test_devices_are_judged_one_by_one(tenant: MemoryTenant, journal: Path) -> None:
    for device in ("d3", "d4"):
        tenant.add_device(device)
    wanted, places = lowered([place(A, "A"), place(B, "B")]), {"d1": A, "d2": A, "d3": A, "d4": A}
    plan = plan_memory(tenant, lowered([*wanted.resources, place(OLD, "Gammal")]), places)
    apply_memory(tenant, replace(plan, changes=plan.changes[:2]), journal)  # the groups
    by_name = {one.name: one for one in tenant.sets.values()}
    by_name["A"].members.add("d2")  # there already
    by_name["B"].members.add("d3")  # put elsewhere since

    result = apply_memory(tenant, plan, journal)

    moved = {str(one.key): (one.outcome.value, one.moved, one.values) for one in result.results}
    assert moved["membership:@norrskolan/a:outside"] == ("stale", 1, {"count": "1"})
    assert moved["membership:@norrskolan/a:@norrskolan/gammal"] == ("applied", 1, {})
    assert by_name["A"].members == {"d1", "d2", "d4"}


def test_a_takeover_is_judged_value_by_value(tenant: MemoryTenant, journal: Path) -> None:
    pupils = tenant.add_set("Elever")
    pupils.values |= {("setting", part): {"x": 1} for part in ("Same", "Gone", "Edited")}
    plan = plan_memory(tenant, lowered([place(OLD, "Gammal")], [target("ou:/Elever")]), {})
    del pupils.values[("setting", "Gone")]
    pupils.values[("setting", "Edited")] = {"x": 2}
    pupils.values[("setting", "New")] = {"x": 3}

    result = apply_memory(tenant, plan, journal)

    assert outcomes(result) == [("target:ou:/Elever", "stale", "APPLY-STALE-IN-PART")]
    assert pupils.values == {("setting", "Edited"): {"x": 2}, ("setting", "New"): {"x": 3}}


def test_adopting_a_set_marks_it_and_gives_back_what_is_foreign(tenant: MemoryTenant, journal: Path) -> None:
    there = tenant.add_set("A")
    there.values |= {("setting", f"Foreign{n}"): {"x": n} for n in range(20)}
    plan = plan_memory(tenant, FULL, PLACES)

    result = apply_memory(tenant, plan, journal)

    assert exit_code(result) == 0
    assert there.mark == (ORG, "group/norrskolan/a")
    assert set(there.values) == {("setting", "S"), ("assignment", "kami")}
    assert second_plan_is_empty(tenant)


def test_a_rename_keeps_the_set_and_its_devices(tenant: MemoryTenant, journal: Path) -> None:
    wanted = lowered([place(A, "A", previous=[OLD]), setting(A, "S", x=0)], [target(A)])
    plan = plan_memory(tenant, wanted, {"d1": A})

    result = apply_memory(tenant, plan, journal)

    assert outcomes(result) == [("group:@norrskolan/a", "applied", "")]
    assert in_sets(tenant) == {"A": {"d1"}}


@pytest.mark.parametrize("after", [True, False])
def test_an_unknown_outcome_is_settled_by_reading(tenant: MemoryTenant, journal: Path, after: bool) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    tenant.faults.append(Fault(error=OutcomeUnknown(), after=after, hits=lambda batch: batch.lane == "values"))

    result = apply_memory(tenant, plan, journal)

    assert exit_code(result) == 0
    assert len(tenant.written) == len(set(tenant.written))  # nothing twice
    assert second_plan_is_empty(tenant)


def test_a_place_whose_making_is_in_doubt_is_not_made_again(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    tenant.faults.append(Fault(error=OutcomeUnknown()))

    result = apply_memory(tenant, plan, journal)

    assert outcomes(result)[0] == ("group:@norrskolan/a", "failed", "HTTP-OUTCOME-UNKNOWN")
    assert [line for line in tenant.written if line.startswith("group:@norrskolan/a ")] == []


@pytest.mark.parametrize("raises", [True, False])
def test_what_could_not_be_read_back_is_not_written_again(tenant: MemoryTenant, journal: Path, raises: bool) -> None:
    """The outcome is unknown and stays so: the write may be there, so a second one could be one too many."""
    plan = values_only(tenant, journal)
    sent: list[str] = []

    class Blind(MemoryAdapter):
        def write(self, batch: Batch) -> None:
            sent.extend(str(change.key) for change in batch.changes)
            raise OutcomeUnknown

        def read(self, changes: Sequence[Change]) -> Mapping[Key, Seen]:
            if not sent:
                return super().read(changes)
            if raises:
                raise Refused
            return {change.key: Seen(read=False) for change in changes}

    clock = VirtualTime().clock()
    with Journal(journal, clock.wall) as lines:
        result = apply_plan(plan, {"memory": Blind(tenant, org=ORG)}, lines, no_lock, clock)

    assert len(sent) == len(set(sent))
    assert outcomes(result)[0] == ("setting:@norrskolan/a:N", "failed", "APPLY-NOT-READ-BACK")
    assert result.results[0].values == {"reason": "HTTP-REFUSED" if raises else "APPLY-UNREAD"}


def test_a_refusal_fails_its_batch_and_nothing_else(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    tenant.faults.append(Fault(error=Refused(), hits=lambda batch: batch.changes[0].key.target == B))

    result = apply_memory(tenant, plan, journal)

    told = {key: (outcome, reason) for key, outcome, reason in outcomes(result)}
    assert told["group:@norrskolan/b"] == ("failed", "HTTP-REFUSED")
    assert told["setting:@norrskolan/b:S"] == ("skipped", "APPLY-DEPENDENCY")
    assert told["assignment:@norrskolan/a:kami"] == ("applied", "")


class PartlyRefused(Exception):  # noqa: N818  # named as the others
    """A call of several parts of which some were refused, each for its own reason."""

    def __init__(self, by_key: Mapping[Key, Exception]) -> None:
        self.by_key = by_key
        super().__init__("in part")


def partly(tenant: MemoryTenant, journal: Path, kinds: Sequence[str] = ()) -> tuple[ApplyResult, list[str], float]:
    """An apply of one value on each of A and B in one call: A's is refused, B's in doubt."""
    plan = values_only(tenant, journal)
    sent: list[str] = []

    class Partly(MemoryAdapter):
        @property
        def capabilities(self) -> Sequence[Capability]:
            return [replace(one, repeatable=one.kind not in kinds) for one in super().capabilities]

        def pack(self, changes: Sequence[Change]) -> Sequence[Batch]:
            return [Batch(lane="values", changes=tuple(changes))]

        def write(self, batch: Batch) -> None:
            sent.extend(str(change.key) for change in batch.changes)
            failed: dict[Key, Exception] = {}
            if len(batch.changes) > 1:
                failed = {change.key: Refused() for change in batch.changes if str(change.key) == f"setting:{A}:N"}
                failed |= {one.key: OutcomeUnknown() for one in batch.changes if str(one.key) == f"setting:{B}:N"}
            super().write(replace(batch, changes=tuple(one for one in batch.changes if one.key not in failed)))
            if failed:
                raise PartlyRefused(failed)

    time = VirtualTime()
    with Journal(journal, time.clock().wall) as lines:
        result = apply_plan(plan, {"memory": Partly(tenant, org=ORG)}, lines, no_lock, time.clock())
    return result, sent, time.elapsed


def test_each_part_of_a_call_fails_for_its_own_reason(tenant: MemoryTenant, journal: Path) -> None:
    result, sent, _ = partly(tenant, journal)

    assert outcomes(result) == [
        (f"setting:{A}:N", "failed", "HTTP-REFUSED"),
        (f"setting:{B}:N", "applied", ""),
    ]
    assert sent.count(f"setting:{B}:N") == 2, "not seen, so sent again"
    assert sent.count(f"setting:{A}:N") == 1


def test_what_makes_an_object_each_time_is_not_sent_again(tenant: MemoryTenant, journal: Path) -> None:
    result, sent, elapsed = partly(tenant, journal, kinds=["setting"])

    assert outcomes(result)[1] == (f"setting:{B}:N", "failed", "HTTP-OUTCOME-UNKNOWN")
    assert sent.count(f"setting:{B}:N") == 1
    assert elapsed == 15.0, "waited for in case that it shows late"


def test_a_refusal_that_took_effect_all_the_same_is_applied(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    tenant.faults.append(Fault(error=Refused(), after=True))

    assert exit_code(apply_memory(tenant, plan, journal)) == 0


def test_a_stale_read_after_the_write_is_read_again(tenant: MemoryTenant, journal: Path) -> None:
    apply_memory(tenant, plan_memory(tenant, FULL, PLACES), journal)
    wanted = replace(FULL, resources=(*FULL.resources[:2], setting(A, "S", x=9), *FULL.resources[3:]))
    plan = plan_memory(tenant, wanted, PLACES)

    class Stale(MemoryAdapter):
        def write(self, batch: object) -> None:
            super().write(batch)  # type: ignore[arg-type]
            tenant.stale_reads = 3

    clock = VirtualTime()
    with Journal(journal, clock.clock().wall) as lines:
        result = apply_plan(plan, {"memory": Stale(tenant, org=ORG)}, lines, no_lock, clock.clock())

    assert outcomes(result) == [("setting:@norrskolan/a:S", "applied", "")]
    assert clock.elapsed == 7.0  # 1 + 2 + 4 seconds between four reads


def test_an_echo_is_not_an_effect(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)

    class Echo(MemoryAdapter):
        def write(self, batch: object) -> None:
            """Says yes and does nothing."""

    clock = VirtualTime().clock()
    with Journal(journal, clock.wall) as lines:
        result = apply_plan(plan, {"memory": Echo(tenant, org=ORG)}, lines, no_lock, clock)

    assert outcomes(result)[0] == ("group:@norrskolan/a", "failed", "APPLY-NOT-TAKEN")
    assert exit_code(result) != 0


def test_what_cannot_be_read_is_not_written(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    tenant.unreadable.add(("setting", A))

    result = apply_memory(tenant, plan, journal)

    told = {key: (outcome, reason) for key, outcome, reason in outcomes(result)}
    assert told["setting:@norrskolan/a:S"] == ("failed", "APPLY-UNREAD")
    assert told["assignment:@norrskolan/a:kami"] == ("applied", "")


def test_told_to_stop_it_finishes_the_batch_and_begins_no_other(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    stop = threading.Event()

    result = apply_memory(tenant, plan, journal, stop=stop, progress=lambda _: stop.set())

    assert outcomes(result)[0] == ("group:@norrskolan/a", "applied", "")
    assert {(outcome, reason) for _, outcome, reason in outcomes(result)[1:]} == {("skipped", "APPLY-STOPPED")}
    assert [finding.code for finding in result.findings] == ["APPLY-STOPPED"]
    assert exit_code(result) != 0
    assert exit_code(apply_memory(tenant, plan, journal)) == 0


def test_a_backend_that_another_writes_to_is_left_alone(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)

    def taken(backend: str) -> AbstractContextManager[None]:
        raise Locked(backend, 4711)

    clock = VirtualTime().clock()
    with Journal(journal, clock.wall) as lines, pytest.raises(Locked, match="4711"):
        apply_plan(plan, {"memory": MemoryAdapter(tenant, org=ORG)}, lines, taken, clock)

    assert tenant.written == []
    assert steps(journal) == []


def test_a_bug_is_not_taken_for_a_failure(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    tenant.faults.append(Fault(error=TypeError("ours")))

    with pytest.raises(TypeError, match="ours"):
        apply_memory(tenant, plan, journal)


def test_lanes_run_side_by_side(tenant: MemoryTenant, journal: Path) -> None:
    """Two lanes of one stage meet at a barrier, which neither passes alone."""
    plan = values_only(tenant, journal)
    met = threading.Barrier(2, timeout=10)

    class Meeting(MemoryAdapter):
        def pack(self, changes: object) -> list[object]:  # type: ignore[override]
            batches = super().pack(changes)  # type: ignore[arg-type]
            return [replace(batch, lane=batch.changes[0].key.target) for batch in batches]

        def write(self, batch: object) -> None:
            met.wait()
            super().write(batch)  # type: ignore[arg-type]

    clock = VirtualTime().clock()
    with Journal(journal, clock.wall) as lines:
        result = apply_plan(plan, {"memory": Meeting(tenant, org=ORG)}, lines, no_lock, clock)  # type: ignore[dict-item]

    assert [outcome for _, outcome, _ in outcomes(result)] == ["applied", "applied"]


def values_only(tenant: MemoryTenant, journal: Path) -> Plan:
    """One new value on each of two groups that are there."""
    apply_memory(tenant, plan_memory(tenant, FULL, PLACES), journal)
    more = lowered([*FULL.resources, setting(A, "N", x=1), setting(B, "N", x=1)], FULL.targets)
    return plan_memory(tenant, more, PLACES)


def test_the_journal_tells_each_step_as_it_happens(tenant: MemoryTenant, journal: Path) -> None:
    plan = values_only(tenant, journal.with_name("earlier"))

    apply_memory(tenant, plan, journal)

    one, two = "setting:@norrskolan/a:N", "setting:@norrskolan/b:N"
    told = steps(journal)
    assert told[:2] == [("planned", one), ("planned", two)]
    assert [step for step, key in told if key == one] == ["planned", "writing", "written", "verified"]
    assert journal.stat().st_mode & 0o777 == 0o600


def test_the_journal_names_devices_by_the_vendors_id_only(tenant: MemoryTenant, journal: Path) -> None:
    tenant.devices["d1"] = replace(tenant.devices["d1"], serial="SERIAL-1")

    apply_memory(tenant, plan_memory(tenant, FULL, PLACES), journal)

    text = journal.read_text(encoding="utf-8")
    assert '"devices": ["d1"]' in text
    assert "SERIAL-1" not in text


def no_lock(backend: str) -> AbstractContextManager[None]:
    from tests.contract.memory_world import unlocked

    return unlocked(backend)


def test_what_the_calendar_holds_back_waits_and_takes_its_dependants_with_it(
    tenant: MemoryTenant, journal: Path
) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    wait = Wait(until="2026-11-23 15:30", reason="lesson")

    result = apply_memory(
        tenant, plan, journal, waits=lambda change: wait if str(change.key) == "setting:@norrskolan/a:S" else None
    )

    told = {key: (outcome, reason) for key, outcome, reason in outcomes(result)}
    assert told["setting:@norrskolan/a:S"] == ("waiting", "APPLY-WAITING")
    assert told["setting:@norrskolan/b:S"] == ("applied", "")
    (waiting,) = [one for one in result.results if one.outcome is Outcome.WAITING]
    assert (waiting.values["until"], waiting.values["why.sv"]) == ("2026-11-23 15:30", "lektionstid")
    assert ("waiting", "setting:@norrskolan/a:S") in steps(journal)
    assert exit_code(result) == 4

    apply_memory(tenant, plan, journal)
    assert second_plan_is_empty(tenant), "the same file, when the time has come"


def test_what_is_done_already_does_not_wait(tenant: MemoryTenant, journal: Path) -> None:
    plan = plan_memory(tenant, FULL, PLACES)
    apply_memory(tenant, plan, journal)

    again = apply_memory(tenant, plan, journal, waits=lambda _: Wait(until="", reason="freeze", name="Jul"))

    assert {outcome for _, outcome, _ in outcomes(again)} == {"already-done"}


def test_the_urgent_lane_passes_and_is_written_down(tenant: MemoryTenant, journal: Path) -> None:
    wait = Wait(until="2026-11-23 15:30", reason="test", name="Prov", urgent="snabb-2026-014")

    result = apply_memory(tenant, plan_memory(tenant, FULL, PLACES), journal, waits=lambda _: wait)

    assert exit_code(result) == 0
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    urgent = [line for line in lines if line["step"] == "urgent"]
    assert len(urgent) == len(result.results)
    assert {(line["reason"], line["values"]["id"]) for line in urgent} == {("APPLY-URGENT", "snabb-2026-014")}
