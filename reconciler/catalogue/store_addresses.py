"""From the addresses and numbers that people copy from a store to what identifies an app on each platform. Pure.

The addresses' forms: apps.apple.com/…/id361309726 (`mt=12`: the Mac's store), chromewebstore.google.com/detail/…/<id>,
play.google.com/store/apps/details?id=<package>, apps.microsoft.com/detail/<product id>; read 2026-11-22.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from reconciler.catalogue.cells import Refusal, several, word
from reconciler.catalogue.headings import PLATFORMS

_EXTENSION: Final = re.compile(r"[a-p]{32}")
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_PATTERNS: Final = {
    "app_store": re.compile(r"[0-9]{6,12}"),
    "bundle_id": re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
    "extension": _EXTENSION,
    "android": re.compile(r"[A-Za-z]\w*(\.\w+)+", re.ASCII),
    "winget": re.compile(r"[A-Za-z0-9][A-Za-z0-9+_-]*(\.[A-Za-z0-9+_-]+)+"),
    "store": re.compile(r"9[0-9A-Z]{11}|XP[0-9A-Z]{12}"),
}
COLUMNS: Final = tuple(_PATTERNS)
"""Fields that hold an identifier as the store spells it."""


class _Found(NamedTuple):
    platform: str
    kind: str
    id: str


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


def _numbers(cells: Mapping[str, str], named: Sequence[str]) -> Iterator[_Found]:
    for column in COLUMNS:
        text = cells.get(column, "").replace(" ", "")
        if not text:
            continue
        if _SCIENTIFIC.fullmatch(text):
            raise Refusal("INTAKE-STORE-NUMBER", text=text[:40])
        text = re.sub(r"^id(?=\d)|[.,]0+$", "", text) if column == "app_store" else text
        if not _PATTERNS[column].fullmatch(text):
            raise Refusal("INTAKE-STORE-ID", text=text[:60], kind=column)
        yield from (_Found(platform, kind, text) for platform, kind in _places(column, named))


def _places(column: str, named: Sequence[str]) -> Iterator[tuple[str, str]]:
    """On which platforms an identifier holds, of those named; where none of them fits, on the store's first."""
    if column in ("app_store", "bundle_id"):
        yield from (
            (one, column) for one in ("ipados", "macos") if one in named or (one == "ipados" and "macos" not in named)
        )
    elif column == "android":
        if "android" in named:
            yield "android", "play"
        if "chromeos" in named or "android" not in named:
            yield "chromeos", "android"
    else:
        yield {"extension": "chromeos"}.get(column, "windows"), column


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


def _parsed(address: str, named: Sequence[str]) -> Iterator[_Found]:
    parts = urlsplit(address)
    host, query = (parts.hostname or "").removeprefix("www."), parse_qs(parts.query)
    if host in ("apps.apple.com", "itunes.apple.com") and (match := re.search(r"/id([0-9]{6,12})(?:/|$)", parts.path)):
        wanted = ("macos",) if query.get("mt") == ["12"] else named
        yield from (_Found(platform, kind, match[1]) for platform, kind in _places("app_store", wanted))
    elif host in ("chromewebstore.google.com", "chrome.google.com") and (
        match := re.search(r"/([a-p]{32})(?:/|$)", parts.path)
    ):
        yield _Found("chromeos", "extension", match[1])
    elif host == "play.google.com" and _PATTERNS["android"].fullmatch(query.get("id", [""])[0]):
        yield from (_Found(platform, kind, query["id"][0]) for platform, kind in _places("android", named))
    elif host == "apps.microsoft.com" and (
        match := re.search(r"/(9[0-9A-Z]{11}|XP[0-9A-Z]{12})(?:/|$)", parts.path.upper())
    ):
        yield _Found("windows", "store", match[1])
    elif host in _STORES:
        raise Refusal("INTAKE-STORE-PAGE", text=address[:80])
    else:
        yield from _web(address, named)


def id_in(address: str) -> tuple[frozenset[str], str] | None:
    """The kinds of identity that a store's own address tells of (`AppIdentity.kind`), and the id there; None for any other address."""
    try:
        found = next(_parsed(address, ()), None) if urlsplit(address).hostname else None
    except (Refusal, ValueError):
        return None
    kinds = next((kinds for kinds in _SAME_STORE if found is not None and found.kind in kinds), None)
    return (kinds, found.id) if found is not None and kinds is not None else None


_SAME_STORE: Final = (
    frozenset({"app_store", "app-store"}),
    frozenset({"extension", "chrome-app"}),
    frozenset({"android", "play"}),
    frozenset({"store"}),
)
"""What one store's ids are called here and in records, on whatever platform."""

_STORES: Final = frozenset(
    {
        "apps.apple.com",
        "itunes.apple.com",
        "chromewebstore.google.com",
        "chrome.google.com",
        "play.google.com",
        "apps.microsoft.com",
    }
)


def _web(address: str, named: Sequence[str]) -> Iterator[_Found]:
    """A web service, on the platforms that were named; the column must say which."""
    placed = [one for one in named if one != "android"]
    if not placed:
        raise Refusal("INTAKE-PLATFORM-NEEDED", text=address[:80])
    yield from (_Found(platform, "web", address) for platform in placed)
