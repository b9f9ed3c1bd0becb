"""Stores' own addresses of an app, and the id in them. Pure.

The addresses' forms: apps.apple.com/…/id361309726 (`mt=12`: the Mac's store), chromewebstore.google.com/detail/…/<id>,
play.google.com/store/apps/details?id=<package>, apps.microsoft.com/detail/<product id>; read 2026-11-22.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

PACKAGE: Final = r"(?a:[A-Za-z]\w*(\.\w+)+)"
"""How Android names an app."""

STORES: Final = frozenset(
    {
        "apps.apple.com",
        "itunes.apple.com",
        "chromewebstore.google.com",
        "chrome.google.com",
        "play.google.com",
        "apps.microsoft.com",
    }
)


class StoreId(NamedTuple):
    """How an app is known on a platform: `kind` as records write it."""

    platform: str
    kind: str
    id: str


def host_of(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


def ids_in(parts: SplitResult, named: Sequence[str]) -> Iterator[StoreId]:
    """What a store's address of an app says, on the platforms that were named; nothing for every other address."""
    host, query = host_of(parts), parse_qs(parts.query)
    if host in ("apps.apple.com", "itunes.apple.com") and (match := re.search(r"/id([0-9]{6,12})(?:/|$)", parts.path)):
        wanted = ("macos",) if query.get("mt") == ["12"] else named
        yield from (StoreId(platform, kind, match[1]) for platform, kind in places("app_store", wanted))
    elif host in ("chromewebstore.google.com", "chrome.google.com") and (
        match := re.search(r"/([a-p]{32})(?:/|$)", parts.path)
    ):
        yield StoreId("chromeos", "extension", match[1])
    elif host == "play.google.com" and re.fullmatch(PACKAGE, query.get("id", [""])[0]):
        yield from (StoreId(platform, kind, query["id"][0]) for platform, kind in places("android", named))
    elif host == "apps.microsoft.com" and (
        match := re.search(r"/(9[0-9A-Z]{11}|XP[0-9A-Z]{12})(?:/|$)", parts.path.upper())
    ):
        yield StoreId("windows", "store", match[1])


def places(column: str, named: Sequence[str]) -> Iterator[tuple[str, str]]:
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


def id_in(address: str) -> tuple[frozenset[str], str] | None:
    """The kinds of identity that a store's own address tells of (`AppIdentity.kind`), and the id there; None for any other address."""
    if not any(store in address.lower() for store in STORES):
        return None  # nearly all addresses, and taking one apart takes ten times as long
    try:
        found = next(ids_in(urlsplit(address), ()), None)
    except ValueError:
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
