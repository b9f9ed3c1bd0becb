"""`catalogue add-to-school`: one line in one school's file, and everything that it would make wrong asked before it is written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from reconciler.catalogue.add_to_school import Meant, Wanted, find_meant, objections, remarks, standing
from reconciler.catalogue.checks import check_catalogue
from reconciler.catalogue.issue_form import ADD, MODES, Form, FormProblem, read_form
from reconciler.load.catalogue_editing import NotEditable, add_app, edit
from reconciler.load.sources import Sources
from reconciler.load.strict import read_document
from reconciler.load.tree import Tree, read_tree
from reconciler.model.finding import Finding, Severity, is_error
from reconciler.model.place import Position
from reconciler.reconcile.prepare import Prepared, prepare_tree
from reconciler.reconcile.rules import judge_prepared
from reconciler.reconcile.seats import check_seats
from reconciler.reconcile.would_be import with_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """Nothing is written yet: `after` is the tree with the school's `file` edited; None where nothing changes.

    `findings` say why not, or (as information) what whoever adds it has to know. `line` is the changed line's number.
    """

    findings: tuple[Finding, ...] = ()
    locate: Sources
    meant: Meant | None = None
    file: str = ""
    line: int = 0
    after: Tree | None = None
    language: str | None = None


def add_to_school(root: Path, wanted: Wanted, as_of: date) -> Added:
    """Asks in this order: who is meant, the council's decision, what is there, and every check of the files and rules."""
    tree = read_tree(root)
    before = prepare_tree(tree, root, as_of, digest=False)
    documents, state = before.documents, before.state
    nothing = Added(locate=before.locate, language=before.language)
    if documents is None or state is None:
        return replace(nothing, findings=before.all_findings)
    meant = find_meant(documents, wanted)
    if isinstance(meant, Finding):
        folder = _DEFINES.get(meant.code, "-")
        unread = [one for one in before.findings if is_error(one) and _file(one).startswith(folder)]
        unread = [one for one in unread if _file(one) in before.unread]
        return replace(nothing, findings=(*unread, meant))
    found_wrong = (*before.all_findings, *check_catalogue(documents, as_of, before.unread))
    wrong = [one for one in found_wrong if is_error(one) and one.subject == f"app:{meant.app.id}"]
    refused = tuple(objections(meant, as_of)) or tuple(_wrong_record(meant, one) for one in wrong[:1])
    if refused:
        return replace(nothing, findings=refused)
    group = state.groups.get(meant.key)
    found = standing(meant, group, wanted.mode) if group else None
    if found is not None:
        return replace(nothing, meant=meant, findings=(found,))
    return _edited(replace(nothing, meant=meant), root, tree, before, wanted.mode, as_of)


_DEFINES = {"ADD-NO-APP": "app-catalogs/", "ADD-NO-SCHOOL": "schools/"}
"""Where what isn't found would stand: a file there that can't be read is the likelier reason."""


def _file(finding: Finding) -> str:
    return finding.place.file if finding.place else ""


def _wrong_record(meant: Meant, found: Finding) -> Finding:
    """A decision that doesn't hold is an error of its app: by it no school takes the app."""
    values = {"app": meant.app.name, "code": found.code}
    return Finding(
        code="ADD-RECORD-WRONG", severity=Severity.ERROR, place=found.place, subject=meant.key, values=values
    )


def _edited(nothing: Added, root: Path, tree: Tree, before: Prepared, mode: str, as_of: date) -> Added:
    meant = nothing.meant
    assert meant is not None  # noqa: S101 - just put there
    at = meant.group.at
    data: Any = read_document(at.file, tree.files[at.file]).value
    for step in at.path:
        data = data[step]
    try:
        text = edit(before.locate, at.file, [add_app(data, at, meant.app.id, mode)])
    except NotEditable:
        finding = Finding(code="INTAKE-NOT-EDITABLE", severity=Severity.ERROR, place=at, values={"file": at.file})
        return replace(nothing, findings=(finding,))
    after = with_texts(tree, {at.file: text})
    changed = prepare_tree(after, root, as_of, digest=False)
    new = tuple(_new_findings(before, changed))
    if any(map(is_error, new)):
        return replace(nothing, findings=new, locate=changed.locate)
    assert before.state is not None  # noqa: S101 - asked before
    assert changed.state is not None  # noqa: S101 - without errors there is one
    seats = check_seats(meant, before.state, changed.state)
    if is_error(seats):
        return replace(nothing, findings=(seats,), locate=changed.locate)
    line = _first_change(before.locate.lines(at.file), changed.locate.lines(at.file))
    said = (*new, *remarks(meant, as_of), seats)
    return replace(nothing, findings=said, locate=changed.locate, file=at.file, line=line, after=after)


def _new_findings(before: Prepared, after: Prepared) -> Iterable[Finding]:
    """Of files and of rules. A finding is the same where it says the same of the same: the edit moves the lines below it."""
    known = Counter(map(_key, _all(before)))
    for one in _all(after):
        if known[_key(one)] > 0:
            known[_key(one)] -= 1
        elif one.severity is not Severity.INFO:
            yield one


def _all(prepared: Prepared) -> tuple[Finding, ...]:
    return (*prepared.all_findings, *judge_prepared(prepared).findings)


def _key(finding: Finding) -> tuple[object, ...]:
    values = sorted((name, one) for name, one in finding.values.items() if name not in finding.places)
    return finding.code, finding.subject, finding.place.file if finding.place else "", tuple(values)


def _first_change(before: list[str], after: list[str]) -> int:
    pairs = zip(before, after, strict=False)
    return next((number for number, (one, other) in enumerate(pairs, start=1) if one != other), len(after))


def wanted_of(name: str, body: str) -> Wanted | tuple[Finding, ...]:
    """What an issue made with the form *Lägg till godkänd app på min skola* asks for."""
    form = read_form(body, ADD)
    problems = form.problems or tuple(_unanswered(form))
    if problems:
        return tuple(_form_finding(name, one) for one in problems)
    said = {field: " ".join(answer.text.split()) for field, answer in form.answers.items()}
    return Wanted(school=said["school"], group=said["group"], app=said["app"], mode=MODES[said["mode"]])


def _unanswered(form: Form) -> Iterable[FormProblem]:
    for label, field in ADD.items():
        answer = form.answers[field]
        if not answer.text:
            yield FormProblem(code="FORM-NO-ANSWER", label=label, line=answer.line)
        elif field == "mode" and " ".join(answer.text.split()) not in MODES:
            yield FormProblem(code="FORM-ANSWER", label=label, line=answer.line)


def _form_finding(name: str, problem: FormProblem) -> Finding:
    place = Position(file=name, line=problem.line, column=1)
    values = {"label": problem.label, "known": " / ".join(MODES)}
    return Finding(code=problem.code, severity=Severity.ERROR, place=place, values=values)
