"""Whether a wish has somewhere to be written at a group: its users', or its devices' own place. Pure."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from reconciler.compile.fitting import Reaches, Rules, Site, WishKey, app_reaches, setting_reaches
from reconciler.compile.reading import NOTHING
from reconciler.model.desired import Effective, Layer, Origin
from reconciler.model.documents import INHERIT
from reconciler.model.place import Json

GUEST_SESSION: Final = "managed-guest-session"
KIOSK_APP: Final = "kiosk-app"
"""Ids in the settings table whose value opens a session without a user on the device."""

USER: Final = "user"


class Reachable(NamedTuple):
    """Where wishes can be written for a group. The first three: whether that layer states users for the group's audience.

    A layer without users of its own hands its wishes down, so a school's wish is written at its groups' users instead.
    `devices` are the device-side reaches: none without devices; managed guest and kiosk where such sessions are open.
    """

    organisation: bool
    school: bool
    group: bool
    devices: frozenset[str]

    def has(self, reaches: Reaches, layer: Layer) -> bool:
        """Whether a wish with these reaches, said in this layer, is written somewhere."""
        if not self.devices.isdisjoint(reaches):
            return True
        below_school = layer in (Layer.GROUP, Layer.WITHIN)
        to_users = (
            self.group or (self.school and not below_school) or (self.organisation and layer is Layer.ORGANISATION)
        )
        return to_users and USER in reaches


class Opening(NamedTuple):
    """Which sessions without a user's account a layer speaks of: its value for guest sessions (None: it has none), others."""

    guest: Json
    others: frozenset[str]


NO_OPENING: Final = Opening(None, frozenset())


def opening_of(layer: Effective) -> Opening:
    if layer is NOTHING:
        return NO_OPENING
    said = layer.settings.get(GUEST_SESSION)
    others = {session for _, session in layer.apps if session != USER}
    if KIOSK_APP in layer.settings:
        others.add("kiosk")
    if said is None and not others:
        return NO_OPENING
    return Opening(said.value if said is not None and said.value != INHERIT else None, frozenset(others))


def sessions(has_devices: bool, openings: Iterable[Opening]) -> frozenset[str]:
    """The device-side reaches of a group: a wish for guest sessions is without effect where none can be started."""
    if not has_devices:
        return _NOWHERE_ON_DEVICES
    found = _DEVICE
    guest: Json = None
    for opening in openings:
        if opening is not NO_OPENING:
            guest = guest if opening.guest is None else opening.guest
            found |= opening.others
    return found | {"managed-guest"} if guest in ("allowed", "automatic") else found


_NOWHERE_ON_DEVICES: Final = frozenset[str]()
_DEVICE: Final = frozenset({"device"})


def keep_reaches(rules: Rules, effective: Effective, site: Site, wanted: frozenset[str]) -> Effective:
    """The part of an effective state with at least one of the reaches."""
    return Effective(
        apps={key: app for key, app in effective.apps.items() if not wanted.isdisjoint(app_reaches(rules, app, site))},
        settings={
            key: one
            for key, one in effective.settings.items()
            if not wanted.isdisjoint(setting_reaches(rules.table, key, site.platform))
        },
        raw={key: line for key, line in effective.raw.items() if line.reach in wanted},
    )


def wishes_of(rules: Rules, effective: Effective, site: Site) -> Iterator[tuple[WishKey, str, Reaches, Origin]]:
    """Every wish in turn: its key, its name as shown, its reaches on the site, and the line that decides it."""
    for app in effective.apps.values():
        yield ("app", app.app, app.session), app.app, app_reaches(rules, app, site), app.origins[0]
    for one in effective.settings.values():
        reaches = setting_reaches(rules.table, one.setting, site.platform)
        yield ("setting", one.setting), one.setting, reaches, one.origins[0]
    for line in effective.raw.values():
        yield ("raw", line.system, line.schema, line.reach), line.schema, (line.reach,), line.origins[0]


def mentions(effective: Effective, key: WishKey) -> bool:
    if key[0] == "setting":
        return key[1] in effective.settings
    return key[1:] in (effective.apps if key[0] == "app" else effective.raw)


def without(effective: Effective, keys: Collection[WishKey]) -> Effective:
    """The same without some wishes; sorts of wishes that lose none are shared."""
    sorts = {key[0] for key in keys}
    if not sorts:
        return effective
    apps, settings, raw = effective.apps, effective.settings, effective.raw
    if "app" in sorts:
        apps = {key: app for key, app in apps.items() if ("app", *key) not in keys}
    if "setting" in sorts:
        settings = {key: one for key, one in settings.items() if ("setting", key) not in keys}
    if "raw" in sorts:
        raw = {key: one for key, one in raw.items() if ("raw", *key) not in keys}
    return Effective(apps=apps, settings=settings, raw=raw)
