"""A kill (-9) in the middle of a first apply on Intune: the same file again ends in the desired state, with nothing made twice.

Real processes over a socket, as tests/acceptance/test_kill.py. Silent is a batch whole, before or after all its parts are done.
"""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.intune_words import translate
from tests.contract.running import INTUNE_SEED, SMALL

TODAY = "2026-11-21"
BATCH = r"v1\.0/\$batch"
APPS = r"beta/deviceAppManagement/mobileApps\?$"
CATALOG = r"beta/deviceManagement/configurationPolicies\?$"
ASSIGN = r"configurationPolicies/[^/]+/assign"

KILLS = [
    ("hold", BATCH, 1),
    ("write-then-timeout", BATCH, 1),
    ("write-then-timeout", BATCH, 4),
    ("write-then-timeout", BATCH, 5),
    ("write-then-timeout", BATCH, 6),
    ("hold", BATCH, 8),
    ("write-then-timeout", APPS, 1),
    ("write-then-timeout", CATALOG, 1),
    ("hold", ASSIGN, 1),
]
"""What falls silent, and which of its kind: among the batches are four groups, two policies, their rows, apps' and members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A plan, and a sandbox that goes back on reset to what it was when the plan was made."""

    url: str
    root: Path

    @property
    def plan(self) -> Path:
        return self.root.parent / "plan.json"

    def ask(self, path: str, data: Any = None, method: str | None = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", body, method=method)  # noqa: S310  # loopback
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310  # loopback
            return json.loads(reply.read())

    def command(self, *arguments: str) -> list[str]:
        where = ["--root", str(self.root), "--sandbox", self.url, "--today", TODAY]
        return [sys.executable, "-m", "reconciler", *arguments, *where]

    def run(self, *arguments: str) -> str:
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    root = tmp_path_factory.mktemp("intune") / "repository"
    shutil.copytree(SMALL, root, ignore=shutil.ignore_patterns("seed*.yaml", ".reconciler"))
    for path in root.rglob("*.yaml"):
        path.write_text(translate(path.read_text(encoding="utf-8")), encoding="utf-8")
    command = [sys.executable, "-m", "reconciler.sandbox", "--port", "0", "--seed", str(INTUNE_SEED)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            made = Scene(url=json.loads(process.stdout.readline())["url"], root=root)
            made.run("plan", "--out", str(made.plan))
            yield made
        finally:
            process.terminate()


@pytest.mark.parametrize(("moment", "path", "nth"), KILLS)
def test_killed_at_a_write(scene: Scene, moment: str, path: str, nth: int) -> None:
    scene.ask("reset", {})
    scene.ask("faults", {"kind": moment, "method": "POST", "path": path, "nth": nth, "seconds": 2})
    _apply_and_kill(scene)
    scene.ask("faults", method="DELETE")
    scene.run("apply", str(scene.plan))
    assert json.loads(scene.run("plan", "--format", "json"))["changes"] == []
    _check_state(scene)


def _apply_and_kill(scene: Scene) -> None:
    """Start an apply, wait until the sandbox is silent, and kill it with no chance to tidy up."""
    output = scene.root.parent / "killed.txt"
    with (
        output.open("w") as out,
        subprocess.Popen(scene.command("apply", str(scene.plan)), stdout=out, stderr=out) as run,
    ):
        try:
            until = time.monotonic() + 60
            while not any("fault" in entry for entry in scene.ask("requests")):
                assert run.poll() is None, output.read_text()
                assert time.monotonic() < until, "the write never came"
                time.sleep(0.02)
        finally:
            run.kill()


def _check_state(scene: Scene) -> None:
    """Each thing of ours is there once, and each group has its devices."""
    tenant = scene.ask("state")["graph"]
    ours = [group for group in tenant["groups"] if group.get("unique_name")]
    assert sorted(len(group.get("members", [])) for group in ours) == [0, 0, 3, 6]
    objects = tenant["intune"]["objects"]
    made = [*objects["configurations"], *objects["compliance"], *objects["catalog"]]
    assert max(Counter(one["description"] for one in made).values()) == 1
    assert len(made) == 3
    assert [app["displayName"] for app in objects["apps"] if "[reconciler:" in (app.get("notes") or "")] == ["Scratch"]
    assert {owner: len(rows) for owner, rows in tenant["intune"]["assignments"].items()} == {
        one["id"]: 1 for one in (*made, *objects["apps"])
    }
