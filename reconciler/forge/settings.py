"""How the repository is set up, for who wants to know what the forge guarantees. Reading only; what may not be read is said so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from reconciler.forge.api import Forge, get, listing
from reconciler.forge.fields import Row, flag, inner, number, rows, text
from reconciler.http.failures import Forbidden, NotFound

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Generic[Value]):
    """`value` None where there is no such thing."""

    value: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The token may not read it, or the plan doesn't have it: `status` 403 or 404, and the permission that reads it."""

    status: int
    permission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """`any_branch`: every branch may deploy; `protected_only`: every protected one; else those that `branches` has patterns for.

    `reviewers`: how many persons and teams are asked; `admins_bypass` None: not told.
    """

    name: str
    reviewers: int = 0
    prevents_self_review: bool = False
    wait_minutes: int = 0
    any_branch: bool = False
    protected_only: bool = False
    branches: tuple[str, ...] = ()
    admins_bypass: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRules:
    """What holds for one branch, of all rulesets and of branch protection together.

    `pull_request`: nobody pushes past one; `approvals` how many a merge takes. `dismisses_stale`: a push takes approvals
    back. `last_push`: somebody else than the last to push has to approve. `checks`: names that have to be green.
    """

    pull_request: bool = False
    approvals: int = 0
    dismisses_stale: bool = False
    last_push: bool = False
    code_owners: bool = False
    no_deletion: bool = False
    no_forced_push: bool = False
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsSettings:
    """`default_token`: `read` or `write`; `may_approve`: workflows may make and approve pull requests.

    `pinned`: actions have to be named by commit hash; None: the server doesn't know that rule. `allowed`: `all`, `local_only`, `selected`.
    """

    enabled: bool
    allowed: str
    pinned: bool | None
    default_token: str
    may_approve: bool


def read_environment(forge: Forge, name: str) -> Known[Environment] | Unknown:
    """None where there is none of that name: then GitHub makes one without any rule when a workflow first names it."""

    def read() -> Environment | None:
        try:
            row = get(forge, "environments/{name}", {"name": name}, wide=True)
        except NotFound:
            # The same answer for "no such environment" and "you may not look": who may not look is refused the list too.
            listing(forge, "environments", under="environments", wide=True)
            return None
        return _environment(forge, name, row)

    return _asked(read, "actions: read")


def read_branch_rules(forge: Forge, branch: str) -> Known[BranchRules] | Unknown:
    """By rulesets, which everybody may read, and by branch protection, where the token may read that."""

    def read() -> BranchRules:
        listed = listing(forge, "rules/branches/{branch}", {"branch": branch}, wide=True)
        return _by_rules(listed)

    rules = _asked(read, "metadata: read")
    classic = _asked(lambda: _classic(forge, branch), "administration: read")
    if isinstance(rules, Unknown) or rules.value is None:
        return classic
    if isinstance(classic, Unknown) or classic.value is None:
        return rules if rules.value.pull_request or isinstance(classic, Known) else classic
    return Known(value=_both(rules.value, classic.value))


def read_actions_settings(forge: Forge) -> Known[ActionsSettings] | Unknown:
    def read() -> ActionsSettings:
        allowed = get(forge, "actions/permissions", wide=True)
        token = get(forge, "actions/permissions/workflow", wide=True)
        return ActionsSettings(
            enabled=flag(allowed, "enabled") or False,
            allowed=text(allowed, "allowed_actions") or "all",
            pinned=flag(allowed, "sha_pinning_required"),
            default_token=text(token, "default_workflow_permissions"),
            may_approve=flag(token, "can_approve_pull_request_reviews") or False,
        )

    return _asked(read, "administration: read")


def read_subject(forge: Forge) -> Known[Mapping[str, object]] | Unknown:
    """How the subject of a job's identity is put together (`use_default`, `include_claim_keys`, and whether by lasting ids)."""
    return _asked(lambda: get(forge, "actions/oidc/customization/sub", wide=True), "actions: read")


