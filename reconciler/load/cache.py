"""What the last `validate` found, for a second run on files that have not changed.

Never pickled, and never believed from elsewhere: the file must be our own user's and closed to others, which a file
that came with a checkout is not (Git keeps no such mode). Whether it may be used at all is the caller's decision: never
where credentials are, nor in a job whose answer others rely on.
"""

import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from reconciler import __version__
from reconciler.load.tree import Tree
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Position

_FOLDER: Final = Path(".reconciler/cache")
_NAME: Final = "validate.json"
_LARGEST: Final = 20_000_000
"""Bytes; a file larger than that is not ours, or not worth reading."""


def key_of(tree: Tree, *parts: str) -> str:
    """Of the tool, the files and everything else that the answer depends on (the day, the base revision's content)."""
    from hashlib import blake2b  # noqa: PLC0415, RUF100 - OpenSSL takes longer to load than a few files to check

    hashed = blake2b(digest_size=32)
    for part in (*_tool(), *parts):
        _add(hashed, part.encode())
    for path, data in tree.files.items():
        _add(hashed, path.encode("utf-8", "surrogateescape"))
        _add(hashed, data)
    for finding in tree.findings:
        _add(hashed, f"{finding.code} {sorted(finding.values.items())}".encode("utf-8", "surrogateescape"))
    return hashed.hexdigest()


def _add(hashed: Any, data: bytes) -> None:
    """With its length, so that no two different lists of parts look the same."""
    hashed.update(b"%d:" % len(data))
    hashed.update(data)


def _tool() -> Iterator[str]:
    """The version, and what its files were last changed: a version under development has one number for many contents."""
    yield __version__
    package = Path(__file__).parent.parent
    for file in sorted(package.rglob("*")):
        if file.suffix in {".py", ".json", ".yaml"}:
            facts = file.stat()
            yield f"{file.relative_to(package)} {facts.st_size} {facts.st_mtime_ns}"


def recall(root: Path, key: str) -> tuple[Finding, ...] | None:
    """The findings of the run with the same key, with exact positions; None where there is nothing to be believed."""
    data = _own_file(root / _FOLDER / _NAME)
    if data is None:
        return None
    try:
        kept = json.loads(data)
        return tuple(map(_finding, kept["findings"])) if kept["key"] == key else None
    except (ValueError, KeyError, TypeError):
        return None


def remember(root: Path, key: str, findings: Sequence[Finding]) -> None:
    """Keep the findings of this run instead of the last one's. A place that can't be written is no reason to fail."""
    target = root / _FOLDER / _NAME
    text = json.dumps({"key": key, "findings": [_data(finding) for finding in findings]})
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = target.with_name(f"{_NAME}.{os.getpid()}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        beside.replace(target)
    except OSError:
        return


def _own_file(path: Path) -> bytes | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(file.fileno())
        closed = stat.S_ISREG(facts.st_mode) and not facts.st_mode & 0o077
        if not closed or facts.st_uid != os.getuid() or facts.st_size > _LARGEST:
            return None
        return file.read()


def _data(finding: Finding) -> Mapping[str, object]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "place": _spot(finding.place),
        "subject": finding.subject,
        "values": dict(finding.values),
        "places": {name: _spot(place) for name, place in finding.places.items()},
    }


def _spot(place: Place | None) -> list[str | int] | None:
    """Findings have exact positions by the time that a run is over."""
    return [place.file, place.line, place.column] if isinstance(place, Position) else None


def _finding(data: Mapping[str, Any]) -> Finding:
    places = {name: _position(spot) for name, spot in data["places"].items()}
    return Finding(
        code=str(data["code"]),
        severity=Severity(data["severity"]),
        place=_position(data["place"]),
        subject=str(data["subject"]),
        values={str(name): str(value) for name, value in data["values"].items()},
        places={name: place for name, place in places.items() if place is not None},
    )


def _position(spot: Sequence[Any] | None) -> Position | None:
    return None if spot is None else Position(file=str(spot[0]), line=int(spot[1]), column=int(spot[2]))
