"""What holds in a group after organisation, school form, school, group and child have had their say."""

from typing import Any

import pytest

from reconciler.model.desired import Layer
from reconciler.model.finding import Severity
from tests.unit.compile.writing import (
    app,
    baseline,
    compiled,
    exception,
    group,
    mode,
    problems,
    school,
    spelled,
    value,
)

GROUP = "norr/elever"


def one_group(upper: dict[str, Any], lower: dict[str, Any], **more: Any) -> Any:
    """A baseline for all, and a group below it."""
    return compiled(
        school("norr", group("elever", ou="/Elever", **lower)), baselines=[baseline("alla", **upper)], **more
    )


def test_a_lower_layer_may_tighten() -> None:
    state = one_group({"settings": {"incognito": "allowed"}}, {"settings": {"incognito": "blocked"}})

    assert problems(state) == []
    entry = state.groups[GROUP].effective.settings["incognito"]
    assert entry.value == "blocked"
    assert [(one.layer, one.owner, one.value, spelled(one.at)) for one in entry.origins] == [
        (Layer.GROUP, "norr/elever", "blocked", "schools/norr.yaml:groups.elever.settings.incognito"),
        (Layer.ORGANISATION, "alla", "allowed", "policies/baselines/alla.yaml:settings.incognito"),
    ]


def test_a_looser_value_is_refused_and_names_both_lines() -> None:
    state = one_group({"settings": {"developer-tools": "blocked"}}, {"settings": {"developer-tools": "allowed"}})

    assert value(state, GROUP, "developer-tools") == "blocked"
    assert problems(state) == [
        ("SETTING-LOOSENED", "schools/norr.yaml:groups.elever.settings.developer-tools", "norr/elever")
    ]
    finding = state.findings[0]
    assert spelled(finding.places["upper_at"]) == "policies/baselines/alla.yaml:settings.developer-tools"
    assert finding.values["upper_at"] == "policies/baselines/alla.yaml (settings.developer-tools)"
    assert (finding.values["value"], finding.values["allowed"]) == ("allowed", "blocked")


def test_a_looser_baseline_for_a_school_form_is_reported_once_for_all_groups() -> None:
    state = compiled(
        school("norr", *(group(f"g{n}", ou=f"/{n}") for n in range(5))),
        baselines=[
            baseline("alla", settings={"incognito": "blocked"}),
            baseline("grund", forms=["grundskola"], settings={"incognito": "allowed"}),
        ],
    )

    assert problems(state) == [
        ("SETTING-LOOSENED", "policies/baselines/grund.yaml:settings.incognito", "baseline:grund")
    ]
    assert {value(state, f"norr/g{n}", "incognito") for n in range(5)} == {"blocked"}


@pytest.mark.parametrize(
    ("upper", "lower", "holds", "code"),
    [
        (["a.se"], ["b.se"], ["a.se", "b.se"], None),
        (["a.se"], ["a.se", "b.se"], ["a.se", "b.se"], None),
        (["a.se"], ["*"], ["*"], None),
        (["a.se", "b.se"], ["a.se"], ["a.se", "b.se"], "SETTING-LOOSENED"),
        (["*"], ["a.se"], ["*"], "SETTING-LOOSENED"),
    ],
)
def test_blocklists_add_up(upper: list[str], lower: list[str], holds: list[str], code: str | None) -> None:
    state = one_group({"settings": {"url-blocklist": upper}}, {"settings": {"url-blocklist": lower}})

    assert value(state, GROUP, "url-blocklist") == holds
    assert [one.code for one in state.findings if one.code != "USER-LOCKED-OUT"] == ([code] if code else [])


