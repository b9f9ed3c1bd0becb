"""A municipality's files on the stand-in's main, a checkout of them, and the place that a run stands at."""

import subprocess
from pathlib import Path

from reconciler.forge.api import Forge
from reconciler.load.repository import load
from reconciler.load.revision import read_revision
from reconciler.model.change import Plan
from reconciler.reconcile.ci_evidence import Place
from reconciler.trust.signing import Key
from tests.forge.forge import Forge as Hub
from tests.unit.trust.building import World, world

SMALL = Path(__file__).resolve().parents[2] / "contract" / "small"
SCHOOL = "schools/norr.yaml"
KEY = Key(id="2026", secret=b"hemligheten som ingen far se!!!!")
ROLES = "\nroles:\n  operations: {contact: it@example.se, team: it}\n"


def found(hub: Hub) -> str:
    """The files of a small municipality as one commit on main."""
    files: dict[str, str | None] = {
        file.relative_to(SMALL).as_posix(): file.read_text("utf-8")
        for file in SMALL.rglob("*.yaml")
        if not file.name.startswith("seed")
    }
    files["organisation.yaml"] = f"{files['organisation.yaml']}{ROLES}"
    return hub.commit("anna", "main", files)


def edited(hub: Hub, old: str, new: str, file: str = SCHOOL) -> dict[str, str | None]:
    """A file as it is on main, with a line of it changed."""
    text = hub.git.run("show", f"refs/heads/main:{file}") + "\n"
    assert text.count(old) == 1, old
    return {file: text.replace(old, new)}


def checkout(hub: Hub, folder: Path, commit: str) -> Path:
    """By a transport that sends only what branches lead to: a copy of the folder would have everything."""
    for words in (
        ["clone", "-q", f"file://{hub.git.path}", str(folder)],
        ["-C", str(folder), "checkout", "-q", commit],
    ):
        subprocess.run(["git", *words], check=True, capture_output=True)
    return folder


def place(forge: Forge, root: Path) -> Place:
    return Place(forge=forge, root=root, keys=(KEY,))


def planned(root: Path, head: str, base: str) -> Plan:
    """A plan of these very files, told apart from `base`; what it says of a tenant is of another world."""
    documents = load(read_revision(root, head)).documents
    assert documents is not None
    made: World = world(plan={"digest": documents.digest, "base": base, "organisation": documents.organisation.uid})
    return made.plan
