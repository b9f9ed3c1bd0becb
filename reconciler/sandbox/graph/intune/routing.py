"""What all of Intune's collections share: contexts, and the refusals for what isn't there."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.graph.call import Call, GraphError, intune_error, no_route

_GUID = 36


def context(call: Call, what: str) -> dict[str, Any]:
    return {"@odata.context": f"{call.root}/{call.version}/$metadata#{what}"}


def unrouted(call: Call) -> GraphError:
    """Intune's answer to a verb or path that it doesn't have (reference 4.4): keys stand as `{key}`."""
    parts = ["{key}" if len(part) == _GUID and part.count("-") == 4 else part for part in call.segments]
    return no_route(call.verb, "/".join(parts))


def no_segment(name: str) -> GraphError:
    """Graph's own answer to what a version does not have at all."""
    return GraphError(400, "BadRequest", f"Resource not found for the segment '{name}'.")


def missing(key: str) -> GraphError:
    return intune_error(404, f"The requested resource {key} was not found.", code="ResourceNotFound")


def body_of(call: Call) -> dict[str, Any]:
    if call.body is None:
        raise GraphError(400, "BadRequest", "Empty Payload. JSON content expected.")
    return call.body
