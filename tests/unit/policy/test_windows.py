"""The calendar asked about the changes of a plan."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

import pytest

from reconciler.model.calendar import DISRUPTIVE, Calendar, ChangeKind, LessonHours, Period, SchoolYear, Touches, Window
from reconciler.model.change import Action, Change, Effect, Wait, Why
from reconciler.model.documents import Documents, ExceptionGrant, Group, Organisation, School, Span
from reconciler.model.place import Pointer
from reconciler.model.resource import Key
from reconciler.planning.changes import GRAVITY
from reconciler.policy.windows import make_windows, wait_of

AT = Pointer(file="policies/calendar.yaml")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=1)))
TERM = Period(name="Höstterminen", start=date(2026, 8, 18), end=date(2026, 12, 18), at=AT)
CALENDAR = Calendar(
    years=(SchoolYear(id="2026-27", terms=(TERM,), at=AT),),
    lessons=(
        LessonHours(
            touches=Touches(school_forms=("grundskola",), kinds=DISRUPTIVE),
            weekdays=(0, 1, 2, 3, 4),
            start=time(8),
            end=time(15, 30),
            at=AT,
        ),
    ),
    windows=(
        Window(
            id="prov",
            days=Period(name="Prov", start=date(2026, 11, 23), end=date(2026, 11, 23), at=AT),
            touches=Touches(platforms=("ipados",)),
            test=True,
            at=AT,
        ),
    ),
    at=AT,
)


def group(name: str, form: str, platform: str = "chromeos", audience: str = "pupils") -> Group:
    return Group(id=name, name=name, school_forms=(form,), platform=platform, audience=audience, at=AT)


GROUPS = (
    group("elever", "grundskola"),
    group("vuxna", "komvux"),
    group("ipads", "komvux", "ipados"),
    group("forrad", "grundskola", audience="storage"),
)
URGENT = ExceptionGrant(
    id="snabb-2026-014", app="kami", groups=("norr/elever",), reason="", ticket="SD-1", span=Span(), at=AT
)
DOCUMENTS = Documents(
    organisation=Organisation(
        uid="x", name="x", municipality_code="9999", language="sv", backends=(), routes=(), at=AT
    ),
    schools=(School(id="norr", name="Norr", groups=GROUPS, at=AT),),
    exceptions=(URGENT,),
    calendar=CALENDAR,
)


def change(*groups: str, disruption: str = "restart", destroys: bool = False) -> Change:
    effect = Effect(groups=groups, schools=("norr",), disruption=disruption)
    key = Key(kind="setting", target="@norr/elever", part="S")
    return Change(action=Action.UPDATE, key=key, backend="chrome", destroys=destroys, effect=effect)


LESSON = Wait(until="2026-11-23 15:30", reason="lesson")
TEST = Wait(until="2026-11-24 00:00", reason="test", name="Prov")


@pytest.mark.parametrize(
    ("one", "wait"),
    [
        pytest.param(change("norr/elever"), LESSON, id="a-restart-in-a-lesson"),
        pytest.param(change("norr/elever", disruption="none"), None, id="what-nobody-notices"),
        pytest.param(change("norr/elever", disruption="none", destroys=True), LESSON, id="what-is-destroyed"),
        pytest.param(change("norr/vuxna"), None, id="no-lessons-there"),
        pytest.param(change("norr/vuxna", "norr/elever"), LESSON, id="both"),
        pytest.param(change("norr/ipads", disruption="none"), TEST, id="a-test-holds-everything"),
        pytest.param(change("norr/elever", "norr/ipads"), TEST, id="the-longest"),
        pytest.param(change(), TEST, id="a-whole-school"),
        pytest.param(change("norr/forrad"), None, id="a-store"),
        pytest.param(change("norr/borttagen", "norr/forrad"), TEST, id="a-group-that-goes-counts-as-its-school"),
    ],
)
def test_until_when_a_change_waits(one: Change, wait: Wait | None) -> None:
    assert wait_of(make_windows(DOCUMENTS), one, MONDAY) == wait


STOP = Window(
    id="jul", days=Period(name="Jul", start=date(2026, 11, 20), end=date(2026, 11, 27), at=AT), touches=Touches(), at=AT
)
STOPPED = Wait(until="2026-11-28 00:00", reason="freeze", name="Jul")


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(change("norr/forrad", disruption="none"), id="a-store"),
        pytest.param(replace(change(), effect=Effect(disruption="none")), id="no-group-and-no-school"),
    ],
)
def test_what_stops_everything_stops_also_where_nobody_is_taught(one: Change) -> None:
    calendar = replace(CALENDAR, windows=(STOP,))
    only_tests = replace(CALENDAR, windows=(replace(STOP, touches=Touches(school_forms=("grundskola",))),))

    assert wait_of(make_windows(replace(DOCUMENTS, calendar=calendar)), one, MONDAY) == STOPPED
    assert wait_of(make_windows(replace(DOCUMENTS, calendar=only_tests)), one, MONDAY) is None


def test_a_stop_on_a_platform_stops_its_stores() -> None:
    stop = replace(STOP, touches=Touches(platforms=("chromeos",)))
    other = replace(STOP, touches=Touches(platforms=("ipados",)))
    windows = [make_windows(replace(DOCUMENTS, calendar=replace(CALENDAR, windows=(one,)))) for one in (stop, other)]

    assert [wait_of(one, change("norr/forrad"), MONDAY) for one in windows] == [STOPPED, None]


def test_seconds_do_not_matter() -> None:
    windows = make_windows(DOCUMENTS)

    assert wait_of(windows, change("norr/elever"), MONDAY.replace(hour=15, minute=29, second=59)) == LESSON
    assert wait_of(windows, change("norr/elever"), MONDAY.replace(hour=15, minute=30, second=1)) is None


def test_the_urgent_lane_is_named() -> None:
    why = Why(layer="exception", owner="snabb-2026-014", position=None)

    assert wait_of(make_windows(DOCUMENTS), replace(change("norr/elever"), why=(why,)), MONDAY) == replace(
        LESSON, urgent="snabb-2026-014"
    )


def test_another_exception_is_not_urgent() -> None:
    calm = replace(DOCUMENTS, exceptions=(replace(URGENT, ticket=""),))
    why = Why(layer="exception", owner="snabb-2026-014", position=None)

    assert wait_of(make_windows(calm), replace(change("norr/elever"), why=(why,)), MONDAY) == LESSON


def test_without_a_calendar_nothing_waits() -> None:
    assert wait_of(make_windows(replace(DOCUMENTS, calendar=None)), change("norr/elever"), MONDAY) is None


def test_every_way_to_disturb_is_a_kind_that_the_calendar_knows() -> None:
    assert [kind.value for kind in ChangeKind] == list(GRAVITY)
