"""`deviceAppManagement/vppTokens`: tokens of Apple's volume purchases, syncs that take a while, and licence counts that wait for them."""

from __future__ import annotations

import dataclasses

from reconciler.sandbox.graph.call import Answer, Call, intune_error, page
from reconciler.sandbox.graph.intune.effective import licensed_devices
from reconciler.sandbox.graph.intune.querying import select
from reconciler.sandbox.graph.intune.routing import context, missing, no_segment, unrouted
from reconciler.sandbox.graph.intune.state import IntuneState, Record, Waiting, moment
from reconciler.sandbox.graph.intune.types import PREFIX, shown
from reconciler.sandbox.graph.state import GraphState

_TYPE = "vppToken"
_SECRET = "token"  # noqa: S105 - the property that is never returned in clear
_BETA = ("syncLicenseCounts", "getLicensesForApp")


def answer_tokens(state: IntuneState, call: Call) -> Answer:
    finish_syncs(state, call)
    rest = call.segments[2:]
    if not rest and call.verb == "GET":
        body = context(call, "deviceAppManagement/vppTokens")
        body |= page(list(state.objects["tokens"].values()), call, 1000, 1000)
        body["value"] = [_wire(call, token) for token in body["value"]]
        _count_reads(state)
        return Answer(status=200, body=body)
    if rest and rest[0] in _BETA:
        return _counting(state, call, rest)
    token = state.objects["tokens"].get(rest[0]) if rest else None
    if token is None:
        raise missing(rest[0]) if rest else unrouted(call)
    if rest[1:] == ("syncLicenses",) and call.verb == "POST":
        return _sync(state, call, token)
    if len(rest) > 1 or call.verb != "GET":
        raise unrouted(call)
    _count_reads(state)
    return Answer(status=200, body=context(call, "deviceAppManagement/vppTokens/$entity") | _wire(call, token))


def _wire(call: Call, token: Record) -> Record:
    """A token past its date is expired, whatever it was before. Its secret never leaves."""
    state = "expired" if _expired(token, call.now) and token["state"] == "valid" else token["state"]
    found = shown(call.version, {**token, "state": state, _SECRET: None})
    del found["@odata.type"]
    return select(call, found, _TYPE)


def _expired(token: Record, now: float) -> bool:
    return str(token["expirationDateTime"]) < moment(now)


def _sync(state: IntuneState, call: Call, token: Record) -> Answer:
    """Takes a while (reference 8.5); an expired token fails at once. A sync that runs goes on."""
    failed = _expired(token, call.now) or token["state"] != "valid"
    token = {**token, "lastSyncStatus": "failed" if failed else "inProgress"}
    state.objects["tokens"][token["id"]] = token
    if not failed:
        state.syncing.setdefault(token["id"], Waiting(since=call.now))
    where = context(call, "microsoft.graph.vppToken")
    return Answer(status=200, body=where | {"value": {"@odata.type": PREFIX + _TYPE, **_wire(call, token)}})


def finish_syncs(state: IntuneState, call: Call) -> None:
    """Complete what has run long enough: the apps of the token get the counts of today."""
    for key, waiting in list(state.syncing.items()):
        long_enough = call.now - waiting.since >= call.options.token_sync_seconds
        if long_enough and waiting.reads >= call.options.token_sync_reads:
            token = state.objects["tokens"][key]
            done = {"lastSyncStatus": "completed", "lastSyncDateTime": moment(call.now)}
            state.objects["tokens"][key] = {**token, **done}
            del state.syncing[key]
            count_licenses(state, call.directory, key)


def _count_reads(state: IntuneState) -> None:
    for key, waiting in state.syncing.items():
        state.syncing[key] = dataclasses.replace(waiting, reads=waiting.reads + 1)


def count_licenses(state: IntuneState, directory: GraphState, token: str) -> None:
    """Give the apps of a token their counts of today."""
    for key, app in list(state.objects["apps"].items()):
        if app.get("vppTokenId") == token:
            state.objects["apps"][key] = counted(state, directory, app)


def counted(state: IntuneState, directory: GraphState, app: Record) -> Record:
    used = licensed_devices(state, directory, app)
    return {**app, "totalLicenseCount": state.licenses.get(app["id"], 0), "usedLicenseCount": used}


def _counting(state: IntuneState, call: Call, rest: tuple[str, ...]) -> Answer:
    """The two that only beta has: counting anew, and licences by bundle id."""
    if call.version == "v1.0":
        raise no_segment(rest[0])
    if rest == ("syncLicenseCounts",) and call.verb == "POST":
        for key in state.objects["tokens"]:
            count_licenses(state, call.directory, key)
        return Answer(status=204)
    if rest[0] != "getLicensesForApp" or len(rest) != 2 or call.verb != "GET":
        raise unrouted(call)
    found = [app for app in state.objects["apps"].values() if app.get("bundleId") == rest[1]]
    if not found:
        raise intune_error(404, f"No app with the bundle id {rest[1]} was found.", code="ResourceNotFound")
    where = context(call, "Collection(microsoft.graph.vppTokenLicenseSummary)")
    return Answer(status=200, body=where | {"value": [_summary(app) for app in found]})


def _summary(app: Record) -> Record:
    total, used = app["totalLicenseCount"] or 0, app["usedLicenseCount"] or 0
    return {
        "vppTokenId": app["vppTokenId"],
        "appleId": app["vppTokenAppleId"],
        "organizationName": app["vppTokenOrganizationName"],
        "usedLicenseCount": used,
        "availableLicenseCount": total - used,
    }
