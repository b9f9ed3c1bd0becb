"""`reconciler mgn` on a copy of the sample."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    for name in ("schools", "app-catalogs", "policies", "inventories"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "organisation.yaml", tmp_path)
    return tmp_path


def run(sample: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["mgn", *words, "--root", str(sample)])


def test_a_requirement_is_promoted_in_a_draft_that_validates_and_is_seen_in_diff(sample: Path) -> None:
    name = "grundskola/planering-publiceras"
    made = run(
        sample, "promote", name, "--from", "2027-08-16", "--today", "2026-11-21", "--reason", "Nio av tio gör så."
    )

    assert (made.exit_code, made.output.partition(",")[0]) == (0, "Skrev policies/mgn/2027-28/grundskola.yaml")
    checked = CliRunner().invoke(cli, ["validate", "--no-cache", "--root", str(sample), "--today", "2026-11-21"])
    assert checked.exit_code == 0, checked.output
    assert run(sample, "diff", "2026-27", "2027-28").output.splitlines() == [
        "MGN grundskola: 2026-27 → 2027-28",
        (
            "  blir SKA: planering-publiceras (BÖR, SKA från 2027-08-16) "
            "Planeringen för ett arbetsområde publiceras i Vklass innan området börjar."
        ),
    ]
    again = run(sample, "promote", name, "--from", "2027-08-16", "--today", "2026-11-21")
    assert (again.exit_code, again.output.split(":")[0]) == (1, "error MGN-ALREADY")


def test_a_day_without_notice_is_refused_and_nothing_is_written(sample: Path) -> None:
    found = run(sample, "promote", "inlamning-7-9", "--from", "2026-12-01", "--today", "2026-11-21")

    assert found.exit_code == 1
    assert "Tidigaste dag är 2027-01-20." in found.output
    assert not (sample / "policies/mgn/2027-28").exists()


def test_impact_names_units_and_why(sample: Path) -> None:
    found = run(sample, "impact", "grundskola/fodral-pa-elevenheter", "--today", "2026-11-21")
    lines = found.output.splitlines()

    assert found.exit_code == 0
    assert lines[0].endswith("om det vore SKA idag: 7 av 8 enheter")
    assert "  norrskolan (99000017): Inte intygat ännu." in lines
    assert not any("kvarnbackaskolan" in line for line in lines)


def test_pages_for_five_school_forms(sample: Path) -> None:
    out = sample / "sidor"
    found = run(sample, "page", "--out", str(out), "--today", "2026-11-21")

    assert found.exit_code == 0, found.output
    assert sorted(file.name for file in out.iterdir()) == [
        "2026-27-anpassad-grundskola.html",
        "2026-27-forskola.html",
        "2026-27-fritidshem.html",
        "2026-27-grundskola.html",
        "2026-27-gymnasieskola.html",
    ]


def test_a_file_of_somebody_elses_is_not_replaced(sample: Path) -> None:
    out = sample / "sidor"
    out.mkdir()
    (out / "2026-27-grundskola.html").write_text("<p>Vår egen sida</p>", encoding="utf-8")
    found = run(sample, "page", "--out", str(out), "--form", "grundskola", "--today", "2026-11-21")

    assert found.exit_code == 1
    assert (out / "2026-27-grundskola.html").read_text(encoding="utf-8") == "<p>Vår egen sida</p>"
