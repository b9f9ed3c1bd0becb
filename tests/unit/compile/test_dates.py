"""Values with dates and rings: which holds on a day, when that changes, and what is said twice."""

from datetime import date
from typing import Any

import pytest

from tests.unit.compile.writing import (
    app,
    baseline,
    compiled,
    day,
    exception,
    group,
    mode,
    problems,
    school,
    value,
)

HOME = {
    "dated": [
        {"value": "https://a.example.se/", "until": "2026-12-31"},
        {
            "value": "https://b.example.se/",
            "from": "2027-01-01",
            "rings": {"pilot": "2026-12-15", "rest": "2027-01-01"},
        },
    ]
}
RINGS = {"pilot": ["norr/pilot"], "rest": []}


def two_groups(today: str) -> Any:
    return compiled(
        school("norr", group("klass", ou="/K"), group("pilot", ou="/P")),
        baselines=[baseline("alla", settings={"home-page": HOME})],
        rings=RINGS,
        as_of=day(today),
    )


@pytest.mark.parametrize(
    ("today", "klass", "pilot", "lapses"),
    [
        ("2026-12-14", "https://a.example.se/", "https://a.example.se/", "2026-12-15"),
        ("2026-12-15", "https://a.example.se/", "https://b.example.se/", "2027-01-01"),
        ("2027-01-01", "https://b.example.se/", "https://b.example.se/", None),
    ],
)
def test_a_rings_own_day_goes_before_the_general_one(today: str, klass: str, pilot: str, lapses: str | None) -> None:
    state = two_groups(today)

    assert (value(state, "norr/klass", "home-page"), value(state, "norr/pilot", "home-page")) == (klass, pilot)
    assert state.lapses == (day(lapses) if lapses else None)
    assert problems(state) == []


def test_a_school_outside_every_ring_waits() -> None:
    line = {"app": "kami", "rings": {"pilot": "2026-11-01"}}
    state = compiled(
        school("norr", group("klass", ou="/K"), group("pilot", ou="/P")),
        baselines=[baseline("alla", required=[line])],
        apps=[app("kami")],
        rings={"pilot": ["norr/pilot"]},
    )

    assert (mode(state, "norr/klass", "kami"), mode(state, "norr/pilot", "kami")) == (None, "required")


@pytest.mark.parametrize(
    ("today", "holds", "lapses"),
    [
        ("2026-11-30", None, "2026-12-01"),
        ("2026-12-01", "required", "2027-06-12"),
        ("2027-06-11", "required", "2027-06-12"),
        ("2027-06-12", "inherit", None),
    ],
)
def test_both_days_of_a_line_are_included_and_what_is_over_gives_its_value_back(
    today: str, holds: str | None, lapses: str | None
) -> None:
    line = {"app": "kami", "from": "2026-12-01", "until": "2027-06-11"}
    state = compiled(school("norr", group("klass", ou="/K", required=[line])), apps=[app("kami")], as_of=day(today))

    assert mode(state, "norr/klass", "kami") == holds
    assert state.lapses == (day(lapses) if lapses else None)


def test_two_values_on_one_day_are_an_error_at_the_second() -> None:
    dated = {
        "dated": [{"value": 60, "until": "2026-12-31"}, {"value": 45, "from": "2026-12-31"}],
    }
    state = compiled(school("norr", group("klass", ou="/K", settings={"session-length": dated})))

    line = "schools/norr.yaml:groups.klass.settings.session-length.dated.1"
    assert problems(state) == [("DATES-OVERLAP", line, "norr/klass")]
    assert state.findings[0].values["other_at"].endswith("(groups.klass.settings.session-length.dated.0)")


def test_one_app_in_two_modes_needs_dates_that_part_them() -> None:
    both = compiled(school("norr", group("klass", ou="/K", required=["kami"], blocked=["kami"])), apps=[app("kami")])
    parted = compiled(
        school(
            "norr",
            group(
                "klass",
                ou="/K",
                required=[{"app": "kami", "until": "2026-12-31"}],
                absent=[{"app": "kami", "from": "2027-01-01"}],
            ),
        ),
        apps=[app("kami")],
        as_of=day("2027-01-01"),
    )

    assert problems(both) == [("DATES-OVERLAP", "schools/norr.yaml:groups.klass.apps.blocked.0", "norr/klass")]
    assert (mode(parted, "norr/klass", "kami"), problems(parted)) == ("absent", [])


@pytest.mark.parametrize(
    ("more", "lapses"),
    [
        ({"exceptions": [exception("prov", "incognito", "norr/klass", until="2026-12-24")]}, date(2026, 12, 25)),
        (
            {"exceptions": [exception("prov", "incognito", "norr/klass", start="2026-12-01", until="2026-12-24")]},
            date(2026, 12, 1),
        ),
        ({"apps": [app("kami", withdrawn_from="2027-01-01")]}, date(2027, 1, 1)),
        ({"apps": [app("kami")], "exceptions": []}, None),
    ],
)
def test_a_plan_lapses_when_an_exception_or_an_app_ends(more: dict[str, Any], lapses: date | None) -> None:
    apps = more.pop("apps", [app("kami")])
    state = compiled(school("norr", group("klass", ou="/K", required=["kami"])), apps=apps, **more)

    assert state.lapses == lapses
