"""Wishes without effect: the catalogue, the platform, and whether there is anyone to reach."""

from typing import Any

import pytest

from reconciler.model.documents import Route
from reconciler.model.finding import Severity
from tests.unit.compile.writing import app, at, baseline, compiled, group, layers, mode, problems, school, value

CART: dict[str, Any] = {"match": {"asset_id": "V1-*"}}


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (app("kami", status="proposed"), "APP-NOT-APPROVED"),
        (app("kami", status="rejected"), "APP-NOT-APPROVED"),
        (app("kami", status="withdrawn"), "APP-WITHDRAWN"),
        (app("kami", withdrawn_from="2026-11-21"), "APP-WITHDRAWN"),
        (app("kami", status="withdrawn", withdrawn_from="2026-11-22"), None),
        (app("kami", status="approved-with-conditions"), None),
    ],
)
def test_only_approved_apps_may_be_wished_for(entry: Any, code: str | None) -> None:
    state = compiled(school("norr", group("elever", ou="/E", required=["kami"])), apps=[entry])

    line = "schools/norr.yaml:groups.elever.apps.required.0"
    assert problems(state) == ([(code, line, "app:kami")] if code else [])


def test_an_app_that_was_never_approved_may_be_blocked() -> None:
    state = compiled(school("norr", group("elever", ou="/E", blocked=["vpn"])), apps=[app("vpn", status="rejected")])

    assert (problems(state), mode(state, "norr/elever", "vpn")) == ([], "blocked")


def test_an_unapproved_app_in_a_baseline_is_reported_once() -> None:
    state = compiled(
        school("norr", group("a", ou="/A"), group("b", ou="/B")),
        baselines=[baseline("alla", required=["kami"])],
        apps=[app("kami", status="queued")],
    )

    assert problems(state) == [("APP-NOT-APPROVED", "policies/baselines/alla.yaml:apps.required.0", "app:kami")]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (app("kami", forms=["gymnasieskola"]), "APP-NOT-FOR-SCHOOL-FORM"),
        (app("kami", platform="ipados", kind="app-store"), "APP-WRONG-PLATFORM"),
    ],
)
def test_an_app_that_does_not_fit_is_an_error_in_a_group_and_skipped_in_a_baseline(entry: Any, code: str) -> None:
    own = compiled(school("norr", group("elever", ou="/E", required=["kami"])), apps=[entry])
    above = compiled(
        school("norr", group("elever", ou="/E")), baselines=[baseline("alla", required=["kami"])], apps=[entry]
    )

    assert problems(own) == [(code, "schools/norr.yaml:groups.elever.apps.required.0", "norr/elever")]
    assert mode(own, "norr/elever", "kami") is None
    assert problems(above) == []
    assert [(one.group, one.wish, one.reason) for one in above.skipped] == [("norr/elever", "kami", code)]


def test_a_web_app_cannot_be_blocked_and_nobody_shall_believe_that_it_is() -> None:
    state = compiled(
        school("norr", group("elever", ou="/E", blocked=["spel"])),
        baselines=[baseline("alla", blocked=["chatt"])],
        apps=[app("spel", kind="web"), app("chatt", kind="web")],
    )

    assert problems(state) == [
        ("APP-NO-WAY", "policies/baselines/alla.yaml:apps.blocked.0", "app:chatt"),
        ("APP-NO-WAY", "schools/norr.yaml:groups.elever.apps.blocked.0", "norr/elever"),
    ]


def test_a_groups_own_wish_for_users_needs_users() -> None:
    state = compiled(school("norr", group("vagn", devices=CART, settings={"developer-tools": "blocked"})))

    line = "schools/norr.yaml:groups.vagn.settings.developer-tools"
    assert problems(state) == [("WISH-WITHOUT-REACH", line, "norr/vagn")]
    assert state.findings[0].values["reach"] == "user"
    assert value(state, "norr/vagn", "developer-tools") is None


