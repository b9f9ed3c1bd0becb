"""One writer for each backend on this machine: a lock file that says who holds it, and is taken over from the dead.

It guards against two applies here. Two machines are kept apart by whoever starts them (a CI concurrency group).
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

Lock = Callable[[str], AbstractContextManager[None]]
"""Holds one backend, named by its id, for as long as the context lasts. Raises NotBegun."""


class NotBegun(Exception):  # noqa: N818  # a name that says what it is
    """An apply ends before its first change. `code` and `values()` say why, `backend` whom it is about (or nobody)."""

    code = ""
    backend = ""

    def values(self) -> dict[str, str]:
        raise NotImplementedError


class Locked(NotBegun):
    """Another process is writing to this backend."""

    code = "BACKEND-LOCKED"

    def __init__(self, backend: str, pid: int) -> None:
        self.backend, self.pid = backend, pid
        super().__init__(f"{backend} is held by process {pid}")

    def values(self) -> dict[str, str]:
        return {"backend": self.backend, "pid": str(self.pid)}


class FolderUnusable(NotBegun):
    """A file that an apply needs of its own can't be made: a lock, or the journal."""

    code = "APPLY-FOLDER-UNUSABLE"

    def __init__(self, problem: OSError, file: Path) -> None:
        self.file, self.reason = file, problem.strerror or type(problem).__name__
        super().__init__(f"{self.file}: {self.reason}")

    def values(self) -> dict[str, str]:
        return {"file": str(self.file), "reason": self.reason}


def backend_locks(folder: Path) -> Lock:
    """Locks as files `apply-<backend>.lock` in a folder (`.reconciler/`), which is made if it isn't there. Raise NotBegun."""

    @contextmanager
    def hold(backend: str) -> Iterator[None]:
        path = folder / f"apply-{backend}.lock"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            while not _create(path):
                _clear_if_dead(path, backend)
        except OSError as problem:  # a file of that name, or a checkout that can't be written to
            raise FolderUnusable(problem, folder) from problem
        try:
            yield
        finally:
            path.unlink(missing_ok=True)

    return hold


def _create(path: Path) -> bool:
    """Make the file, whole and with its content, unless it is there: linked from a file of our own."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with O_EXCL and mode 0600
    mine = Path(name)
    with os.fdopen(handle, "w") as file:
        json.dump({"pid": os.getpid(), "started": _started(os.getpid())}, file)
    try:
        path.hardlink_to(mine)
    except FileExistsError:
        return False
    else:
        return True
    finally:
        mine.unlink()


def _clear_if_dead(path: Path, backend: str) -> None:
    """Remove the lock of a process that is gone. Under flock, and only if the file is still the one that was read."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        pid, started = _holder(os.read(handle, 4096))
        if _is_alive(pid, started):
            raise Locked(backend, pid)
        if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
            path.unlink()
    except FileNotFoundError:
        return
    finally:
        os.close(handle)


def _holder(content: bytes) -> tuple[int, str]:
    try:
        data = json.loads(content)
        return int(data["pid"]), str(data["started"])
    except (ValueError, KeyError, TypeError):
        return 0, ""  # cut by a full disk or edited: nobody can be holding it


def _is_alive(pid: int, started: str) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's, so it is there
    # The number may have been given to another process since: in a container, soon and often.
    now = _started(pid)
    return not now or not started or now == started


def _started(pid: int) -> str:
    """When a process started, in the kernel's ticks since boot; empty where the system has no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
