"""What `check` found as Markdown: for the summary of a job, or a comment. Pure."""

from collections.abc import Iterable, Iterator

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Locate
from reconciler.report.check_view import Row, Table
from reconciler.report.view_markdown import escape
from reconciler.report.words import Words, first_of

SHOWN = 100
"""Findings of one severity; a GitHub comment takes 65,536 characters."""


def check_markdown(findings: Iterable[Finding], tables: Iterable[Table], words: Words, locate: Locate) -> str:
    listed = list(findings)
    lines = [line for table in tables if table.rows for line in _table(table)]
    for severity in Severity:
        lines += _findings([one for one in listed if one.severity is severity], severity, words, locate)
    return "\n".join(lines) + "\n"


def _table(table: Table) -> Iterator[str]:
    yield f"### {escape(table.title)}"
    yield ""
    yield _line(table.head)
    yield f"|---|{'---:|' * (len(table.head) - 1)}"
    yield from (_line(row) for row in table.rows)
    yield ""
    if table.note:
        yield escape(table.note)
        yield ""


def _line(row: Row) -> str:
    return f"| {' | '.join(map(escape, row))} |"


def _findings(found: list[Finding], severity: Severity, words: Words, locate: Locate) -> Iterator[str]:
    if not found:
        return
    yield f"### {escape(words.count(f'CHECK-{severity.name}', len(found)))}"
    yield ""
    shown, more = first_of(found, SHOWN)
    for one in shown:
        where = locate(one.place) if one.place is not None else None
        others = {
            name: f"{at.file}:{at.line}" for name, at in ((name, locate(place)) for name, place in one.places.items())
        }
        said = words.text(one.code, {**one.values, **others}).message
        yield f"- {escape(said)}{escape(f' ({where.file}:{where.line})') if where else ''}"
    if more:
        yield f"- {escape(words.say('MORE', n=words.number(more)))}"
    yield ""
