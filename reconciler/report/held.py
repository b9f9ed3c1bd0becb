"""Changes that a plan shows and will not do, by the reason that holds them, with what to do about it. Pure."""

import re
from collections.abc import Mapping, Sequence

from reconciler.model.change import Action, Change, Plan
from reconciler.model.finding import Finding, is_error
from reconciler.report.grouping import blocks_of
from reconciler.report.remarks import remark_of
from reconciler.report.view import Block, Section
from reconciler.report.words import Words

WAITING_CODES = frozenset({"HELD-WITH", "OUTSIDE-FILTER"})
_ID = re.compile(r"^id: ([a-z0-9-]+)$", re.MULTILINE)


def held_section(plan: Plan, words: Words) -> Section | None:
    """One block of reasons and items for each limit, then what an error stops, then what waits for those."""
    if not plan.held:
        return None
    blocks: list[Block] = []
    waiting = held_with(plan)
    waits = [change for change in plan.held if (change.backend, str(change.key)) in waiting]
    left = [change for change in plan.held if (change.backend, str(change.key)) not in waiting]
    for finding in limit_findings(plan):
        under = [change for change in left if _is_under(change, finding)]
        left = [change for change in left if not _is_under(change, finding)]
        if under:
            blocks += _limit_blocks(finding, under, words)
    if left:
        blocks += _reasoned(words.say("HELD-BY-ERROR"), left, words)
    if waits:
        blocks += _reasoned(words.say("HELD-WAITS"), waits, words)
    title = words.say("SECTION-HELD")
    return Section(
        title=title, tone="held", intro=(words.say("HELD-INTRO"),), count=len(plan.held), blocks=tuple(blocks)
    )


def limit_findings(plan: Plan) -> list[Finding]:
    return [finding for finding in plan.findings if is_error(finding) and finding.subject.startswith("limit:")]


def _is_under(change: Change, finding: Finding) -> bool:
    """Which changes a limit is about, by the same words as the check of it."""
    if change.backend != finding.values.get("backend"):
        return False
    moves = change.envelope is not None and change.envelope.source != "outside"
    return {
        "LIMIT-DELETIONS": change.action is Action.DELETE and change.key.kind == finding.values.get("kind"),
        "LIMIT-MOVES": moves,
        "LIMIT-DISRUPTION": change.effect.disruption != "none",
    }.get(finding.code, change.action is Action.DELETE or bool(change.resets) or moves)


def _limit_blocks(finding: Finding, changes: Sequence[Change], words: Words) -> list[Block]:
    said = remark_of(finding.code, finding.values, words)
    example = finding.values.get("allowance", "")
    intro = [said.text]
    if example:
        named = _ID.search(example)
        intro.append(words.say("ALLOWANCE", file=f"policies/allowances/{named[1] if named else '…'}.yaml"))
    elif said.hint:
        intro.append(said.hint)
    return [Block(intro=tuple(intro), example=example), *blocks_of(changes, words)]


def _reasoned(reason: str, changes: Sequence[Change], words: Words) -> list[Block]:
    return [Block(intro=(reason,)), *blocks_of(changes, words)]


def held_with(plan: Plan) -> Mapping[tuple[str, str], str]:
    """(backend, key) → what it waits for, for machines."""
    return {
        (note.backend, note.subject): note.values.get("on", "") for note in plan.notes if note.code in WAITING_CODES
    }
