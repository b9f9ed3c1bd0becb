"""Another version of the tool in a municipality's repository: its own files are replaced, people's are not, and nothing is lost."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import reconciler
from reconciler.cli.main import cli

HASH = "ab" * 32
PACKAGE = ("--package", f"skolenheter=={reconciler.__version__}", "--sha256", HASH)
SAID = ("--yes", "--name", "Alvesta kommun", "--code", "0764", "--school", "Åsaskolan", *PACKAGE)
OLD = {
    ".github/workflows/apply.yml": "name: apply\non: push\n",
    "Makefile": "runtime:\n\ttrue\n",
    "requirements.lock": f"skolenheter==0.0.1 --hash=sha256:{'cd' * 32}\n",
    "schemas/school.schema.json": "{}\n",
}
"""As an earlier version had them."""

THEIRS = {
    ".github/workflows/egen.yml": "name: egen\n",
    ".github/dependabot.yml": "version: 2\n",
    "README.md": "Vårt\n",
    "policies/guardrails/appar.yaml": "# ändrad\n",
    "Makefile.local": "x:\n",
}


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Anna", "-c", "user.email=anna@example.se")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True, timeout=30)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "alvesta"
    made = CliRunner().invoke(cli, ["init", str(folder), *SAID])
    assert made.exit_code == 0, made.output
    git(folder, "init", "--quiet")
    for path, text in {**OLD, **THEIRS}.items():
        (folder / path).write_text(text, "utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Grunden")
    return folder


def upgrade(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["init", str(folder), "--upgrade", *PACKAGE, *words])


def content(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and ".git" not in file.relative_to(folder).parts)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_the_tools_files_become_those_of_a_new_repository_and_peoples_stay(town: Path, tmp_path: Path) -> None:
    before = content(town)
    CliRunner().invoke(cli, ["init", str(tmp_path / "ny"), *SAID])
    new = content(tmp_path / "ny")

    done = upgrade(town, "--yes")

    assert done.exit_code == 0, done.output
    after = content(town)
    assert {path: after[path] for path in OLD} == {path: new[path] for path in OLD}
    assert {path for path in after if after[path] != before.get(path)} == set(OLD)
    assert set(before) <= set(after)
    assert upgrade(town, "--yes").output == f"Allt som är verktygets är redan som i version {reconciler.__version__}.\n"


def test_what_differs_is_shown_and_nothing_written_unasked(town: Path) -> None:
    before = content(town)

    shown = upgrade(town)

    assert shown.exit_code == 0
    lines = shown.output.splitlines()
    assert "-on: push" in lines
    assert f"-skolenheter==0.0.1 --hash=sha256:{'cd' * 32}" in lines
    assert f"+skolenheter=={reconciler.__version__} --hash=sha256:{HASH}" in lines
    assert "~ schemas/school.schema.json" in lines
    assert [line for line in lines if line.startswith("+    --hash")] == [], "hundreds that nobody reads"
    assert "Lägg till --yes" in shown.output
    assert content(town) == before


def test_a_workflow_that_an_earlier_version_lacked_comes_along(town: Path) -> None:
    git(town, "rm", "--quiet", ".github/workflows/doctor.yml")
    git(town, "commit", "--quiet", "-m", "Före doctor")

    assert upgrade(town, "--yes").exit_code == 0

    assert (town / ".github/workflows/doctor.yml").is_file()


def test_what_git_does_not_have_is_not_replaced(town: Path) -> None:
    (town / "Makefile").write_text("mitt:\n", "utf-8")
    before = content(town)

    refused = upgrade(town, "--yes")

    assert refused.exit_code == 1
    assert "UPGRADE-UNCOMMITTED: Makefile har ändringar" in refused.output
    assert content(town) == before


def test_outside_git_nothing_is_replaced(town: Path, tmp_path: Path) -> None:
    (town / ".git").rename(tmp_path / "elsewhere")

    refused = upgrade(town, "--yes")

    assert (refused.exit_code, "UPGRADE-NOT-IN-GIT" in refused.output) == (1, True)


def test_the_package_that_came_with_the_repository_is_replaced_by_the_next(town: Path, tmp_path: Path) -> None:
    (town / "tool").mkdir()
    (town / "tool/skolenheter-0.0.1-py3-none-any.whl").write_bytes(b"old")
    (town / "tool/eget.whl").write_bytes(b"theirs")
    git(town, "add", "--all")
    git(town, "commit", "--quiet", "-m", "Paketet")
    wheel = tmp_path / f"skolenheter-{reconciler.__version__}-py3-none-any.whl"
    wheel.write_bytes(b"new")

    done = CliRunner().invoke(cli, ["init", str(town), "--upgrade", "--package", str(wheel), "--yes"])

    assert done.exit_code == 0, done.output
    assert {file.name: file.read_bytes() for file in (town / "tool").iterdir()} == {
        wheel.name: b"new",
        "eget.whl": b"theirs",
    }
    assert "- tool/skolenheter-0.0.1-py3-none-any.whl" in done.output.splitlines()
    assert (town / "requirements.lock").read_text("utf-8").splitlines()[1].startswith(f"./tool/{wheel.name} --hash=")


@pytest.mark.parametrize(
    ("package", "code"),
    [
        ("skolenheter==9.9.9", "UPGRADE-OTHER-VERSION"),
        ("https://e.se/skolenheter-9.9.9-py3-none-any.whl", "UPGRADE-OTHER-VERSION"),
        ("reconciler==0.1.0", "INIT-OTHER-PACKAGE"),
    ],
)
def test_package_and_workflows_are_of_one_version_and_ours(town: Path, package: str, code: str) -> None:
    before = content(town)

    refused = CliRunner().invoke(cli, ["init", str(town), "--upgrade", "--yes", "--package", package, "--sha256", HASH])

    assert (refused.exit_code, code in refused.output) == (1, True), refused.output
    assert content(town) == before


def test_a_link_is_not_written_through(town: Path, tmp_path: Path) -> None:
    (tmp_path / "utanfor").mkdir()
    (town / "schemas").rename(tmp_path / "gamla")
    (town / "schemas").symlink_to(tmp_path / "utanfor")

    refused = upgrade(town, "--yes")

    assert (refused.exit_code, "INIT-IN-THE-WAY: schemas" in refused.output) == (1, True), refused.output
    assert list((tmp_path / "utanfor").iterdir()) == []


@pytest.mark.parametrize("folder", [Path(__file__).parents[3], Path(__file__).parent])
def test_neither_the_tools_own_repository_nor_another_folder_is_touched(folder: Path) -> None:
    refused = upgrade(folder, "--yes")

    assert (refused.exit_code, "UPGRADE-NOT-HERE" in refused.output) == (1, True)
