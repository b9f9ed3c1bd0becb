"""`mgn diff` and `mgn impact` in lines of text. Pure; made safe for a terminal by whoever prints."""

from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.mgn import Mgn, Requirement
from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.policy.mgn_difference import MgnDifference
from reconciler.report.mgn_page import form_name
from reconciler.texts import render


def difference_lines(before: Mgn, after: Mgn, found: MgnDifference, lang: str) -> Iterator[str]:
    """One line for each requirement that differs, under the versions' names."""
    values = {"form": form_name(after.school_form), "before": before.school_year, "after": after.school_year}
    yield _say("MGN-DIFF-TITLE", lang, **values)
    if found.empty:
        yield f"  {_say('MGN-DIFF-NOTHING', lang)}"
    for code, requirements in (
        ("MGN-DIFF-ADDED", found.added),
        ("MGN-DIFF-REMOVED", found.removed),
        ("MGN-DIFF-PROMOTED", found.promoted),
        ("MGN-DIFF-DEMOTED", found.demoted),
        ("MGN-DIFF-VERIFIED", [one.after for one in found.verified_otherwise]),
        ("MGN-DIFF-REWORDED", [one.after for one in found.reworded]),
    ):
        for one in requirements:
            yield f"  {_say(code, lang)}: {one.id} ({one.level}{_day(one, lang)}) {one.text.strip()}"


def _day(requirement: Requirement, lang: str) -> str:
    becomes = requirement.becomes
    if becomes is None:
        return ""
    return f", {becomes.level} {_say('MGN-DIFF-FROM', lang, date=becomes.start.isoformat())}"


def impact_lines(missing: Sequence[MgnVerdict], asked: Sequence[MgnVerdict], lang: str) -> Iterator[str]:
    """By requirement: who would miss it, and why. `asked` are all verdicts, for the counts."""
    if not missing:
        yield _say("MGN-IMPACT-NOBODY", lang)
    for key in dict.fromkeys(map(_key, missing)):
        units = [one for one in missing if _key(one) == key]
        form, requirement = key
        values = {"form": form_name(form), "requirement": requirement, "year": units[0].school_year}
        counts = {"count": str(len(units)), "all": str(sum(_key(one) == key for one in asked))}
        yield _say("MGN-IMPACT-TITLE", lang, level=str(units[0].level), **values, **counts)
        yield from _unit_lines(units, lang)


def _unit_lines(units: Iterable[MgnVerdict], lang: str) -> Iterator[str]:
    for one in units:
        unit = one.unit if one.unit.startswith(f"{one.school}/") else f"{one.school} ({one.unit})"
        yield f"  {unit}: {render(one.reason, one.values, lang).message}"


def _key(verdict: MgnVerdict) -> tuple[str, str]:
    return verdict.school_form, verdict.requirement


def _say(code: str, lang: str, **values: str) -> str:
    return render(code, values, lang).message