def _asked(read: Callable[[], Value | None], permission: str) -> Known[Value] | Unknown:
    try:
        return Known(value=read())
    except (Forbidden, NotFound) as refusal:
        return Unknown(status=refusal.status or 403, permission=permission)


def _environment(forge: Forge, name: str, row: Row) -> Environment:
    kinds = {text(rule, "type"): rule for rule in rows({"rules": inner(row, "protection_rules") or []}, "rules")}
    asked = kinds.get("required_reviewers", {})
    custom = flag(row, "deployment_branch_policy", "custom_branch_policies") or False
    return Environment(
        name=name,
        reviewers=len(rows(asked, "reviewers")) if asked else 0,
        prevents_self_review=flag(asked, "prevent_self_review") or False,
        wait_minutes=number(kinds["wait_timer"], "wait_timer") if "wait_timer" in kinds else 0,
        any_branch=not isinstance(inner(row, "deployment_branch_policy"), Mapping),
        branches=_patterns(forge, name) if custom else (),
        protected_only=flag(row, "deployment_branch_policy", "protected_branches") or False,
        admins_bypass=flag(row, "can_admins_bypass"),
    )


def _patterns(forge: Forge, name: str) -> tuple[str, ...]:
    path = "environments/{name}/deployment-branch-policies"
    listed = listing(forge, path, {"name": name}, under="branch_policies", wide=True)
    # Patterns for tags are listed with the others (`type`): a tag lets in whoever may push one.
    return tuple(("tag:" if text(row, "type") == "tag" else "") + text(row, "name") for row in listed)


def _by_rules(listed: Sequence[Row]) -> BranchRules:
    kinds = [text(row, "type") for row in listed]
    asked = [row for row in listed if text(row, "type") == "pull_request"]

    def any_of(name: str) -> bool:
        return any(flag(row, "parameters", name) for row in asked)

    counts = [number(row, "parameters", "required_approving_review_count") for row in asked]
    checks = [
        text(check, "context")
        for row in listed
        if text(row, "type") == "required_status_checks"
        for check in rows(row, "parameters", "required_status_checks")
    ]
    return BranchRules(
        pull_request=bool(asked),
        approvals=max(counts, default=0),
        dismisses_stale=any_of("dismiss_stale_reviews_on_push"),
        last_push=any_of("require_last_push_approval"),
        code_owners=any_of("require_code_owner_review"),
        no_deletion="deletion" in kinds,
        no_forced_push="non_fast_forward" in kinds,
        checks=tuple(sorted(set(checks))),
    )


def _classic(forge: Forge, branch: str) -> BranchRules | None:
    try:
        row = get(forge, "branches/{+branch}/protection", {"branch": branch}, wide=True)
    except NotFound as refusal:
        if "not protected" in refusal.message.lower():
            return None
        raise
    asked = inner(row, "required_pull_request_reviews")
    return BranchRules(
        pull_request=isinstance(asked, Mapping),
        approvals=number(asked, "required_approving_review_count") if isinstance(asked, Mapping) else 0,
        dismisses_stale=flag(asked, "dismiss_stale_reviews") or False,
        last_push=flag(asked, "require_last_push_approval") or False,
        code_owners=flag(asked, "require_code_owner_reviews") or False,
        no_deletion=flag(row, "allow_deletions", "enabled") is False,
        no_forced_push=flag(row, "allow_force_pushes", "enabled") is False,
    )


def _both(one: BranchRules, other: BranchRules) -> BranchRules:
    """All rules hold at once, and the tightest counts."""
    return BranchRules(
        pull_request=one.pull_request or other.pull_request,
        approvals=max(one.approvals, other.approvals),
        dismisses_stale=one.dismisses_stale or other.dismisses_stale,
        last_push=one.last_push or other.last_push,
        code_owners=one.code_owners or other.code_owners,
        no_deletion=one.no_deletion or other.no_deletion,
        no_forced_push=one.no_forced_push or other.no_forced_push,
        checks=tuple(sorted({*one.checks, *other.checks})),
    )
