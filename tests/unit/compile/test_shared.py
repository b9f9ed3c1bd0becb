"""What is shared with other municipalities lies above the organisation's own baselines, and decides on no app."""

from typing import Any

import pytest

from reconciler.model.desired import DesiredState, Layer
from reconciler.model.finding import Severity
from tests.unit.compile.writing import app, baseline, compiled, group, layers, mode, problems, school, spelled, value

GROUP = "norr/elever"
SHARED_LINE = "shared/skollan/policies/baselines/trygg.yaml:settings"
OWN_LINE = "policies/baselines/alla.yaml:settings"


def with_baselines(*baselines: Any, **more: Any) -> DesiredState:
    return compiled(school("norr", group("elever", ou="/Elever")), baselines=baselines, **more)


def shared(**lines: Any) -> Any:
    return baseline("trygg", shared="skollan", **lines)


def test_a_shared_value_holds_and_names_its_layer() -> None:
    state = with_baselines(shared(settings={"incognito": "blocked"}))

    (origin,) = state.groups[GROUP].effective.settings["incognito"].origins
    assert (origin.layer, origin.owner, spelled(origin.at)) == (
        Layer.SHARED,
        "skollan/trygg",
        f"{SHARED_LINE}.incognito",
    )
    assert problems(state) == []


def test_the_organisation_may_tighten_it() -> None:
    state = with_baselines(
        shared(settings={"developer-tools": "not-on-extensions"}),
        baseline("alla", settings={"developer-tools": "blocked"}),
    )

    assert value(state, GROUP, "developer-tools") == "blocked"
    assert problems(state) == []


def test_the_organisation_may_not_loosen_it_and_the_error_is_at_its_own_line() -> None:
    state = with_baselines(
        shared(settings={"incognito": "blocked"}), baseline("alla", settings={"incognito": "allowed"})
    )

    assert value(state, GROUP, "incognito") == "blocked"
    assert problems(state) == [("SETTING-LOOSENED", f"{OWN_LINE}.incognito", "baseline:alla")]
    assert spelled(state.findings[0].places["upper_at"]) == f"{SHARED_LINE}.incognito"


def test_where_nothing_is_tighter_the_organisation_chooses() -> None:
    state = with_baselines(
        shared(settings={"home-page": "https://a.example.se/"}),
        baseline("alla", settings={"home-page": "https://b.example.se/"}),
    )

    assert value(state, GROUP, "home-page") == "https://b.example.se/"
    assert problems(state) == []


def test_what_the_shared_layer_fixes_stays() -> None:
    state = with_baselines(
        shared(settings={"time-zone": "Europe/Stockholm"}), baseline("alla", settings={"time-zone": "Europe/Oslo"})
    )

    assert value(state, GROUP, "time-zone") == "Europe/Stockholm"
    assert problems(state) == [("SETTING-FIXED", f"{OWN_LINE}.time-zone", "baseline:alla")]


@pytest.mark.parametrize(
    ("setting", "theirs", "ours", "holds", "codes"),
    [
        pytest.param("incognito", "blocked", "allowed", "blocked", [], id="theirs-is-tighter"),
        pytest.param("incognito", "allowed", "blocked", "blocked", [], id="ours-is-tighter"),
        pytest.param("home-page", "https://a/", "https://b/", "https://b/", [], id="ours-may-choose"),
        pytest.param("url-blocklist", ["a.se"], ["b.se"], ["a.se", "b.se"], [], id="blocklists-add-up"),
        pytest.param("time-zone", "Europe/Stockholm", "Europe/Oslo", "Europe/Stockholm", ["SETTING-FIXED"], id="fixed"),
        pytest.param("incognito", "blocked", "inherit", "blocked", [], id="ours-gives-back"),
    ],
)
def test_theirs_for_a_school_form_and_ours_for_everybody(
    setting: str, theirs: Any, ours: Any, holds: Any, codes: list[str]
) -> None:
    state = with_baselines(
        shared(forms=["grundskola"], settings={setting: theirs}), baseline("alla", settings={setting: ours})
    )

    assert value(state, GROUP, setting) == holds
    assert [one.code for one in state.findings] == codes
    assert {spelled(one.place) for one in state.findings} <= {f"{OWN_LINE}.{setting}"}


def test_our_line_for_the_school_form_may_not_loosen_theirs() -> None:
    state = with_baselines(
        shared(forms=["grundskola"], settings={"incognito": "blocked"}),
        baseline("alla", forms=["grundskola"], settings={"incognito": "allowed"}),
    )

    assert value(state, GROUP, "incognito") == "blocked"
    assert problems(state) == [("SETTING-LOOSENED", f"{OWN_LINE}.incognito", "baseline:alla")]


def test_of_two_sources_the_tighter_holds() -> None:
    state = with_baselines(
        shared(settings={"incognito": "allowed"}), baseline("trygg", shared="annan", settings={"incognito": "blocked"})
    )

    assert value(state, GROUP, "incognito") == "blocked"
    assert problems(state) == []


def test_it_is_written_where_the_organisations_own_is_written() -> None:
    state = with_baselines(
        shared(settings={"incognito": "blocked"}),
        baseline("form", shared="skollan", forms=["grundskola"], settings={"session-length": 45}),
        ou={"pupils": "/Alla"},
    )

    assert layers(state) == {"org-uid": {"incognito": "blocked"}, GROUP: {"session-length": 45}}


def test_each_line_is_an_origin_once() -> None:
    state = with_baselines(
        shared(settings={"incognito": "blocked"}),
        baseline("form", shared="skollan", forms=["grundskola"], settings={"incognito": "blocked"}),
        baseline("alla", settings={"incognito": "blocked"}),
    )

    origins = state.groups[GROUP].effective.settings["incognito"].origins
    assert [one.owner for one in origins] == ["alla", "skollan/trygg", "skollan/form"]


# --- apps ---------------------------------------------------------------------------------------------------------


def test_an_approved_app_is_given_and_one_that_is_not_approved_here_is_not() -> None:
    state = with_baselines(
        shared(required=["ja", "nej", "vilande", "slut"]),
        apps=[
            app("ja"),
            app("nej", status="rejected"),
            app("vilande", status="proposed"),
            app("slut", withdrawn_from="2026-11-01"),
        ],
    )

    assert [mode(state, GROUP, name) for name in ("ja", "nej", "vilande", "slut")] == ["required", None, None, None]
    assert {(one.code, one.severity, one.subject) for one in state.findings} == {
        ("SHARED-APP-NOT-APPROVED", Severity.INFO, f"app:{name}") for name in ("nej", "vilande", "slut")
    }


def test_an_app_that_is_not_approved_here_is_blocked_all_the_same() -> None:
    state = with_baselines(shared(blocked=["nej"]), apps=[app("nej", status="rejected")])

    assert mode(state, GROUP, "nej") == "blocked"
    assert problems(state) == []


def test_the_organisation_may_not_allow_what_is_blocked_for_all() -> None:
    state = with_baselines(shared(blocked=["spel"]), baseline("alla", available=["spel"]), apps=[app("spel")])

    assert mode(state, GROUP, "spel") == "blocked"
    assert problems(state) == [("APP-LOOSENED", "policies/baselines/alla.yaml:apps.available.0", "baseline:alla")]


def test_a_way_that_does_not_exist_is_no_error_in_a_file_that_is_not_ours() -> None:
    state = with_baselines(shared(blocked=["webb"]), apps=[app("webb", kind="web")])

    assert [(one.code, one.severity) for one in state.findings] == [("APP-NO-WAY", Severity.WARNING)]
