"""What a token must be allowed, per operation that the stand-in answers.

Source: https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps and each operation's own
page ("The fine-grained token must have the following permission set"), 2026-11-22. Either of several sets will do.
"""

from collections.abc import Mapping

Needs = tuple[str, ...]

NOTHING: Needs = ()
ACTIONS: Needs = ("actions:read",)
ADMINISTRATION: Needs = ("administration:read",)
CHECKS: Needs = ("checks:read",)
CODE: Needs = ("contents:read",)
CONVERSATION: Needs = ("issues:read", "pull_requests:read")
DEPLOYMENTS: Needs = ("deployments:read",)
ENVIRONMENTS: Needs = ("environments:read",)
ISSUES: Needs = ("issues:read",)
MEMBERS: Needs = ("members:read",)
PULLS: Needs = ("pull_requests:read",)
WRITE_CHECKS: Needs = ("checks:write",)
WRITE_CODE: Needs = ("contents:write",)
WRITE_CONVERSATION: Needs = ("issues:write", "pull_requests:write")
WRITE_DEPLOYMENTS: Needs = ("deployments:write",)
WRITE_ISSUES: Needs = ("issues:write",)
WRITE_PULLS: Needs = ("pull_requests:write",)

NEEDED: Mapping[str, Needs] = {
    "actions/get-custom-oidc-sub-claim-for-repo": ACTIONS,
    "actions/get-github-actions-default-workflow-permissions-repository": ADMINISTRATION,
    "actions/get-github-actions-permissions-repository": ADMINISTRATION,
    "actions/get-pending-deployments-for-run": ACTIONS,
    "actions/get-reviews-for-run": ACTIONS,
    "actions/get-workflow-run": ACTIONS,
    "actions/list-environment-secrets": ENVIRONMENTS,
    "actions/list-environment-variables": ENVIRONMENTS,
    "actions/list-workflow-runs-for-repo": ACTIONS,
    "checks/create": WRITE_CHECKS,
    "checks/get": CHECKS,
    "checks/list-annotations": CHECKS,
    "checks/list-for-ref": CHECKS,
    "checks/update": WRITE_CHECKS,
    "git/create-blob": WRITE_CODE,
    "git/create-commit": WRITE_CODE,
    "git/create-ref": WRITE_CODE,
    "git/create-tag": WRITE_CODE,
    "git/create-tree": WRITE_CODE,
    "git/delete-ref": WRITE_CODE,
    "git/get-blob": CODE,
    "git/get-commit": CODE,
    "git/get-ref": CODE,
    "git/get-tag": CODE,
    "git/get-tree": CODE,
    "git/list-matching-refs": CODE,
    "git/update-ref": WRITE_CODE,
    "issues/add-labels": WRITE_CONVERSATION,
    "issues/create": WRITE_ISSUES,
    "issues/create-comment": WRITE_CONVERSATION,
    "issues/create-label": WRITE_CONVERSATION,
    "issues/delete-comment": WRITE_CONVERSATION,
    "issues/get": ISSUES,
    "issues/get-comment": CONVERSATION,
    "issues/get-label": CONVERSATION,
    "issues/list-comments": CONVERSATION,
    "issues/list-comments-for-repo": CONVERSATION,
    "issues/list-for-repo": ISSUES,
    "issues/list-labels-for-repo": CONVERSATION,
    "issues/list-labels-on-issue": CONVERSATION,
    "issues/remove-label": WRITE_CONVERSATION,
    "issues/set-labels": WRITE_CONVERSATION,
    "issues/update": WRITE_CONVERSATION,
    "issues/update-comment": WRITE_CONVERSATION,
    "orgs/get": NOTHING,
    "orgs/get-membership-for-user": MEMBERS,
    "pulls/check-if-merged": CODE,
    "pulls/create": WRITE_PULLS,
    "pulls/create-review": WRITE_PULLS,
    "pulls/dismiss-review": WRITE_PULLS,
    "pulls/get": PULLS,
    "pulls/get-review": PULLS,
    "pulls/list": PULLS,
    "pulls/list-commits": PULLS,
    "pulls/list-files": PULLS,
    "pulls/list-reviews": PULLS,
    "pulls/merge": WRITE_CODE,
    "pulls/update": WRITE_PULLS,
    "rate-limit/get": NOTHING,
    "repos/codeowners-errors": CODE,
    "repos/compare-commits-with-basehead": CODE,
    "repos/create-commit-status": ("statuses:write",),
    "repos/create-deployment": WRITE_DEPLOYMENTS,
    "repos/create-deployment-status": WRITE_DEPLOYMENTS,
    "repos/create-or-update-file-contents": WRITE_CODE,
    "repos/get": NOTHING,
    "repos/get-all-environments": ACTIONS,
    "repos/get-branch": CODE,
    "repos/get-branch-protection": ADMINISTRATION,
    "repos/get-branch-rules": NOTHING,
    "repos/get-collaborator-permission-level": NOTHING,
    "repos/get-combined-status-for-ref": ("statuses:read",),
    "repos/get-commit": CODE,
    "repos/get-content": CODE,
    "repos/get-deployment": DEPLOYMENTS,
    "repos/get-deployment-status": DEPLOYMENTS,
    "repos/get-environment": ACTIONS,
    "repos/get-repo-ruleset": NOTHING,
    "repos/get-repo-rulesets": NOTHING,
    "repos/list-activities": CODE,
    "repos/list-branches": CODE,
    "repos/list-commits": CODE,
    "repos/list-deployment-branch-policies": ACTIONS,
    "repos/list-deployment-statuses": DEPLOYMENTS,
    "repos/list-deployments": DEPLOYMENTS,
    "repos/list-pull-requests-associated-with-commit": PULLS,
    "teams/get-by-name": MEMBERS,
    "teams/get-membership-for-user-in-org": MEMBERS,
    "teams/list": MEMBERS,
    "teams/list-members-in-org": MEMBERS,
    "users/get-authenticated": ("a person's token",),
}
"""Operation of GitHub's description → what it needs beside `metadata:read`, which every token has."""

SCOPES = frozenset(
    [
        "actions",
        "attestations",
        "checks",
        "contents",
        "deployments",
        "discussions",
        "id-token",
        "issues",
        "models",
        "packages",
        "pages",
        "pull-requests",
        "repository-projects",
        "security-events",
        "statuses",
        "artifact-metadata",
        "vulnerability-alerts",
    ]
)
"""What `permissions:` of a workflow may name: neither `members` nor `administration`, `environments` nor `workflows`.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions, 2026-11-22.
"""

LEVELS = {"none": 0, "read": 1, "write": 2}


def satisfied(needs: Needs, permissions: Mapping[str, str]) -> bool:
    """Do `permissions` (API spelling, such as `pull_requests: write`) give one of `needs`?"""
    return not needs or any(_given(need, permissions) for need in needs)


def _given(need: str, permissions: Mapping[str, str]) -> bool:
    name, _, level = need.partition(":")
    return LEVELS.get(permissions.get(name, "none"), 0) >= LEVELS.get(level, 9)
