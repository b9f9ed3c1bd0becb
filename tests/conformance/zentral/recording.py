"""Walking the tour on a real server, and what is found there before: a blueprint, devices, location assets."""

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.conformance.zentral.masking import mask
from tests.conformance.zentral.touring import HERE, Known, Reply, Request, Tour, load_tour, walk

RECORDED = HERE / "recorded.yaml"
VANISHED = HERE / "vanished.yaml"
VANISHED_RECORDED = HERE / "vanished_recorded.yaml"
HELD = HERE / "held.yaml"
HELD_RECORDED = HERE / "held_recorded.yaml"
BLUEPRINT = "Skolplattor"
PREFIX = "tur-"
_LONG = 256
# In this order: a link holds its artifact, a taxonomy takes its tags with it.
_MADE = ("mdm/blueprint_artifacts", "mdm/artifacts", "mdm/blueprints", "inventory/tags", "inventory/taxonomies")
Ask = Callable[[Request], Reply]
Hand = Callable[[Known], None]


class NotOnServerError(LookupError):
    """The server lacks what the tour stands on: a blueprint of the name, two iPads and a Mac in it, two location assets."""


def asking(client: httpx.Client, tokens: Mapping[str, str]) -> Ask:
    """Sends requests below `client`'s base address (…/api/) with the token of whoever asks."""

    def ask(request: Request) -> Reply:
        headers = _authorization(request.who, tokens)
        if request.body is not None:
            headers["Content-Type"] = request.media_type
        reply = client.request(
            request.verb, request.path, params=list(request.query), content=request.body, headers=headers
        )
        media_type = reply.headers.get("content-type", "")
        parsed = reply.json() if media_type.startswith("application/json") and reply.content else None
        return Reply(status=reply.status_code, media_type=media_type, body=parsed)

    return ask


def _authorization(who: str, tokens: Mapping[str, str]) -> dict[str, str]:
    if who == "none":
        return {}
    if who == "bearer":
        return {"Authorization": f"Bearer {tokens['all']}"}
    # Zentral checks a checksum in whatever has an underscore (zentral/utils/token.py, 2026-08-22) before it looks anything up.
    wrong = {"wrong": "0" * 40, "mistyped": "ztls_" + "0" * 36}
    return {"Authorization": f"Token {wrong.get(who) or tokens[who]}"}


def look_around(ask: Ask, blueprint: str) -> Known:
    """What the tour stands on, found on the server.

    Raises:
        NotOnServerError: something of it is missing.
    """
    known = Known(values={"p": PREFIX, "blueprint_name": blueprint, "long_256": "l" * (_LONG - len(PREFIX) + 1)})
    found = [row["id"] for row in _all(ask, "mdm/blueprints") if row["name"] == blueprint]
    devices = [
        row
        for row in _all(ask, "mdm/devices")
        if row["blueprint"] in found and not row["checkout_at"] and not row["blocked_at"]
    ]
    ipads = sorted(row["serial_number"] for row in devices if row["platform"] == "iPadOS")
    macs = sorted(row["serial_number"] for row in devices if row["platform"] == "macOS")
    assets = sorted(_all(ask, "mdm/location_assets"), key=lambda row: row["id"])
    if not found or len(ipads) < 2 or not macs or len(assets) < 2:
        raise NotOnServerError(
            f"{blueprint}: {len(found)} blueprints, {len(ipads)} iPads, {len(macs)} Macs, {len(assets)} location assets"
        )
    known.learn("blueprint", "mdm/blueprints", found[0])
    known.learn("asset", "mdm/location_assets", assets[0]["id"])
    known.values["first_asset"] = assets[0]["id"]
    known.learn("other_asset", "mdm/location_assets", assets[1]["id"])
    known.values |= {"device_1": ipads[0], "device_2": ipads[1], "mac": macs[0], "adam_id": assets[0]["adam_id"]}
    known.values["device_1_lower"] = ipads[0].lower()
    return known


def _all(ask: Ask, collection: str) -> list[Any]:
    reply = ask(
        Request(verb="GET", path=f"{collection}/", who="all", query=(("limit", "500"),), body=None, media_type="")
    )
    if reply.status != 200:
        raise NotOnServerError(f"GET {collection}/ answers {reply.status} {reply.body!r}")
    found: list[Any] = reply.body if isinstance(reply.body, list) else reply.body["results"]
    return found


def sweep(ask: Ask) -> None:
    """Takes away what an earlier tour left when it was cut off: everything whose name begins with the prefix."""
    artifacts = {row["id"] for row in _all(ask, "mdm/artifacts") if row["name"].startswith(PREFIX)}
    for collection in _MADE:
        for row in _all(ask, collection):
            if str(row.get("name", "")).startswith(PREFIX) or row.get("artifact") in artifacts:
                ask(
                    Request(
                        verb="DELETE", path=f"{collection}/{row['id']}/", who="all", query=(), body=None, media_type=""
                    )
                )


def answers(tour: Tour, ask: Ask, blueprint: str) -> dict[str, Any]:
    """Every step's masked answer, by the step's name. What the walk made is gone afterwards, also when it breaks off.

    Raises:
        NotOnServerError: see `look_around`.
        LookupError: see `walk`.
    """
    sweep(ask)
    known = look_around(ask, blueprint)
    try:
        return {step.name: mask(step, reply, known) for step, reply in walk(tour, known, ask)}
    finally:
        sweep(ask)


def in_parts(ask: Ask, path: Path, hands: Mapping[str, Hand]) -> dict[str, Any]:
    """The answers of a tour in parts: before each part somebody does something that the API can't, by the part's name.

    Raises:
        LookupError: see `walk`.
    """
    sweep(ask)
    known = look_around(ask, BLUEPRINT)
    found: dict[str, Any] = {}
    try:
        for part, hand in hands.items():
            hand(known)
            found |= {step.name: mask(step, reply, known) for step, reply in walk(load_tour(path, part), known, ask)}
    finally:
        sweep(ask)
    return found


def record(found: Mapping[str, Any], *, version: str, path: Path = RECORDED) -> None:
    """Writes the answers down, with where they are from. `version` is Zentral's, as its operator knows it: the API doesn't say."""
    day = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    header = (
        f"# What Zentral {version} answered on {day}. Written by `python -m tests.conformance.zentral`; do not edit.\n"
    )
    content = yaml.safe_dump(
        {"zentral": version, "recorded": day, "answers": dict(found)},
        allow_unicode=True,
        sort_keys=False,
        width=160,
        default_flow_style=None,
    )
    path.write_text(header + content, encoding="utf-8")
