"""Whether the licences of an app are enough when one more group gets it: counted in the files, and said where they can't say."""

from dataclasses import replace

from reconciler.catalogue.add_to_school import Meant
from reconciler.model.desired import DesiredState
from reconciler.model.finding import Finding, Severity
from reconciler.model.vetting import Vetting, vetting_of
from reconciler.review.records import users_of
from reconciler.review.seats import Seats, seats_of


def check_seats(meant: Meant, before: DesiredState, after: DesiredState) -> Finding:
    """An error where the group would take more licences than there are; else what is known, as information."""
    record = vetting_of(meant.app)
    now = _counted(record, after)
    if now is None:
        site = record.cost is not None and record.cost.licence == "site"
        return _said("ADD-SEATS-SITE" if site else "ADD-SEATS-FREE", meant)
    if now.owned is None:
        devices = meant.group.devices
        expected = str(devices.expected) if devices and devices.expected is not None else "?"
        return _said("ADD-SEATS-UNKNOWN", meant, expected=expected)
    was = _counted(record, before)
    return _compared(meant, now, now.owned, was.needed if was is not None else 0)


def _counted(record: Vetting, state: DesiredState) -> Seats | None:
    return seats_of(record, users_of(state).by_app.get(record.id, ()))


def _compared(meant: Meant, now: Seats, owned: int, before: int) -> Finding:
    """A group that has the app already takes no licence more, though there may be too few of them."""
    numbers = {"owned": str(owned), "needed": str(now.needed), "more": str(now.needed - before)}
    if now.short and now.needed > before:
        found = _said(f"ADD-SEATS-FEW-{now.unit.upper()}", meant, short=str(now.short), **numbers)
        return replace(found, severity=Severity.ERROR, place=meant.app.at.child("cost", "seats"))
    if now.silent:
        return _said("ADD-SEATS-PARTLY", meant, places=", ".join(now.silent[:8]), **numbers)
    return _said("ADD-SEATS-ENOUGH", meant, **numbers)


def _said(code: str, meant: Meant, **values: str) -> Finding:
    named = {"app": meant.app.name, "group": meant.group.name, **values}
    return Finding(code=code, severity=Severity.INFO, place=None, subject=meant.key, values=named)
