"""What a reader of the terminal's text finds, and in which order."""

from dataclasses import replace

import pytest

from reconciler.model.change import Action, Change, Note, Proposal
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Outstanding
from reconciler.report.plan_text import plan_text
from tests.unit.report.plans import (
    ALLOWED,
    BLOCKED,
    INCOGNITO,
    INSTALL,
    because,
    make_change,
    make_move,
    make_plan,
    touches,
)

BLOCK = make_change(
    Action.UPDATE,
    "setting",
    "ou:/Elever/Norrskolan",
    INCOGNITO,
    before=ALLOWED,
    after=BLOCKED,
    label="incognito",
    effect=touches(74, "norrskolan/elever-4-6", pupils=74),
    why=because("schools/norrskolan.yaml", 23),
)
REMOVE_APP = make_change(
    Action.DELETE,
    "assignment",
    "ou:/Elever/Norrskolan",
    f"{INSTALL}|chrome:abc",
    before={"appInstallType": "FORCED"},
    label="Kahoot!",
    effect=touches(74, "norrskolan/elever-4-6", pupils=74),
)


def test_a_change_is_said_in_words_with_its_line_and_whom_it_touches() -> None:
    text = plan_text(make_plan(BLOCK), "sv")

    assert "~ Inkognitoläge: tillåtet → spärrat" in text
    assert "! Inkognitofönster går inte längre att öppna." in text
    assert "74 enheter, 74 elever" in text
    assert "schools/norrskolan.yaml:23" in text


def test_what_takes_away_comes_first_and_loud() -> None:
    text = plan_text(make_plan(BLOCK, REMOVE_APP), "en")

    assert text.index("REMOVED OR LOST (1)") < text.index("- Kahoot!") < text.index("~ Incognito mode")


def test_what_takes_away_comes_first_though_it_stood_already() -> None:
    proposed = replace(BLOCK, proposal=Proposal.PROPOSED)
    standing = replace(REMOVE_APP, proposal=Proposal.STANDING)
    text = plan_text(make_plan(proposed, standing), "en")

    assert "1 change of this pull request. 1 standing already" in text
    assert text.index("REMOVED OR LOST – STANDING ALREADY") < text.index("Added and changed – by this pull request")


def test_loosening_takes_nothing_from_anyone() -> None:
    loosened = replace(BLOCK, before=BLOCKED, after=ALLOWED)

    assert "går inte längre" not in plan_text(make_plan(loosened), "sv")


def test_lost_data_is_loud_without_being_a_deletion() -> None:
    wiping = make_change(
        Action.CREATE,
        "setting",
        "@norrskolan/vagn-1",
        "chrome.devices.WipeUserData",
        after={"ephemeralUsersEnabled": True},
        label="wipe-on-sign-out",
        destroys=True,
        effect=touches(30, "norrskolan/vagn-1", disruption="lost-data"),
    )
    text = plan_text(make_plan(wiping), "en")

    assert "! Files that are only on the device are lost on 30 devices." in text
    assert "REMOVED OR LOST (1)" in text


def test_a_pin_is_counted_apart() -> None:
    pin = make_change(Action.CREATE, "setting", "ou:/Elever", INCOGNITO, after=BLOCKED, pins=True)
    text = plan_text(make_plan(pin), "en")

    assert "1 change: 1 that pins what already holds." in text
    assert "to add" not in text
    assert "no longer be opened" not in text, "nobody loses anything by a pin"


@pytest.mark.parametrize(
    ("part", "before", "facts", "said"),
    [
        (f"{INSTALL}|chrome:a", {"appInstallType": "FORCED"}, {}, "is uninstalled for everyone"),
        (f"{INSTALL}|chrome:a", {"appInstallType": "FORCED"}, {"added_at": "ou:/"}, "What holds above holds instead."),
        (f"{INSTALL}|chrome:a", {"appInstallType": "ALLOWED"}, {}, "Whoever has installed it keeps it."),
        (f"{INSTALL}|chrome:a", {"appInstallType": "BLOCKED"}, {}, "The block ends."),
    ],
)
def test_says_what_removing_an_app_does(part: str, before: dict[str, str], facts: dict[str, str], said: str) -> None:
    change = make_change(Action.DELETE, "assignment", "ou:/Elever", part, before=before, facts=facts)

    assert said in plan_text(make_plan(change), "en")


