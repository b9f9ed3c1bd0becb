"""A municipality on the stand-in for GitHub, with the sandbox as its MDM, and the commands as processes with what a job would have."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.forge.forge import Forge
from tests.forge.jobs import Job
from tests.forge.state import Pull, Run

SMALL = Path(__file__).resolve().parents[1] / "contract" / "small"
MANAGES = "[device-settings, user-settings, apps]"
KEY = "2026:" + "a2V5" * 12
"""`key` again and again, in base64: 36 bytes."""
OTHER_KEY = "2026:" + "b3Ro" * 12

SEED = """
customer: {id: C0sandbox, domain: lillkoping.example.se}
org_units: ["/Elever/Norrskolan/4A"]
devices:
  - {count: 6, serial_prefix: NORR, location: "NORR 4-6 {n:02d}", org_unit: /}
"""

SCHOOL = "schools/norr.yaml"
GATE = """
forge: {owner: granby-kommun, placements: 10}
roles:
  operations: {contact: it@example.se, team: skol-it}
  education: {contact: utbildning@example.se, team: utbildning}
  data_protection: {contact: dso@example.se, team: dataskydd}
"""

APPLY = {"contents": "write", "deployments": "write", "issues": "write", "pull-requests": "read"}
PLAN = {"contents": "read", "pull-requests": "write"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass(slots=True)
class World:
    """`hub` is the forge, `mdm` the sandbox's address. `bo` writes; `anna` is of IT, `cia` of education, `dag` of both."""

    hub: Forge
    mdm: str
    folder: Path
    number: int = 0
    key: str = KEY
    extra: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, data: Any = None, method: str | None = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.mdm}/_sandbox/{path}", body, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310 - loopback
            return json.loads(reply.read())

    def writes(self) -> int:
        """How many requests have changed something in the MDM, reads by POST apart."""
        return sum(one["method"] in ("PUT", "PATCH", "DELETE") or _writes(one) for one in self.ask("requests"))

    def checkout(self, commit: str) -> Path:
        self.number += 1
        place = self.folder / f"checkout-{self.number}"
        _git("clone", "--quiet", "--no-checkout", str(self.hub.git.path), str(place))
        _git("-C", str(place), "checkout", "--quiet", commit)
        return place

    def propose(self, files: Mapping[str, str | None], *, by: str = "bo", branch: str = "") -> Pull:
        self.number += 1
        name = branch or f"gren-{self.number}"
        self.hub.commit(by, name, files)
        return self.hub.open_pull(by, name)

    def edit(self, old: str, new: str) -> dict[str, str | None]:
        """The school's file with a line of it changed, as it is on main now."""
        text = self.hub.git.run("show", f"refs/heads/main:{SCHOOL}") + "\n"
        assert text.count(old) == 1, old
        return {SCHOOL: text.replace(old, new)}

    def plan_and_record(self, pull: Pull) -> Done:
        """The job `plan`: the tool and workflow from main, the pull request's tree as data."""
        self.hub.clock.tick(minutes=1)
        tree = self.checkout(pull.head)
        file = self.folder / f"plan-{self.number}.json"
        run = self.hub.run("pull_request_target", actor="bo", workflow="plan", pull=pull)
        planned = self.run(
            run, PLAN, "plan", "--root", str(tree), "--base", "origin/main", "--out", str(file), *self.live()
        )
        assert planned.code in (0, 1), planned.said
        return self.run(run, PLAN, "ci", "record", "--root", str(tree), "--plan", str(file), "--sandbox", self.mdm)

    def approve(self, pull: Pull, *people: str) -> None:
        self.hub.clock.tick(minutes=1)
        for login in people or ("anna", "cia"):
            self.hub.review(pull, login, "approve")

    def merge(self, pull: Pull) -> str:
        self.hub.clock.tick(minutes=1)
        sha = self.hub.merge(pull, "anna", "squash")
        self.hub.clock.tick(minutes=1)
        return sha

    def accept(self, files: Mapping[str, str | None], *people: str) -> str:
        """All the way: proposed, planned, approved, merged."""
        pull = self.propose(files)
        recorded = self.plan_and_record(pull)
        assert recorded.code == 0, recorded.said
        self.approve(pull, *people)
        return self.merge(pull)

    def apply(self, run: Run | None = None, command: str = "apply", *more: str, commit: str = "") -> Done:
        """The job `apply` at the last commit of main, or at an older one."""
        started = run or self.hub.run("push", actor="anna", workflow="apply", sha=commit or None)
        return self.run(started, APPLY, *self.apply_words(started, command), *more)

    def apply_words(self, run: Run, command: str = "apply") -> list[str]:
        tree = self.checkout(run.head)
        return ["ci", command, "--backend", "chrome", "--root", str(tree), "--out-dir", str(self.out), *self.live()]

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def live(self) -> list[str]:
        return ["--sandbox", self.mdm]

    def environ(self, run: Run, permissions: Mapping[str, str]) -> dict[str, str]:
        job: Job = self.hub.job(run, permissions)
        event = self.folder / f"event-{run.id}.json"
        event.write_text(json.dumps(job.event), encoding="utf-8")
        own = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "RECONCILER_"))}
        return {
            **own,
            **job.environ,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_TOKEN": job.token,
            "RECONCILER_FORGE_TOKEN": self.hub.app_token({"members": "read"}),
            "RECONCILER_SIGNING_KEY": self.key,
            **self.extra,
        }

    def run(self, run: Run, permissions: Mapping[str, str], *words: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "reconciler", *words],
            env=self.environ(run, permissions),
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(code=done.returncode, out=done.stdout, err=done.stderr)

    def left(self) -> list[dict[str, Any]]:
        """What a plan of main's last commit would change now."""
        tree = self.checkout(self.hub.head())
        run = self.hub.run("schedule", actor="anna", workflow="drift")
        done = self.run(run, {"contents": "read"}, "plan", "--root", str(tree), "--format", "json", *self.live())
        changes: list[dict[str, Any]] = json.loads(done.out)["changes"]
        return changes


