"""Small worlds of wanted and live things on the memory adapter, and what people do to them by hand."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from reconciler.adapters.mark import mark_key
from reconciler.model.place import Json
from reconciler.model.resource import Key, Lowered, Resource, Target
from tests.contract.memory_adapter import MemoryTenant
from tests.unit.planning.building import ORG, place

GROUPS = ("@norrskolan/a", "@norrskolan/b", "@sodra/c")
PUPILS = "ou:/Elever"
PARTS = ("S1", "S2", "S3")
DEVICES = ("d1", "d2", "d3", "d4")
KINDS = ("setting", "assignment")

# True beside 1, and null: what a comparison by `==` would take for the same, or for nothing.
values: st.SearchStrategy[Json] = st.sampled_from([0, 1, True, False, None, "x", ["a", "b"], {"deep": [1, None]}])


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is wanted, and where each device belongs."""

    wanted: Lowered
    places: dict[str, str]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    groups = draw(st.lists(st.sampled_from(GROUPS), unique=True, min_size=1))
    targets = [*groups, *draw(st.sampled_from([[], [PUPILS]]))]
    resources: list[Resource] = [place(ref, f"Grupp {ref[-1]}") for ref in groups]
    for target in targets:
        for kind in KINDS:
            parts = draw(st.dictionaries(st.sampled_from(PARTS), values, max_size=3))
            resources += [
                Resource(key=Key(kind=kind, target=target, part=f"{kind}-{part}"), fields={"v": value}, label=part)
                for part, value in parts.items()
            ]
    owned = [
        Target(ref=ref, owns=draw(st.sampled_from(["all", "listed"])), reach="device", owner=ref.lstrip("@"), groups=())
        for ref in targets
    ]
    places = draw(st.dictionaries(st.sampled_from(DEVICES), st.sampled_from(groups)))
    return World(wanted=Lowered(resources=tuple(resources), targets=tuple(owned)), places=places)


def new_tenant() -> MemoryTenant:
    """Devices in no set, and the pupils' existing set with values that somebody made."""
    tenant = MemoryTenant()
    for device in DEVICES:
        tenant.add_device(device)
    pupils = tenant.add_set("Elever")
    pupils.values |= {("setting", "setting-S1"): {"v": "made by hand"}, ("setting", "Foreign"): {"v": 1}}
    return tenant


Edit = Callable[[MemoryTenant], None]


@st.composite
def edits(draw: st.DrawFn, *, unmark: bool = True) -> Edit:
    """One thing that a person does in the console."""
    kinds = [_set_value, _drop_values, _rename, _move, _delete_set, _old_group, *([_unmark] if unmark else [])]
    act = draw(st.sampled_from(kinds))
    number = draw(st.integers(min_value=0, max_value=20))
    value = draw(values)
    part = draw(st.sampled_from([f"{kind}-{part}" for kind in KINDS for part in PARTS] + ["setting-New"]))
    return lambda tenant: act(tenant, number, part, value)


def _one(tenant: MemoryTenant, number: int) -> str:
    ids = sorted(tenant.sets)
    return ids[number % len(ids)]


def _set_value(tenant: MemoryTenant, number: int, part: str, value: Json) -> None:
    tenant.sets[_one(tenant, number)].values[(part.partition("-")[0], part)] = {"v": value}


def _drop_values(tenant: MemoryTenant, number: int, part: str, value: Json) -> None:  # one shape
    tenant.sets[_one(tenant, number)].values.clear()


def _rename(tenant: MemoryTenant, number: int, part: str, value: Json) -> None:  # one shape
    one = tenant.sets[_one(tenant, number)]
    if one.mark and one.mark[1].startswith("group/"):
        one.name = f"Omdöpt {number}"


def _move(tenant: MemoryTenant, number: int, part: str, value: Json) -> None:  # one shape
    device = DEVICES[number % len(DEVICES)]
    tenant.sets[_one(tenant, number)].members ^= {device}


def _delete_set(tenant: MemoryTenant, number: int, part: str, value: Json) -> None:  # one shape
    one = tenant.sets[_one(tenant, number)]
    if one.name != "Elever":
        del tenant.sets[one.id]


def _old_group(tenant: MemoryTenant, number: int, part: str, value: Json) -> None:
    """A group of ours that no file names, with a value on it."""
    key = mark_key(f"@norrskolan/gammal-{number}")
    if all(one.mark != (ORG, key) for one in tenant.sets.values()):
        tenant.add_set(f"Gammal {number}", mark=(ORG, key)).values[("setting", part)] = {"v": value}


def _unmark(tenant: MemoryTenant, number: int, part: str, value: Json) -> None:  # one shape
    one = tenant.sets[_one(tenant, number)]
    if one.name.startswith("Grupp"):
        one.mark = None
