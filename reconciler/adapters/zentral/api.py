"""Requests to Zentral as data. Pure.

Only what the reference lists; nothing is written by PATCH, which no endpoint offers. Lists are asked for page by page by our own
offsets: `next` names the host that the server believes to be, which behind a proxy is another.
"""

import base64
from collections.abc import Mapping, Sequence

from reconciler.http.bucket import Quota
from reconciler.http.request import Request
from reconciler.http.retry import Repeat
from reconciler.http.throttle import Lane
from reconciler.model.place import Json

PAGE = 500
"""The most that `MaxLimitOffsetPagination` gives (zentral/utils/drf.py)."""

SERIALS = 300
"""To a call that sets tags. A thousand took 0.64 s (2026-11); a call that is cut off leaves fewer in doubt so."""

TAGS = 100
"""To a call that asks for devices by tags: its address stays below the 4 KiB that gunicorn takes by default."""

# No limit is known. The server is the municipality's own, often one small machine that enrolled devices check in to as
# well, and each write to a link locks its blueprint and works all of its artifacts out anew (mdm/artifacts.py): writes go
# one at a time and five a second at most, reads stay at what a person clicking about asks for.
LANES: Mapping[str, Lane] = {
    "read": Lane(quotas=(Quota(name="reads", limit=30, seconds=1.0),), in_flight=4),
    "write": Lane(quotas=(Quota(name="writes", limit=5, seconds=1.0),), in_flight=1),
}

TAGS_PATH = "inventory/tags/"
TAXONOMIES = "inventory/taxonomies/"
TAGGING = "inventory/machines/tags/"
DEVICES = "mdm/devices/"
BLUEPRINTS = "mdm/blueprints/"
ARTIFACTS = "mdm/artifacts/"
PROFILES = "mdm/profiles/"
STORE_APPS = "mdm/store_apps/"
ASSETS = "mdm/location_assets/"
LOCATIONS = "mdm/locations/"
LINKS = "mdm/blueprint_artifacts/"


def list_bare(path: str) -> Request:
    """A list without pages: tags and taxonomies."""
    return Request(method="GET", path=path)


def list_page(
    path: str, offset: int, *, limit: int = PAGE, query: Mapping[str, str | Sequence[str]] | None = None
) -> Request:
    return Request(method="GET", path=path, query={**(query or {}), "limit": limit, "offset": offset})


def get_one(path: str, identity: str) -> Request:
    return Request(method="GET", path=path + "{id}/", values={"id": identity})


def create(path: str, body: Mapping[str, Json]) -> Request:
    return Request(method="POST", path=path, body=body, lane="write")


def replace_whole(path: str, identity: str, body: Mapping[str, Json]) -> Request:
    """The whole object: what a PUT leaves out may be cleared."""
    return Request(
        method="PUT", path=path + "{id}/", values={"id": identity}, body=body, lane="write", repeat=Repeat.IDEMPOTENT
    )


def delete(path: str, identity: str) -> Request:
    return Request(
        method="DELETE", path=path + "{id}/", values={"id": identity}, lane="write", repeat=Repeat.IDEMPOTENT
    )


def set_tag(taxonomy: str, tag: str, serials: Sequence[str]) -> Request:
    """Exactly this one of the taxonomy's tags, for each of these machines.

    `SET` makes a tag that is missing, and takes one of that name from *any* taxonomy (`UpdateMachineTags`, inventory/
    api_views.py): whoever calls it has just seen that the tag is ours.
    """
    operation: Json = {"kind": "SET", "taxonomy": taxonomy, "names": [tag]}
    return Request(
        method="POST",
        path=TAGGING,
        body={"serial_numbers": list(serials), "operations": [operation]},
        lane="write",
        repeat=Repeat.IDEMPOTENT,
        private=tuple(serials),
    )


NOWHERE: Mapping[str, str] = {"inventory/": "0", LINKS: "0", "mdm/": "00000000-0000-0000-0000-000000000000"}
"""By how a list's path begins, an id of its kind that nothing has."""


def probe(verb: str, path: str) -> Request:
    """Whether the token may add, change or delete there, asked by a verb that the address hasn't got, so that nothing can come of it.

    Rights are looked at before the verb: 405 to who has the right for it, 403 to who hasn't (recorded, 2026-11-22).
    """
    if verb == "add":
        identity = next(one for start, one in NOWHERE.items() if path.startswith(start))
        return Request(method="POST", path=path + "{id}/", values={"id": identity}, body={}, repeat=Repeat.IDEMPOTENT)
    method = {"change": "PATCH", "delete": "DELETE"}[verb]
    return Request(method=method, path=path, body={} if verb == "change" else None, repeat=Repeat.IDEMPOTENT)


def probe_tagging() -> Request:
    """That view asks for all of its rights whatever the verb, and has POST alone."""
    return Request(method="GET", path=TAGGING)


def encoded(source: bytes) -> str:
    """A profile's source as the API takes it."""
    return base64.b64encode(source).decode("ascii")
