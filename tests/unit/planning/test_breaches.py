"""Which changes a rule's breach holds."""

from dataclasses import replace

import pytest

from reconciler.model.change import Action, Change, Effect, Proposal, Why
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Pointer, Position
from reconciler.model.policy import Expression, Guardrail, RuleEffect, RuleSource, SubjectKind
from reconciler.model.resource import Key
from reconciler.planning.breaches import breaches_in, would_make

LINE = Position(file="schools/norr.yaml", line=20, column=9)


def locate(place: Place) -> Position:
    assert isinstance(place, Position)
    return place


def breach(subject: str) -> Finding:
    return Finding(code="RULE-NOT-MET", severity=Severity.ERROR, place=LINE, subject=subject)


def change(
    kind: str, target: str = "@norr/klass", *, action: Action = Action.CREATE, proposal: Proposal = Proposal.PROPOSED
) -> Change:
    return Change(
        action=action,
        key=Key(kind=kind, target=target, part="x"),
        backend="chrome",
        label="kami" if kind == "assignment" else "",
        proposal=proposal,
        why=(Why(layer="group", owner="norr/klass", position=LINE),),
        effect=Effect(groups=("norr/klass",), schools=("norr",)),
    )


def held(subject: str, one: Change) -> bool:
    return would_make(one, None, breaches_in([breach(subject)], locate))


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("norr/klass:app:kami", True),
        ("norr/klass:app:scratch", False),
        ("norr/annan:app:kami", False),
        ("app:kami", True),
        ("app:scratch", False),
        ("norr/klass", True),
        ("norr/annan", False),
        ("norr", True),
        ("syd", False),
    ],
)
def test_an_app_is_held_for_its_own_breach(subject: str, expected: bool) -> None:
    assert held(subject, change("assignment")) is expected


def test_an_app_for_all_users_of_a_layer_is_held_for_a_group_that_it_reaches() -> None:
    assert held("norr/klass:app:kami", change("assignment", "ou:/Elever/Norr"))
    assert not held("norr/klass:app:scratch", change("assignment", "ou:/Elever/Norr"))


def test_a_setting_is_held_by_the_line_that_made_it_so() -> None:
    elsewhere = Finding(
        code="RULE-NOT-MET",
        severity=Severity.ERROR,
        place=Position(file="schools/norr.yaml", line=21, column=9),
        subject="norr/klass:setting:printing",
    )

    assert held("norr/klass:setting:incognito", change("setting"))
    assert not would_make(change("setting"), None, breaches_in([elsewhere], locate))


@pytest.mark.parametrize("subject", ["norr/klass:app:kami", "norr/klass", "norr", "app:kami"])
def test_taking_something_away_makes_no_breach(subject: str) -> None:
    assert not held(subject, change("assignment", action=Action.DELETE))


def asks(name: str, require: str) -> Guardrail:
    at = Pointer(file="policies/guardrails/prov.yaml")
    return Guardrail(
        id=name,
        effect=RuleEffect.BLOCK,
        owner="it",
        on=SubjectKind.GROUP,
        require=Expression(text=require, at=at),
        message={},
        source=RuleSource(kind="need", text="x"),
        at=at,
    )


@pytest.mark.parametrize(
    ("kind", "subject", "rule", "proposal", "expected"),
    [
        ("setting", "norr/klass", "reads-settings", Proposal.PROPOSED, True),
        ("setting", "norr/klass", "reads-settings", Proposal.NOT_EVALUATED, True),
        ("setting", "norr/klass", "reads-settings", Proposal.STANDING, False),
        ("setting", "norr/annan", "reads-settings", Proposal.PROPOSED, False),
        ("setting", "norr/klass", "reads-apps", Proposal.PROPOSED, False),
        ("assignment", "norr/klass", "reads-settings", Proposal.PROPOSED, False),
    ],
)
def test_a_setting_that_goes_breaches_a_rule_that_asks_for_it(
    kind: str, subject: str, rule: str, proposal: Proposal, *, expected: bool
) -> None:
    found = replace(breach(subject), values={"rule": rule})
    one = change(kind, action=Action.DELETE, proposal=proposal)
    rules = [asks("reads-settings", "'incognito' in group.settings"), asks("reads-apps", "size(group.apps) > 0")]

    assert would_make(one, None, breaches_in([found], locate, rules=rules)) is expected


@pytest.mark.parametrize("subject", ["norr/klass:app:kami", "norr/klass"])
def test_what_was_wanted_before_did_not_make_it(subject: str) -> None:
    assert not held(subject, change("assignment", proposal=Proposal.STANDING))
    assert held(subject, change("assignment", proposal=Proposal.NOT_EVALUATED))


def test_other_findings_are_no_breaches() -> None:
    other = Finding(code="RULE-FAILED", severity=Severity.ERROR, place=LINE, subject="norr/klass")

    assert not would_make(change("assignment"), None, breaches_in([other], locate))
