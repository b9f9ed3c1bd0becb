"""What Graph's error bodies say. Pure.

Two shapes in one: the directory's own (`code`, `message`, `innerError` with codes of its own, spelt either way), and
Intune's, which puts a JSON document as a string into `message`, at times twice over. Microsoft Graph's page on errors
(2026-05); samples from microsoft-graph-docs#16985, IntuneCD#217, cnspec#1708 and msal-js#1261 (read 2026-11-21).
"""

import json
import re
from collections.abc import Iterator, Mapping

from reconciler.http.request import VendorError

DEEPEST = 6
"""Levels of `innerError`, or of JSON in strings, that are looked at."""

# Behind it stand ids for Microsoft's support and an address with the tenant's scale unit and, in filters, serial numbers.
_FOR_SUPPORT = re.compile(r"\s*-\s*(?:Operation ID \(for customer support\)|Activity ID|Url):.*", re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+")


def parse_error(status: int, body: bytes) -> VendorError:  # noqa: ARG001 - the HTTP layer's signature
    """`reasons`: codes, from the outer to the inner; `message`: for people, without addresses and ids for support.

    `data` is the error as it came, for this adapter alone. Empty for a body that is none of Graph's.
    """
    error = _object(body.decode("utf-8", "replace")).get("error")
    if not isinstance(error, Mapping):
        return VendorError()
    message, phrases = _read_message(str(error.get("message") or ""))
    reasons = dict.fromkeys((*_codes(error), *phrases))
    return VendorError(reasons=tuple(reasons), message=message, data=error)


def _codes(error: Mapping[str, object]) -> Iterator[str]:
    level: object = error
    for _ in range(DEEPEST):
        if not isinstance(level, Mapping):
            return
        code = level.get("code")
        if isinstance(code, str) and code:
            yield code
        level = level.get("innerError", level.get("innererror"))


def _read_message(text: str) -> tuple[str, tuple[str, ...]]:
    """The innermost message, and the codes that stood beside it on the way."""
    phrases: list[str] = []
    for _ in range(DEEPEST):
        inner = _object(text)
        if "Message" not in inner:
            break
        phrases += [str(inner[name]) for name in ("ErrorCode", "CustomApiErrorPhrase") if inner.get(name)]
        text = str(inner["Message"] or "")
    return _ADDRESS.sub("…", _FOR_SUPPORT.sub("", text)).strip(), tuple(phrases)


def _object(text: str) -> Mapping[str, object]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
