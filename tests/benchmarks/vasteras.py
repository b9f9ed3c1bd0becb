"""A fleet of Västerås' size on Intune: 65 schools, 600 groups, 150 apps, 18,000 devices; its files, and its tenant before us.

Everything is invented and the same every time. Schools are of three sizes. Devices are found by their names, as schools
do that; `serials` writes the same groups with the serial numbers of their devices instead.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.sandbox import State, load_seed
from tests.benchmarks.written import COUNCIL, MEETINGS, UID, VETTED, school_id, school_name

TENANT = "3b1f6a52-90d4-4c7e-8a15-6f2e7c0d9b34"
SCHOOLS = 65
DEVICES = {"ipados": 8_000, "macos": 6_500, "windows": 3_500}
GROUPS = {"ipados": 260, "macos": 210, "windows": 130}
"""Groups by platform: 4, 3 and 2 in each school, and one more for Macs in the first fifteen."""
CLASSES = 20
"""Groups of people in each school that a register's sync has made, which are none of ours."""
VPP, STORE, WEB = {"ipados": 60, "macos": 40}, 25, 8
"""Apps by where they come from: bought for iPad and Mac, from Microsoft's store, and web services on all three platforms."""
SHORT = {"ipados": "I", "macos": "M", "windows": "W"}
_SYSTEMS = {
    "ipados": {"os": "iOS", "os_version": "18.7.1", "model": "iPad (A16)"},
    "macos": {"os": "macOS", "os_version": "15.7.1", "model": "MacBook Air"},
    "windows": {"os": "Windows", "os_version": "10.0.26100.6899", "model": "HP ProBook 445 G11", "manufacturer": "HP"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetGroup:
    """One device group: `name` is how the names and serial numbers of its devices begin."""

    school: int
    number: int
    platform: str
    devices: int

    @property
    def name(self) -> str:
        return f"S{self.school:02d}{SHORT[self.platform]}{self.number}"

    @property
    def serials(self) -> list[str]:
        return [f"DMP{self.name}{seat:03d}" for seat in range(1, self.devices + 1)]


def fleet_groups() -> list[FleetGroup]:
    """All groups; a large school has three times the devices of a small one in each."""
    found: list[FleetGroup] = []
    for platform, count in DEVICES.items():
        places = [(school, number) for school in range(SCHOOLS) for number in range(_in_school(school, platform))]
        shares = _shared_out(count, [1 + school % 3 for school, _ in places])
        found += [
            FleetGroup(school=school, number=number, platform=platform, devices=share)
            for (school, number), share in zip(places, shares, strict=True)
        ]
    return found


def _in_school(school: int, platform: str) -> int:
    more = GROUPS[platform] - SCHOOLS * (GROUPS[platform] // SCHOOLS)
    return GROUPS[platform] // SCHOOLS + (school < more)


def _shared_out(count: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers in proportion to the weights, `count` together."""
    edges = [count * sum(weights[:index]) // sum(weights) for index in range(len(weights) + 1)]
    return [after - before for before, after in itertools.pairwise(edges)]


def files(*, serials: bool = False) -> Iterator[tuple[str, str]]:
    yield "organisation.yaml", _organisation()
    yield "app-catalogs/appar.yaml", "topic: appar\ntitle: Appar\napps:\n" + "".join(_catalogue())
    yield from MEETINGS.items()
    for platform, settings in _SETTINGS.items():
        yield f"policies/baselines/alla-{platform}.yaml", _baseline(platform, settings)
    by_school: dict[int, list[FleetGroup]] = {}
    for group in fleet_groups():
        by_school.setdefault(group.school, []).append(group)
    for school, groups in by_school.items():
        yield f"schools/{school_id(school)}.yaml", _school(school, groups, serials=serials)


def _organisation() -> str:
    return f"""\
uid: "{UID}"
name: Mätkommun
municipality_code: "9998"
language: sv
backends:
  - {{id: intune, kind: intune, mode: apply, tenant: "{TENANT}"}}
routes:
  - {{backend: intune, platforms: [ipados, macos, windows]}}
{COUNCIL}"""


def _bought(platform: str, number: int) -> str:
    return f"{platform}-{number:02d}"


def _bundle(platform: str, number: int) -> str:
    return f"se.example.matkommun.{platform}.app{number:02d}"


def _package(number: int) -> str:
    return f"9NMATKOMM{number:03d}"


def _catalogue() -> Iterator[str]:
    for platform, count in VPP.items():
        for number in range(count):
            yield _entry(_bought(platform, number), f"{platform}: {{bundle_id: {_bundle(platform, number)}}}")
    for number in range(STORE):
        yield _entry(_bought("windows", number), f"windows: {{store: {_package(number)}}}")
    for number in range(WEB):
        address = f'{{web: "https://tjanst-{number}.matkommun.example.se/"}}'
        yield _entry(f"webb-{number}", f"ipados: {address}, macos: {address}, windows: {address}")
    yield _entry("microsoft-365", "windows: {microsoft_365: o365ProPlusRetail}")


def _entry(name: str, platforms: str) -> str:
    return f"""\
  - id: {name}
    name: App {name}
    supplier: Leverantören
    description: Ett verktyg för undervisningen.
    platforms: {{{platforms}}}
    source: {{url: "https://matkommun.example.se/appar", text: "Påhittad", read: "2026-11-21"}}
{VETTED}
    decision: {{meeting: "2026-03-11", reference: "ITR 2026:3 § 1", reason: "Används i undervisningen."}}
    review_by: "2028-12-31"
"""


_SETTINGS = {
    "ipados": (
        'os-minimum-version: "18.6"',
        "jailbroken-devices: blocked",
        "power-wash: blocked",
        "device-name-changes: blocked",
        "configuration-profiles: blocked",
        "vpn-creation: blocked",
        "account-changes: blocked",
        "icloud-backup: blocked",
        "icloud-keychain: blocked",
        "app-store-installs: blocked",
        "airdrop: blocked",
        "password-manager: blocked",
    ),
    "macos": (
        'os-minimum-version: "15.6"',
        "disk-encryption: required",
        "firewall: required",
        "system-integrity: required",
        "account-changes: blocked",
        "icloud-documents: blocked",
        "icloud-keychain: blocked",
        "airdrop: allowed",
    ),
    "windows": (
        'os-minimum-version: "10.0.26100.0"',
        "disk-encryption: required",
        "secure-boot: required",
        "screen-lock-minutes: 10",
        "phishing-warnings: required",
        "password-manager: blocked",
        "windows-suggestions: blocked",
    ),
}


def _baseline(platform: str, settings: Sequence[str]) -> str:
    bought = [_bought(platform, number) for number in range(12)]
    lines = "".join(f"  {line}\n" for line in settings)
    return f"""\
id: alla-{platform}
name: Alla enheter
applies_to: {{platforms: [{platform}]}}
apps:
  required: [{", ".join([*bought, "webb-0", "webb-1", *(["microsoft-365"] if platform == "windows" else [])])}]
settings:
{lines}"""


def _school(school: int, groups: Sequence[FleetGroup], *, serials: bool) -> str:
    return f"""\
id: {school_id(school)}
name: {school_name(school)}
units:
  - {{code: "{10_000_000 + school}", school_forms: [grundskola], grades: 1-9}}
groups:
{"".join(_group(group, serials=serials) for group in groups)}"""


def _group(group: FleetGroup, *, serials: bool) -> str:
    """Pupils' groups take all apps as required; staff's computers offer some to the school's staff."""
    kinds = {**VPP, "windows": STORE}[group.platform]
    own = [
        _bought(group.platform, 12 + (group.school * 5 + group.number * 3 + step) % (kinds - 12)) for step in range(8)
    ]
    web = [f"webb-{2 + (group.school + step) % (WEB - 2)}" for step in range(2)]
    staff = group.platform == "windows" and group.number == 0
    quoted = ", ".join(f'"{serial}"' for serial in group.serials)
    which = f"serials: [{quoted}]" if serials else f'match: {{name: "{group.name}-*"}}'
    users = f'    users: {{directory_groups: ["Personal {school_name(group.school)}"]}}\n' if staff else ""
    return f"""\
  - id: {group.platform}-{group.number}
    name: {group.platform} {group.number}
    school_form: grundskola
    platform: {group.platform}
    audience: {"staff" if staff else "pupils"}
    devices: {{{which}, expected: {group.devices}}}
{users}    apps:
      required: [{", ".join(own)}]
      {"available" if staff else "required"}: [{", ".join(web)}]
    settings:
      screen-lock-minutes: {5 + group.number}
""".replace(f"{', '.join(own)}]\n      required: [", f"{', '.join(own)}, ")


def write_tenant(folder: Path) -> Path:
    """A seed of the tenant as it is before us: devices, people's groups, apps that were bought and synced."""
    section: dict[str, Any] = {
        "tenant": TENANT,
        "devices": [_enrolled(group) for group in fleet_groups()],
        "directory": {"groups": list(_people())},
        "tokens": [{"name": "Mätkommun skolor", "apple_id": "vpp@matkommun.example.se", "expires": "2027-09-01"}],
        "apps": [
            {
                "type": "iosVppApp" if platform == "ipados" else "macOsVppApp",
                "name": f"App {_bought(platform, number)}",
                "bundle_id": _bundle(platform, number),
                "licenses": 20_000,
            }
            for platform, count in VPP.items()
            for number in range(count)
        ],
    }
    seed = folder / "before.yaml"
    seed.write_text(json.dumps({"intune": section}, ensure_ascii=False) + "\n", encoding="utf-8")
    return seed


def _enrolled(group: FleetGroup) -> dict[str, Any]:
    prefix = f"DMP{group.name}"
    numbered = {"count": group.devices, "serial_prefix": prefix, "serial_width": 3, "name": f"{group.name}-{{n:03d}}"}
    return {**numbered, **_SYSTEMS[group.platform]}


def _people() -> Iterator[dict[str, Any]]:
    for school in range(SCHOOLS):
        yield {"name": f"Personal {school_name(school)}", "synced": True}
        for each in range(CLASSES):
            yield {"name": f"{school_name(school)} klass {each + 1}", "synced": True}


def read_tenant(seed: Path) -> State:
    return load_seed(seed)
