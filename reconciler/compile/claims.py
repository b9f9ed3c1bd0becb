"""User targets that two claim: a policy written twice on one place would be whichever came last. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from reconciler.compile.ledger import Ledger
from reconciler.compile.staging import Staged
from reconciler.model.documents import Organisation, School, UserTargets
from reconciler.model.place import Pointer

GLOB_CHARACTERS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Claim:
    """`scope` is what can't hold one target twice: a layer, and for groups the backend that writes there."""

    scope: tuple[str, ...]
    target: str
    subject: str
    owner: str
    at: Pointer


def check_user_targets(
    organisation: Organisation, schools: Iterable[School], groups: Iterable[Staged], ledger: Ledger
) -> None:
    """An error at both lines for every target written out in two places of one layer; globs are known only in `plan`."""
    claims: dict[tuple[tuple[str, ...], str], list[Claim]] = {}
    for claim in _claims(organisation, schools, groups):
        claims.setdefault((claim.scope, claim.target.casefold()), []).append(claim)
    for same in claims.values():
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


def _claims(organisation: Organisation, schools: Iterable[School], groups: Iterable[Staged]) -> Iterator[Claim]:
    for audience, targets in sorted(organisation.users.items()):
        yield from _of_targets(("organisation",), organisation.uid, audience, targets)
    for school in schools:
        for audience, targets in sorted(school.users.items()):
            yield from _of_targets(("school",), school.id, f"{school.id} ({audience})", targets)
    for one in groups:
        if one.group.users is not None:
            yield from _of_targets(("group", one.backend), one.key, one.key, one.group.users)


def _of_targets(scope: tuple[str, ...], subject: str, owner: str, targets: UserTargets) -> Iterator[Claim]:
    names = list(targets.org_units)
    if targets.directory_group:
        names.append(targets.directory_group)
    for name in names:
        if not GLOB_CHARACTERS.intersection(name):
            yield Claim(scope, name.rstrip("/") or "/", subject, owner, targets.at)
