"""Whose fields a change touches, in every kind of file."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.catalogue.ownership import Written, must_approve, owners_touched
from reconciler.load.written import written_files
from tests.unit.catalogue.records import CATALOG, FILES, MEETING
from tests.unit.load.writing import tree_of

SCHOOL = "schools/norrskolan.yaml"
BASE = written_files(tree_of({**FILES, "inventories/vagn.csv": "serial\n5CD1234567\n"}))
Change = Callable[[Any], None]


def touched(file: str, change: Change) -> list[tuple[str, str, str]]:
    """Owner, how and what, of one change in one file."""
    one = copy.deepcopy(BASE[file])
    change(one.data)
    found = owners_touched(BASE, {**BASE, file: one})
    return [(owner, part.how, part.what) for owner, parts in found.items() for part in parts]


def app(data: Any, name: str) -> Any:
    return next(one for one in data["apps"] if one["id"] == name)


def setting(*path: str, value: Any) -> Change:
    def change(data: Any) -> None:
        target = app(data, path[0])
        for step in path[1:-1]:
            target = target[step]
        target[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "owner"),
    [
        (("kami", "assessment", "value"), "Bra", "education"),
        (("kami", "decision", "reason"), "Bra", "education"),
        (("kami", "status"), "withdrawn", "education"),
        (("kami", "request", "need"), "Bra", "education"),
        (("kami", "cost", "price", "kronor"), 59, "joint"),
        (("kami", "cost", "bearer"), "project", "joint"),
        (("kami", "platforms", "chromeos", "extension"), "x", "it"),
        (("kami", "source", "read"), "2026-11-22", "it"),
        (("stoppad", "it_review", "verdict"), "passed", "it"),
        (("kami", "supplier_country"), "SE", "data-protection"),
        (("kami", "personal_data"), "none", "data-protection"),
        (("kami", "data_protection", "agreement"), "missing", "data-protection"),
        (("kami", "data_protection", "storage"), "sweden", "data-protection"),
    ],
)
def test_fields_of_a_record(path: tuple[str, ...], value: Any, owner: str) -> None:
    assert touched(CATALOG, setting(*path, value=value)) == [(owner, "changed", f"apps.{'.'.join(path)}")]


def test_a_new_record_is_said_once_to_education_and_its_parts_to_others() -> None:
    def add(data: Any) -> None:
        data["apps"].insert(0, {**copy.deepcopy(app(data, "onskad")), "id": "ny", "personal_data": "none"})

    assert touched(CATALOG, add) == [
        ("it", "added", "apps.ny.platforms"),
        ("it", "added", "apps.ny.source"),
        ("education", "added", "apps.ny"),
        ("data-protection", "added", "apps.ny.personal_data"),
    ]


def test_what_is_gone_is_at_the_nearest_place_that_is_left() -> None:
    head = copy.deepcopy(BASE[CATALOG])
    data: Any = head.data
    del app(data, "scratch")["cost"]
    found = owners_touched(BASE, {**BASE, CATALOG: head})["joint"]

    assert [(one.how, one.what, one.at.path) for one in found] == [("removed", "apps.scratch.cost", ("apps", 1))]


def test_a_moved_record_is_no_change() -> None:
    assert touched(CATALOG, lambda data: data["apps"].reverse()) == []


PILOT, REST, NEW = {"id": "pilot", "members": ["a"]}, {"id": "rest"}, {"id": "ny", "members": ["b"]}
CHROME, INTUNE = {"backend": "chrome", "platforms": ["chromeos"]}, {"backend": "intune", "platforms": ["chromeos"]}


@pytest.mark.parametrize(
    ("key", "before", "after", "told"),
    [
        ("rings", [PILOT, REST], [REST, PILOT], [("joint", "changed", "rings")]),
        ("rings", [PILOT, REST], [PILOT, REST], []),
        ("rings", [PILOT, REST], [NEW, PILOT, REST], [("joint", "added", "rings.ny")]),
        ("rings", [PILOT, NEW, REST], [PILOT, REST], [("joint", "removed", "rings.ny")]),
        ("routes", [CHROME, INTUNE], [INTUNE, CHROME], [("it", "changed", "routes")]),
        ("backends", [{"id": "a"}, {"id": "b"}], [{"id": "b"}, {"id": "a"}], []),
    ],
)
def test_where_order_says_something_it_is_somebodys(key: str, before: Any, after: Any, told: list[Any]) -> None:
    """A group belongs to the first ring that names it: rings that change places put it into another one."""
    files = [{"organisation.yaml": Written(kind="organisation", data={key: lines})} for lines in (before, after)]
    found = owners_touched(*files)

    assert [(owner, part.how, part.what) for owner, parts in found.items() for part in parts] == told


def test_a_new_name_is_no_new_thing() -> None:
    def rename(data: Any) -> None:
        data["groups"][0].update(id="mellanstadiet", previously=["elever-4-6"])

    assert touched(SCHOOL, rename) == [
        ("joint", "changed", "groups.mellanstadiet.id"),
        ("joint", "added", "groups.mellanstadiet.previously"),
    ]


def test_a_name_that_is_still_there_is_its_own() -> None:
    def add(data: Any) -> None:
        new = {**copy.deepcopy(data["groups"][0]), "id": "ny", "previously": ["elever-4-6"]}
        data["groups"].append(new)

    assert ("joint", "added", "groups.ny") in touched(SCHOOL, add)


def test_other_kinds_of_files() -> None:
    assert touched(SCHOOL, lambda data: data["groups"][0]["devices"].update(expected=75)) == [
        ("it", "changed", "groups.elever-4-6.devices.expected")
    ]
    assert touched(SCHOOL, lambda data: data["groups"][0]["settings"].update(incognito="allowed")) == [
        ("joint", "changed", "groups.elever-4-6.settings.incognito")
    ]
    assert touched(MEETING, lambda data: data["present"][1].update(seats=2)) == [
        ("education", "changed", "present.lärare i grundskolan.seats")
    ]
    assert touched("organisation.yaml", lambda data: data["backends"][0].update(mode="apply")) == [
        ("it", "added", "backends.chrome.mode")
    ]
    assert touched("organisation.yaml", lambda data: data["council"].update(quorum=1)) == [
        ("education", "changed", "council.quorum")
    ]


def test_a_list_of_devices_is_its() -> None:
    file = "inventories/vagn.csv"
    found = owners_touched(BASE, {**BASE, file: Written(kind="", data="serial\n")})

    assert [(owner, one.how, one.file) for owner, parts in found.items() for one in parts] == [("it", "changed", file)]


def test_true_is_not_one() -> None:
    assert touched(CATALOG, setting("kami", "request", "users", value=True)) == [
        ("education", "changed", "apps.kami.request.users")
    ]


def test_who_must_approve() -> None:
    both = copy.deepcopy(BASE[CATALOG])
    data: Any = both.data
    app(data, "kami")["cost"]["model"] = "free"
    app(data, "kami")["data_protection"]["agreement"] = "missing"
    found = owners_touched(BASE, {**BASE, CATALOG: both})

    assert list(found) == ["joint", "data-protection"]
    assert must_approve(found) == ("it", "education", "data-protection")
    assert must_approve({}) == ()
