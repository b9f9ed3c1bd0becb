"""Assignments of apps: `assign` replaces the whole set; single rows can be added, changed and deleted as well."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.graph.call import Answer, Call, GraphError, intune_error, page
from reconciler.sandbox.graph.intune.routing import body_of, context, missing, unrouted
from reconciler.sandbox.graph.intune.state import IntuneState, Record, new_id
from reconciler.sandbox.graph.intune.targets import kept_target, same_target, shown_row, without_repeats
from reconciler.sandbox.graph.intune.types import PREFIX, check, type_name

PAGE = 1000
_WITHOUT_SETTINGS = frozenset(
    ("webApp", "windowsWebApp", "iosiPadOSWebClip", "macOSWebClip", "officeSuiteApp", "macOSOfficeSuiteApp")
)


def assign(state: IntuneState, call: Call, app: Record) -> Answer:
    """Every row that the body leaves out is gone (Intune-PowerShell-SDK issue 70: a user lost 103)."""
    _check_published(app)
    rows = body_of(call).get("mobileAppAssignments")
    if not isinstance(rows, list) or set(call.body or {}) != {"mobileAppAssignments"}:
        raise GraphError(400, "BadRequest", "The parameter 'mobileAppAssignments' of the action 'assign' is required.")
    before = state.assignments.get(app["id"], ())
    kept = without_repeats(_kept(state, call, app, row, before) for row in rows)
    if rows or call.options.empty_assign == "clear":
        state.assignments[app["id"]] = tuple({"id": _row_id(state, call, row, before), **row} for row in kept)
    return Answer(status=204)


def _kept(state: IntuneState, call: Call, app: Record, row: Any, before: tuple[Record, ...]) -> Record:
    """A posted row as it is stored, without an id. `source` can't be written: it stays what the target had."""
    if not isinstance(row, dict):
        raise GraphError(400, "BadRequest", "An object was expected in 'mobileAppAssignments'.")
    check(call.version, "mobileAppAssignment", row)
    target = kept_target(state, call, row.get("target"), before)
    source = next((old for old in before if same_target(old["target"], target)), {})
    return {
        "@odata.type": PREFIX + "mobileAppAssignment",
        "intent": row.get("intent") or "available",
        "source": source.get("source", "direct"),
        "sourceId": source.get("sourceId", ""),
        "target": target,
        "settings": _kept_settings(app, row.get("settings")),
    }


def _kept_settings(app: Record, settings: Record | None) -> Record | None:
    """Settings belong to the type of app; 400 with those of another."""
    if settings is None:
        return None
    name, wanted = type_name(settings), f"{type_name(app)}AssignmentSettings"
    if name != wanted or type_name(app) in _WITHOUT_SETTINGS:
        raise intune_error(400, f"The assignment settings {name} are not supported for this app type.")
    return {**settings, "@odata.type": PREFIX + name}


def _row_id(state: IntuneState, call: Call, row: Record, before: tuple[Record, ...]) -> str:
    old = next((old["id"] for old in before if same_target(old["target"], row["target"])), "")
    return old if old and call.options.assignment_ids == "kept" else new_id(state, "assignment")


def _check_published(app: Record) -> None:
    if app["publishingState"] != "published":
        raise intune_error(400, f"The app {app['id']} is not published and can't be assigned.")


def answer_assignments(state: IntuneState, call: Call, app: Record, rest: tuple[str, ...]) -> Answer:
    """`/assignments` of an app and below it."""
    rows = state.assignments.get(app["id"], ())
    where = context(call, f"deviceAppManagement/mobileApps('{app['id']}')/assignments")
    if not rest and call.verb == "GET":
        body = where | page(rows, call, PAGE, PAGE)
        body["value"] = [shown_row(call, row) for row in body["value"]]
        return Answer(status=200, body=body)
    if not rest and call.verb == "POST":
        return Answer(status=201, body=where | shown_row(call, _add(state, call, app)))
    if len(rest) != 1 or call.verb not in ("GET", "PATCH", "DELETE"):
        raise unrouted(call)
    row = next((row for row in rows if row["id"] == rest[0]), None)
    if row is None:
        raise missing(rest[0])
    if call.verb == "DELETE":
        state.assignments[app["id"]] = tuple(each for each in rows if each is not row)
        return Answer(status=204)
    if call.verb == "PATCH":
        row = _change(state, call, app, row)
    return Answer(status=200, body=where | shown_row(call, row))


def _add(state: IntuneState, call: Call, app: Record) -> Record:
    _check_published(app)
    rows = state.assignments.get(app["id"], ())
    row = _kept(state, call, app, body_of(call), ())
    if any(same_target(row["target"], other["target"]) for other in rows):
        raise intune_error(400, "An assignment for this target exists already.")
    row = {"id": new_id(state, "assignment"), **row}
    state.assignments[app["id"]] = (*rows, row)
    return row


def _change(state: IntuneState, call: Call, app: Record, row: Record) -> Record:
    """The target can be changed with the rest; what the body leaves out stays."""
    rows = state.assignments[app["id"]]
    posted = {name: row[name] for name in ("intent", "target", "settings")} | body_of(call)
    check(call.version, "mobileAppAssignment", body_of(call))
    kept = {
        **row,
        "intent": posted["intent"],
        "target": kept_target(state, call, posted["target"], (row,)),
        "settings": _kept_settings(app, posted["settings"]),
    }
    state.assignments[app["id"]] = tuple(kept if each is row else each for each in rows)
    return kept
