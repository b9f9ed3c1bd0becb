"""The page on connecting Intune asks for exactly the permissions that doctor checks, and names only variables that are read."""

import re
from pathlib import Path

import pytest

import reconciler
from reconciler.adapters.intune.permissions import listed_permissions
from reconciler.credentials.purpose import Purpose
from reconciler.reconcile.sign_in_setup import Place, classic_subject, lasting_subject

ROOT = Path(reconciler.__file__).parent.parent
PAGE = ROOT / "docs" / "sv" / "anslut-intune.md"


@pytest.mark.parametrize(("column", "purpose"), [(2, Purpose.PLAN), (3, Purpose.APPLY)])
def test_the_table_of_permissions(column: int, purpose: Purpose) -> None:
    rows = [line.split("|") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    asked = {found for row in rows if len(row) == 5 for found in re.findall(r"`(\w+(?:\.\w+)+)`", row[column])}

    assert asked == set(listed_permissions(purpose))


def test_the_variables() -> None:
    known = {"TOKEN", "CLIENT_ID", "CLIENT_SECRET", "CERTIFICATE", "CERTIFICATE_FILE", "FEDERATED_TOKEN_FILE"}
    for page in (PAGE, ROOT / "README.md"):
        named = set(re.findall(r"RECONCILER_INTUNE_([A-Z_]+?)(?:_PLAN|_APPLY)?`", page.read_text("utf-8")))
        assert named
        assert named <= known


def test_each_registration_trusts_its_own_environment_and_no_pull_request_or_branch() -> None:
    """As `ci setup` prints them (and Entra compares them, to the letter)."""
    place = Place(repository="KOMMUN/NAMN", owner_id=123, repository_id=456)
    text = PAGE.read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if "`repo:" in line and line.startswith("|")]

    assert rows == [
        [
            f"`skolenheter-{name}`",
            f"`{name}`",
            f"`{lasting_subject(place, name)}`",
            f"`{classic_subject(place, name)}`",
        ]
        for name in ("plan", "apply")
    ]
    assert re.findall(r"repo:KOMMUN[^:]+:(?!environment:)\S+", text) == []


def test_one_word_for_repository_in_every_page_and_text() -> None:
    folders = [ROOT / "docs" / "sv", ROOT / "reconciler" / "texts" / "messages", ROOT / "reconciler" / "templates"]
    files = [
        file for folder in folders for file in folder.rglob("*") if file.suffix in (".md", ".yaml", ".jinja", ".yml")
    ]
    other = re.compile(r"\b(repositori(?:um|et|ets|er|erna)|repot|arkivet|arkiv)\b", re.IGNORECASE)

    assert [(file.name, found) for file in files for found in other.findall(file.read_text("utf-8"))] == []
