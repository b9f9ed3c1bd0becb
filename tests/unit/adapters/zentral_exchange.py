"""A Zentral server as a script: lists and answers written by hand from the notes on the API and from Zentral's source.

It keeps no state. What it is asked to write it records; what is written is answered as the script says.
"""

import base64
import json
import plistlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zlib import crc32

import httpx

from reconciler.adapters.wiring import Wiring
from reconciler.adapters.zentral.adapter import ZentralAdapter
from reconciler.adapters.zentral.connect import connect_zentral
from reconciler.credentials.purpose import Purpose
from reconciler.http.clock import Clock, VirtualTime
from reconciler.model.adapter import Scope
from reconciler.model.desired import (
    DesiredState,
    Effective,
    EffectiveApp,
    EffectiveRaw,
    EffectiveSetting,
    GroupState,
    Layer,
    Origin,
)
from reconciler.model.documents import App, AppIdentity, Backend, DeviceRule, Group, School
from reconciler.model.place import Json, Pointer
from reconciler.settings.table import load_settings

ORG = "6c3d1f0e-0000-4000-8000-000000000001"
TAXONOMY = f"[reconciler:1 org={ORG}]"
AT = Pointer(file="schools/norr.yaml", path=("groups", 0))
ORIGINS = (Origin(layer=Layer.GROUP, owner="norr/elever", value="x", at=AT),)
RESTRICTIONS = "com.apple.applicationaccess"
PROFILE, LINK = "0b9b1c3a-1111-4000-8000-00000000000a", 41
BOOK, BOOK_NUMBER = "0b9b1c3a-2222-4000-8000-00000000000b", "361309726"
PAGED = (
    "devices",
    "blueprints",
    "artifacts",
    "profiles",
    "store_apps",
    "location_assets",
    "locations",
    "blueprint_artifacts",
)
ENVIRONMENT = {"RECONCILER_ZENTRAL_TOKEN": "ztls_0123456789abcdef", "RECONCILER_ZENTRAL_HOST": "mdm.example.se"}


