"""What a compilation notes on its way: problems, each once, and the days on which its result would be another."""

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import date

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json, Pointer
from reconciler.model.slotted import dataclass

SHOWN = 200
"""Characters of a value in a message: enough to recognise a list, short enough for one line of a pull request."""


@dataclass(frozen=True, slots=True)
class Day:
    """The two things that decide which dated lines hold for a group: the day and the group's ring (None: in no ring)."""

    as_of: date
    ring: str | None = None


@dataclass(slots=True)
class Ledger:
    """Grows while compiling. A line of a baseline that a thousand groups share is reported once, not per group."""

    as_of: date
    findings: dict[tuple[str, Pointer | None, str, tuple[tuple[str, str], ...]], Finding] = field(default_factory=dict)
    lapses: date | None = None

    def report(
        self,
        code: str,
        at: Pointer | None,
        subject: str,
        severity: Severity = Severity.ERROR,
        places: Mapping[str, Pointer] | None = None,
        why: Mapping[str, str] | None = None,
        **values: str,
    ) -> None:
        """Note a finding. `places` are other lines it is about, by the placeholder that names them in the text.

        why: a reason from the settings table, by language.
        """
        reason = {"why": why["en"], "why.sv": why["sv"]} if why else {}
        shown = {**values, **reason, **{name: spell_place(place) for name, place in (places or {}).items()}}
        self.findings.setdefault(
            (code, at, subject, tuple(sorted(shown.items()))),
            Finding(code=code, severity=severity, place=at, subject=subject, values=shown, places=dict(places or {})),
        )

    def changes_on(self, day: date | None) -> None:
        if day is not None and day > self.as_of and (self.lapses is None or day < self.lapses):
            self.lapses = day

    def sorted_findings(self) -> tuple[Finding, ...]:
        return tuple(self.findings[key] for key in sorted(self.findings, key=_sort_key))


def _sort_key(key: tuple[str, Pointer | None, str, tuple[tuple[str, str], ...]]) -> tuple[object, ...]:
    code, at, subject, values = key
    return (at.file if at else "", tuple(map(_step_key, at.path)) if at else (), code, subject, values)


def _step_key(step: str | int) -> tuple[int, int, str]:
    return (0, step, "") if isinstance(step, int) else (1, 0, step)


def spell_place(place: Pointer) -> str:
    """A line in words that hold without the file at hand; whoever can look lines up writes `file:line` instead."""
    path = ".".join(str(step) for step in place.path)
    return f"{place.file} ({path})" if path else place.file


def show(value: Json) -> str:
    """A value as people write it in YAML's flow style; long ones are cut."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
