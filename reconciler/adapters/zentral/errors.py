"""What Zentral's error bodies say. Pure.

`{field: [message]}` or a bare list for 400, `{detail}` for 401, 403 and 404, `{"error": "Server Error (500)"}` or a page of
HTML for 500 (reference, observed 2026-11).
"""

import json
from collections.abc import Iterator, Mapping

from reconciler.http.request import VendorError

SERVER_ERROR = "server-error"
PAGE = "page"
"""Reasons of ours: the server failed; what came is a page for people."""

MOST = 8
"""Messages of one answer that are shown."""


def parse_error(status: int, body: bytes) -> VendorError:
    """`reasons`: fields that were refused, or what of ours describes the answer; `message`: the server's own words."""
    try:
        content = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        reasons = (PAGE, SERVER_ERROR) if status >= 500 else (PAGE,)
        return VendorError(reasons=reasons if body.strip() else reasons[1:])
    if status >= 500:
        return VendorError(reasons=(SERVER_ERROR,), message=_text(content))
    fields = tuple(str(name) for name in content) if isinstance(content, dict) and "detail" not in content else ()
    return VendorError(reasons=fields, message=_text(content), data=content)


def _text(content: object) -> str:
    return "; ".join(dict.fromkeys(message for message, _ in zip(_messages(content), range(MOST), strict=False)))


def _messages(content: object, name: str = "") -> Iterator[str]:
    if isinstance(content, Mapping):
        for key, inner in content.items():
            plain = key in ("detail", "error", "non_field_errors")
            yield from _messages(inner, "" if plain else str(key))
    elif isinstance(content, list):
        for inner in content:
            yield from _messages(inner, name)
    elif content not in (None, ""):
        yield f"{name}: {content}" if name else str(content)
