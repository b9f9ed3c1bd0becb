"""Files as they would be after an edit: what that would make wrong, and the writing of all of them or none."""

import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from reconciler.catalogue.checks import check_records
from reconciler.catalogue.transitions import check_steps
from reconciler.load.catalogue_editing import encoded
from reconciler.load.tree import LARGEST, Tree, too_large
from reconciler.model.finding import Finding, is_error
from reconciler.reconcile.prepare import Prepared, check_tree


def with_texts(tree: Tree, texts: Mapping[str, str]) -> Tree:
    """The tree with these files' texts, each with the line ends that its file had."""
    data = {file: encoded(text, tree.files.get(file, b"")) for file, text in texts.items()}
    return replace(tree, files=dict(sorted({**tree.files, **data}.items())))


def new_errors(before: Tree, after: Tree, as_of: date) -> tuple[Finding, ...]:
    """The errors that there would be afterwards and are not there now, with exact places.

    What no record may do from one state to the next is among them, as if the edit were a step between two revisions.
    Known ones are told by code, subject and file, and by how many there are: an edit moves the lines below it, and what
    was wrong there already is not of its making.
    """
    grown = [name for name, data in after.files.items() if len(data) > LARGEST and data != before.files.get(name)]
    if grown:  # it would be written, and then not be read again
        return tuple(map(too_large, grown))
    was, checked = check_tree(before, as_of), check_tree(after, as_of)
    known = Counter(map(_key, _errors(was, as_of)))
    found = _errors(checked, as_of)
    if was.documents is not None and checked.documents is not None:
        found += filter(is_error, check_steps(was.documents, checked.documents, was.unread))
    more = Counter(map(_key, found)) - known
    return tuple(
        replace(one, place=checked.locate(one.place) if one.place else None) for one in found if more[_key(one)]
    )


def _errors(prepared: Prepared, as_of: date) -> list[Finding]:
    """Of the files by themselves and of what they say together, the catalogue's records among it."""
    of_catalogue = check_records(prepared.documents, as_of, prepared.unread) if prepared.documents else ()
    return [one for one in (*prepared.all_findings, *of_catalogue) if is_error(one)]


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.subject, finding.place.file if finding.place else ""


def save_files(root: Path, after: Tree, files: Iterable[str]) -> None:
    """Writes these files of the tree: first all beside their places, then each is moved to it. OSError where that can't be."""
    made: list[tuple[Path, Path]] = []
    try:
        for file in files:
            target = Path(os.path.realpath(root / file))
            made.append((_written_beside(target, after.files[file]), target))
        for temporary, target in made:
            temporary.replace(target)
    finally:
        for temporary, _ in made:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()


def _written_beside(target: Path, data: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.name}.", suffix="~"
    )  # an editor's copy to the loader
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
