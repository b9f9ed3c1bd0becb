"""Killed at any write, before or after it took effect: the same file again ends in the desired state, nothing done twice."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.model.adapter import Batch
from reconciler.model.change import Plan
from reconciler.planning.planfile import write_plan
from reconciler.report.result_view import exit_code
from tests.contract.memory_adapter import Fault, MemoryTenant
from tests.contract.memory_world import apply_memory, plan_memory
from tests.unit.apply.killed_apply import load_tenant, save_tenant
from tests.unit.planning.building import ORG, app, lowered, place, setting, target

A, B, OLD = "@norrskolan/a", "@norrskolan/b", "@norrskolan/gammal"
WANTED = lowered(
    [
        place(A, "A", previous=[OLD]),
        place(B, "B"),
        setting(A, "S", x=1),
        app(A, "kami", mode="FORCED"),
        setting(B, "S", x=2),
        setting("ou:/Elever", "S", x=3),
    ],
    [target(A), target(B), target("ou:/Elever", owner="norrskolan")],
)
PLACES = {"d1": B, "d2": B, "d3": A}


class Killed(BaseException):
    """As SIGKILL: nothing may catch it and go on."""


def new_tenant() -> MemoryTenant:
    """A rename, a group to delete, values to reset, a takeover, devices to move: every kind of write."""
    tenant = MemoryTenant()
    tenant.add_set("Gammal", mark=(ORG, "group/norrskolan/gammal"), members=["d1"]).values |= {
        ("setting", "S"): {"x": 0},
        ("setting", "Foreign"): {"x": 0},
    }
    tenant.add_set("Bort", mark=(ORG, "group/norrskolan/bort"), members=["d2"])
    tenant.add_set("Elever").values |= {("setting", f"Foreign{n}"): {"x": n} for n in range(3)}
    for device in ("d1", "d2", "d3"):
        tenant.add_device(device)
    return tenant


def converged(tenant: MemoryTenant) -> bool:
    return plan_memory(tenant, WANTED, PLACES).changes == ()


def writes_of(plan: Plan, folder: Path) -> int:
    """How many batches an undisturbed apply sends."""
    tenant, sent = new_tenant(), []

    def count(batch: Batch) -> bool:
        sent.append(batch)
        return False

    tenant.faults.append(Fault(error=Killed(), hits=count))
    apply_memory(tenant, plan, folder / "counting.jsonl")
    return len(sent)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_every_write_in_turn(tmp_path: Path, after: bool) -> None:
    plan = plan_memory(new_tenant(), WANTED, PLACES)
    writes = writes_of(plan, tmp_path)
    # Three places, values on three, one reset, one takeover, and devices that come from three.
    assert writes == 11

    for die_at in range(writes):
        tenant, seen = new_tenant(), iter(range(writes + 1))
        fault = Fault(error=Killed(), after=after, hits=lambda _, seen=seen, n=die_at: next(seen) == n)  # type: ignore[misc]
        tenant.faults.append(fault)
        with pytest.raises(Killed):
            apply_memory(tenant, plan, tmp_path / "first.jsonl")

        again = apply_memory(tenant, plan, tmp_path / "again.jsonl")

        assert exit_code(again) == 0
        assert converged(tenant)
        assert len(tenant.written) == len(set(tenant.written))


@pytest.mark.parametrize(("die_at", "when"), [(2, "before"), (2, "after"), (8, "after")])
def test_a_killed_process_leaves_nothing_that_stops_the_next(tmp_path: Path, die_at: int, when: str) -> None:
    tenant = new_tenant()
    (tmp_path / "plan.json").write_text(write_plan(plan_memory(tenant, WANTED, PLACES)), encoding="utf-8")
    save_tenant(tenant, tmp_path)

    def run(*arguments: str) -> int:
        command = [sys.executable, "-m", "tests.unit.apply.killed_apply", str(tmp_path), *arguments]
        return subprocess.run(command, timeout=60, check=False, cwd=Path(__file__).parents[3]).returncode

    assert run(str(die_at), when) == -signal.SIGKILL
    assert (tmp_path / ".reconciler" / "apply-memory.lock").exists()
    assert run("0", "never") == 0

    ended = load_tenant(tmp_path)
    assert converged(ended)
    assert len(ended.written) == len(set(ended.written))
    assert not (tmp_path / ".reconciler" / "apply-memory.lock").exists()
