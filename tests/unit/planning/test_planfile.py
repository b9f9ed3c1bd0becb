"""The saved plan: what comes back, and each reason to refuse it by its own code."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reconciler.model.change import (
    Action,
    ApplyResult,
    Change,
    ChangeResult,
    Effect,
    Envelope,
    FieldChange,
    Member,
    Note,
    Outcome,
    Plan,
    Proposal,
    Why,
)
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer, Position
from reconciler.model.resource import Key, Outstanding
from reconciler.planning.planfile import (
    PlanRefused,
    check_applicable,
    read_either,
    read_plan,
    read_result,
    write_plan,
    write_result,
)
from tests.unit.planning.building import DAY, ORG, TENANT

LINE = Position(file="schools/å.yaml", line=3, column=5)
FULL = Change(
    action=Action.ADOPT,
    key=Key(kind="target", target="ou:/Elever/Åk 4", part="x"),
    backend="chrome",
    label="Åk 4",
    vendor_id="03ph8a2z",
    before={"a": None, "b": True, "c": [1, {"d": 1.5}]},
    after={},
    fields=(FieldChange(field="a", before=None, has=False), FieldChange(field="b", after=[True], had=False)),
    compare={"c": "set"},
    members=(Member(device="d-1", before=("ou:/",), after=("@a/b",)),),
    envelope=Envelope(source="outside", into="a/b", at_most=1),
    resets={"Part": {"v": 0}},
    pins=True,
    by_hand=True,
    destroys=True,
    proposal=Proposal.STANDING,
    why=(Why(layer="group", owner="a/b", position=LINE), Why(layer="", owner="", position=None)),
    effect=Effect(devices=2, pupils=3, schools=("a",), groups=("a/b",), disruption="restart"),
    depends_on=(Key(kind="group", target="@a/b"),),
    facts={"deep": {"list": [None, False]}},
    fingerprint="f" * 32,
)
PLAN = Plan(
    format=1,
    tool_version="1.0",
    organisation=ORG,
    language="sv",
    as_of=DAY,
    lapses=date(2026, 12, 1),
    digest="sha256:documents",
    tenants=(TENANT,),
    modes={"chrome": "apply"},
    changes=(FULL, Change(action=Action.DELETE, key=Key(kind="group", target="@a/c"), backend="chrome", before={})),
    held=(replace(FULL, proposal=Proposal.PROPOSED),),
    outstanding=(Outstanding(code="O", backend="chrome", subject="s", values={"k": "v"}),),
    notes=(Note(code="N", backend="chrome", values={"k": "<b>"}),),
    findings=(
        Finding(code="F", severity=Severity.WARNING, place=LINE, places={"other": LINE}),
        Finding(code="G", severity=Severity.ERROR, place=Pointer(file="f", path=("a", 0), on_key=True), subject="x"),
        Finding(code="H", severity=Severity.INFO, place=None),
    ),
    unchanged={"setting": 7},
)
RESULT = ApplyResult(
    format=1,
    organisation=ORG,
    results=(
        ChangeResult(
            key=FULL.key,
            backend="chrome",
            fingerprint="f",
            outcome=Outcome.FAILED,
            reason="R",
            values={"a": "b"},
            moved=2,
        ),
    ),
)


def refused(text: str, tool_version: str = "1.0") -> tuple[str, dict[str, str]]:
    with pytest.raises(PlanRefused) as caught:
        read_plan(text, tool_version=tool_version)
    return caught.value.code, dict(caught.value.values)


def test_a_plan_comes_back_as_it_was() -> None:
    assert read_plan(write_plan(PLAN), tool_version="1.0") == PLAN


def test_what_comes_back_is_written_the_same() -> None:
    text = write_plan(PLAN)

    assert write_plan(read_plan(text, tool_version="1.0")) == text


def test_a_result_comes_back_as_it_was() -> None:
    assert read_result(write_result(RESULT)) == RESULT


def test_either_is_told_apart() -> None:
    assert read_either(write_plan(PLAN), tool_version="1.0") == PLAN
    assert read_either(write_result(RESULT), tool_version="1.0") == RESULT


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda text: text.replace('"at_most": 1', '"at_most": 2'), id="a number"),
        pytest.param(lambda text: text.replace('"b": true', '"b": 1'), id="true for 1"),
        pytest.param(lambda text: text.replace('"label": "Åk 4"', '"label": "Åk 5"'), id="a letter"),
        pytest.param(lambda text: text.replace('"seal": "sha256:', '"seal": "sha256:0'), id="the seal"),
        pytest.param(lambda text: text.replace('"seal"', '"stamp"'), id="no seal"),
    ],
)
def test_an_edited_plan_is_damaged(edit: object) -> None:
    text = write_plan(PLAN)
    edited = edit(text)  # type: ignore[operator]
    assert edited != text

    assert refused(edited) == ("PLAN-DAMAGED", {"where": "seal"})


def test_a_cut_plan_is_damaged() -> None:
    text = write_plan(PLAN)

    assert refused(text[: len(text) // 2]) == ("PLAN-DAMAGED", {"where": "JSON"})


@pytest.mark.parametrize("text", ["", "hej", "[]", "{}", '{"kind": "other"}', "\x00", write_result(RESULT)])
def test_anything_else_is_not_a_plan(text: str) -> None:
    assert refused(text)[0] == "PLAN-NOT-A-PLAN"


def test_another_versions_plan_is_refused_by_name() -> None:
    assert refused(write_plan(PLAN), "2.0") == ("PLAN-OTHER-VERSION", {"theirs": "1.0", "ours": "2.0"})


def test_an_unknown_format_is_refused_before_anything_is_read_into_it() -> None:
    text = write_plan(replace(PLAN, format=2))

    assert refused(text) == ("PLAN-UNKNOWN-FORMAT", {"theirs": "2", "ours": "1"})


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"unheard_of": 1}, "unheard_of"),
        ({"changes": [{"action": "explode"}]}, "changes[0].action"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"unchanged": {"setting": True}}, "unchanged.setting"),
        ({"changes": {}}, "changes"),
        ({"tenants": [{"backend": "chrome"}]}, "tenants[0].kind"),
    ],
)
def test_a_well_sealed_plan_with_what_no_plan_has_is_refused_at_the_place(
    change: dict[str, object], where: str
) -> None:
    from reconciler.planning import planfile

    document = json.loads(write_plan(PLAN))
    document["body"] |= change
    document["seal"] = planfile._seal(document["body"])

    assert refused(json.dumps(document)) == ("PLAN-DAMAGED", {"where": where})


def applicable(plan: Plan = PLAN, **changed: object) -> list[tuple[str, str]]:
    known = {
        "now": DAY,
        "tenants": [TENANT],
        "digest": "sha256:documents",
        "modes": {"chrome": "apply"},
        **changed,
    }
    return [(finding.code, finding.subject) for finding in check_applicable(plan, **known)]  # type: ignore[arg-type]


def test_a_plan_that_fits_is_applicable() -> None:
    assert applicable() == []
    assert applicable(now=date(2026, 11, 30)) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"now": date(2026, 12, 1)}, [("PLAN-LAPSED", "")]),
        ({"now": date(2026, 11, 20)}, [("PLAN-FOR-LATER", "")]),
        ({"digest": "sha256:other"}, [("PLAN-OLDER-STATE", "")]),
        ({"tenants": [replace(TENANT, identity="C0999")]}, [("PLAN-OTHER-TENANT", "chrome")]),
        ({"tenants": []}, [("PLAN-OTHER-TENANT", "chrome")]),
        ({"modes": {"chrome": "observe"}}, [("BACKEND-OBSERVE", "chrome")]),
        ({"modes": {}}, [("BACKEND-OBSERVE", "chrome")]),
    ],
)
def test_each_reason_has_its_own_message(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert applicable(**changed) == expected


def test_a_plan_without_changes_may_be_for_a_backend_that_is_observed() -> None:
    assert applicable(replace(PLAN, changes=()), modes={"chrome": "observe"}) == []
