"""A kill (-9) at every write: the same file again ends in the desired state, with nothing done twice.

Real processes over a socket. The sandbox falls silent at the k-th write, before or after doing it, and says so in its
log: that is when the apply is killed.
"""

import json
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

SMALL = Path(__file__).resolve().parents[1] / "contract" / "small"
TODAY = "2026-11-21"

SEED = """
customer: {id: C0sandbox, domain: lillkoping.example.se}
org_units: ["/Elever/Norrskolan/4A"]
devices:
  - {count: 6, serial_prefix: NORR, location: "NORR 4-6 {n:02d}", org_unit: /}
"""

LATER = {
    "  - id: elever\n    name: Elever åk 4–6": "  - id: mellan\n    previously: [elever]\n    name: Mellan",
    ", power-wash: blocked": ", printing: blocked",
    "available: [scratch]": "inherit: [scratch]",
    "  - id: forrad\n    name: Förråd norr": "  - id: lager\n    name: Lager",
    "{chromeos: forrad}": "{chromeos: lager}",
}
"""Edits of the second scene: a rename, two values given back, a new one, a place made and one deleted."""

WRITE = r"/orgunits\?$|/orgunits/id|moveDevicesToOu|:batch"
"""Address (path, question mark, query) of what writes; reads of org units ask for all of them, with a query."""

MANAGES = "[device-settings, user-settings, apps]"
"""Every area costs a read for each place, of which the vendor allows five a second: kiosks and guests are not needed here."""

POLICY_WRITES_AT_MOST = 25
"""Thirty a minute is the vendor's quota, which is on: the first apply stays below it."""

USER, DEVICE = "/Elever/Norrskolan/4A", "/Enheter/Norrskolan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A plan, and a sandbox that goes back on reset to what it was when the plan was made.

    `writes` is how many the plan takes; `effects` what a pupil of 4A then has, schema → value of its one field.
    """

    url: str
    root: Path
    writes: int
    place: str
    has: dict[str, Any]
    apps: dict[str, str]

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

    def written(self) -> list[dict[str, Any]]:
        return [entry for entry in self.ask("requests") if _is_write(entry)]


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    seed = folder / "seed.yaml"
    seed.write_text(SEED, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "reconciler.sandbox",
        "--port",
        "0",
        "--seed",
        str(seed),
        "--option",
        "policy_quota=newer",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """From an empty tenant."""
    folder = tmp_path_factory.mktemp("first")
    with _served(folder) as url:
        yield _first(folder, url)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("later")
    with _served(folder) as url:
        yield _later(_first(folder, url))


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Scene:
    found: Scene = request.getfixturevalue(request.param)
    return found


def _first(folder: Path, url: str) -> Scene:
    made = Scene(
        url=url,
        root=folder / "repository",
        writes=8,
        place="Elever åk 4–6",
        has={
            "chrome.users.IncognitoMode": "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE",
            "chrome.devices.DevicePowerwashAllowed": False,
        },
        apps={"chrome:ecnphlgnajanjnkcmbpancdjoidceilk": "FORCED", "web:https://scratch.mit.edu/": "ALLOWED"},
    )
    shutil.copytree(SMALL, made.root, ignore=shutil.ignore_patterns("seed*.yaml", "syd.yaml", ".reconciler"))
    organisation = made.root / "organisation.yaml"
    text = organisation.read_text(encoding="utf-8").replace("root: /Enheter}", f"root: /Enheter, manages: {MANAGES}}}")
    assert MANAGES in text
    organisation.write_text(text, encoding="utf-8")
    made.run("plan", "--out", str(made.plan))
    return made


def _later(first: Scene) -> Scene:
    """From what the first plan came to, with edits that change and take away."""
    first.run("apply", str(first.plan))
    first.ask("seed", first.ask("state"))
    school = first.root / "schools" / "norr.yaml"
    text = school.read_text(encoding="utf-8")
    for old, new in LATER.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    school.write_text(text, encoding="utf-8")
    first.run("plan", "--out", str(first.plan))
    return Scene(
        url=first.url,
        root=first.root,
        writes=6,
        place="Mellan",
        has={
            "chrome.users.IncognitoMode": "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE",
            "chrome.users.AllowPrinting": False,
        },
        apps={"chrome:ecnphlgnajanjnkcmbpancdjoidceilk": "FORCED"},
    )


MOMENTS = {"hold": "before it is done", "write-then-timeout": "after it is done"}
KILLS = [
    *product(["first"], MOMENTS, range(1, 9)),
    *product(["later"], MOMENTS, range(1, 7)),
]


@pytest.mark.parametrize(
    ("scene", "moment", "write"),
    [pytest.param(*kill, id=f"{kill[0]} plan, write {kill[2]}, {MOMENTS[kill[1]]}") for kill in KILLS],
    indirect=["scene"],
)
def test_killed_at_a_write(scene: Scene, moment: str, write: int) -> None:
    scene.ask("reset", {})
    scene.ask("faults", {"kind": moment, "path": WRITE, "nth": write, "seconds": 2})
    _apply_and_kill(scene)
    scene.ask("faults", method="DELETE")
    scene.run("apply", str(scene.plan))
    assert _done_twice(scene) == []
    assert json.loads(scene.run("plan", "--format", "json"))["changes"] == []
    _check_effects(scene)


@pytest.mark.parametrize("scene", ["first", "later"], indirect=True)
def test_a_plan_takes_as_many_writes_as_it_is_killed_at(scene: Scene) -> None:
    scene.ask("reset", {})
    scene.run("apply", str(scene.plan))
    written = scene.written()
    assert len(written) == scene.writes
    assert sum("policies" in entry["path"] for entry in written) <= POLICY_WRITES_AT_MOST


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


def _done_twice(scene: Scene) -> list[str]:
    """What was done twice: an org unit asked for again after it had been made, a deletion of what was gone."""
    asked: Counter[str] = Counter()
    twice = []
    for entry in scene.written():
        name = f"{entry['method']} {entry['path']} {json.dumps(entry['body'], sort_keys=True)}"
        if entry["path"].endswith("/orgunits") or entry["method"] == "DELETE":
            if asked[name]:
                twice.append(name)
            asked[name] += 200 <= entry["status"] < 300
    return twice


def _check_effects(scene: Scene) -> None:
    path = urllib.parse.quote(f"{DEVICE}/{scene.place}")
    user = urllib.parse.quote(USER)
    found = scene.ask(f"google/effective?user_ou={user}&device_ou={path}")
    assert {name: next(iter(one["value"].values())) for name, one in found["policies"].items()} == scene.has
    assert {name: one["install"] for name, one in found["apps"].items()} == scene.apps
    state = scene.ask("state")["google"]
    units = {unit["id"]: unit["name"] for unit in state["org_units"]}
    assert Counter(units[device["org_unit"]] for device in state["devices"]) == {scene.place: 6}
    assert max(Counter(units.values()).values()) <= 2  # two schools' org units bear a school's name, ours and people's


def _is_write(entry: dict[str, Any]) -> bool:
    return entry["method"] != "GET" and re.search(WRITE, f"{entry['path']}?{entry['query']}") is not None
