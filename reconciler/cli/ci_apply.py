"""`reconciler ci apply` and `converge`: what was approved and merged is carried out; the rest is shown and asked for."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from reconciler.cli import options
from reconciler.cli.ci_forge import connected, counts, dry_run, language_of, reason_of, say, say_unrecorded, summarise
from reconciler.cli.exits import DONE, INCOMPLETE, REFUSED

if TYPE_CHECKING:
    from reconciler.adapters.wiring import Wiring
    from reconciler.reconcile.ci_evidence import Place
    from reconciler.reconcile.ci_order import Order, Outcomes
    from reconciler.reconcile.ci_setting import Setting


class Asked(TypedDict):
    """What both commands are told, by `_shared`."""

    backend: str
    out: Path
    root: Path
    sandbox: str | None
    as_of: date | None
    moment: datetime | None
    lang: str | None
    counts: Path | None
    dry: bool


def _shared(command: options.Command) -> options.Command:
    for option in (
        dry_run,
        counts,
        options.lang,
        options.now,
        click.option("--today", "as_of", type=options.Day(), help="With --sandbox: the day. Otherwise it is GitHub's."),
        options.sandbox,
        options.root,
        click.option(
            "--out-dir",
            "out",
            type=click.Path(file_okay=False, path_type=Path),
            required=True,
            help="Where plan, journal, result and the approvals file that is asked for are written. Not for publishing: seal them.",
        ),
        click.option("--backend", metavar="ID", required=True, help="The management system."),
    ):
        command = option(command)
    return command


@click.command()
@_shared
def apply(**asked: Unpack[Asked]) -> None:
    """Apply to one system what was approved and merged, and nothing else. Run at the last commit of main.

    Takes the system's lock on GitHub; asks GitHub what came to main since the last complete apply, who approved it, and which plan they
    saw; plans this very commit; applies what is covered; shows what is held, with the file that would let it through. What is
    done is kept signed as a deployment. Killed, it can be run again: nothing is done twice.

    \b
    Needs GITHUB_TOKEN, GITHUB_REPOSITORY and RECONCILER_SIGNING_KEY (id:base64). Exits with 0 done, or taken over by a newer run;
    1 refused, nothing done; 4 something is left or waits for a decision.
      reconciler ci apply --backend chrome --out-dir out
      reconciler ci apply --backend chrome --out-dir out --dry-run
    """
    _run(asked, placing=False)


@click.command()
@_shared
def converge(**asked: Unpack[Asked]) -> None:
    """The same on a schedule: what is approved and had to wait (calendar, dates, a run that failed), and new devices.

    Devices that have no place yet are put into the group that their pattern says, as many in a week as forge: placements in
    organisation.yaml allows.

    \b
      reconciler ci converge --backend chrome --out-dir out
    """
    _run(asked, placing=True)


def _run(asked: Asked, *, placing: bool) -> None:
    from reconciler.reconcile.ci_apply import apply_approved
    from reconciler.reconcile.ci_order import Order
    from reconciler.reconcile.ci_setting import read_setting

    backend, out, sandbox, dry = asked["backend"], asked["out"], asked["sandbox"], asked["dry"]
    language = language_of(asked["root"], asked["lang"])
    if asked["as_of"] and not sandbox:
        raise click.UsageError("--today is for trying dates with --sandbox; real systems go by GitHub's clock.")
    clock = options.calendar_clock(asked["moment"], sandbox)
    journal = out / "journal.jsonl"
    if not dry:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        options.check_places(language, journal)
    order = Order(
        backend=backend, journal=journal, placing=placing, dry=dry, now=clock, today=asked["as_of"], lang=language
    )
    wiring = wiring_of(sandbox, language)
    with connected(asked["root"], language, sandbox=sandbox is not None) as place:
        setting = read_setting(options.environment())
        outcomes = apply_approved(place, setting, order, wiring)
        code = tell(outcomes, order, language, out, setting.link)
        _count(outcomes, backend, asked["counts"])
        if not dry:
            ask(place, setting, order, outcomes, language)
    raise SystemExit(code)


def _count(outcomes: "Outcomes", backend: str, file: Path | None) -> None:
    """For `ci report`, where a file is named."""
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_counted(outcomes, backend), "utf-8")


def _counted(outcomes: "Outcomes", backend: str) -> str:
    from reconciler.report.counts import apply_counts

    documents = outcomes.prepared.documents if outcomes.prepared else None
    organisation = documents.organisation.uid if documents else ""
    refused = outcomes.refused.code if outcomes.refused and not outcomes.superseded else ""
    refused = "CI-LOCK-HELD" if outcomes.busy else refused
    return apply_counts(organisation, backend, outcomes.plan, outcomes.result, refused)


def wiring_of(sandbox: str | None, lang: str) -> "Wiring":
    """With the identity that writes; nothing in public."""
    from reconciler.adapters.wiring import Wiring
    from reconciler.cli.live_data import live_environment
    from reconciler.credentials.purpose import Purpose

    return Wiring(environment=live_environment(sandbox, lang), purpose=Purpose.APPLY, sandbox=sandbox)


def tell(outcomes: "Outcomes", order: "Order", lang: str, out: Path, link: str) -> int:
    """Prints, saves, sums up; the exit code."""
    if outcomes.busy:
        held = outcomes.busy
        values = {"run": held.by.run, "since": f"{held.since:%Y-%m-%d %H:%M} UTC", "until": f"{held.until:%H:%M} UTC"}
        say("CI-LOCK-HELD", lang, backend=order.backend, **values)
        return REFUSED
    if outcomes.superseded and outcomes.refused:
        say(outcomes.refused.code, lang, **outcomes.refused.values)
        return DONE
    _findings(outcomes, lang)
    if outcomes.plan is None or outcomes.decision is None:
        return REFUSED
    if not order.dry:
        _save(outcomes, out)
    _show(outcomes, lang, link)
    if outcomes.observed:
        say("BACKEND-OBSERVE", lang, backend=order.backend)
        return DONE
    return _code(outcomes, dry=order.dry)


def _findings(outcomes: "Outcomes", lang: str) -> None:
    from reconciler.cli.show_findings import show_beside

    if outcomes.prepared:
        planned = outcomes.plan.findings if outcomes.plan else ()
        show_beside((*outcomes.findings, *planned), outcomes.prepared.locate, lang)


def _save(outcomes: "Outcomes", out: Path) -> None:
    """The plan has vendors' device ids in it, as every plan file: for the owner alone, until it is sealed."""
    from reconciler.apply.files import save_private
    from reconciler.planning.planfile import write_plan, write_result

    for stale in ("result.json", "approvals.yaml"):
        (out / stale).unlink(missing_ok=True)  # an earlier run's, in the same folder
    if outcomes.plan:
        save_private(out / "plan.json", write_plan(outcomes.plan))
    if outcomes.result:
        save_private(out / "result.json", write_result(outcomes.result))
    if outcomes.asked:
        save_private(out / "approvals.yaml", outcomes.asked)


