"""A municipality as files, of any size: invented, valid, and the same every time. Schools look like those of the sample."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

UID = "0d5f3c1e-7a52-4e0b-9c3d-5b1f2a6e8c90"
ROOT_UNIT = "/Enheter"
PUPILS, STAFF = "/Elever", "/Personal"


def school_name(number: int) -> str:
    return f"Skola {number:04d}"


def school_id(number: int) -> str:
    return f"skola-{number:04d}"


def app_ids(count: int) -> list[str]:
    return [f"app-{number:03d}" for number in range(count)]


def extension(number: int) -> str:
    """An identifier of the store's form: 32 letters from a to p."""
    digits = f"{number * 2654435761 % 16**16:016x}" * 2
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digits)


def organisation(*, users: bool, rings: bool = True) -> str:
    """With `users` the pupils and staff of the whole municipality have a layer of their own."""
    lines = [
        f'uid: "{UID}"',
        "name: Mätkommun",
        'municipality_code: "9998"',
        "language: sv",
        "backends:",
        f"  - {{id: chrome, kind: google, mode: apply, customer: C0sandbox, root: {ROOT_UNIT}}}",
        "routes:",
        "  - {backend: chrome, platforms: [chromeos]}",
    ]
    if rings:
        lines += ["rings:", f"  - {{id: pilot, members: [{school_id(0)}]}}", "  - {id: rest}"]
    if users:
        lines += [
            "users:",
            f'  pupils: {{org_units: ["{PUPILS}"], owns: listed}}',
            f'  staff: {{org_units: ["{STAFF}"], owns: listed}}',
        ]
    return "\n".join(lines) + "\n" + COUNCIL


COUNCIL: Final = """\
council: {name: It-pedagogiska rådet, members: [{role: rektor, seats: 3}, {role: lärare, seats: 6}], quorum: 5}
"""
MEETINGS: Final = {
    "app-catalogs/meetings/2026-03-11.yaml": """\
date: "2026-03-11"
minutes: ITR 2026:3
state: held
present: [{role: rektor, seats: 2}, {role: lärare, seats: 5}]
"""
}
"""The meeting that all decisions rest on."""

VETTED: Final = """\
    supplier_country: SE
    request: {by: förstelärare, need: "Eleverna behöver öva i sin egen takt.", users: 900}
    subjects: [svenska]
    sign_in: [google]
    cost: {model: licence, price: {kronor: 39, per: user, period: school-year}, bearer: school}
    interface: {languages: [sv, en], reading: some, accessibility: [read-aloud], offline: none}
    assessment: {value: "Används i flera ämnen.", grade: 4, by: förstelärare, date: "2026-02-18"}
    personal_data: ordinary
    data_protection:
      agreement: signed
      impact_assessment: done
      third_country: none
      checked: "2026-02-18"
      storage: eu-eea
      deletion: När kontot tas bort
      export: Eleven laddar ner sina arbeten
      register: behandling 4
      legal_basis: uppgift av allmänt intresse
    it_review: {verdict: passed, date: "2026-02-20"}
    status: approved"""
"""What the council's record of an app holds besides its names and its decision."""


def catalogue(count: int) -> str:
    """`count` approved extensions."""
    return "topic: appar\ntitle: Appar\napps:\n" + "".join(map(_app, range(count)))


def _app(number: int) -> str:
    name = extension(number)
    return f"""\
  - id: app-{number:03d}
    name: App {number}
    supplier: Leverantör {number % 17}
    description: Ett verktyg för undervisningen.
    platforms: {{chromeos: {{extension: {name}}}}}
    source: {{url: "https://chromewebstore.google.com/detail/{name}", text: "Påhittad", read: "2026-11-21"}}
{VETTED}
    decision: {{meeting: "2026-03-11", reference: "ITR 2026:3 § {number}", reason: "Används i undervisningen."}}
    review_by: "2028-12-31"
"""


def baselines(pupils_apps: Sequence[str]) -> dict[str, str]:
    return {
        "policies/baselines/alla-elever.yaml": f"""\
id: alla-elever
name: Alla elever
applies_to: {{audiences: [pupils]}}
apps:
  required: [{", ".join(pupils_apps[:4])}]
  available: [{", ".join(pupils_apps[4:])}]
settings:
  incognito: blocked
  secondary-sign-in: blocked
  extension-installs: approved-only
  safe-search: required
  youtube-restricted: moderate
  safe-browsing: standard
  developer-tools: not-on-extensions
  password-manager: blocked
  task-manager: blocked
  home-page: "https://start.matkommun.example.se/"
""",
        "policies/baselines/alla-enheter.yaml": """\
id: alla-enheter
name: Alla enheter
applies_to: {platforms: [chromeos]}
settings:
  guest-mode: blocked
  sign-in-allowlist: ["*@elev.matkommun.example.se", "*@matkommun.example.se"]
  sign-in-names: hidden
  re-enrolment: automatic
  power-wash: blocked
  auto-update: automatic
  time-zone: Europe/Stockholm
""",
        "policies/baselines/grundskola.yaml": """\
id: grundskola
name: Grundskola
applies_to: {school_forms: [förskoleklass, grundskola, fritidshem], audiences: [pupils]}
settings:
  developer-tools: blocked
  notifications: blocked
  youtube-restricted: {dated: [{value: strict, rings: {pilot: "2026-08-16", rest: "2027-01-11"}}]}
""",
    }


def school(number: int, apps: Sequence[str]) -> str:
    """One school in some 60 lines, as people write them: the school's layer, three groups of pupils, staff and a store."""
    name, short = school_name(number), f"S{number:04d}"
    pick = [apps[(number * 7 + step * 3) % len(apps)] for step in range(6)]
    return f"""\
# yaml-language-server: $schema=../schemas/school.schema.json
#
# {name} ligger i centrum. Elever i mellanstadiet har var sin enhet, de yngre delar.
id: {school_id(number)}
name: {name}
units:
  - {{code: "{10_000_000 + number}", school_forms: [förskoleklass, grundskola, fritidshem], grades: F-6}}
pupils: {{as_of: "2026-10-15", by_grade: {{F-3: {80 + number % 60}, 4-6: {70 + number % 50}}}}}
roles:
  principal: {{contact: rektor.{number}@matkommun.example.se, deputy: bitr.{number}@matkommun.example.se, review_by: "2027-06-30"}}
  app_managers: {{team: skola-{number}-appar, at_least: 2, review_by: "2027-06-30"}}
  it_support: {{contact: it-stod.{number}@matkommun.example.se}}
mgn: {{grundskola: 2026-27, fritidshem: 2026-27}}
holding: {{chromeos: forrad}}

# Det som gäller alla elever på skolan skrivs en gång, här.
users: {{pupils: {{org_units: ["{PUPILS}/{name}"]}}}}
layers:
  pupils:
    apps:
      available: [{pick[0]}] # skolan väljer själv
    settings:
      home-page: "https://skola-{number}.matkommun.example.se/"

groups:
  - id: elever-f-3 # delade enheter
    name: Elever F–3
    school_form: [förskoleklass, grundskola, fritidshem]
    platform: chromeos
    audience: pupils
    grades: F-3
    devices: {{match: {{location: "{short} F-3*"}}, expected: 80}}
    users: {{org_units: ["{PUPILS}/{name}/Åk F-3"]}}
    settings:
      wipe-on-sign-out: wipe

  - id: elever-4-6
    name: Elever åk 4–6
    school_form: grundskola
    platform: chromeos
    audience: pupils
    grades: 4-6
    devices: {{match: {{location: "{short} 4-6*"}}, expected: 110}}
    users: {{org_units: ["{PUPILS}/{name}/Åk 4-6"]}}
    apps:
      required:
        - {{app: {pick[1]}, from: "2027-01-11", until: "2027-06-11"}}
      available: [{pick[2]}, {pick[3]}]
    settings:
      printing: blocked

  - id: vagn-1 # en vagn som lånas ut: bara enheter
    name: Vagn 1
    school_form: grundskola
    platform: chromeos
    audience: pupils
    devices: {{match: {{asset_id: "{short}-V1-*"}}, expected: 30}}

  - id: personal
    name: Personal
    school_form: grundskola
    platform: chromeos
    audience: staff
    devices: {{match: {{location: "{short} PERS*"}}, expected: 50}}

  - {{id: forrad, name: Förråd, platform: chromeos, audience: storage, school_form: grundskola, devices: {{}}}}
"""


def municipality(schools: int) -> Iterator[tuple[str, str]]:
    """Path and text of every file of a municipality with so many schools."""
    apps = app_ids(40)
    yield "organisation.yaml", organisation(users=True)
    yield "app-catalogs/appar.yaml", catalogue(len(apps))
    yield from MEETINGS.items()
    yield from baselines(apps[:12]).items()
    for number in range(schools):
        yield f"schools/{school_id(number)}.yaml", school(number, apps[12:])


def write_files(files: Mapping[str, str], folder: Path) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
