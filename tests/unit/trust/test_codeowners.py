"""CODEOWNERS: who is told of what, in the order in which GitHub reads it, and what no file is written for."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from reconciler.trust.codeowners import FILE, owners_of, write_codeowners
from reconciler.trust.refusal import Refusal
from tests.unit.load.writing import FILES, ORGANISATION, SCHOOL, changed, load_with, write_all

TEAMS = """\
forge: {owner: vidala-kommun}
roles:
  operations: {contact: it@vidala.example.se, team: skol-it}
  education: {contact: skola@vidala.example.se, team: digitalisering}
  data_protection: {contact: dso@vidala.example.se, team: "@region-syd/dataskydd"}
"""


MANAGERS = changed(SCHOOL, "holding:", "roles: {app_managers: {team: norrskolan-appar, at_least: 2}}\nholding:")


def answer(more: str = TEAMS, school: str = SCHOOL) -> str | Refusal:
    found = load_with({"organisation.yaml": ORGANISATION + more, "schools/norrskolan.yaml": school}).documents
    assert found is not None
    return write_codeowners(found.organisation, found.schools)


def written(more: str = TEAMS, school: str = SCHOOL) -> str:
    text = answer(more, school)
    assert isinstance(text, str)
    return text


def rules(text: str) -> list[tuple[str, list[str]]]:
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return [(pattern, owners) for pattern, *owners in lines]


def told(path: str, text: str) -> list[str]:
    """As GitHub reads it: the last pattern that fits. Of .gitignore's patterns those that we write."""

    def fits(pattern: str) -> bool:
        if pattern == "*":
            return True
        bare = pattern.removeprefix("/")
        if "*" in bare:
            start, _, end = bare.partition("*")
            return path.startswith(start) and path.endswith(end) and "/" not in path
        return path.startswith(bare) if bare.endswith("/") else path == bare

    return [owners for pattern, owners in rules(text) if fits(pattern)][-1]


IT, EDUCATION, DATA = "@vidala-kommun/skol-it", "@vidala-kommun/digitalisering", "@region-syd/dataskydd"


@pytest.mark.parametrize(
    ("path", "teams"),
    [
        ("organisation.yaml", [IT, EDUCATION]),
        ("app-catalogs/matematik.yaml", [EDUCATION, DATA]),
        ("schools/norrskolan.yaml", [EDUCATION]),
        ("inventories/skola.csv", [IT]),
        ("policies/mgn/2026-27/grundskola.yaml", [IT, EDUCATION]),
        ("policies/baselines/alla.yaml", [IT, EDUCATION]),
        ("shared/skollan/policies/baselines/alla.yaml", [IT, EDUCATION]),
        ("policies/approvals/2026-11.yaml", [IT, EDUCATION]),
        (".github/workflows/apply.yml", [IT]),
        (".github/CODEOWNERS", [IT, EDUCATION]),
        ("reconciler/trust/covering.py", [IT]),
        ("schemas/school.schema.json", [IT]),
        ("requirements.lock", [IT]),
        ("requirements-site.lock", [IT]),
        ("tool/skolenheter-1.0-py3-none-any.whl", [IT]),
        ("docs/trust.md", [IT]),
        ("nytt/helt.yaml", [IT]),
    ],
)
def test_who_is_told(path: str, teams: list[str]) -> None:
    assert told(path, written()) == teams


def test_what_decides_which_code_runs_is_guarded_by_lines_of_its_own() -> None:
    patterns = [pattern for pattern, _ in rules(written())]

    assert {"/requirements*.lock", "/tool/", "/.github/", "/Makefile"} <= set(patterns)


def test_a_school_s_app_managers_are_told_of_its_file_and_of_no_others() -> None:
    text = written(school=MANAGERS)

    assert told("schools/norrskolan.yaml", text) == [EDUCATION, "@vidala-kommun/norrskolan-appar"]
    assert told("schools/sjoskolan.yaml", text) == [EDUCATION]
    # GitHub skips a line with a team that may not write: then the line of all schools counts.
    patterns = [pattern for pattern, _ in rules(text)]
    assert patterns.index("/schools/") < patterns.index("/schools/norrskolan.yaml") < patterns.index("/policies/")


def test_app_managers_without_a_team_get_no_line() -> None:
    alone = changed(MANAGERS, "team: norrskolan-appar, at_least: 2", "contact: appar@norrskolan.example.se")

    assert written(school=alone) == written()


def test_a_team_that_no_school_can_have() -> None:
    refused = answer(school=changed(MANAGERS, "norrskolan-appar", "Norrskolan appar"))

    assert isinstance(refused, Refusal)
    assert (refused.code, refused.values["role"]) == ("CODEOWNERS-TEAM", "app_managers (schools/norrskolan.yaml)")


