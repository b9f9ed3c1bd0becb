"""Before the first apply the line begins where somebody may first approve; that commit is answered for by name, and then all goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.forge.api import Forge
from reconciler.forge.deployments import History
from reconciler.load.repository import load
from reconciler.load.revision import read_revision
from reconciler.reconcile.ci_evidence import Place, gather
from reconciler.trust.evidence import Evidence
from reconciler.trust.line import look_over
from tests.forge.forge import Forge as Hub
from tests.forge.merging import Method
from tests.unit.forge.conftest import Connect
from tests.unit.forge.municipality import SMALL, checkout, place
from tests.unit.trust.building import TENANT, world

ROLES = """
roles:
  operations: {contact: it@example.se, team: it}
  education: {contact: utbildning@example.se, team: utbildning}
"""
HOSTED = """
municipalities:
  - {folder: alvesta, uid: "11111111-2222-4333-8444-555555555555", tenants: {chrome: C0sandbox}}
  - {folder: annan, uid: "21111111-2222-4333-8444-555555555555", tenants: {chrome: C0annan}}
"""
Files = dict[str, str | None]
Found = Callable[[Hub], tuple[str, str]]


@pytest.fixture
def reading(hub: Hub, to: Connect) -> Forge:
    """Main has a README already; `cia` is of education."""
    hub.team("utbildning", ["cia"])
    return to(RECONCILER_FORGE_TOKEN=hub.app_token({"members": "read"}))


def files_in(folder: str = "") -> Files:
    own = {file.relative_to(SMALL).as_posix(): file.read_text("utf-8") for file in SMALL.rglob("*.yaml")}
    own["organisation.yaml"] += ROLES
    return {f"{folder}{path}": text for path, text in own.items() if not path.startswith("seed")}


def merged(hub: Hub, files: Files, *approvers: str, method: Method = "squash") -> str:
    hub.commit("dag", "gren", files)
    pull = hub.open_pull("dag", "gren")
    for login in approvers:
        hub.clock.tick(minutes=1)
        hub.review(pull, login, "approve")
    hub.clock.tick(minutes=1)
    sha = hub.merge(pull, "anna", method)
    hub.clock.tick(minutes=1)
    return sha


def asked(forge: Forge, hub: Hub, root: Path, folder: str) -> Evidence:
    here: Place = place(forge, checkout(hub, root, hub.head()) / folder)
    documents = load(read_revision(here.root, "HEAD"), digest=False).documents
    return gather(here, "chrome", History(), documents.approvals if documents else ())


def left(evidence: Evidence) -> tuple[tuple[str, ...], set[str]]:
    """The commits that nobody answers for, and why."""
    standing = look_over(evidence, world().terms, TENANT)
    return standing.commits, {one.code for one in standing.unanswered}


def by_hand(hub: Hub) -> tuple[str, str]:
    hub.commit("anna", "main", {"docs/a.md": "a\n"})
    return hub.commit("anna", "main", files_in()), ""


def by_pull(hub: Hub) -> tuple[str, str]:
    return merged(hub, files_in(), "bo", "cia"), ""


def by_merge(hub: Hub) -> tuple[str, str]:
    return merged(hub, files_in(), "bo", "cia", method="merge"), ""


def without_teams_first(hub: Hub) -> tuple[str, str]:
    hub.commit("anna", "main", {path: text and text.replace(ROLES, "") for path, text in files_in().items()})
    return hub.commit("anna", "main", files_in()), ""


def beside_another(hub: Hub) -> tuple[str, str]:
    """The other one has been there for long; this one joins with its files, and its row in the table."""
    hub.commit("anna", "main", {"hosts.yaml": HOSTED, **files_in("annan/")})
    return hub.commit("anna", "main", files_in("alvesta/")), "alvesta/"


@pytest.mark.parametrize("found", [by_hand, by_pull, by_merge, without_teams_first, beside_another])
def test_the_founding_commit_is_answered_for_by_name(hub: Hub, reading: Forge, tmp_path: Path, found: Found) -> None:
    founding, folder = found(hub)

    before = asked(reading, hub, tmp_path / "before", folder)
    assert before.line == (founding,)
    assert before.controls == {founding}
    assert before.elsewhere == set()
    assert left(before) == ((founding,), {"COMMIT-WITHOUT-PULL"})

    name = f"{folder}policies/approvals/forst.yaml"
    text = (
        f'id: forst\nbackend: chrome\nreason: Vi har gått igenom den.\nuntil: "2026-12-01"\ncommits: ["{founding}"]\n'
    )
    merged(hub, {name: text}, "bo", "cia")
    after = asked(reading, hub, tmp_path / "after", folder)
    assert [file.id for file in after.approvals] == ["forst"]
    assert founding not in left(after)[0]
    assert "ROLES-UNKNOWN" not in left(after)[1]


def test_an_approvals_file_for_it_that_one_of_the_two_approved_is_not_enough(
    hub: Hub, reading: Forge, tmp_path: Path
) -> None:
    founding, _ = by_hand(hub)
    text = (
        f'id: forst\nbackend: chrome\nreason: Vi har gått igenom den.\nuntil: "2026-12-01"\ncommits: ["{founding}"]\n'
    )
    merged(hub, {"policies/approvals/forst.yaml": text}, "bo")

    assert founding in left(asked(reading, hub, tmp_path / "tree", ""))[0]


def test_where_nobody_names_teams_the_first_commit_of_all_is_asked_for(
    hub: Hub, reading: Forge, tmp_path: Path
) -> None:
    hub.commit("anna", "main", {"hosts.yaml": HOSTED})
    hub.commit("anna", "main", files_in("annan/"))
    bare = {path: text and text.replace(ROLES, "") for path, text in files_in("alvesta/").items()}
    hub.commit("anna", "main", bare)

    evidence = asked(reading, hub, tmp_path / "tree", "alvesta/")

    assert evidence.line[0] in left(evidence)[0]
    assert evidence.line[0] in evidence.controls
    assert evidence.line[0] not in evidence.elsewhere
