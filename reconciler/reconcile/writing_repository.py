"""A new repository onto the disk: whole or not at all, and never over anything that is there."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

_MAY_BE_THERE: Final = frozenset({".git"})
"""A fresh clone of an empty repository holds that and nothing else."""


class NotEmpty(Exception):  # noqa: N818 - an answer, not a fault
    """The folder has files, and nobody said that new ones may come beside them."""


class InTheWay(Exception):  # noqa: N818 - an answer, not a fault
    """`path` is there already and would have been replaced."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def write_repository(
    target: Path, files: Mapping[str, bytes], check: Callable[[Path], None], *, beside: bool = False
) -> None:
    """Write `files` into `target`, which is made if it is missing, as are the folders above it. `check` may refuse the finished folder by raising.

    Raises NotEmpty for a folder with files unless `beside` is set, and InTheWay for one that has any of these files.
    Nothing is left behind where anything goes wrong. OSError where the disk refuses.
    """
    _refuse_what_is_there(target, files, beside=beside)
    parent = target.resolve().parent
    above = [folder for folder in reversed((parent, *parent.parents)) if not folder.exists()]
    parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(target, files, check, parent)
    except BaseException:
        for folder in reversed(above):
            folder.rmdir()
        raise


def _write(target: Path, files: Mapping[str, bytes], check: Callable[[Path], None], parent: Path) -> None:
    with tempfile.TemporaryDirectory(dir=parent, prefix=f".{target.name}.") as made:
        new = Path(made) / "new"
        for path, data in files.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_bytes(data)
        check(new)
        if target.exists():
            _move_into(new, target, files)
        else:
            new.rename(target)


def _refuse_what_is_there(target: Path, files: Mapping[str, bytes], *, beside: bool) -> None:
    if not target.exists():
        return
    if not beside and any(entry.name not in _MAY_BE_THERE for entry in target.iterdir()):
        raise NotEmpty(target)
    for path in files:
        for part in (*PurePosixPath(path).parents, PurePosixPath(path)):
            there = target / part
            # A link, or a file where a folder is needed: writing through it would leave the repository.
            if str(part) != "." and (there.is_symlink() or (there.exists() and (str(part) == path or there.is_file()))):
                raise InTheWay(str(part))


def _move_into(new: Path, target: Path, files: Mapping[str, bytes]) -> None:
    """File by file, by linking, which never replaces; what was placed is taken away again where one fails."""
    placed: list[Path] = []
    folders: list[Path] = []
    try:
        for path in files:
            folders += _make_folders(target / path, target)
            _place(new / path, target / path)
            placed.append(target / path)
    except BaseException:
        for file in placed:
            file.unlink(missing_ok=True)
        for folder in reversed(folders):
            folder.rmdir()
        raise


def _make_folders(file: Path, target: Path) -> Iterator[Path]:
    made = [folder for folder in reversed(file.parents) if folder.is_relative_to(target) and not folder.exists()]
    for folder in made:
        folder.mkdir()
        yield folder


def _place(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        raise InTheWay(target.name) from None
    except OSError:  # a file system without hard links
        with source.open("rb") as read, target.open("xb") as written:
            shutil.copyfileobj(read, written)
