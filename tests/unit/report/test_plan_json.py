import json

from reconciler.model.change import Action, Note
from reconciler.report.plan_json import plan_json
from tests.unit.report.plans import ALLOWED, BLOCKED, INCOGNITO, because, make_change, make_move, make_plan, touches

BLOCK = make_change(
    Action.UPDATE,
    "setting",
    "ou:/Elever",
    INCOGNITO,
    before=ALLOWED,
    after=BLOCKED,
    label="incognito",
    effect=touches(74, "norrskolan/elever-4-6", pupils=70),
    why=because("schools/norrskolan.yaml", 23),
    fingerprint="f" * 32,
)
ADOPT = make_change(Action.ADOPT, "target", "ou:/Personal", after={"mark": "x"}, destroys=True, resets={"s": {"a": 1}})


def test_a_change_for_a_program() -> None:
    (change,) = json.loads(plan_json(make_plan(BLOCK)))["changes"]

    assert change == {
        "actions": ["update"],
        "key": {"kind": "setting", "target": "ou:/Elever", "part": "chrome.users.IncognitoMode"},
        "backend": "chrome",
        "label": "incognito",
        "fields": [
            {
                "field": "incognitoModeAvailability",
                "before": "INCOGNITO_MODE_AVAILABILITY_ENUM_AVAILABLE",
                "after": "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE",
            }
        ],
        "resets": {},
        "move": None,
        "destroys": False,
        "pins": False,
        "by_hand": False,
        "origin": "not-evaluated",
        "why": [
            {
                "layer": "group",
                "owner": "norrskolan/elever-4-6",
                "file": "schools/norrskolan.yaml",
                "line": 23,
                "column": 1,
            }
        ],
        "effect": {
            "devices": 74,
            "pupils": 70,
            "staff_devices": 0,
            "on_removal": None,
            "schools": ["norrskolan"],
            "groups": ["norrskolan/elever-4-6"],
            "disruption": "none",
        },
        "depends_on": [],
        "fingerprint": "f" * 32,
    }


def test_whether_anything_goes_is_one_test() -> None:
    plan = json.loads(plan_json(make_plan(BLOCK, ADOPT)))

    assert [change["actions"] for change in plan["changes"]] == [["update"], ["adopt", "delete"]]
    assert plan["summary"]["destructive"] == 1


def test_absent_is_not_null() -> None:
    change = make_change(Action.UPDATE, "setting", "ou:/x", "s", before={"a": None, "c": 1}, after={"b": None, "c": 2})
    (shown,) = json.loads(plan_json(make_plan(change)))["changes"]

    assert shown["fields"] == [
        {"field": "a", "before": None},
        {"field": "b", "after": None},
        {"field": "c", "before": 1, "after": 2},
    ]


def test_what_is_held_says_what_it_waits_for() -> None:
    note = Note(code="HELD-WITH", backend="chrome", subject=str(BLOCK.key), values={"on": "group:@norrskolan"})
    (held,) = json.loads(plan_json(make_plan(held=(BLOCK,), notes=(note,))))["held"]

    assert held["waits_for"] == "group:@norrskolan"


def test_a_move_is_an_envelope() -> None:
    (change,) = json.loads(plan_json(make_plan(make_move("outside", "norrskolan/vagn-1", 30))))["changes"]

    assert change["move"] == {"from": "outside", "into": "norrskolan/vagn-1", "at_most": 30}
    assert change["effect"]["devices"] == 30
