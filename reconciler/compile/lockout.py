"""Wishes for users that would keep them from signing in or working on any device they come to. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.compile.ledger import Ledger
from reconciler.compile.reading import subject_of
from reconciler.model.desired import EffectiveSetting, UserLayer
from reconciler.model.documents import INHERIT
from reconciler.model.finding import Severity

BLOCKLIST: Final = "url-blocklist"
ALLOWLIST: Final = "url-allowlist"

SIGN_IN_HOSTS: Final[Mapping[str, tuple[str, ...]]] = {"google": ("accounts.google.com",)}
"""Hosts that must open for someone to sign in again, by kind of backend.

Google's help on URL blocking says that a blocklist of `*` also closes the pages for sign-in inside a session (online
reauthentication, a second sign-in by the school's identity provider) unless they are allowed; read 2026-11-21.
"""


def check_lockouts(layers: Iterable[UserLayer], kinds: Mapping[str, str], ledger: Ledger) -> None:
    """A warning at the line that closes everything, where the pages for signing in are not expressly open."""
    for layer in layers:
        if BLOCKLIST not in layer.wishes.settings and ALLOWLIST not in layer.wishes.settings:
            continue
        blocked = layer.context.settings.get(BLOCKLIST)
        opened = entries(layer.context.settings.get(ALLOWLIST))
        for host in SIGN_IN_HOSTS.get(kinds.get(layer.backend, ""), ()):
            if blocked is None or not any(covers(entry, host) for entry in entries(blocked)):
                continue
            if not any(covers(entry, host) for entry in opened):
                line = blocked.origins[0]
                ledger.report("USER-LOCKED-OUT", line.at, subject_of(line), Severity.WARNING, host=host)


def entries(setting: EffectiveSetting | None) -> tuple[str, ...]:
    value = setting.value if setting is not None else INHERIT
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()


def covers(entry: str, host: str) -> bool:
    """Whether an address filter covers a whole host; a filter with a path covers only part of one and does not."""
    if entry == "*":
        return True
    name, _, path = entry.split("://", 1)[-1].partition("/")
    name = name.partition(":")[0].casefold()
    if path:
        return False
    # A leading dot means this very host; without it, subdomains are covered too.
    return name[1:] == host if name.startswith(".") else name == host or host.endswith(f".{name}")
