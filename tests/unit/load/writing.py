"""A small repository that is right, to be made wrong in one place at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reconciler.load import Loaded, Tree, load
from reconciler.model.finding import Finding
from reconciler.model.place import Position
from reconciler.texts import render

ORGANISATION: Final = """\
uid: "6c3d1f0e-0000-4000-8000-000000000000"
name: Vidala kommun
municipality_code: "0000"
language: sv
backends:
  - {id: chrome, kind: google, customer: C0123abcd, root: /Enheter}
routes:
  - {backend: chrome, platforms: [chromeos]}
rings:
  - {id: pilot, members: [norrskolan]}
  - {id: rest}
"""

SCHOOL: Final = """\
# yaml-language-server: $schema=../schemas/school.schema.json
id: norrskolan
name: Norrskolan
units:
  - {code: "12345678", school_forms: [förskoleklass, grundskola], grades: F-6}
holding: {chromeos: forrad}
groups:
  - id: elever-4-6
    name: Elever åk 4–6
    school_form: grundskola
    platform: chromeos
    audience: pupils
    grades: 4-6
    devices: {match: {location: "NORR 4-6*"}, expected: 74}
    users: {org_units: ["/Elever/Norrskolan/[4-6]?"]}
    apps: {required: [kami], available: [scratch]}
    settings: {incognito: blocked}
  - id: pilot
    name: Pilot
    school_form: grundskola
    platform: chromeos
    audience: pupils
    within: elever-4-6
    devices: {serials: ["5CD1234567"]}
  - {id: forrad, name: Förråd, platform: chromeos, audience: storage, school_form: grundskola, devices: {}}
"""

CATALOG: Final = """\
topic: appar
title: Appar
apps:
  - id: kami
    name: Kami
    platforms: {chromeos: {web: "https://kami.example.se/"}}
    source: {url: "https://kami.example.se/", read: "2026-11-21"}
    status: approved
    decision: {meeting: "2026-09-02", reference: ITR 2026:14, reason: Lässtöd.}
  - id: scratch
    name: Scratch
    platforms: {chromeos: {web: "https://scratch.example.se/"}}
    source: {url: "https://scratch.example.se/", read: "2026-11-21"}
    status: approved
    decision: {meeting: "2026-09-02", reference: ITR 2026:14, reason: Programmering.}
"""

FILES: Final[Mapping[str, str]] = {
    "app-catalogs/appar.yaml": CATALOG,
    "organisation.yaml": ORGANISATION,
    "schools/norrskolan.yaml": SCHOOL,
}
SCHOOL_FILE: Final = "schools/norrskolan.yaml"

_RECORD: Final = """\
    supplier: Exempelbolaget
    supplier_country: SE
    subjects: [svenska]
    sign_in: [none]
    personal_data: none
    cost: {model: free, in_app_purchases: none, bearer: school}
    interface: {languages: [sv], reading: some, accessibility: [read-aloud], offline: partly}
    assessment: {value: Eleverna tränar i sin egen takt., grade: 4, tested_in: åk 4, by: lärare i svenska, date: "2026-08-20"}
    it_review: {verdict: passed, date: "2026-08-20"}
    request: {by: lärare åk 3, need: Elever som ännu inte läser behöver kunna spela in sina svar.}
    review_by: "2027-11-30"
    status: approved
"""
_MEETING: Final = """\
date: "2026-09-02"
minutes: ITR 2026:14
state: held
present: [{role: verksamhetschef, seats: 1}, {role: rektor, seats: 2}, {role: lärare, seats: 2}, {role: skol-it, seats: 1}]
agenda: [{app: kami, item: new}, {app: scratch, item: new}]
"""
_COUNCIL: Final = """\
council:
  name: IT-pedagogiska rådet
  quorum: 4
  members: [{role: verksamhetschef, seats: 1}, {role: rektor, seats: 2}, {role: lärare, seats: 2}, {role: skol-it, seats: 1}]
"""
RECORDED: Final[Mapping[str, str]] = {
    **FILES,
    "organisation.yaml": ORGANISATION + _COUNCIL,
    "app-catalogs/appar.yaml": CATALOG.replace("    status: approved\n", _RECORD),
    "app-catalogs/meetings/2026-09-02.yaml": _MEETING,
}
"""The same with records that lack nothing, for who counts what is said of something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A finding as a test writes it: code, file, line, column and the corrected line."""

    code: str
    file: str
    line: int
    column: int
    corrected: str | None = None


def tree_of(files: Mapping[str, str | bytes]) -> Tree:
    data = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    return Tree(files=dict(sorted(data.items())))


def load_with(changes: Mapping[str, str | bytes | None]) -> Loaded:
    """The small repository with files put in, replaced, or (None) taken away."""
    files = {path: text for path, text in {**FILES, **changes}.items() if text is not None}
    return load(tree_of(files))


def load_school(old: str, new: str) -> Loaded:
    """The small repository with one place of the school's file changed."""
    return load_with({SCHOOL_FILE: changed(SCHOOL, old, new)})


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old

    return text.replace(old, new)


def seen(loaded: Loaded) -> list[Seen]:
    return [see(finding) for finding in loaded.findings]


def see(finding: Finding) -> Seen:
    at = finding.place
    assert isinstance(at, Position)

    return Seen(
        code=finding.code, file=at.file, line=at.line, column=at.column, corrected=finding.values.get("corrected")
    )


def at_school(code: str, line: int, column: int, corrected: str | None = None) -> list[Seen]:
    return [Seen(code=code, file=SCHOOL_FILE, line=line, column=column, corrected=corrected)]


def hint_of(finding: Finding, lang: str = "sv") -> str:
    return render(finding.code, finding.values, lang).hint


def write_all(root: Path, files: Mapping[str, str | bytes]) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
