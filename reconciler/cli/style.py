"""A report's lines on a stream: in colour on a terminal that wants it, plain everywhere else."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import click

from reconciler.cli.options import environment
from reconciler.report.page import WIDTH, Line

WIDEST: Final = 120
"""Longer lines are hard to read, however wide the window is."""

STYLES: Final = {
    "title": "bold",
    "danger": "bold red",
    "warning": "yellow",
    "add": "green",
    "change": "yellow",
    "remove": "red",
    "adopt": "cyan",
    "quiet": "dim",
    "place": "bold cyan",
}


def page_width() -> int:
    """Of the terminal, up to 120; 100 columns where there is none, so that logs and files are always alike."""
    if not sys.stdout.isatty():
        return WIDTH
    return min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDEST)


def wants_colour(environment: Mapping[str, str], *, terminal: bool) -> bool:
    """A terminal that is not dumb, and nobody who asked for no colour (https://no-color.org: any value that isn't empty)."""
    return terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def show_lines(lines: Sequence[Line]) -> None:
    """Write lines to standard output."""
    if not wants_colour(environment(), terminal=sys.stdout.isatty()):
        click.echo("".join(f"{line.text}\n" for line in lines), nl=False)
        return
    from rich.console import Console  # a fifth of a second, and only people at a terminal need it
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        text = Text()
        for span in line.spans:
            text.append(span.text, style=STYLES.get(span.style, ""))
        text.rstrip()
        console.print(text)
