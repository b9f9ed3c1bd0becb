"""`ci codeowners --check` before and after a municipality has said where on GitHub it is."""

import subprocess
import sys
from pathlib import Path

import pytest

SMALL = Path(__file__).resolve().parents[2] / "contract" / "small" / "organisation.yaml"
ROLES = """
roles:
  operations: {contact: it@example.se, team: it}
  education: {contact: skola@example.se, team: radet}
  data_protection: {contact: dso@example.se, team: dso}
"""


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (ROLES, 0, "Skriv forge: {owner:"),
        ("", 0, "har ingen grupp"),
        (f"forge: {{owner: kommunen}}{ROLES}", 1, "stämmer inte med organisation.yaml"),
    ],
)
def test_nothing_is_stale_before_there_is_a_forge(tmp_path: Path, more: str, code: int, said: str) -> None:
    (tmp_path / "organisation.yaml").write_text(SMALL.read_text("utf-8") + more, "utf-8")
    command = [sys.executable, "-m", "reconciler", "ci", "codeowners", "--check", "--root", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
