"""The council's records from outside: `validate` with and without a base, at their lines, with what to write."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from tests.unit.catalogue.records import CATALOG, FILES, MEETING, RECORDS
from tests.unit.load.writing import changed, write_all


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    write_all(tmp_path, FILES)
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    return tmp_path


def validated(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["validate", "--root", str(root), "--today", "2026-11-22", *words])


def found(root: Path, *words: str) -> list[tuple[str, str, str, int]]:
    findings = json.loads(validated(root, "--format", "json", *words).output)["findings"]
    return [(one["code"], one["severity"], one["file"], one["line"]) for one in findings]


def test_a_right_catalogue(merged: Path) -> None:
    assert found(merged, "--no-cache") == found(merged, "--base", "HEAD") == []


def test_an_approval_by_status_alone(merged: Path) -> None:
    """Without a base only what is missing is seen; with one, that nobody decided."""
    write_all(merged, {CATALOG: changed(RECORDS, "    status: queued\n", "    status: rejected\n")})
    assert found(merged, "--no-cache") == [("STATUS-UNDECIDED", "error", CATALOG, 59)]

    decided = '    status: approved\n    decision: {meeting: "2026-09-02", reference: ITR 2026:14 § 9, reason: Bra.}\n'
    write_all(merged, {CATALOG: changed(RECORDS, "    status: proposed\n", decided)})
    codes = {(code, line) for code, _, _, line in found(merged, "--base", "HEAD")}
    assert ("STATUS-SKIPPED", 51) in codes
    assert ("RECORD-WITHOUT-ASSESSMENT", 51) in codes


def test_each_decision_counts_once_with_a_base_too(merged: Path) -> None:
    write_all(merged, {CATALOG: changed(RECORDS, "ITR 2026:14 § 4", "ITR 2026:1 § 4")})

    assert found(merged, "--base", "HEAD") == [
        ("DECISION-EDITED", "error", CATALOG, 45),
        ("DECISION-REFERENCE", "error", CATALOG, 45),
    ]
    assert found(merged, "--no-cache") == [("DECISION-REFERENCE", "error", CATALOG, 45)]


def test_what_is_shown_says_what_to_write(merged: Path) -> None:
    (merged / MEETING).unlink()
    result = validated(merged, "--no-cache")

    assert result.exit_code == 1
    assert (
        f"{CATALOG}:31:25: error DECISION-WITHOUT-MEETING: Beslutet om Kami är fattat den 2026-09-02" in result.output
    )
    assert f"eller lägg in sammanträdet som {MEETING}\n" in result.output


def test_text_from_a_record_stays_text(merged: Path) -> None:
    """What people write reaches a terminal and a workflow's log without meaning anything there."""
    name = 'name: "Kami\\x1b[2J %0A::warning::x <script>@alla"'
    write_all(merged, {CATALOG: changed(changed(RECORDS, "name: Kami", name), ", bearer: school", "")})
    refused = validated(merged, "--no-cache", "--format", "github").output

    assert "\x1b" not in refused
    assert [line for line in refused.splitlines() if line.startswith("::warning")] == []

    shown = 'name: "Kami ::warning::x <script>@alla"'
    write_all(merged, {CATALOG: changed(changed(RECORDS, "name: Kami", shown), ", bearer: school", "")})
    lines = validated(merged, "--no-cache", "--format", "github").output.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error"]
