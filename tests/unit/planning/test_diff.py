"""Wanted against live: each case of ownership, of inheritance, of what could not be read."""

from collections.abc import Sequence

import pytest

from reconciler.model.change import Action, Change
from reconciler.model.finding import Finding
from reconciler.model.resource import Key, Live, Resource, Source, Target
from reconciler.planning.diff import Differences, compare
from tests.unit.planning.building import (
    ORG,
    app,
    gives_back,
    live_place,
    live_setting,
    lowered,
    place,
    setting,
    snapshot,
    target,
)

HOME = "@norrskolan/elever"
PUPILS = "ou:/Elever/Norrskolan"


def diff(
    resources: Sequence[Resource], targets: Sequence[Target], live: Sequence[Live], **more: Sequence[object]
) -> Differences:
    seen = snapshot(live, unread=more.get("unread", ()), missing=more.get("missing", ()))  # type: ignore[arg-type]
    return compare(lowered(resources, targets), seen, backend="chrome", org=ORG)


def on_home(resources: Sequence[Resource], live: Sequence[Live], owns: str = "all") -> Differences:
    """Values on a place of ours that is there and marked."""
    return diff([place(HOME, "Elever"), *resources], [target(HOME, owns)], [live_place(HOME, "Elever"), *live])


def told(found: Differences) -> list[tuple[str, str, str]]:
    return [(change.action.value, change.key.kind, change.key.part or change.key.target) for change in found.changes]


def codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def only(found: Differences) -> Change:
    (change,) = found.changes
    return change


def test_equal_is_no_change_and_is_counted() -> None:
    found = on_home([setting(HOME, "Incognito", mode=1)], [live_setting(HOME, "Incognito", mode=1)])

    assert found.changes == ()
    assert found.unchanged == {"group": 1, "setting": 1}


def test_a_value_that_is_lacking_is_created() -> None:
    assert told(on_home([setting(HOME, "Incognito", mode=1)], [])) == [("create", "setting", "Incognito")]


def test_a_value_that_differs_is_updated_with_our_fields_only() -> None:
    change = only(on_home([setting(HOME, "Tabs", on=True)], [live_setting(HOME, "Tabs", on=1, theirs="x")]))

    assert (change.action, change.before, change.after) == (Action.UPDATE, {"on": 1}, {"on": True})
    assert [(one.field, one.before, one.after) for one in change.fields] == [("on", 1, True)]


def test_a_field_that_the_documents_do_not_speak_of_is_no_difference() -> None:
    assert on_home([setting(HOME, "Tabs", on=True)], [live_setting(HOME, "Tabs", on=True, theirs="x")]).changes == ()


@pytest.mark.parametrize("source", [Source.INHERITED, Source.DEFAULT])
def test_an_equal_value_that_is_not_direct_is_a_create_that_pins(source: Source) -> None:
    change = only(on_home([setting(HOME, "Incognito", mode=1)], [live_setting(HOME, "Incognito", source, mode=1)]))

    assert (change.action, change.pins, change.before) == (Action.CREATE, True, None)


def test_another_inherited_value_is_a_create_that_pins_nothing() -> None:
    inherited = live_setting(HOME, "Incognito", Source.INHERITED, mode=0)

    assert only(on_home([setting(HOME, "Incognito", mode=1)], [inherited])).pins is False


def test_a_direct_value_counts_before_the_inherited_one_of_the_same_key() -> None:
    live = [live_setting(HOME, "I", Source.INHERITED, mode=0), live_setting(HOME, "I", mode=1)]

    assert on_home([setting(HOME, "I", mode=1)], live).changes == ()


def test_what_nobody_wants_is_reset_where_all_is_ours() -> None:
    change = only(on_home([], [live_setting(HOME, "Tabs", on=True)]))

    assert (change.action, change.before, change.after, change.destroys) == (Action.DELETE, {"on": True}, None, True)


def test_an_inherited_value_that_nobody_wants_is_nobodys_to_reset() -> None:
    assert on_home([], [live_setting(HOME, "Tabs", Source.INHERITED, on=True)]).changes == ()


def test_what_nobody_wants_is_kept_and_counted_where_only_lines_are_ours() -> None:
    found = on_home([], [live_setting(HOME, "A", x=1), live_setting(HOME, "B", x=1)], owns="listed")

    assert found.changes == ()
    assert [(note.code, note.values) for note in found.notes] == [
        ("KEPT-FOREIGN-VALUES", {"target": "norrskolan/elever", "count": "2", "what": "A\nB"})
    ]


