"""The memory adapter with a plan made and applied on it: what tests of apply and the laws of planning stand on."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from reconciler.apply.journal import Journal
from reconciler.apply.running import apply_plan
from reconciler.http.clock import VirtualTime
from reconciler.model.adapter import Scope
from reconciler.model.change import ApplyResult, Plan
from reconciler.model.documents import Backend, Limits
from reconciler.model.place import Pointer
from reconciler.model.resource import Lowered
from reconciler.planning.joining import readable_targets
from reconciler.planning.plan import BackendView, make_plan
from tests.contract.memory_adapter import MemoryAdapter, MemoryTenant
from tests.unit.planning.building import ORG, documents, locate, state

WIDE = Limits(share=100, count=10_000, floor=10_000, disruptive_share=100)


def unlocked(backend: str) -> AbstractContextManager[None]:
    """A lock for tests that are about something else."""
    return nullcontext()


def plan_memory(
    tenant: MemoryTenant, wanted: Lowered, places: Mapping[str, str] | None = None, limits: Limits = WIDE
) -> Plan:
    """Observe and plan, as the orchestration does."""
    adapter = MemoryAdapter(tenant, org=ORG)
    structure = adapter.observe(Scope(kinds=frozenset({"group", "membership"})))
    kinds = frozenset({"group", "membership", "setting", "assignment"})
    live = adapter.observe(Scope(kinds=kinds, targets=readable_targets(wanted, structure, ORG)))
    backend = Backend(id="memory", kind="memory", mode="apply", limits=limits, at=Pointer(file="organisation.yaml"))
    one = BackendView(
        backend=backend, capabilities=adapter.capabilities, snapshot=live, lowered=wanted, places=places or {}
    )
    return make_plan(documents(), state(), [one], tool_version="1", locate=locate)


def apply_memory(tenant: MemoryTenant, plan: Plan, journal: Path, **more: object) -> ApplyResult:
    """Apply on virtual time. `more` goes on to `apply_plan`."""
    clock = VirtualTime().clock()
    adapters = {"memory": MemoryAdapter(tenant, org=ORG)}
    with Journal(journal, clock.wall) as lines:
        return apply_plan(plan, adapters, lines, unlocked, clock, **more)  # type: ignore[arg-type]


def outcomes(result: ApplyResult) -> Sequence[tuple[str, str, str]]:
    return [(str(one.key), one.outcome.value, one.reason) for one in result.results]