def test_an_allowlist_may_only_become_shorter() -> None:
    shorter = one_group({"settings": {"url-allowlist": ["a.se", "b.se"]}}, {"settings": {"url-allowlist": ["a.se"]}})
    longer = one_group({"settings": {"url-allowlist": ["a.se"]}}, {"settings": {"url-allowlist": ["a.se", "b.se"]}})
    other = one_group({"settings": {"url-allowlist": ["a.se"]}}, {"settings": {"url-allowlist": ["b.se"]}})

    assert (value(shorter, GROUP, "url-allowlist"), problems(shorter)) == (["a.se"], [])
    line = "schools/norr.yaml:groups.elever.settings.url-allowlist"
    assert problems(longer) == [("SETTING-LOOSENED", line, GROUP)]
    assert problems(other) == [("SETTING-INCOMPARABLE", line, GROUP)]
    assert value(other, GROUP, "url-allowlist") == ["a.se"]


def test_a_free_setting_is_the_lowest_layers_and_a_fixed_one_the_tops() -> None:
    free = one_group({"settings": {"home-page": "https://a.se/"}}, {"settings": {"home-page": "https://b.se/"}})
    fixed = one_group({"settings": {"time-zone": "Europe/Stockholm"}}, {"settings": {"time-zone": "Europe/Oslo"}})

    assert (value(free, GROUP, "home-page"), problems(free)) == ("https://b.se/", [])
    assert value(fixed, GROUP, "time-zone") == "Europe/Stockholm"
    assert problems(fixed) == [("SETTING-FIXED", "schools/norr.yaml:groups.elever.settings.time-zone", GROUP)]


def test_baselines_of_one_layer_meet_at_the_tightest() -> None:
    state = compiled(
        school("norr", group("elever", ou="/Elever")),
        baselines=[
            baseline("a", settings={"session-length": 60, "url-blocklist": ["a.se"]}),
            baseline("b", settings={"session-length": 45, "url-blocklist": ["b.se"]}),
        ],
    )

    assert value(state, GROUP, "session-length") == 45
    assert value(state, GROUP, "url-blocklist") == ["a.se", "b.se"]
    assert problems(state) == []


def test_baselines_of_one_layer_that_have_no_tightest_are_an_error() -> None:
    state = compiled(
        school("norr", group("elever", ou="/Elever")),
        baselines=[
            baseline("b", settings={"home-page": "https://b.se/"}),
            baseline("a", settings={"home-page": "https://a.se/"}),
        ],
    )

    assert value(state, GROUP, "home-page") == "https://a.se/"
    assert problems(state) == [("SETTING-INCOMPARABLE", "policies/baselines/b.yaml:settings.home-page", "baseline:b")]
    assert spelled(state.findings[0].places["upper_at"]) == "policies/baselines/a.yaml:settings.home-page"


def test_a_group_of_two_school_forms_takes_the_tightest_of_both() -> None:
    state = compiled(
        school("norr", group("elever", ou="/Elever", forms=["fritidshem", "grundskola"])),
        baselines=[
            baseline("grund", forms=["grundskola"], settings={"developer-tools": "not-on-extensions"}),
            baseline("fritids", forms=["fritidshem"], settings={"developer-tools": "blocked"}),
            baseline("gymnasie", forms=["gymnasieskola"], settings={"incognito": "blocked"}),
        ],
    )

    assert value(state, GROUP, "developer-tools") == "blocked"
    assert value(state, GROUP, "incognito") is None


def test_baselines_are_chosen_by_audience_and_platform() -> None:
    state = compiled(
        school("norr", group("elever", ou="/E"), group("personal", audience="staff", ou="/P")),
        baselines=[
            baseline("elever", audiences=["pupils"], settings={"incognito": "blocked"}),
            baseline("ipad", platforms=["ipados"], settings={"developer-tools": "blocked"}),
        ],
    )

    assert value(state, "norr/elever", "incognito") == "blocked"
    assert value(state, "norr/personal", "incognito") is None
    assert value(state, "norr/elever", "developer-tools") is None


