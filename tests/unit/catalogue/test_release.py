"""A release: the line that a baseline gets, who gets what on which day, and the notice to each school."""

from datetime import date
from pathlib import Path

import pytest

from reconciler.catalogue.release import Gain, Release
from reconciler.model.mgn import Decided
from reconciler.reconcile.releasing import Released, release_apps
from reconciler.report.council_words import CouncilWords
from reconciler.report.release_notice import notices
from tests.unit.catalogue.records import FILES, RECORDS
from tests.unit.load.writing import changed, write_all

TODAY = date(2026, 11, 22)
BASELINE_FILE = "policies/baselines/grundskola.yaml"
BASELINE = """\
id: grundskola
name: Grundskola # lika för alla
applies_to: {school_forms: [grundskola], audiences: [pupils]}
apps:
  available:
    - scratch # sedan 2024
"""
OTHER = """\
id: sjoskolan
name: Sjöskolan
units:
  - {code: "22345678", school_forms: [grundskola], grades: F-6}
groups:
  - id: elever
    name: Elever
    school_form: grundskola
    platform: chromeos
    audience: pupils
    grades: 4-6
    devices: {match: {location: "SJO*"}, expected: 20}
    users: {org_units: ["/Elever/Sjöskolan"]}
"""


def released(root: Path, release: Release, baseline: str = BASELINE, catalogue: str = RECORDS) -> Released:
    files = {**FILES, "app-catalogs/appar.yaml": catalogue, BASELINE_FILE: baseline, "schools/sjoskolan.yaml": OTHER}
    write_all(root, files)
    return release_apps(root, release, TODAY)


def kami(**more: object) -> Release:
    return Release(baseline="grundskola", apps=("kami",), **more)  # type: ignore[arg-type]  # fields by name


def text_of(found: Released) -> str:
    assert found.after is not None, found.findings
    return found.after.files[BASELINE_FILE].decode()


def test_one_day_for_all(tmp_path: Path) -> None:
    found = released(tmp_path, kami(start=date(2026, 12, 1)))

    assert text_of(found) == f'{BASELINE}    - {{app: kami, from: "2026-12-01"}}\n'
    assert (tmp_path / BASELINE_FILE).read_text("utf-8") == BASELINE  # nothing is written yet
    assert found.gains == (
        Gain(school="norrskolan", group="norrskolan/elever-4-6", app="kami", mode="available", day=date(2026, 12, 1)),
        Gain(school="sjoskolan", group="sjoskolan/elever", app="kami", mode="available", day=date(2026, 12, 1)),
    )  # not the pilot: devices alone, and an extension follows its user


def test_ring_by_ring(tmp_path: Path) -> None:
    found = released(tmp_path, kami(mode="required", start=date(2027, 1, 11), rings={"pilot": date(2026, 12, 1)}))

    assert text_of(found).endswith(
        '    - scratch # sedan 2024\n  required:\n    - app: kami\n      rings: {pilot: "2026-12-01", rest: "2027-01-11"}\n'
    )
    assert [(one.group, one.day.isoformat()) for one in found.gains] == [
        ("norrskolan/elever-4-6", "2026-12-01"),
        ("sjoskolan/elever", "2027-01-11"),
    ]


def test_a_ring_without_a_day_gets_nothing_yet(tmp_path: Path) -> None:
    found = released(tmp_path, kami(rings={"pilot": date(2026, 12, 1)}))

    assert text_of(found).endswith('    - {app: kami, rings: {pilot: "2026-12-01"}}\n')
    assert {one.school for one in found.gains} == {"norrskolan"}


DECIDED = BASELINE.replace(
    "applies_to", 'decision: {body: Nämnden, date: "2026-05-20", reference: BUN 1 § 2}\napplies_to', 1
)


def test_a_decided_baseline_changes_by_another_decision(tmp_path: Path) -> None:
    new = Decided(body="", day=date(2026, 11, 18), reference="BUN 2 § 7")

    assert [one.code for one in released(tmp_path, kami(start=TODAY), DECIDED).findings] == ["RELEASE-NO-DECISION"]
    found = released(tmp_path, kami(start=TODAY, decision=new), DECIDED)
    assert 'decision: {body: Nämnden, date: "2026-11-18", reference: "BUN 2 § 7"}' in text_of(found)


@pytest.mark.parametrize(
    ("release", "codes"),
    [
        (Release(baseline="grundskol", apps=("kami",), start=TODAY), ["RELEASE-NO-BASELINE"]),
        (kami(rings={"pilt": TODAY}), ["RELEASE-NO-RING"]),
        (kami(start=date(2026, 11, 21)), ["RELEASE-IN-THE-PAST"]),
        (
            kami(start=TODAY, decision=Decided(body="Nämnden", day=date(2026, 11, 23), reference="BUN 2 § 7")),
            ["RELEASE-NOT-DECIDED-YET"],
        ),
        (
            Release(baseline="grundskola", apps=("stoppad", "nix"), start=TODAY),
            ["RELEASE-NOT-APPROVED", "CATALOGUE-NO-SUCH-APP"],
        ),
        (Release(baseline="grundskola", apps=("scratch",), start=TODAY), ["RELEASE-ALREADY"]),
    ],
)
def test_refusals(tmp_path: Path, release: Release, codes: list[str]) -> None:
    found = released(tmp_path, release)

    assert [one.code for one in found.findings] == codes
    assert found.after is None


def test_the_notice_says_what_when_and_what_is_asked(tmp_path: Path) -> None:
    conditioned = changed(
        changed(
            RECORDS,
            "    status: approved\n",
            "    status: approved-with-conditions\n    conditions: [Bara i skolan.]\n",
        ),
        "name: Kami\n",
        'name: "<b>Kami</b> @alla"\n',
    )
    release = kami(start=date(2027, 1, 11), rings={"pilot": date(2026, 12, 1)})
    found = released(tmp_path, release, catalogue=conditioned)
    assert found.documents is not None
    swedish = notices(found.documents, found.gains, CouncilWords(lang="sv"))
    english = notices(found.documents, found.gains, CouncilWords(lang="en"))

    assert list(swedish) == ["norrskolan", "sjoskolan"]
    assert swedish["sjoskolan"].startswith("# Nya appar på Sjöskolan från 2027-01-11\n")
    assert "## &lt;b&gt;Kami&lt;/b&gt; @\u200balla" in swedish["sjoskolan"]
    assert "2027-01-11: Elever (Chromebook)" in swedish["sjoskolan"]
    assert "- **Villkor:** Bara i skolan." in swedish["norrskolan"]
    assert "läs villkoren innan ni använder" in swedish["norrskolan"]
    assert "Rektor: skolan betalar" in swedish["norrskolan"]
    assert "Head teacher: the school pays for" in english["norrskolan"]
