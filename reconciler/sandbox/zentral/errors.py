"""Errors as Django REST framework words them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class ApiError(Exception):
    """An answer that ends a request; nothing that it did is kept."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


def detail(status: int, text: str, **headers: str) -> ApiError:
    return ApiError(status=status, body={"detail": text}, headers=headers)


def invalid(problems: Any) -> ApiError:
    """400; `problems` is `{field: [message]}` or, of a deletion, `[message]`."""
    return ApiError(status=400, body=problems)


def server_error() -> ApiError:
    """What a violated constraint of the database ends in, below `/api/` (zentral/utils/views.py, 2026-08)."""
    return ApiError(status=500, body={"error": "Server Error (500)"})
