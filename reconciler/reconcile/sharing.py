"""`catalogue import`: proposals of another municipality's records, and the file kept to tell what changes in the next one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from reconciler.catalogue.importing import Import, Known, Shared, judge_import, pin_of, proposal_of
from reconciler.catalogue.sharing import LEFT_OUT
from reconciler.load.catalogue_editing import Append, NotEditable, Put, Step, edit
from reconciler.load.repository import Loaded, load
from reconciler.load.shared_catalogue import LARGEST, read_shared
from reconciler.load.sources import Sources
from reconciler.load.spelling import block, flow
from reconciler.load.strict import read_document
from reconciler.load.tree import IMPORTS, SHARED, Tree, read_tree
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, Severity, is_error
from reconciler.model.place import Pointer
from reconciler.reconcile.releasing import not_editable
from reconciler.reconcile.would_be import new_errors, with_texts
from reconciler.texts import render

_TOPIC: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`after` is the tree with `files` edited, not yet written; `data` is kept as `kept`. Or why not, in `findings`."""

    findings: tuple[Finding, ...] = ()
    sources: Sources | None = None
    shared: Shared | None = None
    judged: Import | None = None
    after: Tree | None = None
    files: tuple[str, ...] = ()
    kept: str = ""
    data: bytes = b""
    documents: Documents | None = None


def import_catalogue(root: Path, file: Path, wanted: str, topic: str, today: date, lang: str | None) -> Imported:
    """OSError where the file can't be read. Nothing is written."""
    tree = read_tree(root)
    loaded = load(tree, digest=False)
    refused = _cannot(loaded)
    if refused is not None or loaded.documents is None:
        return refused or Imported(findings=loaded.findings, sources=loaded.locate)
    with file.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    shared = read_shared(file.name, data, wanted)
    if not isinstance(shared, Shared):
        return Imported(findings=tuple(shared), sources=Sources({file.name: data}), documents=loaded.documents)
    kept = f"{IMPORTS}/{shared.code}.json"
    found = _import(tree, loaded, loaded.documents, shared, _earlier(root / kept), topic, today, lang)
    return replace(found, kept=kept, data=data) if found.judged else found


def import_shared(root: Path, name: str, topic: str, today: date, lang: str | None) -> Imported:
    """The same of the catalogues in `shared/<name>/`, whose hash is in organisation.yaml. Nothing is written."""
    tree = read_tree(root)
    loaded = load(tree, digest=False)
    refused = _cannot(loaded)
    if refused is not None or loaded.documents is None:
        return refused or Imported(findings=loaded.findings, sources=loaded.locate)
    listed = {one.id: one for one in loaded.documents.organisation.shared}
    if name not in listed:
        values = {"id": name, "known": ", ".join(sorted(listed)) or "–"}
        wrong = Finding(code="SHARED-NO-SUCH", severity=Severity.ERROR, place=None, values=values)
        return Imported(findings=(wrong,), documents=loaded.documents)
    unsound = tuple(one for one in loaded.findings if is_error(one) and _is_of_shared(one))
    if unsound:
        return Imported(findings=unsound, sources=loaded.locate, documents=loaded.documents)
    shared = Shared(
        source=name,
        code="",
        sha256=listed[name].hash.removeprefix("sha256:"),
        apps=tuple(_records(tree, f"{SHARED}/{name}/app-catalogs/")),
    )
    return _import(tree, loaded, loaded.documents, shared, None, topic, today, lang)


def _cannot(loaded: Loaded) -> Imported | None:
    """What can't be read whole can't say what is here already."""
    unread = [
        one for one in loaded.findings if is_error(one) and one.place and one.place.file.startswith("app-catalogs/")
    ]
    if loaded.documents is None or unread:
        return Imported(findings=tuple(unread) or loaded.findings, sources=loaded.locate, documents=loaded.documents)
    return None


def _is_of_shared(finding: Finding) -> bool:
    return finding.code.startswith("SHARED-") or bool(finding.place and finding.place.file.startswith(f"{SHARED}/"))


