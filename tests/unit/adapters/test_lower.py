"""From neutral words to Google's resources: places, targets of users, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from reconciler.adapters.google.lower import lower
from reconciler.adapters.google.places import Places, index_places, read_units
from reconciler.adapters.google.policies import MANAGED
from reconciler.adapters.google.schemas import LiveSchemas, read_schemas
from reconciler.model.desired import Effective, GroupState, UserLayer
from reconciler.model.documents import School
from reconciler.model.place import Pointer
from reconciler.model.resource import Key, Lowered
from reconciler.sandbox.google.schemas import schemas, wire_schema
from reconciler.settings.table import load_settings
from tests.unit.adapters.tenant import APPS, AT, ORG, group_state, school, state, user_layer, wish

INCOGNITO = wish({"incognito": "blocked"})


def live_schemas() -> LiveSchemas:
    return read_schemas(wire_schema(schema, "C0") for schema in schemas().values())


def tree(*paths: str) -> Places:
    """Org units by path, each below the one before it in its own path."""
    ids = {path: f"0{number}" for number, path in enumerate(("/", *paths))}
    return index_places(
        read_units(
            {
                "orgUnitId": f"id:{identity}",
                "orgUnitPath": path,
                "name": path.rpartition("/")[2],
                "parentOrgUnitId": f"id:{ids.get(path.rpartition('/')[0] or '/', '')}",
            }
            for path, identity in ids.items()
        ),
        ORG,
    )


PUPILS = tree("/Enheter", "/Elever", "/Elever/Norr", "/Elever/Norr/4A", "/Elever/Norr/5A")


def lowered(
    groups: Sequence[GroupState] = (),
    layers: Sequence[UserLayer] = (),
    *,
    places: Places = PUPILS,
    root: str = "/Enheter",
    manages: Sequence[str] = tuple(MANAGED),
) -> Lowered:
    return lower(
        state(groups, layers),
        backend="chrome",
        root=root,
        manages=manages,
        places=places,
        table=load_settings(),
        apps=APPS,
        schemas=live_schemas(),
    )


def codes(found: Lowered) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in found.findings]


def places_of(found: Lowered) -> dict[str, tuple[object, object, object]]:
    return {
        r.key.target: (r.fields["name"], r.fields["parent"], r.facts["path"])
        for r in found.resources
        if r.key.kind == "group"
    }


def test_a_school_and_its_groups_lie_flat_below_the_root() -> None:
    found = lowered([group_state(), group_state("Vagn 1", id_="vagn-1")])
    assert places_of(found) == {
        "@": ("Enheter", "ou:/", "/Enheter"),
        "@norr": ("Norrskolan", "@", "/Enheter/Norrskolan"),
        "@norr/elever": ("Elever åk 4–6", "@norr", "/Enheter/Norrskolan/Elever åk 4–6"),
        "@norr/vagn-1": ("Vagn 1", "@norr", "/Enheter/Norrskolan/Vagn 1"),
    }
    assert [(t.ref, t.owns, t.owner) for t in found.targets] == [
        ("@", "all", ""),
        ("@norr", "all", "norr"),
        ("@norr/elever", "all", "norr/elever"),
        ("@norr/vagn-1", "all", "norr/vagn-1"),
    ]
    assert found.findings == ()


def test_the_tenants_root_may_be_ours_to_build_on() -> None:
    assert places_of(lowered([group_state()], root="/")) == {
        "@norr": ("Norrskolan", "ou:/", "/Norrskolan"),
        "@norr/elever": ("Elever åk 4–6", "@norr", "/Norrskolan/Elever åk 4–6"),
    }


def test_what_lies_above_the_root_is_spelled_as_the_tenant_has_it() -> None:
    """Else the parent would differ for ever, and no org unit would be found to write to."""
    places = tree("/Skolå")
    found = places_of(lowered([group_state()], root="/skolå/Enheter", places=places))
    assert found["@"] == ("Enheter", "ou:/Skolå", "/skolå/Enheter")


def test_a_missing_org_unit_above_the_root_is_an_error_for_all() -> None:
    found = lowered([group_state()], root="/Skolor/Enheter")
    assert codes(found) == [("GOOGLE-ROOT-MISSING", "")]
    assert found.findings[0].values == {"root": "/Skolor/Enheter", "above": "/Skolor"}


def test_a_group_owns_what_it_says_it_owns() -> None:
    found = lowered([group_state(owns="listed")])
    assert {t.ref: t.owns for t in found.targets}["@norr/elever"] == "listed"


def test_a_slash_in_a_name_is_refused_at_its_line() -> None:
    found = lowered([group_state("Åk 4/5", of=replace(school(), name="Norr/Söder"))])
    assert codes(found) == [("GOOGLE-NAME-WITH-SLASH", "norr"), ("GOOGLE-NAME-WITH-SLASH", "norr/elever")]
    assert [finding.place for finding in found.findings] == [
        Pointer(file="schools/norr.yaml", path=("name",)),
        Pointer(file="schools/norr.yaml", path=("groups", "elever", "name")),
    ]
    assert found.findings[1].values["corrected"] == "Åk 4–5"


def test_two_groups_with_one_name_and_two_schools_with_one_name_can_not_be() -> None:
    again = group_state("elever ÅK 4–6", id_="andra")
    other = group_state(of=school("soder", "NORRSKOLAN"))
    found = lowered([group_state(), again, other])
    assert codes(found) == [("GOOGLE-SAME-NAME", "soder"), ("GOOGLE-SAME-NAME", "norr/andra")]
    assert found.findings[0].values == {"name": "NORRSKOLAN", "other": "norr"}


def test_one_name_at_two_schools_is_fine() -> None:
    assert lowered([group_state(), group_state(of=school("soder", "Söderskolan"))]).findings == ()


@pytest.mark.parametrize(
    ("of", "previously", "expected"),
    [
        (school(), (), []),
        (school(), ("alla",), ["@norr/alla"]),
        (school(previously=("gamla",)), (), ["@gamla/elever"]),
        (school(previously=("gamla",)), ("alla",), ["@norr/alla", "@gamla/elever", "@gamla/alla"]),
        (school(), ("soder/elever",), ["@soder/elever"]),
    ],
)
def test_a_place_is_known_by_what_it_was_called_before(
    of: School, previously: tuple[str, ...], expected: list[str]
) -> None:
    found = lowered([group_state(of=of, previously=previously)])
    (place,) = [r for r in found.resources if r.key == Key(kind="group", target="@norr/elever")]
    assert [key.target for key in place.previous] == expected


def test_globs_are_resolved_to_what_is_there() -> None:
    found = lowered(layers=[user_layer(INCOGNITO, "/Elever/Norr/*")], root="/")
    assert [(t.ref, t.owns, t.reach, t.owner) for t in found.targets] == [
        ("ou:/Elever/Norr/4A", "listed", "user", "norr/elever"),
        ("ou:/Elever/Norr/5A", "listed", "user", "norr/elever"),
    ]
    assert [str(r.key) for r in found.resources] == [
        "setting:ou:/Elever/Norr/4A:chrome.users.IncognitoMode",
        "setting:ou:/Elever/Norr/5A:chrome.users.IncognitoMode",
    ]


def test_two_patterns_of_one_layer_that_mean_one_place_make_one_target() -> None:
    found = lowered(layers=[user_layer(INCOGNITO, "/Elever/Norr/*", "/Elever/Norr/4A")], root="/")
    assert [t.ref for t in found.targets] == ["ou:/Elever/Norr/4A", "ou:/Elever/Norr/5A"]
    assert len(found.resources) == 2
    assert found.findings == ()


def test_users_that_are_not_found_are_an_error_at_their_line_and_nothing_else() -> None:
    found = lowered(layers=[user_layer(INCOGNITO, "/Elever/Norr/4A", "/Elever/Söder/*")], root="/")
    (finding,) = found.findings
    assert (finding.code, finding.subject) == ("GOOGLE-USERS-NOT-FOUND", "ou:/Elever/Söder/*")
    assert finding.place == AT.child("users", "org_units", 1)
    assert [t.ref for t in found.targets] == ["ou:/Elever/Norr/4A"]


def test_two_layers_on_one_place_are_refused_both() -> None:
    one = user_layer(INCOGNITO, "/Elever/Norr/4A")
    found = lowered(layers=[one, user_layer(INCOGNITO, "/Elever/Norr/4?", owner="norr/andra")])
    (finding,) = found.findings
    assert (finding.code, finding.subject) == ("GOOGLE-USERS-TWICE", "ou:/Elever/Norr/4A")
    assert finding.values == {"path": "/Elever/Norr/4A", "other": "norr/elever"}


def test_pupils_and_staff_of_one_school_can_not_be_the_same_users() -> None:
    one = user_layer(INCOGNITO, "/Elever/Norr", owner="norr")
    found = lowered(layers=[one, user_layer(INCOGNITO, "/Elever/N*", owner="norr", audience="staff")])
    (finding,) = found.findings
    assert finding.values == {"path": "/Elever/Norr", "other": "norr (pupils)"}


def test_directory_groups_are_one_whatever_the_case_of_their_address() -> None:
    found = lowered(
        layers=[
            user_layer(INCOGNITO, group="Larare@Example.se"),
            user_layer(INCOGNITO, group="larare@example.se", owner="norr/andra"),
        ],
        root="/",
    )
    assert {t.ref for t in found.targets} == {"group:larare@example.se"}
    assert codes(found) == [("GOOGLE-USERS-TWICE", "group:larare@example.se")]


def test_several_directory_groups_are_several_targets_each_once() -> None:
    one = user_layer(INCOGNITO)
    two = replace(one.targets, org_units=(), directory_groups=("larare@a.se", "Stab@a.se", "stab@a.se", "Stab"))
    found = lowered(layers=[replace(one, targets=two)], root="/")
    assert [t.ref for t in found.targets] == ["group:larare@a.se", "group:stab@a.se"]
    assert codes(found) == [("GOOGLE-USERS-NOT-FOUND", "group:stab")]


def test_a_directory_group_can_not_be_owned_whole() -> None:
    """It can't bear a mark, so taking it over would be planned again and again."""
    found = lowered(layers=[user_layer(INCOGNITO, group="larare@example.se", owns="all")], root="/")
    assert codes(found) == [("GOOGLE-GROUP-OWNED", "group:larare@example.se")]
    assert [t.owns for t in found.targets] == ["listed"]


