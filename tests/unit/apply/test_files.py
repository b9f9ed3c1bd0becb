"""Where plans, results and journals may be written: never over what people wrote, and known before anything is done."""

import os
from pathlib import Path

import pytest

from reconciler.apply.files import check_place, save_private


@pytest.mark.parametrize(
    "ours",
    [
        '{\n "kind": "reconciler-plan",\n',
        '{\n "kind": "reconciler-result",\n',
        '{"at": "2026-11-21T08:00", "step": "planned"}\n',
        "",
    ],
    ids=["plan", "result", "journal", "empty"],
)
def test_a_file_of_ours_may_be_written_again(tmp_path: Path, ours: str) -> None:
    (tmp_path / "plan.json").write_text(ours)

    check_place(tmp_path / "plan.json")
    check_place(tmp_path / "new.json")


@pytest.mark.parametrize("theirs", ["id: norrskolan\n", '{"yaml.schemas": {}}', "\xff\xfe"])
def test_a_file_that_somebody_wrote_is_never_replaced(tmp_path: Path, theirs: str) -> None:
    path = tmp_path / "norrskolan.yaml"
    path.write_text(theirs, encoding="latin-1")

    with pytest.raises(FileExistsError):
        check_place(path)


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_place(tmp_path / "nowhere" / "plan.json")


def test_a_pipe_or_a_device_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    """As root, `--out /dev/null` would otherwise put a file in the place of the device."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    check_place(pipe)
    save_private(pipe, "text")

    assert os.read(reader, 10) == b"text"
    assert pipe.is_fifo()
    os.close(reader)
