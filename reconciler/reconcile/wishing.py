"""`catalogue intake` and `catalogue request`: wishes as edits of one file of the catalogue, validated before anything is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from reconciler.catalogue.headings import HEADINGS, field_of, is_heading, near_heading
from reconciler.catalogue.intake import Change, Outcome, Taken, take
from reconciler.catalogue.issue_form import WISH, FormProblem, read_form
from reconciler.catalogue.wishes import ORDER, Refused, Wish, read_wish, what_is_known
from reconciler.load.catalogue_editing import Append, NotEditable, Put, Step, edit
from reconciler.load.csv_reading import CsvSheet, read_csv
from reconciler.load.repository import load
from reconciler.load.sources import Sources
from reconciler.load.spelling import block
from reconciler.load.tree import Tree, read_tree
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, Severity, is_error
from reconciler.model.place import Pointer, Position
from reconciler.model.vetting import PROPOSED
from reconciler.reconcile.would_be import new_errors, with_texts
from reconciler.schema.check import check

TOPIC: Final = "onskemal"
_TITLES: Final = {TOPIC: {"sv": "Önskemål", "en": "Wishes"}}
_HEAD: Final = "# yaml-language-server: $schema=../schemas/app-catalog.schema.json\n"
_PARTS: Final = {"platforms": "address", "interface": "languages"}
"""The column that a part of a record is most about."""
_REQUEST: Final = ("by", "school", "received", "need", "tried", "users", "reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Nothing is written yet. `taken` in the order of the rows; `findings` are places in the list (or in our files).

    `after` is the tree with `file` edited, None where nothing changes or something stands in the way.
    """

    taken: tuple[Taken, ...] = ()
    findings: tuple[Finding, ...] = ()
    file: str = ""
    after: Tree | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """`topic` is the file that proposals go to; `origin` says in a record's source where the wish came from, in Swedish and English.

    `received`: the day that a new wish came in, where it does not say so itself.
    """

    root: Path
    topic: str
    as_of: date
    origin: tuple[str, str]
    received: date | None = None


def take_sheet(where: Where, name: str, data: bytes) -> Intake:
    """Every row of a CSV file. `name` is the file's, for messages."""
    tree, documents, refused = _read(where)
    if documents is None:
        return refused
    sheet = read_csv(name, data, is_heading)
    columns, problems = _columns(name, sheet)
    if columns is None:
        return Intake(findings=(*sheet.findings, *problems), language=documents.organisation.language)
    known = what_is_known(documents.schools, documents.apps, where.as_of)
    wishes = [
        (row.number, read_wish({field: row.cells[number] for number, field in columns.items()}, known))
        for row in sheet.rows
    ]
    found = _taken(where, tree, documents, wishes)
    refusals = _refusals(name, {field: number + 1 for number, field in columns.items()}, found.taken)
    findings = sorted((*sheet.findings, *problems, *refusals), key=_by_place)
    return replace(found, findings=(*findings, *found.findings))


def take_form(where: Where, name: str, body: str, reference: str = "") -> Intake:
    """One wish, as an issue's body. `reference`: the issue's number, or whatever people find it by."""
    tree, documents, refused = _read(where)
    if documents is None:
        return refused
    form = read_form(body, WISH)
    if form.problems:
        findings = tuple(_form_problem(name, one) for one in form.problems)
        return Intake(findings=findings, language=documents.organisation.language)
    said = {field: answer.text for field, answer in form.answers.items()}
    known = what_is_known(documents.schools, documents.apps, where.as_of)
    wish = read_wish({**said, **({"reference": reference} if reference else {})}, known, from_sheet=False)
    found = _taken(where, tree, documents, [(1, wish)])
    lines = {field: answer.line for field, answer in form.answers.items()}
    refusals = (_refusal(_line(name, lines.get(why.column, 1)), one, why) for one in found.taken for why in one.refused)
    return replace(found, findings=(*refusals, *found.findings))


def _form_problem(name: str, problem: FormProblem) -> Finding:
    place = _line(name, problem.line)
    return Finding(code=problem.code, severity=Severity.ERROR, place=place, values={"label": problem.label})


def _line(name: str, line: int) -> Position:
    return Position(file=name, line=line, column=1)


def _read(where: Where) -> tuple[Tree, Documents | None, Intake]:
    tree = read_tree(where.root)
    loaded = load(tree, digest=False)
    if loaded.documents is None or any(is_error(one) for one in loaded.findings if _in_catalogue(one)):
        return tree, None, Intake(findings=loaded.findings)
    return tree, loaded.documents, Intake()


def _in_catalogue(finding: Finding) -> bool:
    """A catalogue that can't be read whole can't say what is in it already."""
    return finding.place is not None and finding.place.file.startswith("app-catalogs/")


def _by_place(finding: Finding) -> tuple[int, int]:
    place = finding.place
    return (place.line, place.column) if isinstance(place, Position) else (0, 0)


def _columns(name: str, sheet: CsvSheet) -> tuple[dict[int, str] | None, list[Finding]]:
    """Fields by number of column; None where the headings can't be trusted."""
    found: dict[int, str] = {}
    problems: list[Finding] = []
    for number, heading in enumerate(sheet.headings):
        field = field_of(heading)
        place = Position(file=name, line=sheet.heading_row, column=number + 1)
        if field is None:
            values = {"heading": heading[:60], "near": near_heading(heading)}
            code = "INTAKE-HEADING-UNKNOWN" if heading else "INTAKE-HEADING-EMPTY"
            if heading or any(row.cells[number] for row in sheet.rows):
                problems.append(Finding(code=code, severity=Severity.WARNING, place=place, values=values))
        elif field in found.values():
            values = {"heading": heading[:60], "first": HEADINGS[field][0]}
            problems.append(Finding(code="INTAKE-HEADING-TWICE", severity=Severity.ERROR, place=place, values=values))
        else:
            found[number] = field
    return (None if not found or any(map(is_error, problems)) else found), problems


