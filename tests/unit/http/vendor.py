"""A vendor in memory that plays what it is told to, and requests to send to it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from reconciler.http.client import Authorise, HttpClient
from reconciler.http.clock import VirtualTime
from reconciler.http.request import Request, VendorError
from reconciler.http.retry import Repeat
from reconciler.http.throttle import Lane

LANES = {"read": Lane(), "write": Lane(in_flight=1)}
OK = httpx.Response(200, json={"ok": True})
Connect = Callable[..., HttpClient]
Step = httpx.Response | httpx.TransportError


@dataclass
class Vendor:
    """Plays the steps in order, the last one for ever; keeps what it was asked and when."""

    steps: list[Step]
    time: VirtualTime = field(default_factory=VirtualTime)
    asked: list[httpx.Request] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.moments.append(self.time.elapsed)
        step = self.steps[min(len(self.asked), len(self.steps)) - 1]
        if isinstance(step, httpx.TransportError):
            raise step
        return httpx.Response(step.status_code, headers=step.headers, content=step.content)


def google_like(status: int, body: bytes) -> VendorError:
    try:
        error = json.loads(body)["error"]
        return VendorError(reasons=tuple(item["reason"] for item in error["errors"]), message=error["message"])
    except (ValueError, KeyError, TypeError):
        return VendorError()


def refused(status: int, reason: str = "", message: str = "", headers: Mapping[str, str] | None = None) -> Step:
    content = {"error": {"code": status, "message": message, "errors": [{"reason": reason}] if reason else []}}
    return httpx.Response(status, json=content, headers=headers)


def read(path: str = "things") -> Request:
    return Request(method="GET", path=path)


def create() -> Request:
    return Request(method="POST", path="things", body={"name": "a"}, lane="write")


def put_twice() -> Request:
    return Request(method="POST", path="things:set", body={"name": "a"}, lane="write", repeat=Repeat.IDEMPOTENT)


def signs_in(first: str, then: str | None = None) -> Authorise:
    """Gives `first`, and `then` once that was rejected."""
    return lambda _now, rejected: f"Bearer {then or first}" if rejected else f"Bearer {first}"