def test_the_schools_layer_holds_for_its_audience_and_below_the_baselines() -> None:
    state = compiled(
        school(
            "norr",
            group("elever", ou="/E"),
            group("personal", audience="staff", ou="/P"),
            layers={"pupils": {"settings": {"session-length": 40}}},
        ),
        baselines=[baseline("alla", settings={"session-length": 60})],
    )

    assert (value(state, "norr/elever", "session-length"), value(state, "norr/personal", "session-length")) == (40, 60)


def test_an_exception_lifts_a_setting_for_the_named_group_only() -> None:
    state = compiled(
        school(
            "norr",
            group("elever", ou="/E", settings={"developer-tools": "allowed"}),
            group("andra", ou="/A", settings={"developer-tools": "allowed"}),
        ),
        baselines=[baseline("alla", settings={"developer-tools": "blocked"})],
        exceptions=[exception("prog", "developer-tools", "norr/elever")],
    )

    assert value(state, "norr/elever", "developer-tools") == "allowed"
    assert value(state, "norr/andra", "developer-tools") == "blocked"
    assert [(code, subject) for code, _, subject in problems(state)] == [("SETTING-LOOSENED", "norr/andra")]
    origins = state.groups["norr/elever"].effective.settings["developer-tools"].origins
    assert [(one.layer, one.owner) for one in origins] == [
        (Layer.GROUP, "norr/elever"),
        (Layer.EXCEPTION, "prog"),
        (Layer.ORGANISATION, "alla"),
    ]


def test_an_exception_that_is_over_lifts_nothing() -> None:
    state = one_group(
        {"settings": {"incognito": "blocked"}},
        {"settings": {"incognito": "allowed"}},
        exceptions=[exception("prog", "incognito", GROUP, until="2026-11-20")],
    )

    assert value(state, GROUP, "incognito") == "blocked"
    assert [(one.code, one.severity, one.subject) for one in state.findings] == [
        ("EXCEPTION-OVER", Severity.WARNING, GROUP)
    ]
    assert state.findings[0].values["end"] == "2026-11-20"


def test_of_two_exceptions_the_one_in_force_counts() -> None:
    state = one_group(
        {"settings": {"incognito": "blocked"}},
        {"settings": {"incognito": "allowed"}},
        exceptions=[
            exception("a-over", "incognito", GROUP, until="2026-11-20"),
            exception("b-now", "incognito", GROUP, until="2026-12-20"),
        ],
    )

    assert (value(state, GROUP, "incognito"), problems(state)) == ("allowed", [])


def test_a_childs_ended_exception_does_not_hide_its_parents_that_is_in_force() -> None:
    state = compiled(
        school(
            "norr",
            group("elever", ou="/E", settings={"incognito": "allowed"}),
            group("pilot", within="elever", ou="/E/Pilot"),
        ),
        baselines=[baseline("alla", settings={"incognito": "blocked"})],
        exceptions=[
            exception("foralder", "incognito", GROUP, until="2026-12-20"),
            exception("barn", "incognito", "norr/pilot", until="2026-11-20"),
        ],
    )

    assert problems(state) == []
    assert value(state, GROUP, "incognito") == "allowed"


def test_an_exception_for_an_app_that_is_over_tightens_it_again() -> None:
    state = one_group(
        {"blocked": ["kami"]},
        {"required": ["kami"]},
        apps=[app("kami")],
        exceptions=[exception("prov", "app:kami", GROUP, until="2026-11-20")],
    )

    assert mode(state, GROUP, "kami") == "blocked"
    assert [(one.code, one.severity) for one in state.findings] == [("EXCEPTION-OVER", Severity.WARNING)]


def test_an_exception_that_has_not_begun_lifts_nothing() -> None:
    state = one_group(
        {"settings": {"incognito": "blocked"}},
        {"settings": {"incognito": "allowed"}},
        exceptions=[exception("prog", "incognito", GROUP, start="2026-12-01")],
    )

    assert [one.code for one in state.findings] == ["SETTING-LOOSENED"]


