"""What Git itself says of the branch: only objects, named by their hash, so that no file lying about in the checkout counts."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from reconciler.catalogue.ownership import owners_touched
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.repository import Landed
from reconciler.load.revision import ask_git, has_git, read_revision
from reconciler.load.strict import read_document
from reconciler.load.tree import LARGEST, ORGANISATION, Tree
from reconciler.load.written import written_files
from reconciler.model.place import Json
from reconciler.reconcile.app_managers import handed_over
from reconciler.reconcile.hosting import folders_of_others, is_within
from reconciler.trust.owners import APP_MANAGERS, EDUCATION, IT, JOINT, team_of, teams_of

_CONTROLS: Final = re.compile(r"organisation\.yaml|policies/(?!approvals/|baselines/).+", re.DOTALL)
FULL: Final = 40
"""Hexadecimal digits of a commit's name."""


def commit_of(root: Path, revision: str = "HEAD") -> str:
    """The whole name of a commit. Raises ForgeProblem CI-COMMIT-UNKNOWN where this checkout doesn't have it."""
    found = ask_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        raise ForgeProblem("CI-COMMIT-UNKNOWN" if has_git() else "GIT-MISSING", {"revision": revision[:FULL]})
    return found.decode().strip()


def branched_from(root: Path, base: str, head: str) -> str:
    """Where a branch left the other: what came there since is not the branch's doing."""
    return _asked(root, "merge-base", commit_of(root, base), head).decode().strip()


def line_to(root: Path, head: str) -> Sequence[Landed]:
    """The whole first-parent line up to a commit, oldest first. Raises CI-HISTORY-CUT where the checkout has only the end of it."""
    listed = _asked(root, "rev-list", "--first-parent", "--parents", "--reverse", head).decode()
    if _asked(root, "rev-parse", "--is-shallow-repository").decode().strip() == "true":
        raise ForgeProblem("CI-HISTORY-CUT", {"head": head[:12]})
    found = [line.split() for line in listed.splitlines()]
    return tuple(Landed(sha=names[0], parents=tuple(names[1:])) for names in found)


def founded(root: Path, line: Sequence[Landed]) -> Sequence[Landed]:
    """A line from the first commit on that says who may approve for IT and for education; all of it where none does.

    Before that one nobody could have approved anything: a repository begins with a README, and a municipality comes later to one that it
    shares. All of its files at that commit are answered for by name, whatever of them is older.
    """
    first = next((at for at, one in enumerate(line) if {IT, EDUCATION} <= set(roles_at(root, one.sha) or ())), 0)
    return line[first:]


def changed_files(root: Path, base: str, head: str) -> tuple[str, ...]:
    """Paths from `root` of what differs; a renamed file is one that is gone and one that came."""
    listed = _asked(root, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", base, head)
    return tuple(name for name in listed.decode("utf-8", "replace").split("\0") if name)


def touches_controls(root: Path, base: str, head: str) -> bool:
    """Whether anything differs that decides over what may be done: mode, limits, placements and keys in organisation.yaml, and all
    policies but those that only say what is wanted (baselines) or that are judged by themselves (approvals).
    """
    return any(_CONTROLS.fullmatch(file) for file in changed_files(root, base, head))


def outside_files(root: Path, base: str, head: str, since: str = "") -> tuple[str, ...]:
    """Paths of what differs elsewhere in the repository and is no other municipality's: workflows above the folders, for one.

    `since`: the last commit that nobody has to be asked about any more. Whose folder something is has to stand in its table too, or a
    row that nobody approved would give away what comes after it.
    """
    listed = _asked(root, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", base, head)
    prefix = _asked(root, "rev-parse", "--show-prefix").decode().strip()
    others = folders_of_others(root, base, head, *filter(None, [since]))
    names = listed.decode("utf-8", "replace").split("\0")  # a file's name is bytes, and may be in no encoding
    found = (name for name in names if name and not name.startswith(prefix))
    return tuple(name for name in found if not is_within(name, others)) if prefix else ()


def is_elsewhere(root: Path, base: str, head: str, since: str = "") -> bool:
    """Whether what differs is all in other municipalities' folders, so that it can change nothing of this one. `since`: see `outside_files`."""
    return bool(folders_of_others(root, base, head)) and not (
        changed_files(root, base, head) or outside_files(root, base, head, since)
    )


def owners_between(
    root: Path, base: str, head: str, day: date, since: str = ""
) -> tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]]:
    """Owner -> the places that are that owner's, and the files that no schema describes, of all that differs.

    `day`: the one in Sweden on which the council's terms have to hold for a school's app managers to approve. `since`: see `outside_files`.

    A file that can't be read on one of the sides says nothing of whose it is: then it is joint.
    """
    changed = changed_files(root, base, head)
    whole_before, whole_after = (read_revision(root, revision) for revision in (base, head))
    before, after = (_only(tree, changed) for tree in (whole_before, whole_after))
    known = {**before.files, **after.files}
    hidden = {*_with_secrets(whole_before), *_with_secrets(whole_after)} & set(changed)
    was, now = written_files(before), written_files(after)
    touched = {
        owner: tuple(f"{one.file} {one.what}".rstrip() for one in places)
        for owner, places in handed_over(owners_touched(was, now), whole_before, whole_after, day).items()
    }
    broken = tuple(file for file in known if _is_broken(file, before, was) or _is_broken(file, after, now))
    broken = (*broken, *sorted(hidden - set(broken)))
    if broken:
        touched[JOINT] = (*touched.get(JOINT, ()), *broken)
    others = (*(file for file in changed if file not in {*known, *hidden}), *outside_files(root, base, head, since))
    return touched, others


