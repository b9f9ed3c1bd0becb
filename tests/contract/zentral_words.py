"""The small repository and the cases' words as Zentral has them, written by hand and not from our table.

Sources: Apple's restrictions and passcode payloads (developer.apple.com, `com.apple.applicationaccess` and
`com.apple.mobiledevice.passwordpolicy`), read 2026-11.

Cases speak of Chromebooks. What a Chromebook has and an iPad has not stands here for something that an iPad has: incognito
windows for AirDrop, the guest mode for the camera, and so on. An app that is offered, blocked or to be absent can't be said to Zentral: such a line gives it
up here, and nothing is looked for on the device.
"""

import fnmatch
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ORG = "11111111-2222-4333-8444-555555555555"
TAXONOMY = f"[reconciler:1 org={ORG}]"
RESTRICTIONS, PASSCODE = "com.apple.applicationaccess", "com.apple.mobiledevice.passwordpolicy"
NUMBERS = {
    "kami": "111222333",
    "kahoot": "111222444",
    "scratch": "111222555",
    "prov": "111222666",
    "reklam": "111222777",
}
"""App → its number in the App Store, in the sandbox's server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What differs between servers. `serials`: a case's serial number → a device's; None where they are the same.

    Where they aren't, names are others too, so that patterns become the serial numbers that they would fit.
    """

    url: str = "https://mdm.lillkoping.example.se"
    blueprint: str = "Lillköping"
    prefix: str = ""
    location: str = ""
    numbers: Mapping[str, str] = field(default_factory=lambda: NUMBERS)
    serials: Mapping[str, str] | None = None

    @property
    def taxonomy(self) -> str:
        return f"{self.prefix} {TAXONOMY}" if self.prefix else TAXONOMY

    def serial(self, case: str) -> str:
        return case if self.serials is None else self.serials.get(case, case)


_OFF_ON = (("blocked", False), ("allowed", True))
SETTINGS: Mapping[str, tuple[str, str, tuple[tuple[Any, Any], ...]]] = {
    "incognito": (RESTRICTIONS, "allowAirDrop", _OFF_ON),
    "guest-mode": (RESTRICTIONS, "allowCamera", _OFF_ON),
    "safe-search": (RESTRICTIONS, "safariForceFraudWarning", (("required", True), ("optional", False))),
    "url-blocklist": (RESTRICTIONS, "allowVideoConferencing", ((["a.example.se"], False),)),
    "url-allowlist": (RESTRICTIONS, "allowAssistant", ((["b.example.se"], False), (["d.example.se"], True))),
    "printing": (RESTRICTIONS, "allowAirPrint", _OFF_ON),
    "power-wash": (PASSCODE, "maxInactivity", (("blocked", 5), ("allowed", 15))),
    "home-page": (
        PASSCODE,
        "minLength",
        (("https://a.example.se/", 4), ("https://b.example.se/", 5), ("https://norr.example.se/", 6)),
    ),
}
"""A case's setting → payload type, key, (case's word, wire)."""

TEXTS: tuple[tuple[str, str], ...] = (
    ("backend: chrome\\b", "backend: zentral"),
    ("\\bchromeos\\b", "ipados"),
    ("\\basset_id: \"(\\[[A-Z]+\\])-", "name: \"\\1"),
    ("\\blocation: (?=\")", "name: "),
    ("(required: \\[kami\\]), blocked: \\[kahoot\\]", "\\1"),
    ("\\bblocked: \\[kami\\], available: \\[scratch\\]", "inherit: [kami, scratch]"),
    ("\\b(?:blocked|absent|available): \\[", "inherit: ["),
    ("\\bincognito\\b", "airdrop"),
    ("\\bguest-mode\\b", "camera"),
    ("\\bsafe-search\\b", "phishing-warnings"),
    ("\\burl-blocklist: \\[a.example.se]", "facetime: blocked"),
    ("\\burl-allowlist: \\[b.example.se]", "siri: blocked"),
    ("\\burl-allowlist: \\[d.example.se]", "siri: allowed"),
    ("\\bpower-wash: blocked", "screen-lock-minutes: 5"),
    ("\\bhome-page\\b", "passcode-min-length"),
    ('"https://a.example.se/"', "4"),
    ('"https://b.example.se/"', "5"),
    (',? ?users: \\{org_units: \\["[^"]*"\\]\\}(?=,)', ""),
    ('(?m)^ *users: \\{org_units: \\["[^"]*"\\]\\}\n', ""),
)  # fmt: skip
"""What stands in the small repository and in the cases' edits of it → what stands there for Zentral; in this order."""

