"""Files that nobody but their owner reads: plans, results, journals hold vendors' device ids."""

import os
import tempfile
from pathlib import Path

PRIVATE = 0o600


def save_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, mode 0600. OSError where that can't be done."""
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
