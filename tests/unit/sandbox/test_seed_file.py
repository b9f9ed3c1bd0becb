"""Seed files: what they make, and what they are refused for."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from reconciler.sandbox import SeedError, State, dump, load, load_seed
from reconciler.sandbox.google.state import find_org_unit, paths
from reconciler.sandbox.seed_values import expand
from tests.unit.sandbox.conftest import SEED


def _places(state: State) -> dict[str, str]:
    found = paths(state.google)
    return {device.serial: found[device.org_unit] for device in state.google.devices.values()}


def test_small_municipality() -> None:
    state = load_seed(SEED)
    assert sorted(paths(state.google).values()) == [
        "/",
        "/Chromebooks",
        "/Chromebooks/Norrskolan",
        "/Chromebooks/Söderskolan",
        "/Elever",
        "/Elever/Norrskolan",
        "/Elever/Norrskolan/1A",
        "/Elever/Norrskolan/1B",
        "/Elever/Norrskolan/2A gammal",
        "/Personal",
        "/Projekt",
    ]
    assert _places(state) == {
        "5CDNORR0001": "/Projekt",
        "5CDNORR0002": "/Projekt",
        "5CDNORR0003": "/Chromebooks/Norrskolan",
        "5CDSODER09": "/Chromebooks/Söderskolan",
        "5CDSODER10": "/Chromebooks/Söderskolan",
        "OKAND0001": "/",
    }
    by_serial = {device.serial: device for device in state.google.devices.values()}
    assert by_serial["5CDNORR0002"].location == "NORR 4-6 002"
    assert by_serial["5CDNORR0002"].asset_id == "NORR-2"
    assert by_serial["5CDNORR0003"].status == "DEPROVISIONED"
    assert by_serial["5CDSODER09"].location == "Okänd plats"
    unit = find_org_unit(state.google, "/chromebooks")
    assert unit is not None
    assert unit.description == "Alla Chromebooks"


def test_the_same_file_gives_the_same_state_and_a_dump_is_loaded_back() -> None:
    first, second = load_seed(SEED), load_seed(SEED)
    assert dump(first) == dump(second)
    assert dump(load(json.loads(dump(first)))) == dump(first)


def test_converged_state_is_loaded_before_the_edits(tmp_path: Path) -> None:
    (tmp_path / "converged.json").write_text(dump(load_seed(SEED)), encoding="utf-8")
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "converged: converged.json\nperturbations:\n- rename_org_unit: {path: /Projekt, name: Annat}\n",
        encoding="utf-8",
    )
    before, after = load_seed(SEED).google, load_seed(seed).google
    project = next(unit for unit, path in paths(before).items() if path == "/Projekt")
    assert paths(after)[project] == "/Annat"
    assert after.devices == before.devices
    seed.write_text("converged: converged.json\ncustomer: {id: C0}\n", encoding="utf-8")
    with pytest.raises(SeedError, match="customer comes from the converged state"):
        load_seed(seed)


def test_three_thousand_devices_load_in_well_under_a_second(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "org_units: ['/Skola {01..60}/Grupp {1..3}']\n"
        "devices:\n- {count: 3000, serial_prefix: 5CD, org_unit: /Skola 01/Grupp 1, location: 'S {n:04d}'}\n",
        encoding="utf-8",
    )
    begun = time.perf_counter()
    state = load_seed(seed)
    assert time.perf_counter() - begun < 1.0
    assert len(state.google.devices) == 3000
    assert len(state.google.org_units) == 1 + 60 + 180


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("org_unit: [/A]", "unknown key 'org_unit'"),
        ("customer: {id: C0, id: C1}", "the key 'id' is written twice"),
        ("org_units: [A]", r"org_units\[0\]: the path 'A' must start with a slash"),
        ("devices: [{serial_prefix: 5E12, org_unit: /}]", None),
        ("devices: [{serial_prefix: 5e1234567, org_unit: /}]", None),
        ("devices: [{serial_prefix: 512, org_unit: /}]", "serial_prefix must be of type str, not 512"),
        ("devices: [{serial_prefix: A, org_unit: /Saknas}]", "there is no org unit '/Saknas'"),
        ("devices: [{serial_prefix: A, org_unit: /, auto_update_through: '2032'}]", 'written "2032-06"'),
        ("devices: [{serial_prefix: A, org_unit: /}, {serial_prefix: A, org_unit: /}]", "A0001 is used twice"),
        ("devices: [{org_unit: /}]", "needs the key 'serial_prefix'"),
        ("policies: [{target: /, schema: chrome.users.Nej, value: {}}]", "no policy schema 'chrome.users.Nej'"),
        (
            "policies: [{target: /, schema: chrome.users.IncognitoMode, value: {incognitoModeAvailability: NEJ}}]",
            'Invalid value "NEJ" for enum',
        ),
        (
            "policies: [{target: /, schema: chrome.users.apps.ManagedConfiguration, app_id: 'android:se.a', value: {managedConfiguration: '{}'}}]",
            "the app must be added first",
        ),
        ("policies: [{target: x@y.se, schema: chrome.users.Screenshot, value: {}}]", "there is no group"),
        ("perturbations: [{flytta: {}}]", "there is no perturbation 'flytta'"),
        ("perturbations: [{remove_mark: {path: /}}]", "has no mark"),
        ("perturbations: [{move_devices: {serials: [A], to: /}}]", "there is no device 'A'"),
        ("perturbations: [{clear_policy: {target: /, schema: chrome.users.Screenshot}}]", "is not set on /"),
        ("perturbations: [{move_org_unit: {path: /, to: /}}]", "below itself"),
        ("[1, 2]", "seed must be a mapping"),
        ("a: [", "while parsing"),
    ],
)
def test_bad_seeds(tmp_path: Path, text: str, complaint: str | None) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(text, encoding="utf-8")
    if complaint is None:  # YAML 1.1 as PyYAML reads it wants a dot in a float: these stay text
        assert len(load_seed(seed).google.devices) == 1
    else:
        with pytest.raises(SeedError, match=complaint):
            load_seed(seed)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("/A", ["/A"]),
        ("/{A,B}/{1,2}", ["/A/1", "/A/2", "/B/1", "/B/2"]),
        ("X{08..11}", ["X08", "X09", "X10", "X11"]),
        ("{1A, 1B}", ["1A", "1B"]),
    ],
)
def test_braces(pattern: str, texts: list[str]) -> None:
    assert expand(pattern) == texts


def test_braces_have_a_limit() -> None:
    with pytest.raises(SeedError, match="more than 10000"):
        expand("{0..999}{0..999}")