def test_a_groups_own_wish_for_devices_needs_devices() -> None:
    state = compiled(
        school("norr", group("klass", ou="/K", devices={"none": True}, settings={"guest-mode": "blocked"}))
    )

    line = "schools/norr.yaml:groups.klass.settings.guest-mode"
    assert problems(state) == [("WISH-WITHOUT-REACH", line, "norr/klass")]


def test_a_wish_for_guest_sessions_needs_such_sessions() -> None:
    closed = compiled(school("norr", group("vagn", devices=CART, settings={"incognito": "blocked"})))
    opened = compiled(
        school(
            "norr",
            group("vagn", devices=CART, settings={"incognito": "blocked", "managed-guest-session": "automatic"}),
        )
    )

    assert [one.code for one in closed.findings] == ["WISH-WITHOUT-REACH"]
    assert problems(opened) == []
    vagn = opened.groups["norr/vagn"]
    assert vagn.reaches == {"device", "managed-guest"}
    assert set(vagn.on_devices.settings) == {"incognito", "managed-guest-session"}


def test_a_kiosk_app_reaches_the_devices() -> None:
    state = compiled(
        school("norr", group("prov", devices=CART, required=[{"app": "digiexam", "as": "kiosk"}])),
        apps=[app("digiexam", kind="web")],
    )

    assert problems(state) == []
    assert list(state.groups["norr/prov"].on_devices.apps) == [("digiexam", "kiosk")]


def test_a_baselines_wish_for_users_is_skipped_on_a_cart_without_any_users_above() -> None:
    lines: dict[str, Any] = {"settings": {"developer-tools": "blocked", "guest-mode": "blocked"}}
    alone = compiled(school("norr", group("vagn", devices=CART)), baselines=[baseline("alla", **lines)])
    served = compiled(
        school("norr", group("vagn", devices=CART)), baselines=[baseline("alla", **lines)], ou={"pupils": "/Elever"}
    )

    assert [(one.group, one.wish, one.reach, one.reason) for one in alone.skipped] == [
        ("norr/vagn", "developer-tools", "user", "WISH-WITHOUT-REACH")
    ]
    assert (value(alone, "norr/vagn", "developer-tools"), value(alone, "norr/vagn", "guest-mode")) == (None, "blocked")
    assert (alone.findings, served.skipped) == ((), ())
    assert layers(served) == {"org-uid": {"developer-tools": "blocked"}}


def test_devices_in_store_take_what_is_for_devices_and_say_nothing_of_the_rest() -> None:
    state = compiled(
        school("norr", group("forrad", audience="storage", devices={})),
        baselines=[baseline("alla", settings={"developer-tools": "blocked", "guest-mode": "blocked"})],
        ou={"pupils": "/Elever"},
    )

    assert list(state.groups["norr/forrad"].effective.settings) == ["guest-mode"]
    assert (state.skipped, state.findings, state.user_layers) == ((), (), ())


def test_a_setting_that_the_platform_lacks_is_an_error_in_a_group_and_skipped_in_a_baseline() -> None:
    state = compiled(
        school("norr", group("plattor", platform="ipados", ou="/P", settings={"guest-mode": "blocked"})),
        baselines=[baseline("alla", settings={"incognito": "blocked"})],
    )

    line = "schools/norr.yaml:groups.plattor.settings.guest-mode"
    assert problems(state) == [("SETTING-NOT-ON-PLATFORM", line, "norr/plattor")]
    assert [(one.wish, one.reason) for one in state.skipped] == [("incognito", "SETTING-NOT-ON-PLATFORM")]


def test_a_schools_line_that_reaches_none_of_its_groups_is_an_error() -> None:
    state = compiled(
        school("norr", group("vagn", devices=CART), layers={"pupils": {"settings": {"developer-tools": "blocked"}}})
    )

    line = "schools/norr.yaml:layers.pupils.settings.developer-tools"
    assert problems(state) == [("WISH-WITHOUT-REACH", line, "norr")]