def _with_secrets(tree: Tree) -> Iterable[str]:
    """What one of the two sides may not show says nothing of whose it is, as what is broken there."""
    return (one.place.file for one in tree.findings if one.place is not None and one.code == "SECRET-IN-FILE")


def _only(tree: Tree, paths: Collection[str]) -> Tree:
    return Tree(files={path: data for path, data in tree.files.items() if path in paths})


def _is_broken(file: str, tree: Tree, written: Collection[str]) -> bool:
    return file in tree.files and file not in written


def roles_at(root: Path, revision: str, schools: Iterable[str] = ()) -> Mapping[str, str] | None:
    """Owner -> team at a commit, with the app managers of these schools; None where nobody can tell."""
    organisation = organisation_at(root, revision)
    roles = organisation.get("roles", {}) if organisation is not None else None
    if not isinstance(roles, Mapping):
        return None
    teams = {f"{APP_MANAGERS}{school}": _app_managers(root, revision, school) for school in schools}
    return {**teams_of(roles), **{owner: team for owner, team in teams.items() if team}}


def _app_managers(root: Path, revision: str, school: str) -> str:
    data = _read(root, revision, f"schools/{school}.yaml")
    roles = data.get("roles") if data is not None and data.get("id") == school else None
    return team_of(roles.get("app_managers")) if isinstance(roles, Mapping) else ""


def organisation_at(root: Path, revision: str) -> Mapping[str, Json] | None:
    """organisation.yaml as data; None where there is none or where it is broken."""
    return _read(root, revision, ORGANISATION)


def _read(root: Path, revision: str, path: str) -> Mapping[str, Json] | None:
    data = _file(root, revision, path)
    read = read_document(path, data) if data else None
    return read.value if read and not read.findings and isinstance(read.value, dict) else None


def last_change(root: Path, head: str, path: str) -> str:
    """The commit of the first-parent line that last changed a file."""
    found = _asked(root, "log", "-1", "--no-patch", "--first-parent", "--format=%H", head, "--", path)
    return found.decode().strip()


def is_new(root: Path, base: str, head: str, path: str) -> bool:
    """Whether a file came whole between two commits, so that whoever reviewed them saw all of it.

    Not where anything went away meanwhile: a file that is renamed is shown with the lines that differ, and those may be none.
    """
    gone = _asked(root, "diff", "--name-only", "-z", "--no-renames", "--diff-filter=D", "--no-ext-diff", base, head)
    return not gone and ask_git(root, "cat-file", "-e", f"{base}:./{path}") is None


def _file(root: Path, revision: str, path: str) -> bytes | None:
    data = ask_git(root, "cat-file", "blob", f"{revision}:./{path}")
    return data if data is not None and len(data) <= LARGEST else None


def _asked(root: Path, *arguments: str) -> bytes:
    found = ask_git(root, *arguments)
    if found is None:
        raise ForgeProblem("CI-COMMIT-UNKNOWN", {"revision": arguments[-1][:FULL]})
    return found
