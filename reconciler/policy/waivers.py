"""What exceptions do on a day: one reading of them, for the command line, the plan, CI and the report. Pure.

An exception excuses a breach; it never makes one. What was met stays met, what could not be evaluated stays so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from typing import Final

from reconciler.compile.dates import holds
from reconciler.compile.ledger import Day
from reconciler.model.desired import DesiredState, GroupState, Layer
from reconciler.model.documents import Allowance, ExceptionGrant, PolicyTerms
from reconciler.model.finding import Finding, Severity
from reconciler.model.policy import Outcome, Subject, Verdict
from reconciler.model.slotted import dataclass

SOON: Final = timedelta(days=30)


class Standing(StrEnum):
    """Where an exception is on a day. One that lasts longer than the organisation allows excuses nothing."""

    NOT_BEGUN = "not-begun"
    IN_FORCE = "in-force"
    ENDING = "ending"
    EXPIRED = "expired"
    TOO_LONG = "too-long"


EXCUSES: Final = (Standing.IN_FORCE, Standing.ENDING)


def standing(grant: ExceptionGrant, terms: PolicyTerms, as_of: date) -> Standing:
    """What the exception is worth on the day; everything here and elsewhere asks this."""
    end = grant.span.end
    if end is None or end > latest_end(grant, terms, as_of):
        return Standing.TOO_LONG
    if end < as_of:
        return Standing.EXPIRED
    if not holds(grant.span, Day(as_of)):
        return Standing.NOT_BEGUN
    return Standing.ENDING if end - as_of <= _notice(grant, terms) else Standing.IN_FORCE


def latest_end(grant: ExceptionGrant, terms: PolicyTerms, as_of: date) -> date:
    """The last day that it may be written with: from its first day, else from the decision, else from today.

    A decision that is dated later than today makes no exception without a first day last longer.
    """
    decided = grant.decision.day if grant.decision else None
    first = grant.span.start or min(decided or as_of, as_of)
    return first + timedelta(days=terms.urgent_days if grant.ticket else terms.exception_days)


def _notice(grant: ExceptionGrant, terms: PolicyTerms) -> timedelta:
    """An urgent one is short: a week is soon enough, or it would be ending from its first day on."""
    return min(SOON, timedelta(days=terms.urgent_days // 4)) if grant.ticket else SOON


@dataclass(frozen=True, slots=True, kw_only=True)
class Waivers:
    """The exceptions from rules that hold on the day, by rule."""

    by_rule: Mapping[str, Sequence[ExceptionGrant]]

    def excuse(self, rule: str, subject: Subject) -> str:
        """The id of the exception that excuses this breach, or an empty text."""
        return next((one.id for one in self.by_rule.get(rule, ()) if covers(one, subject)), "")


def make_waivers(grants: Iterable[ExceptionGrant], terms: PolicyTerms, as_of: date) -> Waivers:
    """In the order of ids, so that the order of files doesn't matter."""
    found: dict[str, list[ExceptionGrant]] = {}
    for grant in sorted(grants, key=lambda one: one.id):
        if grant.rule is not None and standing(grant, terms, as_of) in EXCUSES:
            found.setdefault(grant.rule, []).append(grant)
    return Waivers(by_rule=found)


def covers(grant: ExceptionGrant, subject: Subject) -> bool:
    """Whether the exception names the subject itself, the group or the school that it is in."""
    return not {subject.id, subject.group, subject.school}.isdisjoint(grant.subjects)


def waive(verdicts: Iterable[Verdict], waivers: Waivers) -> Iterator[Verdict]:
    """The same verdicts, in order: a breach that an exception names becomes *waived*, nothing else changes."""
    for one in verdicts:
        excused = waivers.excuse(one.rule, one.subject) if one.outcome is Outcome.NOT_MET else ""
        yield replace(one, outcome=Outcome.WAIVED, waived_by=excused) if excused else one


def check_exceptions(grants: Iterable[ExceptionGrant], terms: PolicyTerms, as_of: date) -> Iterator[Finding]:
    """Expired, soon ending, too long: what the dates alone say."""
    for grant in grants:
        found = standing(grant, terms, as_of)
        end = grant.span.end
        if end is None or (grant.span.start and end < grant.span.start):
            continue  # no day, or the wrong way round: that has been said already, and the rest would follow from it
        if found is Standing.TOO_LONG:
            yield from _too_long(grant, terms, as_of)
        elif found is Standing.EXPIRED:
            yield _about(grant, "EXCEPTION-EXPIRED", end=end.isoformat(), days=str((as_of - end).days))
        elif found is Standing.ENDING:
            yield _about(grant, "EXCEPTION-ENDS", end=end.isoformat(), days=str((end - as_of).days))


