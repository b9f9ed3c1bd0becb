"""Full plans and journals, encrypted to the organisation's keys before they leave the runner, and opened by hand.

They hold vendors' device ids, so they are stored with age (age-encryption.org/v1, read 2026-11-22) and nowhere in the
clear. A sealed file says until when it is kept, in its name and in the manifest beside it. age keeps a file from being read
or altered by whoever has no key; it does not say who sealed it: what may be applied is decided by records, never by a file.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from reconciler.model.documents import Seal

MANIFEST: Final = "sealed.json"
_SUFFIX: Final = ".age"
_PRIVATE: Final = 0o600
_LARGEST: Final = 200_000_000
"""Bytes; a plan over a whole municipality is a tenth of this."""

_JOURNAL: Final = b'{"at":"'


class SealRefused(Exception):  # noqa: N818 - an answer, not a fault
    """What can't be sealed or opened; `code` and `values` are a text's."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """`keep_until`: the last day that the file may be kept. `size` of the sealed file, in bytes."""

    file: Path
    kind: str
    keep_until: date
    size: int


def seal_files(files: Sequence[Path], into: Path, seal: Seal | None, today: date) -> tuple[Sealed, ...]:
    """Encrypt each file into the folder `into`, and write the manifest. Raises SealRefused before anything is written.

    The folder then holds nothing that is readable; an artifact is uploaded from it and from nowhere else.
    """
    if seal is None:
        raise SealRefused("SEAL-NO-RECIPIENTS")
    recipients = list(_recipients(seal.recipients))
    planned = [(file, *_prepared(file, into, seal, today)) for file in files]
    targets = [target for _, target, _, _, _ in planned]
    if twice := next((target for target in targets if targets.count(target) > 1 or target.exists()), None):
        raise SealRefused("SEAL-EXISTS", file=str(twice))
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    sealed = tuple(_write_sealed(target, data, recipients, kind, until) for _, target, kind, until, data in planned)
    _write(into / MANIFEST, _manifest(into, sealed))
    return sealed


def unseal_file(file: Path, identities: str, target: Path | None = None) -> Path:
    """Decrypt one file with the secret keys in the text `identities`; the result has mode 0600. Gives its path.

    Raises SealRefused for a wrong key, a file that was altered or is none of age's, or a target that is there already.
    """
    import pyrage

    target = target if target is not None else file.with_name(_opened_name(file.name))
    if target.exists():
        raise SealRefused("SEAL-EXISTS", file=str(target))
    keys = [_identity(line) for line in map(str.strip, identities.splitlines()) if line and not line.startswith("#")]
    if not keys:
        raise SealRefused("SEAL-NO-KEY")
    try:
        data = pyrage.decrypt(_read(file), keys)
    except pyrage.DecryptError:
        # The library's words differ for the reasons (no matching key, damaged, no age file), none of which say more to act on.
        raise SealRefused("SEAL-NOT-OPENED", file=str(file)) from None
    _write(target, data)
    return target


def _recipients(texts: Sequence[str]) -> Iterator[Any]:
    import pyrage

    for text in texts:
        try:
            yield pyrage.x25519.Recipient.from_str(text)
        except pyrage.RecipientError:
            raise SealRefused("SEAL-BAD-RECIPIENT", recipient=text) from None


def _identity(text: str) -> Any:
    import pyrage

    try:
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError:
        raise SealRefused("SEAL-BAD-KEY") from None


def _prepared(file: Path, into: Path, seal: Seal, today: date) -> tuple[Path, str, date, bytes]:
    data = _read(file)
    kind = "journal" if "".join(data[:40].decode("utf-8", "replace").split()).encode().startswith(_JOURNAL) else "plan"
    until = today + timedelta(days=seal.journal_days if kind == "journal" else seal.plan_days)
    return into / f"{file.name}.until-{until.isoformat()}{_SUFFIX}", kind, until, data


def _write_sealed(target: Path, data: bytes, recipients: list[Any], kind: str, until: date) -> Sealed:
    import pyrage

    encrypted = pyrage.encrypt(data, recipients)
    _write(target, encrypted)
    return Sealed(file=target, kind=kind, keep_until=until, size=len(encrypted))


def _manifest(into: Path, sealed: Sequence[Sealed]) -> bytes:
    """With what earlier calls sealed into the same folder: a job seals its plan and, later, its journal."""
    at = into / MANIFEST
    before = json.loads(at.read_bytes())["files"] if at.is_file() else []
    new = [
        {"file": one.file.name, "kind": one.kind, "keep_until": one.keep_until.isoformat(), "bytes": one.size}
        for one in sealed
    ]
    return (json.dumps({"version": 1, "files": [*before, *new]}, indent=1) + "\n").encode()


def _opened_name(name: str) -> str:
    return name.removesuffix(_SUFFIX).rpartition(".until-")[0] or f"{name}.opened"


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as problem:
        raise SealRefused("SEAL-UNREADABLE", file=str(file), reason=problem.strerror or "") from None
    if len(data) > _LARGEST:
        raise SealRefused("SEAL-TOO-LARGE", file=str(file), limit=str(_LARGEST // 1_000_000))
    return data


def _write(target: Path, data: bytes) -> None:
    """Whole or not at all, for nobody but the owner."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        made.chmod(_PRIVATE)
        made.replace(target)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