@pytest.mark.parametrize("address", ["a/../b@example.se", "../x@example.se"])
def test_an_address_that_would_lead_to_another_path_is_no_group(address: str) -> None:
    found = lowered(layers=[user_layer(INCOGNITO, group=address)], root="/")
    assert codes(found) == [("GOOGLE-USERS-NOT-FOUND", f"group:{address}")]
    assert (found.targets, found.resources) == ((), ())


def test_a_baselines_problem_behind_many_groups_is_said_once() -> None:
    bad = wish(raw={"chrome.devices.NoSuchThing": {"a": 1}}, reach="device")
    found = lowered([group_state(effective_=bad), group_state("Vagn 1", bad, id_="vagn-1")])
    assert [code for code, _ in codes(found)] == ["GOOGLE-SCHEMA-UNKNOWN"]
    assert [r.blocked_by for r in found.resources if r.key.kind == "setting"] == [("GOOGLE-SCHEMA-UNKNOWN",)] * 2


def test_another_backends_groups_and_layers_are_not_ours() -> None:
    other = replace(group_state(), backend="ipads")
    layer = replace(user_layer(Effective(), "/Elever/*"), backend="ipads")
    found = lowered([other], [layer], root="/")
    assert (found.resources, found.targets, found.findings) == ((), (), ())
