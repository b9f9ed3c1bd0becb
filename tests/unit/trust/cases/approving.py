"""Which reviews count, and whose roles."""

from typing import Any

from reconciler.trust.evidence import MergedPull, Review, Team
from tests.unit.trust.building import (
    APPROVING,
    BASE,
    FP,
    HEAD,
    MERGE,
    MERGED,
    OTHER,
    PLANNED,
    ROLES,
    START,
    TEAMS,
    approvals,
    approving,
    at,
    change,
    commit,
    pull,
    record,
    review,
    sha,
    world,
)
from tests.unit.trust.cases.row import row

# --- approvals ---------------------------------------------------------------------------------------------------------


def reviewed(name: str, outcome: str, *reviews: Review, **more: Any) -> None:
    row(name, world(pulls=[pull(reviews=reviews, **more)]), outcome)


reviewed("nobody has reviewed it", "APPROVAL-NONE")
reviewed("somebody has only commented", "APPROVAL-NONE", review("ida", "commented"))
reviewed("one owner is missing", "APPROVAL-NOT-MEMBER", review("ida"))
reviewed(
    "approved before the last push: another head", "APPROVAL-OTHER-HEAD", review("ida", head=sha("1")), review("eva")
)
reviewed("dismissed", "APPROVAL-DISMISSED", review("ida", "dismissed"), review("eva"))
reviewed("changes requested", "APPROVAL-CHANGES-REQUESTED", review("ida", "changes-requested"), review("eva"))
reviewed(
    "approved and then changes requested",
    "APPROVAL-CHANGES-REQUESTED",
    review("ida"),
    review("ida", "changes-requested", at=at(21, 9, 30)),
    review("eva"),
)
reviewed(
    "changes requested and then approved",
    "#12",
    review("ida", at=at(21, 9, 30)),
    review("ida", "changes-requested"),
    review("eva"),
)
reviewed(
    "approved and then a comment", "#12", review("ida"), review("ida", "commented", at=at(21, 9, 30)), review("eva")
)
reviewed(
    "approved, and withdrawn after the merge",
    "APPROVAL-CHANGES-REQUESTED",
    review("ida"),
    review("Ida", "changes-requested", at=at(21, 11)),
    review("eva"),
)
reviewed("approved after the merge", "APPROVAL-AFTER-MERGE", review("ida", at=at(21, 10, 1)), review("eva"))
reviewed("approved in the second of the merge", "#12", review("ida", at=MERGED), review("eva"))
reviewed("approved before the plan was there", "APPROVAL-BEFORE-PLAN", review("ida", at=at(21, 7, 59)), review("eva"))
reviewed("approved in the second of the plan", "#12", review("ida", at=PLANNED), review("eva"))
reviewed("approved by somebody outside of the team", "APPROVAL-NOT-MEMBER", review("eva"), review("kim"))
reviewed("approved by the author of the pull request", "APPROVAL-BY-WRITER", review("ida"), review("eva"), author="ida")
reviewed(
    "approved by the author of a commit",
    "APPROVAL-BY-WRITER",
    review("ida"),
    review("eva"),
    commits=(commit(author="ida"),),
)
reviewed(
    "approved by the author of an earlier commit, in other letters",
    "APPROVAL-BY-WRITER",
    review("ida"),
    review("eva"),
    commits=(commit(sha("1"), "Ida"), commit()),
)
reviewed(
    "approved by a co-author",
    "APPROVAL-BY-WRITER",
    review("ida"),
    review("eva"),
    commits=(commit(HEAD, "anna", "web-flow", "ida"),),
)
reviewed(
    "approved by a committer",
    "APPROVAL-BY-WRITER",
    review("ida"),
    review("eva"),
    commits=(commit(HEAD, "anna", "ida"),),
)
reviewed("approved by somebody who pushed to it", "APPROVAL-BY-WRITER", review("ida"), review("eva"), pushers=("ida",))
reviewed("another member than the one who wrote it", "#12", review("ida"), review("olle"), review("eva"), author="ida")
reviewed("one person for both IT and education", "APPROVAL-ONE-PERSON", review("bo"))
reviewed("two persons, one of whom is in both teams", "#12", review("bo"), review("ida"))
reviewed("members are known in any letters", "#12", review("IDA"), review("Eva"))
reviewed(
    "pushed by a workflow, on behalf of nobody knows whom",
    "WRITER-UNKNOWN",
    review("ida"),
    review("eva"),
    pushers=("github-actions[bot]",),
)
reviewed("proposed by an app", "WRITER-UNKNOWN", review("ida"), review("eva"), author="Any-App[bot]")
reviewed(
    "written by an app, in the name of whoever pressed the button",
    "WRITER-UNKNOWN",
    review("ida"),
    review("eva"),
    commits=(commit(author="github-actions[bot]"),),
)
reviewed(
    "a co-author that no account answers to",
    "WRITER-UNKNOWN",
    review("ida"),
    review("eva"),
    commits=(commit(HEAD, "anna", "web-flow", ""),),
)
reviewed(
    "not all commits are known, so nobody knows who wrote it",
    "COMMITS-INCOMPLETE",
    review("ida"),
    review("eva"),
    commits=(commit(sha("1")),),
)
reviewed("nobody owns what it touches, and yet it changes something", "OWNERS-NONE", review("ida"), touched={})
reviewed(
    "an owner that only the record names is asked too",
    "APPROVAL-NOT-MEMBER",
    review("ida"),
    touched={"it": ("organisation.yaml backends",)},
    record=record(required=("it", "education")),
)
reviewed(
    "an owner that only this run finds is asked too",
    "APPROVAL-NOT-MEMBER",
    review("ida"),
    touched={"education": ("app-catalogs/x.yaml apps",)},
    record=record(required=("it",)),
)
reviewed(
    "data protection is asked for its fields",
    "APPROVAL-NOT-MEMBER",
    review("ida"),
    review("eva"),
    touched={"data-protection": ("app-catalogs/x.yaml apps.agreement",)},
)
reviewed(
    "workflows and code are for IT to approve",
    "APPROVAL-NOT-MEMBER",
    review("eva"),
    touched={"education": ("app-catalogs/x.yaml apps",)},
    other_files=(".github/workflows/apply.yml",),
)
row("a role without a team", world(roles={BASE: {"education": "utbildning"}}), "ROLE-WITHOUT-TEAM")
row("roles that could not be read", world(roles={}), "ROLES-UNKNOWN")
row("a team that could not be read", world(teams=TEAMS[1:]), "TEAM-UNKNOWN")
row(
    "a pull request that makes its author's friend the team of its role: the base's roles count",
    world(
        pulls=[pull(reviews=(review("kim"), review("eva")))],
        teams=(*TEAMS, Team(name="vanner", members=frozenset({"kim"}))),
        roles={BASE: ROLES, HEAD: {**ROLES, "it": "vanner"}, MERGE: {**ROLES, "it": "vanner"}, START: ROLES},
    ),
    "APPROVAL-NOT-MEMBER",
)
TAKEN_OVER = {**ROLES, "it": "vanner", "education": "vanner"}
FRIENDS = (*TEAMS, Team(name="vanner", members=frozenset({"kim", "moa"})))


