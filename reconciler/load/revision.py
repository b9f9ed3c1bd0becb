"""The same files at a revision, by Git's plumbing. Nothing is checked out, no hook or filter runs."""

import subprocess
from pathlib import Path
from typing import Final

from reconciler.load.secrets_scan import secrets_in
from reconciler.load.tree import INVENTORIES, LARGEST, ORGANISATION, SHARED, Tree, judge, problem, too_large
from reconciler.model.finding import Finding, Severity

_WHERE: Final = (ORGANISATION, "schools", "app-catalogs", "policies", INVENTORIES, SHARED)
_LINK: Final = "120000"


def read_revision(root: Path, revision: str) -> Tree:
    """The tree at `revision`; a revision or repository that Git does not know is a finding.

    A file with a secret is left out as in a folder: what is compared with it would show the secret that somebody takes away.
    """
    commit = ask_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        code = "UNKNOWN-REVISION" if has_git() else "GIT-MISSING"
        unknown = Finding(code=code, severity=Severity.ERROR, place=None, values={"revision": revision})
        return Tree(files={}, findings=(unknown,))
    listed = ask_git(root, "ls-tree", "-r", "-z", "-l", commit.decode().strip(), "--", *_WHERE)
    wanted: dict[str, str] = {}
    findings: list[Finding] = []
    for line in (listed or b"").split(b"\0"):
        if line:
            _sort_out(line, wanted, findings)
    files = _contents(root, wanted)
    for path, secrets in secrets_in(files).items():
        del files[path]
        findings.extend(secrets)
    return Tree(files=dict(sorted(files.items())), findings=tuple(findings))


def branch_point(root: Path, revision: str) -> str:
    """Where what is checked out left `revision`: what came there since is not this branch's doing, nor undone by it.

    `revision` itself where Git can't tell (no repository, no such revision, a checkout without its history).
    """
    found = ask_git(root, "merge-base", "--end-of-options", revision, "HEAD")
    return found.decode().strip() if found else revision


def _sort_out(line: bytes, wanted: dict[str, str], findings: list[Finding]) -> None:
    """One line of `ls-tree -l`: `mode type object size<TAB>path`."""
    facts, _, name = line.partition(b"\t")
    mode, kind, blob, size = facts.decode().split()
    path = name.decode("utf-8", "replace")
    verdict = judge(path)
    if isinstance(verdict, Finding):
        findings.append(verdict)
    elif verdict and (mode == _LINK or kind != "blob"):
        findings.append(problem("LINK-IN-REVISION", path))
    elif verdict and int(size) > LARGEST:
        findings.append(too_large(path))
    elif verdict:
        wanted[path] = blob


def _contents(root: Path, wanted: dict[str, str]) -> dict[str, bytes]:
    """All files in one call: `cat-file --batch` answers `object type size`, a line feed, the bytes, a line feed."""
    asked = "".join(f"{blob}\n" for blob in wanted.values()).encode()
    answer = ask_git(root, "cat-file", "--batch", given=asked) if wanted else b""
    files: dict[str, bytes] = {}
    at = 0
    for path in wanted:
        end = (answer or b"").index(b"\n", at)
        size = int((answer or b"")[at:end].split()[2])
        files[path] = (answer or b"")[end + 1 : end + 1 + size]
        at = end + size + 2
    return files


def has_git() -> bool:
    """What Git doesn't know and that there is no Git look the same to whoever asks it."""
    import shutil  # noqa: PLC0415, RUF100 - only where something is missing

    return shutil.which("git") is not None


def ask_git(root: Path, *arguments: str, given: bytes | None = None) -> bytes | None:
    """What Git answers, or None where it refuses. No hook, filter or external program of the repository's runs."""
    command = ["git", "-C", str(root), "--no-replace-objects", "--literal-pathspecs", *arguments]
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=True)  # noqa: S603 - a list, no shell
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout
