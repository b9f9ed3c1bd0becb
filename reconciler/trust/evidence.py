"""What a forge has to say about how main came to be what it is: data for the decision, of no forge in particular.

People are logins, compared without regard to case; an empty one is somebody whom the forge can't name. Moments are
`datetime` in UTC. Nothing here is a name of a person or of a device, and values of refusals never hold a login.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reconciler.trust.record import Record
from reconciler.trust.refusal import Refusal


class ReviewState(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes-requested"
    DISMISSED = "dismissed"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    name: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """`co_authors` are those of the message's trailers; one that no account answers to is an empty text."""

    sha: str
    author: str
    committer: str
    co_authors: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`head`: the commit that was reviewed. A dismissed review keeps the moment at which it was made."""

    person: str
    state: ReviewState
    head: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedPull:
    """`into`: the branch. `base`: what the branch was right before the merge; `head`: the last commit of the pull request.

    `landed` are the commits that the merge put on the branch's first-parent line: the merge or the squash alone, or after a
    rebase all of them. `touched`: owner -> the places that are that owner's (`x-owner`); `other_files` are the changed
    files that no schema describes. `pushers` are those who pushed to it, as far as the forge says: an author's name in
    a commit can be written by anybody.
    `record`: the verified one, the refusal of one that doesn't verify, or None. `based`: whether the record's base is on the branch.
    `shown_at`: when its comments were last written, by whomever. `altered`: why what landed isn't what was reviewed, or can't be told to be; None where it is.
    """

    number: int
    into: str
    base: str
    head: str
    merge_sha: str
    landed: tuple[str, ...] = ()
    merged_at: datetime
    author: str
    commits: tuple[Commit, ...]
    reviews: tuple[Review, ...] = ()
    touched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other_files: tuple[str, ...] = ()
    pushers: tuple[str, ...] = ()
    record: Record | Refusal | None = None
    based: bool = True
    shown_at: datetime | None = None
    altered: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsFile:
    """A reviewed file that approves what no record covers. `until`: the last moment at which it holds.

    `deletions` are fingerprints of what takes away or destroys, apart from the others so that nobody overlooks them. `moves`: (source, into) ->
    at most so many devices. `commits`: those of main that are answered for although they came without a pull request, a
    record or an approval. `pull` is the one that last changed the file, or None where no pull request did. `edited`: it wasn't new there, so
    that what people saw when they approved is not what the file says.
    """

    id: str
    backend: str
    until: datetime
    fingerprints: frozenset[str] = frozenset()
    deletions: frozenset[str] = frozenset()
    moves: Mapping[tuple[str, str], int] = field(default_factory=dict)
    commits: frozenset[str] = frozenset()
    pull: MergedPull | None
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """One change that was carried out, as the deployment record keeps it.

    `moved` are devices that changed place, `placed` those of them that the class *placement* put somewhere without an
    approval of their own, `disturbed` the groups whose devices were disturbed. `allowed`: a reviewed allowance let it pass a limit.
    """

    at: datetime
    fingerprint: str
    kind: str
    deletes: bool = False
    from_ours: bool = False
    moved: int = 0
    placed: int = 0
    disturbed: tuple[str, ...] = ()
    allowed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """About one backend. `elsewhere`: commits of the line that can change nothing of this organisation: they are in other ones' folders alone.

    `applied`: the commit of its last complete apply, empty where there was none; `head`: the branch's last.

    `line`: the branch's first-parent commits after `applied`, oldest first, to `head`. `pulls`: those merged since then.
    `roles`: revision -> owner -> name of the team, of every pull's base, of `applied` and of every commit of the line.
    `controls`: commits of the line that change what decides over what may be done (limits, rules, the calendar).
    `unsure`: what a run that never told its end was about to do; see `settling`.
    `spent_from`: the moment from which on `spent` is all that was done; before it nobody knows. `lost`: what names the gap where the
    newest records were taken away, for an approvals file to answer for as for a commit.
    """

    backend: str
    branch: str
    head: str
    now: datetime
    applied: str = ""
    line: tuple[str, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    pulls: tuple[MergedPull, ...] = ()
    approvals: tuple[ApprovalsFile, ...] = ()
    teams: tuple[Team, ...] = ()
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spent: tuple[Spent, ...] = ()
    unsure: tuple[Spent, ...] = ()
    spent_from: datetime
    controls: frozenset[str] = frozenset()
    lost: str = ""
