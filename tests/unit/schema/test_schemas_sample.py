"""The sample municipality passes its own checks, stays small enough for the vendor's quota, and fits its seeded fleet."""

from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.load.repository import load
from reconciler.load.tree import read_tree
from reconciler.model.documents import Documents, Group, School
from reconciler.model.place import Pointer
from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.state import Device
from reconciler.sandbox.seed_file import load_seed
from reconciler.sandbox.state import State
from reconciler.texts import render

ROOT = Path(__file__).parents[3]
SEEDS = ROOT / "reconciler/sandbox/seeds"


@pytest.fixture(scope="module")
def documents() -> Documents:
    loaded = load(read_tree(ROOT))

    assert loaded.findings == ()
    assert loaded.documents is not None
    return loaded.documents


@pytest.fixture(scope="module")
def fleet() -> State:
    return load_seed(SEEDS / "sample-base.yaml")


def catalogue() -> list[dict[str, Any]]:
    files = sorted((ROOT / "app-catalogs").glob("*.yaml"))
    return [app for path in files for app in yaml.safe_load(path.read_text(encoding="utf-8"))["apps"]]


def test_is_the_size_of_a_small_municipality(documents: Documents) -> None:
    pupils = {school.id: sum(school.pupils_by_grade.values()) for school in documents.schools}
    schools = {school.id: {form for unit in school.units for form in unit.school_forms} for school in documents.schools}
    comprehensive = [one for one, forms in schools.items() if "grundskola" in forms and not one.startswith("resurs")]
    preschools = [one for one, forms in schools.items() if forms == {"förskola"}]

    assert (len(comprehensive), len(preschools)) == (7, 6)
    assert 2400 <= sum(pupils[one] for one in comprehensive) <= 2600
    assert 1050 <= sum(pupils[one] for one in preschools) <= 1150
    assert {"anpassade-grundskolan", "resursskolan-eken", "vidala-larcenter"} <= set(schools)


def test_every_app_has_a_source_and_a_decision_where_one_is_needed() -> None:
    apps = catalogue()

    assert len(apps) == 90
    assert all(app["source"]["read"] for app in apps)
    assert {app["status"] for app in apps} == {
        *("proposed", "queued", "approved", "approved-with-conditions", "rejected", "withdrawn")
    }


def test_few_targets_since_each_costs_reads(documents: Documents, fleet: State) -> None:
    """The older of the vendor's two quotas lets 30 reads a second through; the demo takes about a minute."""
    patterns = [path for users in documents.organisation.users.values() for path in users.org_units]
    for school in documents.schools:
        patterns += [path for users in school.users.values() for path in users.org_units]
        patterns += [path for group in school.groups if group.users for path in group.users.org_units]
    paths = tenant.paths(fleet.google).values()
    found = {pattern: {path for path in paths if same_level(path, pattern)} for pattern in patterns}

    assert [pattern for pattern, places in found.items() if not places] == []
    assert len(set().union(*found.values())) <= 45
    assert sum(len(chromebooks(school)) for school in documents.schools) <= 55


def same_level(path: str, pattern: str) -> bool:
    return path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)


def test_the_error_in_the_guide_is_what_one_gets() -> None:
    tree = read_tree(ROOT)
    file = "schools/norrskolan.yaml"
    wrong = tree.files[file].replace(b"printing: blocked", b"printing: bloked")
    loaded = load(replace(tree, files={**tree.files, file: wrong}))
    guide = (ROOT / "docs/sv/redigera-en-skola.md").read_text(encoding="utf-8")

    assert [finding.code for finding in loaded.findings] == ["NOT-ALLOWED-VALUE"]
    place = loaded.findings[0].place
    at = loaded.locate(place) if isinstance(place, Pointer) else place
    assert at is not None
    # The corrected line keeps its comment, which the guide leaves out.
    text = render("NOT-ALLOWED-VALUE", loaded.findings[0].values, "sv")
    assert f"{file}:{at.line}:{at.column}: error NOT-ALLOWED-VALUE: {text.message}\n" in guide
    assert text.hint.partition(" # ")[0] in guide


def test_fleet_is_what_the_groups_expect(documents: Documents, fleet: State) -> None:
    devices = [device for device in fleet.google.devices.values() if device.status != "DEPROVISIONED"]
    found: dict[str, int] = {}
    expected: dict[str, int] = {}
    for school in documents.schools:
        for group in (one for one in chromebooks(school) if one.devices and one.audience != "storage"):
            inner = {serial for child in school.groups if child.within == group.id for serial in serials(child)}
            claimed = [device for device in devices if claims(group, device) and device.serial not in inner]
            found[f"{school.id}/{group.id}"] = len(claimed)
            expected[f"{school.id}/{group.id}"] = (group.devices and group.devices.expected) or 0

    assert found == expected
    assert 2700 <= sum(found.values()) < len(fleet.google.devices)
    assert 2900 <= len(fleet.google.devices) <= 3100


def chromebooks(school: School) -> list[Group]:
    """The groups that Google has; the others are Intune's and cost it no reads of their own."""
    return [group for group in school.groups if group.platform == "chromeos"]


def serials(group: Group) -> tuple[str, ...]:
    return group.devices.serials if group.devices else ()


def claims(group: Group, device: Device) -> bool:
    match = group.devices.match if group.devices else {}
    live = {"location": device.location, "asset_id": device.asset_id}
    by_match = bool(match) and all(fnmatchcase(live[name].lower(), glob.lower()) for name, glob in match.items())
    return by_match or device.serial in serials(group)
