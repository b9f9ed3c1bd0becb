"""Commands that show live data, in a job of a public repository: refused before anything is read."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from reconciler.cli import live_data
from reconciler.cli.main import cli
from tests.unit.load.writing import FILES, write_all

READING = [["plan"], ["check", "--live"], ["drift"], ["explain", "5CD1234567", "--live"], ["doctor"]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_all(tmp_path, FILES)
    return tmp_path


def run(root: Path, words: list[str], event: object, *more: str) -> Result:
    (root / "event.json").write_text(json.dumps(event))
    environment = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(root / "event.json"),
        "GITHUB_REPOSITORY": None,
        "GITHUB_TOKEN": None,
    }
    return CliRunner().invoke(cli, [*words, "--root", str(root), *more], env=environment)


@pytest.mark.parametrize("words", READING)
@pytest.mark.parametrize(
    ("event", "code"), [({"repository": {"private": False}}, "LIVE-IN-PUBLIC"), ({}, "LIVE-VISIBILITY-UNKNOWN")]
)
def test_a_public_repository_gets_nothing(root: Path, words: list[str], event: object, code: str) -> None:
    done = run(root, words, event)

    assert done.exit_code == 1
    assert code in done.output
    assert done.stdout == ""


@pytest.mark.parametrize("words", READING)
def test_a_private_one_goes_on_to_its_credentials(root: Path, words: list[str]) -> None:
    done = run(root, words, {"repository": {"private": True}})

    assert "LIVE-" not in done.output
    assert "GOOGLE" in done.output


def test_what_github_says_of_the_repository_itself_is_no_live_data(root: Path) -> None:
    """It is `doctor --forge` that says that the repository is public."""
    done = run(root, ["doctor", "--forge"], {"repository": {"private": False}})

    assert "LIVE-" not in done.output
    assert "GITHUB_REPOSITORY" in done.output


def test_a_sandbox_holds_invented_data(root: Path) -> None:
    done = run(root, ["plan"], {"repository": {"private": False}}, "--sandbox", "http://127.0.0.1:9")

    assert "LIVE-" not in done.output


@pytest.mark.parametrize(("says", "refused"), [("private", False), ("public", True), (None, True)])
def test_github_is_asked_where_the_event_does_not_tell(
    root: Path, monkeypatch: pytest.MonkeyPatch, says: str | None, refused: bool
) -> None:
    monkeypatch.setattr(live_data, "_ask", lambda _: says)

    assert ("LIVE-" in run(root, ["plan"], {}).output) is refused


def test_nothing_is_applied_from_a_public_repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.cli.apply._read", lambda *_: SimpleNamespace(changes=()))
    (root / "plan.json").write_text("{}")

    done = run(root, ["apply", str(root / "plan.json")], {"repository": {"private": False}})

    assert done.exit_code == 1
    assert "LIVE-IN-PUBLIC" in done.output
    assert not list(root.glob("*.jsonl"))
