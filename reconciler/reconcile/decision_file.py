"""Decisions from a file: a spreadsheet's CSV, or YAML with `decisions:`. Every row that can't be taken is told of at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.catalogue.cells import Refusal
from reconciler.catalogue.decision_rows import HEADINGS, decide_of, field_of, is_heading
from reconciler.catalogue.decisions import Decide
from reconciler.load.csv_reading import LARGEST, read_csv
from reconciler.load.near import nearest
from reconciler.load.sources import Sources
from reconciler.load.strict import read_document
from reconciler.load.wishes import parse_day
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Pointer, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFile:
    decisions: tuple[Decide, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: Sources

    def located(self) -> tuple[Finding, ...]:
        """The findings at their rows."""
        return tuple(replace(one, place=self.sources(one.place) if one.place else None) for one in self.findings)


def read_decisions(path: Path) -> DecisionFile:
    """OSError where the file can't be read."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    name = path.name
    sources = Sources({name: data})
    rows = _yaml_rows(name, data) if path.suffix in (".yaml", ".yml") else _csv_rows(name, data)
    found: list[Decide] = []
    findings: list[Finding] = []
    for row in rows:
        if isinstance(row, Finding):
            findings.append(row)
            continue
        place, cells = row
        try:
            decision = decide_of(cells, parse_day)
        except Refusal as refusal:
            # What is wrong with any cell is said as of an intake's, which names the heading.
            named = {"column": refusal.column, "heading": HEADINGS[refusal.column][0], **refusal.values}
            findings.append(Finding(code=refusal.code, severity=Severity.ERROR, place=place, values=named))
        else:
            found += [replace(decision, row=sources(place))] if decision else []
    return DecisionFile(decisions=tuple(found), findings=tuple(findings), sources=sources)


def _csv_rows(file: str, data: bytes) -> Iterator[tuple[Place, Mapping[str, Any]] | Finding]:
    sheet = read_csv(file, data, is_heading)
    yield from sheet.findings
    fields = [field_of(heading) for heading in sheet.headings]
    for number, (heading, field) in enumerate(zip(sheet.headings, fields, strict=True), start=1):
        if field is None and heading:
            yield _unknown(Position(file=file, line=sheet.heading_row, column=number), heading)
    for row in sheet.rows:
        cells = {field: cell for field, cell in zip(fields, row.cells, strict=True) if field}
        yield Position(file=file, line=row.number, column=1), cells


def _unknown(place: Place, heading: str) -> Finding:
    names = [name for some in HEADINGS.values() for name in some]
    values = {"name": heading, "near": nearest(heading.lower(), names) or "", "known": ", ".join(HEADINGS)}
    return Finding(code="DECIDE-UNKNOWN-COLUMN", severity=Severity.ERROR, place=place, values=values)


def _yaml_rows(file: str, data: bytes) -> Iterator[tuple[Place, Mapping[str, Any]] | Finding]:
    read = read_document(file, data)
    if read.findings:
        yield from read.findings
        return
    listed = read.value.get("decisions") if isinstance(read.value, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        at = Pointer(file=file, path=("decisions",))
        yield Finding(code="DECIDE-NO-LIST", severity=Severity.ERROR, place=at, values={})
        return
    for number, row in enumerate(listed):
        at = Pointer(file=file, path=("decisions", number))
        yield from (
            _unknown(Pointer(file=file, path=(*at.path, key), on_key=True), key) for key in row if key not in HEADINGS
        )
        yield at, row
