"""Errors in Google's shapes."""

from __future__ import annotations

from typing import Any

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """A refusal. `keep` says that what was done before it stays done."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        reason: str = "invalid",
        details: list[dict[str, Any]] | None = None,
        retry_after: float | None = None,
        keep: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.details = details or []
        self.retry_after = retry_after
        self.keep = keep


def not_found(message: str) -> ApiError:
    return ApiError(404, message, reason="notFound")


def unknown_field(name: str, where: str) -> ApiError:
    """What Google answers to a body field or query parameter that a method does not know (seen by many clients, 2026-11)."""
    place = f" at '{where}'" if where else ""
    message = f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.'
    violation = {"field": where, "description": message} if where else {"description": message}
    return ApiError(
        400, message, details=[{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}]
    )


def body(error: ApiError, *, directory: bool) -> dict[str, Any]:
    """Directory tells by `errors[].reason`, Chrome Policy by `status` and `details` (reference 5, 2026-11)."""
    found: dict[str, Any] = {"code": error.code, "message": error.message}
    if directory:
        found["errors"] = [{"domain": "global", "reason": error.reason, "message": error.message}]
    found["status"] = STATUS.get(error.code, "UNKNOWN")
    if error.details:
        found["details"] = error.details
    return {"error": found}