def _writes(entry: Mapping[str, Any]) -> bool:
    path = entry["path"]
    return entry["method"] == "POST" and ("orgunits" in path or "moveDevicesToOu" in path or ":batch" in path)


@contextmanager
def world(folder: Path, *sandbox: str) -> Iterator[World]:
    """Founded by one commit on main, which came without a pull request; nothing is applied. `sandbox`: more options of it."""
    hub = Forge(folder / "skolenheter.git")
    for login in ("anna", "bo"):
        hub.person(login, level="write")
    for login in ("cia", "dag"):
        hub.person(login, level="read")
    hub.team("skol-it", ["anna", "dag"])
    hub.team("utbildning", ["cia", "dag"])
    hub.team("dataskydd", ["cia"])
    hub.commit("anna", "main", _founding(), "Första")
    hub.serve()
    try:
        with _sandbox(folder, *sandbox) as mdm:
            yield World(hub=hub, mdm=mdm, folder=folder)
    finally:
        hub.stop()
    assert hub.violations == []


def _founding() -> dict[str, str | None]:
    organisation = (SMALL / "organisation.yaml").read_text("utf-8")
    organisation = organisation.replace("root: /Enheter}", f"root: /Enheter, manages: {MANAGES}}}")
    files: dict[str, str | None] = {"organisation.yaml": organisation + GATE}
    for file in (SMALL / SCHOOL, *(SMALL / "app-catalogs").rglob("*.yaml")):
        files[file.relative_to(SMALL).as_posix()] = file.read_text("utf-8")
    return files


@contextmanager
def _sandbox(folder: Path, *more: str) -> Iterator[str]:
    seed = folder / "seed.yaml"
    seed.write_text(SEED, encoding="utf-8")
    command = [sys.executable, "-m", "reconciler.sandbox", "--port", "0", "--seed", str(seed)]
    with subprocess.Popen([*command, "--option", "policy_quota=newer", *more], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


def _git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True)