@pytest.mark.parametrize("owns", ["all", "listed"])
def test_inherit_gives_a_direct_value_back(owns: str) -> None:
    change = only(on_home([gives_back(HOME, "Tabs")], [live_setting(HOME, "Tabs", on=True)], owns))

    assert (change.action, change.after, change.facts["inherit"]) == (Action.DELETE, None, True)


def test_inherit_where_nothing_is_direct_is_no_change() -> None:
    assert on_home([gives_back(HOME, "T")], [live_setting(HOME, "T", Source.INHERITED, on=True)]).changes == ()


def test_a_new_group_and_its_values_are_created() -> None:
    found = diff([place(HOME, "Elever"), setting(HOME, "A", x=1)], [target(HOME)], [])

    assert told(found) == [("create", "group", HOME), ("create", "setting", "A")]


def test_a_rename_is_one_update_and_the_values_come_along() -> None:
    old = "@norrskolan/gamla"
    wanted = [place(HOME, "Elever", previous=[old]), setting(HOME, "A", x=1)]

    change = only(diff(wanted, [target(HOME)], [live_place(old, "Elever", id_="7"), live_setting(old, "A", x=1)]))

    assert (change.action, change.key.target, change.vendor_id) == (Action.UPDATE, HOME, "7")
    assert [(one.field, one.before, one.after) for one in change.fields] == [
        ("mark", "group/norrskolan/gamla", "group/norrskolan/elever")
    ]


def test_a_group_that_nobody_wants_is_deleted_and_before_it_what_is_seen_on_it() -> None:
    inherited = live_setting(HOME, "B", Source.INHERITED, y=1)
    found = diff([], [], [live_place(HOME, "Elever", id_="7"), live_setting(HOME, "A", x=1), inherited])

    assert [(change.action, change.vendor_id, change.label) for change in found.changes] == [
        (Action.DELETE, "7", "Elever"),
        (Action.DELETE, "", "A"),
    ]
    assert found.owned == {"group": 1, "setting": 1}


def test_what_is_left_of_a_group_that_somebody_deleted_goes_too() -> None:
    assert told(diff([], [], [live_setting(HOME, "A", x=1)])) == [("delete", "setting", "A")]


@pytest.mark.parametrize("unread", [("group", ""), ("membership", ""), ("setting", "@annan/grupp")])
def test_nothing_of_a_group_that_nobody_wants_goes_while_something_is_unread(unread: tuple[str, str]) -> None:
    found = diff([], [], [live_place(HOME, "Elever"), live_setting(HOME, "A", x=1)], unread=[unread])

    assert [change for change in found.changes if change.key.kind == "setting"] == []


def test_values_of_a_group_of_which_there_are_two_stay() -> None:
    twins = [live_place(HOME, "Elever", id_="7"), live_place(HOME, "Elever", id_="8")]

    assert diff([], [], [*twins, live_setting(HOME, "A", x=1)]).changes == ()


def test_apps_that_others_gave_a_directory_group_are_kept_and_named() -> None:
    live = [
        Live(
            key=Key(kind="assignment", target="group:Personal", part="iosVppApp:se.spel"),
            fields={"intent": "available"},
            facts={"app_name": "Spelet\n2"},
        )
    ]
    (note,) = diff([], [target("group:Personal", "listed")], live).notes

    assert (note.code, note.values["what"]) == ("KEPT-FOREIGN-APPS", "iosVppApp:se.spel\tSpelet 2")


def test_apps_lie_on_the_whole_system_and_need_no_place() -> None:
    """Those that we made: what nobody wants of them is deleted, what is lacking is made."""

    def catalogued(part: str) -> Resource:
        return Resource(key=Key(kind="app", target="@", part=part), fields={"name": part}, label=part)

    def live_app(part: str) -> Live:
        return Live(key=Key(kind="app", target="@", part=part), fields={"name": part}, vendor_id=f"id-{part}")

    wanted = [catalogued("winGetApp:Mozilla.Firefox"), catalogued("windowsWebApp:https://a.se/")]
    live = [live_app("windowsWebApp:https://a.se/"), live_app("windowsWebApp:https://b.se/")]

    found = diff(wanted, [target("@")], live)

    assert told(found) == [
        ("create", "app", "winGetApp:Mozilla.Firefox"),
        ("delete", "app", "windowsWebApp:https://b.se/"),
    ]
    assert (found.unchanged, found.owned, found.findings) == ({"app": 1}, {"app": 2, "group": 0}, ())
    assert diff(wanted, [target("@")], live, unread=[("app", "")]).changes == ()


