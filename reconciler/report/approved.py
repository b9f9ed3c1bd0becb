"""What an apply of approved changes did, what it holds and why, and what people are asked for. Counts and names only. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.model.change import ApplyResult, Outcome, Plan
from reconciler.planning.hold import name_of
from reconciler.report.escape import escape_log
from reconciler.report.view_markdown import escape
from reconciler.texts import render
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Decision

NAMED: Final = 20
"""Changes named under one reason; the rest are counted."""

QUIET: Final = frozenset({"CHANGE-STANDING", "APPROVAL-FOR-LATER", "HELD-WITH"})
"""Held without anybody being asked: differences that nobody proposed have an issue of their own, and a day to come comes by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One reason and what it holds. `hint`: what to do."""

    message: str
    hint: str
    names: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """`headline`: one sentence. `asked`: the approvals file, or nothing."""

    headline: str
    told: tuple[Told, ...]
    asked: str = ""
    where: str = ""


def needs_approval(decision: Decision) -> bool:
    """Whether somebody has to decide before the branch is carried out whole."""
    return bool(decision.unanswered) or any(one.code not in QUIET for one in decision.held)


def approved_view(
    plan: Plan, decision: Decision, result: ApplyResult | None, broken: Sequence[Refusal], asked: str, lang: str
) -> Approved:
    outcomes = Counter(one.outcome for one in result.results) if result else Counter[Outcome]()
    left = sum(outcomes[one] for one in (Outcome.FAILED, Outcome.STALE, Outcome.SKIPPED))
    values = {
        "backend": decision.backend,
        "done": str(outcomes[Outcome.APPLIED]),
        "already": str(outcomes[Outcome.ALREADY_DONE]),
        "waiting": str(outcomes[Outcome.WAITING]),
        "left": str(left),
        "held": str(len(decision.held)),
        "covered": str(len(decision.covered)),
    }
    code = "CI-APPLIED" if result else "CI-WOULD-APPLY"
    where = f"policies/approvals/{asked.partition(chr(10))[0].removeprefix('id: ')}.yaml" if asked else ""
    return Approved(
        headline=render(code, values, lang).message,
        told=(*_whole(decision, broken, lang), *_held(plan, decision, lang)),
        asked=asked,
        where=where,
    )


def _whole(decision: Decision, broken: Sequence[Refusal], lang: str) -> list[Told]:
    """What concerns the branch and not one change."""
    first = [decision.refused] if decision.refused else []
    unique = {(one.code, *sorted(one.values.items())): one for one in (*first, *decision.unanswered, *broken)}
    return [_told(one.code, one.values, (), lang) for one in unique.values()]


def _held(plan: Plan, decision: Decision, lang: str) -> list[Told]:
    """By reason, in the order of the decision: what takes away first. A reason that names its change is one for all of a kind."""
    names = {one.fingerprint: name_of(one) for one in plan.held if one.backend == decision.backend}
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
    return Told(message=text.message, hint=text.hint, names=tuple(names[:NAMED]), more=max(0, len(names) - NAMED))


def approved_text(view: Approved, lang: str) -> str:
    """For a terminal or a job's log."""
    lines = [escape_log(view.headline)]
    for one in view.told:
        lines += ["", escape_log(one.message)]
        lines += [f"  {escape_log(one.hint)}"] if one.hint else []
        lines += [f"  - {escape_log(name)}" for name in one.names]
        lines += [f"  - {_more(one, lang)}"] if one.more else []
    if view.asked:
        lines += ["", render("CI-ASKED", {"file": view.where}, lang).message, ""]
        lines += [f"    {escape_log(line)}" for line in view.asked.splitlines()]
    return "\n".join(lines) + "\n"


def approved_markdown(view: Approved, lang: str, *, link: str = "", limit: int = 60_000) -> str:
    """For a summary or an issue. The approvals file is left out where there is no room for it; then it is in the run's own files."""
    lines = [escape(view.headline), ""]
    for one in view.told:
        lines += [f"- {escape(one.message)} {escape(one.hint)}".rstrip()]
        lines += [f"  - {escape(name)}" for name in one.names]
        lines += [f"  - {_more(one, lang)}"] if one.more else []
    lines += ["", f"[{render('CI-RUN', {}, lang).message}]({link})"] if link else []
    body = "\n".join(lines)[: limit // 2]
    if view.asked:
        fence = "`" * 8  # longer than any run of backticks that a name could bring along
        file = f"{render('CI-ASKED', {'file': view.where}, lang).message}\n\n{fence}yaml\n{_tame(view.asked)}{fence}\n"
        cut = render("CI-ASKED-ELSEWHERE", {"file": view.where}, lang).message
        body += f"\n\n{file if len(body) + len(file) < limit else cut}"
    return body.rstrip() + "\n"


def _tame(text: str) -> str:
    """Names stand in comments of the file: nothing in them may end the block that shows it."""
    return "".join("'" if sign == "`" else sign for sign in text)


def _more(one: Told, lang: str) -> str:
    return render("CI-MORE", {"count": str(one.more)}, lang).message
