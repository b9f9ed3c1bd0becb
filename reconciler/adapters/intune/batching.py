"""Many requests in one: Graph's `$batch`, twenty at a time, each part with an outcome of its own.

The outer status says nothing of the parts. Each counts for itself in the quotas, and one that was refused for its quota
carries its own Retry-After inside; only such parts are sent again, after the longest of their waits (json-batching and
throttling of Microsoft Graph, 2025–2026).
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from reconciler.adapters.intune.api import PARTS, refuse_unsafe
from reconciler.adapters.intune.errors import parse_error
from reconciler.http.client import HttpClient
from reconciler.http.clock import Clock
from reconciler.http.failures import BadResponse, HttpFailure, OutcomeUnknown, refusal
from reconciler.http.reads import read_all, values
from reconciler.http.request import Reply, Request
from reconciler.http.retry import Attempt, Repeat, RetryIn, RetryPolicy, Trouble, decide, in_doubt, parse_retry_after

Outcome = Reply | HttpFailure

_POLICY = RetryPolicy()
SIDE_BY_SIDE = 4
"""Batches of reads at a time: as many as a lane has in flight."""


def send_all(graph: HttpClient, clock: Clock, requests: Sequence[Request]) -> list[Outcome]:
    """What each request came to, in their order; all of one lane and one version of Graph.

    A single one goes out by itself. Raises nothing for a part; what ends the batch itself is the outcome of all its parts.
    Batches that only read go out side by side, those that write one after the other.
    """
    for request in requests:
        refuse_unsafe(request)
    reads = all(request.repeats is Repeat.READ for request in requests)
    sent = read_all(
        lambda chunk: [_alone(graph, chunk[0])] if len(chunk) == 1 else _send_chunk(graph, clock, chunk),
        list(_chunks(requests)),
        concurrency=SIDE_BY_SIDE if reads else 1,
    )
    return [outcome for chunk in values(sent) for outcome in chunk]


def _chunks(requests: Sequence[Request]) -> Iterator[Sequence[Request]]:
    for start in range(0, len(requests), PARTS):
        yield requests[start : start + PARTS]


def _alone(graph: HttpClient, request: Request) -> Outcome:
    try:
        return graph.send(request)
    except HttpFailure as failure:
        return failure


def _send_chunk(graph: HttpClient, clock: Clock, requests: Sequence[Request]) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    doubtful: set[int] = set()
    left, number = list(range(len(requests))), 0
    while left:
        number += 1
        outer = _outer([requests[index] for index in left])
        try:
            reply = graph.send(outer)
        except HttpFailure as failure:
            outcomes |= {index: _because(requests[index], failure, index in doubtful) for index in left}
            break
        answers = _by_id(reply.data)
        again: dict[int, float] = {}
        for position, index in enumerate(left):
            answer, doubt = answers.get(str(position)), index in doubtful
            found, wait = _judge(graph, requests[index], answer, number, doubt=doubt)
            if wait is None:
                outcomes[index] = found
            else:
                again[index] = wait
                doubtful |= {index} if _is_doubtful(requests[index], answer, number) else set()
        if again:
            clock.sleep(max(again.values()))
        left = list(again)
    return [outcomes[index] for index in range(len(requests))]


def _outer(requests: Sequence[Request]) -> Request:
    """One POST that may be repeated only if each of its parts may."""
    first = requests[0]
    version = first.path.partition("/")[0]
    repeats = {request.repeats for request in requests}
    repeat = next((one for one in (Repeat.ONCE, Repeat.IDEMPOTENT) if one in repeats), Repeat.READ)
    return Request(
        method="POST",
        path=f"{version}/$batch",
        body={"requests": [_part(str(position), request) for position, request in enumerate(requests)]},
        lane=first.lane,
        repeat=repeat,
        private=tuple(private for request in requests for private in request.private),
        counts=sum(request.counts for request in requests),
    )


def _part(name: str, request: Request) -> dict[str, Any]:
    query = urlencode(request.parameters(), quote_via=quote, safe="$")
    path = request.filled_path().partition("/")[2]
    part: dict[str, Any] = {"id": name, "method": request.method, "url": f"/{path}" + (f"?{query}" if query else "")}
    headers = dict(request.headers)
    if request.body is not None:
        part["body"] = request.body
        headers["Content-Type"] = "application/json"
    return {**part, "headers": headers} if headers else part


def _by_id(data: object) -> Mapping[str, Mapping[str, Any]]:
    listed = data.get("responses", []) if isinstance(data, dict) else []
    return {str(answer.get("id")): answer for answer in listed if isinstance(answer, dict)}


def _judge(
    graph: HttpClient, request: Request, answer: Mapping[str, Any] | None, number: int, *, doubt: bool
) -> tuple[Outcome, float | None]:
    """What a part came to; or, where it is to be sent again, in how many seconds."""
    if answer is None or not isinstance(answer.get("status"), int):
        kind = BadResponse if request.repeats is Repeat.READ else OutcomeUnknown
        return kind(request, graph.host, detail="the batch's reply does not say what came of it"), None
    status = int(answer["status"])
    if 200 <= status < 300:
        return Reply(status=status, data=answer.get("body")), None
    attempt = _attempt(request, answer, number)
    decision = decide(_POLICY, attempt, random.random)
    error = parse_error(status, json.dumps(answer.get("body")).encode())
    unknown = in_doubt(_POLICY, attempt) or (doubt and status == 429)
    failed = (OutcomeUnknown if unknown else refusal(status))(
        request, graph.host, status=status, error=error, in_doubt=unknown or doubt, attempts=number
    )
    return failed, decision.seconds if isinstance(decision, RetryIn) else None


def _attempt(request: Request, answer: Mapping[str, Any], number: int) -> Attempt:
    headers = {str(name).lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
    return Attempt(
        repeat=request.repeats,
        number=number,
        trouble=Trouble.REFUSED,
        status=int(answer.get("status", 0)),
        retry_after=parse_retry_after(headers.get("retry-after"), wall=0.0, date=headers.get("date")),
    )


def _is_doubtful(request: Request, answer: Mapping[str, Any] | None, number: int) -> bool:
    return answer is None or in_doubt(_POLICY, _attempt(request, answer, number))


def _because(request: Request, outer: HttpFailure, doubt: bool) -> HttpFailure:
    """The failure of the whole batch, told of one of its parts; a part that may have taken effect earlier stays in doubt."""
    kind = OutcomeUnknown if doubt and not isinstance(outer, OutcomeUnknown) else type(outer)
    failure = kind(request, outer.host, status=outer.status, in_doubt=outer.in_doubt or doubt, attempts=outer.attempts)
    failure.reasons, failure.message, failure.data = outer.reasons, outer.message, outer.data
    return failure
