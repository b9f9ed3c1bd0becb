"""Changes that a plan shows and will not do, by the reason that holds them, with what to do about it. Pure."""

import re
from collections.abc import Mapping, Sequence

from reconciler.model.change import Action, Change, Plan
from reconciler.model.finding import Finding, is_error
from reconciler.report.grouping import Describe, blocks_of
from reconciler.report.items import item_of
from reconciler.report.remarks import remark_of
from reconciler.report.view import Block, Section, step
from reconciler.report.words import Words

WAITING_CODES = frozenset({"HELD-WITH", "OUTSIDE-FILTER"})
ADVISED = frozenset({"LIMIT-DISRUPTION", "EMPTY-INVENTORY", "EMPTY-DESIRED-STATE"})
"""Limits that there is something better to do about than to lift them."""
LINES_SHOWN = 10
"""Changes that an allowance names, up to which it is shown whole."""
_ID = re.compile(r"^id: ([a-z0-9-]+)$", re.MULTILINE)


def held_section(plan: Plan, words: Words, *, file: str = "", describe: Describe = item_of) -> Section | None:
    """One block of reasons and items for each limit, then what an error stops, then what waits for those.

    `file` is the plan's own, for the command that prints an allowance too long to be read here; `describe` as in `blocks_of`.
    """
    if not plan.held:
        return None
    blocks: list[Block] = []
    systems = len(plan.tenants) > 1
    waiting = held_with(plan)
    waits = [change for change in plan.held if (change.backend, str(change.key)) in waiting]
    left = [change for change in plan.held if (change.backend, str(change.key)) not in waiting]
    limits = limit_findings(plan)
    for finding in limits:
        under = [change for change in left if _is_under(change, finding)]
        left = [change for change in left if not _is_under(change, finding)]
        if under:
            alone = sum(one.values.get("backend") == finding.values.get("backend") for one in limits) == 1
            reason = _limit_block(finding, under, words, file=file or "plan.json", alone=alone)
            blocks += [reason, *blocks_of(under, words, systems=systems, describe=describe)]
    for code, some in (("HELD-BY-ERROR", left), ("HELD-WAITS", waits)):
        if some:
            blocks.append(Block(intro=(words.say(code),)))
            blocks += blocks_of(some, words, systems=systems, describe=describe)
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


def _limit_block(finding: Finding, changes: Sequence[Change], words: Words, *, file: str, alone: bool) -> Block:
    """What the limit says, what else could be done, and the file that lets it through.

    The file is shown where it can be read at a glance. A long one, and one for several limits together, is printed by a
    command: two examples would be two files of one name.
    """
    said = remark_of(finding.code, finding.values, words)
    example = finding.values.get("allowance", "")
    advice = (words.say(f"ADVICE-{finding.code}"),) if finding.code in ADVISED else ()
    if not example:
        return Block(intro=(said.text, *advice, *([said.hint] if said.hint else [])))
    path = f"policies/allowances/{_id_in(example)}.yaml"
    short = alone and len(changes) > 0 and int(finding.values.get("changes", "0")) <= LINES_SHOWN
    if short:
        let = words.say("ALLOWANCE", file=path)
    else:
        let = step(words.say("ALLOWANCE-LONG", file=path), f"reconciler show {file} --format allowance > {path}")
    return Block(intro=(said.text, *advice, let), example=example if short else "")


def _id_in(example: str) -> str:
    named = _ID.search(example)
    return named[1] if named else "…"


def held_with(plan: Plan) -> Mapping[tuple[str, str], str]:
    """(backend, key) → what it waits for, for machines."""
    return {
        (note.backend, note.subject): note.values.get("on", "") for note in plan.notes if note.code in WAITING_CODES
    }
