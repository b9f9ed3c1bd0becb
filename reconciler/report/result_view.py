"""What became of each change, as its reader goes through it: what went wrong first, what to do about it, then what is done. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from reconciler.model.change import ApplyResult, Change, ChangeResult, Outcome, Plan
from reconciler.model.finding import is_error
from reconciler.model.resource import Key
from reconciler.report.items import is_loud, item_of
from reconciler.report.naming import identifier_of, label, place_name, schema_of, settings_of
from reconciler.report.remarks import finding_remarks, remark_of, titled
from reconciler.report.view import Block, Item, Section, View, step
from reconciler.report.words import Words, shorten

DONE = (Outcome.APPLIED, Outcome.ALREADY_DONE)
_ORDER = (
    Outcome.FAILED,
    Outcome.STALE,
    Outcome.SKIPPED,
    Outcome.WAITING,
    Outcome.APPLIED,
    Outcome.ALREADY_DONE,
)
_QUIETLY = (Outcome.SKIPPED, Outcome.WAITING)
"""Their reasons are no alarm."""
_SYMBOLS = {
    Outcome.APPLIED: "✓",
    Outcome.ALREADY_DONE: "=",
    Outcome.STALE: "≠",
    Outcome.SKIPPED: "o",
    Outcome.WAITING: "…",
    Outcome.FAILED: "✗",
}
_TONES = {Outcome.FAILED: "danger", Outcome.STALE: "danger", Outcome.APPLIED: "quiet", Outcome.ALREADY_DONE: "quiet"}


def result_view(result: ApplyResult, words: Words, *, plan: Plan | None = None, file: str = "") -> View:
    """With the plan that was applied, changes have the names they had there. `file` is the plan's, for the next command."""
    by_outcome = {outcome: [one for one in result.results if one.outcome is outcome] for outcome in _ORDER}
    changes = {change.fingerprint: change for change in plan.changes} if plan else {}
    told = {finding.code for finding in result.findings}
    return View(
        title=words.say("RESULT-TITLE"),
        headline=_headline(result, by_outcome, words),
        sections=tuple(_section(outcome, some, changes, told, words) for outcome, some in by_outcome.items() if some),
        remarks=titled(words.say("TITLE-FINDINGS"), finding_remarks(result.findings, words)),
        legend=tuple(f"{_SYMBOLS[one]} {words.say(f'WORD-{one.upper()}')}" for one in _ORDER if by_outcome[one]),
        closing=_closing(result, by_outcome, words, file, plan),
    )


def exit_code(result: ApplyResult) -> int:
    """0 all done, 4 some of it left, 1 refused or stopped before anything was tried; see `reconciler.cli.exits`."""
    tried = any(one.outcome is not Outcome.SKIPPED for one in result.results)
    if not tried and any(map(is_error, result.findings)):
        return 1
    unfinished = any(one.outcome not in DONE for one in result.results)
    return 4 if unfinished or any(map(is_error, result.findings)) else 0


_ByOutcome = Mapping[Outcome, Sequence[ChangeResult]]


def _headline(result: ApplyResult, by_outcome: _ByOutcome, words: Words) -> tuple[str, ...]:
    done = sum(len(by_outcome[outcome]) for outcome in DONE)
    every = len(result.results)
    if not every:
        refused = any(map(is_error, result.findings))
        return (words.say("RESULT-NONE" if refused else "RESULT-EMPTY"),)
    changes = words.count("CHANGE", every)
    said = [
        words.say("RESULT-ALL", changes=changes)
        if done == every
        else words.say("RESULT-SOME", done=words.number(done), all=changes)
        if done
        else words.say("RESULT-NONE")
    ]
    moved = sum(one.moved for one in result.results)
    said += [words.say("RESULT-MOVED", devices=words.count("DEVICE", moved))] if moved else []
    already = len(by_outcome[Outcome.ALREADY_DONE])
    said += [words.count("RESULT-ALREADY", already)] if already else []
    for outcome in (Outcome.FAILED, Outcome.STALE, Outcome.SKIPPED, Outcome.WAITING):
        some = len(by_outcome[outcome])
        said += [words.count(f"RESULT-{outcome.upper()}", some)] if some else []
    return tuple(said)


