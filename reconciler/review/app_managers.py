"""Lines that a school's own app managers approve: approved apps added to its groups on the council's terms. Pure.

The same terms as `catalogue add-to-school` asks of. What the base says decides, so that nobody gets the app approved, the
group changed or the app managers replaced by the change that they then approve.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from reconciler.catalogue.add_to_school import MODES, Meant, objections, standing
from reconciler.catalogue.checks import check_catalogue
from reconciler.catalogue.ownership import Touched
from reconciler.model.documents import App, AppLine, Documents, Group, School, Span
from reconciler.model.finding import is_error
from reconciler.model.vetting import vetting_of
from reconciler.review.approvals import ByOwner
from reconciler.review.records import users_of
from reconciler.review.seats import seats_of
from reconciler.review.wishes import Day
from reconciler.trust.owners import APP_MANAGERS, team_of

_TOLD: Final = "education"
"""Whose a group's apps are otherwise."""


def with_app_managers(touched: ByOwner, base: Documents, head: Documents, day: Day) -> ByOwner:
    """The places by owner, those of such lines with `app-managers:<school>`. `day` has both revisions compiled."""
    handed = [(group, f"{APP_MANAGERS}{school.id}") for school, group in _theirs(base, head, day)]
    found: dict[str, list[Touched]] = {owner: [] for owner in touched}
    for owner, places in touched.items():
        for one in places:
            own = next((who for group, who in handed if owner == _TOLD and _is_in_apps(one, group)), owner)
            found.setdefault(own, []).append(one)
    return {owner: tuple(places) for owner, places in found.items() if places}


def _is_in_apps(one: Touched, group: Group) -> bool:
    path = (*group.at.path, "apps")
    return one.at.file == group.at.file and one.at.path[: len(path)] == path


def _theirs(base: Documents, head: Documents, day: Day) -> Iterator[tuple[School, Group]]:
    """Groups whose apps differ by nothing but such lines."""
    schools = {one.id: one for one in base.schools}
    found = [
        (school, was, group, before, added)
        for school in head.schools
        if (was := schools.get(school.id)) is not None and team_of(was.roles.get("app_managers"))
        for group in school.groups
        if (before := next((one for one in was.groups if one.id == group.id), None)) is not None
        if (added := _added(before.wishes.apps, group.wishes.apps))
    ]
    wrong = _wrong(base, day) if found else frozenset()
    for school, was, group, before, added in found:
        old, new = (_Side(documents=base, school=was, group=before), _Side(documents=head, school=school, group=group))
        if all(_is_on_terms(line, old, new, day, wrong) for line in added):
            yield school, group


def _added(before: Iterable[AppLine], after: Iterable[AppLine]) -> tuple[AppLine, ...]:
    """The lines that are more; none where any other line is another, or a new one has a day or a session of its own."""
    old, new = ([(_what(one), one) for one in lines] for lines in (before, after))
    known, kept = [what for what, _ in old], [what for what, _ in new]
    added = tuple(one for what, one in new if what not in known)
    return added if all(what in kept for what in known) and all(map(_is_plain, added)) else ()


def _is_plain(one: AppLine) -> bool:
    return one.mode in MODES and one.session == "user" and not one.pinned and one.span == Span()


def _what(line: AppLine) -> tuple[object, ...]:
    return line.app, line.mode, line.session, line.pinned, line.span


def _wrong(base: Documents, day: Day) -> frozenset[str]:
    """Subjects with errors: a decision that doesn't hold lets nobody take the app."""
    return frozenset(one.subject for one in check_catalogue(base, day.day) if is_error(one))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One revision's documents, with the school and the group in it."""

    documents: Documents
    school: School
    group: Group

    def meant(self, name: str) -> Meant | None:
        app = next((one for one in self.documents.apps if name in (one.id, *one.previously)), None)
        return Meant(school=self.school, group=self.group, app=app) if app is not None else None


def _is_on_terms(line: AppLine, old: _Side, new: _Side, day: Day, wrong: frozenset[str]) -> bool:
    was, now = old.meant(line.app), new.meant(line.app)
    if was is None or now is None or f"app:{was.app.id}" in wrong:
        return False
    if any(True for one in (was, now) for _ in objections(one, day.day)):
        return False
    state = day.base.groups.get(was.key)
    there = standing(was, state, line.mode) if state is not None else None
    return state is not None and not (there is not None and is_error(there)) and _has_licences(was.app, now.app, day)


def _has_licences(was: App, now: App, day: Day) -> bool:
    """Whether those of the base are enough, as far as anybody has written how many there are."""
    record = vetting_of(was)
    before, after = (
        seats_of(record, users_of(state).by_app.get(name, ()))
        for state, name in ((day.base, was.id), (day.head, now.id))
    )
    return after is None or not after.short or after.needed <= (before.needed if before is not None else 0)
