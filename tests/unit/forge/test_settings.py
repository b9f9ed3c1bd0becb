"""How the forge is set up, as far as the token may see; and what it may not see is not taken for "not there"."""

import pytest

from reconciler.forge.settings import (
    ActionsSettings,
    BranchRules,
    Environment,
    Known,
    Unknown,
    read_actions_settings,
    read_branch_rules,
    read_environment,
    read_subject,
)
from tests.forge.faults import Fault
from tests.forge.forge import Forge as Hub
from tests.unit.forge.conftest import Connect

OWNER = {"actions": "read", "administration": "read", "contents": "read"}


def test_an_environment_with_its_rules(hub: Hub, to: Connect) -> None:
    hub.plan("enterprise")
    hub.environment(
        "genomfor", reviewers=["anna", "team:it"], branches=["main"], wait_minutes=5, prevent_self_review=True
    )

    found = read_environment(to({"actions": "read"}), "genomfor")

    assert found == Known(
        value=Environment(name="genomfor", reviewers=2, prevents_self_review=True, wait_minutes=5, branches=("main",))
    )


@pytest.mark.parametrize(
    ("branches", "any_branch", "protected_only", "patterns"),
    [
        (None, True, False, ()),
        ("protected", False, True, ()),
        ([], False, False, ()),
        (["main"], False, False, ("main",)),
    ],
)
def test_which_branches_may_deploy(
    hub: Hub, to: Connect, branches: list[str] | None, any_branch: bool, protected_only: bool, patterns: tuple[str, ...]
) -> None:
    hub.environment("plan", branches=branches)

    found = read_environment(to({"actions": "read"}), "plan")

    assert isinstance(found, Known)
    assert found.value is not None
    assert (found.value.any_branch, found.value.protected_only, found.value.branches) == (
        any_branch,
        protected_only,
        patterns,
    )


def test_an_environment_that_isnt_there_and_one_that_may_not_be_seen(hub: Hub, to: Connect) -> None:
    hub.environment("plan")

    assert read_environment(to({"actions": "read"}), "genomfor") == Known(value=None)
    assert read_environment(to({"contents": "read"}), "plan") == Unknown(status=403, permission="actions: read")


def test_404_to_everything_is_not_taken_for_no_environment(hub: Hub, to: Connect) -> None:
    hub.environment("plan")
    hub.fault(Fault(status=404, path=".*/environments.*", times=9, message="Not Found"))

    assert read_environment(to({"actions": "read"}), "plan") == Unknown(status=404, permission="actions: read")


def test_the_rules_of_a_branch_by_ruleset(hub: Hub, to: Connect) -> None:
    hub.protect("main", approvals=2, dismiss_stale=True)
    hub.settings.last_push_approval = True

    found = read_branch_rules(to(RECONCILER_FORGE_TOKEN=hub.app_token(OWNER)), "main")

    assert isinstance(found, Known)
    assert found.value is not None
    assert (found.value.pull_request, found.value.approvals) == (True, 2)
    assert (found.value.dismisses_stale, found.value.last_push, found.value.code_owners) == (True, True, False)


def test_the_rules_of_a_branch_by_protection(hub: Hub, to: Connect) -> None:
    hub.protect("main", approvals=1, dismiss_stale=False)
    hub.settings.pull_request_rule = "classic"

    found = read_branch_rules(to(RECONCILER_FORGE_TOKEN=hub.app_token(OWNER)), "main")

    assert isinstance(found, Known)
    assert found.value is not None
    assert (found.value.pull_request, found.value.approvals, found.value.dismisses_stale) == (True, 1, False)


def test_a_branch_without_rules_has_none(hub: Hub, to: Connect) -> None:
    assert read_branch_rules(to(RECONCILER_FORGE_TOKEN=hub.app_token(OWNER)), "main") == Known(value=BranchRules())


def test_no_ruleset_and_protection_that_may_not_be_read_is_unknown_and_not_none(hub: Hub, to: Connect) -> None:
    hub.protect("main")
    hub.settings.pull_request_rule = "classic"

    found = read_branch_rules(to({"contents": "read"}), "main")

    assert found == Unknown(status=403, permission="administration: read")


def test_actions_settings_take_the_right_to_administer(hub: Hub, to: Connect) -> None:
    hub.settings.default_permissions = "write"

    assert read_actions_settings(to({"contents": "read"})) == Unknown(status=403, permission="administration: read")
    found = read_actions_settings(to(RECONCILER_FORGE_TOKEN=hub.app_token(OWNER)))
    assert isinstance(found, Known)
    assert isinstance(found.value, ActionsSettings)
    assert (found.value.enabled, found.value.default_token, found.value.may_approve) == (True, "write", False)


def test_the_subject_that_jobs_sign_in_with(hub: Hub, to: Connect) -> None:
    found = read_subject(to({"actions": "read"}))

    assert isinstance(found, Known)
    assert found.value is not None
    assert found.value["use_immutable_subject"] is True
