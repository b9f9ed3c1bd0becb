"""Cases of scope, made on a server through its API; what devices then have in scope is seen by whoever can look inside."""

import base64
import json
import plistlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from tests.conformance.zentral.recording import PREFIX, Ask, sweep
from tests.conformance.zentral.touring import HERE, Request, mobileconfig

SCOPE = HERE / "scope.yaml"
SCOPE_RECORDED = HERE / "scope_recorded.yaml"
See = Callable[[], Mapping[str, Mapping[str, int]]]
"""Serial number → name of an artifact in scope → its version."""
_NAMES = ("shard_modulo", "default_shard", "ipados_min_version", "ipados_max_version")
_PLATFORMS = ["iPadOS", "macOS"]


def load_scope() -> Mapping[str, Any]:
    """What stands in scope.yaml."""
    found: Mapping[str, Any] = yaml.safe_load(SCOPE.read_text(encoding="utf-8"))
    return found


def scopes(ask: Ask, see: See, blueprint: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """For every case its name and what the watched devices have in scope of what it made. What a case made is gone after it.

    Raises:
        AssertionError: the server refused something of a case.
    """
    cases = load_scope()
    for case in cases["cases"]:
        sweep(ask)
        try:
            _make(ask, case, blueprint)
            seen = see()
        finally:
            sweep(ask)
        yield case["name"], {serial: _ours(seen.get(serial, {})) for serial in cases["watched"]}


def _ours(seen: Mapping[str, int]) -> Mapping[str, int]:
    return {name.removeprefix(PREFIX): version for name, version in sorted(seen.items()) if name.startswith(PREFIX)}


def _make(ask: Ask, case: Mapping[str, Any], blueprint: int) -> None:
    tags = {name: _tag(ask, name, serials) for name, serials in case.get("tags", {}).items()}
    artifacts: dict[str, Any] = {}
    versions: dict[tuple[str, int], Any] = {}
    for item in case["artifacts"]:
        artifacts[item["name"]] = _artifact(ask, item, artifacts)
        for version in item.get("versions", []):
            versions[item["name"], version["version"]] = _version(ask, artifacts[item["name"]], version, tags)
    for link in case["links"]:
        body = {"blueprint": blueprint, "artifact": artifacts[link["artifact"]], **_scope(link, tags)}
        _send(ask, "POST", "mdm/blueprint_artifacts/", body)
    for name in case.get("delete_tags", []):
        _send(ask, "DELETE", f"inventory/tags/{tags[name]}/")
    for item in case.get("delete_versions", []):
        _send(ask, "DELETE", f"mdm/profiles/{versions[item['artifact'], item['version']]}/")


def _tag(ask: Ask, name: str, serials: list[str]) -> Any:
    made = _send(ask, "POST", "inventory/tags/", {"name": f"{PREFIX}{name}"})["id"]
    operation = {"kind": "ADD", "names": [f"{PREFIX}{name}"]}
    _send(ask, "POST", "inventory/machines/tags/", {"serial_numbers": serials, "operations": [operation]})
    return made


def _artifact(ask: Ask, item: Mapping[str, Any], made: Mapping[str, Any]) -> Any:
    body = {
        "name": f"{PREFIX}{item['name']}",
        "type": "Profile",
        "channel": item.get("channel", "Device"),
        "platforms": _PLATFORMS,
        "requires": [made[name] for name in item.get("requires", [])],
    }
    return _send(ask, "POST", "mdm/artifacts/", body)["id"]


def _version(ask: Ask, artifact: Any, item: Mapping[str, Any], tags: Mapping[str, Any]) -> Any:
    source = base64.b64encode(plistlib.dumps(mobileconfig({}))).decode()
    body = {"artifact": artifact, "version": item["version"], "source": source, **_scope(item, tags)}
    return _send(ask, "POST", "mdm/profiles/", body)["id"]


def _scope(item: Mapping[str, Any], tags: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = dict.fromkeys(item["platforms"], True) | {
        name: item[name] for name in _NAMES if name in item
    }
    if "tag_shards" in item:
        body["tag_shards"] = [{"tag": tags[name], "shard": shard} for name, shard in item["tag_shards"].items()]
    if "excluded_tags" in item:
        body["excluded_tags"] = [tags[name] for name in item["excluded_tags"]]
    return body


def _send(ask: Ask, verb: str, path: str, body: Any = None) -> Any:
    sent = None if body is None else json.dumps(body).encode()
    reply = ask(Request(verb=verb, path=path, who="all", query=(), body=sent, media_type="application/json"))
    assert reply.status in (200, 201, 204), (verb, path, body, reply)
    return reply.body
