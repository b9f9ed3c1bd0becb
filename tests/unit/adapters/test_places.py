"""Org units as places: spelling, globs within their level, whose they are."""

import unicodedata
from typing import Any

import pytest

from reconciler.adapters.google.places import Places, index_places, live_places, match_units, read_units
from reconciler.model.resource import Mark

ORG = "uid-1"


def unit(id_: str, path: str, parent: str, description: str = "") -> dict[str, Any]:
    data = {"orgUnitId": f"id:{id_}", "orgUnitPath": path, "name": path.rpartition("/")[2]}
    return data | {"parentOrgUnitId": f"id:{parent}", "description": description}


def places(*units: dict[str, Any]) -> Places:
    root = {"orgUnitId": "id:00", "orgUnitPath": "/", "name": "example.se"}
    return index_places(read_units([root, *units]), ORG)


def mark(key: str, org: str = ORG) -> str:
    return f"[reconciler:1 org={org} key={key}]"


SCHOOL = (
    unit("01", "/Elever", "00"),
    unit("02", "/Elever/Norrskolan", "01"),
    unit("03", "/Elever/Norrskolan/4A", "02"),
    unit("04", "/Elever/Norrskolan/5A", "02"),
    unit("05", "/Elever/Norrskolan/4A/Extra", "03"),
    unit("06", "/Elever/Åsskolan", "01"),
    unit("07", "/Elever/Klass [X]", "01"),
)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("/", ["ou:/"]),
        ("/Elever/Norrskolan", ["ou:/Elever/Norrskolan"]),
        ("/elever/NORRSKOLAN/", ["ou:/Elever/Norrskolan"]),
        ("/Elever/Norrskolan/*", ["ou:/Elever/Norrskolan/4A", "ou:/Elever/Norrskolan/5A"]),
        ("/Elever/*/4?", ["ou:/Elever/Norrskolan/4A"]),
        ("/Elever/Norrskolan/[45]A", ["ou:/Elever/Norrskolan/4A", "ou:/Elever/Norrskolan/5A"]),
        ("/Elever/Norrskolan/[5-9]?", ["ou:/Elever/Norrskolan/5A"]),
        ("/Elever/Å*", ["ou:/Elever/Åsskolan"]),
        (unicodedata.normalize("NFD", "/elever/åsskolan"), ["ou:/Elever/Åsskolan"]),
        ("/Elever/*olan/*/Extra", ["ou:/Elever/Norrskolan/4A/Extra"]),
        ("/*/4A", []),
        ("/Elever/Söderskolan", []),
        ("/Elever/Klass [X]", ["ou:/Elever/Klass [X]"]),
    ],
)
def test_a_path_means_the_org_units_that_people_mean(pattern: str, found: list[str]) -> None:
    assert match_units(places(*SCHOOL), pattern) == found


def test_a_decomposed_name_of_the_tenant_is_read_composed() -> None:
    odd = unit("01", unicodedata.normalize("NFD", "/Åsskolan"), "00")
    found = places(odd)
    assert found.units["01"].path == "/Åsskolan"
    assert found.units["01"].name == "Åsskolan"


def test_ours_are_known_by_mark_wherever_they_are_and_whatever_they_are_called() -> None:
    found = places(unit("01", "/Flyttad av någon", "00", f"Hej\n{mark('group/norr/elever')}"))
    assert found.refs["01"] == "@norr/elever"
    assert match_units(found, "/*") == []


@pytest.mark.parametrize("description", [mark("group/norr/elever", "uid-2"), mark("users/norr/elever")])
def test_another_organisations_and_a_users_mark_make_no_place_of_ours(description: str) -> None:
    found = places(unit("01", "/A", "00", description))
    assert found.refs["01"] == "ou:/A"
    assert found.marks["01"].key in ("group/norr/elever", "users/norr/elever")


def test_two_with_one_mark_are_both_there_and_neither_is_the_one() -> None:
    found = places(unit("01", "/A", "00", mark("school/norr")), unit("02", "/B", "00", mark("school/norr")))
    assert [one.id for one in found.by_ref["@norr"]] == ["01", "02"]
    assert found.one("@norr") is None


def test_what_the_core_sees() -> None:
    found = places(
        unit("01", "/Enheter", "00", mark("root")),
        unit("02", "/Enheter/Norr", "01"),
        unit("03", "/Enheter/Norr/A", "02"),
    )
    by_ref = {live.key.target: live for live in live_places(found)}
    assert by_ref["@"].fields == {"name": "Enheter", "parent": "ou:/", "mark": "root"}
    assert by_ref["@"].mark == Mark(org=ORG, key="root")
    assert by_ref["ou:/Enheter/Norr"].fields == {"name": "Norr", "parent": "@", "mark": ""}
    assert by_ref["ou:/Enheter/Norr/A"].fields["parent"] == "ou:/Enheter/Norr"
    assert by_ref["ou:/Enheter/Norr/A"].facts == {"path": "/Enheter/Norr/A"}
    assert by_ref["ou:/Enheter/Norr/A"].vendor_id == "03"


def test_the_root_is_found_where_only_its_children_are_listed() -> None:
    assert index_places(read_units([unit("01", "/A", "00")]), ORG).root_id == "00"
