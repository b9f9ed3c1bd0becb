"""`validate --base` on what was decided: an edit without a decision stops the merge at its line, and plan holds nothing for it."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from tests.unit.load.test_policy_files import MGN, MGN_FILE
from tests.unit.load.writing import FILES, SCHOOL, SCHOOL_FILE, changed, write_all
from tests.unit.policy.test_calendar_changes import CALENDAR
from tests.unit.policy.test_calendar_changes import FILE as CALENDAR_FILE
from tests.unit.policy.test_decided_changes import BASELINE, BASELINE_FILE, GRANT, GRANT_FILE, LOOSE, NEW_DECISION


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    write_all(tmp_path, {**FILES, BASELINE_FILE: BASELINE, MGN_FILE: MGN})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    commit(tmp_path)
    return tmp_path


def commit(root: Path) -> None:
    for words in (["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(root), *words], check=True)


def errors(root: Path, *words: str) -> list[tuple[str, str, int]]:
    done = CliRunner().invoke(
        cli, ["validate", "--root", str(root), "--today", "2026-11-21", "--format", "json", *words]
    )
    found = json.loads(done.output)["findings"]
    at = [(one["code"], one["file"], one["line"]) for one in found if one["severity"] == "error"]
    assert done.exit_code == (1 if at else 0)
    return at


def test_what_was_decided_is_refused_at_its_lines_and_only_with_a_base(merged: Path) -> None:
    looser = changed(BASELINE, "incognito: blocked", "incognito: allowed")
    write_all(merged, {BASELINE_FILE: looser, MGN_FILE: changed(MGN, "varje lektion", "varje dag")})

    assert errors(merged, "--base", "HEAD") == [
        ("BASELINE-WITHOUT-DECISION", BASELINE_FILE, 10),
        ("MGN-EDITED", MGN_FILE, 9),
    ]
    assert errors(merged) == []


def test_with_its_decision_and_with_a_comment_nothing_is_refused(merged: Path) -> None:
    looser = changed(changed(BASELINE, "incognito: blocked", "incognito: allowed"), *NEW_DECISION)
    write_all(merged, {BASELINE_FILE: looser, MGN_FILE: f"# Grundskolan\n{MGN}"})

    assert errors(merged, "--base", "HEAD") == []


def test_an_exception_is_merged_before_what_it_excuses(merged: Path) -> None:
    write_all(merged, {GRANT_FILE: GRANT, SCHOOL_FILE: LOOSE})
    assert errors(merged, "--base", "HEAD") == [("EXCEPTION-WITH-BREACH", GRANT_FILE, 1)]

    write_all(merged, {SCHOOL_FILE: SCHOOL})
    assert errors(merged, "--base", "HEAD") == []


def test_a_calendar_that_protects_less_is_refused_and_so_is_its_removal(merged: Path) -> None:
    write_all(merged, {CALENDAR_FILE: CALENDAR})
    assert errors(merged, "--base", "HEAD") == []
    commit(merged)

    write_all(merged, {CALENDAR_FILE: changed(CALENDAR, 'until: "2027-06-11"', 'until: "2027-06-04"')})
    assert errors(merged, "--base", "HEAD") == [("CALENDAR-WITHOUT-DECISION", CALENDAR_FILE, 8)]
    (merged / CALENDAR_FILE).unlink()
    assert errors(merged, "--base", "HEAD") == [("CALENDAR-REMOVED", CALENDAR_FILE, 1)]
    write_all(merged, {CALENDAR_FILE: changed(CALENDAR, 'until: "2027-06-11"', "until: 2027-06-11")})
    assert errors(merged, "--base", "HEAD") == [("NOT-QUOTED", CALENDAR_FILE, 8)]  # not as if it were removed
