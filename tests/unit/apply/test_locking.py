"""One writer for each backend: who holds it, and what becomes of a dead one's lock. Private files beside it."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from reconciler.apply.files import save_private
from reconciler.apply.locking import FolderUnusable, Locked, backend_locks
from reconciler.apply.stopping import stop_on_signals


def lock_file(folder: Path, pid: int, started: str = "") -> Path:
    path = folder / "apply-chrome.lock"
    path.write_text(json.dumps({"pid": pid, "started": started}), encoding="utf-8")
    return path


def test_a_lock_is_there_while_it_is_held_and_gone_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / ".reconciler"

    with backend_locks(folder)("chrome"):
        path = folder / "apply-chrome.lock"
        assert json.loads(path.read_text(encoding="utf-8"))["pid"] == os.getpid()
        assert path.stat().st_mode & 0o777 == 0o600
        assert [one.name for one in folder.iterdir()] == ["apply-chrome.lock"]

    assert list(folder.iterdir()) == []


def test_a_second_writer_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    hold = backend_locks(tmp_path)

    with hold("chrome"), hold("other"), pytest.raises(Locked) as caught, hold("chrome"):
        pass

    assert caught.value.values() == {"backend": "chrome", "pid": str(os.getpid())}


def test_the_lock_of_the_one_that_was_refused_does_not_free_the_holders(tmp_path: Path) -> None:
    hold = backend_locks(tmp_path)

    with hold("chrome"):
        with pytest.raises(Locked), hold("chrome"):
            pass
        assert (tmp_path / "apply-chrome.lock").exists()


def test_a_dead_processs_lock_is_taken_over(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    lock_file(tmp_path, child)

    with backend_locks(tmp_path)("chrome"):
        assert json.loads((tmp_path / "apply-chrome.lock").read_text(encoding="utf-8"))["pid"] == os.getpid()


def test_a_number_that_another_process_has_now_is_not_the_holder(tmp_path: Path) -> None:
    lock_file(tmp_path, os.getpid(), started="1")

    with backend_locks(tmp_path)("chrome"):
        pass


def test_a_folder_that_cannot_be_made_is_said_and_no_bug(tmp_path: Path) -> None:
    folder = tmp_path / ".reconciler"
    folder.write_text("somebody's notes")
    with pytest.raises(FolderUnusable) as refused, backend_locks(folder)("chrome"):
        pass

    assert refused.value.values() == {"file": str(folder), "reason": "File exists"}
    assert folder.read_text() == "somebody's notes"


@pytest.mark.parametrize("content", ["", "{", '{"pid": "x"}', "[]"])
def test_a_lock_that_says_nobody_is_taken_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "apply-chrome.lock").write_text(content, encoding="utf-8")

    with backend_locks(tmp_path)("chrome"):
        pass


def test_of_many_that_find_a_dead_lock_one_gets_it_at_a_time(tmp_path: Path) -> None:
    lock_file(tmp_path, os.getpid(), started="1")
    inside: list[int] = []
    overlaps: list[int] = []

    def contend(number: int) -> None:
        for _ in range(50):
            try:
                with backend_locks(tmp_path)("chrome"):
                    inside.append(number)
                    overlaps.extend([len(inside)] if len(inside) > 1 else [])
                    inside.remove(number)
            except Locked:
                continue

    threads = [threading.Thread(target=contend, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert overlaps == []


def test_a_private_file_is_written_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o644)

    save_private(path, "åäö")

    assert path.read_text(encoding="utf-8") == "åäö"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old", encoding="utf-8")

    with pytest.raises(UnicodeEncodeError):
        save_private(path, "\ud800")

    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_to_stop_and_the_old_handler_is_back_afterwards(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with stop_on_signals() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.is_set()
        assert signal.getsignal(number) is before  # a second one ends it at once

    assert signal.getsignal(number) is before
