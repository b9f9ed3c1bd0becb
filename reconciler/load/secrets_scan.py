"""Secrets in the files that people write: an error at the line, never with the value.

A file with one is not loaded at all, so that nothing of it reaches a plan, another finding's text or the line that is
shown below it. Literal beginnings are looked for first: a file without any costs microseconds, and no expression is compiled.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from reconciler.load.secret_kinds import KINDS, NAMED, Kind, beginnings, compiled, looks_random
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Position

MOST_PER_FILE: Final = 20
"""Findings in one file; whoever has committed that many has to look through the file anyway."""

LARGEST: Final = 1_000_000
"""Bytes that are looked through of a file that is not the loader's."""

_NOT_OURS: Final = frozenset({"reconciler", "tests", "build", "dist", "node_modules", "schemas", "__pycache__", "venv"})
"""The tool, its tests (which hold invented tokens) and what is built or installed."""

_SHOWN: Final = 4
"""Characters of a fixed beginning (`ghp_`) that may be shown: everybody knows them."""

_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
"""How PowerShell writes what is redirected into a file."""


def find_secrets(file: str, data: bytes) -> tuple[Finding, ...]:
    """What in a file's bytes is a secret, in the order of the lines."""
    return secrets_in({file: data}).get(file, ())


def secrets_in(files: Mapping[str, bytes]) -> Mapping[str, tuple[Finding, ...]]:
    """The same for many files; those without a secret are left out.

    Asked of all of them together first: nearly always there is nothing, and a question to each file takes several times as long.
    """
    readable = {path: _readable(data) for path, data in files.items()}
    whole = b"\n".join(readable.values())
    kinds = tuple(kind for kind in (*KINDS, NAMED) if any(True for _ in _places(whole, kind)))
    found = {path: _look_through(path, data, kinds) for path, data in readable.items()} if kinds else {}
    return {path: findings for path, findings in found.items() if findings}


def _readable(data: bytes) -> bytes:
    if data.startswith(_UTF_16):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _look_through(file: str, data: bytes, asked: Sequence[Kind]) -> tuple[Finding, ...]:
    return tuple(_finding(file, data, kind, at) for at, kind in _first_of_each(data, asked)[:MOST_PER_FILE])


def secrets_beside(root: Path, read: Collection[str]) -> tuple[Finding, ...]:
    """The same for files of the repository other than those that the loader has `read`: texts, exports, a key saved there."""
    others = {path: _bytes(root, path) for path in _files_beside(root, "") if path not in read}
    return tuple(finding for found in secrets_in(others).values() for finding in found)


def _first_of_each(data: bytes, kinds: Sequence[Kind]) -> list[tuple[int, Kind]]:
    """One finding for a place, by the kind that says most of it; they come in the order of `KINDS`, the vague one last."""
    found: dict[int, tuple[int, Kind]] = {}
    taken: list[tuple[int, int]] = []
    for kind in kinds:
        for start, end in _places(data, kind):
            if not any(start < other_end and other < end for other, other_end in taken):
                taken.append((start, end))
                found[start] = (start, kind)
    return [found[start] for start in sorted(found)]


def _places(data: bytes, kind: Kind) -> Iterator[tuple[int, int]]:
    group = "secret" if "(?P<secret>" in kind.form else 0
    if kind is not NAMED:
        if any(begin.search(data) for begin in beginnings(kind)):
            yield from (match.span(group) for match in compiled(kind).finditer(data))
        return
    for start, end in _lines_with_names(data):
        for match in compiled(kind).finditer(data, start, end):
            if looks_random(match.group(group).decode("utf-8", "replace")):
                yield match.span(group)


def _lines_with_names(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the lines lie that have such a name: an expression that heeds no case takes ten times as long over a whole file."""
    lower = data.lower()
    lines = set()
    for name in beginnings(NAMED):
        found = name.search(lower)
        while found:
            end = lower.find(b"\n", found.start())
            end = end if end >= 0 else len(lower)
            lines.add((lower.rfind(b"\n", 0, found.start()) + 1, end))
            found = name.search(lower, end)
    yield from sorted(lines)


def _finding(file: str, data: bytes, kind: Kind, at: int) -> Finding:
    line = data.count(b"\n", 0, at) + 1
    column = len(data[data.rfind(b"\n", 0, at) + 1 : at].decode("utf-8", "replace")) + 1
    begins = next((begin.decode() for begin in kind.begins if data.startswith(begin, at)), "")
    values = {
        "kind.sv": kind.namn,
        "kind.en": kind.name,
        "masked": f"{begins[:_SHOWN]}***",
        "file": file,
        "line": str(line),  # also what tells two runs' findings apart where they are remembered
        "column": str(column),
    }
    place = Position(file=file, line=line, column=column)
    return Finding(code="SECRET-IN-FILE", severity=Severity.ERROR, place=place, values=values)


def _files_beside(root: Path, folder: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_dir(follow_symlinks=False):
            if _is_of_the_repository(entry.name, top=not folder):
                yield from _files_beside(root, path)
        elif entry.is_file(follow_symlinks=False) and not entry.name.endswith(".lock"):
            yield path


def _is_of_the_repository(name: str, *, top: bool) -> bool:
    return name == ".github" or not (name.startswith(".") or (top and name in _NOT_OURS) or name == "node_modules")


def _bytes(root: Path, path: str) -> bytes:
    """What is unreadable here is the loader's to say, where it matters."""
    try:
        with (root / path).open("rb") as file:
            return file.read(LARGEST)
    except OSError:
        return b""
