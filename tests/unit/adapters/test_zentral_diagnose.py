"""What doctor asks a server, and that it asks by reading alone."""

from typing import Any

import pytest

from reconciler.adapters.zentral.connect import diagnose_zentral
from reconciler.credentials.purpose import Purpose
from reconciler.model.check import Check, CheckOutcome
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

LISTS = (
    "inventory/tags",
    "inventory/taxonomies",
    "mdm/artifacts",
    "mdm/profiles",
    "mdm/store_apps",
    "mdm/blueprint_artifacts",
)
OWN = {f"{name}_{purpose}": value for name, value in ENVIRONMENT.items() for purpose in ("PLAN", "APPLY")} | ENVIRONMENT


def told(*actions: str) -> dict[str, Any]:
    """As Django REST framework answers OPTIONS: actions only where there are any."""
    said: dict[str, Any] = {
        "name": "List",
        "description": "",
        "renders": ["application/json"],
        "parses": ["application/json"],
    }
    return {**said, **({"actions": {one: {"name": {}} for one in actions}} if actions else {})}


def asking(may_write: bool, **lists: list[dict[str, Any]]) -> Exchange:
    exchange = server(
        tags=[tag(11, "norr/elever")],
        artifacts=[artifact(PROFILE, "x")],
        blueprint_artifacts=[link(LINK, PROFILE, 11)],
        **lists,
    )
    for path in LISTS:
        exchange.answers[f"OPTIONS {path}/"] = [(200, told("POST") if may_write else told())]
    for path in ("inventory/tags/11", f"mdm/artifacts/{PROFILE}", f"mdm/blueprint_artifacts/{LINK}"):
        exchange.answers[f"OPTIONS {path}/"] = [(200, told("PUT") if may_write else told())]
    exchange.answers["OPTIONS inventory/machines/tags/"] = [(200, told()) if may_write else (403, {"detail": "no"})]
    return exchange


def doctor(exchange: Exchange, purpose: Purpose = Purpose.APPLY, **options: str) -> tuple[Check, ...]:
    checks = diagnose_zentral(backend(**options), wiring=wiring(exchange, purpose=purpose, environment=OWN))
    assert exchange.sent == [call for call in exchange.sent if call[0].startswith("OPTIONS")]
    for check in checks:
        for lang in ("sv", "en"):
            assert "{" not in render(check.code, check.values, lang).message
    return checks


def failed(checks: tuple[Check, ...]) -> list[str]:
    return [check.code for check in checks if check.outcome is CheckOutcome.FAILED]


def test_all_is_well() -> None:
    checks = doctor(asking(may_write=True))

    assert failed(checks) == []
    assert [check.values["permissions"] for check in checks if check.outcome is CheckOutcome.NOT_EVALUATED] == [
        "inventory.delete_tag, mdm.delete_artifact, mdm.delete_blueprintartifact"
    ]
    rights = {check.values["permission"] for check in checks if check.code == "ZENTRAL-DOCTOR-PERMISSION"}
    assert {"inventory.add_tag", "mdm.add_profile", "mdm.change_blueprintartifact"} <= rights


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


def test_a_server_that_does_not_tell_is_not_evaluated() -> None:
    """Nothing is concluded from an OPTIONS that a proxy answers, or that isn't answered."""
    checks = doctor(server(), Purpose.PLAN)

    untold = [check for check in checks if check.code == "ZENTRAL-DOCTOR-PLAN-UNTOLD"]
    assert [check.outcome for check in untold] == [CheckOutcome.NOT_EVALUATED]
    assert "ZENTRAL-DOCTOR-PLAN-READS" not in {check.code for check in checks}


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
