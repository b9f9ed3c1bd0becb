"""What comes before what, and what waits for what."""

from dataclasses import replace

from reconciler.model.change import Action, Change
from reconciler.model.resource import Key, Live, Resource
from reconciler.planning.changes import creation, deletion, updating
from reconciler.planning.hold import with_dependants
from reconciler.planning.order import in_order, with_dependencies
from tests.unit.planning.building import app, live_place, live_setting, place, setting

SCHOOL, HOME, OLD = "@norrskolan", "@norrskolan/elever", "@norrskolan/gammal"


def move(source: str, into: str) -> Change:
    key = Key(kind="membership", target=into, part=source)
    return Change(action=Action.UPDATE, key=key, backend="chrome")


def ordered(changes: list[Change], wanted: list[Resource]) -> list[Change]:
    return in_order(with_dependencies(changes, {resource.key: resource for resource in wanted}))


def names(changes: list[Change]) -> list[str]:
    return [f"{change.action} {change.key}" for change in changes]


def test_from_nothing_to_all_and_away_again() -> None:
    school, group = place(SCHOOL, "Norrskolan", "@"), place(HOME, "Elever", SCHOOL)
    value, kami = setting(HOME, "Incognito", mode=1), app(HOME, "kami", mode="FORCED")
    gone = live_place(OLD, "Gammal", SCHOOL)
    takeover = Change(action=Action.ADOPT, key=Key(kind="target", target="ou:/Elever"), backend="chrome")
    reset = live_setting(HOME, "Tabs", on=True)
    changes = [
        deletion(gone, gone.key, "chrome"),
        deletion(reset, reset.key, "chrome"),
        move(OLD, HOME),
        takeover,
        *(creation(one, "chrome") for one in (kami, value, group, school)),
    ]

    found = ordered(changes, [school, group, value, kami])

    assert names(found) == [
        "create group:@norrskolan",
        "create group:@norrskolan/elever",
        "create setting:@norrskolan/elever:Incognito",
        "create assignment:@norrskolan/elever:kami",
        "adopt target:ou:/Elever",
        "update membership:@norrskolan/elever:@norrskolan/gammal",
        "delete setting:@norrskolan/elever:Tabs",
        "delete group:@norrskolan/gammal",
    ]


def test_a_place_goes_after_its_values_and_those_after_its_devices() -> None:
    gone, value, kami = live_place(OLD, "Gammal", SCHOOL), live_setting(OLD, "Tabs", on=True), _live_app(OLD, "kami")
    changes = [deletion(one, one.key, "entra") for one in (gone, value, kami)]

    found = ordered([*changes, move(OLD, HOME)], [])

    assert names(found) == [
        "update membership:@norrskolan/elever:@norrskolan/gammal",
        "delete setting:@norrskolan/gammal:Tabs",
        "delete assignment:@norrskolan/gammal:kami",
        "delete group:@norrskolan/gammal",
    ]
    assert with_dependants(found, {found[0].key}) == {change.key for change in found}


def test_an_app_is_made_before_it_is_assigned_and_deleted_when_nobody_has_it() -> None:
    new, old = Key(kind="app", target="@", part="winGetApp:ny"), Key(kind="app", target="@", part="winGetApp:gammal")
    made = Resource(key=new, fields={"name": "Ny"})
    assigned = replace(app(HOME, "winGetApp:ny", intent="required"), depends_on=(new,))
    removed = Live(key=old, fields={"name": "Gammal"})
    ended = [_live_app(HOME, "winGetApp:gammal"), _live_app("group:Personal", "winGetApp:gammal")]
    changes = [
        *(deletion(one, one.key, "entra") for one in (removed, *ended)),
        *(creation(one, "entra") for one in (assigned, made)),
    ]

    found = ordered(changes, [made, assigned])

    assert names(found) == [
        "create app:@:winGetApp:ny",
        "create assignment:@norrskolan/elever:winGetApp:ny",
        "delete assignment:@norrskolan/elever:winGetApp:gammal",
        "delete assignment:group:Personal:winGetApp:gammal",
        "delete app:@:winGetApp:gammal",
    ]
    assert found[1].depends_on == (new,)
    assert found[4].depends_on == (found[2].key, found[3].key)


def _live_app(target: str, part: str) -> Live:
    return Live(key=Key(kind="assignment", target=target, part=part), fields={"intent": "required"})


def test_dependencies_are_keys_of_changes_in_the_plan() -> None:
    group, value = place(HOME, "Elever", SCHOOL), setting(HOME, "Incognito", mode=1)
    gone = live_place(OLD, "Gammal", SCHOOL)

    found = ordered(
        [creation(group, "chrome"), creation(value, "chrome"), move(OLD, HOME), deletion(gone, gone.key, "chrome")],
        [group, value],
    )

    assert [change.depends_on for change in found] == [
        (),  # the school is there already
        (Key(kind="group", target=HOME),),
        (Key(kind="group", target=HOME),),
        (Key(kind="membership", target=HOME, part=OLD),),
    ]


def test_children_are_deleted_before_their_parent_and_moved_out_of_it_first() -> None:
    parent, child = live_place(SCHOOL, "Norr"), live_place(OLD, "Gammal", SCHOOL)
    moved = place("@soderskolan/elever", "Elever", "@soderskolan")
    live = live_place("@soderskolan/elever", "Elever", SCHOOL)
    changes = [
        deletion(parent, parent.key, "chrome"),
        deletion(child, child.key, "chrome"),
        updating(moved, live, live.fields, "chrome"),
    ]

    found = ordered(changes, [moved])

    assert names(found) == [
        "update group:@soderskolan/elever",
        "delete group:@norrskolan/gammal",
        "delete group:@norrskolan",
    ]
    assert set(found[2].depends_on) == {changes[1].key, changes[2].key}


def test_what_an_adapter_says_goes_before_is_before() -> None:
    first, second = app(HOME, "z", mode="FORCED"), app(HOME, "a", mode="x")
    second = replace(second, depends_on=(first.key,))

    found = ordered([creation(second, "chrome"), creation(first, "chrome")], [first, second])

    assert [change.key.part for change in found] == ["z", "a"]


def test_a_cycle_is_cut_and_nothing_is_lost() -> None:
    one, two = app(HOME, "a", mode="x"), app(HOME, "b", mode="x")
    one, two = replace(one, depends_on=(two.key,)), replace(two, depends_on=(one.key,))

    found = ordered([creation(two, "chrome"), creation(one, "chrome")], [one, two])

    assert [change.key.part for change in found] == ["a", "b"]


def test_dependants_are_found_however_far_off() -> None:
    keys = [Key(kind="group", target=f"@s/{n}") for n in range(4)]
    chain = [
        Change(action=Action.CREATE, key=key, backend="chrome", depends_on=(keys[n - 1],) if n else ())
        for n, key in enumerate(keys)
    ]

    assert with_dependants(list(reversed(chain)), {keys[1]}) == {keys[1], keys[2], keys[3]}
