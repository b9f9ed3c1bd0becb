"""`reconciler plan`: reads the live systems, says what would change, saves it. Writes to no system."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.exits import CHANGES, DONE, REFUSED

if TYPE_CHECKING:
    from reconciler.model.change import Plan
    from reconciler.reconcile.prepare import Prepared


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan here, for show and apply.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 when there are changes.")
@options.root
@options.base
@options.school
@options.backend
@options.sandbox
@options.today
@options.now
@options.lang
@options.output_format("text", "markdown", "json")
def plan(
    out: Path | None,
    exit_code: bool,
    root: Path,
    base: str | None,
    school: str | None,
    backend: str | None,
    sandbox: str | None,
    as_of: date,
    moment: datetime | None,
    lang: str | None,
    style: str,
) -> None:
    """Read the live systems; print, and save with --out, what would change and for whom. Changes nothing.

    Errors hold back the changes of what they are about; the rest is planned. Exits with 1 if anything is held by an
    error or a limit, and still saves the rest.

    \b
    Against the tenant that the environment has a read identity for:
      reconciler plan --out plan.json
    For a pull request, what it changes apart from what differs already:
      reconciler plan --base origin/main --out plan.json --format markdown
    Without a tenant:
      reconciler plan --sandbox http://127.0.0.1:8765 --out plan.json
    """
    from reconciler.adapters.wiring import Wiring
    from reconciler.cli.live_data import live_environment
    from reconciler.cli.progress import reading
    from reconciler.cli.runtime import suit_reading_in_threads
    from reconciler.credentials.purpose import Purpose
    from reconciler.load.organisation import read_organisation
    from reconciler.load.revision import branch_point
    from reconciler.load.tree import read_tree
    from reconciler.reconcile.head_start import head_start

    clock = options.calendar_clock(moment, sandbox)
    suit_reading_in_threads()
    tree = read_tree(root)
    organisation = read_organisation(tree)
    lang = options.language(lang, organisation.language if organisation else None)
    options.check_places(lang, out)
    with reading(lang) as (on_request, on_wait):
        wiring = Wiring(
            environment=live_environment(sandbox, lang),
            purpose=Purpose.PLAN,
            sandbox=sandbox,
            on_request=on_request,
            on_wait=on_wait,
        )
        with head_start(organisation, wiring, school=school, backend=backend) as connect_to:
            # Imported while the first replies are awaited.
            from reconciler.reconcile.plan import Filter, run_plan
            from reconciler.reconcile.prepare import prepare_tree

            prepared = prepare_tree(tree, root, as_of, branch_point(root, base) if base else None)
            _check_filter(prepared, school, backend, lang)
            made = run_plan(
                prepared,
                wiring,
                only=Filter(school=school, backend=backend),
                connect_to=connect_to,
                moment=clock() if clock else None,
            )
    if made is None:
        _show_refusal(prepared, lang)
        raise SystemExit(REFUSED)
    _show(made, prepared, lang, style, out)
    raise SystemExit(_code(made, exit_code))


def _check_filter(prepared: "Prepared", school: str | None, backend: str | None, lang: str) -> None:
    from reconciler.texts import render

    documents = prepared.documents
    if documents is None:
        return
    options.check_school(school, documents, prepared.findings, lang)
    if backend and backend not in {one.id for one in documents.organisation.backends}:
        raise click.UsageError(render("CLI-UNKNOWN-BACKEND", {"id": backend}, lang).message)


def _show_refusal(prepared: "Prepared", lang: str) -> None:
    from reconciler.cli.show_findings import show_beside
    from reconciler.texts import render

    show_beside(prepared.all_findings, prepared.locate, lang)
    click.echo(render("CLI-NO-ORGANISATION", {}, lang).message, err=True)


def _show(made: "Plan", prepared: "Prepared", lang: str, style: str, out: Path | None) -> None:
    from reconciler.apply.files import save_private
    from reconciler.cli.print_plan import print_plan
    from reconciler.planning.planfile import write_plan
    from reconciler.reconcile.ci_approving import brought
    from reconciler.report.outward import Outward
    from reconciler.texts import render

    if out:
        try:
            save_private(out, write_plan(made))
        except OSError as problem:
            values = {"file": str(out), "reason": problem.strerror or ""}
            raise click.ClickException(render("CLI-FILE-UNWRITABLE", values, lang).message) from None
    approvals = brought(prepared.base.documents, prepared.documents) if prepared.base else ()
    # In a job everybody who sees the repository reads what is printed; at a desk only who has the credential.
    outward = Outward(approvals=approvals) if options.environment().get("GITHUB_ACTIONS") == "true" else None
    print_plan(made, lang, style, str(out) if out else "", approvals=approvals, outward=outward)
    if out:
        click.echo(render("CLI-PLAN-SAVED", {"file": str(out)}, lang).message, err=True)


def _code(made: "Plan", exit_code: bool) -> int:
    """1 if an error blocks anything, else 3 where changes were asked about, else 0."""
    from reconciler.model.finding import is_error

    if any(map(is_error, made.findings)):
        return REFUSED
    return CHANGES if exit_code and made.changes else DONE
