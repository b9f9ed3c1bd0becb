"""`catalogue decide`: a meeting's decisions into the records, all of them or none."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from reconciler.catalogue.decisions import Decide, Entry, entries, refusals
from reconciler.load.catalogue_editing import Append, Drop, NotEditable, Put, Step, edit
from reconciler.load.repository import Loaded, load
from reconciler.load.tree import Tree, read_tree
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.reconcile.releasing import not_editable
from reconciler.reconcile.would_be import new_errors, with_texts

_AFTER = {
    "conditions": ("status",),
    "decision": ("status", "conditions"),
    "withdrawn_from": ("status", "conditions", "decision"),
    "review_by": ("status", "conditions", "decision", "withdrawn_from"),
    "history": ("status", "conditions", "decision", "withdrawn_from", "review_by"),
}
"""Where a key goes that isn't there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """`after` is the tree with the `files` that have new texts, not yet written. Or why not, in `findings`."""

    findings: tuple[Finding, ...] = ()
    entries: tuple[Entry, ...] = ()
    files: tuple[str, ...] = ()
    after: Tree | None = None
    documents: Documents | None = None
    loaded: Loaded | None = None


def decide(root: Path, day: date, asked: Sequence[Decide], today: date, wrong_rows: Sequence[Finding] = ()) -> Decided:
    """Checks every decision, and the files as they would be with all of them; where some are refused, with the others.

    `wrong_rows`: of rows that are no decisions, told of with the rest.
    """
    tree = read_tree(root)
    loaded = load(tree, digest=False)
    if loaded.documents is None:
        return Decided(findings=loaded.findings, loaded=loaded)
    unread = loaded.why_unread("app-catalogs/")
    if unread:  # a decision in there may have the paragraph that would be the next
        return Decided(findings=unread, documents=loaded.documents, loaded=loaded)
    refused = (*wrong_rows, *refusals(loaded.documents, day, asked))
    rest = _others(loaded.documents, day, asked) if refused else asked
    found = entries(loaded.documents, day, rest) if rest else ()
    try:
        texts = _texts(loaded, found)
    except NotEditable as problem:
        return Decided(findings=(*refused, not_editable(problem)), documents=loaded.documents, loaded=loaded)
    after = with_texts(tree, texts)
    wrong = (*refused, *_at_rows(new_errors(tree, after, today), asked))
    if wrong:
        return Decided(findings=wrong, documents=loaded.documents, loaded=loaded)
    return Decided(entries=found, files=tuple(texts), after=after, documents=loaded.documents, loaded=loaded)


def _others(documents: Documents, day: date, asked: Sequence[Decide]) -> Sequence[Decide]:
    """Those that nothing is said against; none where the meeting itself couldn't decide."""
    if refusals(documents, day, ()):
        return ()
    twice = Counter(one.app for one in asked)
    return [one for one in asked if twice[one.app] == 1 and not refusals(documents, day, [one])]


def _at_rows(found: Iterable[Finding], asked: Sequence[Decide]) -> Iterator[Finding]:
    """What a decision would make wrong, at its row in the table it came from."""
    rows = {f"app:{one.app}": one.row for one in asked if one.row is not None}
    for one in found:
        yield replace(one, place=rows.get(one.subject, one.place))


def _texts(loaded: Loaded, found: Sequence[Entry]) -> dict[str, str]:
    """By file, its text with the steps of all its records."""
    steps: dict[str, list[Step]] = {}
    for entry in found:
        steps.setdefault(entry.record.at.file, []).extend(_steps(entry))
    return {file: edit(loaded.locate, file, some) for file, some in steps.items()}


def _steps(entry: Entry) -> Iterator[Step]:
    at = entry.record.at
    for key, value in entry.put.items():
        yield Put(at=at, key=key, value=value, after=_AFTER.get(key, ()), lines=key == "conditions")
    for key in entry.drop:
        yield Drop(at=at, key=key)
    if entry.earlier is not None and entry.record.history:
        yield Append(at=at.child("history"), value=entry.earlier)
    elif entry.earlier is not None:
        yield Put(at=at, key="history", value=[entry.earlier], after=_AFTER["history"], lines=True)