_PLATFORM: Mapping[str, str] = {
    "extension: ecnphlgnajanjnkcmbpancdjoidceilk": "kami",
    "extension: abcdefghijklmnopabcdefghijklmnop": "kahoot",
    'web: "https://scratch.mit.edu/"': "scratch",
    'web: "https://prov.example.se/"': "prov",
    'web: "https://reklam.example.se/"': "reklam",
}
_BACKEND = "{id: chrome, kind: google, mode: (?P<mode>\\w+), customer: C0sandbox, root: /Enheter}"
_MATCH = re.compile(r'match: \{name: "(?P<pattern>[^"]*)"\}')
SERIAL = re.compile(r"\b(?:NORR|SYD|OKÄND|KONTOR)\d{4}\b")

PLACES: Mapping[str, str] = {
    "Norrskolan/Elever åk 4–6": "norr/elever",
    "Norrskolan/Elever": "norr/elever",
    "Norrskolan/Förråd norr": "norr/forrad",
    "Norrskolan/Försök norr": "norr/forsok",
    "Norrskolan/Lager": "norr/lager",
    "Norrskolan/Mellanstadiet": "norr/mellanstadiet",
    "Norrskolan/Elever från syd": "norr/elever-fran-syd",
    "Sydskolan/Elever syd": "syd/elever",
    "Sydskolan/Förråd syd": "syd/forrad",
    "Södra skolan/Elever syd": "sodra/elever",
    "Elever syd": "syd/elever",
}
"""A place as cases write it → the group's tag, without what is put before it."""


def translate(text: str, names: Names) -> str:
    """A file of the small repository, or a piece of one, as it is for Zentral."""
    location = f', location: "{names.location}"' if names.location else ""
    prefix = f', prefix: "{names.prefix}"' if names.prefix else ""
    backend = (
        f'{{id: zentral, kind: zentral, mode: \\g<mode>, url: "{names.url}", blueprint: "{names.blueprint}"'
        f"{location}{prefix}, limits: {{disruptive_share: 100}}}}"
    )
    text = re.sub(_BACKEND, backend, text).replace('blueprint: "Lillköping"', f'blueprint: "{names.blueprint}"')
    for old, app in _PLATFORM.items():
        text = text.replace(old, f'app_store: "{names.numbers.get(app, "999999999")}"')
    for pattern, new in TEXTS:
        text = re.sub(pattern, new, text)
    if names.serials is None:
        return text
    text = _MATCH.sub(lambda match: _listed(match["pattern"], names.serials or {}), text)
    return SERIAL.sub(lambda match: names.serial(match[0]), text)


def _listed(pattern: str, serials: Mapping[str, str]) -> str:
    fitting = sorted(one for one in serials if fnmatch.fnmatchcase(_called(one), pattern))
    return "serials: [" + ", ".join(f'"{one}"' for one in fitting) + "]"


def _called(serial: str) -> str:
    """The name of a case's device, as it stands in the seed."""
    names = {"NORR": f"NORR 4-6 {serial[-2:]}", "SYD": f"SYD {serial[-2:]}", "KONTOR": "Kontoret 1"}
    return names.get(serial[:-4], "")


def to_wire(setting: str, word: Any) -> Any:
    return next((wire for known, wire in SETTINGS[setting][2] if known == word), word)


def to_word(setting: str, wire: Any) -> Any:
    return next((word for word, known in SETTINGS[setting][2] if repr(known) == repr(wire)), wire)
