"""`review`: two revisions of the files, loaded and compiled for today and for every day on which their dates change something.

A file that can't be read is taken as it was at the other revision, and named: the rest is still compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from reconciler.catalogue.ownership import owners_touched
from reconciler.compile.state import compile_state
from reconciler.load.repository import Loaded, load
from reconciler.load.revision import read_revision
from reconciler.load.sources import Sources
from reconciler.load.tree import ORGANISATION, Tree, read_tree
from reconciler.load.written import written_files
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, is_error
from reconciler.reconcile.review_errors import new_errors
from reconciler.review.approvals import ByOwner, as_one_catalogue
from reconciler.review.review import Review, make_review
from reconciler.review.wishes import Day
from reconciler.settings.table import SettingsTable, load_settings

MOST_DAYS: Final = 40
"""Days that are looked at: each is compiled twice. Nobody's files have as many dates that matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """`review` is None where there is nothing to compare. `unread`: files of the head that can't be read, with why.

    `unread_before`: those of the base. `findings`: errors of the head that the base doesn't have, exact positions.
    """

    review: Review | None
    unread: tuple[Finding, ...]
    unread_before: tuple[str, ...]
    findings: tuple[Finding, ...]
    refused: tuple[Finding, ...]
    locate: Sources
    language: str | None


def review_revisions(root: Path, revision: str, as_of: date) -> Reviewed:
    """`root` as it is on disk against `revision` in its Git repository. Reads files, nothing else; nothing is raised for what people wrote."""
    return review_trees(read_revision(root, revision), read_tree(root), as_of)


def review_trees(base: Tree, head: Tree, as_of: date) -> Reviewed:
    now = load(head, digest=False)
    unknown = tuple(one for one in base.findings if one.place is None)
    if unknown:
        return _nothing(now, unknown)
    was = load(base, digest=False)
    unread, unread_before = _unread(now), _unread(was)
    mended, compared = _with(head, base, unread), _with(base, head, unread_before)
    after = load(mended, digest=False) if unread else now
    before = load(compared, digest=False) if unread_before else was
    if after.documents is None or before.documents is None:
        return _nothing(now, (), unread)
    days = _days(before.documents, after.documents, as_of)
    return Reviewed(
        review=make_review(before.documents, after.documents, days, load_settings(), _touched(compared, mended)),
        unread=_about(unread, now),
        unread_before=tuple(unread_before),
        findings=new_errors(before, after, days[0]),
        refused=(),
        locate=after.locate,
        language=after.documents.organisation.language,
    )


def _nothing(now: Loaded, refused: tuple[Finding, ...], unread: Sequence[str] = ()) -> Reviewed:
    language = now.documents.organisation.language if now.documents else None
    return Reviewed(
        review=None,
        unread=_about(unread, now),
        unread_before=(),
        findings=(),
        refused=refused,
        locate=now.locate,
        language=language,
    )


# --- what can't be read -------------------------------------------------------------------------------------------


def _unread(loaded: Loaded) -> Sequence[str]:
    """A revision without organisation.yaml is read as if it had the other's. What has somebody's number or address in it is not
    compared: the comment would show it, also where it is being taken away.
    """
    about_people = {
        one.place.file for one in loaded.findings if one.place is not None and one.code.startswith("PERSONAL-")
    }
    return sorted({*loaded.unread, *about_people, *(() if loaded.documents else (ORGANISATION,))})


def _with(tree: Tree, other: Tree, unread: Sequence[str]) -> Tree:
    """The tree with these files as the other revision has them; without those that it doesn't have."""
    if not unread:
        return tree
    kept = {path: data for path, data in tree.files.items() if path not in unread}
    taken = {path: other.files[path] for path in unread if path in other.files}
    return Tree(files=dict(sorted({**kept, **taken}.items())))


def _about(unread: Sequence[str], loaded: Loaded) -> tuple[Finding, ...]:
    """The first error of each, for the reader to know where to look."""
    found: dict[str, Finding] = {}
    for one in loaded.findings:
        if is_error(one) and one.place is not None and one.place.file in unread:
            found.setdefault(one.place.file, one)
    return tuple(found.values())


# --- days and owners ----------------------------------------------------------------------------------------------


def _days(base: Documents, head: Documents, as_of: date) -> tuple[Day, ...]:
    """Today, and each later day on which a date in either revision makes its state another."""
    table = load_settings()
    found = [_day(base, head, table, as_of)]
    while len(found) < MOST_DAYS:
        last = found[-1]
        after = [one for one in (last.base.lapses, last.head.lapses) if one is not None]
        if not after:
            break
        found.append(_day(base, head, table, min(after)))
    return tuple(found)


def _day(base: Documents, head: Documents, table: SettingsTable, day: date) -> Day:
    return Day(day=day, base=compile_state(base, table, day), head=compile_state(head, table, day))


def _touched(base: Tree, head: Tree) -> ByOwner:
    """Fields by owner; only files whose bytes differ are read again."""
    sides = []
    for tree, other in ((base, head), (head, base)):
        files = {path: data for path, data in tree.files.items() if other.files.get(path) != data}
        sides.append(as_one_catalogue(written_files(Tree(files=files))))
    return owners_touched(*sides)
