"""The sandbox's own paths, for tests and the command line: everything below `/_sandbox/`."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import flask

from reconciler.sandbox.faults import FaultQueue, parse_fault
from reconciler.sandbox.google import state as google
from reconciler.sandbox.google.effective import SESSIONS, effective
from reconciler.sandbox.google.service import Tenant
from reconciler.sandbox.graph import service as graph
from reconciler.sandbox.graph.intune.effective import effective_device
from reconciler.sandbox.graph.seed import devices_by_serial, find_group, members_by_serial
from reconciler.sandbox.graph.state import groups_of
from reconciler.sandbox.options import change_options
from reconciler.sandbox.seed_file import edit
from reconciler.sandbox.state import State, dump, load
from reconciler.sandbox.zentral import service as zentral
from reconciler.sandbox.zentral.edits import members as serials_of_tag
from reconciler.sandbox.zentral.effective import effective_device as zentral_device

if TYPE_CHECKING:
    from reconciler.sandbox.app import Sandbox


def control(sandbox: Sandbox) -> flask.Blueprint:
    """Routes on one sandbox. A bad request is answered 400 with `{"error": …}`."""
    blueprint = flask.Blueprint("control", __name__, url_prefix="/_sandbox")
    rules = {
        "/reset": ("POST", reset),
        "/seed": ("POST", seed),
        "/state": ("GET", lambda sandbox: flask.Response(current(sandbox), content_type="application/json")),
        "/requests": ("GET", lambda sandbox: flask.jsonify(sandbox.log)),
        "/faults": ("POST", add_fault),
        "/clock": ("POST", move_clock),
        "/options": ("POST", set_options),
        "/perturb": ("POST", make_edits),
        "/google/effective": ("GET", show_effective),
        "/intune/effective": ("GET", show_device),
        "/intune/members": ("GET", show_members),
        "/zentral/effective": ("GET", show_zentral_device),
        "/zentral/members": ("GET", show_tagged),
    }
    for path, (method, view) in rules.items():
        blueprint.add_url_rule(path, path[1:], _locked(sandbox, view), methods=[method])
    blueprint.add_url_rule("/requests", "forget", _locked(sandbox, forget_requests), methods=["DELETE"])
    blueprint.add_url_rule("/faults", "calm", _locked(sandbox, forget_faults), methods=["DELETE"])
    blueprint.add_url_rule("/faults", "queue", _locked(sandbox, show_faults), methods=["GET"])
    blueprint.add_url_rule("/clock", "time", _locked(sandbox, show_clock), methods=["GET"])
    blueprint.add_url_rule("/options", "switches", _locked(sandbox, show_options), methods=["GET"])
    return blueprint


def _locked(sandbox: Sandbox, view: Any) -> Any:
    def answer() -> flask.Response:
        with sandbox.lock:
            try:
                found: flask.Response = view(sandbox)
            except ValueError as error:
                found = flask.jsonify({"error": str(error)})
                found.status_code = 400
            return found

    return answer


def _json() -> dict[str, Any]:
    data = flask.request.get_json(force=True, silent=True)
    if not isinstance(data, dict):
        raise ValueError("the body must be a JSON object")
    return data


def current(sandbox: Sandbox) -> str:
    """The canonical dump."""
    return dump(_state(sandbox))


def _state(sandbox: Sandbox) -> State:
    return State(google=sandbox.google.state, graph=sandbox.graph.state, zentral=sandbox.zentral.state)


def reset(sandbox: Sandbox) -> flask.Response:
    """Back to the last seed; quotas, faults, log and issued tokens are forgotten, time and options stay."""
    state = load(json.loads(sandbox.origin))
    sandbox.google = Tenant(state=state.google)
    sandbox.graph = graph.Tenant(state=state.graph)
    sandbox.zentral = zentral.Tenant(state=state.zentral)
    sandbox.faults = FaultQueue()
    sandbox.log.clear()
    return flask.jsonify({})


def seed(sandbox: Sandbox) -> flask.Response:
    """Takes a state dump (`reconciler.sandbox.seed` makes it of a seed file) and makes it the origin."""
    sandbox.origin = dump(load(_json()))
    return reset(sandbox)


def forget_requests(sandbox: Sandbox) -> flask.Response:
    sandbox.log.clear()
    return flask.jsonify({})


def add_fault(sandbox: Sandbox) -> flask.Response:
    """One fault, as the fields of `faults.Fault`."""
    sandbox.faults.add(parse_fault(_json()))
    return show_faults(sandbox)


def show_faults(sandbox: Sandbox) -> flask.Response:
    return flask.jsonify([dataclasses.asdict(fault) | {"matched": count} for fault, count in sandbox.faults.waiting])


def forget_faults(sandbox: Sandbox) -> flask.Response:
    sandbox.faults = FaultQueue()
    return flask.jsonify([])


def show_clock(sandbox: Sandbox) -> flask.Response:
    return flask.jsonify({"now": sandbox.clock.now()})


def move_clock(sandbox: Sandbox) -> flask.Response:
    """`{"advance": seconds}`."""
    seconds = _json().get("advance")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds < 0:
        raise ValueError("advance must be a number of seconds, not negative")
    sandbox.clock.advance(seconds)
    return show_clock(sandbox)


def show_options(sandbox: Sandbox) -> flask.Response:
    return flask.jsonify(dataclasses.asdict(sandbox.options))


def set_options(sandbox: Sandbox) -> flask.Response:
    """Some switches by name."""
    sandbox.options = change_options(sandbox.options, _json())
    return show_options(sandbox)


def make_edits(sandbox: Sandbox) -> flask.Response:
    """Edits by hand, as a seed's `perturbations`: one, or a list. Those before a bad one stay made."""
    data = flask.request.get_json(force=True, silent=True)
    state = _state(sandbox)
    for item in data if isinstance(data, list) else [data]:
        edit(state, item)
    return flask.jsonify({})


