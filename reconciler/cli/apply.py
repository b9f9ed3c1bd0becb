"""`reconciler apply FILE`: does what a saved plan says."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.exits import REFUSED

if TYPE_CHECKING:
    from reconciler.model.change import Plan
    from reconciler.reconcile.apply import Applied
    from reconciler.reconcile.prepare import Prepared


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Save what was done here, for show.")
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every step here as it happens. Default: FILE with .journal.jsonl added.",
)
@click.option(
    "--break-glass",
    "reason",
    metavar="REASON",
    help="Apply without approval to a system that is changed from GitHub only. Needs RECONCILER_BREAK_GLASS=ID; is told to everybody.",
)
@options.root
@options.sandbox
@options.today
@options.now
@options.lang
@options.output_format("text", "markdown", "json")
def apply(
    file: Path,
    out: Path | None,
    journal: Path | None,
    reason: str | None,
    root: Path,
    sandbox: str | None,
    as_of: date,
    moment: datetime | None,
    lang: str | None,
    style: str,
) -> None:
    """Do what the saved plan in FILE says, and nothing else.

    Right before each write the live value is read again. What has changed since the plan was made is stale: it is
    named, skipped, and so is what depends on it. What was written is read back. A run that was killed can be run again
    with the same file. There is no way to force it, and none to try it without doing it: that is what plan is for.

    A system that is changed from GitHub only (apply_from in organisation.yaml) takes no plan but one whose every change was
    approved and merged: GitHub is asked, and without an answer nothing is done. In an emergency --break-glass goes past that; the
    reason is written in the journal, in the record of the run and in an issue.

    Exits with 0 when everything is as planned, 1 when nothing was begun, 4 when something is left.

    \b
      reconciler apply plan.json
      reconciler apply plan.json --out result.json && reconciler show result.json --format markdown
    """
    from reconciler.adapters.wiring import Wiring
    from reconciler.cli.live_data import live_environment
    from reconciler.cli.progress import writing
    from reconciler.credentials.purpose import Purpose
    from reconciler.planning.origin import guarded
    from reconciler.reconcile.apply import run_apply
    from reconciler.reconcile.prepare import prepare
    from reconciler.report.result_view import exit_code

    clock = options.calendar_clock(moment, sandbox)
    prepared = prepare(root, as_of)
    lang = options.language(lang, prepared.language)
    plan = _read(file, lang)
    notes = journal or file.with_name(f"{file.name}.journal.jsonl")
    options.check_places(lang, out, notes)
    with writing(lang, len(plan.changes)) as (on_result, on_wait):
        wiring = Wiring(
            environment=live_environment(sandbox, lang),
            purpose=Purpose.APPLY,
            sandbox=sandbox,
            on_wait=on_wait,
        )
        documents = prepared.documents
        forge_only = guarded(plan, documents, sandbox=sandbox is not None) if documents else ()
        if forge_only:
            from reconciler.cli.apply_guarded import Asked, apply_guarded

            asked = Asked(
                plan=plan,
                prepared=prepared,
                root=root,
                today=as_of,
                journal=notes,
                lang=lang,
                progress=on_result,
                now=clock,
            )
            applied = apply_guarded(asked, forge_only, reason, wiring)
        else:
            applied = run_apply(plan, prepared, root, as_of, wiring, notes, progress=on_result, now=clock)
    _show(applied, plan, prepared, lang, style, file, out)
    if applied.result is None:
        raise SystemExit(REFUSED)
    click.echo(_say("CLI-JOURNAL", lang, file=str(notes)), err=True)
    raise SystemExit(exit_code(applied.result))


def _read(file: Path, lang: str) -> "Plan":
    from reconciler import __version__
    from reconciler.cli.show_findings import refuse
    from reconciler.planning.planfile import PlanRefused, read_plan

    try:
        return read_plan(file.read_text(encoding="utf-8"), tool_version=__version__)
    except OSError as problem:
        raise click.ClickException(
            _say("CLI-FILE-UNREADABLE", lang, file=str(file), reason=problem.strerror or "")
        ) from None
    except UnicodeDecodeError:
        refuse("PLAN-NOT-A-PLAN", {}, lang)
    except PlanRefused as refused:
        refuse(refused.code, refused.values, lang)


def _show(
    applied: "Applied", plan: "Plan", prepared: "Prepared", lang: str, style: str, file: Path, out: Path | None
) -> None:
    from reconciler.apply.files import save_private
    from reconciler.cli.print_plan import print_result
    from reconciler.cli.show_findings import show_beside
    from reconciler.planning.planfile import write_result

    if applied.result is None:
        show_beside(applied.findings, prepared.locate, lang)
        click.echo(_say("CLI-NOTHING-APPLIED", lang), err=True)
        return
    if out:
        try:
            save_private(out, write_result(applied.result))
        except OSError as problem:  # a full disk: the changes are made, and what was done is still printed
            click.echo(_say("CLI-FILE-UNWRITABLE", lang, file=str(out), reason=problem.strerror or ""), err=True)
    print_result(applied.result, plan, lang, style, str(file))


def _say(code: str, lang: str, **values: str) -> str:
    from reconciler.texts import render

    return render(code, values, lang).message
