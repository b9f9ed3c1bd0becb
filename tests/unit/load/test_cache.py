"""What the last run found is believed only for the same tool, files and day, and only from a file of our own."""

import json
from pathlib import Path

import pytest

from reconciler.load import load, read_tree
from reconciler.load.cache import key_of, recall, remember
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Position
from tests.unit.load.writing import FILES, SCHOOL, changed, write_all

FOUND = (
    Finding(
        code="UNKNOWN-APP",
        severity=Severity.WARNING,
        place=Position(file="schools/å.yaml", line=3, column=7),
        subject="norrskolan/elever-4-6",
        values={"name": "kammi", "near": ""},
        places={"other": Position(file="b.yaml", line=1, column=2)},
    ),
    Finding(code="UNKNOWN-REVISION", severity=Severity.ERROR, place=None),
)


def kept(root: Path) -> Path:
    return root / ".reconciler/cache/validate.json"


def test_findings_come_back_as_they_were(tmp_path: Path) -> None:
    remember(tmp_path, "key", FOUND)

    assert recall(tmp_path, "key") == FOUND
    assert recall(tmp_path, "other") is None
    assert kept(tmp_path).stat().st_mode & 0o777 == 0o600


def test_what_loading_finds_comes_back_as_it_was(tmp_path: Path) -> None:
    write_all(tmp_path, {**FILES, "schools/norrskolan.yaml": changed(SCHOOL, "[kami]", "[kammi]")})
    tree = read_tree(tmp_path)
    findings = load(tree).findings
    remember(tmp_path, key_of(tree), findings)

    assert len(findings) == 1
    assert recall(tmp_path, key_of(read_tree(tmp_path))) == findings


def test_the_key_follows_content_names_day_and_what_was_not_read(tmp_path: Path) -> None:
    write_all(tmp_path, FILES)
    key = key_of(read_tree(tmp_path), "2026-11-21")

    assert key_of(read_tree(tmp_path), "2026-11-21") == key
    assert key_of(read_tree(tmp_path), "2026-11-22") != key

    (tmp_path / "schools/x.txt").write_text("")
    assert key_of(read_tree(tmp_path), "2026-11-21") != key
    (tmp_path / "schools/x.txt").unlink()
    (tmp_path / "schools/norrskolan.yaml").write_text(SCHOOL + "# \n")
    assert key_of(read_tree(tmp_path), "2026-11-21") != key


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_could_have_written_or_that_git_made_is_not_believed(tmp_path: Path, mode: int) -> None:
    remember(tmp_path, "key", FOUND)
    kept(tmp_path).chmod(mode)

    assert recall(tmp_path, "key") is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    remember(tmp_path, "key", FOUND)
    kept(tmp_path).rename(tmp_path / "elsewhere.json")
    kept(tmp_path).symlink_to(tmp_path / "elsewhere.json")

    assert recall(tmp_path, "key") is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"key": "key"}',
        '{"key": "key", "findings": [{}]}',
        '{"key": "key", "findings": 7}',
        "\x00",
    ],
)
def test_a_damaged_file_is_no_file(tmp_path: Path, content: str) -> None:
    remember(tmp_path, "key", FOUND)
    kept(tmp_path).write_text(content)

    assert recall(tmp_path, "key") is None


def test_a_severity_that_does_not_exist_is_not_believed(tmp_path: Path) -> None:
    remember(tmp_path, "key", FOUND)
    data = json.loads(kept(tmp_path).read_text())
    data["findings"][0]["severity"] = "fine"
    kept(tmp_path).write_text(json.dumps(data))

    assert recall(tmp_path, "key") is None


def test_a_place_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / ".reconciler").write_text("a file where the folder would be")
    remember(tmp_path, "key", FOUND)

    assert recall(tmp_path, "key") is None
