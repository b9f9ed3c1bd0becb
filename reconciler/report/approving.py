"""What the approvals files of a pull request let through, read off the plan and not off the files' own comments. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.model.approvals import Approvals
from reconciler.model.change import Change, Plan
from reconciler.report.grouping import blocks_of
from reconciler.report.items import is_loud
from reconciler.report.outward import outward_item
from reconciler.report.view import Block, Item, Section
from reconciler.report.words import Words

SHORT = 12
"""Characters of a fingerprint or a commit that tell it apart."""


def approved_changes(plan: Plan, files: Sequence[Approvals]) -> list[Change]:
    """The changes of the plan that the files name, held ones too, each once."""
    every = (*plan.changes, *plan.held)
    return [change for change in every if any(_names(file, change) for file in files)]


def approving_section(plan: Plan, files: Sequence[Approvals], words: Words) -> Section | None:
    """One block for what each file lets through, and what it names that isn't there or doesn't count as it is written."""
    if not files:
        return None
    changes = approved_changes(plan, files)
    blocks = [block for file in files for block in _blocks(plan, file, words)]
    tone = "danger" if any(is_loud(change) for change in changes) else "plain"
    title = words.say("SECTION-APPROVING")
    return Section(
        title=title, tone=tone, intro=(words.say("APPROVING-INTRO"),), count=len(changes), blocks=tuple(blocks)
    )


def _blocks(plan: Plan, file: Approvals, words: Words) -> list[Block]:
    every = [change for change in (*plan.changes, *plan.held) if change.backend == file.backend]
    changes = [change for change in every if _names(file, change)]
    told = (
        words.say("APPROVING-FILE", file=file.at.file, until=file.until.isoformat(), backend=file.backend),
        *_unmatched(file, every, words),
        *_too_quiet(file, changes, words),
        *_too_few(file, changes, words),
        *(words.say("APPROVING-COMMIT", commit=sha[:SHORT]) for sha in file.commits),
    )

    def describe(change: Change, words: Words) -> Item:
        return replace(outward_item(change, words), why="")

    return [Block(intro=told), *blocks_of(changes, words, describe=describe)]


def _names(file: Approvals, change: Change) -> bool:
    if change.backend != file.backend:
        return False
    asked = change.envelope
    if asked is None:
        return change.fingerprint in (*file.fingerprints, *file.deletions)
    return any((move.source, move.into) == (asked.source, asked.into) for move in file.moves)


def _unmatched(file: Approvals, every: Sequence[Change], words: Words) -> list[str]:
    known = {change.fingerprint for change in every if not change.envelope}
    ways = {(change.envelope.source, change.envelope.into) for change in every if change.envelope}
    said = [
        words.say("APPROVING-NOTHING", name=print_[:SHORT])
        for print_ in (*file.deletions, *file.fingerprints)
        if print_ not in known
    ]
    moves = [move for move in file.moves if (move.source, move.into) not in ways]
    return said + [words.say("APPROVING-NO-MOVE", source=move.source, into=move.into) for move in moves]


def _too_quiet(file: Approvals, changes: Sequence[Change], words: Words) -> list[str]:
    """What takes away and doesn't stand among the deletions is not let through: it is to be seen."""
    quiet = [one for one in changes if not one.envelope and is_loud(one) and one.fingerprint not in file.deletions]
    return [words.say("APPROVING-TOO-QUIET", name=one.fingerprint[:SHORT]) for one in quiet]


def _too_few(file: Approvals, changes: Sequence[Change], words: Words) -> list[str]:
    """Moves of more devices than the file allows."""
    said = []
    for move in file.moves:
        asked = sum(
            len(change.members)
            for change in changes
            if change.envelope and (change.envelope.source, change.envelope.into) == (move.source, move.into)
        )
        if asked > move.at_most:
            devices, most = words.count("DEVICE", asked), words.number(move.at_most)
            said.append(words.say("APPROVING-TOO-FEW", into=move.into, devices=devices, most=most))
    return said
