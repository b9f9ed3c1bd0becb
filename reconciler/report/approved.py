"""What an apply of approved changes did, what it holds and why, and what people are asked for. Counts and names only. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.model.change import ApplyResult, Outcome, Plan
from reconciler.report.escape import escape_log, escape_terminal
from reconciler.report.outward import named
from reconciler.report.view_markdown import escape
from reconciler.report.words import Words, words_of
from reconciler.texts import render
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Decision

NAMED: Final = 20
"""Changes named under one reason; the rest are counted."""

QUIET: Final = frozenset({"CHANGE-STANDING", "APPROVAL-FOR-LATER", "HELD-WITH"})
"""Held without anybody being asked: differences that nobody proposed have an issue of their own, and a day to come comes by itself."""

_LEFT: Final = (Outcome.FAILED, Outcome.STALE, Outcome.SKIPPED)
_TOLD: Final = (
    ("DONE", (Outcome.APPLIED,)),
    ("ALREADY", (Outcome.ALREADY_DONE,)),
    ("WAITING", (Outcome.WAITING,)),
    ("LEFT", _LEFT),
)
"""What the first sentence counts, and what is listed below it, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One reason and what it holds, or one outcome and what it came to. `hint`: what to do."""

    message: str
    hint: str = ""
    names: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """`headline`: one sentence. `done`: what became of what was begun. `asked`: the approvals file, or nothing."""

    headline: str
    told: tuple[Told, ...]
    done: tuple[Told, ...] = ()
    asked: str = ""
    where: str = ""


def needs_approval(decision: Decision) -> bool:
    """Whether somebody has to decide before the branch is carried out whole."""
    return bool(decision.unanswered) or any(one.code not in QUIET for one in decision.held)


def approved_view(
    plan: Plan, decision: Decision, result: ApplyResult | None, broken: Sequence[Refusal], asked: str, lang: str
) -> Approved:
    words = words_of(lang)
    own = re.match(r"id: ([a-z0-9-]+)$", asked, re.MULTILINE)
    where = f"policies/approvals/{own[1]}.yaml" if own else ""
    return Approved(
        headline=_headline(decision, result, lang, words),
        told=(*_whole(decision, broken, lang), *_held(plan, decision, lang, words)),
        done=_done(plan, result, lang, words) if result else (),
        asked=asked,
        where=where,
    )


def _headline(decision: Decision, result: ApplyResult | None, lang: str, words: Words) -> str:
    """Only what there is any of."""
    outcomes = Counter(one.outcome for one in result.results) if result else Counter[Outcome]()
    counts = {name: sum(outcomes[one] for one in some) for name, some in _TOLD}
    if result is None:
        counts = {"COVERED": len(decision.covered)}
    said = [_counted(name, number, lang) for name, number in {**counts, "HELD": len(decision.held)}.items() if number]
    if not said:
        nothing = "CI-APPLIED-NOTHING" if result else "CI-WOULD-APPLY-NOTHING"
        return render(nothing, {"backend": decision.backend}, lang).message
    code = "CI-APPLIED" if result else "CI-WOULD-APPLY"
    return render(code, {"backend": decision.backend, "counts": words.join(said)}, lang).message


def _counted(name: str, number: int, lang: str) -> str:
    return render(f"CI-N-{name}-{'ONE' if number == 1 else 'MANY'}", {"n": str(number)}, lang).message


def _done(plan: Plan, result: ApplyResult, lang: str, words: Words) -> tuple[Told, ...]:
    """By outcome, what it was and where; the reasons of what failed stand in the result itself."""
    changes = {change.fingerprint: change for change in plan.changes}
    said = []
    for name, some in _TOLD:
        found = [
            changes[one.fingerprint] for one in result.results if one.outcome in some and one.fingerprint in changes
        ]
        if found:
            names = [named(change, words) for change in found]
            said.append(_listed(render(f"CI-LIST-{name}", {}, lang).message, "", names))
    return tuple(said)


def _whole(decision: Decision, broken: Sequence[Refusal], lang: str) -> list[Told]:
    """What concerns the branch and not one change."""
    first = [decision.refused] if decision.refused else []
    unique = {(one.code, *sorted(one.values.items())): one for one in (*first, *decision.unanswered, *broken)}
    return [_told(one.code, one.values, (), lang) for one in unique.values()]


def _held(plan: Plan, decision: Decision, lang: str, words: Words) -> list[Told]:
    """By reason, in the order of the decision: what takes away first. A reason that names its change is one for all of a kind."""
    names = {
        one.fingerprint: named(one, words) for one in (*plan.held, *plan.changes) if one.backend == decision.backend
    }
    groups: dict[tuple[object, ...], list[str]] = {}
    first: dict[tuple[object, ...], Mapping[str, str]] = {}
    for one in decision.held:
        own = {name: value for name, value in one.values.items() if name not in ("change", "on")}
        key = (one.code, *sorted(own.items()))
        groups.setdefault(key, []).append(names.get(one.fingerprint, one.fingerprint[:12]))
        first.setdefault(key, one.values)
    said = {f"{one.code}{sorted(one.values.items())}" for one in decision.unanswered}
    told = []
    for reason, held in groups.items():
        code, values = str(reason[0]), first[reason]
        known = f"{code}{sorted(values.items())}" in said
        told.append(_told("CI-HELD-SO" if known else code, values, held, lang))
    return told


def _told(code: str, values: Mapping[str, str], names: Sequence[str], lang: str) -> Told:
    text = render(code, values, lang)
    return _listed(text.message, text.hint, names)


def _listed(message: str, hint: str, names: Sequence[str]) -> Told:
    return Told(message=message, hint=hint, names=tuple(names[:NAMED]), more=max(0, len(names) - NAMED))


def approved_text(view: Approved, lang: str) -> str:
    """For a terminal or a job's log. What was done stands in the result that is printed before it."""
    lines = [escape_log(view.headline)]
    for one in view.told:
        lines += ["", escape_log(one.message)]
        lines += [f"  {escape_log(one.hint)}"] if one.hint else []
        lines += [f"  - {escape_log(name)}" for name in one.names]
        lines += [f"  - {_more(one.more, lang)}"] if one.more else []
    if view.asked:
        lines += ["", render("CI-ASKED", {"file": view.where}, lang).message, ""]
        lines += [f"    {escape_log(line)}" for line in view.asked.splitlines()]
    return "\n".join(lines) + "\n"