def _section(
    outcome: Outcome,
    some: Sequence[ChangeResult],
    changes: Mapping[str, Change],
    told: Collection[str],
    words: Words,
) -> Section:
    """The same thing with the same reason is said once, with its places; `told` are reasons that the findings give for all.

    What takes something away stands first, as in the plan: long lists are folded from their end.
    """
    same: dict[Item, list[ChangeResult]] = {}
    for one in sorted(some, key=lambda one: not _is_loud(changes.get(one.fingerprint))):
        unsaid = replace(one, reason="") if one.reason in told else one
        same.setdefault(_item(unsaid, changes, words), []).append(one)
    items = tuple(
        replace(item, count=len(alike), where=_where(alike, words), effect=_moved(alike, words))
        for item, alike in same.items()
    )
    title = words.say(f"SECTION-{outcome.upper()}")
    return Section(title=title, tone=_TONES.get(outcome, "plain"), count=len(some), blocks=(Block(items=items),))


def _is_loud(change: Change | None) -> bool:
    return change is not None and is_loud(change)


def _where(alike: Sequence[ChangeResult], words: Words) -> str:
    places = dict.fromkeys(place_name(one.key.target, words) for one in alike if one.key.kind != "target")
    return words.say("IN-PLACES", places=words.join(places)) if places else ""


def _moved(alike: Sequence[ChangeResult], words: Words) -> str:
    moved = sum(one.moved for one in alike)
    return words.say("RESULT-MOVED-HERE", devices=words.count("DEVICE", moved)) if moved else ""


def _item(one: ChangeResult, changes: Mapping[str, Change], words: Words) -> Item:
    change = changes.get(one.fingerprint)
    reason = remark_of(one.reason, one.values, words) if one.reason else None
    return Item(
        symbol=_SYMBOLS[one.outcome],
        word=words.say(f"WORD-{one.outcome.upper()}"),
        title=item_of(change, words).title if change else key_title(one.key, words),
        sort=one.outcome.value,
        warns=(reason.text,) if reason and one.outcome not in _QUIETLY else (),
        says=tuple(text for text in _says(one, reason.text if reason else "", reason.hint if reason else "") if text),
    )


def _says(one: ChangeResult, text: str, hint: str) -> tuple[str, ...]:
    return (text, hint) if one.outcome in _QUIETLY else (hint,)


def key_title(key: Key, words: Words) -> str:
    """What a key names, in words, where there is no plan to ask."""
    if key.kind == "setting":
        known = settings_of(schema_of(key.part))
        return words.join((label(one.label, words) for one in known), 4) or shorten(key.part)
    if key.kind in ("assignment", "app"):
        return shorten(identifier_of(key.part) or key.part)
    if key.kind == "membership":
        if key.part == "outside":
            return words.say("RESULT-PLACED", place=place_name(key.target, words))
        source = words.join(place_name(one, words) for one in key.part.split("+"))
        return words.say("RESULT-MOVE", place=place_name(key.target, words), source=source)
    if key.kind == "target":
        return words.say("RESULT-TARGET", place=place_name(key.target, words))
    return words.say("GROUP") if key.kind == "group" else shorten(key.part or key.target)


def _closing(
    result: ApplyResult, by_outcome: _ByOutcome, words: Words, file: str, plan: Plan | None
) -> tuple[str, ...]:
    code = exit_code(result)
    new_plan = "reconciler plan --out plan.json"
    if code == 0:
        said = [step(words.say("NEXT-SECOND-PLAN"), new_plan)]
    elif _only_waits(result, by_outcome):
        said = [_after_waiting(by_outcome[Outcome.WAITING], words, file or "plan.json", new_plan, plan)]
    elif result.results and not by_outcome[Outcome.STALE]:
        said = [step(words.say("NEXT-AGAIN"), f"reconciler apply {file or 'plan.json'}")]
    else:
        said = [step(words.say("NEXT-NEW-PLAN"), new_plan)]
    return (*said, words.say(f"EXIT-{code}"))


def _only_waits(result: ApplyResult, by_outcome: _ByOutcome) -> bool:
    """Whether all that is left is left by the calendar, or waits for what is."""
    wrong = by_outcome[Outcome.FAILED] or by_outcome[Outcome.STALE] or any(map(is_error, result.findings))
    return bool(by_outcome[Outcome.WAITING]) and not wrong


def _after_waiting(waiting: Sequence[ChangeResult], words: Words, file: str, new_plan: str, plan: Plan | None) -> str:
    """When to go on, and with which file: a plan holds no longer than until its dates change something."""
    until = min((one.values["until"] for one in waiting if one.values.get("until")), default="")
    if not until:
        return step(words.say("NEXT-WAITED-EVER"), new_plan)
    lapses = plan.lapses if plan else None
    if lapses and until[:10] >= lapses.isoformat():
        last = (lapses - timedelta(days=1)).isoformat()
        return step(words.say("NEXT-WAITED-LATER", until=until, last=last), new_plan)
    return step(words.say("NEXT-WAITED", until=until), f"reconciler apply {file}")