def test_a_list_shows_what_comes_and_goes() -> None:
    change = make_change(
        Action.UPDATE,
        "setting",
        "ou:/Elever",
        "chrome.users.UrlBlocking",
        before={"urlBlocklist": ["a.example", "b.example"]},
        after={"urlBlocklist": ["b.example", "c.example"]},
        label="url-blocklist",
    )

    assert "Blocked addresses: - a.example; + c.example; 1 unchanged" in plan_text(make_plan(change), "en")


def test_a_vendor_key_that_no_setting_knows_is_shown_as_it_is() -> None:
    change = make_change(Action.CREATE, "setting", "ou:/Elever", "chrome.users.Quite", after={"newField": 3})

    assert "chrome.users.Quite" in plan_text(make_plan(change), "en")
    assert "newField: 3" in plan_text(make_plan(change), "en")


def test_a_live_value_of_an_odd_shape_is_shown_as_it_is() -> None:
    change = make_change(
        Action.UPDATE,
        "setting",
        "ou:/Elever",
        "chrome.users.ManagedBookmarksSetting",
        before={"managedBookmarks": None},
        after={"managedBookmarks": 7},
    )

    assert "managedBookmarks" in plan_text(make_plan(change), "en")


def test_taking_over_names_each_value_that_goes() -> None:
    change = make_change(
        Action.ADOPT,
        "target",
        "ou:/Personal",
        before={"mark": ""},
        after={"mark": "users/x"},
        destroys=True,
        resets={INCOGNITO: BLOCKED, "chrome.users.Quite": {"x": 1}},
    )
    text = plan_text(make_plan(change), "en")

    assert "» /Personal is taken over whole" in text
    assert "Incognito mode: blocked → not set here" in text
    assert "chrome.users.Quite: x: 1 → not set here" in text
    assert "2 values that somebody else set there will be removed" in text


def test_the_same_in_many_places_is_said_once() -> None:
    changes = [
        replace(BLOCK, key=replace(BLOCK.key, target=f"ou:/Elever/{name}"), effect=touches(10, f"{name}/a"))
        for name in ("alskolan", "bskolan", "cskolan")
    ]
    text = plan_text(make_plan(*changes), "en")

    assert text.count("Incognito mode") == 1
    assert "30 devices, 3 schools; for accounts in /Elever/alskolan, /Elever/bskolan and /Elever/cskolan" in text


def apps(number: int, action: Action = Action.CREATE) -> list[Change]:
    fields = {"appInstallType": "ALLOWED"}
    side = {"after": fields} if action is Action.CREATE else {"before": fields}
    return [
        make_change(action, "assignment", "ou:/Elever", f"{INSTALL}|chrome:{n}", label=f"App {n:02}", **side)
        for n in range(number)
    ]


def test_a_long_list_is_folded_with_a_count_and_says_how_to_see_all() -> None:
    text = plan_text(make_plan(*apps(60)), "en", file="plan.json")

    assert "App 09" in text
    assert "App 10" not in text
    assert "… and 50 more of the same" in text
    assert "reconciler show plan.json --all" in text


def test_all_folds_nothing() -> None:
    text = plan_text(make_plan(*apps(60)), "en", everything=True)

    assert "App 59" in text
    assert "more of the same" not in text


def test_what_takes_away_is_never_folded() -> None:
    assert plan_text(make_plan(*apps(60, Action.DELETE)), "en").count("- App") == 60


def test_devices_that_move_are_counted() -> None:
    text = plan_text(make_plan(make_move("norrskolan/forrad", "norrskolan/elever-4-6", 4)), "en")

    assert "4 devices moved here from norrskolan/forrad" in text
    assert "4 devices get a new place." in text


