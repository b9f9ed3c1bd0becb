"""What `validate` remembers, and where it never does."""

from datetime import date
from pathlib import Path

import pytest

from reconciler.model.finding import Finding
from reconciler.model.place import Position
from reconciler.reconcile.validate import may_remember, validate_files

DAY = date(2026, 11, 21)
ORGANISATION = """\
uid: "6c3d1f0e-0a4c-4a54-9d52-3f0f6a1c2b3d"
name: Provkommun
municipality_code: 0764
language: sv
backends: [{id: chrome, kind: google, mode: observe, customer: C0provkommun, root: /Enheter}]
routes: [{backend: chrome}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "organisation.yaml").write_text(ORGANISATION, encoding="utf-8")
    return tmp_path


def shown(findings: tuple[Finding, ...]) -> list[tuple[str, object]]:
    return [(finding.code, finding.place) for finding in findings]


def test_a_second_run_says_the_same_from_memory(folder: Path) -> None:
    first = validate_files(folder, DAY)
    memory = folder / ".reconciler" / "cache" / "validate.json"
    assert memory.stat().st_mode & 0o777 == 0o600

    second = validate_files(folder, DAY)

    place = Position(file="organisation.yaml", line=3, column=20)
    assert shown(first.findings) == [("NOT-QUOTED", place)]
    assert second.findings == first.findings
    assert second.language == "sv"


def test_memory_is_for_the_same_files_on_the_same_day(folder: Path) -> None:
    validate_files(folder, DAY)
    corrected = ORGANISATION.replace("0764", '"0764"')
    (folder / "organisation.yaml").write_text(corrected, encoding="utf-8")

    assert validate_files(folder, DAY).findings == ()


def test_without_memory_nothing_is_written(folder: Path) -> None:
    validate_files(folder, DAY, use_memory=False)

    assert [path.name for path in folder.iterdir()] == ["organisation.yaml"]


@pytest.mark.parametrize(
    ("environment", "may"),
    [
        ({"PATH": "/bin", "RECONCILER_SANDBOX": "http://127.0.0.1:1"}, True),
        ({"RECONCILER_GOOGLE_TOKEN_PLAN": "x"}, False),
        ({"RECONCILER_GOOGLE_KEY_FILE": "x"}, False),
        ({"RECONCILER_GOOGLE_KEY_APPLY": "x"}, False),
    ],
)
def test_nothing_is_remembered_where_credentials_are(environment: dict[str, str], may: bool) -> None:
    assert may_remember(environment) is may


def test_nothing_is_left_in_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    """`--root schools` by mistake: what was left there would be an unknown file of the repository from then on."""
    assert [finding.code for finding in validate_files(tmp_path, DAY).findings] == ["NO-ORGANISATION"]
    assert list(tmp_path.iterdir()) == []
