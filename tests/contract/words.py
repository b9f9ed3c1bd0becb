"""What neutral words are for Google, written by hand from its own documents and not from our table.

Sources: Chrome Policy API's schema list as GAM 7 prints it (GamUpdates, read 2026-11) and ChromeOS's own tast tests.
"""

from typing import Any

APPS = {
    "kami": "chrome:ecnphlgnajanjnkcmbpancdjoidceilk",
    "kahoot": "chrome:abcdefghijklmnopabcdefghijklmnop",
    "scratch": "web:https://scratch.mit.edu/",
    "prov": "web:https://prov.example.se/",
    # Fourteen extensions that nobody in the files has heard of.
    **{f"okant-{n}": f"chrome:{chr(96 + n) * 32}" for n in range(1, 15)},
}

INSTALL = {"required": "FORCED", "available": "ALLOWED", "blocked": "BLOCKED", "absent": "REMOVE"}

_OFF_ON = {"blocked": False, "allowed": True}

SETTINGS: dict[str, tuple[str, str, dict[Any, Any]]] = {
    "incognito": (
        "IncognitoMode",
        "incognitoModeAvailability",
        {
            "blocked": "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE",
            "allowed": "INCOGNITO_MODE_AVAILABILITY_ENUM_AVAILABLE",
        },
    ),
    "printing": ("AllowPrinting", "printingEnabled", _OFF_ON),
    "task-manager": ("TaskManager", "taskManagerEndProcessEnabled", _OFF_ON),
    "browser-history-deletion": ("ClearBrowserHistory", "allowDeletingBrowserHistory", _OFF_ON),
    "safe-search": ("SafeSearchRestrictedMode", "forceGoogleSafeSearch", {"required": True, "optional": False}),
    "home-page": ("Homepage", "homepageLocation", {}),
    "url-blocklist": ("UrlBlocking", "urlBlocklist", {}),
    "url-allowlist": ("UrlBlocking", "urlAllowlist", {}),
    "power-wash": ("devices.DevicePowerwashAllowed", "devicePowerwashAllowed", _OFF_ON),
    "guest-mode": ("devices.GuestMode", "guestModeEnabled", _OFF_ON),
    "kiosk-app": ("devices.kiosk.appsconfig.AutoLaunchApp", "appId", {"prov": APPS["prov"]}),
}
"""Setting → schema (below `chrome.users.` unless it says `devices.`), field, word → wire. Without words: as it is."""


def schema_of(setting: str, session: str = "user") -> tuple[str, str]:
    schema, field, _ = SETTINGS[setting]
    if schema.startswith("devices."):
        return f"chrome.{schema}", field
    return f"chrome.{'users' if session == 'user' else 'devices.managedguest'}.{schema}", field


def to_wire(setting: str, word: Any) -> Any:
    return SETTINGS[setting][2].get(word, word) if not isinstance(word, list) else word


def to_word(setting: str, wire: Any) -> Any:
    """The word of a wire value; an enum also by its ending, since not every spelling of it is confirmed."""
    for word, value in SETTINGS[setting][2].items():
        if repr(value) == repr(wire) or (isinstance(wire, str) and str(value).endswith(f"_{wire}")):
            return word
    return wire


def install_word(wire: str | None) -> str | None:
    return {value: word for word, value in INSTALL.items()}.get(wire or "", wire)
