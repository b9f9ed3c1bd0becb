"""The schema sources keep their promises: texts in both languages, no open objects, references that resolve offline."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.schema.check import KINDS, accepting, compiled, schemas
from reconciler.schema.check_explained import slow_validator
from reconciler.schema.generate import generated_files

ROOT = Path(__file__).parents[3]
SHARED = ("layer", "settings")
OWNERS = {"it", "education", "joint", "data-protection"}

# Places whose keys or values are the writer's own, with the reason.
OPEN_OBJECTS = {
    "layer/$defs/raw-line/properties/fields": "the vendor's own fields",
    "layer/$defs/raw-line-intune/properties/fields": "the vendor's own fields",
    "layer/$defs/raw-line-apple/properties/fields": "the vendor's own fields",
    "layer/$defs/ring-dates": "ring ids as keys",
    "layer/$defs/roles-by-system": "system ids as keys",
    "organisation/properties/roles/properties/super_users": "school forms as keys",
    "school/properties/mgn": "school forms as keys",
    "school/$defs/unit/properties/mgn": "school forms as keys",
    "school/$defs/mgn-follow-up/properties/attested": "requirements' ids as keys",
    "school/$defs/mgn-follow-up/properties/self_assessment/properties/results": "requirements' ids as keys",
    "school/properties/pupils/properties/by_grade": "spans as keys",
    "policy-test/$defs/documents/properties/organisation": "a part of a file, which its own schema checks once it is whole",
    "policy-test/$defs/documents/properties/schools/items": "as above",
    "policy-test/$defs/documents/properties/apps/items": "as above",
    "policy-test/$defs/documents/properties/baselines/items": "as above",
    "policy-test/$defs/documents/properties/exceptions/items": "as above",
    "policy-test/$defs/case/properties/devices/items/properties/facts": "the vendor's own facts as keys",
    "policy-test/$defs/case/properties/expect": "subjects as keys",
}


def read_schema(name: str) -> dict[str, Any]:
    return schemas()[f"{name}.schema.json"]


def walk(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield path, schema
        for key, part in schema.items():
            if key not in ("examples", "enum", "const", "x-texts"):
                yield from walk(part, f"{path}/{key}")
    if isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from walk(part, f"{path}/{number}")


def follow(schema: dict[str, Any], home: str) -> dict[str, Any]:
    while "$ref" in schema:
        document, _, pointer = schema["$ref"].partition("#/")
        home = document.removeprefix("https://reconciler.invalid/").removesuffix(".schema.json") or home
        target: Any = read_schema(home)
        for key in pointer.split("/"):
            target = target[key]
        schema = {**target, **{key: part for key, part in schema.items() if key != "$ref"}}
    return schema


def own_properties(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, schema in walk(read_schema(name), name):
        if path.rsplit("/", 1)[-1] == "properties" and not {"if", "then"} & set(path.split("/")):
            for key, part in schema.items():
                yield f"{path}/{key}", follow(part, name)


@pytest.mark.parametrize("name", [*KINDS, "layer"])
def test_every_property_has_texts_in_both_languages_and_an_example(name: str) -> None:
    lacking = [
        path
        for path, schema in own_properties(name)
        if "examples" not in schema
        or any(
            not schema.get("x-texts", {}).get(lang, {}).get(text)
            for lang in ("sv", "en")
            for text in ("title", "description")
        )
    ]

    assert lacking == []


def test_every_setting_has_texts_in_both_languages_and_an_example() -> None:
    settings = read_schema("settings")["$defs"]["settings"]["properties"]

    assert settings["incognito"]["x-texts"]["sv"]["title"]
    for setting in settings.values():
        assert setting["examples"]
        assert all(setting["x-texts"][lang]["description"] for lang in ("sv", "en"))


@pytest.mark.parametrize("name", [*KINDS, *SHARED])
def test_every_pattern_says_what_is_wrong(name: str) -> None:
    """A pattern in a property's name or in a value of the settings table has its words elsewhere."""
    lacking = [
        path
        for path, schema in walk(read_schema(name), name)
        if isinstance(schema.get("pattern"), str) and not path.endswith("propertyNames") and name != "settings"
        if any("wrong" not in schema.get("x-texts", {}).get(lang, {}) for lang in ("sv", "en"))
    ]

    assert lacking == []


