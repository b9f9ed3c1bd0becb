"""Where many settings are one thing for the system, a change is told by the settings that differ and by no others."""

from dataclasses import replace

from reconciler.model.desired import Layer, Origin
from reconciler.model.place import Json, Place, Pointer, Position
from reconciler.model.resource import Behind, Key, Live, Resource
from reconciler.planning.changes import creation, updating
from reconciler.planning.effect import count_people, effect_of
from reconciler.planning.positions import why_of
from tests.unit.planning.building import group, school, state

PEOPLE = count_people(state(school("norr", [group("elever")], {})), {"1": "@norr/elever"})


def line(number: int) -> Origin:
    return Origin(
        layer=Layer.GROUP, owner="norr/elever", value="x", at=Pointer(file="schools/norr.yaml", path=(number,))
    )


POLICY = Resource(
    key=Key(kind="setting", target="@norr/elever", part="iosGeneralDeviceConfiguration"),
    fields={"cameraBlocked": True, "eraseBlocked": True, "name": "Norr: iPad"},
    origins=(line(1), line(2)),
    groups=("norr/elever",),
    disruption="lost-data",
    behind={
        "cameraBlocked": Behind(origins=(line(1),), disruption="none"),
        "eraseBlocked": Behind(origins=(line(2),), disruption="lost-data"),
    },
)


def locate(at: Place) -> Position:
    return Position(file=at.file, line=int(str(at.path[0])), column=1) if isinstance(at, Pointer) else at


def lines_of(change_fields: dict[str, Json]) -> tuple[list[int], str, bool]:
    live = Live(key=POLICY.key, fields={**POLICY.fields, **change_fields}, vendor_id="7")
    change = updating(POLICY, live, live.fields, "intune")
    why = why_of(POLICY, None, locate, change.fields)
    effect = effect_of(change, POLICY, None, PEOPLE)
    return [one.position.line for one in why if one.position], effect.disruption, change.destroys


def test_a_setting_that_disturbs_nobody_is_not_told_with_what_its_neighbour_would_do() -> None:
    assert lines_of({"cameraBlocked": False}) == ([1], "none", False)


def test_a_setting_that_loses_data_says_so() -> None:
    assert lines_of({"eraseBlocked": False}) == ([2], "lost-data", True)


def test_a_name_alone_has_all_lines_behind_it_and_disturbs_nobody() -> None:
    assert lines_of({"name": "Norr"}) == ([1, 2], "none", False)


def test_what_is_made_is_told_whole() -> None:
    change = creation(POLICY, "intune")
    assert effect_of(change, POLICY, None, PEOPLE).disruption == "lost-data"
    assert change.destroys


def test_a_thing_whose_settings_are_not_told_apart_is_judged_as_one() -> None:
    whole = replace(POLICY, behind={})
    live = Live(key=whole.key, fields={**whole.fields, "cameraBlocked": False}, vendor_id="7")
    assert updating(whole, live, live.fields, "intune").destroys
