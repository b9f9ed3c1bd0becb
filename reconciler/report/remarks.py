"""Findings, notes and what is outstanding, as texts with their place. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from reconciler.model.change import Note
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer, Position
from reconciler.model.resource import Outstanding
from reconciler.report.naming import part_words, place_name
from reconciler.report.view import Remark, Remarks
from reconciler.report.words import Words, first_of, shorten

_TONES = {Severity.ERROR: "danger", Severity.WARNING: "warning", Severity.INFO: "plain"}
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_PLACES = frozenset({"target", "group"})
LONGEST_VALUE = 400
SAME_SHOWN = 5
FINDINGS_SHOWN = 10


def remark_of(code: str, values: Mapping[str, str], words: Words, *, where: str = "", tone: str = "plain") -> Remark:
    named = spoken(values, words)
    text = words.text(
        code, {name: value if name == "allowance" else shorten(value, LONGEST_VALUE) for name, value in named.items()}
    )
    return Remark(text=text.message, hint=text.hint, where=where, tone=tone)


def spoken(values: Mapping[str, str], words: Words) -> Mapping[str, str]:
    """The values of a text with places, settings and apps as people call them."""
    said = {name: place_name(value, words) if name in _PLACES else value for name, value in values.items()}
    if "what" in said:
        said["what"] = words.join(shorten(part_words(part, words), 80) for part in said["what"].split("\n"))
    return said


def finding_remarks(findings: Iterable[Finding], words: Words) -> tuple[Remark, ...]:
    """Errors first, each with file and line and its code, which never changes and can be searched for."""
    ranked = sorted(findings, key=lambda finding: _ORDER.index(finding.severity))
    return tuple(_with_one_hint([_finding_remark(one, words) for one in ranked]))


def _finding_remark(one: Finding, words: Words) -> Remark:
    remark = remark_of(one.code, values_of(one), words, where=_where(one, words), tone=_TONES[one.severity])
    # An error is somebody's to correct, so each of them is shown.
    return remark if one.severity is Severity.ERROR else replace(remark, same=one.code)


def fold_remarks(remarks: Sequence[Remark], words: Words) -> tuple[Remark, ...]:
    """The first ten of those of one code, and in place of the rest how many there are; what to do about them is kept."""
    by_code: dict[str, list[Remark]] = {}
    for remark in remarks:
        by_code.setdefault(remark.same, []).append(remark)
    folded: list[Remark] = []
    for code, same in by_code.items():
        shown, more = first_of(same, FINDINGS_SHOWN) if code else (same, 0)
        folded += shown
        if more:
            text = words.say("MORE-FINDINGS", n=words.number(more), which=code)
            hint = "" if shown[-1].hint else same[-1].hint
            folded.append(Remark(text=text, hint=hint, tone=same[-1].tone, number=more))
    return tuple(folded)


def values_of(finding: Finding) -> dict[str, str]:
    """With the other lines that it is about as file and line."""
    exact = {name: place for name, place in finding.places.items() if isinstance(place, Position)}
    return {**finding.values, **{name: f"{place.file}:{place.line}" for name, place in exact.items()}}


def _where(finding: Finding, words: Words) -> str:
    place = finding.place
    severity = words.say(f"SEVERITY-{finding.severity.upper()}")
    if place is None:
        return f"{severity} {finding.code}"
    at = place.file if isinstance(place, Pointer) else f"{place.file}:{place.line}:{place.column}"
    return f"{at}: {severity} {finding.code}"


def outstanding_remarks(items: Sequence[Outstanding], words: Words) -> tuple[Remark, ...]:
    """All of them, always: what nobody is told to do is not done."""
    return tuple(remark_of(one.code, one.values, words, where=one.backend, tone="warning") for one in items)


def note_remarks(notes: Iterable[Note], words: Words) -> tuple[Remark, ...]:
    """Those of one code together, the first few of them with their text."""
    by_code: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        by_code.setdefault((note.code, note.backend), []).append(note)
    remarks: list[Remark] = []
    for (code, backend), same in by_code.items():
        shown, more = first_of(same, SAME_SHOWN)
        remarks += _with_one_hint([remark_of(code, note.values, words, where=backend) for note in shown])
        if more:
            remarks.append(Remark(text=words.say("MORE-OF-SAME", n=words.number(more)), where=backend))
    return tuple(remarks)


def _with_one_hint(remarks: Sequence[Remark]) -> list[Remark]:
    """What to do is said once, after the last of those that it is about."""
    pairs = zip_longest(remarks, remarks[1:])
    return [replace(one, hint="") if after and one.hint == after.hint else one for one, after in pairs]


def titled(title: str, remarks: tuple[Remark, ...]) -> tuple[Remarks, ...]:
    """A list with its title, or nothing."""
    return (Remarks(title=title, remarks=remarks),) if remarks else ()