def _refusals(name: str, columns: dict[str, int], taken: Iterable[Taken]) -> Iterator[Finding]:
    for one in taken:
        for why in one.refused:
            place = Position(file=name, line=one.row, column=columns.get(why.column, 1))
            yield _refusal(place, one, why)


def _refusal(place: Position, one: Taken, why: Refused) -> Finding:
    heading = {"heading.sv": HEADINGS[why.column][0], "heading.en": why.column.replace("_", " ")} if why.column else {}
    values = {"app": one.name, "near": "", "heading": "", **heading, **why.values}
    return Finding(code=why.code, severity=Severity.ERROR, place=place, subject=one.id, values=values)


def _taken(where: Where, tree: Tree, documents: Documents, wishes: Sequence[tuple[int, Wish]]) -> Intake:
    file, language = f"app-catalogs/{where.topic}.yaml", documents.organisation.language
    taken = tuple(
        _sourced(one, where, language) if one.outcome is Outcome.NEW else one
        for one in take(wishes, documents.apps, file)
    )
    taken = tuple(map(_schema_checked, taken))
    result = Intake(taken=taken, file=file, language=language)
    if not any(one.outcome in (Outcome.NEW, Outcome.UPDATED) for one in taken):
        return result
    try:
        text = _text(where, tree, file, language, taken)
    except NotEditable as problem:
        finding = Finding(code="INTAKE-NOT-EDITABLE", severity=Severity.ERROR, place=problem.at, values={"file": file})
        return replace(result, findings=(finding,))
    after = with_texts(tree, {file: text})
    wrong = new_errors(tree, after, where.as_of)
    return replace(result, findings=wrong, after=None if wrong else after)


def _sourced(one: Taken, where: Where, language: str) -> Taken:
    """With where its identity was read, and when; keys in the order of the files."""
    text = where.origin[0] if language == "sv" else where.origin[1]
    address = {"url": one.wish.address} if one.wish.address else {}
    record = {**one.record, "source": {**address, "text": text, "read": where.as_of.isoformat()}}
    received = {"received": where.received.isoformat()} if where.received else {}
    asked = {**received, **record["request"]}
    request = {key: asked[key] for key in _REQUEST if key in asked}
    return replace(one, record={key: {**record, "request": request}[key] for key in ORDER if key in record})


def _schema_checked(one: Taken) -> Taken:
    """A record that the schema refuses is refused as a row, so that the others can go on."""
    if one.outcome not in (Outcome.NEW, Outcome.UPDATED):
        return one
    filler = {"id": "x", "name": "x", "platforms": {"windows": {"web": "https://x.se/"}}, "status": PROPOSED}
    record = {**filler, "source": {"text": "x", "read": "2026-01-01"}, **(one.record or one.wish.record)}
    document: Any = {"topic": "x", "title": "x", "apps": [record]}
    found = check("app-catalog", "x", document, Sources({}))
    if not found:
        return one
    steps = [str(step) for step in _path(found[0])[2:]]
    column = next((_PARTS.get(step, step) for step in steps if step in _PARTS or step in HEADINGS), "")
    values = {"at": ".".join(steps)}
    return replace(
        one, outcome=Outcome.REFUSED, refused=(Refused(column=column, code="INTAKE-INCOMPLETE", values=values),)
    )


def _path(finding: Finding) -> tuple[str | int, ...]:
    return finding.place.path if isinstance(finding.place, Pointer) else ()


def _text(where: Where, tree: Tree, file: str, language: str, taken: Iterable[Taken]) -> str:
    records = [dict(one.record) for one in taken if one.outcome is Outcome.NEW]
    if file not in tree.files:
        title = _TITLES.get(where.topic, {}).get(language, where.topic.replace("-", " ").capitalize())
        head = block({"topic": where.topic, "title": title}, 0)
        return f"{_HEAD}{head}\n\napps:\n" + "\n\n".join(block([one], 2) for one in records) + "\n"
    changed = [step for one in taken for step in _steps(one, where)]
    added = [Append(at=Pointer(file=file, path=("apps",)), value=one, lines=True) for one in records]
    return edit(Sources(tree.files), file, [*changed, *added])


def _steps(one: Taken, where: Where) -> Iterator[Step]:
    if one.app is None or one.outcome is not Outcome.UPDATED:
        return
    for change in one.changes:
        at, keys = (one.app.at.child(change.within), _REQUEST) if change.within else (one.app.at, ORDER)
        before = keys[: keys.index(change.key)] if change.key in keys else ()
        yield Put(at=at, key=change.key, value=change.value, after=before)
    if one.wish.address and one.app.status == PROPOSED and any(_is_identity(change) for change in one.changes):
        source: Any = one.app.vetting.get("source", {})
        value = {**source, "url": one.wish.address, "read": where.as_of.isoformat()}
        yield Put(at=one.app.at, key="source", value=value, after=ORDER[: ORDER.index("source")])


def _is_identity(change: Change) -> bool:
    return "platforms" in (change.within, change.key)
