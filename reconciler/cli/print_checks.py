"""The checks of `doctor`, one a line: how it is, what it is, and what to do."""

from collections.abc import Sequence

import click

from reconciler.model.check import Check, CheckOutcome
from reconciler.report.escape import escape_log, json_document
from reconciler.texts import render

COLOURS = {
    CheckOutcome.WELL: "green",
    CheckOutcome.WARNING: "yellow",
    CheckOutcome.FAILED: "red",
    CheckOutcome.NOT_EVALUATED: "yellow",
}


def print_checks(checks: Sequence[Check], lang: str, style: str) -> None:
    if style == "json":
        click.echo(json_document({"checks": [_data(check, lang) for check in checks]}), nl=False)
        return
    words = {outcome: render(f"DOCTOR-{outcome.name.replace('_', '-')}", {}, lang).message for outcome in CheckOutcome}
    width = max(map(len, words.values()))
    for check in checks:
        text = render(check.code, check.values, lang)
        word = click.style(words[check.outcome].ljust(width), fg=COLOURS[check.outcome])
        click.echo(f"{word}  {check.backend}: {escape_log(text.message)}")
        for line in text.hint.splitlines() if check.outcome is not CheckOutcome.WELL else ():
            click.echo(f"{' ' * width}  {escape_log(line)}")


def _data(check: Check, lang: str) -> dict[str, str]:
    text = render(check.code, check.values, lang)
    return {
        "backend": check.backend,
        "code": check.code,
        "outcome": check.outcome.value,
        "message": text.message,
        "hint": text.hint,
    }