def test_what_decides_over_everything_stands_last_and_the_file_itself_at_the_very_end() -> None:
    patterns = [pattern for pattern, _ in rules(written())]

    assert patterns[0] == "*"
    assert patterns[-1] == "/.github/CODEOWNERS"
    edited = max(patterns.index(one) for one in ("/organisation.yaml", "/app-catalogs/", "/schools/", "/inventories/"))
    assert edited < min(patterns.index(one) for one in ("/policies/", "/.github/", "/reconciler/", "/schemas/"))


def test_nothing_that_github_does_not_read_is_written() -> None:
    """Neither `!`, `[ ]` nor an escaped `#` work there, and a pattern with a blank is two."""
    for line in written().splitlines():
        if not line.startswith("#"):
            assert not set(line) & set("![]\\"), line
            assert all(word.startswith(("/", "*", "@")) for word in line.split()), line


def test_one_team_for_two_owners_is_named_once() -> None:
    text = written(TEAMS.replace("team: digitalisering", "team: skol-it"))

    assert told("organisation.yaml", text) == [IT]


def test_owners_follow_the_schemas() -> None:
    assert owners_of("app-catalog") == ("education", "data-protection")
    assert owners_of("allowance") == ("it",)
    assert owners_of("baseline") == ("joint",)


@pytest.mark.parametrize(
    ("more", "code", "role"),
    [
        (TEAMS.replace(", team: digitalisering", ""), "CODEOWNERS-NO-TEAM", "education"),
        (TEAMS.replace(", team: skol-it", ""), "CODEOWNERS-NO-TEAM", "operations"),
        (TEAMS.replace("forge: {owner: vidala-kommun}\n", ""), "CODEOWNERS-NO-FORGE", "operations"),
        (TEAMS.replace("team: skol-it", 'team: "skol it @anna"'), "CODEOWNERS-TEAM", "operations"),
        (TEAMS.replace("team: skol-it", "team: Skol-IT"), "CODEOWNERS-TEAM", "operations"),
        (TEAMS.replace("@region-syd/dataskydd", "@region-syd/"), "CODEOWNERS-TEAM", "data_protection"),
    ],
)
def test_without_a_team_that_github_can_have_there_is_no_file(more: str, code: str, role: str) -> None:
    refused = answer(more)

    assert isinstance(refused, Refusal)
    assert (refused.code, refused.values["role"]) == (code, role)


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["ci", "codeowners", "--root", str(root), *words])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    write_all(tmp_path, {**FILES, "organisation.yaml": ORGANISATION + TEAMS})
    return tmp_path


def test_check_fails_with_the_lines_that_differ_until_it_is_written(repository: Path) -> None:
    missing = run(repository, "--check")
    assert missing.exit_code == 1
    assert run(repository).exit_code == 0
    assert run(repository, "--check").exit_code == 0

    file = repository / FILE
    file.write_text(file.read_text("utf-8").replace("/.github/workflows", "").replace(f"/schemas/ {IT}", "/schemas/"))
    file.write_text(file.read_text("utf-8") + "* @anna\n")
    stale = run(repository, "--check")

    assert stale.exit_code == 1
    assert "-* @anna" in stale.output.splitlines()
    assert "stämmer inte med organisation.yaml" in stale.output
    assert file.read_text("utf-8").endswith("* @anna\n")  # nothing was written


def test_a_line_that_would_be_a_command_to_the_runner_is_shown_as_text(repository: Path) -> None:
    file = repository / FILE
    file.parent.mkdir(parents=True)
    file.write_text(" ::set-output name=a::b\n", "utf-8")
    stale = run(repository, "--check")

    assert "::set-output" not in stale.output
    assert "set-output" in stale.output


def test_without_teams_it_is_said_which_role_lacks_one(repository: Path) -> None:
    (repository / "organisation.yaml").write_text(ORGANISATION, "utf-8")
    refused = run(repository)

    assert refused.exit_code == 1
    assert (
        "Rollen operations i organisation.yaml har ingen grupp, så ingen kan godkänna det som it bestämmer. "
        "Skriv team: och gruppens namn på GitHub under roles: operations:" in refused.output
    )
    assert "nobody can approve what IT decides" in run(repository, "--lang", "en").output
    assert not (repository / FILE).exists()


def test_a_school_that_cannot_be_read_does_not_lose_its_app_managers(repository: Path) -> None:
    (repository / "schools/norrskolan.yaml").write_text(MANAGERS, "utf-8")
    assert run(repository).exit_code == 0
    before = (repository / FILE).read_text("utf-8")
    (repository / "schools/norrskolan.yaml").write_text(MANAGERS.replace("name: Norrskolan\n", ""), "utf-8")
    done = run(repository)

    assert done.exit_code == 1
    assert "schools/norrskolan.yaml:1:1: error MISSING-KEY" in done.output
    assert (repository / FILE).read_text("utf-8") == before


def test_the_samples_own_file_is_fresh() -> None:
    root = Path(__file__).parents[3]

    assert run(root, "--check").exit_code == 0
