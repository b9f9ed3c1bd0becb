"""Cut `reconciler/apple/published_keys.json` out of Apple's device management schema, and of ProfileManifests what is newer.

    python -m tests.conformance.apple.extract APPLE MANIFESTS > reconciler/apple/published_keys.json

APPLE and MANIFESTS are clones (bare ones will do) of github.com/apple/device-management, or a fork that has Apple's own
commit, and of github.com/ProfileManifests/ProfileManifests. Types, ranges and versions are taken, never Apple's prose.
"""

import json
import plistlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

Json = dict[str, Any]

APPLE: Final = "2e6673873e71a8bba2516f915710e5bd50b81859"
MANIFESTS: Final = "e4b340f9a83f6ab46c3dea53e71d6ed75e334d46"
SOURCES: Final[Json] = {
    "apple": {
        "title": "Apple's device management schema, mdm/profiles, release of iOS 18.3 and macOS 15.3",
        "where": f"github.com/apple/device-management at {APPLE}",
        "of": "2025-01-28",
        "read": "2026-11-22",
    },
    "manifests": {
        "title": "ProfileManifests, the restrictions that Apple added later and what it has deprecated since",
        "where": f"github.com/ProfileManifests/ProfileManifests at {MANIFESTS}",
        "of": "2026-08-18",
        "read": "2026-11-22",
    },
}
SYSTEMS: Final = ("iOS", "macOS", "tvOS")
RESTRICTIONS: Final = "com.apple.applicationaccess"
COVERED: Final[Mapping[str, tuple[int, ...]]] = {"iOS": (18, 3), "macOS": (15, 3), "tvOS": (18, 3)}
"""What Apple's copy knows: of the other source only what came later is taken."""
LEFT_OUT: Final = ("CommonPayloadKeys", "TopLevel", "com.apple.mdm", "com.apple.security.wapi-identity")
"""What every payload and profile has; the enrolment itself, which nobody writes by hand; one that says no system."""
DEPTH: Final = 4
"""A home screen's folders hold folders: deeper than this nothing is said."""


def extract(apple: Path, manifests: Path) -> Json:
    """The whole of the file."""
    payloads = apple_payloads(apple)
    add_newer(payloads[RESTRICTIONS], manifests)
    return {"sources": SOURCES, "payloads": dict(sorted(payloads.items()))}


def apple_payloads(repository: Path) -> dict[str, Json]:
    """Payload type → its systems and keys. Types that Apple describes in several files have the keys of all, none required."""
    found: dict[str, Json] = {}
    for text in _files(repository, APPLE, "mdm/profiles/"):
        described = yaml.safe_load(text)
        name = described.get("payload", {}).get("payloadtype")
        if name is None or name in LEFT_OUT:
            continue
        on = _systems(described["payload"]["supportedOS"], None)
        keys = {one["key"]: _key(one, on) for one in described.get("payloadkeys", ())}
        if name in found:
            merged = {**found[name]["keys"], **keys}
            keys = {key: {k: v for k, v in said.items() if k != "required"} for key, said in merged.items()}
            on = {**on, **found[name]["on"]}
        found[name] = {"on": on, "keys": keys}
    return found


def _systems(said: Mapping[str, Any], above: Mapping[str, Json] | None) -> dict[str, Json]:
    """System → since when, and until when, by what the key says and else by its payload (`above`)."""
    found = {}
    for system in SYSTEMS:
        if above is None:
            whole = _support(said.get(system, {"introduced": "n/a"}))
        else:
            whole = {**above.get(system, {"introduced": "n/a"}), **_support(said.get(system, {}))}
        if whole["introduced"] != "n/a":
            found[system] = {key: value for key, value in whole.items() if value is not False}
    return found


def _support(said: Mapping[str, Any]) -> Json:
    return {key: said[key] for key in ("introduced", "deprecated", "removed", "supervised") if key in said}


def _key(said: Mapping[str, Any], above: Mapping[str, Json] | None = None, depth: int = 0) -> Json:
    found = _shape(said)
    if above is not None:
        on = _systems(said.get("supportedOS", {}), above)
        found |= {"on": on} if on != above else {}
    below: list[Json] = said.get("subkeys", []) if depth < DEPTH else []
    if said["type"] == "<array>" and len(below) == 1:
        found["items"] = _key(below[0], None, depth + 1)
    if said["type"] == "<dictionary>" and below:
        found["keys"] = {one["key"]: _key(one, None, depth + 1) for one in below}
    return found


def _shape(said: Mapping[str, Any]) -> Json:
    found: Json = {"type": said["type"].strip("<>")}
    if said.get("presence") == "required":
        found["required"] = True
    found |= {key: said["range"][key] for key in ("min", "max") if key in said.get("range", {})}
    if said.get("rangelist"):
        found["options"] = said["rangelist"]
    return found


def add_newer(restrictions: Json, repository: Path) -> None:
    """Restrictions that came after Apple's copy, and deprecations since, as the people of ProfileManifests read them."""
    for system in SYSTEMS:
        path = f"Manifests/ManifestsApple/{RESTRICTIONS}-{system}.plist"
        for key in plistlib.loads(_file(repository, MANIFESTS, path))["pfm_subkeys"]:
            _add(restrictions["keys"], restrictions["on"], key, system)


def _add(keys: dict[str, Json], payload: Mapping[str, Json], key: Mapping[str, Any], system: str) -> None:
    name, prefix = key["pfm_name"], f"pfm_{system.lower()}_"
    since, until = key.get(f"{prefix}min", "0"), key.get(f"{prefix}deprecated")
    if _version(since) > COVERED[system] and (name not in keys or keys[name].get("newer")):
        said = keys.setdefault(name, {"type": key["pfm_type"], "newer": True, "on": {}})
        # For Macs it says so too where Apple's own page names iOS alone (allowSafariPrivateBrowsing, read 2026-11-22).
        supervised = bool(key.get("pfm_supervised")) and system != "macOS"
        said["on"][system] = {"introduced": since, **({"supervised": True} if supervised else {})}
    if name in keys and until:
        on = keys[name].get("on", payload)
        if system in on:
            keys[name]["on"] = {**on, system: {"deprecated": until, **on[system]}}


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _files(repository: Path, commit: str, folder: str) -> Iterator[bytes]:
    listed = _git(repository, "ls-tree", "--name-only", "-z", commit, folder).decode().split("\0")
    return (_file(repository, commit, path) for path in listed if path.endswith(".yaml"))


def _file(repository: Path, commit: str, path: str) -> bytes:
    return _git(repository, "show", f"{commit}:{path}")


def _git(repository: Path, *words: str) -> bytes:
    return subprocess.run(["git", "-C", str(repository), *words], check=True, capture_output=True).stdout


def as_text(found: Json) -> str:
    """One line for each payload, so that a new extract can be read as a difference."""
    lines = [f"  {json.dumps(name)}: {json.dumps(said)}" for name, said in found["payloads"].items()]
    sources = json.dumps(found["sources"], ensure_ascii=False, indent=1).replace("\n", "\n ")
    return f'{{\n "sources": {sources},\n "payloads": {{\n' + ",\n".join(lines) + "\n }\n}\n"


if __name__ == "__main__":
    sys.stdout.write(as_text(extract(Path(sys.argv[1]), Path(sys.argv[2]))))
