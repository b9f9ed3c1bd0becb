"""A small catalogue that is right, to be made wrong in one place at a time; and its findings as tests write them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from reconciler.catalogue.checks import check_catalogue
from reconciler.catalogue.transitions import check_steps
from reconciler.load.repository import Loaded, in_order, load
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.model.place import Position
from reconciler.model.vetting import Vetting, vetting_of
from tests.unit.load.writing import ORGANISATION, SCHOOL, changed, tree_of

TODAY: Final = date(2026, 11, 22)
CATALOG: Final = "app-catalogs/appar.yaml"
MEETING: Final = "app-catalogs/meetings/2026-09-02.yaml"

COUNCIL: Final = """\
council:
  name: It-pedagogiska rådet
  members:
    - {role: rektor, seats: 2}
    - {role: lärare i grundskolan, seats: 3}
    - {role: skol-it, seats: 1, owner: it}
  quorum: 4
"""
HELD: Final = """\
date: "2026-09-02"
minutes: ITR 2026:14
state: held
present:
  - {role: rektor, seats: 1}
  - {role: lärare i grundskolan, seats: 3}
agenda:
  - {app: kami, item: new}
"""
RECORDS: Final = """\
topic: appar
title: Appar
apps:
  - id: kami
    name: Kami
    supplier: Kami Limited
    supplier_country: NZ
    platforms: {chromeos: {extension: ecnphlgnajanjnkcmbpancdjoidceilk}}
    source: {url: "https://www.kamiapp.com/", read: "2026-11-21"}
    request: {by: lärare åk 5, school: norrskolan, need: Eleverna ska kunna anteckna i läromedel., users: 74}
    school_forms: [grundskola]
    grades: 4-9
    subjects: [svenska]
    sign_in: [google]
    cost: {model: licence, price: {kronor: 49.5, per: user, period: school-year}, bearer: school}
    interface: {languages: [sv, en], reading: some, accessibility: [], offline: none}
    assessment: {value: Alla kan följa med., grade: 4, tested_in: åk 5, by: förstelärare, date: "2026-08-20"}
    personal_data: ordinary
    data_protection:
      agreement: signed
      impact_assessment: done
      third_country: dpf
      checked: "2026-08-20"
      storage: third-country
      deletion: 60 dagar efter att kontot tagits bort
      export: Eleven sparar som PDF
      register: behandling 41
      legal_basis: uppgift av allmänt intresse
    it_review: {verdict: passed, date: "2026-08-25"}
    status: approved
    decision: {meeting: "2026-09-02", reference: ITR 2026:14 § 3, reason: Lässtöd., for: 4, against: 0}
    review_by: "2027-09-30"
  - id: scratch
    name: Scratch
    platforms: {chromeos: {web: "https://scratch.mit.edu/"}}
    source: {url: "https://scratch.mit.edu/", read: "2026-11-21"}
    subjects: [teknik]
    sign_in: [none]
    cost: {model: free}
    interface: {languages: [sv]}
    assessment: {value: Programmering., by: lärare i teknik, date: "2026-08-20"}
    personal_data: none
    status: approved-with-conditions
    conditions: [Utan konto.]
    decision: {meeting: "2026-09-02", reference: ITR 2026:14 § 4, reason: Programmering.}
  - id: onskad
    name: Önskeappen
    platforms: {ipados: {app_store: "361309726"}}
    source: {text: App Store, read: "2026-11-21"}
    request: {by: lärare åk 3, need: Eleverna ska kunna spela in sina svar.}
    status: proposed
  - id: stoppad
    name: Stoppappen
    platforms: {windows: {winget: Stopp.Appen}}
    source: {text: winget, read: "2026-11-21"}
    request: {by: lärare åk 8, need: Bildbehandling.}
    it_review: {verdict: veto, ground: security, reason: Kräver administratör., date: "2026-10-01"}
    queued: "2026-09-10"
    status: queued
  - id: nekad
    name: Nejappen
    platforms: {chromeos: {web: "https://nej.example.se/"}}
    source: {url: "https://nej.example.se/", read: "2026-11-21"}
    status: rejected
    decision: {meeting: "2026-09-02", reference: ITR 2026:14 § 5, reason: Reklam riktad till barn.}
    history:
      - {status: rejected, date: "2024-05-02", reference: Rådet 2024-05-02, reason: Reklam.}
"""
FILES: Final[Mapping[str, str]] = {
    CATALOG: RECORDS,
    MEETING: HELD,
    "organisation.yaml": ORGANISATION + COUNCIL,
    "schools/norrskolan.yaml": SCHOOL.replace("    apps: {required: [kami], available: [scratch]}\n", ""),
}


def with_records(*changes: tuple[str, str]) -> dict[str, str]:
    """The files with places of the catalogue changed, each of which must be there exactly once."""
    text = RECORDS
    for old, new in changes:
        text = changed(text, old, new)
    return {**FILES, CATALOG: text}


def loaded(files: Mapping[str, str]) -> Loaded:
    return load(tree_of(files))


def documents_of(files: Mapping[str, str]) -> Documents:
    found = loaded(files)
    assert found.documents is not None
    assert found.findings == ()
    return found.documents


def vetting(files: Mapping[str, str], app: str) -> Vetting:
    return next(vetting_of(one) for one in documents_of(files).apps if one.id == app)


def checked(files: Mapping[str, str]) -> list[Finding]:
    """What loading and the catalogue's checks say, in order, with positions."""
    found = loaded(files)
    assert found.documents is not None
    return list(in_order([*found.findings, *check_catalogue(found.documents, TODAY, found.unread)], found.locate))


def seen(files: Mapping[str, str]) -> list[tuple[str, int]]:
    """Codes and lines of what is wrong in the files."""
    return lines_of(checked(files))


def stepped(base: Mapping[str, str], head: Mapping[str, str]) -> list[tuple[str, int]]:
    """Codes and lines of what is wrong with the step from one to the other."""
    found = loaded(head)
    assert found.documents is not None
    return lines_of(in_order(check_steps(documents_of(base), found.documents), found.locate))


def lines_of(findings: Iterable[Finding]) -> list[tuple[str, int]]:
    return [(one.code, one.place.line if isinstance(one.place, Position) else 0) for one in findings]
