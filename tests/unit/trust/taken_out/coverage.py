"""What covers a change: taken out of the decision itself.

Each line: the module, a piece of its source, what stands there instead, and the rows that then no longer hold: these and no others.
"""

CHECKS: dict[tuple[str, str, str], set[str]] = {
    ("covering", "if evidence.branch != terms.branch:", "if False:"): {"evidence of another branch"},
    ("covering", "if evidence.head != terms.commit:", "if False:"): {"the branch has gone on since this run began"},
    ("covering", "if (evidence.line[-1] if evidence.line else evidence.applied) != evidence.head:", "if False:"): {
        "the line does not end at the head"
    },
    ("covering", "if plan.organisation != terms.organisation:", "if False:"): {"the plan of another organisation"},
    ("covering", "plan.as_of > terms.today or ", ""): {"a plan for a day to come"},
    ("covering", " or (plan.lapses and plan.lapses <= terms.today)", ""): {"a date has passed that changes the plan"},
    ("covering", "plan.lapses <= terms.today", "plan.lapses < terms.today"): {
        "a date has passed that changes the plan"
    },
    ("covering", "if not _tenant(plan, evidence.backend):", "if False:"): {"a backend that did not answer"},
    ("covering", "if evidence.spent_from > needed:", "if False:"): {
        "a long window needs to be known whole",
        "what was done is known for 30 days only, and a grant may be 31 days old",
    },
    ("covering", "max(terms.window, terms.approvals_last + ZONE_SLACK)", "terms.approvals_last + ZONE_SLACK"): {
        "a long window needs to be known whole",
        "what was done is known for 30 days only, and a grant may be 31 days old",
    },
    ("covering", "max(terms.window, terms.approvals_last + ZONE_SLACK)", "terms.window"): {
        "what was done is known for 30 days only, and a grant may be 31 days old"
    },
    ("covering", "terms.approvals_last + ZONE_SLACK)", "terms.approvals_last)"): {
        "what was done is known for 30 days only, and a grant may be 31 days old"
    },
    ("covering", "if evidence.lost and evidence.lost not in standing.answered:", "if False:"): {
        "the newest records of what was done are gone",
        "the newest records of what was done are gone, and nobody has approved the file that answers for that",
    },
    ("covering", " and evidence.lost not in standing.answered:", ":"): {
        "the newest records of what was done are gone, and an approvals file answers for that"
    },
    ("covering", "    if standing.loose:\n", "    if False:\n"): {
        "limits that nobody approved hold what others approved",
        "limits that nobody approved hold what a file approves by name too",
    },
    ("covering", "if change.backend == backend]", "]"): {
        "what waits for something of another backend's does not wait here"
    },
    ("covering", "    reasons |= _dependants(changes, reasons)\n", ""): {
        "what waits for something held is held too, however far off",
        "what waits for something past a limit is held too",
    },
    ("covering", "settled = not held and ", "settled = "): {"a change that no record names"},
    ("covering", "and not standing.unanswered and not standing.pending", "and not standing.pending"): {
        "unapproved and without effect today: not yet to be forgotten",
        "what nobody approved and decides over nothing holds nothing else",
    },
    ("covering", " and not standing.pending\n", "\n"): {"something approved is still to come: not yet to be forgotten"},
    ("covering", "settled and all(change.backend != backend for change in plan.held)", "settled"): {
        "what the plan holds itself is not complete"
    },
    ("covering", "all(change.backend != backend for change in plan.held)", "not plan.held"): {
        "what the plan holds on another backend says nothing here"
    },
    ("covering", "_is_placement(change, terms) and not standing.unanswered", "_is_placement(change, terms)"): {
        "a placement beside a commit without a pull request",
        "a placement while something merged isn't approved: the pattern may be it",
    },
    (
        "covering",
        "(change.envelope.source, change.envelope.into) in grant.moves",
        "change.envelope.into in {into for _, into in grant.moves}",
    ): {"a move from another place"},
    (
        "covering",
        "(change.envelope.source, change.envelope.into) in grant.moves",
        "change.envelope.source in {source for source, _ in grant.moves}",
    ): {"a move into another group"},
    ("covering", "if standing.barred and not grant.by_file:", "if standing.barred:"): {
        "an approvals file holds also beside a commit that nobody answers for"
    },
    ("covering", "if grant.by_file and is_loud(change) and change", "if False and change"): {
        "a deletion among the fingerprints is not loud enough",
        "a deletion that destroys nothing is one all the same",
        "an update that loses data is as loud",
    },
    ("covering", "change.destroys or change.action is Action.DELETE", "change.destroys"): {
        "a deletion that destroys nothing is one all the same"
    },
    ("covering", "change.destroys or change.action is Action.DELETE", "change.action is Action.DELETE"): {
        "an update that loses data is as loud"
    },
    ("covering", "    if since:\n", "    if False:\n"): {
        "an approvals file is used once",
        "approved for a day, and done on it",
        "done once and changed by hand: nobody has decided to undo that",
    },
    ("covering", "    if change.destroys:\n        return Refusal", "    if False:\n        return Refusal"): {
        "a move that destroys"
    },
    ("covering", "change.envelope.source == OUTSIDE", "True"): {"a device that is in a group of ours already"},
    ("covering", " and not change.destroys\n", "\n"): {"a placement that destroys"},
    ("covering", "*(change for change in plan.held if change.backend == backend)]", "]"): {
        "what a killed run was about to delete and the plan holds was not done"
    },
    ("covering", "*(change for change in plan.held if change.backend == backend)]", "*plan.held]"): {
        "what a killed run was about to delete elsewhere is not held here"
    },
}
