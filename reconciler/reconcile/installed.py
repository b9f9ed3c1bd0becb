"""When an app was first seen in place, by the journals that applies have left."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from reconciler.model.documents import App
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Position
from reconciler.policy.calendar import ZONE

_SEEN: Final = frozenset({"verified", "already-done"})
"""Steps after which it is known that what was wanted is there."""


@dataclass(slots=True, kw_only=True)
class Installed:
    """`days` by app; the first file that is no journal ends it."""

    days: dict[str, date] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_journals(paths: Iterable[Path], apps: Iterable[App]) -> Installed:
    """OSError where a file can't be read."""
    known = {f":{one.id}": app.id for app in apps for one in app.identities}
    found = Installed()
    for path in paths:
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                step = _step(line)
                if step is None:
                    place = Position(file=path.name, line=number, column=1)
                    found.findings.append(Finding(code="AGES-NOT-A-JOURNAL", severity=Severity.ERROR, place=place))
                    break
                for app, day in _apps(step, known):
                    found.days[app] = min(day, found.days.get(app, day))
    return found


def _step(line: str) -> Mapping[str, Any] | None:
    try:
        step = json.loads(line)
    except (ValueError, RecursionError):
        return None
    wanted = ("at", "step", "action", "key")
    whole = isinstance(step, dict) and all(isinstance(step.get(key), str) for key in wanted)
    return step if whole else None


def _apps(step: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[tuple[str, date]]:
    """The apps that an assignment is of: its key ends with the store's identifier, whatever the system puts before it."""
    if step["step"] not in _SEEN or step["action"] == "delete" or not step["key"].startswith("assignment:"):
        return
    try:
        day = datetime.fromisoformat(step["at"]).astimezone(ZONE).date()
    except ValueError:
        return
    for end, app in known.items():
        if step["key"].endswith(end):
            yield app, day
