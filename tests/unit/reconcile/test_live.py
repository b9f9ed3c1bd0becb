"""Devices read to answer a question about one: of every system that answers, and why not of the others."""

import pytest

from reconciler.adapters.wiring import Wiring
from reconciler.model.adapter import Adapter
from reconciler.model.documents import Backend, Documents
from reconciler.reconcile.live import read_devices
from reconciler.reconcile.prepare import prepare
from tests.unit.reconcile.worlds import TODAY, World, second_backend


def test_all_devices_with_their_places(world: World) -> None:
    live = read_devices(prepare(world.root, TODAY), world.wiring())

    assert live.findings == ()
    assert len(live.devices["chrome"]) == 60 + 45 + 50 + 2
    assert {device.serial for device in live.devices["chrome"]} >= {"NORR0001", "SJOM0045", "SJOH0050", "OKND0002"}


def test_only_reads_and_no_policies(world: World) -> None:
    read_devices(prepare(world.root, TODAY), world.wiring())

    assert {line.partition(" ")[0] for line in world.sent} == {"GET"}
    assert not [line for line in world.sent if "policies" in line]


def test_one_that_cannot_be_reached_is_left_out_and_said(world: World) -> None:
    second_backend(world)
    world.unreachable = {"reserv"}
    live = read_devices(prepare(world.root, TODAY), world.wiring(), connect_to=world.connect)

    assert live.devices.keys() == {"chrome"}
    assert [(finding.code, finding.subject) for finding in live.findings] == [("SANDBOX-NOT-STARTED", "reserv")]


def test_a_foreign_host_is_refused_before_anything_is_sent(world: World) -> None:
    world.edit("organisation.yaml", lambda text: text.replace("root: /Enheter,", "root: /Enheter, host: evil.example,"))
    live = read_devices(prepare(world.root, TODAY), world.wiring())

    assert [finding.code for finding in live.findings] == ["HOST-NOT-BOUND"]
    assert (live.devices, world.sent) == ({}, [])


def test_a_lookup_that_fails_inside_is_a_fault_and_no_unknown_kind(world: World) -> None:
    def connect_to(documents: Documents, backend: Backend, wiring: Wiring) -> Adapter:
        raise KeyError("a fault of ours")

    with pytest.raises(KeyError):
        read_devices(prepare(world.root, TODAY), world.wiring(), connect_to=connect_to)


def test_without_an_organisation_the_files_say_why(world: World) -> None:
    (world.root / "organisation.yaml").unlink()
    live = read_devices(prepare(world.root, TODAY), world.wiring())

    assert live.devices == {}
    assert [finding.code for finding in live.findings] == ["NO-ORGANISATION"]
