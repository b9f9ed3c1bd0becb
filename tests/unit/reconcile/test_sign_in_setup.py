"""What `ci setup` prints, run by a shell in which gh, gcloud and az only note what they were asked."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from tests.unit.load.writing import FILES, ORGANISATION, write_all

SHELL = """\
note() { printf '%s\\0' "$@" >> "$OUT"; printf '\\1' >> "$OUT"; }
gh() { case "$*" in *SIGNING_KEY*) note gh "$@" "$(cat)";; *) note gh "$@";; esac; }
az() { note az "$@"; case "$*" in *"app create"*) echo app-id;; esac; }
openssl() { echo bmlja2Vs; }
gcloud() { note gcloud "$@"; case "$*" in *describe*projectNumber*) echo 123456789;; esac; }
"""
IDS = ("--owner-id", "1001", "--repository-id", "2002")
TENANT = '  - {id: intune, kind: intune, tenant: "7d3e5a10-4c1b-4f8e-9a62-0b5c8e21d947"}\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    organisation = ORGANISATION.replace("routes:", f"{TENANT}routes:")
    write_all(tmp_path / "repo", {**FILES, "organisation.yaml": organisation})
    return tmp_path / "repo"


def printed(root: Path, *words: str) -> Result:
    given = ["ci", "setup", "--root", str(root), "--repository", "vidala-kommun/skolenheter", *words]
    return CliRunner().invoke(cli, given, env={"GITHUB_REPOSITORY_ID": "", "GITHUB_REPOSITORY_OWNER_ID": ""})


def asked(root: Path, *words: str) -> list[list[str]]:
    """Every call that the printed lines make, as the tool would be given it."""
    text = printed(root, "--project", "vidala-skola", *words)
    assert text.exit_code == 0, text.output
    out = root.parent / "calls"
    out.unlink(missing_ok=True)
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", SHELL + text.stdout],
        env={"OUT": str(out), "PATH": "/usr/bin:/bin"},
        cwd=root.parent,
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert ran.returncode == 0, ran.stderr
    return [call.split("\0")[:-1] for call in out.read_text("utf-8").split("\1")[:-1]]


def subjects(calls: list[list[str]]) -> list[str]:
    """Those that Google is told to let sign, then those that Entra is told to trust."""
    members = [word for call in calls for word in call if word.startswith("--member=")]
    trusted = [json.loads(call[call.index("--parameters") + 1]) for call in calls if "--parameters" in call]
    return [word.partition("/subject/")[2] for word in members] + [one["subject"] for one in trusted]


def test_with_numbers_only_the_lasting_subject_is_trusted(root: Path) -> None:
    calls = asked(root, *IDS)
    plan, apply = (f"repo:vidala-kommun@1001/skolenheter@2002:environment:{name}" for name in ("plan", "apply"))

    assert subjects(calls) == [plan, apply, plan, apply]
    (condition,) = [word for call in calls for word in call if word.startswith("--attribute-condition=")]
    assert condition == (
        '--attribute-condition=assertion.repository_owner_id == "1001" && assertion.repository_id == "2002"'
        ' && assertion.environment in ["plan", "apply"]'
    )


def test_a_classic_repository_keeps_its_subject_and_is_held_to_its_numbers_all_the_same(root: Path) -> None:
    calls = asked(root, *IDS, "--classic")

    assert set(subjects(calls)) == {
        "repo:vidala-kommun/skolenheter:environment:plan",
        "repo:vidala-kommun/skolenheter:environment:apply",
    }
    assert any("repository_id ==" in word for call in calls for word in call)


def test_without_numbers_it_is_said_how_to_find_them(root: Path) -> None:
    text = printed(root).stdout

    assert "repo:vidala-kommun/skolenheter:environment:plan" in text
    assert "@1001" not in text
    assert "gh api repos/vidala-kommun/skolenheter --jq" in text


def test_the_account_that_reads_is_never_given_rights_to_write(root: Path) -> None:
    lines = printed(root, *IDS, "--project", "vidala-skola").stdout.splitlines()
    scopes = [line for line in lines if line.startswith("# https://www.googleapis.com/auth/")]

    assert len(scopes) == 2
    assert all(scope.endswith(".readonly") for scope in scopes[0].removeprefix("# ").split(","))
    assert "https://www.googleapis.com/auth/chrome.management.policy" in scopes[1].split(",")
    permissions = [line for line in lines if "GroupMember.Read" in line]
    assert "ReadWrite" not in permissions[0]


def test_each_identity_is_named_in_its_own_environment_and_nothing_of_it_but_the_address_is_secret(root: Path) -> None:
    calls = asked(root, *IDS)
    variables = {(call[call.index("--env") + 1], call[3]) for call in calls if call[:3] == ["gh", "variable", "set"]}
    secrets = {(call[call.index("--env") + 1], call[3]) for call in calls if call[:3] == ["gh", "secret", "set"]}

    names = ("GOOGLE_PROVIDER", "GOOGLE_ACCOUNT", "INTUNE_CLIENT_ID")
    for environment in ("plan", "apply"):
        own = {(environment, f"RECONCILER_{name}_{environment.upper()}") for name in names}
        assert own <= variables
    assert len(variables) == 6
    assert secrets == {
        ("plan", "RECONCILER_GOOGLE_SUBJECT_PLAN"),
        ("plan", "RECONCILER_SIGNING_KEY"),
        ("apply", "RECONCILER_GOOGLE_SUBJECT_APPLY"),
        ("apply", "RECONCILER_SIGNING_KEY"),
        ("apply", "RECONCILER_FORGE_TOKEN"),
    }


def test_one_signing_key_goes_to_both_environments_and_is_never_a_word_of_a_command(root: Path) -> None:
    calls = [call for call in asked(root, *IDS) if "RECONCILER_SIGNING_KEY" in call]
    keys = {call[-1] for call in calls}

    assert len(calls) == 2
    assert len(keys) == 1
    assert re.fullmatch(r"k\d{8}:bmlja2Vs", keys.pop())
    assert "--body" not in calls[0]
    assert "bmlja2Vs" not in printed(root, *IDS).stdout


@pytest.mark.parametrize("name", ['a"b', "a'b", "$(touch pwned)", "a`touch pwned`", "läs och skriv", "a\\b", "a:b"])
def test_a_name_can_not_break_out_of_its_place_in_the_shell(root: Path, name: str) -> None:
    calls = asked(root, *IDS, "--plan-environment", name)

    expected = f"repo:vidala-kommun@1001/skolenheter@2002:environment:{name.replace(':', '%3A')}"
    assert subjects(calls)[0] == subjects(calls)[2] == expected
    assert not (root.parent / "pwned").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--repository", "vidala-kommun"),
        ("--repository", "vidala-kommun/x;y"),
        ("--project", "Vidala Skola"),
        ("--plan-environment", "a\nb"),
        ("--plan-environment", "APPLY"),
    ],
)
def test_what_can_not_be_is_refused(root: Path, words: tuple[str, ...]) -> None:
    assert printed(root, *words).exit_code == 2


@pytest.mark.parametrize("words", [IDS[:2], IDS[2:]])
def test_one_number_without_the_other_is_not_silently_left_out(root: Path, words: tuple[str, ...]) -> None:
    refused = printed(root, *words)

    assert refused.exit_code == 2
    assert "--owner-id och --repository-id hör ihop" in refused.output


def test_a_subject_that_google_would_not_take_is_told(root: Path) -> None:
    long = printed(root, *IDS, "--plan-environment", "p" * 90).stdout

    assert "längre än 127 byte" in long
    assert "längre än 127 byte" not in printed(root, *IDS).stdout
