"""A process that applies a plan to a tenant kept in a file, and kills itself at a given write.

Arguments: folder, number of the write to die at (0: never), `before` or `after` it took effect.
"""

import os
import pickle
import signal
import sys
from pathlib import Path

from reconciler.apply.journal import Journal
from reconciler.apply.locking import backend_locks
from reconciler.apply.running import apply_plan
from reconciler.http.clock import VirtualTime
from reconciler.model.adapter import Batch
from reconciler.planning.planfile import read_plan
from reconciler.report.result_view import exit_code
from tests.contract.memory_adapter import MemoryAdapter, MemoryTenant
from tests.unit.planning.building import ORG


def save_tenant(tenant: MemoryTenant, folder: Path) -> None:
    """Whole or not at all: what the process has written must not be lost with it."""
    fresh = folder / "tenant.new"
    fresh.write_bytes(pickle.dumps((tenant.sets, tenant.devices, tenant.written, tenant._next)))
    fresh.replace(folder / "tenant")


def load_tenant(folder: Path) -> MemoryTenant:
    sets, devices, written, count = pickle.loads((folder / "tenant").read_bytes())  # noqa: S301  # our own
    return MemoryTenant(sets=sets, devices=devices, written=written, _next=count)


class Mortal(MemoryAdapter):
    def __init__(self, tenant: MemoryTenant, folder: Path, die_at: int, *, after: bool) -> None:
        super().__init__(tenant, org=ORG)
        self._kept, self._folder, self._left, self._after = tenant, folder, die_at, after

    def write(self, batch: Batch) -> None:
        self._left -= 1
        if self._left == 0 and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        super().write(batch)
        save_tenant(self._kept, self._folder)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def run(folder: Path, die_at: int, *, after: bool) -> int:
    adapter = Mortal(load_tenant(folder), folder, die_at, after=after)
    plan = read_plan((folder / "plan.json").read_text(encoding="utf-8"), tool_version="1")
    clock = VirtualTime().clock()
    with Journal(folder / "journal.jsonl", clock.wall) as journal:
        result = apply_plan(plan, {"memory": adapter}, journal, backend_locks(folder / ".reconciler"), clock)
    return exit_code(result)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), int(sys.argv[2]), after=sys.argv[3] == "after"))