def show_device(sandbox: Sandbox) -> flask.Response:
    """What the device of a `serial` ends up with; `user_group` (may repeat) names the groups of the user at it.

    The groups' names, and the last enrolment where a serial number was enrolled twice.
    """
    state = sandbox.graph.state
    ids = devices_by_serial(state).get(flask.request.args.get("serial", ""))
    if not ids:
        raise ValueError("no device of this serial number is in the directory")
    groups = tuple(find_group(state, each).id for each in flask.request.args.getlist("user_group"))
    held = sorted(state.groups[group].name for group in groups_of(state, ids[-1]))
    return flask.jsonify(dataclasses.asdict(effective_device(state, ids[-1], groups)) | {"groups": held})


def show_members(sandbox: Sandbox) -> flask.Response:
    """Serial numbers of the devices in a `group`."""
    return flask.jsonify(members_by_serial(sandbox.graph.state, flask.request.args.get("group", "")))


def show_zentral_device(sandbox: Sandbox) -> flask.Response:
    """What the device of a `serial` ends up with; its last enrolment where it was enrolled twice."""
    state, serial = sandbox.zentral.state, flask.request.args.get("serial", "")
    if not any(device.serial == serial for device in state.devices.values()):
        raise ValueError("no device of this serial number is enrolled")
    return flask.jsonify(dataclasses.asdict(zentral_device(state, serial)))


def show_tagged(sandbox: Sandbox) -> flask.Response:
    """Serial numbers that have a `tag`."""
    return flask.jsonify(serials_of_tag(sandbox.zentral.state, flask.request.args.get("tag", "")))


def show_effective(sandbox: Sandbox) -> flask.Response:
    """`user_ou` and `device_ou` by path or `id:…`, `group` by e-mail (may repeat, strongest first), `session`."""
    state = sandbox.google.state
    device = _org_unit(state, flask.request.args.get("device_ou", "/"))
    session = flask.request.args.get("session", "user")
    if session not in SESSIONS:
        raise ValueError(f"unknown session {session!r}")
    emails = {group.email: group.id for group in state.groups.values()}
    if missing := [each for each in flask.request.args.getlist("group") if each not in emails]:
        raise ValueError(f"unknown group {missing[0]!r}")
    return flask.jsonify(
        effective(
            state,
            user=_org_unit(state, flask.request.args.get("user_ou", "/")),
            device=device,
            groups=tuple(emails[each] for each in flask.request.args.getlist("group")),
            session=session,
            full_enum_names=sandbox.options.full_enum_names,
        )
    )


def _org_unit(state: google.GoogleState, reference: str) -> str:
    unit = google.find_org_unit(state, reference)
    if unit is None:
        raise ValueError(f"unknown org unit {reference!r}")
    return unit.id
