"""What many reasons pass through: without it these rows turn red, and more."""

GATES: dict[tuple[str, str, str], set[str]] = {
    ("covering", "    if grant.fault:\n        return grant.fault\n", ""): {
        "a record that has lapsed",
        "an approvals file that nobody approved",
        "nobody has reviewed it",
    },
    ("covering", "grant.by_file and is_loud(change)", "is_loud(change)"): {
        "a deletion in a record, which shows it first and loud",
        "a small place has a floor",
    },
    ("line", "fault = missing if pull.merge_sha in walk.open else None", "fault = None"): {
        "dismissed",
        "nobody has reviewed it",
    },
    ("line", "    if missing:\n        before", "    if False:\n        before"): {"nobody has reviewed it"},
    ("approvals", "if review.person.casefold() not in members:", "if False:"): {
        "approved by somebody outside of the team"
    },
    ("owners", "({IT, EDUCATION} if JOINT in owners else set())", "({EDUCATION} if JOINT in owners else set())"): {
        "a pull request that makes its author's friend the team of its role: the base's roles count",
        "a role without a team",
    },
    ("covering", "    reasons |= over_limits(going, placed, spent, terms, evidence.now)\n", ""): {
        "more new devices than the class allows",
        "more new devices than the class allows in a week",
    },
    ("covering", "if standing.barred and not grant.by_file:", "if False:"): {
        "a commit without a pull request",
        "a pull request that is no longer on the branch lands nothing on it",
    },
    ("covering", "[one for one in done if one.at >= grant.since]", "[*done]"): {
        "done once before the merge, on the strength of something else",
        "the first approval is used up, and the second is not",
    },
    ("covering", "if used + len(change.members) <= room:", "if len(change.members) <= room:"): {
        "over several runs: the room is used up",
        "the first approval is used up, and the second is not",
    },
    ("covering", "if used + len(change.members) <= room:", "if used < room:"): {
        "an approvals file for fewer devices",
        "more than was approved, but within the class",
    },
    ("covering", "outside and terms.placements is not None and", "outside and"): {
        "a move into another group",
        "a new device, and nobody has allowed the class",
    },
    ("covering", "spent = (*evidence.spent, *settle(evidence.unsure, still))", "spent = evidence.spent"): {
        "a run was killed in the middle of a move, and one before it had moved some",
        "two runs were killed in the middle of a move: nobody knows what is left",
    },
    (
        "covering",
        "spent = (*evidence.spent, *settle(evidence.unsure, still))",
        "spent = (*evidence.spent, *evidence.unsure)",
    ): {
        "a run was killed before it did this: the next goes on",
        "a run was killed in the middle of a move: the rest goes on",
    },
    ("line", "elif sha not in landed and sha not in evidence.elsewhere:", "elif False:"): {
        "a commit without a pull request",
        "a placement beside a commit without a pull request",
    },
    ("line", "if not evidence.elsewhere.issuperset({sha, *pulls[sha].landed}):", "if False:"): {
        "a pull request without a record",
        "a record of another head: pushed by force after the plan",
    },
    ("line", "bars=isinstance(record, Refusal))", "bars=False)"): {
        "a pull request without a record",
        "a record of another head: pushed by force after the plan",
    },
    ("line", "why=why, before=before, bars=True)", "why=why, before=before, bars=False)"): {
        "a commit without a pull request",
        "a placement beside a commit without a pull request",
    },
    ("line", "    return _lacking(walk, file.pull, owners)\n", "    return None\n"): {
        "an approvals file asks also the owners of what else its pull request touches",
        "an approvals file is joint, whatever its schema says",
    },
    ("settling", "        elif one.moved:\n", "        else:\n"): {
        "a run was killed before it did this: the next goes on",
        "two runs were killed before they did this: the next goes on",
    },
    ("approvals", "if review.person.casefold() in written:", "if False:"): {
        "approved by a co-author",
        "approved by a committer",
    },
    ("window", "one.done + one.weight > one.limit", "one.weight > one.limit"): {
        "more new devices than the class allows in a week",
        "more than ten moves in a week",
    },
    ("window", "one.done + one.weight > one.limit", "one.done > one.limit"): {
        "more new devices than the class allows",
        "more new devices than the class allows in a week",
    },
    ("window", "one.done + one.weight > one.limit", "one.done + one.weight >= one.limit"): {
        "a small place has a floor",
        "as many new devices as the class allows",
    },
}
