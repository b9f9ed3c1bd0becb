"""Findings for a person, a tool or a pull request: text, JSON, GitHub annotations. Escapes what it shows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Locate, Position
from reconciler.model.slotted import dataclass
from reconciler.report.escape import (
    escape_log,
    escape_terminal,
    escape_workflow_data,
    escape_workflow_property,
    json_document,
)
from reconciler.texts import Text, render

STYLES: Final = ("text", "json", "github")

LineOf: TypeAlias = Callable[[Position], str | None]
"""The text of the line at a position, where the file is at hand."""

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_TAB: Final = "\t"
_WIDEST: Final = 200
"""Characters of a source line that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    finding: Finding
    position: Position | None
    text: Text


def format_findings(
    findings: Iterable[Finding],
    locate: Locate,
    lang: str,
    style: str,
    line_of: LineOf | None = None,
    *,
    folder: str = "",
) -> str:
    """All findings as one text that ends with a line feed, or empty. `style`: text, json (never empty) or github.

    `folder`: where the files lie in the repository, for annotations: GitHub looks for them from its top.
    """
    shown = [_resolved(finding, locate, lang) for finding in findings]
    if style == "json":
        return _as_json(shown)
    lines = _as_github(shown, folder) if style == "github" else _as_text(shown, line_of)
    return "".join(f"{line}\n" for line in lines)


def _resolved(finding: Finding, locate: Locate, lang: str) -> _Shown:
    position = locate(finding.place) if finding.place is not None else None
    others = {name: _spelled(locate(place)) for name, place in finding.places.items()}
    return _Shown(finding=finding, position=position, text=render(finding.code, {**finding.values, **others}, lang))


def _spelled(position: Position) -> str:
    return f"{position.file}:{position.line}"


def _as_text(shown: Iterable[_Shown], line_of: LineOf | None) -> Iterator[str]:
    for one in shown:
        position = one.position
        where = f"{position.file}:{position.line}:{position.column}: " if position and position.file else ""
        head = f"{where}{one.finding.severity} {one.finding.code}: "
        first, *more = one.text.message.splitlines() or [""]
        yield escape_log(head + first)
        yield from (f"  {escape_log(line)}" for line in more)
        if position is not None and line_of is not None:
            yield from _source(position, line_of)
        yield from (f"  {escape_log(line)}" for line in one.text.hint.splitlines())


def _source(position: Position, line_of: LineOf) -> Iterator[str]:
    """The line of the file with a mark below the place, as compilers show it."""
    line = line_of(position)
    if line is None or not line.strip() or position.column > min(len(line) + 1, _WIDEST):
        return
    number = str(position.line)
    before = escape_log(line[: position.column - 1].replace(_TAB, " "))
    yield f"{number:>5} | {escape_log(line[:_WIDEST].replace(_TAB, ' '))}"
    yield f"      | {' ' * len(before)}^"


def _as_json(shown: Iterable[_Shown]) -> str:
    items = [_item(one) for one in shown]
    counted = {f"{name}s": sum(item["severity"] == name for item in items) for name in ("error", "warning")}
    return json_document({"findings": items, "summary": counted})


def _item(one: _Shown) -> Mapping[str, object]:
    finding, position = one.finding, one.position
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "file": _writable(position.file) if position else None,
        "line": position.line if position else None,
        "column": position.column if position else None,
        "message": _writable(one.text.message),
        "hint": _writable(one.text.hint),
        "subject": _writable(finding.subject),
    }


def _writable(text: str) -> str:
    """JSON escapes by itself, but a lone surrogate (a file name that is not UTF-8) cannot be written."""
    return text.encode("utf-8", "backslashreplace").decode()


def _as_github(shown: Iterable[_Shown], folder: str) -> Iterator[str]:
    """One workflow command a finding; GitHub shows it on the line of the pull request."""
    for one in shown:
        properties = {"title": one.finding.code}
        if (position := one.position) is not None and position.file:
            file = f"{folder}/{position.file}" if folder else position.file
            properties |= {"file": file, "line": str(position.line), "col": str(position.column)}
        listed = ",".join(f"{key}={escape_workflow_property(_clean(value))}" for key, value in properties.items())
        said = "\n".join(part for part in (one.text.message, one.text.hint) if part)
        lines = "\n".join(map(_clean, said.splitlines()))
        yield f"::{_COMMANDS[one.finding.severity]} {listed}::{escape_workflow_data(lines)}"


def _clean(text: str) -> str:
    return escape_terminal(text)
