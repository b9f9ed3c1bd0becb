"""The files that people write, as bytes by path: from a folder, or from a revision in Git. The only place that reads them."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Final

from reconciler.load.secrets_scan import secrets_in
from reconciler.model.calendar import CALENDAR_FILE
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.slotted import dataclass

LARGEST: Final = 1_000_000
"""Bytes; the largest file of the largest municipality we know of would be a twentieth of this."""

ORGANISATION: Final = "organisation.yaml"
INVENTORIES: Final = "inventories"
MGN: Final = re.compile(r"policies/mgn/[^/]+")
"""One folder for each läsår."""
TESTS: Final = "policies/tests"
"""Cases for rules. They say nothing of what is wanted, so only `policy test` reads them."""
APPROVALS: Final = "policies/approvals"
"""What people approved by name. It is checked like everything else, and says nothing of what is wanted."""
IMPORTS: Final = "app-catalogs/imports"
"""The last shared catalogue taken from each municipality, byte for byte, under its code. Only the next import reads them."""
_IMPORTED: Final = re.compile(rf"{IMPORTS}/[0-9]{{4}}\.json")
SHARED: Final = "shared"
"""What several municipalities have in common: a folder for each `shared:` of organisation.yaml, laid out like a repository."""
SUMS: Final = "SHA256SUMS"
"""In each of those folders, what `sha256sum` says of its files: it tells which file has been changed."""
_SHARED_FILE: Final = re.compile(
    rf"{SHARED}/(?P<id>[a-z0-9][a-z0-9-]{{0,62}})/(?P<own>{SUMS}|(?:policies/baselines|app-catalogs)/[^/]+)"
)

_FOLDERS: Final = {
    "schools": ".yaml",
    "app-catalogs": ".yaml",
    "app-catalogs/meetings": ".yaml",
    "policies/baselines": ".yaml",
    "policies/exceptions": ".yaml",
    "policies/allowances": ".yaml",
    APPROVALS: ".yaml",
    "policies/guardrails": ".yaml",
    INVENTORIES: ".csv",
}
_TOP: Final = ("schools", "app-catalogs", "policies", INVENTORIES, SHARED)
_ACCOMPANYING: Final = re.compile(r"README\.md|\.gitkeep|\.DS_Store|Thumbs\.db|desktop\.ini|\..*\.sw[op]|\.#.*|.*~")
"""Also what macOS, Windows, Vim and Emacs leave beside files: an open editor must not hold back a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Paths from the repository's root, with `/`, in sorted order; what could not be read is a finding instead."""

    files: Mapping[str, bytes]
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Reading:
    root: Path
    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_tree(root: Path) -> Tree:
    """Everything below `root` that the loader knows of. Reads no file that is too large, leads elsewhere or is no file."""
    reading = _Reading(root=root.resolve())
    for path in _paths(reading):
        _read(reading, path)
    for path, secrets in secrets_in(reading.files).items():
        del reading.files[path]
        reading.findings.extend(secrets)
    return Tree(files=dict(sorted(reading.files.items())), findings=tuple(reading.findings))


def read_tests(root: Path) -> Tree:
    """The cases for rules, read with the same care."""
    reading = _Reading(root=root.resolve())
    for path in _below(reading, TESTS):
        found = _content(reading.root, path) if path.endswith(".yaml") else judge(path)
        if isinstance(found, Finding):
            reading.findings.append(found)
        elif isinstance(found, bytes):
            reading.files[path] = found
    return Tree(files=dict(sorted(reading.files.items())), findings=tuple(reading.findings))


def problem(code: str, path: str, severity: Severity = Severity.ERROR, **values: str) -> Finding:
    return Finding(code=code, severity=severity, place=Pointer(file=path), values={"file": path, **values})


