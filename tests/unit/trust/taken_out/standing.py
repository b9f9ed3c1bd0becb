"""Who answers for what is on the branch, and what that grants.

Each line: the module, a piece of its source, what stands there instead, and the rows that then no longer hold: these and no others.
"""

CHECKS: dict[tuple[str, str, str], set[str]] = {
    ("line", "if pull.into == evidence.branch}", "}"): {"a pull request into another branch is none"},
    ("line", "if merge in evidence.line for sha", "for sha"): {
        "a pull request that is no longer on the branch lands nothing on it"
    },
    ("line", "if file.backend == evidence.backend]", "]"): {
        "an approvals file of another backend",
        "an approvals file of another backend answers for nothing here",
    },
    ("line", "elif sha not in landed and", "elif"): {
        "a rebase of which one commit is this municipality's is looked at whole",
        "a rebase: several commits land, none of them the head that was reviewed",
    },
    ("line", " and sha not in evidence.elsewhere:", ":"): {
        "a commit in another municipality's folder without a pull request holds nothing here"
    },
    ("line", "if not evidence.elsewhere.issuperset({sha, *pulls[sha].landed}):", "if True:"): {
        "a pull request in another municipality's folder needs neither record nor approval here"
    },
    ("line", "issuperset({sha, *pulls[sha].landed})", "issuperset({sha})"): {
        "a rebase of which one commit is this municipality's is looked at whole"
    },
    (
        "line",
        '    if record is None:\n        return Refusal(code="RECORD-MISSING", values=values)\n',
        "    if record is None:\n        return Record(organisation='', repository='', pull=0, head='', base='', made_at=pull.merged_at, lapses=pull.merged_at, tenants={})\n",
    ): {
        "a pull request without a record",
        "a rebase of which one commit is this municipality's is looked at whole",
        "of two merges the first comes without a record: nobody knows what is whose",
    },
    ("line", "if record.organisation != terms.organisation:", "if False:"): {
        "a record replayed from another organisation"
    },
    ("line", "if record.repository != terms.repository:", "if False:"): {"a record replayed from another repository"},
    ("line", "if record.pull != pull.number:", "if False:"): {"a record replayed from another pull request"},
    ("line", "if record.head != pull.head:", "if False:"): {"a record of another head: pushed by force after the plan"},
    ("line", "    if file.edited:\n", "    if False:\n"): {
        "an approvals file that was there before, and was changed",
        "an approvals file that was changed answers for nothing",
    },
    ("line", "max(record.made_at, pull.shown_at or record.made_at)", "record.made_at"): {
        "a comment that was written to after it was read"
    },
    ("line", "if sha in evidence.controls", "if True"): {
        "an approvals file holds also beside a commit that nobody answers for",
        "what nobody approved and decides over nothing holds nothing else",
        "unapproved and without effect today: not yet to be forgotten",
        "somebody else's pull request without an approval holds only its own",
    },
    ("line", "if not pull.based:", "if False:"): {"a record told apart from a commit that was never on the branch"},
    ("line", "    if pull.altered:\n", "    if False:\n"): {
        "a merge that brings more than was reviewed",
        "a merge that brings more than was reviewed, and that an approvals file answers for",
    },
    ("line", "    if file.pull.altered:\n", "    if False:\n"): {
        "an approvals file that came in with a merge that brings more than was reviewed"
    },
    ("line", '**dict.fromkeys(record.required, ("record",)), ', ""): {
        "an owner that only the record names is asked too",
        "what was education's when the plan was shown and is theirs at the merge takes both",
    },
    ("line", ", **pull.touched}", ", **(pull.touched if not record.required else {})}"): {
        "an owner that only this run finds is asked too",
        "app managers approve their lines and nothing beside them",
        "two schools' app managers, each for their own",
        "what was theirs when the plan was shown and is education's at the merge takes both",
    },
    ("line", "required_owners(touched, pull.other_files)", "required_owners(touched)"): {
        "workflows and code are for IT to approve"
    },
    ("line", "any(record.fingerprints.values()) or ", ""): {
        "nobody owns what it touches, and yet it changes something"
    },
    ("line", "any(record.envelopes.values()) or ", ""): {"nobody owns what it touches, and it moves devices"},
    ("line", " or record.later)", ")"): {"nobody owns what it touches, and it changes something on a day to come"},
    ("line", "shown_at=max(record.made_at, pull.shown_at or record.made_at))", "shown_at=None)"): {
        "approved before the plan was there",
        "a comment that was written to after it was read",
    },
    ("line", "unapproved or _file_lapsed(walk, file)", "unapproved"): {
        "an approvals file a month after its merge, whatever its end",
        "an approvals file past its end",
    },
    ("line", "    if not unapproved:\n", "    if True:\n"): {
        "an approvals file that nobody approved answers for nothing",
        "an approvals file that was changed answers for nothing",
        "the newest records of what was done are gone, and nobody has approved the file that answers for that",
    },
    ("line", "            walk.open.pop(sha, None)\n", "            pass\n"): {
        "the first apply of all: the commit that founded the repository says who may approve it",
        "an approvals file answers for a commit: the rest goes on",
        "an approvals file answers for a pull request that nobody approved: its record counts",
        "an approvals file past its end still answers for a commit: it was gone through",
        "limits that a file answers for hold nothing",
    },
    ("line", "file.pull is None or file.pull.into != walk.evidence.branch", "file.pull is None"): {
        "an approvals file merged elsewhere"
    },
    (
        "line",
        "{*required_owners(file.pull.touched, file.pull.other_files), JOINT}",
        "required_owners(file.pull.touched, file.pull.other_files)",
    ): {"an approvals file is joint, whatever its schema says"},
    ("line", "{*required_owners(file.pull.touched, file.pull.other_files), JOINT}", "{JOINT}"): {
        "an approvals file asks also the owners of what else its pull request touches"
    },
    ("line", "min(file.until, merged_at + walk.terms.approvals_last)", "file.until"): {
        "an approvals file a month after its merge, whatever its end"
    },
    ("line", "min(file.until, merged_at + walk.terms.approvals_last)", "merged_at + walk.terms.approvals_last"): {
        "an approvals file past its end"
    },
    ("line", "next((one.before for one in self.open.values()), pull.base)", "pull.base"): {
        "what nobody approved makes nobody a member: roles from before it count",
        "what was pushed past all pull requests makes nobody a member, not even for an approvals file",
    },
    (
        "line",
        "next((one.before for one in self.open.values()), pull.base)",
        "next((one.before for one in self.open.values()), pull.head if pull.head in self.evidence.roles else pull.base)",
    ): {
        "a pull request that makes its author's friend the team of its role: the base's roles count",
        "a pull request that makes its author's friends the app managers: the base's count",
    },
    ("line", "fault = missing if pull.merge_sha in walk.open else None", "fault = missing"): {
        "an approvals file answers for a pull request that nobody approved: its record counts"
    },
    ("line", "later.day > terms.today and later", "later"): {
        "what was approved for a day to come is there: nothing more to wait for"
    },
    ("grants", "fault = missing or _other_tenant(pull, record, backend, tenant)", "fault = missing"): {
        "a record of another tenant",
        "a record without a tenant for the backend",
        "the tenant has changed since",
    },
    ("grants", "record.tenants.get(backend) == tenant", "record.tenants.get(backend, tenant) == tenant"): {
        "a record without a tenant for the backend"
    },
    ("grants", "fault or _lapsed(pull, record, evidence, terms)", "fault"): {
        "a record that has lapsed",
        "an approval lapses a month after the merge, whatever its record says",
    },
    ("grants", "if evidence.now >= record.lapses:", "if False:"): {"a record that has lapsed"},
    ("grants", "if evidence.now >= record.lapses:", "if evidence.now > record.lapses:"): {"a record that has lapsed"},
    ("grants", "if evidence.now >= ends:", "if False:"): {
        "an approval lapses a month after the merge, whatever its record says"
    },
    ("grants", "if not fault and terms.today < later.day:", "if False:"): {
        "approved for tomorrow, and asked for today"
    },
    ("grants", "if not fault and terms.today >= later.day + terms.approvals_last:", "if False:"): {
        "approved for a day a month ago"
    },
    (
        "grants",
        "fingerprints=frozenset(record.fingerprints.get(backend, ())),",
        "fingerprints=frozenset(one for some in record.fingerprints.values() for one in some),",
    ): {"named for another backend"},
    ("grants", " for day in record.later if day.backend == backend)", " for day in record.later)"): {
        "approved for today on another backend"
    },
    ("grants", "datetime.combine(later.day, time(), UTC) - ZONE_SLACK", "datetime.combine(later.day, time(), UTC)"): {
        "approved for a day, and done on it"
    },
    (
        "settling",
        "if rest is None or (one.moved and runs[one.fingerprint] > 1):",
        "if one.moved and runs[one.fingerprint] > 1:",
    ): {
        "what a killed run was about to delete elsewhere is not held here",
        "what a killed run was about to do and nobody asks for any more was done",
    },
    ("settling", " or (one.moved and runs[one.fingerprint] > 1)", ""): {
        "two runs were killed in the middle of a move: nobody knows what is left"
    },
    ("settling", "one.moved - rest), placed", "one.moved), placed"): {
        "a run was killed in the middle of a move: the rest goes on"
    },
    (
        "settling",
        "        elif one.moved:\n            yield replace(one, moved=max(0, one.moved - rest), placed=max(0, one.placed - rest))\n",
        "",
    ): {"a run was killed in the middle of a move, and one before it had moved some"},
    ("settling", "one.placed - rest", "one.placed"): {"a run was killed in the middle of placing: the rest goes on"},
    ("settling", "if rest is None or (one.moved and", "if rest is None or (runs and"): {
        "two runs were killed before they did this: the next goes on"
    },
    ("line", 'evidence.applied or next(iter(evidence.line), "")', "evidence.applied"): {
        "the first apply of all: the commit that founded the repository says who may approve it"
    },
}
