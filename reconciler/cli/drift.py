"""`reconciler drift`: what the systems have otherwise than the files say. Reads, and puts nothing back."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.exits import CHANGES, DONE, REFUSED

if TYPE_CHECKING:
    from reconciler.planning.drift import Drift
    from reconciler.reconcile.prepare import Prepared


@click.command()
@click.option("--exit-code", is_flag=True, help="Exit with 3 when something differs.")
@click.option("--all", "everything", is_flag=True, help="Fold no list (text only).")
@options.root
@options.backend
@options.sandbox
@options.today
@options.now
@options.lang
@options.output_format("text", "markdown", "json")
def drift(
    exit_code: bool,
    everything: bool,
    root: Path,
    backend: str | None,
    sandbox: str | None,
    as_of: date,
    moment: datetime | None,
    lang: str | None,
    style: str,
) -> None:
    """Read the live systems; say what differs from the files, by system. Changes nothing, and nothing is put back.

    Counts and names only: values are shown by `plan`. Exits with 1 if a system could not be read or judged whole, so
    that silence is never taken for agreement.

    \b
      reconciler drift
      reconciler drift --backend chrome --format markdown --exit-code
    """
    from reconciler.adapters.wiring import Wiring
    from reconciler.cli.live_data import live_environment
    from reconciler.cli.progress import reading
    from reconciler.cli.runtime import suit_reading_in_threads
    from reconciler.credentials.purpose import Purpose
    from reconciler.reconcile.drift import find_drift
    from reconciler.reconcile.prepare import prepare

    clock = options.calendar_clock(moment, sandbox)
    suit_reading_in_threads()
    prepared = prepare(root, as_of)
    lang = options.language(lang, prepared.language)
    _check_backend(prepared, backend, lang)
    with reading(lang) as (on_request, on_wait):
        wiring = Wiring(
            environment=live_environment(sandbox, lang),
            purpose=Purpose.PLAN,
            sandbox=sandbox,
            on_request=on_request,
            on_wait=on_wait,
        )
        found = find_drift(prepared, wiring, backend=backend, moment=clock() if clock else None)
    if found is None:
        _show_refusal(prepared, lang)
        raise SystemExit(REFUSED)
    _show(found, lang, style, everything=everything)
    raise SystemExit(_code(found, exit_code))


def _check_backend(prepared: "Prepared", backend: str | None, lang: str) -> None:
    from reconciler.texts import render

    documents = prepared.documents
    if documents and backend and backend not in {one.id for one in documents.organisation.backends}:
        raise click.UsageError(render("CLI-UNKNOWN-BACKEND", {"id": backend}, lang).message)


def _show_refusal(prepared: "Prepared", lang: str) -> None:
    from reconciler.cli.show_findings import show_beside
    from reconciler.texts import render

    show_beside(prepared.all_findings, prepared.locate, lang)
    click.echo(render("CLI-NO-ORGANISATION", {}, lang).message, err=True)


def _show(found: "Drift", lang: str, style: str, *, everything: bool) -> None:
    if style == "json":
        from reconciler.report.drift_json import drift_json

        click.echo(drift_json(found, lang), nl=False)
    elif style == "markdown":
        from reconciler.report.drift_text import drift_markdown

        click.echo(drift_markdown(found, lang), nl=False)
    else:
        from reconciler.cli.style import page_width, show_lines
        from reconciler.report.drift_text import drift_lines

        show_lines(drift_lines(found, lang, width=page_width(), everything=everything))


def _code(found: "Drift", exit_code: bool) -> int:
    """1 where not all could be read and judged, else 3 where differences were asked about, else 0."""
    from reconciler.planning.drift import Standing

    if not all(one.whole for one in found.systems):
        return REFUSED
    differs = any(one.standing is Standing.DIFFERS for one in found.systems)
    return CHANGES if exit_code and differs else DONE