@dataclass(slots=True)
class Exchange(httpx.BaseTransport):
    """`lists` by the last part of their path; `tagged`: tag id → serials; `answers` are given once each, in order, by call.

    `ignores`: query parameters that this server has never heard of, and so ignores.
    """

    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tagged: dict[int, list[str]] = field(default_factory=dict)
    answers: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    ignores: frozenset[str] = frozenset()
    sent: list[tuple[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/")
        call = f"{request.method} {path}"
        self.headers.append(request.headers.get("Authorization", ""))
        self.asked.append(f"{call}?{request.url.query.decode()}".rstrip("?"))
        body = json.loads(request.read() or b"null")
        if request.method != "GET":
            self.sent.append((call, body))
        if self.answers.get(call):
            status, content = self.answers[call].pop(0)
            if isinstance(content, str):
                return httpx.Response(status, html=content)
            return httpx.Response(status, json=content) if content is not None else httpx.Response(status)
        if request.method == "GET":
            return self._read(path, request.url.params)
        return (
            httpx.Response(204) if request.method == "DELETE" else httpx.Response(201, json={"id": 900, **(body or {})})
        )

    def _read(self, path: str, query: httpx.QueryParams) -> httpx.Response:
        parts = [part for part in path.split("/") if part]
        if len(parts) == 3:
            found = next((row for row in self.lists.get(parts[1], []) if str(row["id"]) == parts[2]), None)
            return httpx.Response(200, json=found) if found else httpx.Response(404, json={"detail": "Not found."})
        rows = self._filtered(parts[1], query)
        if parts[1] not in PAGED:
            return httpx.Response(200, json=rows)
        limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
        page = rows[offset : offset + limit]
        return httpx.Response(200, json={"count": len(rows), "next": None, "previous": None, "results": page})

    def _filtered(self, name: str, query: httpx.QueryParams) -> list[dict[str, Any]]:
        rows = self.lists.get(name, [])
        for parameter, keeps in (("tags", True), ("excluded_tags", False)):
            asked = query.get_list(parameter) if name == "devices" and parameter not in self.ignores else []
            if asked:
                inside = {serial for tag in asked for serial in self.tagged.get(int(tag), [])}
                rows = [row for row in rows if (row["serial_number"] in inside) is keeps]
        return rows

    def close(self) -> None:
        """Every client of a run closes it; the script goes on."""

    def writes(self) -> list[str]:
        return [call for call, _ in self.sent]


def device(serial: str, *, blueprint: int | None = 1, platform: str = "iPadOS", **more: Any) -> dict[str, Any]:
    return {
        "id": crc32(serial.encode()),
        "serial_number": serial,
        "udid": f"udid-{serial}",
        "name": f"iPad {serial}",
        "model": "iPad13,18",
        "platform": platform,
        "os_version": "18.1",
        "blueprint": blueprint,
        "supervised": True,
        "last_seen_at": "2026-11-20T10:00:00",
        "users": [{"long_name": "Anna Berg", "short_name": "annber"}],
        "realm_user": {"username": "anna.berg@example.se"},
        **more,
    }


def tag(identity: int, name: str, taxonomy: int | None = 7, **more: Any) -> dict[str, Any]:
    """The slug as Django makes it: capitals folded, the slash dropped."""
    slug = name.lower().replace("/", "")
    return {
        "id": identity,
        "taxonomy": taxonomy,
        "meta_business_unit": None,
        "name": name,
        "slug": slug,
        "color": "0079bf",
        **more,
    }


def scope(*platforms: str, **more: Any) -> dict[str, Any]:
    flags = {one: one in platforms for one in ("ios", "ipados", "macos", "tvos")}
    ends = {f"{one}_{end}_version": "" for one in flags for end in ("min", "max")}
    return {**flags, **ends, "shard_modulo": 100, "default_shard": 100, "excluded_tags": [], "tag_shards": [], **more}


def link(
    identity: int, artifact: str, *tags: int, platforms: Sequence[str] = ("ipados",), **more: Any
) -> dict[str, Any]:
    rows = [{"tag": one, "shard": 100} for one in tags]
    return {
        "id": identity,
        "blueprint": 1,
        "artifact": artifact,
        **scope(*platforms, default_shard=0, tag_shards=rows),
        "created_at": "2026-11-01T10:00:00",
        "updated_at": "2026-11-01T10:00:00",
        **more,
    }


def artifact(identity: str, name: str, sort: str = "Profile", **more: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "name": name,
        "type": sort,
        "channel": "Device",
        "platforms": ["iOS", "iPadOS", "macOS", "tvOS"],
        "requires": [],
        "auto_update": True,
        "install_during_setup_assistant": False,
        "reinstall_interval": 0,
        "reinstall_on_os_update": "No",
        **more,
    }


def profile(
    number: int, keys: Mapping[str, Any], *, mark: str = "", payload: str = RESTRICTIONS, of: str = PROFILE, **more: Any
) -> dict[str, Any]:
    """A version whose source is written by plistlib alone: nothing of ours has a hand in it."""
    content = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": "se.example.profile",
        "PayloadUUID": f"{number}",
        "PayloadScope": "System",
        "PayloadDescription": mark,
        "PayloadContent": [
            {"PayloadType": payload, "PayloadVersion": 1, "PayloadIdentifier": "a.b", "PayloadUUID": "x", **keys}
        ],
    }
    source = base64.b64encode(plistlib.dumps(content)).decode()
    return {"id": f"{of[:-1]}{number}", "artifact": of, "version": number, "source": source, **scope("ipados"), **more}


def mark(group: str, payload: str = RESTRICTIONS, org: str = ORG) -> str:
    return f"[reconciler:1 org={org} key=policy/{group}/{payload}]"


def asset(identity: int, number: str = BOOK_NUMBER, location: int = 5, total: int = 30, **more: Any) -> dict[str, Any]:
    counts = {"total_count": total, "available_count": total, "assigned_count": 0, "retired_count": 0}
    return {
        "id": identity,
        "location": location,
        "asset": 3,
        "adam_id": number,
        "pricing_param": "STDQ",
        **counts,
        **more,
    }


def store_app(of: str, location_asset: int, **more: Any) -> dict[str, Any]:
    return {"id": f"v-{of}", "artifact": of, "location_asset": location_asset, "version": 1, **scope("ipados"), **more}


def server(**lists: list[dict[str, Any]]) -> Exchange:
    """One blueprint, our taxonomy and a location; the rest as given."""
    return Exchange(
        lists={
            "blueprints": [{"id": 1, "name": "Skolor"}],
            "taxonomies": [{"id": 7, "meta_business_unit": None, "name": TAXONOMY}],
            "locations": [{"id": 5, "name": "Vidala skolor", "server_token_expiration_date": "2027-05-01T00:00:00"}],
            "tags": [],
            "devices": [],
            **lists,
        }
    )


def backend(**options: str) -> Backend:
    own = {"url": "https://mdm.example.se", "blueprint": "Skolor", **options}
    return Backend(
        id="ipads",
        kind="zentral",
        mode="apply",
        options=own,
        at=Pointer(file="organisation.yaml", path=("backends", 0)),
    )


def wiring(
    exchange: Exchange, *, purpose: Purpose = Purpose.APPLY, environment: Mapping[str, str] = ENVIRONMENT
) -> Wiring:
    time = VirtualTime()
    clock: Clock = time.clock()
    return Wiring(environment=environment, purpose=purpose, clock=clock, transport=lambda: exchange)


def connected(exchange: Exchange, apps: Mapping[str, App] | None = None, /, **options: str) -> ZentralAdapter:
    return connect_zentral(backend(**options), org=ORG, table=load_settings(), apps=apps or {}, wiring=wiring(exchange))


STRUCTURE = Scope(kinds=frozenset({"group"}))
VALUES = Scope(kinds=frozenset({"membership", "setting", "assignment"}))

SCHOOL = School(id="norr", name="Norrskolan", at=AT)
BOOKS = {
    "bok": App(
        id="bok",
        name="Book Creator",
        status="approved",
        identities=(AppIdentity(platform="ipados", kind="app-store", id=BOOK_NUMBER, at=AT),),
        at=AT,
    )
}


def group(
    name: str = "elever",
    *,
    settings: Mapping[str, Json] | None = None,
    raw: Mapping[str, Mapping[str, Json]] | None = None,
    apps: Mapping[str, str] | None = None,
    previously: tuple[str, ...] = (),
    expected: int = 20,
    platform: str = "ipados",
    school: School = SCHOOL,
) -> GroupState:
    wanted = Effective(
        settings={
            one: EffectiveSetting(setting=one, value=value, origins=ORIGINS) for one, value in (settings or {}).items()
        },
        raw={
            ("apple", schema, "device"): EffectiveRaw(
                system="apple", schema=schema, fields=fields, reach="device", origins=ORIGINS
            )
            for schema, fields in (raw or {}).items()
        },
        apps={
            (one, "user"): EffectiveApp(app=one, mode=mode, session="user", pinned=False, origins=ORIGINS)
            for one, mode in (apps or {}).items()
        },
    )
    written = Group(
        id=name,
        name="Elever",
        previously=previously,
        school_forms=("grundskola",),
        platform=platform,
        audience="pupils",
        devices=DeviceRule(expected=expected, at=AT),
        at=AT,
    )
    return GroupState(
        key=f"{school.id}/{name}",
        group=written,
        school=school,
        backend="ipads",
        parent=None,
        effective=wanted,
        on_devices=wanted,
        reaches=frozenset({"device"}),
    )


def state(*groups: GroupState) -> DesiredState:
    return DesiredState(as_of=date(2026, 11, 22), lapses=None, groups={one.key: one for one in groups}, user_layers=())
