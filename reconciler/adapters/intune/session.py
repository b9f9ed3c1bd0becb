"""One tenant as a connection: who, where, with which quotas; and what this run has learned and changed so far.

Entra answers reads that are behind its own writes for some seconds. What this run has written is therefore remembered, and
a read that doesn't show it yet is repeated within bounds; nothing is ever slept for that isn't asked again.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.adapters.intune import api
from reconciler.adapters.intune.apps import read_app, read_apps
from reconciler.adapters.intune.batching import Outcome, send_all
from reconciler.adapters.intune.catalogue import Apps, index_apps, read_tokens
from reconciler.adapters.intune.families import LivePolicy, read_policy
from reconciler.adapters.intune.groups import EntraGroup, Groups, read_groups
from reconciler.http.client import HttpClient
from reconciler.http.clock import Clock
from reconciler.http.failures import HttpFailure, Invalid, NotFound
from reconciler.http.reads import Ahead, pages
from reconciler.http.request import Reply, Request

SETTLING = 60.0
"""Seconds that Entra may take to show a write: public clients wait up to 30 × 2 s (terraform-provider-microsoft365, 2026)."""

BEGUN_AHEAD = 8
"""Lists that wait for no wish: groups and then their members, apps, three of policies, two of devices."""

SORTS = ("configuration", "compliance", "catalog")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What organisation.yaml says of this backend. `tenant` is a GUID; `apple_token` names the VPP token whose apps are used."""

    tenant: str
    apple_token: str = ""


