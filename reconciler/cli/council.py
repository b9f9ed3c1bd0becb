"""What the council's commands share: the files or why not, and where what they say goes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from reconciler.cli import options
from reconciler.cli.exits import REFUSED
from reconciler.model.finding import Finding, Severity

if TYPE_CHECKING:  # what a command needs is imported where it runs
    from reconciler.load.repository import Loaded
    from reconciler.load.sources import Sources
    from reconciler.model.documents import Documents

_PEOPLES: Final = frozenset({".yaml", ".yml", ".py", ".toml"})
"""Kinds of file that people write: a slip of the hand must not replace one."""


def read_documents(root: Path, lang: str | None) -> "tuple[Documents, Loaded, str]":
    """The files and the language of texts. One that can't be read ends the run: an agenda, a comparison or an export
    without what stands in it would look whole."""
    from reconciler.load.repository import load
    from reconciler.load.tree import read_tree

    loaded = load(read_tree(root), digest=False)
    if loaded.documents is None:
        refuse_with(loaded.findings, options.language(lang, None), loaded.locate)
    if loaded.unread:
        refuse_with(loaded.why_unread(), options.language(lang, loaded.documents.organisation.language), loaded.locate)
    return loaded.documents, loaded, options.language(lang, loaded.documents.organisation.language)


def refuse_with(findings: Sequence[Finding], lang: str, locate: "Sources | None" = None) -> NoReturn:
    """Ends the run with findings on stderr. Those with a pointer need the files that they point into."""
    from reconciler.load.sources import Sources
    from reconciler.report.findings import format_findings

    line_of = locate.line if locate else None
    click.echo(format_findings(findings, locate or Sources({}), lang, "text", line_of), nl=False, err=True)
    raise SystemExit(REFUSED)


def out(command: options.Command) -> options.Command:
    return click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write it to this file instead of printing it.",
    )(command)


def give(text: str, place: Path | None, lang: str) -> None:
    """To the file, or to stdout with nothing else there. Line ends are kept as they are."""
    if place is None:
        click.echo(text, nl=False)
        return
    check_out(place, lang)
    try:
        place.write_bytes(text.encode())
    except OSError as problem:
        _end("CLI-FILE-UNWRITABLE", place, lang, problem.strerror or "")
    say("COUNCIL-WRITTEN", lang, err=True, file=str(place))


def check_out(place: Path | None, lang: str) -> None:
    """Ends the run where the file would be one that people write."""
    if place is not None and place.suffix in _PEOPLES:
        _end("CLI-FILE-NOT-OURS", place, lang)


@contextmanager
def writing(lang: str) -> Iterator[None]:
    """Ends the run with the file's name where one can't be written."""
    try:
        yield
    except OSError as problem:
        _end("CLI-FILE-UNWRITABLE", Path(problem.filename or ""), lang, problem.strerror or "")


def _end(code: str, place: Path, lang: str, reason: str = "") -> NoReturn:
    from reconciler.texts import render

    raise click.ClickException(render(code, {"file": str(place), "reason": reason}, lang).message)


def say(code: str, lang: str, *, err: bool = False, **values: str) -> None:
    """One line in the language, harmless for a terminal and a log."""
    from reconciler.report.escape import escape_log
    from reconciler.texts import render

    text = render(code, values, lang)
    click.echo(escape_log(" ".join(filter(None, (text.message, text.hint)))), err=err)


def word(code: str, lang: str) -> str:
    from reconciler.texts import render

    return render(code, {}, lang).message


def refuse_code(code: str, lang: str, **values: str) -> NoReturn:
    """Ends the run over something that is about no line."""
    refuse_with([Finding(code=code, severity=Severity.ERROR, place=None, values=values)], lang)


def unreadable(file: Path, lang: str, reason: str) -> NoReturn:
    _end("CLI-FILE-UNREADABLE", file, lang, reason)
