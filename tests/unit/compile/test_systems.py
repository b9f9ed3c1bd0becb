"""Two systems in one municipality: who can be reached where, and by what their devices can be chosen."""

from typing import Any

from reconciler.compile.explain import explain
from reconciler.compile.state import compile_state
from reconciler.model.documents import Route
from tests.unit.compile.writing import (
    TODAY,
    app,
    at,
    baseline,
    compiled,
    documents,
    group,
    layers,
    mode,
    problems,
    school,
    table,
)

PAD: dict[str, Any] = {"match": {"category": "Personal*"}}
ROUTES = (
    Route(backend="entra", platforms=("ipados", "windows"), at=at("organisation.yaml", "routes", 0)),
    Route(backend="chrome", at=at("organisation.yaml", "routes", 1)),
)
PAGES = app("pages", platform="ipados", kind="app-store")
BOTH = ("/Personal", "Personal Norr")


def targets(state: Any) -> dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...], str]]:
    """(owner, backend) -> org units, directory groups and `owns` of its user layer."""
    return {
        (one.owner, one.backend): (one.targets.org_units, one.targets.directory_groups, one.targets.owns)
        for one in state.user_layers
    }


def test_each_system_uses_the_users_that_it_can() -> None:
    norr = school(
        "norr",
        group("larare-pad", platform="ipados", audience="staff", devices=PAD),
        group("larare", audience="staff"),
        ou={"staff": BOTH},
    )
    state = compiled(norr, routes=ROUTES)

    assert problems(state) == []
    assert targets(state) == {
        ("norr", "chrome"): (("/Personal",), (), "listed"),
        ("norr", "entra"): ((), ("Personal Norr",), "listed"),
    }


def test_a_layer_with_org_units_alone_has_no_users_on_intune() -> None:
    """The baseline's app is written one step down, at the group that says which directory group its users are."""
    norr = school(
        "norr",
        group("larare-pad", platform="ipados", audience="staff", devices=PAD, ou="Personal Norr"),
        ou={"staff": "/Personal/Norr"},
    )
    state = compiled(
        norr, ou={"staff": "/Personal"}, baselines=[baseline("alla", available=["pages"])], apps=[PAGES], routes=ROUTES
    )

    assert problems(state) == []
    assert layers(state) == {"norr/larare-pad": {"pages": "available"}}


def test_available_on_intune_without_a_directory_group_reaches_nobody() -> None:
    own = group("pad", platform="ipados", audience="staff", devices=PAD, ou="/Personal/Norr", available=["pages"])
    state = compiled(school("norr", own), apps=[PAGES], routes=ROUTES)

    assert problems(state) == [
        ("WISH-WITHOUT-REACH", "schools/norr.yaml:groups.pad.apps.available.0", "norr/pad"),
    ]
    assert mode(state, "norr/pad", "pages") is None


def test_required_on_intune_reaches_devices_and_needs_no_users() -> None:
    own = group("pad", platform="ipados", audience="staff", devices=PAD, required=["pages"])
    state = compiled(school("norr", own), apps=[PAGES], routes=ROUTES)

    assert problems(state) == []
    assert [app for app, _ in state.groups["norr/pad"].on_devices.apps] == ["pages"]
    assert state.user_layers == ()


def test_a_baselines_available_is_passed_by_where_nobody_is_reached() -> None:
    own = group("pad", platform="ipados", audience="staff", devices=PAD)
    state = compiled(
        school("norr", own), baselines=[baseline("alla", available=["pages"])], apps=[PAGES], routes=ROUTES
    )

    assert problems(state) == []
    assert [(one.group, one.wish, one.reason) for one in state.skipped] == [
        ("norr/pad", "pages", "WISH-WITHOUT-REACH"),
    ]


def test_the_same_staff_may_be_the_users_of_two_platforms_but_not_of_two_groups_of_one() -> None:
    ipads = group("pad", platform="ipados", audience="staff", devices=PAD, ou="Personal Norr")
    pcs = group("pc", platform="windows", audience="staff", devices=PAD, ou="Personal Norr")
    more = group("pc-2", platform="windows", audience="staff", devices=PAD, ou="personal norr")

    assert problems(compiled(school("norr", ipads, pcs), routes=ROUTES)) == []
    assert problems(compiled(school("norr", ipads, pcs, more), routes=ROUTES)) == [
        ("USER-TARGET-TWICE", "schools/norr.yaml:groups.pc.users", "norr/pc"),
        ("USER-TARGET-TWICE", "schools/norr.yaml:groups.pc-2.users", "norr/pc-2"),
    ]


def test_devices_are_chosen_by_fields_that_their_system_has() -> None:
    state = compiled(
        school(
            "norr",
            group("pad", platform="ipados", devices={"match": {"asset_id": "N*", "model": "iPad*"}}),
            group("elever", devices={"match": {"location": "N*", "category": "Elever*"}}),
        ),
        routes=ROUTES,
    )

    assert problems(state) == [
        ("MATCH-FIELD-OTHER-SYSTEM", "schools/norr.yaml:groups.elever.devices.match.category", "norr/elever"),
        ("MATCH-FIELD-OTHER-SYSTEM", "schools/norr.yaml:groups.pad.devices.match.asset_id", "norr/pad"),
    ]
    assert state.findings[0].values["known"] == "location, asset_id, model, org_unit"


def test_explained_is_whom_an_app_reaches_on_its_system() -> None:
    """`required` goes to the devices on Intune and to the users on Google."""
    pad = group("pad", platform="ipados", audience="staff", devices=PAD, ou="Personal Norr", required=["pages"])
    pupils = group("elever", ou="/Elever", required=["kami"])
    files = documents(school("norr", pad, pupils), apps=[PAGES, app("kami")], routes=ROUTES)
    state = compile_state(files, table(), TODAY)

    found = explain(files, state, table(), "norr")

    assert {(one.key, wish.name): wish.reaches for one in found.groups for wish in one.wishes} == {
        ("norr/pad", "pages"): ("device",),
        ("norr/elever", "kami"): ("user",),
    }
