"""Faults on request: queued by a test, taken by the requests that match."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, TypeAlias

KINDS = {
    "429": "too many requests, with `retry_after`",
    "403-quota": "Directory's answer over quota",
    "500": "internal error as JSON",
    "500-html": "internal error, as a page",
    "503": "unavailable, as JSON, with `retry_after`",
    "503-html": "unavailable, as a page",
    "502-text": "bad gateway, as plain text",
    "cut": "the connection ends before anything is done",
    "hold": "silence for `seconds` before anything is done, then the connection ends",
    "write-then-cut": "done, then the connection ends",
    "write-then-timeout": "done, then silence for `seconds`",
    "write-then-504": "done, then answered 504: the vendor's own gateway gave up waiting",
    "half-page": "half of the body",
    "stale": "a read sees the state before the last write",
    "wrong-content-type": "the right body, said to be a page",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What goes wrong with which requests: the `nth` match and `times - 1` after it.

    `method` is empty for any; `path` is a regular expression searched in the path with its query. `retry_after` is the
    header's text, `date:N` for an HTTP date N seconds ahead, or empty for none. `seconds` is how long a silence lasts.
    """

    kind: str
    method: str = ""
    path: str = ""
    nth: int = 1
    times: int = 1
    retry_after: str = ""
    seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; known: {', '.join(KINDS)}")
        if self.nth < 1 or self.times < 1:
            raise ValueError("nth and times start at 1")
        re.compile(self.path)


@dataclass(slots=True)
class FaultQueue:
    """Faults and how often each was matched."""

    waiting: list[tuple[Fault, int]] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.waiting.append((fault, 0))

    def take(self, method: str, address: str) -> Fault | None:
        """The fault that hits this request; the first in the queue wins, the others still count it."""
        hit: Fault | None = None
        kept = []
        for fault, count in self.waiting:
            if fault.method in ("", method) and re.search(fault.path, address):
                count += 1
                if hit is None and count >= fault.nth:
                    hit = fault
            if count < fault.nth + fault.times - 1 or (count >= fault.nth and hit is not fault):
                kept.append((fault, count))
        self.waiting = kept
        return hit


def parse_fault(data: Any) -> Fault:
    """A fault from JSON; ValueError names what is wrong."""
    if not isinstance(data, dict):
        raise ValueError("a fault is an object")
    known = {each.name for each in dataclasses.fields(Fault)}
    if unknown := set(data) - known:
        raise ValueError(f"unknown key {min(unknown)!r} in a fault")
    return Fault(**data)


Ready: TypeAlias = tuple[str, list[tuple[str, str]], bytes]
"""Status line, headers and body."""


def ready_answer(fault: Fault, now: float, system: str = "google") -> Ready | None:
    """What the faults answer that do nothing; None for the others. `system` has its own shape of errors."""
    headers = list(retry_header(fault, now).items())
    answers = {
        "429": ("429 Too Many Requests", "application/json", _error(429, "RESOURCE_EXHAUSTED", "rateLimitExceeded")),
        "403-quota": ("403 Forbidden", "application/json", _error(403, "PERMISSION_DENIED", "quotaExceeded")),
        "500": ("500 Internal Server Error", "application/json", _error(500, "INTERNAL", "internalError")),
        "500-html": (
            "500 Internal Server Error",
            "text/html; charset=UTF-8",
            b"<!doctype html><title>Server Error (500)</title>",
        ),
        "503": ("503 Service Unavailable", "application/json", _error(503, "UNAVAILABLE", "backendError")),
        "503-html": ("503 Service Unavailable", "text/html; charset=UTF-8", b"<!DOCTYPE html><title>Error 503</title>"),
        "502-text": ("502 Bad Gateway", "text/plain", b"Bad Gateway"),
    }
    if fault.kind not in answers:
        return None
    status, content_type, body = answers[fault.kind]
    if content_type == "application/json" and system in _ERRORS:
        body = _ERRORS[system](status)
    return status, [("Content-Type", content_type), ("Content-Length", str(len(body))), *headers], body


def retry_header(fault: Fault, now: float) -> dict[str, str]:
    """`Retry-After` as the fault asks for it."""
    if fault.retry_after.startswith("date:"):
        return {"Retry-After": formatdate(now + float(fault.retry_after[5:]), usegmt=True)}
    return {"Retry-After": fault.retry_after} if fault.retry_after else {}


def gateway_timeout(system: str) -> Ready:
    """What a gateway says of a request that may have been done."""
    body = _zentral_error("504 Gateway Timeout") if system == "zentral" else _graph_error("504 Gateway Timeout")
    return "504 Gateway Timeout", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body


def _graph_error(status: str) -> bytes:
    code, _, text = status.partition(" ")
    name = {"429": "TooManyRequests", "500": "InternalServerError"}.get(code, text.replace(" ", ""))
    return f'{{"error":{{"code":"{name}","message":"{text}"}}}}'.encode()


def _zentral_error(status: str) -> bytes:
    """zentral/utils/views.py, server_error (2026-08), and Django REST framework's shape for the others."""
    code, _, text = status.partition(" ")
    return b'{"error":"Server Error (500)"}' if code == "500" else f'{{"detail":"{text}"}}'.encode()


_ERRORS: Mapping[str, Callable[[str], bytes]] = {"intune": _graph_error, "zentral": _zentral_error}


def _error(code: int, status: str, reason: str) -> bytes:
    return (
        f'{{"error":{{"code":{code},"message":"{status}","errors":[{{"domain":"global","reason":"{reason}",'
        f'"message":"{status}"}}],"status":"{status}"}}}}'
    ).encode()
