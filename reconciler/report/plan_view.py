"""A plan as its reader goes through it: first what changes for whom, then what takes away, then the rest. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from reconciler.model.approvals import Approvals
from reconciler.model.change import Action, Change, Plan, Proposal
from reconciler.model.finding import Finding, is_error
from reconciler.report.approving import approved_changes, approving_section
from reconciler.report.grouping import Describe, blocks_of
from reconciler.report.held import WAITING_CODES, held_section, limit_findings
from reconciler.report.items import SYMBOLS, is_loud, item_of
from reconciler.report.outward import Outward, outward_item
from reconciler.report.reach import device_words, reach_of
from reconciler.report.remarks import finding_remarks, note_remarks, outstanding_remarks, titled
from reconciler.report.view import Remarks, Section, View, step
from reconciler.report.words import Words

SCHOOLS_NAMED = 8
ONLY_SCHOOL = "ONLY-SCHOOL"
"""The note of a plan for one school; the headline tells it."""
_COUNTED = (Action.CREATE, Action.UPDATE, Action.ADOPT, Action.DELETE)


def plan_view(
    plan: Plan, words: Words, *, file: str = "", approvals: Sequence[Approvals] = (), outward: Outward | None = None
) -> View:
    """`file` is the plan's own file, for the command that comes next; without it the command names none.

    `approvals`: files of approvals that are proposed along with it. `outward`: it is for the comment of a pull request.
    """
    brought = outward.approvals if outward else approvals
    return View(
        title=words.say("PLAN-TITLE", day=plan.as_of.isoformat()),
        headline=(*_headline(plan, words), *_brought(plan, brought, words)),
        alarm=_alarm(plan, words),
        sections=_sections(plan, words, file, brought, outward_item if outward else item_of),
        remarks=_remarks(plan, words),
        facts=_facts(plan, words),
        legend=_legend(plan, words),
        closing=_awaiting(plan, outward, words) if outward else _closing(plan, words, file),
    )


def _brought(plan: Plan, approvals: Sequence[Approvals], words: Words) -> tuple[str, ...]:
    """Said where the changes are counted: a file of approvals carries out what no line of this pull request changes."""
    return (words.count("APPROVING", len(approved_changes(plan, approvals))),) if approvals else ()


def _headline(plan: Plan, words: Words) -> tuple[str, ...]:
    changes = plan.changes
    selected = _selection(plan, words)
    if not changes:
        return (*selected, words.say(_nothing(plan)), *_more(plan, words))
    pins = sum(change.pins for change in changes)
    counts = [
        words.count(f"N-{action.upper()}", number)
        for action in _COUNTED
        if (number := sum(change.action is action and not change.pins for change in changes))
    ]
    counts += [words.count("N-PINS", pins)] if pins else []
    return (
        *selected,
        _counted(changes, counts, words),
        *_per_system(plan, words),
        _whom(changes, words),
        *_only_read(plan, words),
        *_origins(changes, words),
        *_more(plan, words),
    )


def _per_system(plan: Plan, words: Words) -> tuple[str, ...]:
    """How much each system has of it, where several were read; one with nothing is named too."""
    if len(plan.tenants) < 2:
        return ()
    said = []
    for backend in (one.backend for one in plan.tenants):
        number = sum(change.backend == backend for change in plan.changes)
        changes = words.count("CHANGE", number)
        said.append(
            words.say("SYSTEM-CHANGES", changes=changes, backend=backend)
            if number
            else words.say("SYSTEM-UNCHANGED", backend=backend)
        )
    return (words.say("PER-SYSTEM", systems=words.join(said)),)


def _only_read(plan: Plan, words: Words) -> tuple[str, ...]:
    """Said where the changes are counted: who reads no further would take them for what comes next."""
    observed = _observed(plan)
    return (words.say("ONLY-READ", backends=words.join(observed)),) if observed else ()


def _observed(plan: Plan) -> list[str]:
    """The systems with changes here that `mode` lets nobody carry out."""
    return sorted({change.backend for change in plan.changes if _mode(plan, change.backend) == "OBSERVE"})


def _selection(plan: Plan, words: Words) -> tuple[str, ...]:
    """Said first: silence about the other schools would read as if all were well there."""
    filtered = [note for note in plan.notes if note.code == ONLY_SCHOOL]
    if not filtered:
        return ()
    sentence = words.say("ONLY-SCHOOL", school=filtered[0].values["school"])
    left_out = sum(int(note.values["count"]) for note in filtered)
    return (f"{sentence} {words.count('LEFT-OUT', left_out)}" if left_out else sentence,)


def _counted(changes: Sequence[Change], counts: Sequence[str], words: Words) -> str:
    """How many of each sort; where all are of one, once."""
    actions = {change.action for change in changes}
    if len(actions) == 1 and len(counts) == 1 and not changes[0].pins:
        number, word = words.number(len(changes)), words.say(f"WORD-{actions.pop().upper()}")
        return words.say(f"N-ALIKE-{'ONE' if len(changes) == 1 else 'MANY'}", n=number, word=word)
    return words.say("N-CHANGES", changes=words.count("CHANGE", len(changes)), counts=words.join(counts))


def _nothing(plan: Plan) -> str:
    """What having no change means: never that all is well where something was not read or is wrong."""
    if plan.held or _stops_all(plan):
        return "NOTHING-NOW"
    if not plan.tenants:
        return "NOTHING-READ"
    if any(map(is_error, plan.findings)):
        return "NOTHING-KNOWN"
    return "NOTHING-SELECTED" if any(note.code == ONLY_SCHOOL for note in plan.notes) else "NOTHING-TO-CHANGE"


def _whom(changes: Sequence[Change], words: Words) -> str:
    reach = reach_of(changes)
    moved = sum(len(change.members) for change in changes if change.envelope)
    parts = [device_words(reach, words)] if reach.devices else []
    if reach.pupils:
        pupils = words.count("PUPIL", reach.pupils)
        parts.append(pupils if reach.exact else words.say("AT-MOST", what=pupils))
    if not parts:
        return words.say("TOUCHES-NOBODY")
    schools = _schools(reach.schools, words)
    sentence = words.say("TOUCHES", whom=words.join(parts), where=schools)
    return f"{sentence} {words.say('OF-THESE-MOVE', devices=words.count('DEVICE', moved))}" if moved else sentence


def _schools(schools: Sequence[str], words: Words) -> str:
    """How many, and which where they can be taken in at a glance."""
    if not schools:
        return ""
    number = words.count("SCHOOL", len(schools))
    if len(schools) > SCHOOLS_NAMED:
        return words.say("AT-SCHOOLS", schools=number)
    return words.say("AT-NAMED-SCHOOLS", schools=number, names=words.join(schools))


def _origins(changes: Sequence[Change], words: Words) -> tuple[str, ...]:
    proposed = sum(change.proposal is Proposal.PROPOSED for change in changes)
    standing = sum(change.proposal is Proposal.STANDING for change in changes)
    if not (proposed or standing):
        return ()
    return (words.say("ORIGINS", proposed=words.count("CHANGE", proposed), standing=words.number(standing)),)


def _more(plan: Plan, words: Words) -> tuple[str, ...]:
    said = []
    if plan.held:
        said.append(words.count("N-HELD", len(plan.held)))
    if plan.outstanding:
        said.append(words.count("N-OUTSTANDING", len(plan.outstanding)))
    unchanged = sum(plan.unchanged.values())
    if unchanged:
        said.append(words.count("N-UNCHANGED", unchanged))
    return tuple(said)


def _alarm(plan: Plan, words: Words) -> tuple[str, ...]:
    """What must be seen by those who read no further."""
    loud = [change for change in plan.changes if is_loud(change)]
    errors = sum(map(is_error, _untold(plan)))
    said = [words.say("ALARM-ALL") if _stops_all(plan) else words.count("ALARM-ERRORS", errors)] if errors else []
    said += [words.count("ALARM-LOUD", len(loud))] if loud else []
    lost = [change for change in loud if change.effect.disruption == "lost-data"]
    if lost:
        said.append(words.say("ALARM-LOST-DATA", devices=words.count("DEVICE", reach_of(lost).devices)))
    by_hand = sum(change.by_hand for change in plan.changes)
    return (*said, words.count("ALARM-BY-HAND", by_hand)) if by_hand else tuple(said)


def _stops_all(plan: Plan) -> bool:
    """An error in a file about nothing in particular, such as one that can't be read, holds everything.

    A system that couldn't be read is none: it has no line, and holds only what it would have told.
    """
    return not plan.changes and any(is_error(one) and not one.subject and one.place for one in plan.findings)


def _sections(
    plan: Plan, words: Words, file: str, approvals: Sequence[Approvals], describe: Describe
) -> tuple[Section, ...]:
    """What is approved by name first. Then what takes away, and last what pins; within each, this pull request's apart from what
    stands already.
    """
    loud = [change for change in plan.changes if is_loud(change)]
    pins = [change for change in plan.changes if change.pins and not is_loud(change)]
    rest = [change for change in plan.changes if not change.pins and not is_loud(change)]
    approving = approving_section(plan, approvals, words)
    sections = [approving] if approving else []
    for name, tone, part in (("LOUD", "danger", loud), ("REST", "plain", rest), ("PINS", "quiet", pins)):
        for proposal in (Proposal.PROPOSED, Proposal.NOT_EVALUATED, Proposal.STANDING):
            some = [change for change in part if change.proposal is proposal]
            sections += _section(name, tone, some, proposal, words, systems=len(plan.tenants) > 1, describe=describe)
    held = held_section(plan, words, file=file, describe=describe)
    return (*sections, held) if held else tuple(sections)


def _section(
    name: str,
    tone: str,
    changes: Sequence[Change],
    proposal: Proposal,
    words: Words,
    *,
    systems: bool,
    describe: Describe,
) -> list[Section]:
    if not changes:
        return []
    title = words.say(f"SECTION-{name}")
    if proposal is not Proposal.NOT_EVALUATED:
        title = words.say(f"FROM-{proposal.upper()}", section=title)
    intro = (words.say("PINS-INTRO"),) if name == "PINS" else ()
    blocks = blocks_of(changes, words, systems=systems, describe=describe)
    return [Section(title=title, tone=tone, intro=intro, count=len(changes), blocks=blocks)]


def _remarks(plan: Plan, words: Words) -> tuple[Remarks, ...]:
    """Limits are told where their changes are held, and what waits likewise."""
    findings = _untold(plan)
    notes = [note for note in plan.notes if note.code not in WAITING_CODES and note.code != ONLY_SCHOOL]
    return (
        *titled(words.say("TITLE-OUTSTANDING"), outstanding_remarks(plan.outstanding, words)),
        *titled(words.say("TITLE-FINDINGS"), finding_remarks(findings, words)),
        *titled(words.say("TITLE-NOTES"), note_remarks(notes, words)),
    )


def _untold(plan: Plan) -> list[Finding]:
    """Findings that are not told where changes are held."""
    told = limit_findings(plan) if plan.held else []
    return [finding for finding in plan.findings if finding not in told]


def _facts(plan: Plan, words: Words) -> tuple[str, ...]:
    """What the numbers count, which systems, in which mode, and how long it holds."""
    counted = any(change.effect.devices or change.effect.pupils for change in (*plan.changes, *plan.held))
    said = [words.say("COUNTED")] if counted else []
    said += [
        words.say("TENANT", backend=one.backend, kind=one.kind, mode=words.say(f"MODE-{_mode(plan, one.backend)}"))
        for one in plan.tenants
    ]
    if plan.lapses:
        last = (plan.lapses - timedelta(days=1)).isoformat()
        said.append(words.say("LAPSES", last=last))
    else:
        said.append(words.say("LAPSES-NEVER"))
    return tuple(said)


def _mode(plan: Plan, backend: str) -> str:
    return "APPLY" if plan.modes.get(backend) == "apply" else "OBSERVE"


def _legend(plan: Plan, words: Words) -> tuple[str, ...]:
    used = {change.action for change in (*plan.changes, *plan.held)}
    return tuple(f"{SYMBOLS[one]} {words.say(f'WORD-{one.upper()}')}" for one in _COUNTED if one in used)


def _closing(plan: Plan, words: Words, file: str) -> tuple[str, ...]:
    if not plan.changes:
        return (words.say("NEXT-HELD" if plan.held or any(map(is_error, plan.findings)) else "NEXT-NOTHING"),)
    observed = _observed(plan)
    said = [words.say("NEXT-OBSERVE", backends=words.join(observed))] if observed else []
    if not observed:
        said.append(step(words.say("NEXT-APPLY"), f"reconciler apply {file or 'plan.json'}"))
    return (words.say("NOT-DONE-YET"), *said)


def _awaiting(plan: Plan, outward: Outward, words: Words) -> tuple[str, ...]:
    """In a pull request nobody applies a file: who has to approve it, and what happens then."""
    proposed = [change for change in plan.changes if change.proposal is Proposal.PROPOSED]
    if not proposed and not outward.approvals:
        return (words.say("PULL-CHANGES-NOTHING"),)
    observed = sorted({one.backend for one in proposed if _mode(plan, one.backend) == "OBSERVE"})
    if observed:
        return (words.say("NOT-DONE-YET"), words.say("NEXT-OBSERVE", backends=words.join(observed)))
    if outward.owners is None:
        return (words.say("NOT-DONE-YET"), words.say("PULL-NEEDS-TOLD"))
    if not outward.owners:
        return (words.say("NOT-DONE-YET"), words.say("PULL-NEEDS-NOBODY"))
    return (words.say("NOT-DONE-YET"), words.say("PULL-NEEDS", owners=words.join(outward.owners)))