def _about(grant: ExceptionGrant, code: str, severity: Severity = Severity.WARNING, **values: str) -> Finding:
    at = grant.at.child("id" if code == "EXCEPTION-POINTLESS" else "until")
    values = {"id": grant.id, "owner": grant.owner, **values}
    return Finding(code=code, severity=severity, place=at, subject=f"exception:{grant.id}", values=values)


def _too_long(grant: ExceptionGrant, terms: PolicyTerms, as_of: date) -> Iterator[Finding]:
    """One for each group that it would loosen, so that the loosening is held there."""
    latest = latest_end(grant, terms, as_of)
    days = terms.urgent_days if grant.ticket else terms.exception_days
    found = _about(
        grant,
        "EXCEPTION-TOO-LONG",
        Severity.ERROR,
        latest=latest.isoformat(),
        days=str(days),
        corrected=f'until: "{latest.isoformat()}"',
    )
    yield from (replace(found, subject=group) for group in grant.groups or (found.subject,))


def pointless_waivers(
    grants: Iterable[ExceptionGrant], verdicts: Sequence[Verdict], terms: PolicyTerms, as_of: date
) -> Iterator[Finding]:
    """Those from rules that excuse nothing. `verdicts` after waiving; where one could not be evaluated, nothing is said."""
    for grant in sorted(grants, key=lambda one: one.id):
        if grant.rule is None or standing(grant, terms, as_of) not in EXCUSES:
            continue
        about = [one.outcome for one in verdicts if one.rule == grant.rule and covers(grant, one.subject)]
        if not {Outcome.WAIVED, Outcome.NOT_MET, Outcome.NOT_EVALUATED} & set(about):
            yield _about(grant, "EXCEPTION-POINTLESS", what=grant.rule)


def pointless_loosenings(
    grants: Iterable[ExceptionGrant], state: DesiredState, terms: PolicyTerms
) -> Iterator[Finding]:
    """Those for settings and apps that no group makes use of."""
    used = {name for group in state.groups.values() for name in _exceptions_used(group)}
    for grant in sorted(grants, key=lambda one: one.id):
        what = grant.setting or grant.app
        if what and grant.id not in used and standing(grant, terms, state.as_of) in EXCUSES:
            yield _about(grant, "EXCEPTION-POINTLESS", what=what)


def _exceptions_used(group: GroupState) -> Iterator[str]:
    effective = group.effective
    apps = (origin for one in effective.apps.values() for origin in one.origins)
    settings = (origin for one in effective.settings.values() for origin in one.origins)
    return (origin.owner for origin in chain(apps, settings) if origin.layer is Layer.EXCEPTION)


def check_allowances(
    allowances: Iterable[Allowance],
    pending: Mapping[str, Iterable[tuple[str, tuple[str, str] | None]]],
    as_of: date,
) -> Iterator[Finding]:
    """Leave to pass a limit that has ended, or is *spent*: what it names is live, or no longer wanted.

    `pending`: by backend that was read whole, what its plan still holds or would do, as fingerprint and move (source,
    into) or None. Of a backend that is not in it nothing is said.
    """
    left = {backend: list(changes) for backend, changes in pending.items()}
    for one in allowances:
        values = {"id": one.id, "end": one.until.isoformat()}
        if one.until < as_of:
            yield _leave(one, "ALLOWANCE-EXPIRED", "until", values)
        elif one.backend in left and not _still_needed(one, left[one.backend]):
            yield _leave(one, "ALLOWANCE-SPENT", "id", values)


def _still_needed(one: Allowance, changes: Iterable[tuple[str, tuple[str, str] | None]]) -> bool:
    moves = {(move.source, move.into) for move in one.envelopes}
    return any(fingerprint in one.fingerprints or (move is not None and move in moves) for fingerprint, move in changes)


def _leave(one: Allowance, code: str, key: str, values: Mapping[str, str]) -> Finding:
    subject = f"allowance:{one.id}"
    return Finding(code=code, severity=Severity.INFO, place=one.at.child(key), subject=subject, values=values)
