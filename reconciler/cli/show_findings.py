"""Findings on their way out: text on stderr or stdout, JSON and annotations alone on stdout."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click

from reconciler.cli.exits import REFUSED
from reconciler.load.sources import Sources
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Position
from reconciler.report.findings import format_findings
from reconciler.texts import render


def show_findings(
    findings: Sequence[Finding], locate: Sources, lang: str, style: str, *, files: int, root: Path
) -> None:
    """All findings in the order they have, then in text one line that sums up."""
    folder = folder_for(root, style)
    click.echo(format_findings(findings, locate, lang, style, locate.line, folder=folder), nl=False)
    if style == "text":
        click.echo(summary(findings, lang, files=files))


def folder_for(root: Path, style: str) -> str:
    """Where `root` lies in its repository, for annotations; other styles name files from `root`."""
    if style != "github":
        return ""
    from reconciler.reconcile.hosting import folder_of

    return folder_of(root)


def show_beside(findings: Sequence[Finding], locate: Sources, lang: str) -> None:
    """Findings beside something else that stdout is for."""
    click.echo(format_findings(findings, locate, lang, "text", locate.line), nl=False, err=True)


def refuse(code: str, values: Mapping[str, str], lang: str) -> NoReturn:
    """Ends the run over a file that is about no line of ours, said as findings are."""
    finding = Finding(code=code, severity=Severity.ERROR, place=None, values=values)
    click.echo(format_findings([finding], _nowhere, lang, "text"), nl=False, err=True)
    raise SystemExit(REFUSED)


def _nowhere(place: Place) -> Position:
    raise LookupError(place)  # a finding without a place has nothing to look up


def summary(findings: Sequence[Finding], lang: str, *, files: int) -> str:
    """One sentence: how many files, how many errors and warnings."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    code = "CLI-VALID" if not errors and not warnings else "CLI-FOUND"
    values = {"files": str(files), "errors": str(errors), "warnings": str(warnings)}
    return render(code, values, lang).message
