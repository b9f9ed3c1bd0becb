"""One CODEOWNERS for several municipalities: each one's own lines, the host's last, and nobody stale by another's fault."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from tests.unit.load.writing import FILES, ORGANISATION, SCHOOL, changed, write_all
from tests.unit.trust.test_codeowners import TEAMS, rules, told

ALVESTA, GAGNEF = "kommuner/alvesta", "kommuner/gagnef"
HOSTS = f"""organisations:
  - {{folder: {ALVESTA}, uid: 11111111-2222-4333-8444-555555555555, environment: alvesta, tenants: {{}}}}
  - {{folder: {GAGNEF}, uid: 22222222-2222-4333-8444-555555555555, environment: gagnef, tenants: {{}}}}
"""
FILE = ".github/CODEOWNERS"
MANAGERS = changed(SCHOOL, "holding:", "roles: {app_managers: {team: norrskolan-appar, at_least: 2}}\nholding:")


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Alvesta's teams are those of TEAMS, Gagnef's its own; one school has app managers."""
    theirs = TEAMS.replace("skol-it", "gagnef-it").replace("digitalisering", "gagnef-skola")
    write_all(
        tmp_path / ALVESTA, {**FILES, "organisation.yaml": ORGANISATION + TEAMS, "schools/norrskolan.yaml": MANAGERS}
    )
    write_all(tmp_path / GAGNEF, {**FILES, "organisation.yaml": ORGANISATION + theirs})
    (tmp_path / "hosts.yaml").write_text(HOSTS, "utf-8")
    return tmp_path


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["ci", "codeowners", "--root", str(root), *words])


IT, EDUCATION, DATA = "@vidala-kommun/skol-it", "@vidala-kommun/digitalisering", "@region-syd/dataskydd"
THEIR_IT, THEIR_EDUCATION = "@vidala-kommun/gagnef-it", "@vidala-kommun/gagnef-skola"


@pytest.mark.parametrize(
    ("path", "teams"),
    [
        (f"{ALVESTA}/organisation.yaml", [IT, EDUCATION]),
        (f"{ALVESTA}/schools/norrskolan.yaml", [EDUCATION, "@vidala-kommun/norrskolan-appar"]),
        (f"{ALVESTA}/schools/annan.yaml", [EDUCATION]),
        (f"{ALVESTA}/policies/baselines/alla.yaml", [IT, EDUCATION]),
        (f"{ALVESTA}/README.md", [IT]),
        (f"{GAGNEF}/schools/norrskolan.yaml", [THEIR_EDUCATION]),
        (f"{GAGNEF}/app-catalogs/matematik.yaml", [THEIR_EDUCATION, DATA]),
        ("hosts.yaml", [IT, THEIR_IT]),
        (".github/workflows/apply.yml", [IT, THEIR_IT]),
        ("requirements.lock", [IT, THEIR_IT]),
        ("README.md", [IT, THEIR_IT]),
        (FILE, [IT, EDUCATION, THEIR_IT, THEIR_EDUCATION]),
    ],
)
def test_who_is_told(county: Path, path: str, teams: list[str]) -> None:
    assert run(county).exit_code == 0

    assert told(path, (county / FILE).read_text("utf-8")) == teams


def test_the_hosts_files_stand_last(county: Path) -> None:
    run(county)
    patterns = [pattern for pattern, _ in rules((county / FILE).read_text("utf-8"))]

    first = patterns.index("/.github/")
    assert all(not one.startswith("/kommuner/") for one in patterns[first:])
    assert "/policies/" not in patterns, "a municipality's own, in its folder"
    assert patterns[-1] == f"/{FILE}"


@pytest.mark.parametrize("folder", [ALVESTA, GAGNEF])
def test_written_from_a_municipalitys_folder_it_is_the_same_file_at_the_top(county: Path, folder: str) -> None:
    run(county)
    before = (county / FILE).read_text("utf-8")
    (county / FILE).unlink()

    assert run(county / folder).exit_code == 0

    assert (county / FILE).read_text("utf-8") == before
    assert not (county / folder / FILE).exists()


def test_check_in_a_folder_sees_its_own_lines_and_those_that_are_nobodys_and_not_its_neighbours(county: Path) -> None:
    run(county)
    assert [run(county / folder, "--check").exit_code for folder in (".", ALVESTA, GAGNEF)] == [0, 0, 0]
    whole = (county / FILE).read_text("utf-8")

    (county / FILE).write_text(whole.replace("norrskolan-appar", "annan-appar"), "utf-8")
    assert [run(county / folder, "--check").exit_code for folder in (".", ALVESTA, GAGNEF)] == [1, 1, 0]

    host = next(line for line in whole.splitlines() if line.startswith("/hosts.yaml"))
    (county / FILE).write_text(whole.replace(host + "\n", ""), "utf-8")
    stale = [run(county / folder, "--check") for folder in (".", ALVESTA, GAGNEF)]
    assert [one.exit_code for one in stale] == [1, 1, 1]
    assert f"+/hosts.yaml {IT} {THEIR_IT}" in stale[1].output


def test_a_municipality_that_cant_be_read_is_named_and_stops_no_others_check(county: Path) -> None:
    run(county)
    before = (county / FILE).read_text("utf-8")
    (county / GAGNEF / "schools/norrskolan.yaml").write_text("id: norrskolan\n", "utf-8")

    assert run(county / ALVESTA, "--check").exit_code == 0
    theirs = run(county / GAGNEF, "--check")
    assert (theirs.exit_code, "schools/norrskolan.yaml:1:1: error MISSING-KEY" in theirs.output) == (1, True)
    written = run(county / ALVESTA)
    assert written.exit_code == 1
    assert f"{GAGNEF} går inte att läsa" in written.output
    assert (county / FILE).read_text("utf-8") == before, "its lines would have been lost"


def test_a_municipality_without_teams_is_said_and_the_others_have_their_lines(county: Path) -> None:
    (county / GAGNEF / "organisation.yaml").write_text(ORGANISATION, "utf-8")

    done = run(county)

    assert done.exit_code == 1
    assert f"{GAGNEF}: Rollen operations i organisation.yaml har ingen grupp" in done.output
    text = (county / FILE).read_text("utf-8")
    assert told(f"{GAGNEF}/organisation.yaml", text) == [IT], "as everything that is nobody's own"
    assert run(county / ALVESTA, "--check").exit_code == 0
    assert run(county / GAGNEF, "--check").exit_code == 0, "it has not said where on GitHub it is"


def test_a_folder_that_the_table_doesnt_have_is_refused(county: Path) -> None:
    write_all(county / "kommuner/ny", {**FILES, "organisation.yaml": ORGANISATION + TEAMS})

    refused = run(county / "kommuner/ny", "--lang", "sv")

    assert refused.exit_code == 1
    assert "kommuner/ny står inte i hosts.yaml" in refused.output
    assert not (county / FILE).exists()


def test_a_table_with_an_error_is_shown_at_its_line(county: Path) -> None:
    (county / "hosts.yaml").write_text(HOSTS.replace("environment: gagnef", "environment: alvesta"), "utf-8")

    refused = run(county / ALVESTA, "--check")

    assert refused.exit_code == 1
    assert "hosts.yaml:3:5: error HOSTS-TWICE" in refused.output


def test_a_table_above_the_repository_is_not_ours(county: Path) -> None:
    (county / ALVESTA / ".git").mkdir()

    assert run(county / ALVESTA).exit_code == 0
    assert (county / ALVESTA / FILE).exists()
