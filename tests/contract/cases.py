"""Cases as data: a small repository, edits to its files and to the live system, and what shall come of each step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "cases"
ADAPTERS = {"google", "memory", "intune", "zentral", "others"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: edit, plan, apply, plan again. What a step doesn't say of the plan is not looked at, but for findings.

    `files`: path → whole text, None to delete. `replace`: path → {old text: new text}. `edits`: by hand, to the live state;
    one with `only: <adapter>` beside it is for that one. `today` stays until another step says otherwise.
    `base`: commit what was there before this step's edits, and plan against it.
    `changes`, `held`: `action kind` → how many. `findings`: codes of errors and warnings, all of them;
    `CODE?` may be there or not. `notes`, `outstanding`: codes,
    at least. `pins`, `destroys`, `resets`: how many. `whose`: how many changes are proposed and standing.
    `apply`: done, none, or the code of the finding that refuses it. `has`: whom it reaches with what (see `effects`).
    `where`: serial number → place. `writes`: at most so many writes. `lapses`: the plan's day.
    A value of any of these may be given by adapter: `{google: …, others: …}`.
    """

    step: str
    files: Mapping[str, str | None] = field(default_factory=dict)
    replace: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edits: Sequence[Mapping[str, Any]] = ()
    today: str = ""
    base: bool = False
    changes: Mapping[str, Any] | None = None
    held: Mapping[str, Any] | None = None
    findings: Any = ()
    notes: Sequence[str] = ()
    outstanding: Sequence[str] = ()
    pins: int | None = None
    destroys: Any = None
    resets: Any = None
    whose: Mapping[str, int] | None = None
    apply: str = "done"
    has: Sequence[Mapping[str, Any]] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    writes: Any = None
    lapses: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Steps on one tenant. `needs`: traits that the system must have. `start`: `applied`, or `empty`: nothing is there yet.

    `switches`: also under every answer to what Google doesn't document.
    """

    case: str
    steps: Sequence[Step]
    needs: frozenset[str] = frozenset()
    start: str = "applied"
    files: Mapping[str, str] = field(default_factory=dict)
    switches: bool = False


def read_cases() -> list[Case]:
    """Every case of every file below `cases/`, in the order of the files."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        found += [_case(item) for item in yaml.safe_load(path.read_text(encoding="utf-8"))]
    names = [case.case for case in found]
    assert len(set(names)) == len(names), "a case's name names it"
    return found


def of_adapter(value: Any, adapter: str) -> Any:
    """A value, or the one of this adapter where they are told apart; `intune+zentral` is both."""
    if value and isinstance(value, Mapping) and {one for key in value for one in str(key).split("+")} <= ADAPTERS:
        named = (found for key, found in value.items() if adapter in key.split("+"))
        return next(named, value.get("others"))
    return value


def _case(item: Mapping[str, Any]) -> Case:
    known = {one.name for one in fields(Case)}
    assert item.keys() <= known, item.keys() - known
    steps = [_step(step) for step in item["steps"]]
    return Case(**{**item, "needs": frozenset(item.get("needs", ())), "steps": steps})


def _step(item: Mapping[str, Any]) -> Step:
    known = {one.name for one in fields(Step)}
    assert item.keys() <= known, f"{item['step']}: {item.keys() - known}"
    return Step(**item)
