"""A job that is killed with no chance to tidy up, and run again: nothing is done twice, and its lock does not outlive it."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.ci_world import APPLY, World, world
from tests.acceptance.test_ci_flow import asked, filled
from tests.forge.state import Run

WRITE = r"/orgunits\?$|/orgunits/id|moveDevicesToOu|:batch"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[World]:
    """Approved, and nothing applied: places, values and six devices to be moved."""
    with world(tmp_path) as made:
        assert made.apply().code == 4
        made.accept(filled(asked(made)))
        yield made


def kill_at(town: World, run: Run, write: int) -> None:
    """The MDM falls silent at the n-th write, after it has done it; then the job is killed."""
    town.ask("faults", {"kind": "write-then-timeout", "path": WRITE, "nth": write, "seconds": 4})
    command = [sys.executable, "-m", "reconciler", *town.apply_words(run)]
    with subprocess.Popen(
        command, env=town.environ(run, APPLY), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as job:
        try:
            until = time.monotonic() + 90
            while not any("fault" in entry for entry in town.ask("requests")):
                assert job.poll() is None, job.stdout.read() if job.stdout else ""
                assert time.monotonic() < until, "the write never came"
                time.sleep(0.02)
        finally:
            job.kill()
    town.ask("faults", method="DELETE")


def made_twice(town: World) -> list[str]:
    """Places that were made again after they had been made, devices that were moved again."""
    made: Counter[str] = Counter()
    for entry in town.ask("requests"):
        if entry["method"] == "POST" and 200 <= entry["status"] < 300 and "orgunits" in entry["path"]:
            made[f"{entry['path']} {entry['body']}"] += 1
    return [name for name, count in made.items() if count > 1]


def test_run_again_it_goes_on_where_it_stopped(town: World) -> None:
    run = town.hub.run("push", actor="anna", workflow="apply")
    kill_at(town, run, 4)
    town.hub.rerun(run, "anna")

    again = town.apply(run)

    assert again.code == 0, again.said
    assert "chrome: 5 ändringar genomförda." in again.out  # of nine: four were made before it was killed
    assert made_twice(town) == []
    assert town.left() == []
    before = town.writes()
    assert (town.apply().code, town.writes()) == (0, before)


def test_another_run_waits_for_the_lock_to_run_out(town: World) -> None:
    kill_at(town, town.hub.run("push", actor="anna", workflow="apply"), 6)

    early = town.apply()
    assert early.code == 1
    assert "är låst av körningen" in early.err
    town.hub.clock.tick(hours=1)
    late = town.apply()

    assert late.code == 0, late.said
    assert made_twice(town) == []
    assert town.left() == []
