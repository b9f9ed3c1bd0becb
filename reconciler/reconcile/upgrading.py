"""Another version of this tool for a municipality's repository: the files that are the tool's own, and no others.

They come from the version that runs this, so that workflows and package are always of one version. What people write is not touched,
nor are workflows of theirs under other names. What they have changed in a file of the tool's is lost from it, which the difference
shows; so nothing is replaced that Git doesn't keep.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import reconciler
from reconciler.load.hosts import read_hosts
from reconciler.load.revision import ask_git
from reconciler.reconcile.new_repository import tool_files
from reconciler.reconcile.package_pin import FOLDER, PACKAGE, Pin

LOCK: Final = "requirements.lock"
_SCHEMAS: Final = "schemas/"
_VERSION: Final = re.compile(rf"(?i)\b{PACKAGE}(?:==|-)(?P<version>[0-9][A-Za-z0-9.!+]*)")


class UpgradeRefused(Exception):  # noqa: N818 - an answer, not a fault
    """`code` and `values` are a text's."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """By path from the root: what stands there now (empty where there is nothing), and what will. `gone`: packages of older versions."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    gone: tuple[str, ...]


def read_upgrade(root: Path, pin: Pin) -> Upgrade:
    """What differs. Raises UpgradeRefused where this is no such repository, or where something would be lost; OSError as the disk does."""
    if not (root / LOCK).is_file() or (root / "reconciler").is_dir():
        raise UpgradeRefused("UPGRADE-NOT-HERE", folder=str(root))
    _check_version(pin)
    files = _with_folders(root, tool_files(pin))
    before = {path: _read(root, path) for path in files}
    after = {path: data for path, data in files.items() if before[path] != data}
    old = sorted((root / FOLDER).glob(f"{PACKAGE}-*.whl")) if (root / FOLDER).is_dir() else []
    gone = tuple(path for file in old if (path := f"{FOLDER}/{file.name}") not in files)
    _check_kept(root, (*(path for path in after if before[path]), *gone))
    return Upgrade(before={path: before[path] for path in after}, after=after, gone=gone)


def write_upgrade(root: Path, upgrade: Upgrade) -> None:
    """The lock last: until then the old version is what jobs install."""
    for path in sorted(upgrade.after, key=lambda path: path == LOCK):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(upgrade.after[path])
    for path in upgrade.gone:
        (root / path).unlink()


def _check_version(pin: Pin) -> None:
    """The package's own has to be that of the files beside it; an address that doesn't tell is believed."""
    found = _VERSION.search(pin.line.partition(" --hash=")[0].rpartition("/")[2])
    if found and found["version"] != reconciler.__version__:
        raise UpgradeRefused("UPGRADE-OTHER-VERSION", package=found["version"], running=reconciler.__version__)


def _with_folders(root: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Where several municipalities share the repository, each folder has schemas of its own, for the editor."""
    folders = [host.folder for host in read_hosts(root).listed or () if (root / host.folder / _SCHEMAS).is_dir()]
    schemas = {path: data for path, data in files.items() if path.startswith(_SCHEMAS)}
    return {**files, **{f"{folder}/{path}": data for folder in folders for path, data in schemas.items()}}


def _read(root: Path, path: str) -> bytes:
    for part in (*PurePosixPath(path).parents, PurePosixPath(path)):
        if str(part) != "." and (root / part).is_symlink():
            raise UpgradeRefused("INIT-IN-THE-WAY", file=str(part))
    file = root / path
    return file.read_bytes() if file.is_file() else b""


def _check_kept(root: Path, paths: tuple[str, ...]) -> None:
    """Each as it stands is in Git."""
    if not paths:
        return
    changed = ask_git(root, "status", "--porcelain", "--ignored", "--untracked-files=all", "-z", "--", *paths)
    if changed is None:
        raise UpgradeRefused("UPGRADE-NOT-IN-GIT", folder=str(root))
    if changed:
        raise UpgradeRefused("UPGRADE-UNCOMMITTED", file=changed.split(b"\0")[0][3:].decode("utf-8", "replace"))
