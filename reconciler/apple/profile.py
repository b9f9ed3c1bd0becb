"""Configuration profiles (.mobileconfig): keys to bytes, and bytes back to keys. Pure.

The same keys give the same bytes, so a profile that says the same is the same. What comes back is only what counts: the
payloads' own keys and the description, which carries our mark; identifiers, order and other metadata are noise.
"""

import base64
import math
import plistlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.parsers.expat import ExpatError

from reconciler.apple.checking import DEEPEST
from reconciler.model.place import Json

LARGEST: Final = 1 << 20
"""Bytes that are read at most: a profile of ours is some thousand."""

_COMMON: Final = frozenset(
    {
        *("PayloadType", "PayloadVersion", "PayloadIdentifier", "PayloadUUID", "PayloadEnabled"),
        *("PayloadDisplayName", "PayloadDescription", "PayloadOrganization"),
    }
)
"""What every payload may have (mdm/profiles/CommonPayloadKeys.yaml); `PayloadCertificateUUID` is none of it."""

# The parser of Python 3.11 raises all of these for one malformed text or another.
_MALFORMED: Final = (ExpatError, ValueError, TypeError, AttributeError, LookupError, OverflowError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A profile as it counts. payloads: (payload type, its keys), in the profile's order."""

    name: str
    description: str
    payloads: tuple[tuple[str, Mapping[str, Json]], ...]

    def keys_of(self, payload: str) -> Mapping[str, Json] | None:
        """The keys of the only payload of a type; None where there is none, or more than one."""
        found = [keys for name, keys in self.payloads if name == payload]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """Why a profile can't be read: `code` is that of its text. The profile is then somebody else's, or was edited by hand."""

    code: str


def compose(
    payload: str, keys: Mapping[str, Json], *, org: str, key: str, name: str, description: str, organisation: str = ""
) -> bytes:
    """A profile with one payload, as XML.

    org: the organisation's uid; key: what the profile is for us (`policy/norrskolan/elever-4-6/com.apple.…`); both make
    its identifiers, which stay the same from version to version. description: text with the mark. Raises `ValueError`
    or `TypeError` for values that `checking.check_payload` finds a problem with.
    """
    identifier = _identifier(org, key)
    content = {
        **{name: _wire(value) for name, value in keys.items()},
        **_metadata(payload, f"{identifier}.payload", _uuid(org, f"{key}#payload"), name),
        "PayloadEnabled": True,
    }
    profile = {
        **_metadata("Configuration", identifier, _uuid(org, key), name),
        "PayloadDescription": description,
        # The device's own channel; what the management system installs nobody at the device may take off.
        "PayloadScope": "System",
        "PayloadRemovalDisallowed": True,
        "PayloadContent": [content],
        **({"PayloadOrganization": organisation} if organisation else {}),
    }
    return plistlib.dumps(profile, fmt=plistlib.FMT_XML, sort_keys=True)


def parse(data: bytes) -> Profile | Unreadable:
    """What a profile says. Anything may be given: what is no unsigned XML profile comes back as `Unreadable`.

    Codes: APPLE-PROFILE-TOO-LARGE, -BINARY, -SIGNED, -ENTITIES, -MALFORMED, -NO-PROFILE. Data and dates, which no key of
    ours has, come back as {"$data": base64} and {"$date": …}, so that they differ from everything that we write.
    """
    code = _refused(data)
    if code:
        return Unreadable(code=code)
    try:
        found = _plain(plistlib.loads(data, fmt=plistlib.FMT_XML), 0)
    except _MALFORMED:
        return Unreadable(code="APPLE-PROFILE-MALFORMED")
    return _profile(found) or Unreadable(code="APPLE-PROFILE-NO-PROFILE")


def _wire(value: Json) -> Any:
    """The writer takes dictionaries and lists alone."""
    if isinstance(value, Mapping):
        return {key: _wire(one) for key, one in value.items()}
    return [_wire(one) for one in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def _identifier(org: str, key: str) -> str:
    """Reverse DNS in form: `reconciler.<uid>.policy.norrskolan.elever-4-6.com.apple.…`."""
    parts = [part for part in re.split(r"[^A-Za-z0-9-]+", f"{org}/{key}") if part]
    return ".".join(("reconciler", *parts))


def _uuid(org: str, key: str) -> str:
    space: UUID = uuid5(NAMESPACE_URL, f"reconciler:{org}")
    return str(uuid5(space, key)).upper()


def _metadata(kind: str, identifier: str, uuid: str, name: str) -> dict[str, Any]:
    return {
        "PayloadType": kind,
        "PayloadVersion": 1,
        "PayloadIdentifier": identifier,
        "PayloadUUID": uuid,
        "PayloadDisplayName": name,
    }


def _refused(data: bytes) -> str:
    """What can be told from the bytes alone, before any parser sees them."""
    if len(data) > LARGEST:
        return "APPLE-PROFILE-TOO-LARGE"
    if data.startswith(b"bplist"):
        return "APPLE-PROFILE-BINARY"
    if data.startswith((b"0\x80", b"0\x82", b"0\x83", b"0\x84", b"-----BEGIN ")):  # a signed one is CMS: DER, or PEM
        return "APPLE-PROFILE-SIGNED"
    # Apple's own document type is named by address and declares nothing; no honest profile has an entity of its own.
    if b"<!ENTITY" in data or re.search(rb"<!DOCTYPE[^>]*\[", data):
        return "APPLE-PROFILE-ENTITIES"
    return ""


def _profile(found: Json) -> Profile | None:
    if not isinstance(found, Mapping) or found.get("PayloadType") != "Configuration":
        return None
    content = found.get("PayloadContent")
    if not isinstance(content, list) or not all(_is_payload(one) for one in content):
        return None
    return Profile(
        name=_text(found.get("PayloadDisplayName")),
        description=_text(found.get("PayloadDescription")),
        payloads=tuple((one["PayloadType"], {k: v for k, v in one.items() if k not in _COMMON}) for one in content),
    )


def _is_payload(one: Json) -> bool:
    return isinstance(one, Mapping) and isinstance(one.get("PayloadType"), str)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _plain(value: Any, depth: int) -> Json:
    """A plist's values as those of JSON. Raises `ValueError` where they are nested deeper than any payload is, and for `nan`."""
    if depth > DEEPEST + 4:  # the profile, its content, the payload: ours are below these
        raise ValueError("nested too deep")
    if isinstance(value, dict):
        return {str(key): _plain(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, bytes):
        return {"$data": base64.b64encode(value).decode("ascii")}
    if isinstance(value, datetime):
        return {"$date": value.isoformat()}
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("no number")
    if isinstance(value, bool | int | float | str):
        return value
    raise ValueError("no value of a profile")
