"""`doctor --forge`: whether GitHub guarantees what docs/trust.md says that it does, as far as its API tells. Reading only."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from reconciler.forge.api import Forge
from reconciler.forge.people import read_members
from reconciler.forge.repository import PUBLIC, Repository, read_repository
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
from reconciler.forge.trouble import explain_failure
from reconciler.http.failures import Forbidden, HttpFailure, NotFound
from reconciler.model.check import Check, CheckOutcome
from reconciler.model.documents import Organisation
from reconciler.trust.owners import EDUCATION, IT, teams_of

ENVIRONMENTS: Final = ("plan", "apply")
APPLY: Final = "apply"
_AT: Final = "github"

_Part = Callable[[], Iterator[Check]]


def check_forge(
    forge: Forge, organisation: Organisation, *, environments: tuple[str, str] = ENVIRONMENTS
) -> tuple[Check, ...]:
    """Every check, whatever the others say. What may not be read is *not evaluated*, with the permission that reads it.

    `environments`: of jobs that plan, and of jobs that apply.
    """
    try:
        repository = read_repository(forge)
    except HttpFailure as failure:
        return (_failure(failure),)
    branch = repository.default_branch
    plan, apply = environments
    parts: tuple[_Part, ...] = (
        lambda: _about_repository(repository),
        lambda: _about_environment(read_environment(forge, plan), plan, branch, writes=False),
        lambda: _about_environment(read_environment(forge, apply), apply, branch, writes=True),
        lambda: _about_branch(read_branch_rules(forge, branch), branch),
        lambda: _about_actions(read_actions_settings(forge)),
        lambda: _about_subject(read_subject(forge)),
        lambda: _about_teams(forge, organisation),
    )
    return tuple(check for part in parts for check in _guarded(part))


def _guarded(part: _Part) -> Iterator[Check]:
    try:
        yield from part()
    except HttpFailure as failure:
        yield _failure(failure)


def _failure(failure: HttpFailure) -> Check:
    code, values = explain_failure(failure)
    return Check(code=code, outcome=CheckOutcome.FAILED, backend=_AT, values=values)


def _check(code: str, outcome: CheckOutcome, **values: str) -> Check:
    return Check(code=f"FORGE-DOCTOR-{code}", outcome=outcome, backend=_AT, values=values)


def _held(holds: bool, code: str, otherwise: CheckOutcome, **values: str) -> Check:
    """Well by its code, or by the code with `-NOT` how bad it is that it doesn't hold."""
    return _check(code, CheckOutcome.WELL, **values) if holds else _check(f"{code}-NOT", otherwise, **values)


def _unknown(what: str, found: Unknown) -> Check:
    """Nothing is inferred: neither that all is well nor that anything is missing."""
    return _check("UNSEEN", CheckOutcome.NOT_EVALUATED, what=what, permission=found.permission)


def _about_repository(repository: Repository) -> Iterator[Check]:
    private = repository.visibility != PUBLIC
    yield _held(private, "PRIVATE", CheckOutcome.FAILED, visibility=repository.visibility)
    yield _held(repository.owner_kind == "Organization", "ORGANISATION", CheckOutcome.FAILED)


def _about_environment(found: Known[Environment] | Unknown, name: str, branch: str, *, writes: bool) -> Iterator[Check]:
    if isinstance(found, Unknown):
        yield _unknown(f"environments/{name}", found)
        return
    environment = found.value
    yield _held(environment is not None, "ENVIRONMENT", CheckOutcome.FAILED, name=name)
    if environment is None:
        return
    only = environment.branches == (branch,)  # `protected_only` lets in any branch that somebody protects
    yield _held(only, "ENVIRONMENT-BRANCH", CheckOutcome.FAILED, name=name, branch=branch)
    if writes:
        yield _held(environment.reviewers > 0, "REVIEWERS", CheckOutcome.WARNING, name=name)
    if writes and environment.reviewers:
        yield _held(environment.prevents_self_review, "SELF-REVIEW", CheckOutcome.WARNING, name=name)
        yield _held(environment.admins_bypass is False, "BYPASS", CheckOutcome.WARNING, name=name)


def _about_branch(found: Known[BranchRules] | Unknown, branch: str) -> Iterator[Check]:
    if isinstance(found, Unknown):
        yield _unknown(f"branches/{branch}", found)
        return
    rules = found.value or BranchRules()
    yield _held(rules.pull_request, "PULL-REQUEST", CheckOutcome.FAILED, branch=branch)
    yield _held(rules.no_forced_push, "FORCED-PUSH", CheckOutcome.FAILED, branch=branch)
    yield _held(rules.no_deletion, "DELETION", CheckOutcome.FAILED, branch=branch)
    # Our own code asks for these of every change (docs/trust.md); here they only spare people a refused apply.
    yield _held(rules.approvals > 0, "APPROVALS", CheckOutcome.WARNING, branch=branch)
    yield _held(rules.dismisses_stale, "STALE", CheckOutcome.WARNING, branch=branch)


def _about_actions(found: Known[ActionsSettings] | Unknown) -> Iterator[Check]:
    if isinstance(found, Unknown):
        yield _unknown("actions/permissions", found)
        return
    settings = found.value
    if settings is None:
        return
    yield _held(settings.enabled, "ACTIONS", CheckOutcome.FAILED)
    yield _held(not settings.may_approve, "MAY-APPROVE", CheckOutcome.FAILED)
    yield _held(settings.default_token == "read", "DEFAULT-TOKEN", CheckOutcome.WARNING)  # noqa: S105 - a setting
    yield _held(settings.pinned is True, "PINNED", CheckOutcome.WARNING)


def _about_subject(found: Known[Mapping[str, object]] | Unknown) -> Iterator[Check]:
    if isinstance(found, Unknown):
        yield _unknown("actions/oidc/customization/sub", found)
        return
    settings = found.value or {}
    default = settings.get("use_default") is True
    yield _held(default, "SUBJECT", CheckOutcome.FAILED)
    if default:
        yield _held(settings.get("use_immutable_subject") is True, "LASTING-SUBJECT", CheckOutcome.WARNING)


def _about_teams(forge: Forge, organisation: Organisation) -> Iterator[Check]:
    """Whether each owner has somebody who may approve, and whether what is joint can be approved by two persons."""
    teams = teams_of(organisation.roles)
    members: dict[str, frozenset[str]] = {}
    for owner, team in teams.items():
        try:
            members[owner] = read_members(forge, team)
        except (Forbidden, NotFound) as refusal:
            yield _unknown(f"teams/{team}", Unknown(status=refusal.status or 403, permission="members: read"))
            continue
        yield _held(bool(members[owner]), "TEAM", CheckOutcome.FAILED, team=team, count=str(len(members[owner])))
    for owner in (IT, EDUCATION):
        if owner not in teams:
            yield _check("NO-TEAM", CheckOutcome.FAILED, owner=owner)
    it, education = members.get(IT, frozenset()), members.get(EDUCATION, frozenset())
    if it and education:
        # One in both teams may stand for one of them only, so together they have to be two.
        yield _held(len(it | education) > 1, "TWO-PERSONS", CheckOutcome.FAILED)
