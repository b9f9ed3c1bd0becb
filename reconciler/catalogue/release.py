"""A release: approved apps that a baseline gives from a day on, ring by ring, and what that is to each school. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reconciler.catalogue.naming import no_such_app
from reconciler.catalogue.status_words import in_words
from reconciler.model.desired import DesiredState
from reconciler.model.documents import App, Baseline, Documents, Organisation
from reconciler.model.finding import Finding, Severity
from reconciler.model.mgn import Decided
from reconciler.policy.app_facts import APPROVED, GETS
from reconciler.policy.decided_changes import is_new


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """`start` holds for every ring that `rings` doesn't name; without it, those rings don't get the apps yet.

    `decision` is by what the baseline is changed: one that somebody has decided on changes by another decision.
    """

    baseline: str
    apps: tuple[str, ...]
    mode: str = "available"
    start: date | None = None
    rings: Mapping[str, date] = field(default_factory=dict)
    decision: Decided | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """Every day on which somebody gets something, the first one first."""
        return tuple(sorted({*self.rings.values(), *([self.start] if self.start else [])}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """One group that gets one app, from a day on."""

    school: str
    group: str
    app: str
    mode: str
    day: date


def line_of(release: Release, app: str, organisation: Organisation) -> Mapping[str, object]:
    """The baseline's new line, as data: dated, and by ring where the days differ."""
    if not release.rings:
        return {"app": app, "from": release.start}
    dates = {ring.id: release.rings.get(ring.id, release.start) for ring in organisation.rings}
    return {"app": app, "rings": {ring: day for ring, day in dates.items() if day}}


def refusals(documents: Documents, release: Release, today: date) -> Iterator[Finding]:
    """Why it may not be made: every reason at once."""
    own = {one.id: one for one in documents.baselines if not one.shared}
    baseline = own.get(release.baseline)
    if baseline is None:
        known = ", ".join(sorted(own))
        yield _refusal("RELEASE-NO-BASELINE", name=release.baseline, known=known)
    elif baseline.decision is not None and not is_new(release.decision, baseline.decision):
        yield Finding(
            code="RELEASE-NO-DECISION",
            severity=Severity.ERROR,
            place=baseline.at.child("decision"),
            subject=f"baseline:{baseline.id}",
            values={"baseline": baseline.id, "body": baseline.decision.body, "reference": baseline.decision.reference},
        )
    decided = release.decision.day if release.decision else None
    if decided is not None and decided > today:
        yield _refusal("RELEASE-NOT-DECIDED-YET", date=decided.isoformat(), today=today.isoformat())
    yield from _ring_refusals(documents.organisation, release)
    if release.days and release.days[0] < today:
        yield _refusal("RELEASE-IN-THE-PAST", date=release.days[0].isoformat(), today=today.isoformat())
    apps = {app.id: app for app in documents.apps}
    for name in release.apps:
        found = apps.get(name)
        if found is None:
            yield no_such_app(name, apps)
        else:
            yield from _app_refusals(found, release, baseline)


def _ring_refusals(organisation: Organisation, release: Release) -> Iterator[Finding]:
    known = [ring.id for ring in organisation.rings]
    for ring in release.rings:
        if ring not in known:
            yield _refusal("RELEASE-NO-RING", name=ring, known=", ".join(known) or "–")


def _app_refusals(app: App, release: Release, baseline: Baseline | None) -> Iterator[Finding]:
    if app.status not in APPROVED:
        yield _refusal("RELEASE-NOT-APPROVED", app=app.name, id=app.id, **in_words(status=app.status))
    line = next((one for one in baseline.wishes.apps if one.app == app.id), None) if baseline else None
    if line is not None:
        yield Finding(
            code="RELEASE-ALREADY",
            severity=Severity.ERROR,
            place=line.at,
            subject=f"baseline:{release.baseline}",
            values={"app": app.id, "baseline": release.baseline, "mode": line.mode},
        )


def _refusal(code: str, **values: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=None, values=values)


def gains(apps: Sequence[str], by_day: Iterable[tuple[DesiredState, DesiredState]]) -> tuple[Gain, ...]:
    """Who gets what when: the groups that have an app in the second state of a day's pair and not in the first.

    Pairs come in the order of their days; a group is named with the first day alone.
    """
    found: dict[tuple[str, str], Gain] = {}
    for before, after in by_day:
        for key, state in after.groups.items():
            had = _had(before, key)
            for entry in state.effective.apps.values():
                if entry.app in apps and entry.mode in GETS and (entry.app, entry.mode) not in had:
                    gain = Gain(school=state.school.id, group=key, app=entry.app, mode=entry.mode, day=after.as_of)
                    found.setdefault((key, entry.app), gain)
    return tuple(found.values())


def _had(before: DesiredState, key: str) -> set[tuple[str, str]]:
    group = before.groups.get(key)
    return {(entry.app, entry.mode) for entry in group.effective.apps.values()} if group else set()
