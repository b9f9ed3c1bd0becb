"""What the forge remembers beside Git: people, pull requests, reviews, issues, deployments, environments, runs."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tests.forge.clock import Clock
from tests.forge.faults import Fault
from tests.forge.git import Bare

Level = Literal["read", "triage", "write", "maintain", "admin"]
LEVELS: Sequence[Level] = ("read", "triage", "write", "maintain", "admin")
ReviewState = Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]
Plan = Literal["free", "team", "enterprise"]

BOT = "github-actions[bot]"
"""Who the token of a job speaks as; GitHub's number for it is the same everywhere."""


@dataclass(slots=True, kw_only=True)
class Person:
    """An account. `email` is what its commits are known by; `level` is its right to the repository."""

    login: str
    id: int
    email: str
    name: str
    level: Level | None = "read"
    member: bool = True
    kind: Literal["User", "Bot"] = "User"
    gone: bool = False
    """The account was deleted; what it said stays."""


@dataclass(slots=True, kw_only=True)
class Team:
    """A team of the organisation."""

    id: int
    slug: str
    name: str
    members: list[str]
    maintainers: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Review:
    """`head`: the commit that was looked at."""

    id: int
    login: str
    state: ReviewState
    head: str
    at: datetime
    body: str = ""


@dataclass(slots=True, kw_only=True)
class Issue:
    """An issue, or what a pull request shares with one; they are numbered together."""

    number: int
    id: int
    title: str
    body: str | None
    author: str
    at: datetime
    updated: datetime
    state: Literal["open", "closed"] = "open"
    reason: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull request. `owner` is whose repository the head branch lies in; `heads` is every head it has had, oldest first."""

    issue: Issue
    id: int
    base: str
    base_sha: str
    owner: str
    branch: str
    heads: list[str]
    draft: bool = False
    reviews: list[Review] = field(default_factory=list)
    merged_at: datetime | None = None
    merged_by: str | None = None
    merge_sha: str | None = None
    method: str | None = None

    @property
    def number(self) -> int:
        return self.issue.number

    @property
    def head(self) -> str:
        return self.heads[-1]


@dataclass(slots=True, kw_only=True)
class Comment:
    """In the conversation of an issue or a pull request."""

    id: int
    number: int
    author: str
    body: str
    at: datetime
    updated: datetime


@dataclass(slots=True, kw_only=True)
class Label:
    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class DeploymentStatus:
    id: int
    state: str
    description: str
    creator: str
    at: datetime
    environment: str
    log_url: str = ""
    environment_url: str = ""


@dataclass(slots=True, kw_only=True)
class Deployment:
    id: int
    sha: str
    ref: str
    task: str
    environment: str
    payload: Any
    description: str | None
    creator: str
    at: datetime
    production: bool = False
    transient: bool = False
    statuses: list[DeploymentStatus] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Environment:
    """`branches`: patterns that may deploy; `protected`: any protected branch; None: any branch at all."""

    id: int
    name: str
    reviewers: list[str] = field(default_factory=list)
    """Logins, or `team:<slug>`."""
    prevent_self_review: bool = False
    wait_minutes: int = 0
    branches: list[str] | Literal["protected"] | None = None
    admins_bypass: bool = True
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    at: datetime


@dataclass(slots=True, kw_only=True)
class CheckRun:
    id: int
    name: str
    head: str
    status: str
    conclusion: str | None
    at: datetime
    completed_at: datetime | None
    output: dict[str, Any]
    annotations: list[dict[str, Any]]
    external_id: str = ""
    details_url: str | None = None


@dataclass(slots=True, kw_only=True)
class Status:
    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Run:
    """A workflow run. `head` and `ref` are what GITHUB_SHA and GITHUB_REF say; `branch` is the head branch."""

    id: int
    number: int
    workflow: str
    event: str
    actor: str
    ref: str
    head: str
    branch: str
    pull: int | None
    at: datetime
    payload: Mapping[str, Any]
    attempt: int = 1
    triggering_actor: str = ""
    status: str = "in_progress"
    conclusion: str | None = None
    approved: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Environment → who let the run into it, and when."""
    deployments: list[int] = field(default_factory=list)
    """Those that GitHub made for its jobs."""


@dataclass(slots=True, kw_only=True)
class Token:
    """`job`: GITHUB_TOKEN of one job; `app`: an installation's; `person`: a personal one. Permissions in the API's spelling."""

    kind: Literal["job", "app", "person"]
    login: str
    permissions: Mapping[str, str]
    expires: datetime
    run: Run | None = None
    environment: str | None = None
    fork: bool = False
    job: str = ""
    id_token: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, as GitHub would tell workflows. `starts_runs` is false for what a job's own token did."""

    name: str
    action: str | None
    payload: Mapping[str, Any]
    sender: str
    starts_runs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, and what it was answered; never with its token."""

    verb: str
    path: str
    query: str
    operation: str | None
    actor: str | None
    status: int


@dataclass(slots=True, kw_only=True)
class Settings:
    """What an owner sets in the repository and the organisation. The defaults are those of a new private repository."""

    visibility: Literal["private", "public"] = "private"
    plan: Plan = "team"
    protected: tuple[str, ...] = ()
    required_approvals: int = 1
    dismiss_stale_reviews: bool = False
    last_push_approval: bool = False
    code_owner_review: bool = False
    admins_too: bool = True
    merge_methods: tuple[str, ...] = ("merge", "squash", "rebase")
    actions_may_create_pulls: bool = False
    default_permissions: Literal["read", "write"] = "read"
    immutable_subject: bool = True
    """In the subject of identity tokens; so for every repository made after 2026-07-15."""
    pull_request_rule: Literal["ruleset", "classic"] = "ruleset"
    hourly: int = 1000
    """Requests per hour and repository that jobs' tokens have."""


@dataclass(slots=True)
class World:
    """The whole forge: one organisation, one repository. Whoever changes it holds `lock`."""

    git: Bare
    clock: Clock
    organisation: str
    name: str
    settings: Settings = field(default_factory=Settings)
    url: str = "http://forge.invalid"
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    forks: dict[str, Bare] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    deployments: dict[int, Deployment] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    checks: dict[int, CheckRun] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    runs: dict[int, Run] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    log: list[Asked] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    """Where a request or an answer left GitHub's description; empty in a good test."""
    refs: dict[str, str] = field(default_factory=dict)
    """Branches as they were when last looked at."""
    fork_refs: dict[str, dict[str, str]] = field(default_factory=dict)
    """Those of the forks."""
    spent: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    """Token's owner → when its hour began and how much of it is used."""
    last_id: int = 1000
    lock: threading.RLock = field(default_factory=threading.RLock)
    owner_id: int = 4_200_001
    repository_id: int = 9_300_007

    @property
    def full_name(self) -> str:
        return f"{self.organisation}/{self.name}"

    def new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def new_number(self) -> int:
        return max(self.issues, default=0) + 1
