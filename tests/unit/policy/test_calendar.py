"""When a change may run. Expected moments were worked out by hand on a calendar and with the dates of EU directive 2000/84/EC
for summer time: it begins on 28 March 2027 at 02:00 and ends on 25 October 2026 at 03:00."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from reconciler.model.calendar import (
    DISRUPTIVE,
    Calendar,
    ChangeKind,
    LessonHours,
    Period,
    SchoolYear,
    Touches,
    Window,
)
from reconciler.model.place import Pointer
from reconciler.policy.calendar import Target, free_from, next_opening, school_year_of

AT = Pointer(file="policies/calendar.yaml")
WINTER, SUMMER = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))


def period(name: str, start: str, end: str) -> Period:
    return Period(name=name, start=date.fromisoformat(start), end=date.fromisoformat(end), at=AT)


YEAR = SchoolYear(
    id="2026-27",
    terms=(period("Höstterminen", "2026-08-18", "2026-12-18"), period("Vårterminen", "2027-01-11", "2027-06-11")),
    holidays=(period("Höstlov", "2026-10-26", "2026-10-30"),),
    at=AT,
)


def lessons(
    forms: tuple[str, ...] = ("grundskola",), start: str = "08:00", end: str = "15:30", *, all_year: bool = False
) -> LessonHours:
    return LessonHours(
        touches=Touches(school_forms=forms, kinds=DISRUPTIVE),
        weekdays=(0, 1, 2, 3, 4),
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        all_year=all_year,
        at=AT,
    )


def window(
    start: str,
    end: str,
    *,
    hours: tuple[str, str] | None = None,
    touches: Touches | None = None,
    test: bool = False,
) -> Window:
    return Window(
        id="prov",
        days=period("Prov", start, end),
        touches=touches or Touches(),
        hours=(time.fromisoformat(hours[0]), time.fromisoformat(hours[1])) if hours else None,
        test=test,
        at=AT,
    )


def calendar(*parts: LessonHours | Window) -> Calendar:
    return Calendar(
        years=(YEAR,),
        lessons=tuple(one for one in parts if isinstance(one, LessonHours)),
        windows=tuple(one for one in parts if isinstance(one, Window)),
        at=AT,
    )


def at(text: str, zone: timezone = WINTER) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


RESTART, QUIET = ChangeKind.RESTART, ChangeKind.NONE


@pytest.mark.parametrize(
    ("moment", "free"),
    [
        pytest.param("2026-11-23T10:00", "2026-11-23T15:30", id="a-lesson-on-a-monday"),
        pytest.param("2026-11-23T15:30", "2026-11-23T15:30", id="the-end-is-free"),
        pytest.param("2026-11-23T08:00", "2026-11-23T15:30", id="the-beginning-is-not"),
        pytest.param("2026-11-23T07:59", "2026-11-23T07:59", id="before-school"),
        pytest.param("2026-11-21T10:00", "2026-11-21T10:00", id="a-saturday"),
        pytest.param("2026-10-27T10:00", "2026-10-27T10:00", id="the-autumn-holiday"),
        pytest.param("2026-12-21T10:00", "2026-12-21T10:00", id="between-terms"),
    ],
)
def test_a_restart_waits_for_the_end_of_lessons(moment: str, free: str) -> None:
    assert free_from(calendar(lessons()), RESTART, "chromeos", "grundskola", at(moment)) == at(free)


def test_what_nobody_notices_runs_in_a_lesson() -> None:
    moment = at("2026-11-23T10:00")

    assert free_from(calendar(lessons()), QUIET, "chromeos", "grundskola", moment) == moment


def test_another_school_form_has_its_own_hours() -> None:
    moment = at("2026-11-23T10:00")

    assert free_from(calendar(lessons()), RESTART, "chromeos", "gymnasieskola", moment) == moment


def test_a_preschool_is_open_in_holidays_too() -> None:
    days = calendar(lessons(("förskola",), "06:30", "18:00", all_year=True))

    assert free_from(days, RESTART, "ipados", "förskola", at("2026-10-27T10:00")) == at("2026-10-27T18:00")


def test_windows_that_follow_on_each_other_are_waited_for_together() -> None:
    """A freeze of Thursday and Friday, then the weekend: Monday's lessons come before nothing, so Saturday is free."""
    days = calendar(lessons(), window("2026-11-26", "2026-11-27"))

    assert free_from(days, RESTART, "chromeos", "grundskola", at("2026-11-25T10:00")) == at("2026-11-25T15:30")
    assert free_from(days, RESTART, "chromeos", "grundskola", at("2026-11-26T00:00")) == at("2026-11-28T00:00")


