"""A decided file with a mistake in it drops out: its mistake is said, and not that somebody took it away."""

import subprocess
from pathlib import Path

import pytest

from reconciler.reconcile.validate import validate_files
from tests.unit.load.test_policy_files import MGN, MGN_FILE
from tests.unit.load.writing import FILES, write_all
from tests.unit.policy.asking import TODAY
from tests.unit.policy.test_decided_changes import BASELINE, BASELINE_FILE
from tests.unit.policy.test_rule_changes import FILE as PACK_FILE
from tests.unit.policy.test_rule_changes import PACK

LINES = {MGN_FILE: "requirements:\n", PACK_FILE: "rules:\n", BASELINE_FILE: "name: Elever\n"}
MISTAKE = "nosuch: 1\n"
GONE = ("MGN-REMOVED", "BASELINE-REMOVED", "RULE-REMOVED")


def said(root: Path) -> list[tuple[str, str]]:
    """Errors, with the file that each is in."""
    found = validate_files(root, TODAY, "HEAD").findings
    return [(one.code, one.place.file if one.place else "") for one in found if one.severity.value == "error"]


@pytest.fixture
def decided(tmp_path: Path) -> Path:
    write_all(tmp_path, {**FILES, MGN_FILE: MGN, PACK_FILE: PACK, BASELINE_FILE: BASELINE})
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    assert said(tmp_path) == []
    return tmp_path


@pytest.mark.parametrize("file", list(LINES))
def test_a_file_that_drops_out_is_not_gone(decided: Path, file: str) -> None:
    path = decided / file
    path.write_text(path.read_text("utf-8").replace(LINES[file], MISTAKE + LINES[file]), "utf-8")

    assert said(decided) == [("UNKNOWN-KEY", file)]


@pytest.mark.parametrize(
    ("file", "code"), [(MGN_FILE, "MGN-REMOVED"), (PACK_FILE, "RULE-REMOVED"), (BASELINE_FILE, "BASELINE-REMOVED")]
)
def test_one_that_was_taken_away_is(decided: Path, file: str, code: str) -> None:
    (decided / file).unlink()

    assert {one for one, _ in said(decided)} & set(GONE) == {code}
