"""Every request that Intune's adapter can make is one that Graph describes, and beta is asked for nothing else."""

import re
from pathlib import Path

import pytest

from reconciler.adapters.intune import api, diagnose
from reconciler.adapters.intune.families import BLOCK, policy_body
from reconciler.http.request import Request, Sent
from reconciler.model.resource import Mark
from tests.conformance.graph.checker import check
from tests.conformance.graph.routes import find, routes
from tests.conformance.graph.test_checker import ID, NEW_GROUP, OTHER, ROW, TARGET, WINGET
from tests.conformance.graph.type_files import BETA

MARK = Mark(org="k7", key="policy/norr/vagn-1/x")
ROOT = "https://graph.microsoft.com/"
IPAD = policy_body("iosGeneralDeviceConfiguration", "x", MARK, {"cameraBlocked": True}, new=True)
RULES = policy_body("iosCompliancePolicy", "x", MARK, {"osMinimumVersion": "17.0"}, new=True)
CATALOGUE = policy_body("settingsCatalog.iOS", "x", MARK, {"com.apple.applicationaccess_allowairdrop": False}, new=True)

REQUESTS = [
    api.list_groups(),
    api.get_group(ID),
    api.find_group("reconciler.k7.norr.vagn-1"),
    api.upsert_group("reconciler.k7.norr.vagn-1", NEW_GROUP),
    api.patch_group(ID, {"displayName": "x"}),
    api.delete_group(ID),
    api.list_members(ID),
    api.list_member_devices(ID),
    api.list_groups_of(ID),
    api.add_members(ID, [OTHER] * 20, ROOT),
    api.remove_member(ID, OTHER),
    api.list_entra_devices(),
    api.find_entra_device(OTHER),
    api.list_managed_devices(),
    api.find_managed_device("5E'1 or not"),
    api.find_managed_by_entra(ID),
    api.count_managed_devices(),
    api.list_tokens(),
    api.list_apps(),
    api.get_app(ID),
    api.create_app(WINGET),
    api.patch_app(ID, {"@odata.type": "#microsoft.graph.winGetApp", "displayName": "x"}),
    api.delete_app(ID),
    api.list_assignments(ID),
    api.assign_app(ID, [ROW]),
    api.delete_assignment(ID, OTHER),
    *(api.list_policies(sort) for sort in ("configuration", "compliance", "catalog")),
    *(api.get_policy(sort, ID) for sort in ("configuration", "compliance", "catalog")),
    api.list_catalog_settings(ID),
    api.create_policy("configuration", IPAD),
    api.create_policy("compliance", RULES),
    api.create_policy("catalog", CATALOGUE),
    api.update_policy("configuration", ID, IPAD),
    api.update_policy("compliance", ID, {name: value for name, value in RULES.items() if value is not BLOCK}),
    api.update_policy("catalog", ID, CATALOGUE),
    *(api.delete_policy(sort, ID) for sort in ("configuration", "compliance", "catalog")),
    *(api.assign_policy(sort, ID, [{"target": TARGET}]) for sort in ("configuration", "compliance", "catalog")),
    *diagnose._READS.values(),
]


def sent(request: Request) -> Sent:
    return Sent(
        lane=request.lane,
        method=request.method,
        template=request.path,
        path="/" + request.filled_path(),
        query=request.parameters(),
        body=request.body,
    )


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: f"{request.method} {request.path}")
def test_every_request_that_can_be_made_is_graphs(request_: Request) -> None:
    assert check(sent(request_)) == []


def test_every_function_that_makes_requests_is_looked_at() -> None:
    made = {name for name, value in vars(api).items() if getattr(value, "__annotations__", {}).get("return") is Request}
    assert made == set(re.findall(r"api\.(\w+)\(", Path(__file__).read_text(encoding="utf-8")))


def test_nothing_of_beta_is_described_that_we_do_not_ask_for() -> None:
    asked = {str(find(BETA, one.method, "/" + one.filled_path().removeprefix("beta/"))) for one in REQUESTS}
    assert {str(route) for route in routes() if route.version == BETA} - asked == set()