@pytest.mark.parametrize("name", [*KINDS, *SHARED])
def test_no_object_takes_unknown_keys(name: str) -> None:
    is_open = [
        path
        for path, schema in walk(read_schema(name), name)
        if "object" in ([schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", []))
        if "/if" not in path and schema.get("additionalProperties") is not False
    ]

    assert [path for path in is_open if path not in OPEN_OBJECTS] == []


@pytest.mark.parametrize("name", KINDS)
def test_owners_are_known_and_every_kind_has_one(name: str) -> None:
    owners = [schema["x-owner"] for _, schema in walk(read_schema(name), name) if "x-owner" in schema]

    assert read_schema(name)["x-owner"] in OWNERS
    assert set(owners) <= OWNERS


@pytest.mark.parametrize("name", [*KINDS, *SHARED])
def test_sources_are_valid_json_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(read_schema(name))


@pytest.mark.parametrize("name", [*KINDS, "layer"])
def test_examples_are_valid(name: str) -> None:
    """Every example passes its own schema, except those of objects, which show a part only."""
    for path, schema in walk(read_schema(name), name):
        if "examples" not in schema or "x-texts" not in schema:
            continue
        here = {"$id": "https://reconciler.invalid/here", "$defs": read_schema(name).get("$defs", {}), **schema}
        here.pop("required", None)
        for example in schema["examples"]:
            errors = list(slow_validator({**schemas(), "here": here}, "here").iter_errors(example))
            assert [error.message for error in errors if error.validator != "required"] == [], path


def both(kind: str, document: Any) -> bool:
    """Whether a document is valid; fails where the two validators disagree."""
    known = accepting() if kind == "app-catalog" else schemas()  # editors ask more of the catalogue's records
    slow: bool = slow_validator(known, f"{kind}.schema.json").is_valid(document)
    fast = compiled(known, f"{kind}.schema.json").is_valid(document)

    assert slow == fast
    return slow


GROUP = {
    "id": "elever-4-6",
    "name": "Elever åk 4–6",
    "school_form": "grundskola",
    "platform": "chromeos",
    "audience": "pupils",
    "devices": {},
}
SCHOOL = {"id": "norrskolan", "name": "Norrskolan", "units": [{"code": "12345678", "school_forms": ["grundskola"]}]}
APP = {
    "id": "scratch",
    "name": "Scratch",
    "platforms": {"chromeos": {"web": "https://scratch.mit.edu/"}},
    "source": {"text": "x", "read": "2026-11-21"},
}


DECISION = {"body": "Skolchef", "date": "2026-08-10", "reference": "Delegation 2026-14"}


def school(**group: Any) -> dict[str, Any]:
    return {**SCHOOL, "groups": [{**GROUP, **group}]}


@pytest.mark.parametrize(
    "group",
    [
        {},
        {"school_form": ["förskoleklass", "grundskola"]},
        {"grades": "F-3"},
        {"apps": {"required": ["scratch", {"app": "kami", "from": "2026-12-01", "pin": True}]}},
        {"settings": {"incognito": "blocked"}},
        {"settings": {"incognito": "inherit"}},
        {"settings": {"incognito": {"dated": [{"value": "blocked", "rings": {"pilot": "2026-12-01"}}]}}},
        {"users": {"directory_group": "larare@example.se"}},
        {"users": {"directory_groups": ["Personal Norrskolan", "Lärare *"]}},
        {"users": {"org_units": ["/Personal"], "directory_groups": ["Personal Norrskolan"]}},
        {"users": {"org_units": ["/Elever"], "directory_group": "larare@example.se"}},
        {"devices": {"match": {"category": "Norrskolan*", "enrollment_profile": "Elev-iPad", "ownership": "company"}}},
        {"raw": {"google": [{"schema": "chrome.users.TabGroups", "fields": {"x": [1]}, "reach": "user"}]}},
    ],
)
def test_accepts(group: dict[str, Any]) -> None:
    assert both("school", school(**group))


@pytest.mark.parametrize(
    "group",
    [
        {"id": "Elever 4-6"},
        {"name": "Elever 4/6"},
        {"school_form": "lekskola"},
        {"school_form": "grundsärskola"},  # an older name; loading forgives it with a warning
        {"school_form": []},
        {"platform": "chromebook"},
        {"grades": 7},
        {"grades": "0-3"},
        {"devices": {"serials": [12345678]}},
        {"devices": {"match": {"sn": "5CD*"}}},
        {"devices": {"inventory": "../vagn.csv"}},
        {"apps": {"required": ["Scratch"]}},
        {"apps": {"required": [{"pin": True}]}},
        {"apps": {"required": [{"app": "kami", "from": "1 december"}]}},
        {"settings": {"incognito": "off"}},
        {"settings": {"incognto": "blocked"}},
        {"settings": {"incognito": {"dated": []}}},
        {"settings": {"incognito": {"dated": [{"value": "inherit"}]}}},
        {"users": {}},
        {"users": {"org_units": ["Elever"]}},
        {"users": {"directory_groups": []}},
        {"users": {"directory_groups": [" Personal"]}},
        {"users": {"directory_groups": ["Personal"], "directory_group": "larare@example.se"}},
        {"raw": {"google": [{"schema": "chrome.users.TabGroups", "fields": {}, "reach": "user"}]}},
        {"colour": "blue"},
    ],
)
def test_refuses(group: dict[str, Any]) -> None:
    assert not both("school", school(**group))


def test_a_group_needs_devices_or_users() -> None:
    group = {key: part for key, part in GROUP.items() if key != "devices"}

    assert not both("school", {**SCHOOL, "groups": [group]})
    assert both("school", {**SCHOOL, "groups": [{**group, "users": {"org_units": ["/Elever"]}}]})


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({"status": "queued"}, True),
        ({"status": "approved"}, True),  # that nobody decided is said of the app alone, by catalogue.checks
        ({"status": "approved", "decision": {"meeting": "2026-09-02", "reference": "ITR 1", "reason": "Bra."}}, True),
        ({"status": "withdrawn", "decision": {"meeting": "2026-09-02", "reference": "ITR 1", "reason": "Bra."}}, False),
        ({"status": "queued", "source": {"read": "2026-11-21"}}, False),
        ({"status": "queued", "platforms": {}}, False),
        ({"status": "queued", "platforms": {"chromeos": {"extension": "kort"}}}, False),
        (
            {"status": "queued", "platforms": {"ipados": {"app_store": "361309726", "bundle_id": "com.apple.Pages"}}},
            True,
        ),
        ({"status": "queued", "platforms": {"ipados": {"web": "https://scratch.mit.edu/"}}}, True),
        ({"status": "queued", "platforms": {"ipados": {"web": "https://a.se/", "app_store": "361309726"}}}, False),
        ({"status": "queued", "platforms": {"macos": {"web": "https://a.se/", "bundle_id": "com.apple.Pages"}}}, False),
        ({"status": "queued", "platforms": {"windows": {"microsoft_365": "o365ProPlusRetail"}}}, True),
        ({"status": "queued", "platforms": {"windows": {"microsoft_365": "Microsoft 365"}}}, False),
        ({"status": "queued", "platforms": {"windows": {"web": "https://a.se/", "winget": "Mozilla.Firefox"}}}, False),
    ],
)
def test_catalogue_entry(change: dict[str, Any], valid: bool) -> None:
    assert both("app-catalog", {"topic": "test", "title": "Test", "apps": [{**APP, **change}]}) == valid


