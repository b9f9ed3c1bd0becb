"""The list of approved apps: order, choices of the filters, and which app fits which choice."""

from dataclasses import replace

import pytest

from reconciler.model.place import Pointer
from reconciler.model.vetting import Cost, Interface, Vetting
from reconciler.site.app_list import AppList, list_apps
from reconciler.site.parts import page_file
from reconciler.site.words import SiteWords

AT = Pointer(file="app-catalogs/appar.yaml")
APP = Vetting(id="a", name="A", status="approved", platforms=("chromeos",), at=AT)


def listed(*apps: Vetting) -> AppList:
    return list_apps(apps, SiteWords("sv"))


def choices(found: AppList) -> dict[str, list[str]]:
    return {one.id: [choice.label for choice in one.choices] for one in found.filters}


def fitting(found: AppList, name: str, label: str) -> list[str]:
    """The apps that are left where somebody chooses this, as the script in the page decides it."""
    values = {choice.label: choice.value for one in found.filters if one.id == name for choice in one.choices}
    return [row.id for row in found.rows if {values[label], "*"} & set(dict(row.keys)[name].split())]


def test_apps_stand_in_the_order_of_their_names() -> None:
    found = listed(
        replace(APP, id="o", name="Övning"), replace(APP, id="z", name="Zoom"), replace(APP, id="a", name="åk")
    )

    assert [row.name for row in found.rows] == ["Zoom", "åk", "Övning"]


def test_choices_are_those_that_some_app_has_in_an_order_that_people_expect() -> None:
    one = replace(
        APP,
        subjects=("svenska", "NO"),
        school_forms=("grundskola", "förskola"),
        grades="F-2",
        cost=Cost(model="licence"),
        interface=Interface(languages=("sv", "en")),
    )
    two = replace(
        APP, id="b", platforms=("windows", "ipados"), subjects=("bild",), grades="10", cost=Cost(model="free")
    )

    assert choices(listed(one, two)) == {
        "subject": ["bild", "NO", "svenska"],
        "form": ["förskola", "grundskola"],
        "grade": ["F (förskoleklass)", "1", "2", "10"],
        "platform": ["Chromebook", "iPad", "Windows"],
        "cost": ["Gratis", "Licens"],
        "language": ["engelska", "svenska"],
    }


def test_a_filter_without_choices_is_left_out() -> None:
    assert list(choices(listed(APP))) == ["platform"]
    assert listed().filters == ()


def test_an_app_for_everybody_fits_each_school_form_and_grade() -> None:
    every = replace(APP, id="alla")
    some = replace(APP, id="mellan", school_forms=("grundskola",), grades="4-6")
    late = replace(APP, id="sena", school_forms=("gymnasieskola",), grades="7-9")
    found = listed(every, some, late)

    assert fitting(found, "form", "grundskola") == ["alla", "mellan"]
    assert fitting(found, "grade", "8") == ["alla", "sena"]


def test_an_app_without_a_subject_or_language_fits_none_of_them() -> None:
    found = listed(APP, replace(APP, id="b", subjects=("bild",), interface=Interface(languages=("sv",))))

    assert fitting(found, "subject", "bild") == ["b"]
    assert fitting(found, "language", "svenska") == ["b"]


def test_an_app_for_all_subjects_fits_each_of_them_and_is_no_choice_of_its_own() -> None:
    found = listed(replace(APP, id="alla", subjects=("Alla",)), replace(APP, id="bild", subjects=("bild",)))

    assert choices(found)["subject"] == ["bild"]
    assert fitting(found, "subject", "bild") == ["alla", "bild"]
    assert [row.subjects for row in found.rows] == ["alla ämnen", "bild"]


def test_a_search_finds_supplier_purposes_and_subjects_too() -> None:
    row = listed(replace(APP, supplier="Texthelp", purposes=("uppläsning",), subjects=("svenska",))).rows[0]

    assert row.words == "Texthelp uppläsning svenska"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("kami", "kami.html"),
        ("con", "con_.html"),
        ("com1", "com1_.html"),
        ("index", "index_.html"),
        ("aux-in", "aux-in.html"),
    ],
)
def test_a_page_has_a_name_that_a_file_server_on_windows_takes(name: str, page: str) -> None:
    assert page_file(name) == page
