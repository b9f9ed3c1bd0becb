"""`shared update`: the files of a source into `shared/<id>/`, and their hash into organisation.yaml. All of it or nothing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from reconciler.load.catalogue_editing import Append, NotEditable, Put, Step, edit
from reconciler.load.repository import Loaded, load
from reconciler.load.shared import files_of, hash_of, is_own, listing
from reconciler.load.shared_source import folder_inside, is_elsewhere, read_source
from reconciler.load.sources import Sources
from reconciler.load.strict import read_document
from reconciler.load.tree import ORGANISATION, SHARED, SUMS, Tree, judge, read_tree, shared_part
from reconciler.model.documents import SharedSource
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.reconcile.releasing import not_editable
from reconciler.reconcile.would_be import new_errors, save_files, with_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendored:
    """`after` is the tree as it would be, None where nothing may be written; `findings` say why, or what to mend after it.

    `come`, `changed`, `gone`: paths from the shared folder.
    """

    findings: tuple[Finding, ...] = ()
    sources: Sources | None = None
    language: str | None = None
    after: Tree | None = None
    id: str = ""
    hash: str = ""
    come: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def update_shared(root: Path, name: str, source: str | Path | None, today: date) -> Vendored:
    """What `shared/<name>/` becomes; nothing is written. `source`: an address with a commit, or a folder; None: as written."""
    tree = read_tree(root)
    loaded = load(tree, digest=False)
    if loaded.documents is None:
        return Vendored(findings=loaded.findings, sources=loaded.locate)
    language = loaded.documents.organisation.language
    entries = {one.id: one for one in loaded.documents.organisation.shared}
    entry = entries.get(name)
    if source is None and entry is None:
        known = ", ".join(sorted(entries)) or "–"
        return _refused("SHARED-NO-SUCH", language, id=name, known=known)
    if not shared_part(f"{SHARED}/{name}/{SUMS}")[0]:
        return _refused("SHARED-BAD-ID", language, id=name)
    if Path(os.path.realpath(root / SHARED / name)) != Path(os.path.realpath(root)) / SHARED / name:
        return _refused("SHARED-LINK", language, file=f"{SHARED}/{name}")
    wanted = _where(root, source if source is not None else entry.source if entry else "")
    if isinstance(wanted, Vendored):
        return replace(wanted, language=language)
    place, written = wanted
    taken = read_source(place, name)
    if taken.findings:
        return Vendored(findings=taken.findings, sources=Sources(taken.files), language=language)
    return replace(
        _judged(tree, loaded, taken.files, _entry(name, written, taken.files), entry, today), language=language
    )


def _refused(code: str, language: str | None = None, **values: str) -> Vendored:
    wrong = Finding(code=code, severity=Severity.ERROR, place=None, values=values)
    return Vendored(findings=(wrong,), language=language)


def _where(root: Path, source: str | Path) -> tuple[str | Path, str] | Vendored:
    """Where to read, and how that is written in organisation.yaml. What is written there counts from the file's folder."""
    if isinstance(source, str) and is_elsewhere(source):
        return source, source
    folder = folder_inside(root, root / source)
    written = os.path.relpath(folder, os.path.realpath(root)).replace(os.sep, "/") if folder else ""
    if folder is None or is_own(written):
        return _refused("SHARED-NO-FOLDER", source=str(source))
    return folder, written


def _entry(name: str, source: str, files: Mapping[str, bytes]) -> dict[str, str]:
    return {"id": name, "from": source, "hash": hash_of(files)}


def _judged(
    tree: Tree,
    loaded: Loaded,
    files: Mapping[str, bytes],
    new: Mapping[str, str],
    entry: SharedSource | None,
    today: date,
) -> Vendored:
    try:
        text = edit(loaded.locate, ORGANISATION, _steps(tree, new, entry))
    except NotEditable as problem:
        return Vendored(findings=(not_editable(problem),), sources=loaded.locate)
    after = with_texts(tree, {ORGANISATION: text})
    folder = f"{SHARED}/{new['id']}"
    before = files_of(tree.files, new["id"])
    kept = {path: data for path, data in after.files.items() if not path.startswith(f"{folder}/")}
    come = {f"{folder}/{path}": data for path, data in (*files.items(), (SUMS, listing(files)))}
    after = replace(after, files=dict(sorted({**kept, **come}.items())), findings=_elsewhere(tree, folder))
    wrong = new_errors(tree, after, today)
    # An error in what is shared is nobody's here to mend; one in our own lines is, and before the change is merged.
    theirs = tuple(one for one in wrong if one.place is None or one.place.file.startswith(f"{folder}/"))
    theirs += tuple(one for one in wrong if one.place and one.place.file == ORGANISATION)
    return Vendored(
        findings=theirs or wrong,
        sources=Sources(after.files),
        after=None if theirs else after,
        id=new["id"],
        hash=new["hash"],
        come=tuple(sorted(files.keys() - before.keys())),
        changed=tuple(sorted(path for path in files.keys() & before.keys() if files[path] != before[path])),
        gone=tuple(sorted(before.keys() - files.keys() - {SUMS})),
    )


def _elsewhere(tree: Tree, folder: str) -> tuple[Finding, ...]:
    """What is wrong with the files there now says nothing of those that come."""
    return tuple(one for one in tree.findings if not one.place or not one.place.file.startswith(f"{folder}/"))


def _steps(tree: Tree, new: Mapping[str, str], entry: SharedSource | None) -> list[Step]:
    if entry is not None:
        written = {"from": entry.source, "hash": entry.hash}
        return [Put(at=entry.at, key=key, value=new[key]) for key in ("from", "hash") if written[key] != new[key]]
    top = Pointer(file=ORGANISATION)
    if _has_list(tree):
        return [Append(at=top.child(SHARED), value=dict(new))]
    return [Put(at=top, key=SHARED, value=[dict(new)], lines=True)]


def _has_list(tree: Tree) -> bool:
    read = read_document(ORGANISATION, tree.files[ORGANISATION]).value
    return isinstance(read, dict) and SHARED in read


def save_shared(root: Path, found: Vendored) -> None:
    """Writes the files and organisation.yaml, then takes away what is gone. OSError where that can't be."""
    if found.after is None:
        return
    folder = f"{SHARED}/{found.id}/"
    files = [path for path in found.after.files if path.startswith(folder)]
    save_files(root, found.after, [*files, ORGANISATION])
    for path in sorted((root / folder).rglob("*")):
        name = path.relative_to(root).as_posix()
        if not path.is_dir() and name not in found.after.files and judge(name) is True:
            path.unlink()
