"""Whether what a job prints and stores may be read by anybody: in a public repository live data has no place at all.

GitHub's logs, summaries, comments and artifacts of a public repository are public (docs.github.com, Actions, "Managing
workflow runs", read 2026-11-22). Sandboxed runs show invented data and are let through.
"""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from reconciler.model.place import Json
from reconciler.trust.refusal import Refusal


class Visibility(StrEnum):
    NOT_CI = "not-ci"
    PRIVATE = "private"
    PUBLIC = "public"
    UNKNOWN = "unknown"


_VISIBLE: Final = {"private": Visibility.PRIVATE, "internal": Visibility.PRIVATE, "public": Visibility.PUBLIC}


def visibility_of(environment: Mapping[str, str]) -> Visibility:
    """Of the repository that this job runs for, by the event that GitHub left on the runner.

    A scheduled run's event names the repository too on github.com (github.blog/changelog, 2022-09-27), elsewhere perhaps not:
    it is then unknown, and the forge has to be asked.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        return Visibility.NOT_CI
    repository = _event(environment.get("GITHUB_EVENT_PATH", "")).get("repository")
    private = repository.get("private") if isinstance(repository, dict) else None
    if not isinstance(private, bool):
        return Visibility.UNKNOWN
    return Visibility.PRIVATE if private else Visibility.PUBLIC


def refuse_live_in_public(
    environment: Mapping[str, str], ask: Callable[[], str | None] | None = None
) -> Refusal | None:
    """Why a run with live data may not go on here, or None.

    `ask` gets the repository's visibility from the forge (`private`, `internal`, `public`), where the event does not
    tell; None where it does not either. Not known is refused like public: what was once published can't be taken back.
    """
    found = visibility_of(environment)
    if found is Visibility.UNKNOWN and ask is not None:
        found = _VISIBLE.get(ask() or "", Visibility.UNKNOWN)
    if found in {Visibility.NOT_CI, Visibility.PRIVATE}:
        return None
    return Refusal(code="LIVE-IN-PUBLIC" if found is Visibility.PUBLIC else "LIVE-VISIBILITY-UNKNOWN")


def _event(path: str) -> Mapping[str, Json]:
    try:
        event: Json = json.loads(Path(path).read_text("utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return event if isinstance(event, dict) else {}
