"""Drift of real tenants in the sandbox: read with the plan's identity, told, never put back."""

from reconciler.credentials.purpose import Purpose
from reconciler.planning.drift import Drift, Standing
from reconciler.reconcile.drift import find_drift
from reconciler.reconcile.prepare import prepare
from tests.unit.reconcile.worlds import TODAY, World, second_backend


def found(world: World, backend: str | None = None) -> Drift:
    made = find_drift(prepare(world.root, TODAY), world.wiring(Purpose.PLAN), backend=backend, connect_to=world.connect)
    assert made is not None
    return made


def test_nothing_is_written_while_looking(world: World) -> None:
    before = world.tenant()
    (system,) = found(world).systems

    assert system.standing is Standing.DIFFERS  # an empty tenant lacks everything that the files want
    assert world.tenant() == before
    assert {line.partition(" ")[0] for line in world.sent} <= {"GET", "POST"}
    assert not [line for line in world.sent if "batchModify" in line or ("/orgunits/" in line and "POST" in line)]


def test_each_system_is_told_on_its_own(world: World) -> None:
    second_backend(world)
    world.unreachable = {"reserv"}

    assert [(one.backend, one.standing) for one in found(world).systems] == [
        ("chrome", Standing.DIFFERS),
        ("reserv", Standing.NOT_READ),
    ]


def test_one_alone_is_asked_for(world: World) -> None:
    second_backend(world)
    world.unreachable = {"reserv"}

    assert [one.backend for one in found(world, "chrome").systems] == ["chrome"]
