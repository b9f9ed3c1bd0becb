"""A throw-away municipality: its repository on the forge, its tenant in a sandbox, its people, and machines for its workflows."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyrage

from tests.forge.clock import Clock
from tests.forge.forge import Forge
from tests.forge.git import Signature
from tests.forge.state import BOT, Pull
from tests.workflows.outside import Outside
from tests.workflows.reading import ROOT, read_workflow
from tests.workflows.runner import Machine, Result
from tests.workflows.tools import lay_out

SMALL: Final = ROOT / "tests" / "contract" / "small"
TOOL: Final = ("reconciler", "Makefile", "requirements.lock", ".github/workflows", "schemas")
KEY: Final = "k1:" + "c2lnbmVyaW5nc255Y2tlbC1mb3ItcHJvdi1vY2gtaW5nZXQtYW5uYXQ="
"""A key for signing that is nobody's."""

SEED: Final = """
customer: {id: C0sandbox, domain: lillkoping.example.se}
org_units: ["/Elever/Norrskolan/4A"]
devices:
  - {count: 6, serial_prefix: NORR, location: "NORR 4-6 {n:02d}", org_unit: /}
"""
SCHOOL: Final = "schools/norr.yaml"
FILES: Final = ("organisation.yaml", SCHOOL, "app-catalogs/appar.yaml", "app-catalogs/meetings/2026-09-02.yaml")
MANAGES: Final = "[device-settings, user-settings, apps]"
"""Every area costs a read for each place."""

ROLES: Final = """
forge: {owner: granby-kommun, placements: 10}
seal: {recipients: [RECIPIENT]}
roles:
  operations: {contact: skol-it@lillkoping.example.se, team: it, review_by: "2027-06-30"}
  education: {contact: skola@lillkoping.example.se, team: radet, review_by: "2027-06-30"}
  data_protection: {contact: dataskydd@lillkoping.example.se, team: dataskydd, review_by: "2027-06-30"}
"""