def test_inherit_gives_back_what_lies_above() -> None:
    state = one_group({"settings": {"incognito": "blocked"}}, {"settings": {"incognito": "inherit"}})
    alone = one_group({}, {"settings": {"incognito": "inherit"}})

    assert (value(state, GROUP, "incognito"), problems(state)) == ("blocked", [])
    assert value(alone, GROUP, "incognito") == "inherit"


@pytest.mark.parametrize(
    ("upper", "lower", "holds", "refused"),
    [
        ("available", "required", "required", False),
        ("available", "blocked", "blocked", False),
        ("available", "absent", "absent", False),
        ("absent", "blocked", "blocked", False),
        ("required", "available", "required", True),
        ("required", "blocked", "required", True),
        ("required", "absent", "required", True),
        ("blocked", "available", "blocked", True),
        ("blocked", "absent", "blocked", True),
        ("absent", "required", "absent", True),
    ],
)
def test_which_mode_of_an_app_may_follow_which(upper: str, lower: str, holds: str, refused: bool) -> None:
    state = one_group({upper: ["kami"]}, {lower: ["kami"]}, apps=[app("kami")])

    assert mode(state, GROUP, "kami") == holds
    line = f"schools/norr.yaml:groups.elever.apps.{lower}.0"
    assert problems(state) == ([("APP-LOOSENED", line, GROUP)] if refused else [])


def test_an_exception_lifts_an_app() -> None:
    state = one_group(
        {"blocked": ["kami"]},
        {"required": ["kami"]},
        apps=[app("kami")],
        exceptions=[exception("prov", "app:kami", GROUP)],
    )

    assert (mode(state, GROUP, "kami"), problems(state)) == ("required", [])


def test_baselines_that_disagree_on_an_app_meet_at_the_tightest_and_keep_the_pin() -> None:
    state = compiled(
        school("norr", group("elever", ou="/E")),
        baselines=[
            baseline("a", required=["kami"]),
            baseline("b", available=[{"app": "kami", "pin": True}]),
        ],
        apps=[app("kami")],
    )

    entry = state.groups[GROUP].effective.apps["kami", "user"]
    assert (entry.mode, entry.pinned) == ("required", True)


def test_a_childs_wishes_start_from_its_parents_and_may_tighten_them() -> None:
    state = compiled(
        school(
            "norr",
            group("elever", ou="/E", required=["kami"], settings={"guest-mode": "blocked", "session-length": 60}),
            group("pilot", within="elever", ou="/E/Pilot", settings={"session-length": 30}),
            group("slapp", within="elever", settings={"guest-mode": "allowed"}),
        ),
        apps=[app("kami")],
    )

    assert (mode(state, "norr/pilot", "kami"), value(state, "norr/pilot", "session-length")) == ("required", 30)
    assert state.groups["norr/pilot"].parent == "norr/elever"
    assert value(state, "norr/slapp", "guest-mode") == "blocked"
    assert problems(state) == [("SETTING-LOOSENED", "schools/norr.yaml:groups.slapp.settings.guest-mode", "norr/slapp")]
    origin = state.groups["norr/pilot"].effective.settings["session-length"].origins[0]
    assert (origin.layer, origin.owner) == (Layer.WITHIN, "norr/pilot")


def test_a_child_of_another_audience_is_an_error() -> None:
    state = compiled(school("norr", group("elever"), group("larare", within="elever", audience="staff")))

    assert problems(state) == [("WITHIN-DIFFERS", "schools/norr.yaml:groups.larare", "norr/larare")]


def test_raw_fields_add_up_and_may_not_be_changed() -> None:
    schema = "chrome.users.TabGroups"
    state = one_group({"raw": [(schema, {"a": True, "b": 1}, "user")]}, {"raw": [(schema, {"b": 2, "c": 3}, "user")]})

    assert state.groups[GROUP].effective.raw["google", schema, "user"].fields == {"a": True, "b": 1, "c": 3}
    assert problems(state) == [("RAW-CHANGED", "schools/norr.yaml:groups.elever.raw.google.0", GROUP)]
