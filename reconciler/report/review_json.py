"""A review for other programs: one document whose shape stays (`format` 1; keys may be added). Pure.

    {"format": 1, "base": "origin/main", "as_of": "2026-11-22", "looked_until": "2027-08-16",
     "compared": true,          false: there is nothing below but `summary`, `unread`, `refused`
     "empty": false,            true: nothing changes for anybody
     "summary": ["…", "…", "…"],
     "apps": [{id, name, action: added|removed|changed, called, status, was, decision, decided_anew, off_agenda, request,
               conditions, conditions_were, withdrawn_from, missing, lacking, fields: [FIELD], use: REACH, used: REACH, cost: COST, costed: COST}],
     "wishes": [{kind: app|setting|raw, id, within, audience, before, after, from, until, tightness: tighter|looser|"",
                 loses, reach: REACH, origins: [{layer, owner}]}],
     "changes": [{area: mgn|rule|exception|calendar|limit|approvals|meeting|baseline|shared|school|group|organisation,
                  action, id, name, facts: [{code, values}], fields: [FIELD], decision, reach: REACH|null}],
     "costs": [{from, before: COST, after: COST, silent_before, silent_after, apps: [{app, name, before, after, seats: SEATS|null}]}],
     "approvals": [{owner: it|education|data-protection|app-managers:<school>, areas, touched: [{file, what, how: added|changed|removed}]}],
     "reach": REACH,
     "unread": [FINDING], "unread_before": [file], "errors": [FINDING], "refused": [FINDING]}

    FIELD: {key: "cost.price", before, after, hidden}      values as in the files; null where there is none or it is hidden
    REACH: {schools, groups, devices, pupils, silent_devices, silent_pupils}     `devices` and `pupils` by the files
    COST: {yearly: {payer: kronor}, once: {payer: kronor}, unknown: {reason: [where]}}     kronor as text, payer "" unknown
    SEATS: {unit: device|user, owned, needed, silent: [where]}     licences after; `needed` by the files, more where any are silent
    FINDING: as `validate --format json` has them

`summary` is in the run's language; everything else but the findings' messages is in the words of the files. A day that isn't
said is null: `from` null is at once, `until` null for good.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from reconciler.model.finding import Finding
from reconciler.model.mgn import Decided
from reconciler.model.place import Locate
from reconciler.model.vetting import Decision, Request
from reconciler.report.escape import json_document
from reconciler.report.findings import format_findings
from reconciler.review.approvals import Approval
from reconciler.review.differing import Difference
from reconciler.review.money import Cost
from reconciler.review.people import Reach
from reconciler.review.records import AppChange
from reconciler.review.review import CostChange, Review
from reconciler.review.seats import Seats
from reconciler.review.told import Told
from reconciler.review.wishes import WishChange

FORMAT = 1


def review_json(
    review: Review | None,
    summary: Sequence[str],
    locate: Locate,
    lang: str,
    *,
    base: str,
    unread: Iterable[Finding] = (),
    unread_before: Sequence[str] = (),
    errors: Iterable[Finding] = (),
    refused: Iterable[Finding] = (),
) -> str:
    """One JSON document, ending in a line break."""
    head: dict[str, Any] = {"format": FORMAT, "base": base, "compared": review is not None, "summary": list(summary)}
    return json_document(
        {
            **head,
            **(_review(review) if review else {}),
            "unread": _findings(unread, locate, lang),
            "unread_before": list(unread_before),
            "errors": _findings(errors, locate, lang),
            "refused": _findings(refused, locate, lang),
        }
    )


def _findings(found: Iterable[Finding], locate: Locate, lang: str) -> Any:
    return json.loads(format_findings(found, locate, lang, "json"))["findings"]


def _review(review: Review) -> dict[str, Any]:
    return {
        "as_of": review.as_of.isoformat(),
        "looked_until": review.looked_until.isoformat(),
        "empty": review.empty,
        "reach": _reach(review.reach),
        "apps": [_app(one) for one in review.apps],
        "wishes": [_wish(one) for one in review.wishes],
        "changes": [_told(one) for one in review.told],
        "costs": [_costs(one) for one in review.costs],
        "approvals": [_approval(one) for one in review.approvals],
    }


def _approval(one: Approval) -> dict[str, Any]:
    touched = [{"file": each.file, "what": each.what, "how": each.how} for each in one.touched]
    return {"owner": one.owner, "areas": list(one.areas), "touched": touched}


def _app(one: AppChange) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "action": one.action,
        "called": one.called or None,
        "status": one.status or None,
        "was": one.was or None,
        "decision": _council(one.decision) if one.decision else None,
        "decided_anew": one.decided_anew,
        "off_agenda": one.off_agenda,
        "request": _request(one.request) if one.request else None,
        "conditions": list(one.conditions),
        "conditions_were": list(one.conditions_were),
        "withdrawn_from": one.withdrawn_from or None,
        "missing": list(one.missing),
        "lacking": list(one.lacking),
        "fields": [_field(each) for each in one.fields],
        "use": _reach(one.use),
        "used": _reach(one.used),
        "cost": _cost(one.cost),
        "costed": _cost(one.costed),
    }


def _council(one: Decision) -> dict[str, Any]:
    return {
        "meeting": _day(one.meeting),
        "reference": one.reference,
        "reason": one.reason,
        "for": one.votes_for,
        "against": one.votes_against,
    }


def _request(one: Request) -> dict[str, Any]:
    return {"by": one.by, "school": one.school or None, "need": one.need}


def _wish(one: WishChange) -> dict[str, Any]:
    return {
        "kind": one.wish.kind,
        "id": one.wish.id,
        "within": one.wish.within,
        "audience": one.audience,
        "before": one.before,
        "after": one.after,
        "from": _day(one.start),
        "until": _day(one.end),
        "tightness": one.tightness,
        "loses": one.loses,
        "reach": _reach(one.reach),
        "origins": [{"layer": origin.layer.value, "owner": origin.owner} for origin in one.origins],
    }


def _told(one: Told) -> dict[str, Any]:
    return {
        "area": one.area,
        "action": one.action,
        "id": one.id,
        "name": one.name,
        "facts": [{"code": fact.code, "values": dict(fact.values)} for fact in one.facts],
        "fields": [_field(each) for each in one.differences],
        "decision": _decided(one.decision) if one.decision else None,
        "reach": _reach(one.reach) if one.reach else None,
    }


def _decided(one: Decided) -> dict[str, Any]:
    return {"body": one.body, "day": _day(one.day), "reference": one.reference}


def _field(one: Difference) -> dict[str, Any]:
    return {"key": ".".join(one.path), "before": one.before, "after": one.after, "hidden": one.hidden}


def _reach(one: Reach) -> dict[str, Any]:
    return {
        "schools": list(one.schools),
        "groups": list(one.groups),
        "devices": one.devices,
        "pupils": one.pupils,
        "silent_devices": list(one.silent_devices),
        "silent_pupils": list(one.silent_pupils),
    }


def _costs(one: CostChange) -> dict[str, Any]:
    rows = [
        {
            "app": row.app,
            "name": row.name,
            "before": _cost(row.before),
            "after": _cost(row.after),
            "seats": _seats(row.seats) if row.seats else None,
        }
        for row in one.rows
    ]
    return {
        "from": _day(one.day),
        "before": _cost(one.before),
        "after": _cost(one.after),
        "silent_before": list(one.silent_before),
        "silent_after": list(one.silent_after),
        "apps": rows,
    }


def _cost(one: Cost) -> Mapping[str, Any]:
    """Kronor as text: a price may have öre, and a number in JSON is no decimal."""
    return {
        "yearly": {payer: _kronor(amount) for payer, amount in sorted(one.yearly.items())},
        "once": {payer: _kronor(amount) for payer, amount in sorted(one.once.items())},
        "unknown": {why: list(places) for why, places in one.unknown.items()},
    }


def _seats(one: Seats) -> Mapping[str, Any]:
    return {"unit": one.unit, "owned": one.owned, "needed": one.needed, "silent": list(one.silent)}


def _kronor(amount: Decimal) -> str:
    """`4455`, `4455.50`."""
    return str(int(amount)) if amount == int(amount) else f"{amount:.2f}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
