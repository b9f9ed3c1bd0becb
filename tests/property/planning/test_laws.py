"""Laws of planning and applying, whatever is wanted and whatever people did by hand."""

import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.adapter import Scope
from reconciler.model.change import Action, Plan
from reconciler.model.resource import Lowered, Snapshot, Target
from reconciler.planning.joining import readable_targets
from reconciler.planning.plan import make_plan
from reconciler.planning.planfile import read_plan, write_plan
from reconciler.report.result_view import exit_code
from tests.contract.memory_adapter import MemoryAdapter, MemoryTenant
from tests.contract.memory_world import WIDE, apply_memory, plan_memory
from tests.property.planning.worlds import DEVICES, Edit, World, edits, new_tenant, worlds
from tests.unit.planning.building import ORG, backend, documents, locate, place, state, view

laws = settings(max_examples=30, deadline=None)
some_edits = st.lists(edits(), min_size=1, max_size=3)


def plan_world(tenant: MemoryTenant, world: World) -> Plan:
    return plan_memory(tenant, world.wanted, world.places)


def apply(tenant: MemoryTenant, plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert exit_code(apply_memory(tenant, plan, Path(folder) / "journal.jsonl")) == 0


def converged(world: World) -> MemoryTenant:
    tenant = new_tenant()
    apply(tenant, plan_world(tenant, world))
    return tenant


def observe(tenant: MemoryTenant, world: World) -> Snapshot:
    adapter = MemoryAdapter(tenant, org=ORG)
    structure = adapter.observe(Scope(kinds=frozenset({"group", "membership"})))
    kinds = frozenset({"group", "membership", "setting", "assignment"})
    return adapter.observe(Scope(kinds=kinds, targets=readable_targets(world.wanted, structure, ORG)))


def plan_seen(world: World, seen: Snapshot) -> Plan:
    one = view(world.wanted, seen, world.places, capabilities=(), on=replace(backend(), limits=WIDE))
    return make_plan(documents(), state(), [one], tool_version="1", locate=locate)


@laws
@given(worlds())
def test_from_nothing_the_second_plan_is_empty(world: World) -> None:
    assert plan_world(converged(world), world).changes == ()


@laws
@given(worlds(), some_edits)
def test_whatever_was_done_by_hand_is_healed(world: World, done: list[Edit]) -> None:
    tenant = converged(world)
    for edit in done:
        edit(tenant)
    plan = plan_world(tenant, world)

    apply(tenant, plan)

    again = plan_world(tenant, world)
    assert (again.changes, again.held) == ((), ())


def test_a_device_that_is_also_in_a_set_without_its_mark_is_moved_in_one_plan() -> None:
    """Where sets overlap: the set is adopted by its name in the same plan, and with it the devices that are in it."""
    refs = ("@norrskolan/a", "@norrskolan/b")
    wanted = Lowered(
        resources=tuple(place(ref, f"Grupp {ref[-1]}") for ref in refs),
        targets=tuple(Target(ref=ref, owns="all", reach="device", owner=ref[1:], groups=()) for ref in refs),
    )
    world = World(wanted=wanted, places={"d2": "@norrskolan/b"})
    for unmarked in ("Grupp a", "Grupp b"):
        tenant = converged(world)
        for one in tenant.sets.values():
            one.members |= {"d2"} if one.name == "Grupp a" else set()
            one.mark = None if one.name == unmarked else one.mark

        apply(tenant, plan_world(tenant, world))

        assert {one.name for one in tenant.sets.values() if "d2" in one.members} == {"Grupp b"}
        assert plan_world(tenant, world).changes == ()


@laws
@given(worlds(), worlds(), some_edits)
def test_another_wish_is_reached_from_wherever_one_is(first: World, then: World, done: list[Edit]) -> None:
    tenant = converged(first)
    for edit in done:
        edit(tenant)

    apply(tenant, plan_world(tenant, then))

    assert plan_world(tenant, then).changes == ()


@laws
@given(worlds(), some_edits, st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(world: World, done: list[Edit], random: Random) -> None:
    tenant = converged(world)
    for edit in done:
        edit(tenant)
    seen = observe(tenant, world)

    def shuffled(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(items, len(items)))

    wanted = replace(world.wanted, resources=shuffled(world.wanted.resources), targets=shuffled(world.wanted.targets))  # type: ignore[arg-type]
    other = World(wanted=wanted, places=dict(shuffled(tuple(world.places.items()))))  # type: ignore[arg-type]
    mixed = replace(seen, resources=shuffled(seen.resources), devices=shuffled(seen.devices))  # type: ignore[arg-type]

    assert write_plan(plan_seen(other, mixed)) == write_plan(plan_seen(world, seen))


@laws
@given(worlds(), some_edits, st.integers(min_value=1, max_value=50))
def test_fingerprints_do_not_hang_on_how_many_devices_there_are(world: World, done: list[Edit], more: int) -> None:
    tenant = converged(world)
    for edit in done:
        edit(tenant)
    few = {change.key: change.fingerprint for change in plan_world(tenant, world).changes}
    group = next(resource.key.target for resource in world.wanted.resources if resource.key.kind == "group")
    places = dict(world.places)
    for number in range(more):
        tenant.add_device(f"more-{number}")
        places[f"more-{number}"] = group

    many = {change.key: change.fingerprint for change in plan_memory(tenant, world.wanted, places).changes}

    assert few.items() <= many.items()


@laws
@given(worlds(), st.lists(edits(unmark=False), min_size=1, max_size=3), st.data())
def test_after_any_first_part_the_next_plan_is_the_rest(world: World, done: list[Edit], data: st.DataObject) -> None:
    tenant = converged(world)
    for edit in done:
        edit(tenant)
    plan = plan_world(tenant, world)
    cut = data.draw(st.integers(min_value=0, max_value=len(plan.changes)))

    apply(tenant, replace(plan, changes=plan.changes[:cut]))

    rest = [(change.key, change.fingerprint) for change in plan_world(tenant, world).changes]
    assert rest == [(change.key, change.fingerprint) for change in plan.changes[cut:]]


@laws
@given(
    worlds(),
    worlds(),
    st.sets(st.sampled_from(["group", "membership", "setting", "assignment"]), min_size=1),
    st.data(),
)
def test_what_was_not_read_is_never_taken_for_absent(
    first: World, then: World, kinds: set[str], data: st.DataObject
) -> None:
    tenant = converged(first)
    whole = observe(tenant, then)
    targets = ["", *(target.ref for target in then.wanted.targets)]
    unread = frozenset((kind, data.draw(st.sampled_from(targets))) for kind in kinds)
    hidden = [
        live for live in whole.resources if unread.isdisjoint({(live.key.kind, ""), (live.key.kind, live.key.target)})
    ]
    devices = () if ("membership", "") in unread else whole.devices

    plan = plan_seen(then, replace(whole, resources=tuple(hidden), devices=devices, unread=unread))

    every = (*plan.changes, *plan.held)
    assert not [c for c in every if c.action is Action.DELETE and c.key.kind in kinds]
    assert not [c for c in every if c.resets and not kinds.isdisjoint({"setting", "assignment"})]
    assert not [c for c in every if not unread.isdisjoint({(c.key.kind, ""), (c.key.kind, c.key.target)})]
    assert {f"UNREAD-{kind.upper()}" for kind in kinds} <= {finding.code for finding in plan.findings}


@laws
@given(worlds(), some_edits)
def test_a_saved_plan_is_the_plan(world: World, done: list[Edit]) -> None:
    tenant = converged(world)
    for edit in done:
        edit(tenant)
    plan = plan_world(tenant, world)

    assert read_plan(write_plan(plan), tool_version="1") == plan


def test_the_worlds_have_devices_that_are_not_placed() -> None:
    """A law over devices says nothing if every world places all of them, or none."""
    sizes = set()

    @settings(max_examples=60, database=None, derandomize=True)
    @given(worlds())
    def collect(world: World) -> None:
        sizes.add(len(world.places))

    collect()
    assert {0, len(DEVICES)} <= sizes
