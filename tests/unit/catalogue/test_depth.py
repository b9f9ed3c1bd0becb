"""How much a record must hold, by status and risk; and that editors ask for the same."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.catalogue.depth import (
    REQUIREMENTS,
    Depth,
    Requirement,
    depth_of,
    missing,
    missing_for_approval,
)
from reconciler.load.build import apps as build_apps
from reconciler.load.faults import Faults
from reconciler.model.place import Pointer
from reconciler.model.vetting import Vetting, vetting_of
from reconciler.schema.check import accepting, compiled, schemas
from reconciler.texts import render
from tests.unit.catalogue.records import FILES, RECORDS, checked, seen, vetting, with_records


def test_a_right_catalogue_has_nothing_wrong() -> None:
    assert seen(FILES) == []


@pytest.mark.parametrize(
    ("app", "depth"),
    [("kami", Depth.FULL), ("scratch", Depth.SIMPLE), ("onskad", Depth.PROPOSAL), ("nekad", Depth.PROPOSAL)],
)
def test_depth_follows_status_and_risk(app: str, depth: Depth) -> None:
    assert depth_of(vetting(FILES, app)) is depth


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        # A wish: the need and who asks.
        ("by: lärare åk 3, need: Eleverna ska kunna spela in sina svar.", "by: lärare åk 3", "RECORD-WITHOUT-REQUEST-NEED", 50),
        ("by: lärare åk 3, need", "need", "RECORD-WITHOUT-REQUEST-BY", 50),
        ('    queued: "2026-09-10"\n', "", "RECORD-WITHOUT-QUEUED", 58),
        # An approval without account and personal data: little more.
        ("    subjects: [teknik]\n", "", "RECORD-WITHOUT-SUBJECTS", 42),
        ("    cost: {model: free}\n", "", "RECORD-WITHOUT-COST", 42),
        ("cost: {model: free}", "cost: {model: one-off}", "RECORD-WITHOUT-COST-PRICE", 39),
        ("    interface: {languages: [sv]}\n", "", "RECORD-WITHOUT-INTERFACE", 42),
        ('    assessment: {value: Programmering., by: lärare i teknik, date: "2026-08-20"}\n', "", "RECORD-WITHOUT-ASSESSMENT", 42),
        # Everything else: the full record.
        ("    supplier: Kami Limited\n", "", "RECORD-WITHOUT-SUPPLIER", 29),
        ("    supplier_country: NZ\n", "", "RECORD-WITHOUT-SUPPLIER-COUNTRY", 29),
        (", bearer: school", "", "RECORD-WITHOUT-COST-BEARER", 15),
        ('    it_review: {verdict: passed, date: "2026-08-25"}\n', "", "RECORD-WITHOUT-IT-REVIEW", 29),
        ('    review_by: "2027-09-30"\n', "", "RECORD-WITHOUT-REVIEW-BY", 30),
        ("      impact_assessment: done\n", "", "RECORD-WITHOUT-DATA-PROTECTION-IMPACT-ASSESSMENT", 20),
        ("      third_country: dpf\n", "", "RECORD-WITHOUT-DATA-PROTECTION-THIRD-COUNTRY", 20),
        ('      checked: "2026-08-20"\n', "", "RECORD-WITHOUT-DATA-PROTECTION-CHECKED", 20),
        ("      storage: third-country\n", "", "RECORD-WITHOUT-DATA-PROTECTION-STORAGE", 20),
        ("      deletion: 60 dagar efter att kontot tagits bort\n", "", "RECORD-WITHOUT-DATA-PROTECTION-DELETION", 20),
        ("      export: Eleven sparar som PDF\n", "", "RECORD-WITHOUT-DATA-PROTECTION-EXPORT", 20),
        ("      register: behandling 41\n", "", "RECORD-WITHOUT-DATA-PROTECTION-REGISTER", 20),
        ("      legal_basis: uppgift av allmänt intresse\n", "", "RECORD-WITHOUT-DATA-PROTECTION-LEGAL-BASIS", 20),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_what_lacks_it(old: str, new: str, code: str, line: int) -> None:
    assert seen(with_records((old, new))) == [(code, line)]


def test_an_account_makes_the_full_record_be_asked_for() -> None:
    codes = [code for code, _ in seen(with_records(("sign_in: [none]", "sign_in: [own]")))]

    assert codes == [
        "RECORD-WITHOUT-COST-BEARER",
        "RECORD-WITHOUT-IT-REVIEW",
        "RECORD-WITHOUT-REQUEST-BY",
        "RECORD-WITHOUT-REQUEST-NEED",
        "RECORD-WITHOUT-REVIEW-BY",
        "RECORD-WITHOUT-SUPPLIER",
        "RECORD-WITHOUT-SUPPLIER-COUNTRY",
    ]


def test_an_approval_that_does_not_say_how_one_signs_in_is_taken_for_a_risk() -> None:
    files = with_records(("    sign_in: [none]\n", ""))

    assert depth_of(vetting(files, "scratch")) is Depth.FULL
    assert ("RECORD-WITHOUT-SIGN-IN", 42) in seen(files)


def test_an_app_for_staff_alone_needs_no_subject() -> None:
    assert seen(with_records(("subjects: [teknik]", "audiences: [staff]"))) == []


def test_what_a_wish_needs_to_be_approved() -> None:
    keys = [one.key for one in missing_for_approval(vetting(FILES, "onskad"))]

    assert keys[:6] == ["subjects", "cost", "interface", "assessment", "sign_in", "personal_data"]
    assert "review_by" in keys


def test_the_finding_is_the_apps_and_says_what_to_write() -> None:
    found = checked(with_records((", bearer: school", "")))[0]

    assert found.subject == "app:kami"
    assert render(found.code, found.values, "sv").message == "Det står inte vem som betalar Kami."
    assert render(found.code, found.values, "en").hint == (
        "The question always comes; answer it in the catalogue. Write under cost: bearer: school"
    )


# --- editors ------------------------------------------------------------------------------------------------------

EDITORS = compiled(schemas(), "app-catalog.schema.json")
LOADER = compiled(accepting(), "app-catalog.schema.json")
APPS: list[dict[str, Any]] = yaml.safe_load(RECORDS)["apps"]


def as_vetting(app: Mapping[str, Any]) -> Vetting:
    built = build_apps({"topic": "a", "title": "A", "apps": [app]}, Pointer(file="a.yaml"), Faults())
    return vetting_of(built[0])


def without(app: Mapping[str, Any], key: str) -> dict[str, Any]:
    part, _, rest = key.partition(".")
    if not rest:
        return {name: value for name, value in app.items() if name != part}
    return {**app, part: without(app[part], rest)} if part in app else dict(app)


@settings(max_examples=150, deadline=None)
@given(
    app=st.sampled_from(APPS),
    removed=st.lists(st.sampled_from([one.key for one in REQUIREMENTS]), max_size=3),
    sign_in=st.sampled_from([None, ["none"], ["own"], ["none", "own"]]),
    data=st.sampled_from([None, "none", "private"]),
    audiences=st.sampled_from([None, ["staff"], ["staff", "pupils"]]),
    model=st.sampled_from(["free", "one-off"]),
)
def test_editors_ask_for_what_the_check_asks_for(
    app: dict[str, Any],
    removed: list[str],
    sign_in: list[str] | None,
    data: str | None,
    audiences: list[str] | None,
    model: str,
) -> None:
    changes = {"sign_in": sign_in, "personal_data": data, "audiences": audiences}
    written = {**app, **{key: value for key, value in changes.items() if value is not None}}
    if "cost" in written:
        written["cost"] = {**written["cost"], "model": model}
    for key in removed:
        written = without(written, key)
    document: dict[str, Any] = {"topic": "a", "title": "A", "apps": [written]}

    assert LOADER.is_valid(document)
    assert EDITORS.is_valid(document) == (missing(as_vetting(written)) == ())


def test_each_requirement_has_its_words_in_the_schema() -> None:
    parts = schemas()["app-catalog.schema.json"]["$defs"]["app"]["allOf"]
    said = {part["then"]["x-texts"]["sv"]["wrong"] for part in parts if "x-depth" in part}

    assert said == {render(one.code, {}, "sv").hint for one in REQUIREMENTS}


def test_codes_are_made_of_keys() -> None:
    assert Requirement(key="data_protection.legal_basis", depth=Depth.FULL).code == (
        "RECORD-WITHOUT-DATA-PROTECTION-LEGAL-BASIS"
    )