def after(merge: str, **more: Any) -> MergedPull:
    """A pull request upon another, approved by nobody but friends."""
    reviews = (review("kim"), review("moa"))
    return pull(base=merge, merge_sha=sha("8"), reviews=reviews, **more)


row(
    "what nobody approved makes nobody a member: roles from before it count",
    world(
        pulls=[pull(number=11, merge_sha=sha("7"), reviews=(), record=record(OTHER, pull=11)), after(sha("7"))],
        teams=FRIENDS,
        roles={BASE: ROLES, sha("7"): TAKEN_OVER},
    ),
    "APPROVAL-NOT-MEMBER",
    complete=False,
)
row(
    "what was pushed past all pull requests makes nobody a member, not even for an approvals file",
    world(
        pulls=[],
        line=(sha("7"), APPROVING),
        files=[
            approvals(
                FP,
                commits=frozenset({sha("7"), APPROVING}),
                pull=approving(
                    base=sha("7"),
                    reviews=(review("kim", head=sha("f"), at=at(21, 13)), review("moa", head=sha("f"), at=at(21, 13))),
                ),
            )
        ],
        teams=FRIENDS,
        roles={START: ROLES, sha("7"): TAKEN_OVER},
    ),
    "APPROVAL-NOT-MEMBER",
)
row(
    "an approved change of roles makes somebody a member",
    world(
        pulls=[pull(number=11, merge_sha=sha("7"), record=record(OTHER, pull=11)), after(sha("7"))],
        teams=FRIENDS,
        roles={BASE: ROLES, sha("7"): TAKEN_OVER},
    ),
    "#12",
)
row(
    "a pull request that only people read needs nobody, and holds nothing",
    world(pulls=[pull(), approving(touched={}, reviews=(), other_files=("docs/sv/ny.md", "README.md"))]),
    "#12",
    complete=True,
)
row(
    "somebody else's pull request without an approval holds only its own",
    world(
        change(),
        change(OTHER, "safe-search"),
        pulls=[pull(), approving(reviews=(), record=record(OTHER, pull=13, head=sha("f")))],
    ),
    {FP: "#12", OTHER: "APPROVAL-NONE"},
    complete=False,
)
row(
    "unapproved and without effect today: not yet to be forgotten",
    world(pulls=[pull(), approving(reviews=())]),
    "#12",
    complete=False,
)