@pytest.mark.parametrize(
    ("what", "valid"),
    [
        ({"setting": "incognito"}, True),
        ({"app": "scratch"}, True),
        ({}, False),
        ({"setting": "incognito", "app": "scratch"}, False),
        ({"setting": "x"}, False),
    ],
)
def test_exception_is_for_a_setting_or_an_app(what: dict[str, Any], valid: bool) -> None:
    grant = {
        "id": "x",
        "groups": ["a/b"],
        "owner": "education",
        "reason": "r",
        "decision": DECISION,
        "until": "2027-06-11",
    }

    assert both("exception", grant | what) == valid


@pytest.mark.parametrize(
    ("what", "valid"),
    [
        ({"fingerprints": ["9f2c4e8a01b7"]}, True),
        ({"moves": [{"from": "outside", "into": "a/b", "at_most": 90}]}, True),
        ({}, False),
        ({"moves": [{"from": "a/b", "into": "outside", "at_most": 90}]}, False),
    ],
)
def test_allowance_names_what_it_allows(what: dict[str, Any], valid: bool) -> None:
    allowance = {"id": "x", "backend": "chrome", "reason": "r", "until": "2027-06-11"}

    assert both("allowance", allowance | what) == valid


GOOGLE = {"id": "chrome", "kind": "google", "customer": "C0123abcd", "root": "/Enheter"}
INTUNE = {"id": "entra", "kind": "intune", "tenant": "11111111-2222-3333-4444-555555555555"}


