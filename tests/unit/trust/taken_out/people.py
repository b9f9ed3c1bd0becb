"""Who may approve, and how much may be done.

Each line: the module, a piece of its source, what stands there instead, and the rows that then no longer hold: these and no others.
"""

CHECKS: dict[tuple[str, str, str], set[str]] = {
    (
        "approvals",
        "    if roles is None:\n        return Approval",
        "    roles = roles or {}\n    if False:\n        return Approval",
    ): {"roles that could not be read"},
    ("approvals", "if all(commit.sha != pull.head for commit in pull.commits):", "if False:"): {
        "not all commits are known, so nobody knows who wrote it"
    },
    ("approvals", " or not person for person in writers(pull)", " for person in writers(pull)"): {
        "a co-author that no account answers to"
    },
    ("approvals", "person.endswith(BOT) or not person for", "not person for"): {
        "pushed by a workflow, on behalf of nobody knows whom",
        "proposed by an app",
        "written by an app, in the name of whoever pressed the button",
    },
    ("approvals", "sorted(reviews, key=lambda review: review.at)", "reviews"): {"changes requested and then approved"},
    (
        "approvals",
        "sorted(reviews, key=lambda review: review.at)",
        "sorted(reviews, key=lambda review: review.at, reverse=True)",
    ): {
        "approved and then changes requested",
        "approved, and withdrawn after the merge",
        "changes requested and then approved",
    },
    (
        "approvals",
        "        if review.state is not ReviewState.COMMENTED:\n            last[",
        "        if True:\n            last[",
    ): {"approved and then a comment", "somebody has only commented"},
    ("approvals", "last[review.person.casefold()] = review", "last[review.person] = review"): {
        "approved, and withdrawn after the merge"
    },
    ("approvals", "[pull.author, *pull.pushers]", "[*pull.pushers]"): {
        "approved by the author of the pull request",
        "the app manager who wrote it",
        "proposed by an app",
    },
    ("approvals", "[pull.author, *pull.pushers]", "[pull.author]"): {
        "approved by somebody who pushed to it",
        "pushed by a workflow, on behalf of nobody knows whom",
    },
    ("approvals", "[commit.author, commit.committer, *commit.co_authors]", "[commit.committer, *commit.co_authors]"): {
        "approved by the author of a commit",
        "approved by the author of an earlier commit, in other letters",
        "written by an app, in the name of whoever pressed the button",
    },
    ("approvals", "[commit.author, commit.committer, *commit.co_authors]", "[commit.author, *commit.co_authors]"): {
        "approved by a committer"
    },
    ("approvals", "[commit.author, commit.committer, *commit.co_authors]", "[commit.author, commit.committer]"): {
        "a co-author that no account answers to",
        "approved by a co-author",
    },
    ("approvals", "frozenset(person.casefold() for person in people)", "frozenset(people)"): {
        "approved by the author of an earlier commit, in other letters"
    },
    ("approvals", "if review.person.casefold() not in members:", "if review.person not in members:"): {
        "approved, and withdrawn after the merge",
        "members are known in any letters",
    },
    ("approvals", "if review.state is ReviewState.DISMISSED:", "if False:"): {"dismissed"},
    ("approvals", "if review.state is not ReviewState.APPROVED:", "if False:"): {
        "approved and then changes requested",
        "approved, and withdrawn after the merge",
        "changes requested",
    },
    ("approvals", "if review.head != pull.head:", "if False:"): {"approved before the last push: another head"},
    ("approvals", "if review.at > pull.merged_at:", "if False:"): {"approved after the merge"},
    ("approvals", "if review.at > pull.merged_at:", "if review.at >= pull.merged_at:"): {
        "approved in the second of the merge"
    },
    ("approvals", "if shown_at and review.at < shown_at:", "if False:"): {
        "approved before the plan was there",
        "a comment that was written to after it was read",
    },
    ("approvals", "if shown_at and review.at < shown_at:", "if shown_at and review.at <= shown_at:"): {
        "approved in the second of the plan"
    },
    ("approvals", "if IT not in eligible or EDUCATION not in eligible:", "if True:"): {
        "one person for both IT and education"
    },
    ("approvals", "if owner not in roles:", "if False and owner not in roles:"): {
        "a role without a team",
        "app managers without a team",
    },
    (
        "approvals",
        "    if team is None:\n        return",
        "    team = team or Team(name='', members=frozenset({'ida'}))\n    if False:\n        return",
    ): {"a team that could not be read"},
    ("owners", "*sorted(wanted - set(ORDER))", ""): {
        "a pull request that makes its author's friends the app managers: the base's count",
        "an app manager of another school",
        "another app manager than the one who wrote it",
        "app managers without a team",
        "education doesn't stand in for the school's app managers",
        "one of the school's app managers is enough",
        "the app manager who wrote it",
        "two schools' app managers, each for their own",
    },
    ("owners", "        wanted.add(IT)\n", "        pass\n"): {"workflows and code are for IT to approve"},
    ("owners", "({IT, EDUCATION} if JOINT in owners else set())", "({IT} if JOINT in owners else set())"): {
        "an approvals file is joint, whatever its schema says",
        "one owner is missing",
        "one person for both IT and education",
    },
    ("window", "if one.at >= since and not one.allowed]", "if not one.allowed]"): {
        "ten deletions more than a week ago"
    },
    ("window", " and not one.allowed]", "]"): {"ten deletions that an allowance let through"},
    ("window", "[change for change in changes if not is_allowed(change, terms)]", "[*changes]"): {
        "more than ten moves in a week, allowed by a reviewed file",
        "the eleventh deletion, allowed by a reviewed file",
    },
    ("window", "if one.backend == terms.stock.backend and one.until", "if one.until"): {
        "the eleventh deletion, with an allowance of another backend"
    },
    ("window", " and one.until >= terms.today]", "]"): {"the eleventh deletion, with an allowance that has ended"},
    ("window", "return change.fingerprint in allowance.fingerprints", "return True"): {
        "the eleventh deletion, with an allowance of another change"
    },
    ("window", " and len(change.members) <= move.at_most", ""): {
        "more than ten moves in a week, with an allowance of fewer"
    },
    ("window", "if change.action is Action.DELETE and change.key.kind == kind]", "if change.key.kind == kind]"): {
        "an update is no deletion",
        "what waits for something past a limit is held too",
    },
    ("window", "sum(one.deletes and one.kind == kind for one in before)", "sum(one.kind == kind for one in before)"): {
        "ten changes that were no deletions"
    },
    ("window", "sum(one.deletes and one.kind == kind for one in before)", "sum(one.deletes for one in before)"): {
        "ten deletions of another kind"
    },
    ("window", "sum(one.moved for one in before if one.from_ours)", "sum(one.moved for one in before)"): {
        "first placements are no moves"
    },
    ("window", "sum(one.moved for one in before if one.from_ours)", "0"): {
        "more than ten moves in a week",
        "more than ten moves in a week, with an allowance of fewer",
    },
    ("window", "sum(one.placed for one in before)", "0"): {"more new devices than the class allows in a week"},
    ("window", "sum(one.placed for one in before)", "sum(one.moved for one in before)"): {
        "new devices that were placed by an approval use nothing of the class"
    },
    ("window", " and change.key.target not in made]", "]"): {
        "what lies on a place that is only now being made disturbs nobody"
    },
    ("window", " - done\n", "\n"): {"the same fifteen devices disturbed twice"},
    ("window", "done=_under(done, stock)", "done=0"): {"thirty devices disturbed in a week"},
    ("window", "max(terms.limits.floor, stock.devices", "max(0, stock.devices"): {
        "three devices may be disturbed, however few there are"
    },
    ("window", "    yield _disruption(asked, before, terms)\n", ""): {"thirty devices disturbed in a week"},
}
