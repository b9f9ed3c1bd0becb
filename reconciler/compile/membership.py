"""Which device belongs in which group: rules that people wrote, met with the devices that are. Pure.

One device, one group, and of the device's own platform. Serial numbers beat patterns, a child beats its parent; two other
groups that claim one device are a finding and the device stays. So do two devices that the system knows by one serial
number, for nobody can tell which is meant. A device of ours that nobody claims goes to its school's store for its
platform. Findings hold counts, never serial numbers: they are shown in pull requests.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from reconciler.compile.ledger import Ledger
from reconciler.compile.patterns import PatternIndex, fold, index_patterns, matching
from reconciler.model.desired import DesiredState, GroupState
from reconciler.model.documents import DeviceRule, Documents, School
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.resource import Device
from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """`places`: device id -> the place where it shall be, for devices that a group claims or that move to a store.

    `matched`: group key -> devices that it gets. `staying` devices in scope are in no group and stay (findings say why);
    `unmanaged` devices are elsewhere and claimed by nobody. Subjects of findings begin with `devices:`, for the devices
    concerned are already left where they are and nothing else of the group is wrong.
    """

    places: Mapping[str, str]
    matched: Mapping[str, int]
    staying: int
    unmanaged: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one backend's groups, indexed. `above`: group -> the groups that it is within.

    `refs`: group -> its place, one text for all its devices instead of one for each of hundreds of thousands.
    """

    groups: Mapping[str, GroupState]
    refs: Mapping[str, str]
    serials: Mapping[str, tuple[str, ...]]
    patterns: PatternIndex
    above: Mapping[str, frozenset[str]]


@dataclass(slots=True)
class Tally:
    """What is counted on the way through the devices.

    `alike`: devices that share a serial number with another, by the group or place they are of and, where its file writes
    that number, the number. `misplaced`: (group, number written there) -> the other platform of the device that has it.
    """

    places: dict[str, str] = field(default_factory=dict)
    matched: Counter[str] = field(default_factory=Counter)
    twice: Counter[tuple[str, str]] = field(default_factory=Counter)
    homeless: Counter[str] = field(default_factory=Counter)
    alike: Counter[tuple[str, str]] = field(default_factory=Counter)
    misplaced: dict[tuple[str, str], str] = field(default_factory=dict)
    staying: int = 0
    unmanaged: int = 0
    serials: set[str] = field(default_factory=set)


def assign_devices(documents: Documents, state: DesiredState, backend: str, devices: Sequence[Device]) -> Assignment:
    """Where every device of one backend belongs. `devices` is everything that was read, ours or not."""
    rules = make_rules(state, backend)
    stores = _stores(documents.schools, rules.groups)
    tally = Tally()
    shared = _shared_serials(devices)
    for device in devices:
        if device.active:
            _assign(rules, stores, device, tally, shared)
    ledger = Ledger(as_of=state.as_of)
    _report_devices(rules, tally, ledger)
    _report_serials(rules, tally, ledger)
    for key, one in sorted(rules.groups.items()):
        if one.group.devices is not None:
            _report_group(key, one.group.devices, tally, ledger)
    return Assignment(
        places=tally.places,
        matched={key: tally.matched[key] for key in sorted(rules.groups)},
        staying=tally.staying,
        unmanaged=tally.unmanaged,
        findings=ledger.sorted_findings(),
    )


def make_rules(state: DesiredState, backend: str) -> Rules:
    groups = {key: one for key, one in state.groups.items() if one.backend == backend}
    serials: dict[str, tuple[str, ...]] = {}
    matches: dict[str, Mapping[str, str]] = {}
    for key, one in sorted(groups.items()):
        if one.group.devices is None:
            continue
        matches[key] = one.group.devices.match
        for serial in one.group.devices.serials:
            serials[fold(serial.strip())] = (*serials.get(fold(serial.strip()), ()), key)
    above = {key: _ancestors(groups, key) for key in groups}
    refs = {key: f"@{key}" for key in groups}
    return Rules(groups=groups, refs=refs, serials=serials, patterns=index_patterns(matches), above=above)


