"""What of an answer is compared: status, media type, fields, messages and references, without ids, times and other people's rows."""

import base64
import binascii
import plistlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError

from tests.conformance.zentral.touring import Known, Reply, Step

# Which collection a field's ids are of. `id` is of the collection that was asked.
_REFERENCES = {
    "taxonomy": "inventory/taxonomies",
    "tag": "inventory/tags",
    "excluded_tags": "inventory/tags",
    "blueprint": "mdm/blueprints",
    "artifact": "mdm/artifacts",
    "requires": "mdm/artifacts",
    "location_asset": "mdm/location_assets",
    "location": "mdm/locations",
    "asset": "mdm/assets",
}
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$")
# Long enough not to stand in some text by chance: serial numbers, prefixes, uuids.
_SHORTEST = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A list as it came: bare, or a page with `results`, or a device with `tags`."""

    body: Any
    known: Known
    collection: str

    @property
    def rows(self) -> Sequence[Any]:
        found: Sequence[Any] = self.body if isinstance(self.body, list) else self.body["results"]
        return found

    @property
    def ours(self) -> Mapping[str, Any]:
        """Name in the tour → row, of those that the tour made, in the order that they came."""
        keyed = {(self.collection, str(row["id"])): row for row in self.rows}
        return {self.known.ids[key]: row for key, row in keyed.items() if key in self.known.ids}


def mask(step: Step, reply: Reply, known: Known) -> dict[str, Any]:
    """The answer of `reply` as it is recorded: `{status, type, body}`."""
    media_type = reply.media_type.partition(";")[0]
    answer: dict[str, Any] = {"status": reply.status}
    if reply.status != 204:
        answer["type"] = media_type
    if media_type == "application/json" and reply.body is not None:
        body = reply.body
        if step.show != "all" and reply.status == 200:
            body = _SHOWN[step.show](Listing(body=body, known=known, collection=step.collection))
        answer["body"] = _masked(body, step.collection, known)
    return answer


def _sorted_rows(listing: Listing) -> list[Any]:
    """The rows that the tour made, by their names in it: nobody promises an order of tags."""
    return [row for _, row in sorted(listing.ours.items())]


def _keys(listing: Listing) -> Any:
    return {"fields": sorted(listing.rows[0]) if listing.rows else []}


def _count(listing: Listing) -> Any:
    """Whether there are rows, and whether the page has one or more: how many is the server's own affair."""
    return {"rows": min(len(listing.rows), 2), "any": bool(listing.body["count"])}


def _serials(listing: Listing) -> Any:
    return {"serial_numbers": sorted(row["serial_number"] for row in listing.rows), "count": listing.body["count"]}


def _our_tags(listing: Listing) -> Any:
    """The tags of a device that the tour made: it may bear more."""
    tags = [tag for tag in listing.body["tags"] if ("inventory/tags", str(tag["id"])) in listing.known.ids]
    names = sorted(listing.known.ids["inventory/tags", str(tag["id"])] for tag in tags)
    return {"tags": names, "fields": sorted(listing.body), "of a tag": sorted({key for tag in tags for key in tag})}


def _page(listing: Listing) -> Any:
    """A page's frame: how many rows, and where the next one and the one before are."""
    body = listing.body
    around = {name: _path(body[name]) for name in ("next", "previous")}
    return {"rows": len(listing.rows), "fields": sorted(body), **around}


def _path(address: str | None) -> str | None:
    """An address without the server and what stands before /api/: an emulator may be mounted lower."""
    return None if address is None else "/api/" + address.partition("/api/")[2]


def _end(listing: Listing) -> Any:
    return {"rows": len(listing.rows), "next": listing.body["next"]}


_SHOWN: Mapping[str, Callable[[Listing], Any]] = {
    "ours": _sorted_rows,
    "keys": _keys,
    "serials": _serials,
    "our_tags": _our_tags,
    "page": _page,
    "count": _count,
    "end": _end,
    "order": lambda listing: [row["id"] for row in listing.ours.values()],
}


def _masked(value: Any, kind: str, known: Known, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _masked(one, kind, known, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_masked(one, kind, known, name) for one in value]
    if value is None or isinstance(value, bool):
        return value
    of = kind if name == "id" or (name == "" and (kind, str(value)) in known.ids) else _REFERENCES.get(name)
    if of is not None:
        return _reference(value, of, known)
    return _masked_text(value, name, known) if isinstance(value, str) else value


def _reference(value: Any, collection: str, known: Known) -> Any:
    """The name of a known id; of an id that is none (an error's message), its text."""
    found = known.ids.get((collection, str(value)))
    if found is not None:
        return f"{{{found}}}"
    return _masked_text(value, "", known) if isinstance(value, str) and " " in value else "<id>"


def _masked_text(value: str, name: str, known: Known) -> Any:
    if name in ("source", "configuration") and (content := _plist(value, coded=name == "source")) is not None:
        return content
    if _TIME.match(value):
        return "<time>"
    for text, known_as in sorted(
        ((str(one), key) for key, one in known.values.items()), key=lambda pair: -len(pair[0])
    ):
        if len(text) >= _SHORTEST:
            value = value.replace(text, f"{{{known_as}}}")
    return value


def _plist(text: str, *, coded: bool) -> Any:
    """What a plist says; None where the text is something else: an error's message stands under the field's name too."""
    try:
        return plistlib.loads(base64.b64decode(text) if coded else text.encode())
    except (plistlib.InvalidFileException, ExpatError, binascii.Error):
        return None


def without_unused(real: Any, unused: Sequence[str], *, unless: Any) -> Any:
    """What the server answered, less the unused fields that the other answer leaves out."""
    if isinstance(real, Mapping):
        other = unless if isinstance(unless, Mapping) else {}
        kept = {name: value for name, value in real.items() if name in other or name not in unused}
        if "fields" in kept and isinstance(other.get("fields"), list):
            kept["fields"] = [name for name in kept["fields"] if name in other["fields"] or name not in unused]
        return {name: without_unused(value, unused, unless=other.get(name)) for name, value in kept.items()}
    if isinstance(real, list):
        others = unless if isinstance(unless, list) and len(unless) == len(real) else [None] * len(real)
        return [without_unused(value, unused, unless=other) for value, other in zip(real, others, strict=True)]
    return real
