"""Reading files from a folder and from Git: what is taken, what is refused, and how quickly."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from reconciler.forge.problems import ForgeProblem
from reconciler.load import load, read_tree
from reconciler.load.revision import branch_point, read_revision
from reconciler.reconcile.ci_checkout import commit_of
from tests.unit.load.writing import FILES, SCHOOL, write_all


def codes(root: Path) -> list[tuple[str, str]]:
    return [(finding.code, finding.place.file if finding.place else "") for finding in read_tree(root).findings]


def test_a_whole_repository_is_read_in_order(tmp_path: Path) -> None:
    write_all(tmp_path, FILES)
    tree = read_tree(tmp_path)

    assert list(tree.files) == ["app-catalogs/appar.yaml", "organisation.yaml", "schools/norrskolan.yaml"]
    assert tree.files["schools/norrskolan.yaml"] == SCHOOL.encode()
    assert tree.findings == ()


def test_what_was_taken_from_others_is_kept_beside_the_catalogue_and_not_read(tmp_path: Path) -> None:
    write_all(tmp_path, {**FILES, "app-catalogs/imports/2026.json": "{}", "app-catalogs/imports/annat.json": "{}"})

    assert codes(tmp_path) == [("UNKNOWN-FILE", "app-catalogs/imports/annat.json")]
    assert set(read_tree(tmp_path).files) == set(FILES)


def test_an_empty_repository_says_so(tmp_path: Path) -> None:
    loaded = load(read_tree(tmp_path))

    assert [(finding.code, finding.severity) for finding in loaded.findings] == [("NO-ORGANISATION", "error")]
    assert loaded.documents is None


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    write_all(root, FILES)
    (tmp_path / "secret.yaml").write_text("id: secret\n")
    (root / "schools/hemlig.yaml").symlink_to(tmp_path / "secret.yaml")
    (root / "policies").mkdir()
    (root / "policies/baselines").symlink_to(tmp_path)

    assert codes(root) == [("LINK-OUTSIDE", "policies/baselines"), ("LINK-OUTSIDE", "schools/hemlig.yaml")][::-1]
    assert "schools/hemlig.yaml" not in read_tree(root).files


def test_a_link_inside_the_repository_is_followed_for_files_only(tmp_path: Path) -> None:
    write_all(tmp_path, {**FILES, "docs/exempel.yaml": "id: exempel\n"})
    (tmp_path / "schools/exempel.yaml").symlink_to("../docs/exempel.yaml")
    (tmp_path / "schools/again").symlink_to(tmp_path / "schools")

    assert codes(tmp_path) == [("LINKED-FOLDER", "schools/again")]
    assert read_tree(tmp_path).files["schools/exempel.yaml"] == b"id: exempel\n"


def test_a_link_to_itself_is_unreadable(tmp_path: Path) -> None:
    write_all(tmp_path, FILES)
    (tmp_path / "schools/ring.yaml").symlink_to("ring.yaml")

    assert codes(tmp_path) == [("UNREADABLE", "schools/ring.yaml")]


def test_a_file_of_100_mb_is_refused_without_being_read(tmp_path: Path) -> None:
    write_all(tmp_path, FILES)
    with (tmp_path / "schools/stor.yaml").open("wb") as file:
        file.truncate(100_000_000)
    start = time.perf_counter()
    found = codes(tmp_path)

    assert found == [("FILE-TOO-LARGE", "schools/stor.yaml")]
    assert time.perf_counter() - start < 1


def test_a_pipe_does_not_make_us_wait(tmp_path: Path) -> None:
    write_all(tmp_path, FILES)
    os.mkfifo(tmp_path / "schools/ror.yaml")

    assert codes(tmp_path) == [("NOT-A-FILE", "schools/ror.yaml")]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("schools/soderskolan.yml", "YML-NAME"),
        ("schools/anteckningar.txt", "UNKNOWN-FILE"),
        ("schools/norr/skolan.yaml", "UNKNOWN-FILE"),
        ("policies/undantag.yaml", "UNKNOWN-FILE"),
        ("policies/exeptions/a.yaml", "UNKNOWN-FILE"),
        ("schools/.norrskolan.yaml", "UNKNOWN-FILE"),
        ("inventories/vagn.xlsx", "UNKNOWN-FILE"),
        ("policies/calendar/2026-27.yaml", "UNKNOWN-FILE"),
        ("policies/guardrails/elever/x.yaml", "UNKNOWN-FILE"),
        ("policies/mgn/grundskola.yaml", "UNKNOWN-FILE"),
        ("policies/mgn/2026-27/grundskola.yml", "YML-NAME"),
    ],
)
def test_files_that_nothing_reads_are_said(tmp_path: Path, path: str, code: str) -> None:
    write_all(tmp_path, {**FILES, path: "a: b\n"})

    assert codes(tmp_path) == [(code, path)]
    assert path not in read_tree(tmp_path).files


def test_what_only_accompanies_is_left_alone(tmp_path: Path) -> None:
    write_all(tmp_path, {**FILES, "schools/README.md": "Skolor", "policies/exceptions/.gitkeep": "", "docs/x.txt": ""})

    assert codes(tmp_path) == []


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini", ".norrskolan.yaml.swp", "norrskolan.yaml~"])
def test_what_systems_and_editors_leave_behind_is_left_alone(tmp_path: Path, name: str) -> None:
    write_all(tmp_path, {**FILES, f"schools/{name}": "x"})

    assert codes(tmp_path) == []
    assert f"schools/{name}" not in read_tree(tmp_path).files


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.se", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


def test_a_revision_is_read_as_it_was(tmp_path: Path) -> None:
    write_all(tmp_path, {**FILES, "inventories/vagn å.csv": "serial\n5CD1\n", "docs/x.txt": "x"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    before = read_tree(tmp_path)
    (tmp_path / "schools/norrskolan.yaml").write_text("id: annan\n")

    assert read_revision(tmp_path, "HEAD") == before


def test_what_came_to_main_after_a_branch_was_cut_is_not_the_branchs_doing(tmp_path: Path) -> None:
    write_all(tmp_path, FILES)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    cut = (tmp_path / ".git/refs/heads/main").read_text().strip()
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "somebody else's")
    git(tmp_path, "switch", "-q", "-c", "branch", cut)
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "mine")

    assert branch_point(tmp_path, "main") == cut
    assert branch_point(tmp_path, "finns-inte") == "finns-inte"


def test_links_and_large_files_of_a_revision_are_refused(tmp_path: Path) -> None:
    write_all(tmp_path, {**FILES, "schools/stor.yaml": b"#" * 1_000_001})
    (tmp_path / "schools/hemlig.yaml").symlink_to("/etc/hostname")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    found = read_revision(tmp_path, "HEAD").findings

    assert [(one.code, one.place.file if one.place else "") for one in found] == [
        ("LINK-IN-REVISION", "schools/hemlig.yaml"),
        ("FILE-TOO-LARGE", "schools/stor.yaml"),
    ]


def test_a_file_of_a_revision_with_a_secret_is_left_out_and_named_without_it(tmp_path: Path) -> None:
    token = "gh" + "p_" + "x7Kd93mQpL2vTz8RbW4yNc6HsJ1fGa5Ue0Xo"
    write_all(tmp_path, {**FILES, "schools/norrskolan.yaml": f"id: norrskolan\nname: {token}\n"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    tree = read_revision(tmp_path, "HEAD")

    assert "schools/norrskolan.yaml" not in tree.files
    assert [one.code for one in tree.findings] == ["SECRET-IN-FILE"]
    assert token[6:] not in str(tree.findings)


@pytest.mark.parametrize("revision", ["finns-inte", "--all", "HEAD:schools", "HEAD; touch x", ""])
def test_a_revision_that_git_does_not_know_is_a_finding(tmp_path: Path, revision: str) -> None:
    write_all(tmp_path, FILES)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    tree = read_revision(tmp_path, revision)

    assert tree.files == {}
    assert [(one.code, one.values) for one in tree.findings] == [("UNKNOWN-REVISION", {"revision": revision})]


def test_a_folder_without_git_has_no_revisions(tmp_path: Path) -> None:
    assert [one.code for one in read_revision(tmp_path, "HEAD").findings] == ["UNKNOWN-REVISION"]


def test_a_machine_without_git_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not that the revision is misspelt."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert [one.code for one in read_revision(tmp_path, "HEAD").findings] == ["GIT-MISSING"]
    with pytest.raises(ForgeProblem) as refused:
        commit_of(tmp_path)
    assert refused.value.code == "GIT-MISSING"