def _ancestors(groups: Mapping[str, GroupState], key: str) -> frozenset[str]:
    found: set[str] = set()
    parent = groups[key].parent
    while parent is not None and parent in groups and parent not in found:
        found.add(parent)
        parent = groups[parent].parent
    return frozenset(found)


def _shared_serials(devices: Iterable[Device]) -> frozenset[str]:
    """Serial numbers, folded, of more than one active device. One that says nothing at all is nobody's."""
    seen: set[str] = set()
    shared: set[str] = set()
    for device in devices:
        serial = device.serial.strip()
        if serial and device.active:
            serial = fold(serial)
            (shared if serial in seen else seen).add(serial)
    return frozenset(shared)


def claimants(rules: Rules, device: Device) -> list[str]:
    """The groups that claim a device after precedence: none, one, or several that can't be told apart."""
    by_serial = rules.serials.get(fold(device.serial.strip())) if rules.serials else None
    claims = _of_its_platform(rules, device, by_serial or ())
    if not claims:
        claims = _of_its_platform(rules, device, matching(rules.patterns, device.facts))
    if len(claims) < 2:
        return list(claims)
    unique = sorted(set(claims))
    return [one for one in unique if not any(one in rules.above[other] for other in unique)]


def _of_its_platform(rules: Rules, device: Device, claims: Sequence[str]) -> Sequence[str]:
    if not device.platform or not claims:
        return claims
    return [one for one in claims if rules.groups[one].group.platform == device.platform]


def _assign(rules: Rules, stores: "Stores", device: Device, tally: Tally, shared: frozenset[str]) -> None:
    written = _note_serial(rules, device, tally)
    claims = claimants(rules, device)
    ours = [place for place in device.places if place.startswith("@")]
    if shared and fold(device.serial.strip()) in shared:
        _leave(device, claims, ours, written, tally)
    elif len(claims) == 1:
        _place(rules, device, claims[0], tally)
    elif claims:
        tally.twice.update((claims[0], other) for other in claims[1:])
        tally.staying += 1
    elif ours:
        _send_to_store(rules, stores, device, ours[0], tally)
    else:
        tally.unmanaged += 1


def _note_serial(rules: Rules, device: Device, tally: Tally) -> tuple[str, ...]:
    """The groups whose files write this device's serial number; of another platform than its own is a mistake."""
    if not rules.serials:
        return ()
    serial = fold(device.serial.strip())
    written = rules.serials.get(serial, ())
    if written:
        tally.serials.add(serial)
        for group in set(written).difference(_of_its_platform(rules, device, written)):
            tally.misplaced[group, serial] = device.platform
    return written


def _leave(device: Device, claims: Sequence[str], ours: Sequence[str], written: Sequence[str], tally: Tally) -> None:
    """One of several devices with one serial number: which of them is meant is for people to say."""
    serial = fold(device.serial.strip())
    tally.alike.update((group, serial if group in written else "") for group in claims)
    if not claims and ours:
        tally.alike[ours[0][1:], ""] += 1
    if claims or ours:
        tally.staying += 1
    else:
        tally.unmanaged += 1


def _place(rules: Rules, device: Device, group: str, tally: Tally) -> None:
    tally.places[device.id] = rules.refs[group]
    tally.matched[group] += 1


def _send_to_store(rules: Rules, stores: "Stores", device: Device, place: str, tally: Tally) -> None:
    store = stores.at(place, device.platform)
    if store is None:
        tally.homeless[place] += 1
        tally.staying += 1
        return
    _place(rules, device, store, tally)