ENVIRONMENTS: Final = ("plan", "apply")
APPLY: Final = "apply (chrome)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """`anna` (it) administers, `bo` (it) writes, `cia` and `eva` (radet) only read, `dag` writes and is in no team."""

    forge: Forge
    machine: Machine
    sandbox: str
    identity: str = field(repr=False)

    def read(self, path: str, branch: str = "main") -> str:
        return self.forge.git.run("show", f"refs/heads/{branch}:{path}") + "\n"

    def propose(self, author: str, branch: str, files: Mapping[str, str | None], title: str = "Ändring") -> Pull:
        self.forge.commit(author, branch, files, title)
        return self.forge.open_pull(author, branch, title=title)

    def edited(self, path: str, old: str, new: str, branch: str = "main") -> dict[str, str]:
        text = self.read(path, branch)
        assert old in text, f"{path} has no {old!r}"
        return {path: text.replace(old, new)}

    def run(
        self,
        name: str,
        event: str,
        *,
        actor: str = "bo",
        pull: Pull | None = None,
        sha: str | None = None,
        ref: str = "refs/heads/main",
        only: str = "",
        change: Callable[[str], str] | None = None,
    ) -> Result:
        """The workflow of main, as GitHub takes it for every event but pull_request (whose merge is the same file here).

        `change`: what somebody has done to the file.
        """
        run = self.forge.run(event, actor=actor, workflow=name, pull=pull, sha=sha, ref=ref)
        file = self._workflow(name, run.head)
        if change:
            file.write_text(change(file.read_text("utf-8")), "utf-8")
        return self.machine.start(read_workflow(file), run, only=only)

    def again(self, name: str, result: Result, by: str = "anna") -> Result:
        """*Re-run jobs*: the same commit, whatever has happened since."""
        run = self.forge.rerun(result.run, by)
        return self.machine.start(read_workflow(self._workflow(name, run.head)), run)

    def _workflow(self, name: str, commit: str) -> Path:
        file = self.machine.folder / f"{commit}-{name}" / f"{name}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.forge.git.run("show", f"{commit}:.github/workflows/{name}.yml"), "utf-8")
        return file

    def ask(self, path: str, data: Any = None, method: str | None = None) -> Any:
        """The sandbox's own interface."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.sandbox}/_sandbox/{path}", body, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310 - loopback
            return json.loads(reply.read())

    def writes(self) -> int:
        """How many requests have changed something in the tenant."""
        return sum(is_write(one) for one in self.ask("requests"))

    def accept(self, pull: Pull, *people: str, by: str = "anna") -> str:
        """Approved and merged."""
        self.forge.clock.tick(minutes=1)
        for login in people or ("anna", "cia"):
            self.forge.review(pull, login, "approve")
        self.forge.clock.tick(minutes=1)
        sha = self.forge.merge(pull, by, "squash")
        self.forge.clock.tick(minutes=1)
        return sha

    def recorded(self, files: Mapping[str, str | None], *, author: str = "bo", branch: str = "") -> Pull:
        """Proposed, and planned by the workflow."""
        self.forge.clock.tick(minutes=1)
        number = len(self.forge.world.pulls) + 1
        pull = self.propose(author, branch or f"gren-{number}", files)
        planned = self.run("plan", "pull_request_target", actor=author, pull=pull, only="plan")
        assert planned.jobs["plan"].conclusion == "success", planned.said
        return pull

    def found(self) -> tuple[Result, Result]:
        """The first commit came without a pull request: it is held, named in an approvals file, and applied."""
        held = self.run("apply", "push", actor="anna")
        self.accept(self.recorded(self.asked(held)))
        done = self.run("apply", "push", actor="anna")
        assert done.jobs[APPLY].conclusion == "success", done.said
        return held, done

    def asked(self, held: Result) -> dict[str, str | None]:
        """The approvals file that the summary of a run asks for, filled in by a person."""
        text = held.jobs[APPLY].summary.partition("yaml\n")[2].partition("````")[0]
        name = f"beslut-{len(self.forge.world.pulls)}"
        text = re.sub(r"(?m)^id: .*$", f"id: {name}", text).replace('"…"', "Rådet har bestämt det.")
        return {f"policies/approvals/{name}.yaml": text.replace("ÅÅÅÅ-MM-DD", self.day(20))}

    def approve_held(self, held: Result) -> None:
        """What a run holds is let through by the file that it asks for, and done."""
        self.accept(self.recorded(self.asked(held)))
        done = self.run("apply", "push", actor="anna")
        assert done.jobs[APPLY].conclusion == "success", done.said

    def left(self) -> list[dict[str, Any]]:
        """What a plan of main would change, made by this checkout's tool on somebody's own machine."""
        place = self.machine.folder / "by-hand"
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", str(self.forge.git.path), str(place)], check=True, timeout=60)
        command = [sys.executable, "-m", "reconciler", "plan", "--format", "json", "--root", str(place)]
        more = ["--sandbox", self.sandbox, "--today", self.day(0)]
        done = subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        changes: list[dict[str, Any]] = json.loads(done.stdout)["changes"]
        return changes

    def switched(self) -> dict[str, str | None]:
        """The other value of one setting."""
        text = self.read(SCHOOL)
        old, new = "power-wash: blocked", "power-wash: allowed"
        return {SCHOOL: text.replace(old, new) if old in text else text.replace(new, old)}

    def day(self, days: int) -> str:
        return (self.forge.clock.now + timedelta(days=days)).date().isoformat()

    def comments(self, pull: Pull) -> list[str]:
        return [each.body for each in self.forge.said(pull) if each.author == BOT]

    def issues(self, state: str = "open") -> dict[str, str]:
        """Title → text of issues that are no pull requests."""
        every = self.forge.world.issues
        pulls = self.forge.world.pulls
        return {one.title: one.body or "" for n, one in every.items() if one.state == state and n not in pulls}


