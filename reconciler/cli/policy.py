"""`reconciler policy test`: the rules' own tests."""

from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED


@click.group()
def policy() -> None:
    """Work with guardrails."""


@policy.command("test")
@options.root
@options.lang
@options.output_format("text", "json", "github")
@click.option("--rule", metavar="ID", help="Only the cases of this guardrail.")
def test(root: Path, lang: str | None, style: str, rule: str | None) -> None:
    """Run the cases in policies/tests/: small documents, and the verdicts that they should come to.

    Says what differed, at its line. Exits with 1 if anything did, or if a case can't be read.

    \b
    Before a commit that changes a guardrail:
      reconciler policy test
    While writing one:
      reconciler policy test --rule godkanda-appar
    """
    from reconciler.model.finding import is_error
    from reconciler.reconcile.policy_cases import run_cases
    from reconciler.report.findings import format_findings
    from reconciler.texts import render

    tested = run_cases(root, rule)
    language = options.language(lang, tested.language)
    if rule and not tested.results and not tested.findings and rule not in tested.untested:
        raise click.UsageError(render("CLI-UNKNOWN-RULE", {"id": rule}, language).message)
    click.echo(format_findings(tested.findings, tested.locate, language, style, tested.locate.line), nl=False)
    if style == "text":
        if tested.untested:
            click.echo(render("POLICY-UNTESTED", {"rules": ", ".join(tested.untested)}, language).message)
        wrong = sum(bool(one.differences) for one in tested.results)
        counts = {"cases": len(tested.results), "right": len(tested.results) - wrong, "wrong": wrong}
        click.echo(render("POLICY-TESTED", {key: str(one) for key, one in counts.items()}, language).message)
    raise SystemExit(REFUSED if any(map(is_error, tested.findings)) else DONE)
