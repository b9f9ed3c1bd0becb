"""Which reviews count: the latest of a person, for the merged head, before the merge, by a member of the owner's team who
wrote none of it. IT and education are two persons.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from reconciler.trust.evidence import MergedPull, Review, ReviewState, Team
from reconciler.trust.owners import EDUCATION, IT, owner_values
from reconciler.trust.refusal import Refusal

BOT: Final = "[bot]"
"""What the login of every GitHub App ends with, and no person's can. Who had it write, nobody can tell: a workflow of anybody who may
push writes as `github-actions[bot]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """`by`: owner -> the login that approved for it; `missing`: owner -> why nobody did."""

    by: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, Refusal] = field(default_factory=dict)


def judge(
    pull: MergedPull,
    owners: Sequence[str],
    roles: Mapping[str, str] | None,
    teams: Sequence[Team],
    *,
    shown_at: datetime | None = None,
) -> Approval:
    """`roles`: owner -> team, before the pull request, or it could choose who approves it; None where nobody can tell.

    `shown_at`: when the plan was there to be seen; an earlier review didn't see it.
    """
    if roles is None:
        return Approval(missing=dict.fromkeys(owners, Refusal(code="ROLES-UNKNOWN", values={"pull": str(pull.number)})))
    unsure = _unsure(pull)
    if unsure:
        return Approval(missing=dict.fromkeys(owners, unsure))
    latest = latest_reviews(pull.reviews)
    eligible: dict[str, list[str]] = {}
    missing: dict[str, Refusal] = {}
    for owner in owners:
        found = _for_owner(owner, roles, teams, latest, pull, shown_at)
        if isinstance(found, Refusal):
            missing[owner] = found
        else:
            eligible[owner] = found
    by = {owner: people[0] for owner, people in eligible.items()}
    return _two_persons(pull.number, Approval(by=by, missing=missing), eligible)


def latest_reviews(reviews: Sequence[Review]) -> tuple[Review, ...]:
    """Each person's last word, by login; a comment takes nothing back."""
    last: dict[str, Review] = {}
    for review in sorted(reviews, key=lambda review: review.at):
        if review.state is not ReviewState.COMMENTED:
            last[review.person.casefold()] = review
    return tuple(last[person] for person in sorted(last))


def writers(pull: MergedPull) -> frozenset[str]:
    """Everybody who had a hand in it, as far as is known, in lower case."""
    people = [pull.author, *pull.pushers]
    for commit in pull.commits:
        people += [commit.author, commit.committer, *commit.co_authors]
    return frozenset(person.casefold() for person in people)


def _unsure(pull: MergedPull) -> Refusal | None:
    """What isn't known about a pull request that its approval hangs on."""
    values = {"pull": str(pull.number)}
    # GitHub lists at most 250 commits of a pull request, oldest first (docs.github.com/rest/pulls/pulls, 2026-11-22).
    if all(commit.sha != pull.head for commit in pull.commits):
        return Refusal(code="COMMITS-INCOMPLETE", values=values)
    if any(person.endswith(BOT) or not person for person in writers(pull)):
        return Refusal(code="WRITER-UNKNOWN", values=values)
    return None


def _for_owner(
    owner: str,
    roles: Mapping[str, str],
    teams: Sequence[Team],
    latest: Sequence[Review],
    pull: MergedPull,
    shown_at: datetime | None,
) -> list[str] | Refusal:
    values = {"pull": str(pull.number), **owner_values(owner), "team": roles.get(owner, "")}
    if owner not in roles:
        return Refusal(code="ROLE-WITHOUT-TEAM", values=values)
    team = next((team for team in teams if team.name == roles[owner]), None)
    if team is None:
        return Refusal(code="TEAM-UNKNOWN", values=values)
    members = frozenset(person.casefold() for person in team.members)
    written = writers(pull)
    faults = {review.person: _fault(review, pull, members, written, shown_at) for review in latest}
    good = [person for person, fault in faults.items() if not fault]
    return good or Refusal(code=_most_telling(faults.values()), values=values)


def _fault(
    review: Review, pull: MergedPull, members: Collection[str], written: Collection[str], shown_at: datetime | None
) -> str:
    if review.person.casefold() not in members:
        return "APPROVAL-NOT-MEMBER"
    if review.state is ReviewState.DISMISSED:
        return "APPROVAL-DISMISSED"
    if review.state is not ReviewState.APPROVED:
        return "APPROVAL-CHANGES-REQUESTED"
    if review.person.casefold() in written:
        return "APPROVAL-BY-WRITER"
    if review.head != pull.head:
        return "APPROVAL-OTHER-HEAD"
    if review.at > pull.merged_at:
        return "APPROVAL-AFTER-MERGE"
    if shown_at and review.at < shown_at:
        return "APPROVAL-BEFORE-PLAN"
    return ""


def _most_telling(faults: Collection[str]) -> str:
    """A member's fault says more than that somebody else approved."""
    told = [fault for fault in faults if fault != "APPROVAL-NOT-MEMBER"] or list(faults)
    return told[0] if told else "APPROVAL-NONE"


def _two_persons(pull: int, approval: Approval, eligible: Mapping[str, Sequence[str]]) -> Approval:
    if IT not in eligible or EDUCATION not in eligible:
        return approval
    pairs = [
        (one, other) for one in eligible[IT] for other in eligible[EDUCATION] if one.casefold() != other.casefold()
    ]
    by = dict(approval.by)
    if pairs:
        by[IT], by[EDUCATION] = pairs[0]
        return Approval(by=by, missing=approval.missing)
    del by[EDUCATION]
    missing = {**approval.missing, EDUCATION: Refusal(code="APPROVAL-ONE-PERSON", values={"pull": str(pull)})}
    return Approval(by=by, missing=missing)
