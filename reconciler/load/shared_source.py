"""Where shared files come from: a folder of the repository, or one commit of a Git repository elsewhere. Only `shared update` asks.

Of a source nothing is taken but its own baselines and catalogues, as bytes: nothing is checked out, no hook or filter
runs, and what the source itself has in common with others is not handed on.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from reconciler.load.revision import ask_git, read_revision
from reconciler.load.secrets_scan import secrets_in
from reconciler.load.tree import SHARED, SUMS, Tree, judge, read_tree, shared_part
from reconciler.model.finding import Finding, Severity, is_error

_GIT: Final = re.compile(r"(?P<address>https://[^\s@]+)@(?P<commit>[0-9a-f]{40})")
_LONGEST: Final = 300
"""Seconds for a source elsewhere."""


def is_elsewhere(source: str) -> bool:
    """Whether it is written as an address. One without a whole commit is refused by `read_source`."""
    return "://" in source


def folder_inside(root: Path, folder: Path) -> Path | None:
    """A folder as it is really, if it lies in the repository of `root` and isn't `root` itself or what it keeps there."""
    top = ask_git(root, "rev-parse", "--show-toplevel")
    inside = Path(os.path.realpath(top.decode().strip() if top else root))
    real, own = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if not real.is_dir() or not real.is_relative_to(inside) or real == own or real.is_relative_to(own / SHARED):
        return None
    return real


def read_source(source: str | Path, shared: str) -> Tree:
    """The baselines and catalogues of a source, by path from its top; a file that can't be taken is a finding.

    `source` is an address with `@` and a commit, or a folder. Findings without a file: SHARED-SOURCE, SHARED-UNREACHABLE,
    SHARED-EMPTY.
    """
    if isinstance(source, Path):
        return _chosen(read_tree(source), shared, str(source))
    found = _GIT.fullmatch(source)
    if found is None:
        return _refused("SHARED-SOURCE", source=source)
    with tempfile.TemporaryDirectory() as folder:
        reason = _fetch(Path(folder), found["address"], found["commit"])
        if reason is not None:
            return _refused("SHARED-UNREACHABLE", source=source, reason=reason)
        return _chosen(read_revision(Path(folder), found["commit"]), shared, source)


def _refused(code: str, **values: str) -> Tree:
    return Tree(files={}, findings=(Finding(code=code, severity=Severity.ERROR, place=None, values=values),))


def _fetch(folder: Path, address: str, commit: str) -> str | None:
    """The commit into an empty repository in `folder`; else Git's last words. Git checks each object against its name."""
    commands = (
        ["init", "--quiet", "--bare"],
        ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", address, commit],
    )
    # Whoever fetches has signed in to the address beforehand; a question in the middle of a run would wait for ever.
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    for command in commands:
        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell
                ["git", "-C", str(folder), *command],  # noqa: S607 - whichever Git the user has
                capture_output=True,
                env=environment,
                timeout=_LONGEST,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            return type(problem).__name__
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            return lines[-1][:200] if lines else str(done.returncode)
    return None


def _chosen(tree: Tree, shared: str, source: str) -> Tree:
    chosen = {path: data for path, data in tree.files.items() if path != SUMS and _is_shared(path, shared)}
    found = [one for one in tree.findings if is_error(one) and one.place and _is_shared(one.place.file, shared)]
    found += [one for one in (judge(f"{SHARED}/{shared}/{path}") for path in chosen) if isinstance(one, Finding)]
    found += [one for findings in secrets_in(chosen).values() for one in findings]
    if not chosen and not found:
        return _refused("SHARED-EMPTY", source=source)
    return Tree(files=chosen, findings=tuple(found))


def _is_shared(path: str, shared: str) -> bool:
    return bool(shared_part(f"{SHARED}/{shared}/{path}")[0]) and path.endswith(".yaml")