def test_a_freeze_up_to_a_morning_of_lessons_leads_past_them() -> None:
    days = calendar(lessons(start="00:00"), window("2026-11-22", "2026-11-22"))

    assert free_from(days, RESTART, "chromeos", "grundskola", at("2026-11-22T12:00")) == at("2026-11-23T15:30")


def test_a_test_period_with_hours_closes_those_hours_only() -> None:
    days = calendar(window("2027-03-16", "2027-03-18", hours=("08:00", "12:00"), test=True))

    assert free_from(days, QUIET, "chromeos", "grundskola", at("2027-03-17T09:00")) == at("2027-03-17T12:00")
    assert free_from(days, QUIET, "chromeos", "grundskola", at("2027-03-17T12:00")) == at("2027-03-17T12:00")


def test_a_window_for_one_platform_leaves_the_others_alone() -> None:
    days = calendar(window("2027-03-16", "2027-03-18", touches=Touches(platforms=("ipados",))))
    moment = at("2027-03-17T09:00")

    assert free_from(days, QUIET, "chromeos", "grundskola", moment) == moment
    assert free_from(days, QUIET, "ipados", "grundskola", moment) == at("2027-03-19T00:00")


def test_a_change_for_two_school_forms_waits_for_both() -> None:
    days = calendar(lessons(), lessons(("fritidshem",), "13:00", "17:30"))
    found = next_opening(
        days, RESTART, [Target(platform="chromeos", school_forms=("grundskola", "fritidshem"))], at("2026-11-23T10:00")
    )

    assert found is not None
    assert found.moment == at("2026-11-23T17:30")
    assert found.closed is not None
    assert found.closed.reason == "lesson"


def test_a_freeze_over_the_night_to_winter_time_ends_at_midnight_on_the_wall() -> None:
    """25 October 2026 has 25 hours: midnight after it is 23:00 UTC, in winter time."""
    days = calendar(window("2026-10-25", "2026-10-25"))
    found = free_from(days, QUIET, "chromeos", "grundskola", at("2026-10-25T00:00", SUMMER))

    assert found == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert found - at("2026-10-25T00:00", SUMMER) == timedelta(hours=25)
    assert found.isoformat() == "2026-10-26T00:00:00+01:00"


def test_a_freeze_over_the_night_to_summer_time_is_an_hour_shorter() -> None:
    days = calendar(window("2027-03-28", "2027-03-28"))
    found = free_from(days, QUIET, "chromeos", "grundskola", at("2027-03-28T00:00", WINTER))

    assert found == datetime(2027, 3, 28, 22, tzinfo=UTC)
    assert found - at("2027-03-28T00:00", WINTER) == timedelta(hours=23)


def test_an_hour_that_occurs_twice_is_closed_both_times() -> None:
    """01:30-02:30 on 25 October 2026: 02:30 is first 00:30 UTC and then 01:30 UTC."""
    days = calendar(window("2026-10-25", "2026-10-25", hours=("01:30", "02:30")))
    again = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # 02:15, the second time

    found = free_from(days, QUIET, "chromeos", "grundskola", again)

    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # PEP 495: never equal across zones


def test_lessons_begin_by_the_clock_on_the_wall_in_both_halves_of_the_year() -> None:
    days = calendar(lessons())

    assert free_from(days, RESTART, "chromeos", "grundskola", datetime(2026, 10, 23, 6, 0, tzinfo=UTC)) == at(
        "2026-10-23T15:30", SUMMER
    )
    early = datetime(2026, 11, 2, 6, 59, tzinfo=UTC)  # 07:59 in winter time
    assert free_from(days, RESTART, "chromeos", "grundskola", early) == early


def test_what_is_never_free_is_said_to_be_so() -> None:
    days = calendar(window("2026-01-01", "2028-12-31"))

    assert free_from(days, QUIET, "chromeos", "grundskola", at("2026-11-23T10:00")) is None


def test_without_a_calendar_everything_is_free() -> None:
    moment = at("2026-11-23T10:00")

    assert free_from(None, RESTART, "chromeos", "grundskola", moment) == moment


def test_a_moment_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="zone"):
        free_from(None, RESTART, "chromeos", "grundskola", datetime(2026, 11, 23, 10))  # noqa: DTZ001 - what is tested


@pytest.mark.parametrize(
    ("day", "year"),
    [("2026-11-21", "2026-27"), ("2027-06-11", "2026-27"), ("2027-06-30", "2026-27"), ("2027-07-01", "2027-28")],
)
def test_the_school_year_of_a_day(day: str, year: str) -> None:
    assert school_year_of(calendar(), date.fromisoformat(day)) == year
