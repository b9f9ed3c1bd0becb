"""What `doctor` says when something is not in place: one failure, what it is, and what to do, in both languages."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.credentials.google import Purpose
from reconciler.model.check import Check, CheckOutcome
from reconciler.reconcile.doctor import run_doctor
from reconciler.reconcile.prepare import prepare
from reconciler.sandbox.google import oauth
from reconciler.texts import render
from tests.unit.reconcile.worlds import TODAY, World


def failures(world: World) -> list[Check]:
    found = prepare(world.root, TODAY)
    assert found.documents is not None
    checks = run_doctor(found.documents, world.wiring())
    return [check for check in checks if check.outcome is CheckOutcome.FAILED]


def another_customer(world: World, patch: pytest.MonkeyPatch) -> None:
    world.edit("organisation.yaml", lambda text: text.replace("C0sandbox", "C0annan"))


def no_org_units(world: World, patch: pytest.MonkeyPatch) -> None:
    scopes = {scope for scope in oauth.READ_SCOPES if "orgunit" not in scope}
    patch.setitem(oauth.FIXED_TOKENS, "sandbox-read", frozenset(scopes))


def foreign_host(world: World, patch: pytest.MonkeyPatch) -> None:
    world.edit("organisation.yaml", lambda text: text.replace("root: /Enheter,", "root: /Enheter, host: evil.example,"))


def clock_off(world: World, patch: pytest.MonkeyPatch) -> None:
    world.skew = 3600.0


def token_refused(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.delitem(oauth.FIXED_TOKENS, "sandbox-read")


Break = Callable[[World, pytest.MonkeyPatch], None]


@pytest.mark.parametrize(("purpose", "said"), [(Purpose.PLAN, []), (Purpose.APPLY, ["not-evaluated"])])
def test_only_for_apply_is_the_right_to_write_spoken_of(world: World, purpose: Purpose, said: list[str]) -> None:
    found = prepare(world.root, TODAY)
    assert found.documents is not None
    checks = run_doctor(found.documents, world.wiring(purpose))
    assert [check.outcome.value for check in checks if check.code == "GOOGLE-DOCTOR-WRITE"] == said


def test_nothing_fails_where_all_is_in_place(world: World) -> None:
    assert failures(world) == []


@pytest.mark.parametrize(
    ("broken", "code", "swedish", "english"),
    [
        (another_customer, "GOOGLE-NOT-ALLOWED", "C0annan", "C0annan"),
        (no_org_units, "GOOGLE-SCOPE-LACKING", "Inloggningen saknar en omfattning", "The sign-in lacks a scope"),
        (
            foreign_host,
            "HOST-NOT-BOUND",
            "I organisation.yaml står adressen evil.example, men inloggningen för google är bunden till",
            "organisation.yaml names the host evil.example, but the sign-in for google is bound to",
        ),
        (
            clock_off,
            "GOOGLE-DOCTOR-CLOCK-OFF",
            "Klockan här går 3600 sekunder fel jämfört med Googles.",
            "The clock here is 3600 seconds off from Google's.",
        ),
        (
            token_refused,
            "CREDENTIAL-TOKEN-REJECTED",
            "Åtkomsttoken i",
            "The access token in",
        ),
    ],
)
def test_each_failure_is_said_once_with_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch, broken: Break, code: str, swedish: str, english: str
) -> None:
    broken(world, monkeypatch)
    found = failures(world)

    assert [check.code for check in found] == [code]
    for lang, expected in (("sv", swedish), ("en", english)):
        said = render(code, found[0].values, lang)
        assert expected in said.message
        assert said.hint


def test_a_foreign_host_is_refused_before_anything_is_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign_host(world, monkeypatch)
    failures(world)

    assert world.sent == []


def test_a_kind_without_an_adapter_is_said_and_the_others_are_asked(world: World) -> None:
    found = prepare(world.root, TODAY)
    assert found.documents is not None
    organisation = found.documents.organisation
    macs = replace(organisation.backends[0], id="mac", kind="jamf-pro")
    documents = replace(found.documents, organisation=replace(organisation, backends=(macs, *organisation.backends)))
    checks = run_doctor(documents, world.wiring())

    assert [(check.backend, check.code) for check in checks if check.outcome is CheckOutcome.FAILED] == [
        ("mac", "BACKEND-KIND-UNKNOWN")
    ]
    assert {check.backend for check in checks} == {"mac", "chrome"}
    assert [check.backend for check in run_doctor(documents, world.wiring(), "mac")] == ["mac"]