def test_nothing_to_change_is_not_said_where_nothing_could_be_read() -> None:
    failed = Finding(code="GOOGLE-NOT-ALLOWED", severity=Severity.ERROR, place=None)

    assert "Nothing to change" in plan_text(make_plan(), "en")
    assert "Nothing to change" not in plan_text(make_plan(findings=(failed,), tenants=()), "en")
    assert "Nothing to change:" not in plan_text(make_plan(findings=(failed,)), "en")
    assert "files could not be read" not in plan_text(make_plan(findings=(failed,)), "en")


def test_what_is_outstanding_is_told_without_any_change() -> None:
    item = Outstanding(
        code="DO-BY-HAND-CREATE", backend="chrome", subject="x", values={"label": "Scratch", "target": "@norrskolan"}
    )
    text = plan_text(make_plan(outstanding=(item,)), "en")

    assert "1 thing is outstanding" in text
    assert "Scratch" in text


def test_a_backend_that_is_only_read_is_no_call_to_apply() -> None:
    text = plan_text(make_plan(BLOCK, modes={"chrome": "observe"}), "en")

    assert "reconciler apply" not in text
    assert "mode: apply" in text


def test_what_is_held_by_a_limit_shows_the_file_that_would_let_it_through() -> None:
    move = make_move("norrskolan/elever-f-3", "norrskolan/elever-4-6", 88)
    allowance = "id: 2026-11-21-chrome\nbackend: chrome\nmoves:\n  - {from: a/b, into: c/d, at_most: 88}"
    limit = Finding(
        code="LIMIT-MOVES",
        severity=Severity.ERROR,
        place=None,
        subject="limit:chrome:LIMIT-MOVES",
        values={"backend": "chrome", "count": "88", "owned": "900", "limit": "25", "allowance": allowance},
    )
    text = plan_text(make_plan(held=(move,), findings=(limit,)), "en")

    assert "policies/allowances/2026-11-21-chrome.yaml" in text
    assert "      - {from: a/b, into: c/d, at_most: 88}" in text
    assert "88 devices moved here" in text
    assert text.count("The limit is 25") == 1, "told where the changes are held, and not again among the findings"


@pytest.mark.parametrize("width", [40, 60, 100])
def test_lines_keep_to_the_width(width: int) -> None:
    text = plan_text(make_plan(BLOCK, REMOVE_APP), "sv", width=width)
    long = [line for line in text.splitlines() if len(line) > width]

    assert not [line for line in long if " " in line.strip()], "only a word that is wider by itself may stand out"


def test_the_same_plan_gives_the_same_text() -> None:
    plan = make_plan(BLOCK, REMOVE_APP, *apps(30))

    assert plan_text(plan, "sv") == plan_text(plan, "sv")


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_no_code_is_left_without_its_text(lang: str) -> None:
    assert "REPORT-" not in plan_text(make_plan(BLOCK, REMOVE_APP, make_move("outside", "norrskolan/a", 1)), lang)


def test_places_that_many_things_share_are_said_once_above_them() -> None:
    shared = [replace(one, effect=touches(200, "a/x", "b/y", pupils=180)) for one in apps(4)]
    text = plan_text(make_plan(*shared), "en")

    assert text.count("200 devices, 180 pupils, 2 schools; for accounts in /Elever") == 1
    assert text.index("200 devices, 180 pupils, 2 schools; for") < text.index("App 00")


def test_a_bound_on_pupils_is_no_count_of_an_item() -> None:
    both = [
        replace(BLOCK, key=replace(BLOCK.key, target=f"@a/{name}"), effect=touches(10, f"a/{name}", pupils=90))
        for name in ("own", "cart")
    ]
    text = plan_text(make_plan(*both), "en")

    assert "20 devices and at most 180 pupils at 1 school" in text
    assert "      20 devices; in a/own and a/cart" in text


def test_a_plan_for_one_school_says_so_and_claims_nothing_of_the_rest() -> None:
    """A reader must not take the silence about other schools for agreement."""
    only = Note(code="ONLY-SCHOOL", backend="chrome", values={"school": "norrskolan", "count": "3"})
    text = " ".join(plan_text(make_plan(notes=(only,)), "sv").split())

    assert "Planen gäller bara skolan norrskolan. 3 ändringar utanför urvalet visas inte och genomförs inte." in text
    assert "det som finns stämmer med filerna" not in text
    assert text.count("norrskolan") == 1
