"""What `catalogue intake` and `catalogue request` share: print what became of the wishes, write the file, choose the exit code."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler.cli import options
from reconciler.cli.council import refuse_with, say
from reconciler.cli.exits import DONE, REFUSED
from reconciler.model.finding import Finding, Severity, is_error

if TYPE_CHECKING:
    from reconciler.load.tree import Tree
    from reconciler.reconcile.wishing import Intake


def read_input(path: Path | None, stream_name: str, lang: str) -> tuple[str, bytes]:
    """The name for messages and the bytes, of a file or (None) of stdin."""
    if path is None:
        return stream_name, sys.stdin.buffer.read()
    try:
        return path.name, path.read_bytes()
    except OSError as problem:
        refuse_with([_problem("INTAKE-NO-FILE", file=str(path), reason=problem.strerror or "")], lang)


def read_text(name: str, data: bytes, lang: str) -> str:
    """UTF-8, as every forge and shell gives it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse_with([_problem("FORM-NOT-TEXT", file=name)], lang)


def finish(found: "Intake", root: Path, lang: str | None, *, check: bool) -> NoReturn:
    """Refusals on stderr, what was taken on stdout. Nothing is written where the file would be wrong afterwards."""
    from reconciler.load.sources import Sources
    from reconciler.report.escape import escape_log
    from reconciler.report.findings import format_findings
    from reconciler.report.intake_text import intake_lines

    language = options.language(lang, found.language)
    sources = Sources(found.after.files if found.after else {})
    click.echo(format_findings(found.findings, sources, language, "text"), nl=False, err=True)
    for line in intake_lines(found.taken, language) if found.taken else ():
        click.echo(escape_log(line))
    if found.after is not None and check:
        say("INTAKE-CHECKED", language, file=found.file)
    elif found.after is not None:
        write(root, found.after, found.file, language)
        say("INTAKE-WRITTEN", language, file=found.file)
    raise SystemExit(REFUSED if any(map(is_error, found.findings)) else DONE)


def write(root: Path, after: "Tree", file: str, language: str) -> None:
    """One file of the tree, whole or not at all."""
    from reconciler.reconcile.would_be import save_files

    try:
        save_files(root, after, {file: None})
    except OSError as problem:
        refuse_with([_problem("INTAKE-NOT-WRITTEN", file=file, reason=problem.strerror or "")], language)


def _problem(code: str, **values: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=None, values=values)
