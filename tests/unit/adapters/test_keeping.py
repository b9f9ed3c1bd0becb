"""Removing an app from management above leaves those below who have it of their own with it."""

from typing import Any

import pytest

from reconciler.http.failures import HttpFailure
from reconciler.model.change import Action
from reconciler.model.desired import DesiredState
from tests.unit.adapters.tenant import (
    KAMI,
    SEED,
    Tenant,
    converge,
    differences,
    make_tenant,
    state,
    user_layer,
    wish,
    write_all,
)

OURS, THEIRS = "/Elever/Norrskolan/4A", "/Elever/Norrskolan/5A"
INSTALL = "chrome.users.apps.InstallType"
CONFIG = "chrome.users.apps.ManagedConfiguration"
BELOW = user_layer(wish(apps={"kami": "required"}), OURS)
SWITCHES: list[dict[str, Any]] = [{}, {"app_removal_clears_descendants": False}, {"one_target_per_call": False}]


def layers(mode: str) -> DesiredState:
    return state([], [user_layer(wish(apps={"kami": mode}), "/Elever", owner="norr"), BELOW])


def added_above(**options: Any) -> Tenant:
    """Added for all pupils, required for one class by us, blocked with a configuration for another by hand."""
    by_hand = {"target": THEIRS, "app_id": KAMI}
    policies = [
        {"target": "/Elever", "app_id": KAMI, "schema": INSTALL, "value": {"appInstallType": "ALLOWED"}},
        by_hand | {"schema": INSTALL, "value": {"appInstallType": "BLOCKED"}},
        by_hand | {"schema": CONFIG, "value": {"managedConfiguration": '{"a": 1}'}},
    ]
    tenant = make_tenant({**SEED, "org_units": [*SEED["org_units"], "/Elever/Söder"], "policies": policies}, **options)
    converge(tenant.adapter(), layers("available"))
    return tenant


@pytest.mark.parametrize("options", SWITCHES, ids=str)
def test_who_has_an_app_of_their_own_keeps_it_and_the_others_lose_it(options: dict[str, Any]) -> None:
    tenant = added_above(**options)
    adapter = tenant.adapter()
    assert tenant.effective("/Elever/Söder")["apps"][KAMI]["install"] == "ALLOWED"
    (change,) = differences(adapter, layers("inherit")).changes
    assert (change.action, change.key.target) == (Action.DELETE, "ou:/Elever")
    write_all(adapter, [change])
    assert differences(adapter, layers("inherit")).changes == ()
    assert tenant.effective("/Elever/Söder")["apps"] == {}
    assert tenant.effective(OURS)["apps"][KAMI]["install"] == "FORCED"
    theirs = tenant.effective(THEIRS)["apps"][KAMI]
    assert theirs["install"] == "BLOCKED"
    assert theirs["policies"] == {CONFIG: {"managedConfiguration": '{"a": 1}'}}


def test_nothing_is_removed_while_what_lies_below_can_not_be_read() -> None:
    tenant = added_above()
    adapter = tenant.adapter()
    (change,) = differences(adapter, layers("inherit")).changes
    tenant.fault("500", path="policies:resolve", times=200)
    with pytest.raises(HttpFailure):
        write_all(adapter, [change])
    assert tenant.effective("/Elever/Söder")["apps"][KAMI]["install"] == "ALLOWED"


@pytest.mark.parametrize("kind", ["write-then-cut", "write-then-timeout", "500"])
def test_a_removal_whose_reply_was_lost_still_leaves_them_with_it(kind: str) -> None:
    tenant = added_above()
    adapter = tenant.adapter()
    (change,) = differences(adapter, layers("inherit")).changes
    tenant.fault(kind, path="batchInherit")
    try:
        write_all(adapter, [change])
    except HttpFailure as failure:
        assert failure.code in ("HTTP-INVALID", "HTTP-OUTCOME-UNKNOWN")  # noqa: PT017 - it may also go well
    assert tenant.effective(OURS)["apps"][KAMI]["install"] == "FORCED"
    assert tenant.effective(THEIRS)["apps"][KAMI]["install"] == "BLOCKED"
    assert converge(adapter, layers("inherit")).changes == ()


def test_a_configuration_alone_does_not_stand_in_the_way() -> None:
    config = {"target": OURS, "app_id": KAMI, "schema": CONFIG, "value": {"managedConfiguration": "{}"}}
    install = {"target": "/Elever", "app_id": KAMI, "schema": INSTALL, "value": {"appInstallType": "FORCED"}}
    tenant = make_tenant({**SEED, "policies": [install, config]})
    adapter = tenant.adapter()
    wanted = state([], [user_layer(wish(apps={"kami": "inherit"}), "/Elever", owner="norr")])
    assert converge(adapter, wanted).changes == ()
    assert tenant.effective(OURS)["apps"] == {}
