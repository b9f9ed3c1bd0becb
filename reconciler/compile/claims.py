"""User targets that two claim: a policy written twice on one place would be whichever came last. Pure."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from reconciler.compile.ledger import Ledger
from reconciler.compile.staging import Staged
from reconciler.model.documents import Organisation, School, UserTargets
from reconciler.model.place import Pointer
from reconciler.model.system import users_on

GLOB_CHARACTERS = frozenset("*?[")


class Claim(NamedTuple):
    """`scope` is what can't hold one target twice: a layer, and for groups the backend that writes there and the platform
    that it writes for: the same staff have iPads and PCs, and their apps don't meet."""

    scope: tuple[str, ...]
    target: str
    subject: str
    owner: str
    at: Pointer


Claims = dict[tuple[tuple[str, ...], str], tuple[Claim, ...]]
"""Scope and folded target -> everybody who claims it."""


def file_claims(filed: Claims, claims: Iterable[Claim]) -> None:
    for claim in claims:
        key = (claim.scope, claim.target.casefold())
        filed[key] = (*filed.get(key, ()), claim)


def report_claimed_twice(filed: Claims, ledger: Ledger) -> None:
    """An error at both lines for every target written out in two places of one layer; globs are known only in `plan`."""
    for same in filed.values():
        for first, second in combinations(same, 2):
            _report(ledger, first, second)
            _report(ledger, second, first)


def _report(ledger: Ledger, claim: Claim, other: Claim) -> None:
    ledger.report(
        "USER-TARGET-TWICE",
        claim.at,
        claim.subject,
        places={"other_at": other.at},
        target=claim.target,
        owner=claim.owner,
        other=other.owner,
    )


def organisation_claims(organisation: Organisation) -> Iterator[Claim]:
    for audience, targets in organisation.users.items():
        yield from _of_targets(("organisation",), organisation.uid, audience, targets)


def school_claims(school: School, groups: Iterable[Staged]) -> Iterator[Claim]:
    """The claims of a school's own layer and of its groups."""
    for audience, targets in school.users.items():
        yield from _of_targets(("school",), school.id, f"{school.id} ({audience})", targets)
    for one in groups:
        users = users_on(one.group.users, one.site.system)
        if users is not None:
            yield from _of_targets(("group", one.backend, one.site.platform), one.key, one.key, users)


def _of_targets(scope: tuple[str, ...], subject: str, owner: str, targets: UserTargets) -> Iterator[Claim]:
    for name in (*targets.org_units, *targets.directory_groups):
        if not GLOB_CHARACTERS.intersection(name):
            yield Claim(scope, name.rstrip("/") or "/", subject, owner, targets.at)
