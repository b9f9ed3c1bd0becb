"""The pages on connecting Zentral ask for exactly the permissions that doctor checks, and name commands, variables and files that work."""

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import reconciler
from reconciler.adapters.zentral.permissions import listed_permissions
from reconciler.cli.main import cli
from reconciler.credentials.purpose import Purpose

ROOT = Path(reconciler.__file__).parent.parent
PAGE, README = ROOT / "docs" / "sv" / "anslut-zentral.md", ROOT / "README.md"


def test_the_table_of_permissions() -> None:
    rows = [line.split("|") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    asked = {row[1].strip(): set(re.findall(r"`(\w+\.\w+)`", row[2])) for row in rows if len(row) == 4}

    assert asked["plan"] == set(listed_permissions(Purpose.PLAN))
    assert asked["plan"] | asked["apply, utöver dem"] == set(listed_permissions(Purpose.APPLY))


@pytest.mark.parametrize("page", [PAGE, README], ids=["page", "readme"])
def test_the_variables(page: Path) -> None:
    named = set(re.findall(r"RECONCILER_ZENTRAL_([A-Z_]+?)(?:_PLAN|_APPLY)?`", page.read_text("utf-8")))

    assert named
    assert named <= {"TOKEN", "HOST"}


@pytest.mark.parametrize("page", [PAGE, README], ids=["page", "readme"])
def test_the_commands_are_known(page: Path) -> None:
    """As they stand there, to the point where files are needed."""
    lines = [line.partition("#")[0].split() for line in page.read_text("utf-8").splitlines()]
    commands = [line[1:] for line in lines if line[:1] == ["reconciler"] and "zentral" in line]
    assert ["doctor", "--backend", "zentral", "--for", "apply"] in commands
    for command in [*commands, ["plan", "--out", "plan.json", "--exit-code"], ["apply", "plan.json"]]:
        found = CliRunner().invoke(cli, [command[0], "--help"])
        assert found.exit_code == 0
        assert all(word in found.output for word in command if word.startswith("--")), command


@pytest.mark.parametrize("page", [PAGE, README], ids=["page", "readme"])
def test_the_files_are_valid(page: Path, tmp_path: Path) -> None:
    """The lines of organisation.yaml and of a school, inside the least that such a file has besides."""
    organisation, *school = re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    rest = {
        "uid": "7a1c3a52-5d0e-4b8f-9a53-1f2b6f0a9b11",
        "name": "Vidala kommun",
        "municipality_code": "9999",
        "language": "sv",
        "council": {"name": "Rådet", "members": [{"role": "rektor", "seats": 2}, {"role": "lärare", "seats": 3}], "quorum": 3},
    }  # fmt: skip
    _write(tmp_path / "organisation.yaml", {**rest, **yaml.safe_load(organisation)})
    for text in school:
        unit = {"code": "99000017", "school_forms": ["grundskola"], "grades": "4-6"}
        found = yaml.safe_load(text.replace("    apps: {required: [book-creator]}\n", ""))
        _write(tmp_path / "schools" / "norrskolan.yaml", {"id": "norrskolan", "name": "N", "units": [unit], **found})

    found = CliRunner().invoke(cli, ["validate", "--root", str(tmp_path)])

    assert found.exit_code == 0, found.output


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
