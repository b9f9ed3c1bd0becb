"""`doctor --forge`: each guarantee that is missing is named, and what may not be seen is neither well nor missing."""

from collections.abc import Callable

import pytest

from reconciler.load.organisation import read_organisation
from reconciler.load.tree import Tree
from reconciler.model.check import Check
from reconciler.model.documents import Organisation
from reconciler.reconcile.forge_doctor import check_forge
from reconciler.texts import render
from reconciler.texts.rendering import PLACEHOLDER
from tests.forge.forge import Forge as Hub
from tests.unit.forge.conftest import Connect
from tests.unit.load.writing import ORGANISATION

OWNER = {"actions": "read", "administration": "read", "contents": "read", "members": "read"}
ROLES = """\
forge: {owner: granby-kommun}
roles:
  operations: {contact: it@granby.example.se, team: it}
  education: {contact: skola@granby.example.se, team: education}
"""


def organisation(more: str = ROLES) -> Organisation:
    found = read_organisation(Tree(files={"organisation.yaml": (ORGANISATION + more).encode()}, findings=()))
    assert found is not None
    return found


@pytest.fixture
def ready(hub: Hub) -> Hub:
    """As it should be, on the plan that has everything."""
    hub.plan("enterprise")
    hub.team("education", ["dag"])
    hub.protect("main", approvals=1, dismiss_stale=True)
    hub.environment("plan", branches=["main"])
    hub.environment("apply", branches=["main"], reviewers=["team:it"], prevent_self_review=True)
    return hub


def checks(hub: Hub, to: Connect, more: str = ROLES) -> tuple[Check, ...]:
    return check_forge(to(RECONCILER_FORGE_TOKEN=hub.app_token(OWNER)), organisation(more))


def outcomes(found: tuple[Check, ...]) -> dict[str, str]:
    return {one.code.removeprefix("FORGE-DOCTOR-"): one.outcome.value for one in found}


def bad(found: tuple[Check, ...]) -> dict[str, str]:
    return {code: outcome for code, outcome in outcomes(found).items() if outcome != "well"}


def test_a_repository_that_is_set_up_as_it_should(ready: Hub, to: Connect) -> None:
    found = outcomes(checks(ready, to))

    wells = ("PRIVATE", "ENVIRONMENT", "ENVIRONMENT-BRANCH", "REVIEWERS", "SELF-REVIEW", "PULL-REQUEST", "APPROVALS")
    assert {name: found[name] for name in wells} == dict.fromkeys(wells, "well")
    assert {name: found[name] for name in ("TEAM", "TWO-PERSONS", "LASTING-SUBJECT", "MAY-APPROVE")} == dict.fromkeys(
        ("TEAM", "TWO-PERSONS", "LASTING-SUBJECT", "MAY-APPROVE"), "well"
    )
    assert "failed" not in found.values()


def public(hub: Hub) -> None:
    hub.plan("enterprise", "public")


def any_branch(hub: Hub) -> None:
    hub.environment("plan", branches=None)


def protected_branches(hub: Hub) -> None:
    hub.environment("apply", branches="protected", reviewers=["team:it"])


def another_branch_too(hub: Hub) -> None:
    hub.environment("plan", branches=["main", "release/*"])


def unprotected(hub: Hub) -> None:
    hub.settings.protected = ()


def nobody_in_education(hub: Hub) -> None:
    hub.team("education", [])


def one_person_for_both(hub: Hub) -> None:
    hub.team("it", ["anna"])
    hub.team("education", ["anna"])


def approving_workflows(hub: Hub) -> None:
    hub.settings.actions_may_create_pulls = True


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (public, "PRIVATE-NOT"),
        (any_branch, "ENVIRONMENT-BRANCH-NOT"),
        (protected_branches, "ENVIRONMENT-BRANCH-NOT"),
        (another_branch_too, "ENVIRONMENT-BRANCH-NOT"),
        (unprotected, "PULL-REQUEST-NOT"),
        (unprotected, "FORCED-PUSH-NOT"),
        (nobody_in_education, "TEAM-NOT"),
        (one_person_for_both, "TWO-PERSONS-NOT"),
        (approving_workflows, "MAY-APPROVE-NOT"),
    ],
)
def test_a_guarantee_that_is_missing_fails(ready: Hub, to: Connect, change: Callable[[Hub], None], code: str) -> None:
    assert code not in outcomes(checks(ready, to))
    change(ready)

    assert outcomes(checks(ready, to))[code] == "failed"


def test_an_environment_that_nobody_made_fails(hub: Hub, to: Connect) -> None:
    hub.protect("main")

    assert outcomes(checks(hub, to))["ENVIRONMENT-NOT"] == "failed"


def on_team(hub: Hub) -> None:
    hub.plan("team")
    hub.environment("apply", branches=["main"])


def writing_by_default(hub: Hub) -> None:
    hub.settings.default_permissions = "write"


def old_subject(hub: Hub) -> None:
    hub.settings.immutable_subject = False


def standing_approvals(hub: Hub) -> None:
    hub.protect("main", approvals=1, dismiss_stale=False)


def without_approvals(hub: Hub) -> None:
    hub.protect("main", approvals=0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (on_team, "REVIEWERS-NOT"),
        (writing_by_default, "DEFAULT-TOKEN-NOT"),
        (old_subject, "LASTING-SUBJECT-NOT"),
        (standing_approvals, "STALE-NOT"),
        (without_approvals, "APPROVALS-NOT"),
    ],
)
def test_what_our_own_code_makes_up_for_is_a_warning(
    ready: Hub, to: Connect, change: Callable[[Hub], None], code: str
) -> None:
    change(ready)

    assert outcomes(checks(ready, to))[code] == "warning"


def test_what_a_jobs_token_may_not_see_is_neither_well_nor_missing(ready: Hub, to: Connect) -> None:
    found = check_forge(to({"contents": "read"}), organisation())

    unseen = {one.values["what"] for one in found if one.outcome.value == "not-evaluated"}
    assert {"environments/plan", "environments/apply", "actions/permissions", "teams/it"} <= unseen
    assert not [one for one in found if one.code.endswith("-NOT") and one.outcome.value == "failed"]


def test_an_owner_without_a_team_fails(ready: Hub, to: Connect) -> None:
    found = checks(ready, to, ROLES.replace(", team: education", ""))

    assert [one.values["owner"] for one in found if one.code == "FORGE-DOCTOR-NO-TEAM"] == ["education"]


def test_every_check_says_what_it_is_and_what_to_do(hub: Hub, to: Connect) -> None:
    hub.plan("team", "public")
    for check in (*checks(hub, to), *check_forge(to({"contents": "read"}), organisation())):
        for lang in ("sv", "en"):
            text = render(check.code, check.values, lang)
            assert not text.message.startswith(check.code)
            assert PLACEHOLDER.findall(text.message + text.hint) == []
            assert text.hint or check.outcome.value == "well", check.code
