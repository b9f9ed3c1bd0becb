"""The small repository and the cases' words as Intune has them, written by hand and not from our table.

Sources: Microsoft Learn, Graph v1.0, `iosGeneralDeviceConfiguration`, `iosCompliancePolicy`; Apple's restrictions payload
(`com.apple.applicationaccess`), which the settings catalogue takes its ids from; read 2026-11.

Cases speak of Chromebooks. What a Chromebook has and an iPad has not stands here for something that an iPad has:
incognito windows for AirDrop, the guest mode for the camera, and so on, one for each family of policies.
"""

import re
from typing import Any

TENANT = "22222222-3333-4444-8555-666666666666"

APPS = {
    "kami": "iosVppApp:com.example.kami",
    "kahoot": "iosVppApp:com.example.kahoot",
    "scratch": "iosiPadOSWebClip:https://scratch.mit.edu/",
    "prov": "iosiPadOSWebClip:https://prov.example.se/",
}

OUTCOMES = {"installed": "required", "available": "available", "uninstalled": "blocked"}
"""What becomes of an app on a device, as a case says it: what Google blocks, Intune uninstalls."""

INTENTS = {"required": "required", "available": "available", "blocked": "uninstall", "absent": "uninstall"}

IOS, CATALOG, COMPLIANCE = "iosGeneralDeviceConfiguration", "settingsCatalog.iOS", "iosCompliancePolicy"
_RESTRICTION = "com.apple.applicationaccess_"

SETTINGS: dict[str, tuple[str, str, tuple[tuple[Any, Any], ...]]] = {
    "incognito": (IOS, "airDropBlocked", (("blocked", True), ("allowed", False))),
    "guest-mode": (IOS, "cameraBlocked", (("blocked", True), ("allowed", False))),
    "safe-search": (IOS, "safariRequireFraudWarning", (("required", True), ("optional", False))),
    "url-blocklist": (IOS, "faceTimeBlocked", ((["a.example.se"], True),)),
    "url-allowlist": (
        IOS,
        "passcodeMinutesOfInactivityBeforeScreenTimeout",
        ((["b.example.se"], 5), (["d.example.se"], 10)),
    ),
    "power-wash": (CATALOG, f"{_RESTRICTION}allowappremoval", (("blocked", False), ("allowed", True))),
    "printing": (COMPLIANCE, "securityBlockJailbrokenDevices", (("blocked", True), ("allowed", False))),
    "home-page": (
        COMPLIANCE,
        "osMinimumVersion",
        (
            ("https://a.example.se/", "17.1"),
            ("https://b.example.se/", "17.2"),
            ("https://norr.example.se/", "17.3"),
        ),
    ),
}
"""A case's setting → family, field, (case's word, wire)."""

TEXTS: tuple[tuple[str, str], ...] = (
    ("{id: chrome, kind: google, mode: (?P<mode>\\w+), customer: C0sandbox, root: /Enheter}",
     f'{{id: intune, kind: intune, mode: \\g<mode>, tenant: "{TENANT}", limits: {{disruptive_share: 100}}}}'),
    ("backend: chrome\\b", "backend: intune"),
    ("\\bchromeos\\b", "ipados"),
    ("\\bextension: ecnphlgnajanjnkcmbpancdjoidceilk", "bundle_id: com.example.kami"),
    ("\\bextension: abcdefghijklmnopabcdefghijklmnop", "bundle_id: com.example.kahoot"),
    ("\\borg_units: ", "directory_groups: "),
    ("\\blocation: ", "name: "),
    ("\\basset_id: ", "category: "),
    ("\\bblocked: \\[", "absent: ["),
    ("\\bincognito\\b", "airdrop"),
    ("\\bguest-mode\\b", "camera"),
    ("\\bsafe-search\\b", "phishing-warnings"),
    ("\\burl-blocklist: \\[a.example.se]", "facetime: blocked"),
    ("\\burl-allowlist: \\[b.example.se]", "screen-lock-minutes: 5"),
    ("\\burl-allowlist: \\[d.example.se]", "screen-lock-minutes: 10"),
    ("\\bpower-wash\\b", "app-removal"),
    ("\\bprinting\\b", "jailbroken-devices"),
    ("\\bhome-page\\b", "os-minimum-version"),
    ("https://a.example.se/", "17.1"),
    ("https://b.example.se/", "17.2"),
    ("https://norr.example.se/", "17.3"),
)  # fmt: skip
"""What stands in the small repository and in the cases' edits of it → what stands there for Intune; in this order."""

_PATH = re.compile(r"/(?:Elever|Personal)(?:/[^\s/\"\],]+)*(?=[\"\],])")


def translate(text: str) -> str:
    """A file of the small repository, or a piece of one, as it is for Intune."""
    for old, new in TEXTS:
        text = re.sub(old, new, text)
    return _PATH.sub(lambda match: group_of(match[0]), text)


def group_of(path: str) -> str:
    """An org unit's path as the name of the group that its people are in: `/Elever/Norrskolan/4A`, `Elever Norrskolan 4A`."""
    return path.strip("/").replace("/", " ")


def to_wire(setting: str, word: Any) -> Any:
    return next((wire for known, wire in SETTINGS[setting][2] if known == word), word)


def to_word(setting: str, wire: Any) -> Any:
    return next((word for word, known in SETTINGS[setting][2] if repr(known) == repr(wire)), wire)
