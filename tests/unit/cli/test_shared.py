"""`reconciler shared`: what is fetched, what is written, and what is refused with nothing written."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from tests.unit.load.test_shared import BASELINE, CATALOGUE, SHARED, of, sums
from tests.unit.load.writing import ORGANISATION, RECORDED, write_all

ADDRESS = "https://git.example.invalid/skollan"
RIGHT: Mapping[str, str] = {**RECORDED, "organisation.yaml": RECORDED["organisation.yaml"] + "# sist\n"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--lang", "sv"], catch_exceptions=False)


def shared(root: Path, *arguments: str, today: str = "2026-11-22") -> Result:
    return run("shared", *arguments, "--root", str(root), *(["--today", today] if "update" in arguments else []))


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.se", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, check=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A municipality in a repository of several, with something in common beside it."""
    git(tmp_path, "init", "--quiet")
    write_all(tmp_path / "vidala", RIGHT)
    write_all(tmp_path / "gemensamt", {**SHARED, "README.md": "Läs mig", "policies/guardrails/x.yaml": "y"})
    return tmp_path / "vidala"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Git repository that the address leads to, by the user's own settings."""
    folder = tmp_path / "elsewhere"
    write_all(folder, {**SHARED, "organisation.yaml": ORGANISATION, "kör.sh": "#!/bin/sh\ntouch /tmp/x\n"})
    git(folder, "init", "--quiet")
    commit(folder)
    settings = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{folder}.insteadOf", "GIT_CONFIG_VALUE_0": ADDRESS}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return folder


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")
    return git(folder, "rev-parse", "HEAD")


def files(root: Path) -> dict[str, str]:
    below = (path for path in (root / "shared").rglob("*") if path.is_file())
    return {path.relative_to(root / "shared").as_posix(): path.read_text("utf-8") for path in below}


def organisation(root: Path) -> str:
    return (root / "organisation.yaml").read_text("utf-8")


def errors(root: Path) -> list[str]:
    said = run("validate", "--root", str(root), "--today", "2026-11-22", "--no-cache").output
    return [line for line in said.splitlines() if ": error " in line]


TAKEN = {"skollan/SHA256SUMS": sums(SHARED), **{f"skollan/{path}": text for path, text in SHARED.items()}}


def test_a_folder_beside_is_taken_and_pinned_and_comments_stay(own: Path) -> None:
    done = shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"))

    assert done.exit_code == 0, done.output
    assert files(own) == TAKEN
    added = f'shared:\n  - id: skollan\n    from: "../gemensamt"\n    hash: "{of(SHARED)}"\n'
    assert organisation(own) == RIGHT["organisation.yaml"].replace("# sist\n", f"{added}# sist\n")
    assert errors(own) == []


def test_a_commit_elsewhere_is_taken_as_it_was_then(own: Path, elsewhere: Path) -> None:
    first = git(elsewhere, "rev-parse", "HEAD")
    write_all(elsewhere, {"policies/baselines/trygg.yaml": BASELINE.replace("blocked", "allowed")})
    commit(elsewhere)
    done = shared(own, "update", "skollan", "--from", f"{ADDRESS}@{first}")

    assert done.exit_code == 0, done.output
    assert files(own) == TAKEN
    assert f'from: "{ADDRESS}@{first}"' in organisation(own)


def test_a_new_version_replaces_the_old_and_only_its_two_values_are_rewritten(own: Path, elsewhere: Path) -> None:
    first = git(elsewhere, "rev-parse", "HEAD")
    line = f'shared: [{{id: skollan, from: "{ADDRESS}@{first}", hash: "{of(SHARED)}"}}] # gemensamt med länet\n'
    write_all(
        own, {"organisation.yaml": RIGHT["organisation.yaml"] + line, **{f"shared/{p}": t for p, t in TAKEN.items()}}
    )
    (elsewhere / "app-catalogs/gemensamt.yaml").unlink()
    newer = {
        "policies/baselines/trygg.yaml": BASELINE.replace("Trygg grund", "Tryggare grund"),
        "policies/baselines/ipad.yaml": "id: ipad\nname: iPad\napplies_to: {platforms: [ipados]}\n",
    }
    write_all(elsewhere, newer)
    second = commit(elsewhere)
    done = shared(own, "update", "skollan", "--from", f"{ADDRESS}@{second}")

    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[:3] == [
        "ny: policies/baselines/ipad.yaml",
        "ändrad: policies/baselines/trygg.yaml",
        "borttagen: app-catalogs/gemensamt.yaml",
    ]
    assert files(own) == {
        "skollan/SHA256SUMS": sums(newer),
        **{f"skollan/{path}": text for path, text in newer.items()},
    }
    assert organisation(own) == RIGHT["organisation.yaml"] + line.replace(first, second).replace(of(SHARED), of(newer))


