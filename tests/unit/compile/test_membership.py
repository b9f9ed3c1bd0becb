"""Which device belongs where, on a backend as it is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from reconciler.compile.explain_device import explain_device
from reconciler.compile.membership import Assignment, assign_devices
from reconciler.compile.state import compile_state
from reconciler.model.finding import Severity
from reconciler.model.resource import Device
from tests.unit.compile.writing import TODAY, documents, group, school, spelled, table

_NUMBERS = count()


def device(place: str = "ou:/Nya", serial: str = "", active: bool = True, platform: str = "", **facts: str) -> Device:
    number = next(_NUMBERS)
    return Device(
        id=f"id-{number}",
        serial=serial or f"S{number}",
        active=active,
        places=(place,) if place else (),
        facts=facts,
        platform=platform,
    )


def assigned(schools: Sequence[Any], *devices: Device) -> Assignment:
    files = documents(*schools)
    return assign_devices(files, compile_state(files, table(), TODAY), "chrome", devices)


def places(result: Assignment, *devices: Device) -> list[str | None]:
    return [result.places.get(one.id) for one in devices]


def said(result: Assignment) -> list[tuple[str, str, str]]:
    return [(one.code, one.subject, one.values.get("count", "")) for one in result.findings]


@pytest.mark.parametrize(
    ("glob", "text", "fits"),
    [
        ("NORR 4-6*", "Norr 4-6 sal 12", True),
        ("NORR 4-6*", "Gamla Norr 4-6", False),
        ("*vagn 1", "NORR VAGN 1", True),
        ("*vagn*", "Norr Vagn 7", True),
        ("NORR-V?-*", "norr-v1-03", True),
        ("NORR-V[12]-*", "norr-v2-03", True),
        ("NORR-V[!12]-*", "norr-v2-03", False),
        ("norr*4*6", "norr 4-5-6", True),
        ("ab*ba", "aba", False),
        ("Sjö*", "SJO\u0308SKOLAN", True),
        ("*", "vad som helst", True),
        ("exakt", "EXAKT", True),
        ("exakt", "exakt nu", False),
    ],
)
def test_patterns_fit_whole_values_without_regard_to_case_or_composition(glob: str, text: str, fits: bool) -> None:
    one = device(location=text)
    result = assigned([school("norr", group("klass", devices={"match": {"location": glob}}))], one)

    assert places(result, one) == (["@norr/klass"] if fits else [None])
    assert result.matched == {"norr/klass": int(fits)}


def test_all_fields_must_fit() -> None:
    rule = {"match": {"location": "NORR*", "model": "HP*"}}
    both, one, neither = device(location="Norr", model="HP 11"), device(location="Norr", model="Acer"), device()
    result = assigned([school("norr", group("klass", devices=rule))], both, one, neither)

    assert places(result, both, one, neither) == ["@norr/klass", None, None]
    assert result.unmanaged == 2


def test_serials_beat_patterns_and_a_child_beats_its_parent() -> None:
    groups = school(
        "norr",
        group("klass", devices={"match": {"location": "NORR*"}}),
        group("pilot", within="klass", devices={"match": {"location": "NORR 6*"}}),
        group("lanade", devices={"serials": ("5cd1", "5cd2")}),
    )
    parent, child, named = (
        device(location="Norr 4"),
        device(location="Norr 6"),
        device(location="Norr 6", serial="5CD1"),
    )
    result = assigned([groups], parent, child, named)

    assert places(result, parent, child, named) == ["@norr/klass", "@norr/pilot", "@norr/lanade"]
    assert said(result) == [("SERIALS-NOT-FOUND", "devices:norr/lanade", "1")]


def test_devices_that_two_groups_claim_stay_and_are_counted_with_both_lines() -> None:
    groups = school(
        "norr",
        group("a", devices={"match": {"location": "NORR*"}}),
        group("b", devices={"match": {"asset_id": "V1*"}}),
    )
    twice = [device("@norr/a", location="Norr", asset_id="V1-1"), device(location="Norr", asset_id="V1-2")]
    sure = [device(location="Norr"), device(asset_id="V1-3")]
    result = assigned([groups], *twice, *sure)

    assert places(result, *twice, *sure) == [None, None, "@norr/a", "@norr/b"]
    assert said(result) == [("DEVICE-CLAIMED-TWICE", "devices:norr/b", "2")]
    finding = result.findings[0]
    assert finding.severity is Severity.ERROR
    assert spelled(finding.place) == "schools/norr.yaml:groups.b.devices"
    assert finding.values["other_at"] == "schools/norr.yaml (groups.a.devices)"
    assert not any(one.serial in finding.values.values() for one in twice)


def test_deprovisioned_devices_never_match() -> None:
    gone = device("@norr/klass", location="klass", active=False)
    result = assigned([school("norr", group("klass"))], gone)

    assert (result.places, result.unmanaged, result.staying) == ({}, 0, 0)
    assert said(result) == [("GROUP-WITHOUT-DEVICES", "devices:norr/klass", "")]


def test_a_device_of_ours_that_nobody_claims_goes_to_its_schools_store() -> None:
    norr = school(
        "norr",
        group("klass"),
        group("forrad", audience="storage", devices={}),
        holding={"chromeos": "forrad"},
        previously=("nord",),
    )
    there, removed, renamed = device("@norr/klass"), device("@norr/borta"), device("@nord/borta")
    already, outside = device("@norr/forrad"), device("ou:/Nya")
    result = assigned([norr], there, removed, renamed, already, outside)

    assert places(result, there, removed, renamed, already, outside) == ["@norr/forrad"] * 4 + [None]
    assert (result.unmanaged, result.staying) == (1, 0)
    assert said(result) == [("GROUP-WITHOUT-DEVICES", "devices:norr/klass", "")]


def test_without_a_store_a_device_stays_and_somebody_is_told() -> None:
    closed, rootless = device("@gamla/klass"), device("@")
    result = assigned([school("norr", group("klass"))], closed, rootless, device(location="klass"))

    assert result.staying == 2
    assert said(result) == [
        ("DEVICES-WITHOUT-HOLDING", "devices:", "1"),
        ("DEVICES-WITHOUT-HOLDING", "devices:gamla/klass", "1"),
    ]


@pytest.mark.parametrize(("expected", "severity"), [(3, Severity.WARNING), (1, Severity.INFO), (2, None)])
def test_another_number_than_expected_is_said(expected: int, severity: Severity | None) -> None:
    rule = {"match": {"location": "klass*"}, "expected": expected}
    result = assigned(
        [school("norr", group("klass", devices=rule))], device(location="klass"), device(location="klass 2")
    )

    assert [(one.code, one.severity) for one in result.findings] == (
        [("GROUP-EXPECTED-DIFFERS", severity)] if severity else []
    )


MIXED = school(
    "norr",
    group("pad", platform="ipados", devices={"match": {"name": "NORR*"}}),
    group("pc", platform="windows", devices={"match": {"name": "NORR*"}, "serials": ("5CD1", "pf0002")}),
    group("forrad-pad", platform="ipados", audience="storage", devices={}),
    group("forrad-pc", platform="windows", audience="storage", devices={}),
    holding={"ipados": "forrad-pad", "windows": "forrad-pc"},
)


def test_a_group_claims_devices_of_its_own_platform_and_those_of_unknown() -> None:
    pad, pc = device(name="Norr 1", platform="ipados"), device(name="Norr 2", platform="windows")
    mac, unknown = device(name="Norr 3", platform="macos"), device(name="Norr 4")
    result = assigned([MIXED], pad, pc, mac, unknown, device(serial="5CD1"), device(serial="PF0002"))

    assert places(result, pad, pc, mac, unknown) == ["@norr/pad", "@norr/pc", None, None]
    assert said(result) == [("DEVICE-CLAIMED-TWICE", "devices:norr/pc", "1")]


def test_a_store_is_for_a_platform() -> None:
    pad, pc = device("@norr/borta", platform="ipados"), device("@norr/borta", platform="windows")
    mac = device("@norr/borta", platform="macos")
    result = assigned([MIXED], pad, pc, mac)

    assert places(result, pad, pc, mac) == ["@norr/forrad-pad", "@norr/forrad-pc", None]
    assert ("DEVICES-WITHOUT-HOLDING", "devices:norr/borta", "1") in said(result)


def test_a_serial_number_of_another_platform_is_an_error_at_its_line() -> None:
    pad = device(name="Norr 1", serial="PF0002", platform="ipados")
    result = assigned([MIXED], pad, device(serial="5CD1", platform="windows"))

    assert places(result, pad) == ["@norr/pad"]
    (finding,) = [one for one in result.findings if one.severity is Severity.ERROR]
    assert (finding.code, spelled(finding.place)) == (
        "SERIAL-OTHER-PLATFORM",
        "schools/norr.yaml:groups.pc.devices.serials.1",
    )
    assert finding.values == {"group": "norr/pc", "platform": "windows", "other": "ipados"}


def test_two_devices_with_one_serial_number_stay_both_where_they_are() -> None:
    written = [device(serial="5CD1", platform="windows"), device("@norr/pad", serial="5cd1 ", platform="windows")]
    matched = [device(name="Norr 1", serial="DMPX", platform="ipados"), device(serial="DMPX", platform="ipados")]
    ours = [device("@norr/pc", serial="PF77", platform="windows"), device(serial="PF77", platform="windows")]
    nobodys = [device(serial="X"), device(serial="X")]
    retired = device(name="Norr 2", serial="Y", platform="ipados")
    devices = [*written, *matched, *ours, *nobodys, retired, device(serial="Y", active=False)]
    result = assigned([MIXED], *devices)

    assert result.places == {retired.id: "@norr/pad"}
    assert (result.staying, result.unmanaged) == (4, 4)
    errors = [(one.code, spelled(one.place), one.values) for one in result.findings if one.severity is Severity.ERROR]
    assert errors == [
        ("DEVICES-ALIKE", "schools/norr.yaml:groups.pad.devices", {"count": "1", "group": "norr/pad"}),
        ("DEVICES-ALIKE", "schools/norr.yaml:groups.pc.devices", {"count": "1", "group": "norr/pc"}),
        ("SERIAL-KNOWN-TWICE", "schools/norr.yaml:groups.pc.devices.serials.0", {"count": "2", "group": "norr/pc"}),
    ]


def test_devices_without_a_serial_number_are_not_alike() -> None:
    unknown = [
        device(name="Norr 1", serial=" ", platform="ipados"),
        device(name="Norr 2", serial=" ", platform="ipados"),
    ]

    assert places(assigned([MIXED], *unknown), *unknown) == ["@norr/pad", "@norr/pad"]


def test_why_a_device_is_where_it_is() -> None:
    files = documents(
        school(
            "norr",
            group("klass"),
            group("lanade", devices={"serials": ("5CD1",)}),
            group("forrad", audience="storage", devices={}),
            holding={"chromeos": "forrad"},
        )
    )
    state = compile_state(files, table(), TODAY)
    cases = {
        "match": device(location="klass 4"),
        "serial": device(location="klass 4", serial="5CD1"),
        "holding": device("@norr/klass"),
        "unmanaged": device(),
        "stays": device("@borta/klass"),
        "inactive": device(location="klass", active=False),
    }

    found = {rule: explain_device(files, state, "chrome", one) for rule, one in cases.items()}
    assert [(rule, one.rule, one.place) for rule, one in found.items()] == [
        ("match", "match", "@norr/klass"),
        ("serial", "serial", "@norr/lanade"),
        ("holding", "holding", "@norr/forrad"),
        ("unmanaged", "unmanaged", ""),
        ("stays", "stays", ""),
        ("inactive", "inactive", ""),
    ]
    assert [spelled(line) for _, line in found["serial"].claims] == ["schools/norr.yaml:groups.lanade.devices"]


def test_why_a_device_does_not_get_to_where_it_belongs() -> None:
    files = documents(MIXED)
    state = compile_state(files, table(), TODAY)
    pc = device(serial="5CD1", platform="windows")
    lost = replace(pc, obstacle="INTUNE-DEVICE-NOT-IN-ENTRA")
    placed = replace(lost, places=("@norr/pc",))
    # The test's backend has all platforms.
    alike = explain_device(files, state, "chrome", pc, alike=2)
    found = [explain_device(files, state, "chrome", one) for one in (pc, lost, placed)]

    assert (alike.rule, alike.place, [key for key, _ in alike.claims]) == ("alike", "", ["norr/pc"])
    assert [(one.rule, one.place, one.obstacle) for one in found] == [
        ("serial", "@norr/pc", ""),
        ("serial", "@norr/pc", "INTUNE-DEVICE-NOT-IN-ENTRA"),
        ("serial", "@norr/pc", ""),
    ]