def test_a_schools_line_may_pass_some_groups_by() -> None:
    state = compiled(
        school(
            "norr",
            group("vagn", devices=CART),
            group("klass", ou="/K"),
            layers={"pupils": {"settings": {"developer-tools": "blocked"}}},
        )
    )

    assert problems(state) == []
    assert [one.group for one in state.skipped] == ["norr/vagn"]


def test_a_schools_layer_for_an_audience_without_groups_is_a_warning() -> None:
    state = compiled(school("norr", group("klass"), layers={"staff": {"settings": {"incognito": "blocked"}}}))

    assert problems(state) == [("SCHOOL-LAYER-UNUSED", "schools/norr.yaml:layers.staff", "norr")]
    assert state.findings[0].severity is Severity.WARNING


def test_the_first_route_that_fits_names_the_backend() -> None:
    where = at("organisation.yaml", "routes")
    state = compiled(
        school("norr", group("elever"), group("plattor", platform="ipados"), group("pc", platform="windows")),
        routes=[
            Route(backend="jamf", platforms=("ipados",), at=where),
            Route(backend="chrome", platforms=("chromeos", "ipados"), at=where),
        ],
    )

    assert {key: one.backend for key, one in state.groups.items()} == {
        "norr/elever": "chrome",
        "norr/pc": "",
        "norr/plattor": "jamf",
    }
    assert problems(state) == [("GROUP-WITHOUT-BACKEND", "schools/norr.yaml:groups.pc", "norr/pc")]


def test_raw_keys_of_another_system_or_of_a_setting_are_refused() -> None:
    install_type = ("chrome.user.apps.InstallType", {"appInstallType": "FORCED"}, "user")
    state = compiled(school("norr", group("elever", ou="/E", raw=[install_type])))

    assert problems(state) == [("RAW-HAS-SETTING", "schools/norr.yaml:groups.elever.raw.google.0", "norr/elever")]
    assert state.findings[0].values["setting"] == "apps"


def test_a_user_target_of_two_groups_is_an_error_at_both() -> None:
    state = compiled(
        school("norr", group("a", ou="/Elever/Norr")), school("syd", group("b", school="syd", ou="/elever/norr/"))
    )

    assert problems(state) == [
        ("USER-TARGET-TWICE", "schools/norr.yaml:groups.a.users", "norr/a"),
        ("USER-TARGET-TWICE", "schools/syd.yaml:groups.b.users", "syd/b"),
    ]
    assert state.findings[0].values["other_at"] == "schools/syd.yaml (groups.b.users)"


def test_targets_of_different_layers_or_with_globs_are_not_compared() -> None:
    state = compiled(
        school("norr", group("a", ou="/Elever/[4-6]?"), group("b", ou="/Elever/[4-6]?"), ou={"pupils": "/Elever"}),
        ou={"pupils": "/Elever"},
    )

    assert problems(state) == []


@pytest.mark.parametrize(
    ("blocked", "opened", "warned"),
    [
        (["*"], None, True),
        (["*"], ["skolan.se"], True),
        (["*"], ["accounts.google.com"], False),
        (["*"], ["https://google.com"], False),
        (["*"], ["accounts.google.com/o/oauth2"], True),
        (["google.com"], None, True),
        (["tiktok.com"], None, False),
    ],
)
def test_a_blocklist_that_closes_the_sign_in_is_a_warning(
    blocked: list[str], opened: list[str] | None, warned: bool
) -> None:
    settings = {"url-blocklist": blocked} | ({"url-allowlist": opened} if opened else {})
    state = compiled(school("norr", group("elever", ou="/E", settings=settings)))

    line = "schools/norr.yaml:groups.elever.settings.url-blocklist"
    assert problems(state) == ([("USER-LOCKED-OUT", line, "norr/elever")] if warned else [])
    assert all(one.severity is Severity.WARNING for one in state.findings)
