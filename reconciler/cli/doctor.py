"""`reconciler doctor`: is everything in place for a run?"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED

if TYPE_CHECKING:
    from reconciler.model.check import Check
    from reconciler.model.documents import Organisation


@click.command()
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["plan", "apply"]),
    default="plan",
    show_default=True,
    help="Whose identity to try: plan's reads, apply's writes. Only reads are tried with either.",
)
@click.option(
    "--forge", is_flag=True, help="Check the repository on GitHub instead: environments, branch rules, teams."
)
@options.environments
@options.root
@options.backend
@options.sandbox
@options.today
@options.lang
@options.output_format("text", "json")
def doctor(
    purpose: str,
    forge: bool,
    plan_environment: str | None,
    apply_environment: str | None,
    root: Path,
    backend: str | None,
    sandbox: str | None,
    as_of: date,
    lang: str | None,
    style: str,
) -> None:
    """Check each management system: host, identity, rights (by trying reads), configuration, clock.

    Says of each what is well, what is not and what to do, and what could not be looked at. Changes nothing. In a job of a
    public repository only --forge is answered: the rest tells of live systems.

    \b
      reconciler doctor
      reconciler doctor --for apply --backend chrome
      GITHUB_REPOSITORY=vidala-kommun/skolenheter GITHUB_TOKEN=… reconciler doctor --forge
    """
    from reconciler.adapters.wiring import Wiring
    from reconciler.cli.live_data import live_environment
    from reconciler.cli.print_checks import print_checks
    from reconciler.cli.show_findings import show_beside
    from reconciler.credentials.purpose import Purpose
    from reconciler.reconcile.doctor import run_doctor
    from reconciler.reconcile.prepare import prepare

    prepared = prepare(root, as_of)
    lang = options.language(lang, prepared.language)
    if prepared.documents is None:
        show_beside(prepared.findings, prepared.locate, lang)
        raise SystemExit(REFUSED)
    if forge:
        environments = options.named_environments(root, plan_environment, apply_environment)
        checks = _ask_forge(prepared.documents.organisation, environments)
        print_checks(checks, lang, style)
        raise SystemExit(_code(checks))
    wiring = Wiring(environment=live_environment(sandbox, lang), purpose=Purpose(purpose), sandbox=sandbox)
    checks = run_doctor(prepared.documents, wiring, backend)
    print_checks(checks, lang, style)
    raise SystemExit(_code(checks))


def _ask_forge(organisation: "Organisation", environments: tuple[str, str]) -> "Sequence[Check]":
    from reconciler.forge.connect import connect
    from reconciler.forge.problems import ForgeProblem
    from reconciler.model.check import Check, CheckOutcome
    from reconciler.reconcile.forge_doctor import check_forge

    try:
        with connect(options.environment()) as forge:
            return check_forge(forge, organisation, environments=environments)
    except ForgeProblem as problem:
        return (Check(code=problem.code, outcome=CheckOutcome.FAILED, backend="github", values=problem.values),)


def _code(checks: "Sequence[Check]") -> int:
    from reconciler.model.check import CheckOutcome

    return REFUSED if any(check.outcome is CheckOutcome.FAILED for check in checks) else DONE