def approved_markdown(view: Approved, lang: str, *, link: str = "", limit: int = 60_000) -> str:
    """For a summary or an issue, cut between two changes. The approvals file is left out where there is no room for it; then it is
    in the run's own files.
    """
    end = f"\n[{render('CI-RUN', {}, lang).message}]({link})\n" if link else ""
    room = limit // 2 - len(view.headline) - len(end) - _ROOM
    body = "\n".join([escape(view.headline), "", *_items((*view.told, *view.done), room, lang)]) + "\n" + end
    if view.asked:
        fence = "`" * 8  # longer than any run of backticks that a name could bring along
        file = f"{render('CI-ASKED', {'file': view.where}, lang).message}\n\n{fence}yaml\n{_tame(view.asked)}{fence}\n"
        cut = render("CI-ASKED-ELSEWHERE", {"file": view.where}, lang).message
        body += f"\n{file if len(body) + len(file) < limit else cut}"
    return body.rstrip() + "\n"


_ROOM: Final = 400
"""Characters kept for the sentence about what was cut."""


def _items(told: Sequence[Told], room: int, lang: str) -> list[str]:
    """Line by line, as far as there is room; then how many there are more of."""
    lines: list[tuple[str, int]] = []
    for one in told:
        lines.append((_with_commits(f"- {escape(one.message)} {escape(one.hint)}".rstrip()), 0))
        lines += [(f"  - {escape(name)}", 1) for name in one.names]
        lines += [(f"  - {_more(one.more, lang)}", one.more)] if one.more else []
    kept: list[str] = []
    for at, (line, _) in enumerate(lines):
        if len(line) + 1 > room:
            left = sum(number for _, number in lines[at:])
            return [*kept, f"- {_more(left, lang)}"] if left else kept
        kept.append(line)
        room -= len(line) + 1
    return kept


_COMMIT: Final = re.compile(r"\b([0-9a-f]{4})\N{ZERO WIDTH SPACE}([0-9a-f]{3,36})\b")


def _with_commits(text: str) -> str:
    """A commit's id is there to be copied: as code, which GitHub makes no link of either, instead of with an unseen sign in it."""
    return _COMMIT.sub(r"`\1\2`", text)


def _tame(text: str) -> str:
    """Names stand in comments of the file: nothing in them may end the block that shows it, or turn what is read of it around."""
    return "".join(f"{escape_terminal(line)}\n" for line in text.replace("`", "'").split("\n")[:-1])


def _more(number: int, lang: str) -> str:
    return render("CI-MORE", {"count": str(number)}, lang).message
