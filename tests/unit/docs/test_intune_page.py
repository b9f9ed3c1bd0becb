"""The page on connecting Intune asks for exactly the permissions that doctor checks, and names only variables that are read."""

import re
from pathlib import Path

import pytest

import reconciler
from reconciler.adapters.intune.permissions import listed_permissions
from reconciler.credentials.purpose import Purpose

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
