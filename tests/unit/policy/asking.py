"""Rules asked of the small repository: what was written, with places changed, and the verdicts by subject."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from reconciler.compile.state import compile_state
from reconciler.model.policy import Verdict
from reconciler.policy.judging import Judged, Side, judge_rules
from reconciler.settings.table import load_settings
from tests.unit.load.writing import load_with

TODAY: Final = date(2026, 11, 21)
RULE_FILE: Final = "policies/guardrails/prov.yaml"
CATALOG_FILE: Final = "app-catalogs/appar.yaml"


def rule(on: str, require: str, *, when: str = "", effect: str = "block", more: str = "", name: str = "prov") -> str:
    asks = f"when: {when}\n" if when else ""
    return (
        f"id: {name}\neffect: {effect}\nowner: it\non: {on}\n{asks}require: {require}\n{more}"
        "message: {sv: Nej, en: 'No'}\nrationale: Skäl\nsource: {kind: need, text: Behov}\n"
    )


def side(files: Mapping[str, str], as_of: date = TODAY) -> Side:
    """The small repository with these files; whatever its rules say, the files themselves are right."""
    loaded = load_with(files)
    assert loaded.findings == ()
    assert loaded.documents is not None
    return Side(documents=loaded.documents, state=compile_state(loaded.documents, load_settings(), as_of))


def judged(head: Mapping[str, str], base: Mapping[str, str] | None = None, as_of: date = TODAY) -> Judged:
    return judge_rules(side(head, as_of), as_of, None if base is None else side(base, as_of))


def outcomes(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """Outcome by subject."""
    return {one.subject.id: one.outcome.value for one in verdicts}
