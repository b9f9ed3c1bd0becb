"""`$batch`: up to twenty requests in one, each answered for itself (reference 4.7, 2026-11)."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from reconciler.sandbox.graph.call import Answer, GraphError

MAXIMUM = 20
_ABSOLUTE = re.compile(r"https?://[^/]+(?:/[^?]*?)?/(?P<version>v1\.0|beta)/(?P<rest>.*)", re.DOTALL)

Part = Callable[[str, str, str, Mapping[str, str], Any], Answer]
"""Verb, path without version, raw query, headers with names in lower case, body → its answer."""


def run_batch(body: Any, version: str, run: Part, *, shuffle: random.Random | None) -> Answer:
    """All answers with an outer 200; GraphError 400 when the batch itself is malformed."""
    requests = _checked(body)
    answers: dict[str, Answer] = {}
    waiting = dict(requests)
    while waiting:
        ready = [key for key, each in waiting.items() if all(needed in answers for needed in _needed(each))]
        if not ready:
            raise _malformed("The batch has a cycle of dependencies.")
        for key in ready:
            each = waiting.pop(key)
            if any(answers[needed].status >= 400 for needed in _needed(each)):
                answers[key] = _failed_dependency()
            else:
                answers[key] = _run(each, version, run)
    found = [_response(requests[key], answer) for key, answer in answers.items()]
    if shuffle is not None:
        shuffle.shuffle(found)
    return Answer(status=200, body={"responses": found})


def _malformed(message: str, code: str = "BadRequest") -> GraphError:
    return GraphError(400, code, message)


def _checked(body: Any) -> dict[str, dict[str, Any]]:
    """The requests by id in lower case, in order."""
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not all(isinstance(each, dict) for each in requests):
        raise _malformed("Invalid batch payload format.")
    if not requests:
        raise _malformed("Empty batch requests are not supported.")
    if len(requests) > MAXIMUM:
        raise _malformed(
            f"Number of batch request steps exceeds the maximum value of {MAXIMUM}.", "MaximumValueExceeded"
        )
    found: dict[str, dict[str, Any]] = {}
    for each in requests:
        _check_request(each)
        key = str(each["id"]).casefold()
        if key in found:
            raise _malformed(f"Duplicate request id '{each['id']}' found in the batch.")
        found[key] = each
    for each in requests:
        if any(needed not in found for needed in _needed(each)):
            raise _malformed(f"The request '{each['id']}' depends on a request that is not in the batch.")
    return found


def _check_request(each: Mapping[str, Any]) -> None:
    """Ids may be numbers too; what writes needs a Content-Type and a body, or nothing of the batch runs.

    Numbers: IntuneCD 2.6.0, read 2026-11; the refusal: Softeria/ms-365-mcp-server issue 677, 2026-09-14.
    """
    key = each.get("id")
    if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
        raise _malformed("A request in the batch has no id.")
    if not isinstance(each.get("method"), str) or not isinstance(each.get("url"), str) or not each["url"]:
        raise _malformed(f"Request id : {key} has no method or url.")
    writes = each["method"].upper() in ("POST", "PATCH", "PUT")
    if "body" in each or writes:
        names = {str(name).casefold() for name in each.get("headers") or ()}
        if "content-type" not in names or (writes and "body" not in each):
            raise _malformed(f"Write request with id '{key}' does not contain a Content-Type header or a body.")


def _needed(each: Mapping[str, Any]) -> list[str]:
    return [str(key).casefold() for key in each.get("dependsOn") or ()]


def _run(each: Mapping[str, Any], version: str, run: Part) -> Answer:
    """Relative to the version, with or without a leading slash; absolute ones are tolerated (msgraph-core 1.5.2 sends them)."""
    url = str(each["url"])
    match = _ABSOLUTE.fullmatch(url)
    if match is not None and match["version"] != version:
        message = "The batch cannot hold requests of another version."
        return _error(405, "MethodNotAllowed", message)
    path, _, query = (match["rest"] if match else url).partition("?")
    path = path.lstrip("/")
    if path == "$batch":
        return _error(400, "BadRequest", "A batch cannot hold a batch.")
    headers = {str(name).casefold(): str(value) for name, value in (each.get("headers") or {}).items()}
    return run(each["method"].upper(), path, query, headers, each.get("body"))


def _error(status: int, code: str, message: str) -> Answer:
    return Answer(status=status, body={"error": {"code": code, "message": message}})


def _failed_dependency() -> Answer:
    return _error(424, "FailedDependency", "The request failed because a request that it depends on failed.")


def _response(request: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    """What isn't JSON is encoded; an answer without a body has none."""
    found: dict[str, Any] = {"id": str(request["id"]), "status": answer.status, "headers": dict(answer.headers)}
    if isinstance(answer.body, str):
        found["body"] = base64.urlsafe_b64encode(answer.body.encode()).decode()
    elif answer.body is not None:
        found["headers"]["Content-Type"] = "application/json"
        found["body"] = answer.body
    return found
