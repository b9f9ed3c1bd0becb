"""Which package of this tool a new repository installs: its name and the hash that pip demands.

A package can't hold its own hash, so it comes from where the installation came from: what pip noted when it installed from a
file or an address (PEP 610, direct_url.json), or what `--package` names. From an index by name pip notes no hash; the
release page says it, and `--sha256` takes it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from reconciler.model.place import Json

FOLDER: Final = "tool"
"""Where a package that is published nowhere lies in the new repository."""

_HASH: Final = re.compile(r"[0-9a-f]{64}")
PACKAGE: Final = "skolenheter"
"""What the tool is called where packages are published; `reconciler`, as it is imported and called, is somebody else's there (PyPI, 2026-11-22)."""

_BY_NAME: Final = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)==[0-9][A-Za-z0-9.!+]*")
_WHEEL: Final = re.compile(r"(?P<name>[A-Za-z0-9][\w.]*)-[^\s/]+\.whl")
_ADDRESS: Final = re.compile(r"https://[^\s?#;@/]+/(?:[^\s?#;@]+/)?(?P<file>[^\s?#;@/]+)")


class PinRefused(Exception):  # noqa: N818 - an answer, not a fault
    """`code` and `values` are a text's."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """`line` of a requirements file. `files` come with it where the package is published nowhere."""

    line: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def pin_package(named: str, sha256: str) -> Pin:
    """From what the user names: a wheel's file, its https address, or `skolenheter==1.2.3`; empty means the installed one.

    Raises PinRefused where no hash is known, where it is not the file's, or where the package is another one than this tool's.
    """
    sha256 = sha256.strip().lower().removeprefix("sha256:")
    if sha256 and not _HASH.fullmatch(sha256):
        raise PinRefused("INIT-BAD-HASH")
    if not named:
        return _installed()
    if (found := _BY_NAME.fullmatch(named)) is not None:
        _check_name(found["name"], named)
        return _published(named, named, sha256)
    if named.startswith("https://"):
        return _published(f"{PACKAGE} @ {_our_address(named)}", named, sha256)
    return _wheel(Path(named), sha256)


def _published(requirement: str, named: str, sha256: str) -> Pin:
    if not sha256:
        raise PinRefused("INIT-HASH-MISSING", package=named)
    return Pin(line=f"{requirement} --hash=sha256:{sha256}")


def _our_address(named: str) -> str:
    """An address with no more to it than the way to a wheel of ours: what follows a blank would be a flag to pip."""
    address = _ADDRESS.fullmatch(named)
    if address is None:
        raise PinRefused("INIT-NO-PACKAGE", package=named)
    _check_wheel(address["file"], named)
    return named


def _check_wheel(file: str, named: str) -> None:
    wheel = _WHEEL.fullmatch(file)
    if wheel is None:
        raise PinRefused("INIT-NO-PACKAGE", package=named)
    _check_name(wheel["name"], named)


def _check_name(name: str, named: str) -> None:
    """Compared as an index does (PEP 503)."""
    if re.sub(r"[-_.]+", "-", name).lower() != PACKAGE:
        raise PinRefused("INIT-OTHER-PACKAGE", package=named, name=name)


def _installed() -> Pin:
    direct = _direct_url()
    archive, url = direct.get("archive_info"), str(direct.get("url", ""))
    hashes = archive.get("hashes") if isinstance(archive, dict) else None
    sha256 = str(hashes.get("sha256", "")) if isinstance(hashes, dict) else ""
    if _HASH.fullmatch(sha256) and url.startswith("https://"):
        return _published(f"{PACKAGE} @ {_our_address(url)}", url, sha256)
    if _HASH.fullmatch(sha256) and url.startswith("file://"):
        return _wheel(Path(unquote(urlsplit(url).path)), sha256)
    raise PinRefused("INIT-PACKAGE-UNKNOWN")


def _direct_url() -> Mapping[str, Json]:
    try:
        noted: Json = json.loads(metadata.distribution(PACKAGE).read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _wheel(file: Path, sha256: str) -> Pin:
    _check_wheel(file.name, str(file))
    try:
        data = file.read_bytes()
    except OSError as problem:
        raise PinRefused("INIT-PACKAGE-UNREADABLE", package=str(file), reason=problem.strerror or "") from None
    found = hashlib.sha256(data).hexdigest()
    if sha256 and found != sha256:
        raise PinRefused("INIT-OTHER-HASH", package=str(file))
    path = f"{FOLDER}/{file.name}"
    return Pin(line=f"./{path} --hash=sha256:{found}", files={path: data})