def test_without_a_source_the_files_become_as_they_were_pinned(own: Path) -> None:
    shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"))
    before = organisation(own)
    write_all(own, {"shared/skollan/policies/baselines/trygg.yaml": "skräp", "shared/skollan/app-catalogs/x.yaml": "y"})
    assert "SHARED-OTHER-FILES" in "".join(errors(own))
    done = shared(own, "update", "skollan")

    assert done.exit_code == 0, done.output
    assert (files(own), organisation(own)) == (TAKEN, before)


def test_check_writes_nothing(own: Path) -> None:
    done = shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"), "--check")

    assert done.exit_code == 0, done.output
    assert of(SHARED) in done.output
    assert (files(own), organisation(own)) == ({}, RIGHT["organisation.yaml"])


def test_a_second_source_is_listed_below_the_first(own: Path) -> None:
    write_all(own.parent, {f"annat/{path}": text for path, text in SHARED.items()})
    for name, folder in (("skollan", "gemensamt"), ("annat", "annat")):
        assert shared(own, "update", name, "--from", str(own.parent / folder)).exit_code == 0
    said = shared(own, "list")

    assert said.exit_code == 0
    assert said.output.splitlines() == [
        f"{name}: från ../{folder}, {of(SHARED)}. Basnivåer: Trygg grund. Appar att pröva: 2."
        for name, folder in (("skollan", "gemensamt"), ("annat", "annat"))
    ]


def test_the_list_says_which_files_are_not_as_pinned(own: Path) -> None:
    shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"))
    write_all(own, {"shared/skollan/policies/baselines/trygg.yaml": BASELINE + "\n"})
    said = shared(own, "list")

    assert said.exit_code == 1
    assert "är inte de som hashen" in said.output


# --- refused, and nothing written ---------------------------------------------------------------------------------


def test_without_anything_shared_the_list_says_so(own: Path) -> None:
    said = shared(own, "list")

    assert (said.exit_code, said.output.startswith("Inget delas med andra.")) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["skollan"], "SHARED-NO-SUCH", id="not-listed-and-no-source"),
        pytest.param(["Skollan", "--from", "../gemensamt"], "SHARED-BAD-ID", id="bad-id"),
        pytest.param(["../x", "--from", "../gemensamt"], "SHARED-BAD-ID", id="an-id-that-leads-away"),
        pytest.param(["skollan", "--from", f"{ADDRESS}@main"], "SHARED-SOURCE", id="a-branch"),
        pytest.param(["skollan", "--from", ADDRESS], "SHARED-SOURCE", id="no-commit"),
        pytest.param(["skollan", "--from", f"http://git.example.invalid/x@{'a' * 40}"], "SHARED-SOURCE", id="http"),
        pytest.param(["skollan", "--from", f"file:///tmp/x@{'a' * 40}"], "SHARED-SOURCE", id="file"),
        pytest.param(["skollan", "--from", f"https://a:b@x.invalid/y@{'a' * 40}"], "SHARED-SOURCE", id="password"),
        pytest.param(["skollan", "--from", f"{ADDRESS}@{'a' * 40}"], "SHARED-UNREACHABLE", id="no-such-commit"),
        pytest.param(["skollan", "--from", "finns-inte"], "SHARED-NO-FOLDER", id="no-such-folder"),
        pytest.param(["skollan", "--from", "."], "SHARED-NO-FOLDER", id="itself"),
        pytest.param(["skollan", "--from", "policies"], "SHARED-NO-FOLDER", id="its-own-policies"),
        pytest.param(["skollan", "--from", "/"], "SHARED-NO-FOLDER", id="outside"),
        pytest.param(["skollan", "--from", "../tom"], "SHARED-EMPTY", id="nothing-to-share"),
    ],
)
def test_refused(
    own: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str], code: str
) -> None:
    (own.parent / "tom").mkdir()
    (own / "policies").mkdir()
    monkeypatch.chdir(own)
    done = shared(own, "update", *arguments)

    assert (done.exit_code, code in done.output) == (1, True), done.output
    assert (files(own), organisation(own)) == ({}, RIGHT["organisation.yaml"])


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        pytest.param(
            "policies/baselines/trygg.yaml", BASELINE.replace("blocked", "kanske"), "NOT-ALLOWED-VALUE", id="schema"
        ),
        pytest.param("policies/baselines/Å.yaml", BASELINE, "SHARED-FILE", id="name"),
        pytest.param("app-catalogs/x.yaml", "topic: x\ntitle: x\napps: [\n", "SYNTAX-BRACKET", id="no-yaml"),
        pytest.param("app-catalogs/x.yaml", "gh" + "p_" + "a1B2c3D4" * 4 + "e5F6\n", "SECRET-IN-FILE", id="secret"),
        pytest.param(
            "policies/baselines/trygg.yaml", BASELINE + "rationale: anna@example.se\n", "PERSONAL-EMAIL", id="person"
        ),
        pytest.param("app-catalogs/x.yaml", "#" * 1_000_001, "FILE-TOO-LARGE", id="large"),
    ],
)
def test_a_source_with_something_wrong_is_refused_whole(own: Path, path: str, text: str, code: str) -> None:
    write_all(own.parent / "gemensamt", {path: text})
    done = shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"))

    assert (done.exit_code, code in done.output) == (1, True), done.output
    assert (files(own), organisation(own)) == ({}, RIGHT["organisation.yaml"])


