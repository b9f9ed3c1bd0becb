"""`doctor --forge` from the command line: what it lacks in the environment, and the answer of a stand-in on loopback."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from tests.forge.forge import Forge as Hub
from tests.unit.load.writing import FILES, ORGANISATION, write_all

ROLES = """\
forge: {owner: granby-kommun}
roles:
  operations: {contact: it@granby.example.se, team: it}
  education: {contact: skola@granby.example.se, team: education}
"""
OWNER = {"actions": "read", "administration": "read", "contents": "read", "members": "read"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path / "skolenheter.git")
    made.person("anna", level="admin")
    made.person("dag", level="write")
    made.team("it", ["anna"])
    made.team("education", ["dag"])
    made.plan("enterprise")
    made.commit("anna", "main", {"README.md": "Skolenheter\n"}, "Första")
    made.protect("main")
    for name, reviewers in (("norr-plan", ()), ("norr-apply", ("team:it",))):
        made.environment(name, branches=["main"], reviewers=reviewers)
    yield made
    made.stop()


def run(tmp_path: Path, environ: Mapping[str, str], *words: str) -> Result:
    root = tmp_path / "repository"
    write_all(root, {**FILES, "organisation.yaml": ORGANISATION + ROLES})
    given = {"GITHUB_TOKEN": "", "GITHUB_REPOSITORY": "", "GITHUB_API_URL": "", "RECONCILER_FORGE_TOKEN": "", **environ}
    words = ("doctor", "--forge", "--root", str(root), "--today", "2026-11-21", *words)
    return CliRunner().invoke(cli, list(words), env=given)


def test_without_a_token_it_says_which_variable_is_missing(tmp_path: Path) -> None:
    done = run(tmp_path, {"GITHUB_REPOSITORY": "granby-kommun/skolenheter"})

    assert done.exit_code == 1
    assert "GITHUB_TOKEN" in done.output
    assert "Traceback" not in done.output


def test_the_environments_of_one_of_several_organisations(tmp_path: Path, hub: Hub) -> None:
    token = hub.app_token(OWNER)
    environ = {
        "GITHUB_API_URL": hub.serve(),
        "GITHUB_REPOSITORY": "granby-kommun/skolenheter",
        "GITHUB_TOKEN": token,
        "RECONCILER_FORGE_TOKEN": token,
    }
    named = ("--plan-environment", "norr-plan", "--apply-environment", "norr-apply")

    good = run(tmp_path, environ, *named)
    bad = run(tmp_path, environ)

    assert good.exit_code == 0, good.output
    assert "Bara main får använda miljön norr-apply" in good.output
    assert bad.exit_code == 1
    assert "Miljön apply finns inte." in bad.output
    assert token not in good.output + bad.output


HOSTS = """\
organisations:
  - {folder: repository, uid: 6c3d1f0e-0000-4000-8000-000000000000, environment: norr, tenants: {chrome: C0123abcd}}
"""


def test_the_host_s_table_says_which_environments_are_this_municipalitys(tmp_path: Path, hub: Hub) -> None:
    """As the workflows name them after what `ci matrix` answers; what lies in the folder but not in Git counts for nothing."""
    token = hub.app_token(OWNER)
    environ = {"GITHUB_API_URL": hub.serve(), "GITHUB_REPOSITORY": "granby-kommun/skolenheter", "GITHUB_TOKEN": token}
    (tmp_path / "hosts.yaml").write_text(HOSTS)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=T", "-c", "user.email=t@example.se"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    before = run(tmp_path, environ)
    subprocess.run([*git, "add", "hosts.yaml"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Värdens tabell"], check=True)
    after = run(tmp_path, environ)

    assert "Miljön apply finns inte." in before.output
    assert (after.exit_code, "Bara main får använda miljön norr-apply" in after.output) == (0, True), after.output
