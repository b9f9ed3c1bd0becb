"""One request as a method sees it, and what the sandbox remembers between requests beside the state."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from reconciler.sandbox.google.errors import ApiError
from reconciler.sandbox.google.methods import Method
from reconciler.sandbox.google.state import GoogleState
from reconciler.sandbox.options import Options

T = TypeVar("T")


@dataclass(slots=True)
class Pending:
    """New org units that may not be seen yet: time of creation, and how often they were asked for."""

    created: dict[str, float] = field(default_factory=dict)
    reads: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A checked request. `state` is a draft where the method writes."""

    method: Method
    path: dict[str, str]
    query: dict[str, Any]
    body: dict[str, Any]
    state: GoogleState
    options: Options
    now: float
    pending: Pending = field(default_factory=Pending)


def seen(call: Call, org_unit: str, *, asked: bool = True) -> bool:
    """False for a new org unit during the delay that the options ask for; being asked for it by name counts as a read."""
    created = call.pending.created.get(org_unit)
    if created is None:
        return True
    reads = call.pending.reads.get(org_unit, 0)
    if asked:
        call.pending.reads[org_unit] = reads + 1
    late = call.now - created >= call.options.org_unit_visible_after_seconds
    return late and reads >= call.options.org_unit_visible_after_reads


def page(
    call: Call, items: Sequence[T], *, size: int | None, token: str | None, default: int, maximum: int, of: object = ""
) -> tuple[Sequence[T], str | None]:
    """A page and the token of the next one. A token belongs to one question (`of`)."""
    size = size or default
    if size < 0 or (size > maximum and call.options.page_size_over_maximum == "error"):
        raise ApiError(400, f"Invalid page size: {size}", reason="invalid")
    size = min(size, maximum)
    question = hashlib.sha256(json.dumps([call.method.id, of], sort_keys=True, default=str).encode()).hexdigest()[:8]
    start = _start(token, question)
    following = start + size
    if following >= len(items):
        return items[start:], None
    return items[start:following], base64.urlsafe_b64encode(f"{question}:{following}".encode()).decode()


def _start(token: str | None, question: str) -> int:
    if not token:
        return 0
    try:
        whose, _, offset = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        number = int(offset)
    except ValueError:
        raise ApiError(400, "Invalid page token", reason="invalid") from None
    if whose != question:  # the message: taers232c/GAMADV-XTD3 issue 184, 2021-09-01
        raise ApiError(400, "Invalid page token, request parameters do not match page token.", reason="invalid")
    return number
