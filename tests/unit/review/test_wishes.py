"""What groups get otherwise, folded over groups and over the days on which it is so."""

from datetime import date

from reconciler.model.desired import GroupState
from reconciler.review.renames import Renames
from reconciler.review.wishes import Day, WishChange, compare_wishes
from reconciler.settings.table import load_settings
from tests.unit.review.making import group, school, state

TODAY, JANUARY, JUNE = date(2026, 11, 22), date(2027, 1, 11), date(2027, 6, 12)
NORR = school("norr", g4_6=74)


def day(when: date, base: GroupState, head: GroupState) -> Day:
    return Day(day=when, base=state(when, base), head=state(when, head))


def compare(*days: Day) -> tuple[WishChange, ...]:
    known = {key: key for key in days[0].head.groups}
    return compare_wishes(days, Renames(schools={}, groups=known, apps={}), load_settings())


def with_apps(**apps: str) -> GroupState:
    return group(NORR, "g", apps=apps)


def with_setting(value: str | list[str] | None, setting: str = "youtube-restricted") -> GroupState:
    return group(NORR, "g", settings={} if value is None else {setting: value})


def test_what_holds_on_and_on_is_told_once_from_its_day() -> None:
    found = compare(
        day(TODAY, with_apps(), with_apps()),
        day(JANUARY, with_apps(), with_apps(kami="available")),
        day(JUNE, with_apps(), with_apps(kami="available")),
    )

    assert [(one.wish.id, one.before, one.after, one.start, one.end) for one in found] == [
        ("kami", None, "available", JANUARY, None)
    ]


def test_a_change_that_the_base_makes_too_ends_on_the_day_before() -> None:
    found = compare(
        day(TODAY, with_setting("moderate"), with_setting("strict")),
        day(JANUARY, with_setting("strict"), with_setting("strict")),
    )

    assert [(one.start, one.end) for one in found] == [(None, date(2027, 1, 10))]


def test_another_value_on_a_later_day_is_another_change() -> None:
    found = compare(
        day(TODAY, with_apps(), with_apps(kami="available")),
        day(JANUARY, with_apps(), with_apps(kami="required")),
    )

    assert [(one.after, one.start, one.end) for one in found] == [
        ("available", None, date(2027, 1, 10)),
        ("required", JANUARY, None),
    ]


def test_equal_changes_of_several_groups_are_one_and_those_of_staff_another() -> None:
    def groups(app: str) -> list[GroupState]:
        apps = {app: "available"} if app else {}
        pupils = [group(NORR, name, apps=apps) for name in ("a", "b")]
        return [*pupils, group(NORR, "p", audience="staff", apps=apps)]

    one = Day(day=TODAY, base=state(TODAY, *groups("")), head=state(TODAY, *groups("kami")))

    assert [(each.audience, each.groups) for each in compare(one)] == [
        ("pupils", ("norr/a", "norr/b")),
        ("staff", ("norr/p",)),
    ]


def test_losing_an_app_is_a_loss_and_getting_it_in_another_way_is_none() -> None:
    lost = compare(day(TODAY, with_apps(kami="available"), with_apps()))
    blocked = compare(day(TODAY, with_apps(kami="required"), with_apps(kami="blocked")))
    other = compare(day(TODAY, with_apps(kami="available"), with_apps(kami="required")))
    ended = compare(day(TODAY, with_apps(kami="blocked"), with_apps()))

    assert [one.loses for one in (*lost, *blocked, *other, *ended)] == [True, True, False, False]


def test_tighter_looser_and_what_only_differs() -> None:
    tighter = compare(day(TODAY, with_setting("moderate"), with_setting("strict")))
    looser = compare(day(TODAY, with_setting("strict"), with_setting("moderate")))
    fresh = compare(day(TODAY, with_setting(None), with_setting("strict")))
    given_back = compare(day(TODAY, with_setting("strict"), with_setting("inherit")))

    assert [(one.tightness, one.loses) for one in (*tighter, *looser, *fresh, *given_back)] == [
        ("tighter", True),
        ("looser", False),
        ("", True),
        ("", False),
    ]


def test_the_order_of_a_blocklist_is_no_change_and_that_of_start_pages_is() -> None:
    turned = ["b.example.se", "a.example.se"]
    blocked = compare(day(TODAY, with_setting(turned, "url-blocklist"), with_setting(turned[::-1], "url-blocklist")))
    pages = [f"https://{one}/" for one in turned]
    started = compare(day(TODAY, with_setting(pages, "startup-pages"), with_setting(pages[::-1], "startup-pages")))

    assert blocked == ()
    assert [one.wish.id for one in started] == ["startup-pages"]


def test_true_is_not_one() -> None:
    found = compare(day(TODAY, with_setting(None), group(NORR, "g", settings={"x": True})))
    same = compare(day(TODAY, group(NORR, "g", settings={"x": 1}), group(NORR, "g", settings={"x": True})))

    assert len(found) == len(same) == 1


def test_storage_and_groups_that_are_new_are_told_elsewhere() -> None:
    forrad = [group(NORR, "f", audience="storage", apps=apps) for apps in ({}, {"kami": "required"})]

    assert compare(day(TODAY, *forrad)) == ()
    new = Day(day=TODAY, base=state(TODAY), head=state(TODAY, with_apps(kami="required")))
    assert compare_wishes([new], Renames(schools={}, groups={}, apps={}), load_settings()) == ()