def judge(path: str) -> Finding | bool:
    """Whether a file in one of the known folders belongs to the loader: yes, no (it only accompanies), or a finding."""
    folder, _, name = path.rpartition("/")
    if path in (ORGANISATION, CALENDAR_FILE):
        return True
    if path.startswith(f"{SHARED}/"):
        return _judge_shared(path, name)
    accompanying = _ACCOMPANYING.fullmatch(name) or _IMPORTED.fullmatch(path)
    if accompanying or (folder == TESTS and name.endswith(".yaml")):
        return False
    suffix = ".yaml" if MGN.fullmatch(folder) else _FOLDERS.get(folder)
    if suffix is not None and name.endswith(suffix) and not name.startswith("."):
        return True
    if suffix == ".yaml" and name.endswith(".yml"):
        return problem("YML-NAME", path, right=path.removesuffix(".yml") + ".yaml")
    return problem("UNKNOWN-FILE", path)


def _judge_shared(path: str, name: str) -> Finding | bool:
    if _ACCOMPANYING.fullmatch(name):
        return False
    shared, own = shared_part(path)
    # The names are part of what is hashed, so they hold nothing that `sha256sum` or a shell would write otherwise.
    if shared and (own == SUMS or re.fullmatch(r"[a-z0-9][a-z0-9-]*\.yaml", name)):
        return True
    return problem("SHARED-FILE", path)


def shared_part(path: str) -> tuple[str, str]:
    """`shared/skollan/app-catalogs/x.yaml` → `skollan` and `app-catalogs/x.yaml`; for other files nothing and the path."""
    found = _SHARED_FILE.fullmatch(path) if path.startswith(f"{SHARED}/") else None
    return (found["id"], found["own"]) if found else ("", path)


def _paths(reading: _Reading) -> Iterator[str]:
    if (reading.root / ORGANISATION).exists() or (reading.root / ORGANISATION).is_symlink():
        yield ORGANISATION
    elif (reading.root / "organisation.yml").exists():
        reading.findings.append(problem("YML-NAME", "organisation.yml", right=ORGANISATION))
    for top in _TOP:
        yield from _below(reading, top)


def _below(reading: _Reading, folder: str) -> Iterator[str]:
    """Files in a folder and below, never through a linked folder (a link to a folder could lead round in circles)."""
    path = reading.root / folder
    if path.is_symlink():
        inside = _leads_to(path).is_relative_to(reading.root)
        reading.findings.append(problem("LINKED-FOLDER" if inside else "LINK-OUTSIDE", folder))
        return
    try:
        entries = sorted(path.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        reading.findings.append(problem("UNREADABLE", folder, reason=error.strerror or ""))
        return
    for entry in entries:
        name = f"{folder}/{entry.name}"
        if entry.is_dir():
            yield from _below(reading, name)
        else:
            yield name


def _read(reading: _Reading, path: str) -> None:
    verdict = judge(path)
    if isinstance(verdict, Finding):
        reading.findings.append(verdict)
    elif verdict:
        found = _content(reading.root, path)
        if isinstance(found, Finding):
            reading.findings.append(found)
        else:
            reading.files[path] = found


def _content(root: Path, path: str) -> bytes | Finding:
    target = root / path
    try:
        if target.is_symlink() and not _leads_to(target).is_relative_to(root):
            return problem("LINK-OUTSIDE", path)
        if target.is_symlink() and path.startswith(f"{SHARED}/"):
            return problem("SHARED-LINK", path)
        if not stat.S_ISREG(target.stat().st_mode):
            return problem("NOT-A-FILE", path)
        with target.open("rb") as file:
            return _limited(path, file.read(LARGEST + 1))
    except OSError as error:
        return problem("UNREADABLE", path, reason=error.strerror or "")


def _leads_to(link: Path) -> Path:
    """Where a link ends. `Path.resolve` of Python 3.11 raises RuntimeError for one that leads round in a circle."""
    return Path(os.path.realpath(link))


def _limited(path: str, data: bytes) -> bytes | Finding:
    return data if len(data) <= LARGEST else too_large(path)


def too_large(path: str) -> Finding:
    return problem("FILE-TOO-LARGE", path, limit=str(LARGEST // 1_000_000))
