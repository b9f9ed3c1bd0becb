"""What doctor asks a server, and that it asks by reading alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.adapters.zentral.connect import diagnose_zentral
from reconciler.credentials.purpose import Purpose
from reconciler.model.check import Check, CheckOutcome
from reconciler.sandbox import State, dump
from reconciler.texts.rendering import render
from tests.unit.adapters.zentral_exchange import (
    ENVIRONMENT,
    LINK,
    PROFILE,
    Exchange,
    artifact,
    backend,
    link,
    server,
    tag,
    wiring,
)
from tests.unit.adapters.zentral_town import town

OWN = {f"{name}_{purpose}": value for name, value in ENVIRONMENT.items() for purpose in ("PLAN", "APPLY")} | ENVIRONMENT
NO_UUID = "00000000-0000-0000-0000-000000000000"
PROBES = {
    f"{model}: {verb}": call
    for model, path, nothing in (
        ("taxonomy", "inventory/taxonomies/", "0"),
        ("tag", "inventory/tags/", "0"),
        ("artifact", "mdm/artifacts/", NO_UUID),
        ("profile", "mdm/profiles/", NO_UUID),
        ("storeapp", "mdm/store_apps/", NO_UUID),
        ("blueprintartifact", "mdm/blueprint_artifacts/", "0"),
    )
    for verb, call in (("add", f"POST {path}{nothing}/"), ("change", f"PATCH {path}"), ("delete", f"DELETE {path}"))
} | {"tagging": "GET inventory/machines/tags/"}
HAS, HAS_NOT = "has", "has not"
SAID = {
    HAS: (405, {"detail": 'Method "X" not allowed.'}),
    HAS_NOT: (403, {"detail": "You do not have permission to perform this action."}),
}
"""As recorded of a server: the right is looked at before the verb."""


def asking(may_write: bool, **lists: list[dict[str, Any]]) -> Exchange:
    exchange = server(
        tags=[tag(11, "norr/elever")],
        artifacts=[artifact(PROFILE, "x")],
        blueprint_artifacts=[link(LINK, PROFILE, 11)],
        **lists,
    )
    exchange.answers |= {call: [SAID[HAS if may_write else HAS_NOT]] for call in PROBES.values()}
    return exchange


def doctor(exchange: Exchange, purpose: Purpose = Purpose.APPLY, **options: str) -> tuple[Check, ...]:
    checks = diagnose_zentral(backend(**options), wiring=wiring(exchange, purpose=purpose, environment=OWN))
    assert {call for call, _ in exchange.sent} <= set(PROBES.values())
    for check in checks:
        for lang in ("sv", "en"):
            assert "{" not in render(check.code, check.values, lang).message
    return checks


def failed(checks: tuple[Check, ...]) -> list[str]:
    return [check.code for check in checks if check.outcome is CheckOutcome.FAILED]


def test_all_is_well() -> None:
    checks = doctor(asking(may_write=True))

    assert failed(checks) == []
    assert [check for check in checks if check.outcome is CheckOutcome.NOT_EVALUATED] == []
    rights = {check.values["permission"] for check in checks if check.code == "ZENTRAL-DOCTOR-PERMISSION"}
    assert {"inventory.add_tag", "mdm.add_profile", "mdm.change_blueprintartifact", "mdm.delete_artifact"} <= rights


def test_every_right_that_an_apply_lacks_is_named() -> None:
    checks = doctor(asking(may_write=False))

    lacking = {check.values["permission"] for check in checks if check.code == "ZENTRAL-DOCTOR-PERMISSION-LACKING"}
    assert {"inventory.add_taxonomy", "mdm.add_artifact", "mdm.change_artifact", "mdm.add_storeapp"} <= lacking
    assert any("delete_machinetag" in name for name in lacking)


def test_what_plans_must_not_be_able_to_write() -> None:
    writes = doctor(asking(may_write=True), Purpose.PLAN)
    reads = doctor(asking(may_write=False), Purpose.PLAN)

    assert failed(writes) == ["ZENTRAL-DOCTOR-PLAN-WRITES"]
    assert failed(reads) == []
    assert "ZENTRAL-DOCTOR-PLAN-READS" in {check.code for check in reads}


@pytest.mark.parametrize("probe", PROBES)
def test_one_right_to_write_is_one_too_many_for_a_plan(probe: str) -> None:
    exchange = asking(may_write=False)
    exchange.answers[PROBES[probe]] = [SAID[HAS]]

    [check] = [one for one in doctor(exchange, Purpose.PLAN) if one.outcome is CheckOutcome.FAILED]

    assert check.code == "ZENTRAL-DOCTOR-PLAN-WRITES"
    model, _, verb = probe.partition(": ")
    assert (f"{verb}_{model}" if verb else "delete_machinetag") in check.values["permissions"]


@pytest.mark.parametrize(
    "said", [(404, {"detail": "Not found."}), (405, "<h1>Not allowed</h1>"), (403, "<h1>Forbidden</h1>"), (200, [])]
)
def test_what_a_proxy_answers_says_nothing_of_rights(said: tuple[int, Any]) -> None:
    exchange = asking(may_write=False)
    exchange.answers |= {call: [said] for call in PROBES.values()}

    checks = doctor(exchange, Purpose.PLAN)

    untold = [check for check in checks if check.code == "ZENTRAL-DOCTOR-PLAN-UNTOLD"]
    assert [check.outcome for check in untold] == [CheckOutcome.NOT_EVALUATED]
    assert not {"ZENTRAL-DOCTOR-PLAN-READS", "ZENTRAL-DOCTOR-PLAN-WRITES"} & {check.code for check in checks}


class Dead(httpx.BaseTransport):
    """Nobody answers at that address."""

    asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        raise httpx.ConnectError("refused", request=request)


def test_a_server_that_does_not_answer_is_said_once_and_soon() -> None:
    dead = Dead()
    found = wiring(server(), purpose=Purpose.APPLY, environment=OWN)

    checks = diagnose_zentral(backend(), wiring=replace(found, transport=lambda: dead))

    assert failed(checks) == ["ZENTRAL-UNREACHABLE"]
    assert {check.outcome for check in checks if check.code == "ZENTRAL-DOCTOR-READ"} == {CheckOutcome.NOT_EVALUATED}
    assert dead.asked == 2
    assert found.clock.monotonic() < 10


def test_a_right_to_read_that_is_lacking_is_named_with_its_call() -> None:
    exchange = asking(may_write=True)
    exchange.answers["GET mdm/devices/"] = [(403, {"detail": "You do not have permission to perform this action."})]

    checks = [check for check in doctor(exchange) if check.outcome is CheckOutcome.FAILED]

    assert [(check.code, check.values["path"], check.values["permissions"]) for check in checks] == [
        ("ZENTRAL-PERMISSION-LACKING", "mdm/devices/", "mdm.view_enrolleddevice")
    ]


def test_a_token_that_is_not_accepted_leaves_the_rest_unlooked_at() -> None:
    exchange = server()
    exchange.answers["GET inventory/tags/"] = [(401, {"detail": "Invalid token."})]

    checks = doctor(exchange)

    assert failed(checks) == ["ZENTRAL-TOKEN-REJECTED"]
    assert {check.outcome for check in checks if check.code == "ZENTRAL-DOCTOR-READ"} == {CheckOutcome.NOT_EVALUATED}


def test_a_blueprint_and_a_location_that_are_not_there() -> None:
    checks = doctor(asking(may_write=True, blueprints=[{"id": 2, "name": "Kontor"}]), location="Vidla")

    assert failed(checks) == ["ZENTRAL-BLUEPRINT-UNKNOWN", "ZENTRAL-LOCATION-UNKNOWN"]


@pytest.mark.parametrize(
    ("expires", "code", "outcome", "days"),
    [
        # The clock of these tests stands at 2026-11-18 11:06:40 UTC.
        ("2027-05-01T00:00:00", "ZENTRAL-DOCTOR-LOCATION", CheckOutcome.WELL, "163"),
        ("2026-12-01T12:00:00Z", "ZENTRAL-LOCATION-EXPIRES", CheckOutcome.WARNING, "13"),
        ("2026-11-16T11:06:39", "ZENTRAL-LOCATION-EXPIRED", CheckOutcome.FAILED, "3"),
        (None, "ZENTRAL-DOCTOR-LOCATION", CheckOutcome.NOT_EVALUATED, "?"),
        ("snart", "ZENTRAL-DOCTOR-LOCATION", CheckOutcome.NOT_EVALUATED, "?"),
    ],
)
def test_how_long_apples_token_lasts(expires: str | None, code: str, outcome: CheckOutcome, days: str) -> None:
    place = {"id": 5, "name": "Vidala skolor", "server_token_expiration_date": expires}

    checks = doctor(asking(may_write=True, locations=[place]))

    found = [(one.code, one.outcome, one.values["days"]) for one in checks if "LOCATION" in one.code]
    assert found == [(code, outcome, days)]


@pytest.mark.parametrize(
    ("purpose", "said"),
    [(Purpose.PLAN, "ZENTRAL-DOCTOR-PLAN-READS"), (Purpose.APPLY, "ZENTRAL-DOCTOR-PERMISSION")],
)
def test_an_emulated_server_is_asked_the_same_and_nothing_comes_of_it(
    tmp_path: Path, purpose: Purpose, said: str
) -> None:
    """Which answers as the recorded one does (tests/conformance/zentral)."""
    made = town(tmp_path)
    before = dump(State(zentral=made.sandbox.zentral.state))

    checks = diagnose_zentral(backend(), wiring=made.wiring(purpose))

    assert failed(checks) == []
    assert said in {check.code for check in checks}
    assert dump(State(zentral=made.sandbox.zentral.state)) == before
