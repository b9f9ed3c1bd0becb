"""Plans and results of many jobs as one report: a line for each municipality and system, what went wrong, what is missing. Pure.

It holds counts and identifiers from files, and no names of devices. A change that several jobs saw is counted once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from reconciler.report.escape import escape_markdown
from reconciler.report.view_markdown import LIMIT
from reconciler.report.words import Words

_ROOM: Final = 400
"""Characters kept for the sentence about what was cut."""

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_DONE: Final = frozenset({"applied", "already-done"})
_WAITS: Final = "waiting"


@dataclass(slots=True, kw_only=True)
class _Line:
    organisation: str
    backend: str
    changes: set[str] = field(default_factory=set)
    removing: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    schools: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """`missing`: ids of jobs that were to answer and did not; `unreadable`: ids whose answer is none."""

    lines: Sequence[_Line]
    errors: Mapping[tuple[str, str], int]
    missing: Sequence[str]
    unreadable: Sequence[str]

    @property
    def in_order(self) -> bool:
        """Whether every job answered, and none with an error or something that failed."""
        return not (self.errors or self.missing or self.unreadable or any(one.failed for one in self.lines))


def merge(answers: Mapping[str, Any], expected: Mapping[str, str] = NOTHING) -> Merged:
    """`answers` by the id of their job: what `plan`, `apply` or `show --format json` printed, or what a job of `ci` wrote with `--counts`; None for
    what is no such thing.

    `expected`: the municipality by the id of each job that was to answer. Without it municipalities go by their uid.
    """
    lines: dict[tuple[str, str], _Line] = {}
    errors: dict[tuple[str, str], set[str]] = {}
    unreadable = []
    for job, answer in sorted(answers.items()):
        if not _is_answer(answer):
            unreadable.append(job)
            continue
        organisation = expected.get(job) or str(answer["organisation"])
        _count(lines, organisation, answer)
        for one in answer["findings"]:
            if one.get("severity") == "error":
                place = f"{one.get('file')}:{one.get('line')}:{one.get('subject')}"
                errors.setdefault((organisation, str(one.get("code"))), set()).add(place)
    return Merged(
        lines=[lines[key] for key in sorted(lines)],
        errors={key: len(errors[key]) for key in sorted(errors)},
        missing=sorted(set(expected) - set(answers)),
        unreadable=unreadable,
    )


def _is_answer(answer: Any) -> bool:
    rows = {"plan": "changes", "result": "results", "counts": "backends"}
    return (
        isinstance(answer, dict)
        and answer.get("kind") in rows
        and isinstance(answer.get(rows[answer["kind"]]), list)
        and isinstance(answer.get("findings"), list)
        and "organisation" in answer
    )


def _count(lines: dict[tuple[str, str], _Line], organisation: str, answer: Mapping[str, Any]) -> None:
    def line(backend: object) -> _Line:
        key = (organisation, str(backend))
        return lines.setdefault(key, _Line(organisation=key[0], backend=key[1]))

    for system in answer.get("backends", ()):
        line(system["id"])
    for change in answer.get("changes", ()):
        _note(line(change["backend"]), change)
    for change in answer.get("held", ()):
        line(change["backend"]).held.add(change["fingerprint"])
    for result in answer.get("results", ()):
        one = line(result["backend"])
        outcome = result["outcome"]
        (one.changes if outcome in _DONE else one.held if outcome == _WAITS else one.failed).add(result["fingerprint"])


def _note(line: _Line, change: Mapping[str, Any]) -> None:
    line.changes.add(change["fingerprint"])
    line.schools.update(change["effect"]["schools"])
    if change["destroys"] or "delete" in change["actions"]:
        line.removing.add(change["fingerprint"])


def merged_markdown(merged: Merged, words: Words) -> str:
    """At most what fits into a comment on GitHub; cut between lines, and it says so."""
    head = [f"### {_text(words.say('MERGED-TITLE'))}", "", _text(_summary(merged, words)), ""]
    troubles = [*_missing(merged, words), *_errors(merged, words)]
    table = [*_table(merged, words)]
    lines = [*head, *troubles, *table]
    size, kept = 0, 0
    for line in lines:
        size += len(line) + 1
        if size > LIMIT - _ROOM:
            break
        kept += 1
    cut = len(lines) - kept
    more = ["", _text(words.say("MERGED-CUT", n=words.number(cut)))] if cut else []
    return "\n".join([*lines[:kept], *more]) + "\n"


def _summary(merged: Merged, words: Words) -> str:
    return words.say(
        "MERGED-SUMMARY",
        organisations=words.number(len({one.organisation for one in merged.lines})),
        systems=words.number(len(merged.lines)),
        changes=words.number(sum(len(one.changes) for one in merged.lines)),
        removing=words.number(sum(len(one.removing) for one in merged.lines)),
        errors=words.number(sum(merged.errors.values())),
    )


def _missing(merged: Merged, words: Words) -> list[str]:
    said = [words.say("MERGED-MISSING", job=job) for job in merged.missing]
    said += [words.say("MERGED-UNREADABLE", job=job) for job in merged.unreadable]
    return [*(f"- {_text(one)}" for one in said), *([""] if said else [])]


def _errors(merged: Merged, words: Words) -> list[str]:
    said = [
        words.say("MERGED-ERROR", organisation=organisation, error=code, n=words.number(number))
        for (organisation, code), number in merged.errors.items()
    ]
    return [*(f"- {_text(one)}" for one in said), *([""] if said else [])]


def _table(merged: Merged, words: Words) -> Iterable[str]:
    if not merged.lines:
        return
    heads = ("ORGANISATION", "SYSTEM", "CHANGES", "REMOVING", "HELD", "FAILED", "SCHOOLS")
    yield f"| {' | '.join(_text(words.say(f'MERGED-HEAD-{head}')) for head in heads)} |"
    yield f"|{'---|' * len(heads)}"
    for one in merged.lines:
        counts = (one.changes, one.removing, one.held, one.failed, one.schools)
        cells = [_text(one.organisation), _text(one.backend), *(words.number(len(count)) for count in counts)]
        yield f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    return escape_markdown(text)
