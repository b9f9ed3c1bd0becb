"""`compile --coverage` on three platforms and two systems: what its readers see, whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.settings.table import load_settings

EXPECTED = Path(__file__).parent / "coverage"
BUILD = Path(__file__).parents[3] / "build" / "coverage"

ORGANISATION = """\
uid: "6c3d1f0e-0000-4000-8000-000000000001"
name: Provköpings kommun
municipality_code: "0000"
language: sv
backends:
  - {id: chrome, kind: google, customer: C0123abcd, root: /Enheter}
  - {id: surfplattor, kind: intune, tenant: "11111111-2222-3333-4444-555555555555"}
routes:
  - {backend: chrome, platforms: [chromeos]}
  - {backend: surfplattor, platforms: [ipados, windows]}
users:
  pupils: {org_units: ["/Elever"]}
"""
GROUP = "    school_form: grundskola\n    audience: pupils\n"
SCHOOL = f"""\
id: norrskolan
name: Norrskolan
units:
  - {{code: "12345678", school_forms: [grundskola], grades: F-6}}
groups:
  - id: elever-4-6
    name: Elever åk 4–6
    platform: chromeos
{GROUP}    devices: {{match: {{location: "NORR*"}}}}
    users: {{org_units: ["/Elever/Norrskolan"]}}
  - id: ipads
    name: iPads F–3
    platform: ipados
{GROUP}    devices: {{match: {{name: "NORR*"}}}}
    settings: {{airdrop: blocked}}
  - id: datorer
    name: Datorer
    platform: windows
{GROUP}    devices: {{match: {{name: "NORR*"}}}}
"""
BASELINE = """\
id: alla
name: Alla
rationale: Prov
applies_to: {audiences: [pupils]}
settings:
  camera: blocked
  external-storage: read-only
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "schools").mkdir()
    (tmp_path / "policies" / "baselines").mkdir(parents=True)
    (tmp_path / "organisation.yaml").write_text(ORGANISATION, "utf-8")
    (tmp_path / "schools" / "norrskolan.yaml").write_text(SCHOOL, "utf-8")
    (tmp_path / "policies" / "baselines" / "alla.yaml").write_text(BASELINE, "utf-8")
    return tmp_path


def said(root: Path, *args: str) -> str:
    result = CliRunner().invoke(cli, ["compile", "--coverage", "--root", str(root), "--today", "2026-11-21", *args])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("coverage.sv.txt", ()),
        ("coverage.en.txt", ("--lang", "en")),
        ("coverage.sv.md", ("--format", "markdown")),
    ],
)
def test_the_whole_of_it_reads_as_expected(root: Path, name: str, args: tuple[str, ...]) -> None:
    actual = said(root, *args)
    expected = (EXPECTED / name).read_text("utf-8")
    if actual != expected:
        BUILD.mkdir(parents=True, exist_ok=True)
        (BUILD / name).write_text(actual, "utf-8")

    assert actual == expected, f"what came out is in build/coverage/{name}"


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_it_fits_a_hundred_columns(root: Path, lang: str) -> None:
    lines = said(root, "--lang", lang).splitlines()

    assert len(lines) > 100
    assert [line for line in lines if len(line) > 100] == []


def data(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(root, "--format", "json"))
    return found


def test_for_a_program_each_setting_stands_once_per_platform_and_system(root: Path) -> None:
    found = data(root)
    rows = {(row["setting"], row["platform"], row["system"]): row for row in found["settings"]}

    assert len(rows) == len(found["settings"]) == 5 * len(load_settings().settings)
    assert rows["airdrop", "ipados", "intune"] == {
        "setting": "airdrop",
        "area": "sharing",
        "platform": "ipados",
        "system": "intune",
        "reaches": ["device"],
        "groups": 1,
        "skipped": 0,
        "lacks": None,
        "lacks_values": {},
    }
    assert rows["airdrop", "windows", "intune"]["lacks"] == {
        "sv": "Funktionen finns bara hos Apple.",
        "en": "Only Apple has the feature.",
    }
    assert rows["camera", "chromeos", "google"]["groups"] == 1
    assert rows["camera", "windows", "intune"]["groups"] == 1


def test_a_value_that_a_platform_lacks_passes_its_groups_by_and_says_so(root: Path) -> None:
    found = data(root)
    rows = {(row["setting"], row["platform"]): row for row in found["settings"]}

    assert rows["external-storage", "ipados"]["groups"] == 0
    assert rows["external-storage", "ipados"]["skipped"] == 1
    assert list(rows["external-storage", "windows"]["lacks_values"]) == ["read-only"]
    assert [(one["group"], one["wish"], one["reason"], one["why"]["line"]) for one in found["skipped"]] == [
        ("norrskolan/datorer", "external-storage: read-only", "SETTING-VALUE-NOT-ON-PLATFORM", 7),
        ("norrskolan/ipads", "external-storage: read-only", "SETTING-VALUE-NOT-ON-PLATFORM", 7),
    ]


def test_apps_stand_by_kind_with_whom_each_way_reaches(root: Path) -> None:
    rows = {(row["platform"], tuple(row["identifiers"])): row for row in data(root)["apps"]}
    vpp = rows["ipados", ("app_store", "bundle_id")]

    assert vpp["ways"] == {"required": ["device"], "available": ["user"], "blocked": [], "absent": ["device", "user"]}
    assert vpp["removal"] == "uninstalls"
    assert list(vpp["lacks"]) == ["blocked"]
    assert rows["chromeos", ("web",)]["ways"]["required"] == ["user", "managed-guest", "kiosk"]
    assert rows["android", ("play",)]["removal"] == "stays"


@pytest.mark.parametrize(
    ("line", "code", "message", "hint"),
    [
        (
            "settings: {icloud-backup: blocked}",
            "SETTING-NOT-ON-PLATFORM",
            "Inställningen icloud-backup finns inte på windows",
            "Funktionen finns bara hos Apple. Ta bort raden",
        ),
        (
            "settings: {external-storage: read-only}",
            "SETTING-VALUE-NOT-ON-PLATFORM",
            "Värdet external-storage: read-only går inte att få på windows",
            "Plattformen kan bara tillåta eller spärra helt. Välj ett annat värde",
        ),
        (
            "raw: {intune: [{schema: iosGeneralDeviceConfiguration, fields: {podcastsBlocked: true}}]}",
            "RAW-OTHER-PLATFORM",
            "iosGeneralDeviceConfiguration gäller en annan plattform än windows",
            "Ta bort raden",
        ),
        (
            "raw: {intune: [{schema: windows10GeneralConfiguration, fields: {cameraBlocked: true}}]}",
            "RAW-HAS-SETTING",
            "Fältet windows10GeneralConfiguration.cameraBlocked sätts redan av camera",
            "Skriv `camera` i stället",
        ),
    ],
)
def test_a_groups_own_wish_for_what_its_platform_lacks_is_an_error_with_the_reason(
    root: Path, line: str, code: str, message: str, hint: str
) -> None:
    school = root / "schools" / "norrskolan.yaml"
    school.write_text(f"{SCHOOL}    {line}\n", "utf-8")
    result = CliRunner().invoke(cli, ["validate", "--root", str(root), "--today", "2026-11-21", "--format", "json"])
    (finding,) = [one for one in json.loads(result.stdout)["findings"] if one["severity"] == "error"]

    assert (finding["code"], finding["line"], result.exit_code) == (code, len(SCHOOL.splitlines()) + 1, 1)
    assert finding["message"].startswith(message)
    assert finding["hint"].startswith(hint)
