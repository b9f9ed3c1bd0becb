"""Partial responses: the `fields` parameter, as far as `a,b(c,d)`, `a/b` and `*` go (Google's guide on performance, 2026-11)."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from reconciler.sandbox.google.errors import ApiError

Mask: TypeAlias = dict[str, "Mask"]
"""Names to keep; an empty mask keeps everything below."""

_TOKEN = re.compile(r"[A-Za-z0-9_\-.$*]+|[(),/]")


def parse_mask(text: str) -> Mask:
    """The mask written in `text`; ApiError 400 when it can't be read."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text.replace(" ", ""):
        raise _invalid(text)
    mask, rest = _fields(tokens, text)
    if rest:
        raise _invalid(text)
    return mask


def _fields(tokens: list[str], text: str) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while True:
        below, tokens = _field(tokens, text)
        _merge(mask, below)
        if not tokens or tokens[0] != ",":
            return mask, tokens
        tokens = tokens[1:]


def _field(tokens: list[str], text: str) -> tuple[Mask, list[str]]:
    if not tokens or tokens[0] in "(),/":
        raise _invalid(text)
    name, tokens = tokens[0], tokens[1:]
    if tokens[:1] == ["/"]:
        below, tokens = _field(tokens[1:], text)
        return {name: below}, tokens
    if tokens[:1] == ["("]:
        below, tokens = _fields(tokens[1:], text)
        if tokens[:1] != [")"]:
            raise _invalid(text)
        return {name: below}, tokens[1:]
    return {name: {}}, tokens


def _merge(mask: Mask, other: Mask) -> None:
    for name, below in other.items():
        if name in mask and mask[name] and below:
            _merge(mask[name], below)
        else:
            mask[name] = {} if name in mask else below


def check_mask(mask: Mask, shape: Any, text: str) -> None:
    """ApiError 400 when the mask selects something that the response doesn't have."""
    if isinstance(shape, list):
        shape = shape[0]
    if not isinstance(shape, dict):
        if mask and shape != "any":
            raise _invalid(text)
        return
    for name, below in mask.items():
        if name != "*" and name not in shape:
            raise ApiError(400, f"Invalid field selection {name}", reason="invalidParameter")
        for each in shape if name == "*" else [name]:
            if below and (name != "*" or isinstance(shape[each], dict | list)):
                check_mask(below, shape[each], text)


def apply_mask(value: Any, mask: Mask) -> Any:
    """The value with only what the mask selects."""
    if not mask:
        return value
    if isinstance(value, list):
        return [apply_mask(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: apply_mask(item, mask.get(name, mask.get("*", {})))
        for name, item in value.items()
        if name in mask or "*" in mask
    }


def _invalid(text: str) -> ApiError:
    return ApiError(400, f"Invalid field selection {text}", reason="invalidParameter")
