"""From the addresses and numbers that people copy from a store to what identifies an app on each platform. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from reconciler.catalogue.cells import Refusal, several, word
from reconciler.catalogue.headings import PLATFORMS
from reconciler.catalogue.store_pages import PACKAGE, STORES, StoreId, host_of, ids_in, places

_EXTENSION: Final = re.compile(r"[a-p]{32}")
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_PATTERNS: Final = {
    "app_store": re.compile(r"[0-9]{6,12}"),
    "bundle_id": re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
    "extension": _EXTENSION,
    "android": re.compile(PACKAGE),
    "winget": re.compile(r"[A-Za-z0-9][A-Za-z0-9+_-]*(\.[A-Za-z0-9+_-]+)+"),
    "store": re.compile(r"9[0-9A-Z]{11}|XP[0-9A-Z]{12}"),
}
COLUMNS: Final = tuple(_PATTERNS)
"""Fields that hold an identifier as the store spells it."""


def platforms_in(text: str) -> tuple[str, ...]:
    """The platforms that are named."""
    return tuple(dict.fromkeys(word(one, PLATFORMS) for one in several(text)))


def identities(cells: Mapping[str, str], named: Sequence[str]) -> tuple[Mapping[str, Mapping[str, str]], str]:
    """By platform, how the app is known there, and the first address as the source. `named`: platforms written beside."""
    found: dict[str, dict[str, str]] = {}
    addresses = [_address(one) for one in re.split(r"[\s,;|]+", cells.get("address", "")) if one]
    for one in (*_numbers(cells, named), *(each for address in addresses for each in _parsed(address, named))):
        if found.setdefault(one.platform, {}).setdefault(one.kind, one.id) != one.id:
            raise Refusal("INTAKE-STORE-TWO", first=found[one.platform][one.kind], second=one.id)
    return {name: found[name] for name in sorted(found)}, addresses[0] if addresses else ""


def _numbers(cells: Mapping[str, str], named: Sequence[str]) -> Iterator[StoreId]:
    for column in COLUMNS:
        text = cells.get(column, "").replace(" ", "")
        if not text:
            continue
        if _SCIENTIFIC.fullmatch(text):
            raise Refusal("INTAKE-STORE-NUMBER", text=text[:40])
        text = re.sub(r"^id(?=\d)|[.,]0+$", "", text) if column == "app_store" else text
        if not _PATTERNS[column].fullmatch(text):
            raise Refusal("INTAKE-STORE-ID", text=text[:60], kind=column)
        yield from (StoreId(platform, kind, text) for platform, kind in places(column, named))


def _address(text: str) -> str:
    address = (
        f"https://{text}"
        if re.match(r"(?i)www\.|[\w-]+(?:\.[\w-]+)*\.(?:se|com|org|net|nu|io|app|eu|edu)(?:/|$)", text)
        else text
    )
    address = re.sub(r"(?i)^http://", "https://", address)
    try:
        parts = urlsplit(address)
        usable = (
            parts.scheme == "https"
            and bool(parts.hostname)
            and "." in (parts.hostname or "")
            and "@" not in parts.netloc
        )
    except ValueError:
        usable = False
    if not usable or re.search(r"[\"'<>\\^`{}]", address):
        raise Refusal("INTAKE-ADDRESS", text=text[:80])
    return address


def _parsed(address: str, named: Sequence[str]) -> Iterator[StoreId]:
    parts = urlsplit(address)
    found = tuple(ids_in(parts, named))
    if not found and host_of(parts) in STORES:
        raise Refusal("INTAKE-STORE-PAGE", text=address[:80])
    yield from found or _web(address, named)


def _web(address: str, named: Sequence[str]) -> Iterator[StoreId]:
    """A web service, on the platforms that were named; the column must say which."""
    placed = [one for one in named if one != "android"]
    if not placed:
        raise Refusal("INTAKE-PLATFORM-NEEDED", text=address[:80])
    yield from (StoreId(platform, "web", address) for platform in placed)
