"""Live data only where a private repository is known to be one."""

import json
from pathlib import Path

import pytest

from reconciler.reconcile.visibility import Visibility, refuse_live_in_public, visibility_of


def job(folder: Path, event: object) -> dict[str, str]:
    file = folder / "event.json"
    file.write_text(event if isinstance(event, str) else json.dumps(event))
    return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(file)}


@pytest.mark.parametrize(
    ("event", "found", "code"),
    [
        ({"repository": {"private": True}}, Visibility.PRIVATE, None),
        ({"repository": {"private": False}}, Visibility.PUBLIC, "LIVE-IN-PUBLIC"),
        ({"schedule": "15 3 * * *"}, Visibility.UNKNOWN, "LIVE-VISIBILITY-UNKNOWN"),
        ({"repository": {"private": "true"}}, Visibility.UNKNOWN, "LIVE-VISIBILITY-UNKNOWN"),
        ("[]", Visibility.UNKNOWN, "LIVE-VISIBILITY-UNKNOWN"),
        ("{", Visibility.UNKNOWN, "LIVE-VISIBILITY-UNKNOWN"),
    ],
)
def test_the_event_tells(tmp_path: Path, event: object, found: Visibility, code: str | None) -> None:
    environment = job(tmp_path, event)
    refusal = refuse_live_in_public(environment)

    assert visibility_of(environment) is found
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("private", None),
        ("internal", None),
        ("public", "LIVE-IN-PUBLIC"),
        (None, "LIVE-VISIBILITY-UNKNOWN"),
        ("new-kind", "LIVE-VISIBILITY-UNKNOWN"),
    ],
)
def test_the_forge_is_asked_where_the_event_does_not_tell(tmp_path: Path, says: str | None, code: str | None) -> None:
    refusal = refuse_live_in_public(job(tmp_path, {}), lambda: says)

    assert (refusal.code if refusal else None) == code


def test_a_public_event_is_believed_whatever_the_forge_would_say(tmp_path: Path) -> None:
    refusal = refuse_live_in_public(job(tmp_path, {"repository": {"private": False}}), lambda: "private")

    assert refusal is not None


def test_a_person_at_a_machine_is_let_through() -> None:
    assert refuse_live_in_public({}) is None
