"""`init` at a terminal: a slip of the finger is said and asked again; nothing that was answered before has to be typed twice."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import yaml


def typed(folder: Path, *answers: str) -> tuple[int, str]:
    """Exit code, and what the terminal shows, of `init` with these answers, one a line."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "reconciler", "init", str(folder), "--no-workflows"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True) as process:
        os.close(theirs)
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        shown = b""
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # Linux's way of saying that nobody writes there any more
                break
            if not more:
                break
            shown += more
        os.close(ours)
        return process.wait(60), shown.decode()


def test_what_is_typed_wrong_is_said_and_asked_again(tmp_path: Path) -> None:
    code, shown = typed(
        tmp_path / "kommuner" / "alvesta",
        *("Alvesta kommun", "764", "9764", "0764"),
        *("gogle", "google, intune"),
        *("???", "Åsaskolan"),
        *("grunskola", "grundskola fritidshem"),
        *("alvesta", ""),
    )

    assert code == 0, shown
    assert "764 är ingen kommunkod." in shown
    assert "9764 är ingen kommunkod." in shown
    assert "gogle är inget hanteringssystem som går att välja. Menade du google?" in shown
    assert "Av namnet ??? går det inte att göra ett id." in shown
    assert "grunskola är ingen skolform. Menade du grundskola?" in shown
    assert "alvesta är ingen domän." in shown
    said = yaml.safe_load((tmp_path / "kommuner" / "alvesta" / "organisation.yaml").read_text("utf-8"))
    assert (said["name"], said["municipality_code"]) == ("Alvesta kommun", "0764")
    assert [one["kind"] for one in said["backends"]] == ["google", "intune"]
    assert said["roles"]["operations"]["contact"] == "skol-it@alvesta.se"


def test_whoever_gives_up_leaves_nothing(tmp_path: Path) -> None:
    code, shown = typed(tmp_path / "alvesta", "Alvesta kommun", "764", "\x04")

    assert code == 1, shown
    assert list(tmp_path.iterdir()) == []
