"""Files that nobody but their owner reads: plans, results, journals hold vendors' device ids."""

import errno
import os
import tempfile
from pathlib import Path
from typing import Final

PRIVATE = 0o600

_BEGINNINGS: Final = ('{"kind":"reconciler-', '{"at":"')
"""Of a plan or a result, and of a journal, without white space."""


def check_place(path: Path) -> None:
    """Asked before anything is done, so that no work is lost for want of a place to write about it. Writes nothing.

    OSError where a file can't be made there; FileExistsError where there is one that isn't ours: a slip of the hand
    (`--out schools/norrskolan.yaml`) must not replace what people wrote.
    """
    folder = path.parent
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    if path.is_file() and not _is_ours(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        begun = file.read(100).decode("utf-8", "replace")
    return not begun or "".join(begun.split()).startswith(_BEGINNINGS)


def save_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, mode 0600. OSError where that can't be done."""
    if path.exists() and not path.is_file():  # a pipe, or /dev/null, which root would replace for everybody
        path.write_text(text, encoding="utf-8")
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