def test_a_link_out_of_the_source_is_refused(own: Path) -> None:
    (own.parent / "gemensamt/app-catalogs/x.yaml").symlink_to("/etc/hostname")
    done = shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"))

    assert (done.exit_code, "LINK-OUTSIDE" in done.output) == (1, True), done.output


def test_nothing_is_written_through_a_link(own: Path) -> None:
    (own / "shared").mkdir()
    (own / "shared/skollan").symlink_to(own.parent)
    done = shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"))

    assert (done.exit_code, "SHARED-LINK" in done.output) == (1, True), done.output


def test_lines_of_ones_own_that_came_into_conflict_are_named_and_the_files_are_there_to_mend_them_by(own: Path) -> None:
    looser = BASELINE.replace("id: trygg", "id: egen").replace("incognito: blocked", "incognito: allowed")
    write_all(own, {"policies/baselines/egen.yaml": looser})
    done = shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"))

    assert done.exit_code == 1
    assert "policies/baselines/egen.yaml:7:14: error SETTING-LOOSENED" in done.output
    assert files(own) == TAKEN


# --- apps of a shared catalogue -----------------------------------------------------------------------------------


def test_shared_apps_become_proposals_and_are_known_again(own: Path) -> None:
    shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"))
    said = run("catalogue", "import", "--shared", "skollan", "--root", str(own), "--today", "2026-11-22")

    assert said.exit_code == 0, said.output
    taken = (own / "app-catalogs/underlag.yaml").read_text("utf-8")
    assert "id: ny\n" in taken
    assert "status: proposed" in taken
    assert "approved" not in taken
    assert f"sha256: {of(SHARED).removeprefix('sha256:')}" in taken.replace('"', "")
    assert "kami-app" not in taken  # the app of that store is here already
    assert errors(own) == []
    assert "ändrad" not in run("catalogue", "import", "--shared", "skollan", "--root", str(own)).output


def test_a_catalogue_that_is_not_as_pinned_is_not_imported(own: Path) -> None:
    shared(own, "update", "skollan", "--from", str(own.parent / "gemensamt"))
    write_all(own, {"shared/skollan/app-catalogs/gemensamt.yaml": CATALOGUE.replace("Ny\n", "Annan\n")})
    said = run("catalogue", "import", "--shared", "skollan", "--root", str(own), "--today", "2026-11-22")

    assert (said.exit_code, "SHARED-OTHER-FILES" in said.output) == (1, True)
    assert not (own / "app-catalogs/underlag.yaml").exists()


@pytest.mark.parametrize("arguments", [[], ["--shared", "skollan", "--sha256", "ab"]])
def test_import_takes_one_of_the_two(own: Path, arguments: Sequence[str]) -> None:
    assert run("catalogue", "import", *arguments, "--root", str(own)).exit_code == 2


def test_import_of_what_is_not_listed(own: Path) -> None:
    said = run("catalogue", "import", "--shared", "skollan", "--root", str(own))

    assert (said.exit_code, "SHARED-NO-SUCH" in said.output) == (1, True)