def _show(outcomes: "Outcomes", lang: str, link: str) -> None:
    from reconciler.cli.print_plan import print_result
    from reconciler.report.approved import approved_markdown, approved_text, approved_view

    plan, decision = outcomes.plan, outcomes.decision
    assert plan and decision  # noqa: S101, PT018 - `tell` has looked
    if outcomes.refused:
        say(outcomes.refused.code, lang, **outcomes.refused.values)
    say_unrecorded(outcomes, lang)
    if outcomes.result and outcomes.result.results:
        print_result(outcomes.result, plan, lang, "text", "plan.json")
    view = approved_view(plan, decision, outcomes.result, outcomes.broken, outcomes.asked, lang)
    click.echo(approved_text(view, lang), nl=False)
    summarise(approved_markdown(view, lang, link=link))


def _code(outcomes: "Outcomes", *, dry: bool) -> int:
    from reconciler.model.finding import is_error
    from reconciler.reconcile.ci_carrying import failed
    from reconciler.report.approved import needs_approval

    plan, decision, result = outcomes.plan, outcomes.decision, outcomes.result
    if outcomes.refused or plan is None or decision is None or (result is None and not dry):
        return REFUSED
    left = (result is not None and failed(result)) or needs_approval(decision) or bool(outcomes.broken)
    left = left or outcomes.unrecorded is not None
    return INCOMPLETE if left or any(map(is_error, plan.findings)) else DONE


def ask(place: "Place", setting: "Setting", order: "Order", outcomes: "Outcomes", lang: str) -> None:
    """An issue that is kept while somebody has to decide, and closed when nobody has to. Without it nothing else changes."""
    from reconciler.forge.issues import close_issue, put_issue
    from reconciler.report.approved import approved_markdown, approved_view, needs_approval
    from reconciler.texts import render

    plan, decision = outcomes.plan, outcomes.decision
    if plan is None or decision is None or decision.refused or outcomes.observed:
        return
    purpose = f"held-{place.name_of(order.backend)}"

    def write() -> None:
        if not needs_approval(decision):
            close_issue(place.forge, purpose)
            return
        view = approved_view(plan, decision, outcomes.result, outcomes.broken, outcomes.asked, lang)
        count = len(decision.held)
        values = {"backend": place.shown(order.backend), "count": str(count)}
        title = render(f"CI-ASK-TITLE-{'ONE' if count == 1 else 'MANY' if count else 'NONE'}", values, lang).message
        number, _ = put_issue(place.forge, purpose, title, approved_markdown(view, lang, link=setting.link))
        say("CI-ASK-WRITTEN", lang, number=str(number))

    attempt(write, lang)


def attempt(write: Callable[[], None], lang: str) -> None:
    """What only tells people: where it can't be written, that is said, and what was done stands."""
    from reconciler.forge.problems import ForgeProblem
    from reconciler.http.failures import HttpFailure
    from reconciler.texts import render

    try:
        write()
    except (ForgeProblem, HttpFailure) as failure:
        why = render(*reason_of(failure), lang)
        say("CI-ISSUE-NOT-WRITTEN", lang, why=why.message, what=why.hint)
