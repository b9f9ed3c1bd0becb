"""`reconciler doctor`: is everything in place for a run?"""

from datetime import date
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED


@click.command()
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["plan", "apply"]),
    default="plan",
    show_default=True,
    help="Whose identity to try: plan's reads, apply's writes. Only reads are tried with either.",
)
@options.root
@options.backend
@options.sandbox
@options.today
@options.lang
@options.output_format("text", "json")
def doctor(
    purpose: str, root: Path, backend: str | None, sandbox: str | None, as_of: date, lang: str | None, style: str
) -> None:
    """Check each management system: host, identity, rights (by trying reads), configuration, clock.

    Says of each what is well, what is not and what to do, and what could not be looked at. Changes nothing.

    \b
      reconciler doctor
      reconciler doctor --for apply --backend chrome
    """
    from reconciler.adapters.wiring import Wiring
    from reconciler.cli.print_checks import print_checks
    from reconciler.cli.show_findings import show_beside
    from reconciler.credentials.purpose import Purpose
    from reconciler.model.check import CheckOutcome
    from reconciler.reconcile.doctor import run_doctor
    from reconciler.reconcile.prepare import prepare

    prepared = prepare(root, as_of)
    lang = options.language(lang, prepared.language)
    if prepared.documents is None:
        show_beside(prepared.findings, prepared.locate, lang)
        raise SystemExit(REFUSED)
    wiring = Wiring(environment={} if sandbox else options.environment(), purpose=Purpose(purpose), sandbox=sandbox)
    checks = run_doctor(prepared.documents, wiring, backend)
    print_checks(checks, lang, style)
    raise SystemExit(REFUSED if any(check.outcome is CheckOutcome.FAILED for check in checks) else DONE)
