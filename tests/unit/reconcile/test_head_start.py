"""Systems that are asked before the files are read: which, and what becomes of what was asked in vain."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.adapters.intune.adapter import IntuneAdapter
from reconciler.load.organisation import read_organisation
from reconciler.load.repository import load
from reconciler.load.tree import Tree, read_tree
from reconciler.model.adapter import Scope
from reconciler.model.documents import Documents, Organisation
from reconciler.reconcile.head_start import head_start
from reconciler.sandbox import create_app, load_seed
from tests.unit.reconcile.worlds import World

SEED = Path(__file__).parents[2] / "contract/small/seed-intune.yaml"
INTUNE = '  - {id: surf, kind: intune, mode: apply, tenant: "22222222-3333-4444-8555-666666666666"}\nroutes:\n'


@pytest.fixture
def asked(world: World) -> World:
    """A municipality with a second system, on Intune."""
    world.edit("organisation.yaml", lambda text: text.replace("routes:\n", INTUNE))
    world.app = create_app(load_seed(SEED), clock=world.clock)
    return world


def readers() -> list[str]:
    """Threads that read ahead, still there."""
    return [one.name for one in threading.enumerate() if one.name.startswith("ThreadPoolExecutor")]


def documents(world: World) -> Documents:
    found = load(read_tree(world.root)).documents
    assert found is not None
    return found


def organisation(world: World) -> Organisation | None:
    return read_organisation(read_tree(world.root))


def lists(world: World) -> set[str]:
    return {path.rpartition("/")[2] for path in world.sent if path.startswith("GET")}


def test_the_organisation_is_read_alone_as_it_is_with_the_rest(asked: World) -> None:
    assert organisation(asked) == documents(asked).organisation


@pytest.mark.parametrize("text", [b"name: [", b"name: Ingenting\n"])
def test_there_is_none_where_loading_would_find_none(text: bytes) -> None:
    tree = Tree(files={"organisation.yaml": text})
    assert read_organisation(tree) is None
    assert load(tree).documents is None
    assert read_organisation(Tree(files={})) is None


def test_the_lists_of_intune_are_asked_for_and_taken_by_who_connects(asked: World) -> None:
    found = documents(asked)
    backend = found.organisation.backends[-1]
    with head_start(organisation(asked), asked.wiring(), school=None, backend=None) as connect_to:
        adapter = connect_to(found, backend, asked.wiring())
        assert isinstance(adapter, IntuneAdapter)
        adapter.observe(Scope(kinds=frozenset({"group"})))
        adapter.observe(Scope(kinds=frozenset({"membership", "setting"})))
        adapter.close()
    listed = [path for path in asked.sent if path.startswith("GET")]
    assert sorted(listed) == sorted(set(listed))
    assert {"groups", "managedDevices", "devices", "mobileApps", "configurationPolicies"} <= lists(asked)


@pytest.mark.parametrize("chosen", [{"school": "norrskolan", "backend": None}, {"school": None, "backend": "chrome"}])
def test_nothing_is_asked_for_one_school_nor_of_another_system(asked: World, chosen: dict[str, str | None]) -> None:
    with head_start(organisation(asked), asked.wiring(), school=chosen["school"], backend=chosen["backend"]):
        pass
    assert asked.sent == []


def test_a_system_that_cannot_be_signed_in_to_is_left_to_connecting(asked: World) -> None:
    without = replace(asked.wiring(), sandbox=None, environment={})
    with head_start(organisation(asked), without, school=None, backend=None):
        pass
    assert asked.sent == []


def test_what_nobody_connected_to_is_called_off(asked: World) -> None:
    def stop() -> None:
        with head_start(organisation(asked), asked.wiring(), school=None, backend=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert readers() == []


def test_without_an_organisation_there_is_nothing_to_begin(asked: World) -> None:
    with head_start(None, asked.wiring(), school=None, backend=None):
        pass
    assert asked.sent == []