def is_write(entry: Mapping[str, Any]) -> bool:
    """Reads by POST apart."""
    path = entry["path"]
    posts = ("orgunits", "moveDevicesToOu", ":batch")
    return entry["method"] in ("PUT", "PATCH", "DELETE") or (
        entry["method"] == "POST" and any(part in path for part in posts)
    )


@contextmanager
def staged(
    folder: Path,
    found: Callable[[Path, str], Path] | None = None,
    *,
    environments: Sequence[str] = ENVIRONMENTS,
    seed: str = SEED,
) -> Iterator[Stage]:
    """As the founding commit left it: nothing is applied yet, and nobody has approved anything.

    `found` writes the files of the first commit into a folder, for whose plans are sealed to.
    """
    identity = pyrage.x25519.Identity.generate()
    forge = _forge(folder, (found or founding)(folder / "founding", str(identity.to_public())), environments)
    with _sandbox(folder, seed) as url:
        machine = Machine(
            forge=forge,
            folder=folder / "machines",
            tools=lay_out(folder / "tools", Path(sysconfig.get_path("purelib"))),
            outside=Outside(index=folder / "index"),
            variables={"RECONCILER_SANDBOX": url},
        )
        machine.folder.mkdir()
        yield Stage(forge=forge, machine=machine, sandbox=url, identity=str(identity))
    forge.stop()
    assert forge.violations == []


def _forge(folder: Path, founded: Path, environments: Sequence[str]) -> Forge:
    forge = Forge(folder / "skolenheter.git", Clock(now=datetime.now(UTC).replace(microsecond=0)))
    forge.person("anna", level="admin")
    forge.person("bo", level="write")
    forge.person("dag", level="write")
    forge.person("cia", level="read")
    forge.person("eva", level="read")
    forge.team("it", ["anna", "bo"])
    forge.team("radet", ["cia", "eva"])
    forge.team("dataskydd", ["eva"])
    forge.serve()
    _push(forge, founded)
    forge.protect("main")
    wide = forge.personal_token("anna", {"members": "read"})
    for name in environments:
        secrets = {"RECONCILER_SIGNING_KEY": KEY, "RECONCILER_FORGE_TOKEN": wide}
        forge.environment(name, branches=["main"], secrets=secrets)
    return forge


def founding(folder: Path, recipient: str) -> Path:
    """The files of the first commit: the small municipality, and the tool as it is in this checkout."""
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SMALL / name, folder / name)
    organisation = folder / "organisation.yaml"
    text = organisation.read_text("utf-8").replace("root: /Enheter}", f"root: /Enheter, manages: {MANAGES}}}")
    organisation.write_text(text + ROLES.replace("RECIPIENT", recipient), "utf-8")
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "-co", "--exclude-standard", "--", *TOOL],
        capture_output=True,
        check=True,
        timeout=60,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    (folder / ".gitignore").write_text(".runtime/\n__pycache__/\n", "utf-8")
    command = [sys.executable, "-m", "reconciler", "ci", "codeowners", "--root", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return folder


def _push(forge: Forge, folder: Path) -> None:
    """One commit of anna's."""
    git = forge.git
    entries = {
        file.relative_to(folder).as_posix(): ("100644", git.store(file.read_bytes()))
        for file in folder.rglob("*")
        if file.is_file()
    }
    person = forge.world.people["anna"]
    who = Signature(name=person.name, email=person.email, when=forge.clock.text())
    sha = git.make_commit(git.tree_with(None, entries), [], "Grunden", author=who, committer=who)
    git.set_ref("refs/heads/main", sha, None)
    assert forge.head() == sha
    assert forge.events


@contextmanager
def _sandbox(folder: Path, tenants: str) -> Iterator[str]:
    seed = folder / "seed.yaml"
    seed.write_text(tenants, "utf-8")
    command = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--no-quotas", "--seed", str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())["url"]
        finally:
            server.kill()