def _records(tree: Tree, folder: str) -> Iterator[Mapping[str, Any]]:
    for path, data in tree.files.items():
        read = read_document(path, data).value if path.startswith(folder) else None
        if isinstance(read, dict):
            apps: Any = read["apps"]
            yield from apps


def _import(
    tree: Tree,
    loaded: Loaded,
    documents: Documents,
    shared: Shared,
    earlier: Shared | None,
    topic: str,
    today: date,
    lang: str | None,
) -> Imported:
    if not _TOPIC.fullmatch(topic):
        wrong = Finding(code="IMPORT-TOPIC", severity=Severity.ERROR, place=None, values={"topic": topic})
        return Imported(findings=(wrong,), documents=documents)
    judged = judge_import(documents, shared, earlier)
    try:
        texts = _texts(loaded, tree, judged, shared, topic, today, lang or documents.organisation.language)
    except NotEditable as problem:
        return Imported(findings=(not_editable(problem),), sources=loaded.locate, documents=documents)
    after = with_texts(tree, texts)
    wrong_after = new_errors(tree, after, today) if texts else ()
    if wrong_after:
        return Imported(findings=wrong_after, sources=Sources(after.files), documents=documents)
    return Imported(shared=shared, judged=judged, after=after, files=tuple(texts), documents=documents)


def _earlier(kept: Path) -> Shared | None:
    """The file that was taken before; one that somebody has damaged is none."""
    if not kept.is_file() or kept.is_symlink():
        return None
    found = read_shared(kept.name, kept.read_bytes())
    return found if isinstance(found, Shared) else None


def _texts(
    loaded: Loaded, tree: Tree, judged: Import, shared: Shared, topic: str, today: date, lang: str
) -> Mapping[str, str]:
    steps: dict[str, list[Step]] = {}
    for one in judged.known:
        if _is_behind(one, shared):
            steps.setdefault(one.ours.at.file, []).append(
                Put(at=one.ours.at, key="imported", value=pin_of(shared, today))
            )
    records = [_proposal(one, shared, today, lang) for one in judged.new]
    file = f"app-catalogs/{topic}.yaml"
    if records and file in tree.files:
        at = Pointer(file=file, path=("apps",))
        steps.setdefault(file, []).extend(Append(at=at, value=one, lines=True) for one in records)
    texts = {name: edit(loaded.locate, name, some) for name, some in steps.items()}
    if records and file not in tree.files:
        texts[file] = _new_file(topic, records, lang)
    return texts


def _is_behind(one: Known, shared: Shared) -> bool:
    """Whether our record names an earlier file of the same municipality."""
    written = one.ours.vetting.get("imported")
    same = isinstance(written, Mapping) and written.get("from") == shared.source
    return same and isinstance(written, Mapping) and written.get("sha256") != shared.sha256


def _proposal(theirs: Mapping[str, Any], shared: Shared, today: date, lang: str) -> dict[str, Any]:
    decision = theirs.get("decision", {})
    status = render(f"COUNCIL-STATUS-{str(theirs['status']).upper()}", {}, lang).message
    values = {"source": shared.source, "status": status, "reference": decision.get("reference", "–")}
    need = render("IMPORT-NEED", values, lang).message
    reason = f"{need} {decision['reason']}" if decision.get("reason", LEFT_OUT) != LEFT_OUT else need
    return proposal_of(theirs, shared, today, render("IMPORT-BY", values, lang).message, reason)


def _new_file(topic: str, records: Sequence[Mapping[str, Any]], lang: str) -> str:
    head = "# yaml-language-server: $schema=../schemas/app-catalog.schema.json\n"
    title = render("IMPORT-TITLE", {}, lang).message
    listed = "\n\n".join(block([one], 2) for one in records)
    return f"{head}topic: {topic}\ntitle: {flow(title)}\n\napps:\n{listed}\n"


def keep(root: Path, found: Imported) -> None:
    """The file as it was read, to tell from it what changes in the next one. OSError where that can't be."""
    target = root / found.kept
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(found.data)