def organisation(*backends: dict[str, Any], code: Any = "0764") -> dict[str, Any]:
    return {
        "uid": "6c3d1f0e-2b7a-4e55-9a41-0d8f5f2c7b10",
        "name": "Exempelkommun",
        "municipality_code": code,
        "language": "sv",
        "backends": list(backends),
        "routes": [{"backend": "chrome"}],
    }


@pytest.mark.parametrize("code", ["0764", 764, "764", "07640"])
def test_municipality_code_is_four_digits_of_text(code: Any) -> None:
    assert both("organisation", organisation(GOOGLE, code=code)) == (code == "0764")


@pytest.mark.parametrize(
    ("backend", "valid"),
    [
        (INTUNE, True),
        ({**INTUNE, "cloud": "usgov-dod", "apple_token": "Vidala skolor"}, True),
        ({**INTUNE, "cloud": "sverige"}, False),
        ({**INTUNE, "tenant": "exempel.onmicrosoft.com"}, False),
        ({"id": "entra", "kind": "intune"}, False),
        ({"id": "chrome", "kind": "google", "root": "/Enheter"}, False),
        ({**INTUNE, "root": "/Enheter"}, False),
        ({**INTUNE, "manages": ["apps"]}, False),
        ({**GOOGLE, "tenant": INTUNE["tenant"]}, False),
        ({**GOOGLE, "kind": "jamf-pro"}, False),
    ],
)
def test_a_backend_has_the_keys_of_its_kind(backend: dict[str, Any], valid: bool) -> None:
    assert both("organisation", organisation(GOOGLE | {"id": "first"}, backend)) == valid


@pytest.mark.parametrize(("path", "text"), list(generated_files()), ids=lambda value: value if len(value) < 80 else "")
def test_generated_files_are_fresh(path: str, text: str) -> None:
    """Run `make schemas` where this fails."""
    assert json.loads((ROOT / path).read_text(encoding="utf-8")) == json.loads(text)


@pytest.mark.parametrize("folder", ["schemas", "schemas/en"])
@pytest.mark.parametrize("kind", KINDS)
def test_editor_schemas_stand_alone(folder: str, kind: str) -> None:
    schema = json.loads((ROOT / folder / f"{kind}.schema.json").read_text(encoding="utf-8"))
    refs = {part["$ref"] for _, part in walk(schema, "") if isinstance(part.get("$ref"), str)}

    jsonschema.Draft202012Validator.check_schema(schema)
    for ref in refs:
        target: Any = schema
        for key in ref.removeprefix("#/").split("/"):
            target = target[key]
        assert target


def test_editor_schemas_speak_their_language() -> None:
    group = json.loads((ROOT / "schemas/school.schema.json").read_text(encoding="utf-8"))["$defs"]["group"]
    english = json.loads((ROOT / "schemas/en/school.schema.json").read_text(encoding="utf-8"))["$defs"]["group"]

    assert group["properties"]["devices"]["title"] == "Enheter"
    assert "Bestäms av: it" in group["properties"]["devices"]["markdownDescription"]
    assert english["properties"]["devices"]["title"] == "Devices"


@pytest.mark.parametrize(("part", "key"), [("backend", "mode"), ("backend", "host"), ("route", "platforms")])
def test_how_systems_are_reached_is_for_it_also_where_it_is_referred_to(part: str, key: str) -> None:
    """`backends` and `routes` say so, and what they refer to stands beside them in the file, not below."""
    shown = json.loads((ROOT / "schemas" / "organisation.schema.json").read_text("utf-8"))["$defs"][part]

    assert "Bestäms av: it" in shown["properties"][key]["markdownDescription"].splitlines()