def test_adopting_a_group_marks_it_and_gives_its_foreign_values_back_in_one_visible_change() -> None:
    live = [live_place("ou:/Elever", "Elever", id_="7"), live_setting("ou:/Elever", "Theirs", y=2)]
    live += [live_setting("ou:/Elever", "Ours", x=0)]

    found = diff([place(HOME, "Elever"), setting(HOME, "Ours", x=1)], [target(HOME)], live)

    assert told(found) == [("adopt", "group", HOME), ("update", "setting", "Ours"), ("adopt", "target", HOME)]
    taken = found.changes[2]
    assert taken.resets == {"Theirs": {"y": 2}}
    assert (taken.before, taken.destroys) == (taken.after, True)


def test_taking_an_existing_target_over_whole_is_one_change_with_all_its_foreign_values() -> None:
    live = [live_place(PUPILS, "Norrskolan"), *(live_setting(PUPILS, f"S{n}", x=n) for n in range(20))]

    change = only(diff([], [target(PUPILS)], live))

    assert (change.action, change.key) == (Action.ADOPT, Key(kind="target", target=PUPILS))
    assert (change.before, change.after) == ({"mark": ""}, {"mark": "users/norrskolan/elever"})
    assert len(change.resets) == 20


def test_a_target_that_was_taken_over_has_its_foreign_values_reset_one_by_one() -> None:
    marked = Live(key=Key(kind="group", target=PUPILS), fields={"name": "N"}, mark=live_place(HOME, "x").mark)

    assert told(diff([], [target(PUPILS)], [marked, live_setting(PUPILS, "A", x=1)])) == [("delete", "setting", "A")]


def test_a_target_with_another_organisations_mark_is_refused_whole() -> None:
    foreign = live_place(PUPILS, "Norrskolan", org="somebody-else")

    found = diff([setting(PUPILS, "A", x=1)], [target(PUPILS, "listed")], [foreign])

    assert (found.changes, codes(found.findings)) == ((), ["FOREIGN-MARK"])


def test_a_missing_target_is_an_error_on_itself_alone() -> None:
    wanted = [setting(PUPILS, "A", x=1), setting("ou:/Elever/Annan", "A", x=1)]

    found = diff(wanted, [target(PUPILS, "listed"), target("ou:/Elever/Annan", "listed")], [], missing=[PUPILS])

    assert [change.key.target for change in found.changes] == ["ou:/Elever/Annan"]
    assert [(one.code, one.subject) for one in found.findings] == [("TARGET-MISSING", PUPILS)]


def test_a_target_that_was_not_read_is_not_planned_and_its_kind_loses_nothing_anywhere() -> None:
    other = "@norrskolan/andra"
    wanted = [place(HOME, "E"), place(other, "A"), setting(HOME, "New", x=1), setting(other, "New", x=1)]
    live = [live_place(HOME, "E"), live_place(other, "A"), live_setting(other, "Gone", x=1)]

    found = diff(wanted, [target(HOME), target(other)], live, unread=[("setting", HOME)])

    assert told(found) == [("create", "setting", "New")]
    assert found.changes[0].key.target == other
    assert codes(found.findings) == ["UNREAD-SETTING"]


def test_other_kinds_go_on_where_one_was_not_read() -> None:
    found = diff(
        [place(HOME, "E"), setting(HOME, "S", x=1), app(HOME, "kami", mode="FORCED")],
        [target(HOME)],
        [live_place(HOME, "E")],
        unread=[("setting", "")],
    )

    assert told(found) == [("create", "assignment", "kami")]


def test_without_the_groups_nothing_of_ours_is_planned() -> None:
    wanted = [place(HOME, "E"), setting(HOME, "A", x=1), setting(PUPILS, "A", x=1)]

    found = diff(wanted, [target(HOME), target(PUPILS, "listed")], [], unread=[("group", "")])

    assert [change.key.target for change in found.changes] == [PUPILS]


@pytest.mark.parametrize("kind", ["group", "membership"])
def test_no_group_is_deleted_while_groups_or_devices_are_unread(kind: str) -> None:
    assert diff([], [], [live_place(HOME, "E")], unread=[(kind, "ou:/x")]).changes == ()


def test_values_of_two_groups_with_one_key_are_left_alone() -> None:
    live = [live_place(HOME, "E", id_="1"), live_place(HOME, "E", id_="2"), live_setting(HOME, "Foreign", x=1)]

    found = diff([place(HOME, "E"), setting(HOME, "A", x=1)], [target(HOME)], live)

    assert (found.changes, codes(found.findings)) == ((), ["TWO-LIVE-ONE-KEY"])


def test_what_is_ours_is_counted_for_the_limits() -> None:
    live = [live_setting(HOME, "A", x=1), live_setting(HOME, "B", x=1)]

    assert on_home([setting(HOME, "A", x=1)], live).owned == {"group": 1, "setting": 2}
    assert on_home([setting(HOME, "A", x=1)], live, owns="listed").owned == {"group": 1, "setting": 1}