@dataclass(slots=True, kw_only=True)
class Session:
    """`root` is the address that Graph's versions stand below. Threads share it.

    `groups`, `apps` and `policies` are as they were last read, with what this run has made since. `made` are groups by id
    (monotonic seconds), `joined` and `left` memberships (group id, device) that reads may not show yet.
    """

    backend: str
    org: str
    root: str
    options: Options
    graph: HttpClient
    clock: Clock
    groups: Groups | None = None
    apps: Apps | None = None
    policies: dict[str, dict[str, LivePolicy]] = field(default_factory=dict)
    raw_groups: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    listed: bool = False
    """Whether `raw_groups` holds them all: what was read by id alone must not be taken for the tenant."""
    made: dict[str, float] = field(default_factory=dict)
    removed: dict[str, float] = field(default_factory=dict)
    changed: dict[str, tuple[float, Mapping[str, Any]]] = field(default_factory=dict)
    """Groups whose name or description this run has written: when, and what."""
    joined: dict[tuple[str, str], float] = field(default_factory=dict)
    left: dict[tuple[str, str], float] = field(default_factory=dict)
    ahead: Ahead = field(default_factory=lambda: Ahead(BEGUN_AHEAD), repr=False)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def close(self) -> None:
        self.ahead.close()
        self.graph.close()

    @property
    def tenant(self) -> str:
        return self.options.tenant

    def pages(self, first: Request) -> Iterator[list[Mapping[str, Any]]]:
        """The items of a list, page after page; links are followed on our own host alone."""
        return (values_of(reply) for reply in pages(self.graph.send, first, next_page))

    def items(self, first: Request) -> list[Mapping[str, Any]]:
        """All items of a list."""
        return [item for page in self.pages(first) for item in page]

    def send(self, requests: Sequence[Request]) -> list[Outcome]:
        return send_all(self.graph, self.clock, requests)

    def read_groups(self) -> Groups:
        """All groups as the tenant lists them, with what this run has made and without what it has removed."""
        listed = {str(item["id"]): item for item in self.items(api.list_groups())}
        with self.lock:
            known = {group: item for group, item in self.raw_groups.items() if group in self.made}
            self.raw_groups, self.listed = {**listed, **known}, True
            for group in self.removed:
                self.raw_groups.pop(group, None)
            self.groups = read_groups(self.raw_groups.values(), self.org)
            return self.groups

    def known_groups(self) -> Groups:
        with self.lock:
            if self.groups is None and self.listed:
                self.groups = read_groups(self.raw_groups.values(), self.org)
        return self.groups or self.read_groups()

    def remember_group(self, item: Mapping[str, Any], *, made: bool = False) -> None:
        """What a write of this run, or a read by id, says of one group."""
        with self.lock:
            group = str(item["id"])
            self.raw_groups[group] = {**self.raw_groups.get(group, {}), **item}
            if made:
                self.made[group] = self.clock.monotonic()
            self.groups = None  # indexed again when somebody asks, not for each of six hundred

    def forget_group(self, group: str) -> None:
        with self.lock:
            self.raw_groups.pop(group, None)
            self.removed[group] = self.clock.monotonic()
            self.groups = None

    def group_id(self, ref: str) -> str | None:
        group = self.known_groups().one(ref)
        return group.id if group else None

    def group(self, ref: str) -> EntraGroup | None:
        return self.known_groups().one(ref)

    def ref_of(self, group: str) -> str:
        """The reference of a group by id; `gone:<id>` for one that is not there any more."""
        return self.known_groups().refs.get(group, f"gone:{group}")

    def read_apps(self) -> Apps:
        tokens = read_tokens(self.items(api.list_tokens()))
        apps = read_apps(self.items(api.list_apps()))
        with self.lock:
            self.apps = index_apps(apps, tokens, org=self.org, apple_token=self.options.apple_token)
            return self.apps

    def known_apps(self) -> Apps:
        known = self.apps  # once: another thread may have it listed again
        return known if known is not None else self.read_apps()

    def remember_app(self, item: Mapping[str, Any] | None, *, gone: str = "") -> None:
        """One app as it has just been read or made; `gone`: the id of one that isn't there any more."""
        with self.lock:
            known = self.known_apps()
            apps = {identity: app for identity, app in known.by_id.items() if identity != gone}
            app = read_app(item) if item else None
            if app:
                apps[app.id] = app
            listed = list(apps.values())
            self.apps = index_apps(listed, known.tokens, org=self.org, apple_token=self.options.apple_token)

    def read_policies(self, sort: str, only: Collection[str] | None = None) -> Mapping[str, LivePolicy]:
        """All policies of one sort; of the catalogue those of ours with their settings, in batches.

        `only`: references of the places whose policies are asked for with their settings (None: all).
        """
        found = [read_policy(item, sort) for item in self.items(api.list_policies(sort))]
        if sort == "catalog":
            found = self._with_settings(found, only)
        with self.lock:
            self.policies[sort] = {policy.id: policy for policy in found}
            return self.policies[sort]

    def known_policies(self, sort: str) -> Mapping[str, LivePolicy]:
        """As last read; else listed, without the catalogue's settings: who asks for one policy reads it by its id."""
        return self.policies[sort] if sort in self.policies else self.read_policies(sort, only=())

    def remember_policy(self, sort: str, policy: LivePolicy) -> None:
        with self.lock:
            self.policies.setdefault(sort, {})[policy.id] = policy

    def forget_policy(self, sort: str, policy: str) -> None:
        with self.lock:
            self.policies.get(sort, {}).pop(policy, None)

    def _with_settings(self, listed: Sequence[LivePolicy], only: Collection[str] | None) -> list[LivePolicy]:
        ours = [policy for policy in listed if policy.mark is not None and policy.mark.org == self.org]
        if only is not None:
            ours = [policy for policy in ours if any(self.ref_of(group) in only for group in policy.assigned)]
        outcomes = self.send([api.list_catalog_settings(policy.id) for policy in ours])
        found = {policy.id: policy for policy in listed}
        for policy, outcome in zip(ours, outcomes, strict=True):
            settings = list(self.rest(outcome))
            item = {"settings": settings, "id": policy.id}
            found[policy.id] = _filled(policy, read_policy(item, "catalog"))
        return list(found.values())

    def rest(self, outcome: Outcome, headers: Mapping[str, str] | None = None) -> Iterator[Mapping[str, Any]]:
        """The items of a list that was asked for in a batch, and those of the pages that follow. Raises its failure.

        `headers` are those that the list was asked for with: the pages that follow need them again (aad-advanced-queries).
        """
        reply = succeeded(outcome)
        yield from values_of(reply)
        link = link_of(reply)
        if link:
            path = f"{api.V1}/(next page)"
            yield from self.items(Request(method="GET", path=path, link=link, headers=headers or {}, lane="directory"))

    def is_recent(self, at: float | None) -> bool:
        return at is not None and self.clock.monotonic() - at < SETTLING

    def is_new(self, group: str) -> bool:
        """Whether this run has only just made the group."""
        return self.is_recent(self.made.get(group))

    def settle(self, done: Callable[[], bool]) -> bool:
        """Ask again and again until it is done, within bounds; whether it was in the end."""
        pause, waited = 1.0, 0.0
        while not done():
            if waited >= SETTLING:
                return False
            self.clock.sleep(pause)
            waited += pause
            pause = min(pause * 2, 8.0)
        return True


def _filled(policy: LivePolicy, settings: LivePolicy) -> LivePolicy:
    return replace(policy, fields=settings.fields)


def succeeded(outcome: Outcome) -> Reply:
    """The reply; raises the failure where there was one."""
    if isinstance(outcome, HttpFailure):
        raise outcome
    return outcome


def next_page(request: Request, reply: Reply) -> Request | None:
    """The page that a reply says comes next: its link as it is, for what stands in it is the service's own affair."""
    link = link_of(reply)
    if not link:
        return None
    return Request(
        method="GET", path=request.path, values=request.values, headers=request.headers, link=link, lane=request.lane
    )


def link_of(reply: Reply) -> str | None:
    link = reply.data.get("@odata.nextLink") if isinstance(reply.data, dict) else None
    return str(link) if link else None


def values_of(reply: Reply) -> list[Mapping[str, Any]]:
    listed = reply.data.get("value", []) if isinstance(reply.data, dict) else []
    return [item for item in listed if isinstance(item, dict)]


def is_unsettled(failure: HttpFailure) -> bool:
    """Refused because a new object isn't known everywhere yet: 404, or 400 that speaks of an object that does not exist."""
    if isinstance(failure, NotFound):
        return True
    return isinstance(failure, Invalid) and "do not exist" in failure.message
