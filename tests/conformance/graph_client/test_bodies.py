"""Bodies of our requests, read and written again by Microsoft's models."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.graph.recording import Recorded, recorded
from tests.conformance.graph.test_checker import (
    APPS,
    BIND,
    BLOCK,
    CATALOGUE,
    COMPLIANCE,
    CONFIGURATIONS,
    GROUP,
    GROUPS,
    ID,
    IPAD,
    IPAD_RULES,
    NEW_GROUP,
    OBJECT,
    RESTRICTIONS,
    ROW,
    TARGET,
    WINGET,
)
from tests.conformance.graph_client.round_trip import faults

RECORDING = Path(os.environ.get("GRAPH_REQUESTS", "build/graph-requests.jsonl"))


def request(verb: str, path: str, body: Any) -> Recorded:
    version, _, below = path.removeprefix("/").partition("/")
    return Recorded(version=version, verb=verb, path="/" + below, body=body)


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", GROUPS, {**NEW_GROUP, **BIND}),
        ("PATCH", GROUP, {"displayName": "Norrskolan – Åk 4"}),
        ("PATCH", "/v1.0/groups(uniqueName='reconciler.k7.norr.vagn-1')", NEW_GROUP),
        ("POST", GROUP + "/members/$ref", {"@odata.id": OBJECT}),
        ("POST", CONFIGURATIONS, IPAD),
        ("PATCH", f"{CONFIGURATIONS}/{ID}", {**IPAD, "passcodeRequiredType": "numeric"}),
        ("POST", f"{CONFIGURATIONS}/{ID}/assign", {"assignments": [{"target": TARGET}]}),
        ("POST", COMPLIANCE, IPAD_RULES),
        ("POST", APPS, WINGET),
        ("POST", f"{APPS}/{ID}/assign", {"mobileAppAssignments": [ROW]}),
        ("POST", CATALOGUE, RESTRICTIONS),
        ("PUT", f"{CATALOGUE}/{ID}", RESTRICTIONS),
        ("POST", f"{CATALOGUE}/{ID}/assign", {"assignments": [{"target": TARGET}]}),
    ],
)
def test_what_the_reference_pages_show_survives(verb: str, path: str, body: Any) -> None:
    assert faults(request(verb, path, body)) == []


@pytest.mark.parametrize(
    ("verb", "path", "body", "said"),
    [
        ("POST", GROUPS, {**NEW_GROUP, "displayname": "x"}, "displayname is unknown"),
        ("POST", GROUPS, {**NEW_GROUP, "securityEnabled": "true"}, "$.securityEnabled"),
        ("POST", CONFIGURATIONS, {**IPAD, "cameraBlokced": True}, "cameraBlokced is unknown"),
        ("POST", CONFIGURATIONS, {**IPAD, "passcodeMinimumLength": "six"}, "$.passcodeMinimumLength"),
        ("POST", CONFIGURATIONS, {**IPAD, "passcodeRequiredType": "letters"}, "$.passcodeRequiredType is lost"),
        ("POST", CONFIGURATIONS, {**IPAD, "@odata.type": "#microsoft.graph.iosGeneralConfiguration"}, "cameraBlocked"),
        (
            "POST",
            COMPLIANCE,
            {
                **IPAD_RULES,
                "scheduledActionsForRule": [{"scheduledActionConfigurations": [{**BLOCK, "actionType": "x"}]}],
            },
            "actionType is lost",
        ),
        ("POST", f"{APPS}/{ID}/assign", {"mobileAppAssignments": [{**ROW, "intent": "requird"}]}, "intent is lost"),
        (
            "POST",
            f"{APPS}/{ID}/assign",
            {"mobileAppAssignments": [{**ROW, "target": {**TARGET, "groupID": ID}}]},
            "groupID is unknown",
        ),
        ("POST", CATALOGUE, {**RESTRICTIONS, "platforms": "ipadOS"}, "platforms: 'ipadOS'"),
        ("POST", CATALOGUE, {**RESTRICTIONS, "technologies": "mdm, exchange"}, "technologies: ' exchange'"),
        ("POST", CATALOGUE, {**RESTRICTIONS, "displayName": "x"}, "displayName is unknown"),
    ],
)
def test_what_is_wrong_does_not(verb: str, path: str, body: Any, said: str) -> None:
    found = faults(request(verb, path, body))
    assert any(said in fault for fault in found), found


@pytest.mark.skipif(not RECORDING.exists(), reason="nothing was recorded: make conformance records, then reads")
def test_every_recorded_request_survives() -> None:
    requests = recorded(RECORDING)
    assert len(requests) > 20
    assert [fault for each in requests for fault in faults(each)] == []
