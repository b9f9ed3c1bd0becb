"""`apply` on a backend that is changed from the forge only: by what it says is approved, or with the glass broken."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli import options
from reconciler.cli.ci_forge import reason_of, say, say_unrecorded, told
from reconciler.cli.exits import REFUSED

if TYPE_CHECKING:
    from reconciler.adapters.wiring import Wiring
    from reconciler.model.change import ChangeResult, Plan
    from reconciler.reconcile.apply import Applied
    from reconciler.reconcile.ci_evidence import Place
    from reconciler.reconcile.ci_order import Outcomes
    from reconciler.reconcile.prepare import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What `apply` was asked for."""

    plan: "Plan"
    prepared: "Prepared"
    root: Path
    today: date
    journal: Path
    lang: str
    progress: "Callable[[ChangeResult], None] | None"
    now: Callable[[], datetime] | None


def apply_guarded(asked: Asked, guarded: Sequence[str], reason: str | None, wiring: "Wiring") -> "Applied":
    """Backend by backend. Ends the run with a refusal where one of the guarded ones may not be changed, before it is begun."""
    from reconciler.reconcile.apply import run_apply
    from reconciler.reconcile.ci_guard import is_armed, part_of, together

    for backend in guarded if reason else ():
        if not is_armed(options.environment(), backend):
            say("APPLY-GLASS-NOT-ARMED", asked.lang, backend=backend)
            raise SystemExit(REFUSED)
    done: list[Applied] = []
    for backend in dict.fromkeys(change.backend for change in asked.plan.changes):
        part = part_of(asked.plan, backend)
        if backend not in guarded:
            done.append(
                run_apply(
                    part,
                    asked.prepared,
                    asked.root,
                    asked.today,
                    wiring,
                    asked.journal,
                    progress=asked.progress,
                    now=asked.now,
                )
            )
        elif reason:
            done.append(_broken(asked, part, backend, reason, wiring))
        else:
            done.append(_covered(asked, part, backend, wiring))
    return together(asked.plan, done)


def _covered(asked: Asked, part: "Plan", backend: str, wiring: "Wiring") -> "Applied":
    from reconciler.forge.problems import ForgeProblem
    from reconciler.http.failures import HttpFailure
    from reconciler.reconcile.apply import Applied
    from reconciler.reconcile.ci_guard import apply_covered
    from reconciler.reconcile.ci_order import Order
    from reconciler.reconcile.ci_setting import read_setting
    from reconciler.texts import render

    order = Order(backend=backend, journal=asked.journal, now=asked.now, progress=asked.progress)
    try:
        with _place(asked.root, wiring) as place:
            outcomes = apply_covered(place, read_setting(options.environment()), part, order, wiring)
    except (ForgeProblem, HttpFailure) as failure:
        code, values = reason_of(failure)
        say("APPLY-ONLY-FROM-FORGE", asked.lang, backend=backend, why=render(code, values, asked.lang).message)
        return Applied(result=None, findings=())
    _told(outcomes, backend, asked.lang)
    return Applied(result=outcomes.result, findings=outcomes.findings)


def _told(outcomes: "Outcomes", backend: str, lang: str) -> None:
    """Why nothing was begun."""
    import click

    from reconciler.report.approved import approved_text, approved_view

    if outcomes.observed:
        say("BACKEND-OBSERVE", lang, backend=backend)

    if outcomes.busy:
        by = outcomes.busy
        values = {"run": by.by.run, "since": f"{by.since:%Y-%m-%d %H:%M} UTC", "until": f"{by.until:%H:%M} UTC"}
        say("CI-LOCK-HELD", lang, backend=backend, **values)
    if outcomes.refused:
        say(outcomes.refused.code, lang, **outcomes.refused.values)
        if outcomes.plan and outcomes.decision and not outcomes.decision.refused:
            view = approved_view(outcomes.plan, outcomes.decision, None, outcomes.broken, outcomes.asked, lang)
            click.echo(approved_text(view, lang), nl=False, err=True)
    say_unrecorded(outcomes, lang)


@contextmanager
def _place(root: Path, wiring: "Wiring") -> Iterator["Place"]:
    from reconciler.forge.connect import connect
    from reconciler.reconcile.ci_evidence import Place
    from reconciler.reconcile.ci_setting import read_keys

    environ = options.environment()
    with connect(environ) as forge:
        yield Place(forge=forge, root=root, keys=read_keys(environ), sandbox=wiring.sandbox is not None)


def _broken(asked: Asked, part: "Plan", backend: str, reason: str, wiring: "Wiring") -> "Applied":
    from reconciler.forge.lock import Held
    from reconciler.forge.problems import ForgeProblem
    from reconciler.http.failures import HttpFailure
    from reconciler.reconcile.apply import Applied
    from reconciler.reconcile.ci_guard import Broken, break_glass
    from reconciler.reconcile.ci_setting import read_setting
    from reconciler.texts import render

    say("APPLY-GLASS-BROKEN", asked.lang, reason=reason)

    def text(count: int) -> str:
        from reconciler.report.view_markdown import escape

        code = f"APPLY-GLASS-BODY-{'ONE' if count == 1 else 'MANY'}"
        return escape(render(code, {"count": str(count), "reason": reason}, asked.lang).message)

    def title(name: str) -> str:
        return render("APPLY-GLASS-TITLE", {"backend": name, "day": asked.today.isoformat()}, asked.lang).message

    def unseen(failure: Exception) -> None:
        code, values = reason_of(failure)
        say("APPLY-GLASS-UNSEEN", asked.lang, why=render(code, values, asked.lang).message)

    with ExitStack() as stack:
        place, setting = None, None
        try:
            place = stack.enter_context(_place(asked.root, wiring))
            setting = read_setting(options.environment())
            _ = (
                place.repository
            )  # asked now: once changes are made, it would be too late to say that nobody will see it
        except (ForgeProblem, HttpFailure) as failure:
            unseen(failure)
            place, setting = None, None
        broken = Broken(reason=reason, place=place, setting=setting, title=title, text=text, unseen=unseen)
        with told(asked.lang):
            done = break_glass(
                broken,
                part,
                asked.prepared,
                asked.root,
                asked.today,
                wiring,
                asked.journal,
                progress=asked.progress,
                now=asked.now,
            )
    if isinstance(done, Held):
        values = {"run": done.by.run, "since": f"{done.since:%Y-%m-%d %H:%M} UTC", "until": f"{done.until:%H:%M} UTC"}
        say("CI-LOCK-HELD", asked.lang, backend=backend, **values)
        return Applied(result=None, findings=())
    return done