@dataclass(frozen=True, slots=True)
class Stores:
    """The holding groups: school (by its present or an earlier id) -> platform -> group key; and each group's platform."""

    by_school: Mapping[str, Mapping[str, str]]
    platforms: Mapping[str, str]

    def at(self, place: str, platform: str) -> str | None:
        """The store for a device at one of our places, or None: by its own platform, else (empty) by its group's.

        Where neither is known, because the group is gone, the school's only or first store.
        """
        stores = self.by_school.get(place[1:].partition("/")[0], {})
        platform = platform or self.platforms.get(place[1:], "")
        if platform:
            return stores.get(platform)
        return stores[min(stores)] if stores else None


def _stores(schools: Iterable[School], groups: Mapping[str, GroupState]) -> Stores:
    by_school: dict[str, Mapping[str, str]] = {}
    # A school's present id is written after others' earlier ones, because the present one wins.
    for school in sorted(schools, key=lambda one: one.id):
        stores = {
            platform: f"{school.id}/{group}"
            for platform, group in school.holding.items()
            if f"{school.id}/{group}" in groups
        }
        by_school |= {old: stores for old in school.previously if old not in by_school}
        by_school[school.id] = stores
    return Stores(by_school=by_school, platforms={key: one.group.platform for key, one in groups.items()})


def _report_devices(rules: Rules, tally: Tally, ledger: Ledger) -> None:
    for (first, second), count in sorted(tally.twice.items()):
        rule, other = rules.groups[second].group, rules.groups[first].group
        ledger.report(
            "DEVICE-CLAIMED-TWICE",
            rule.devices.at if rule.devices else rule.at,
            f"devices:{second}",
            places={"other_at": other.devices.at if other.devices else other.at},
            count=str(count),
            group=second,
            other=first,
        )
    for place, count in sorted(tally.homeless.items()):
        ledger.report("DEVICES-WITHOUT-HOLDING", None, f"devices:{place[1:]}", count=str(count), place=place[1:])


def _report_serials(rules: Rules, tally: Tally, ledger: Ledger) -> None:
    for (key, serial), count in sorted(tally.alike.items()):
        rule = rules.groups[key].group.devices if key in rules.groups else None
        subject, shown = f"devices:{key}", str(count)
        if rule is not None and serial:
            ledger.report("SERIAL-KNOWN-TWICE", _written_at(rule, serial), subject, count=shown, group=key)
        else:
            ledger.report("DEVICES-ALIKE", rule.at if rule else None, subject, count=shown, group=key)
    for (key, serial), other in sorted(tally.misplaced.items()):
        one = rules.groups[key].group
        if one.devices is not None:
            at = _written_at(one.devices, serial)
            ledger.report("SERIAL-OTHER-PLATFORM", at, f"devices:{key}", group=key, platform=one.platform, other=other)


def _written_at(rule: DeviceRule, serial: str) -> Pointer:
    """The line with the serial number; numbers of an inventory file follow the written ones and have the rule's line."""
    number = next((n for n, one in enumerate(rule.serials) if fold(one.strip()) == serial), 0)
    return rule.at.child("serials", number)


def _report_group(key: str, rule: DeviceRule, tally: Tally, ledger: Ledger) -> None:
    count, subject = tally.matched[key], f"devices:{key}"
    missing = len({fold(one.strip()) for one in rule.serials} - tally.serials)
    if missing:
        ledger.report("SERIALS-NOT-FOUND", rule.at, subject, Severity.WARNING, count=str(missing), group=key)
    if count == 0 and (rule.match or rule.serials):
        ledger.report("GROUP-WITHOUT-DEVICES", rule.at, subject, Severity.WARNING, group=key)
    elif rule.expected is not None and count != rule.expected:
        # Fewer than expected may be devices that went astray; more is as a rule an old figure.
        severity = Severity.WARNING if count < rule.expected else Severity.INFO
        ledger.report(
            "GROUP-EXPECTED-DIFFERS",
            rule.at,
            subject,
            severity,
            group=key,
            count=str(count),
            expected=str(rule.expected),
        )
