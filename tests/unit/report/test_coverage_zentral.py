"""A municipality with iPads on Zentral and Macs on Intune: each reads the columns of its own system, and says its own reasons."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli

ORGANISATION = """\
uid: "6c3d1f0e-0000-4000-8000-000000000001"
name: Provköpings kommun
municipality_code: "0000"
language: sv
backends:
  - {id: plattor, kind: zentral, url: "https://mdm.example.se", blueprint: Skolan}
  - {id: macar, kind: intune, tenant: "11111111-2222-3333-4444-555555555555"}
routes:
  - {backend: plattor, platforms: [ipados], audiences: [pupils]}
  - {backend: plattor, platforms: [macos], audiences: [staff]}
  - {backend: macar}
"""
GROUP = """\
  - id: {id}
    name: {id}
    platform: {platform}
    school_form: grundskola
    audience: {audience}
    devices: {{match: {{name: "NORR*"}}}}
"""
SCHOOL = """\
id: norrskolan
name: Norrskolan
units:
  - {code: "12345678", school_forms: [grundskola], grades: F-6}
groups:
"""
PADS = GROUP.format(id="plattor", platform="ipados", audience="pupils")
MACS = GROUP.format(id="larare", platform="macos", audience="staff")
PUPILS = GROUP.format(id="macar", platform="macos", audience="pupils")
BASELINE = """\
id: alla
name: Alla
rationale: Prov
applies_to: {}
settings:
  camera: blocked
  incognito: blocked
  guest-mode: blocked
  firewall: optional
  os-minimum-version: "17.6"
raw:
  apple: [{schema: com.apple.applicationaccess, fields: {allowAppClips: false}}]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "schools").mkdir()
    (tmp_path / "policies" / "baselines").mkdir(parents=True)
    (tmp_path / "organisation.yaml").write_text(ORGANISATION, "utf-8")
    (tmp_path / "schools" / "norrskolan.yaml").write_text(SCHOOL + PADS + MACS + PUPILS, "utf-8")
    (tmp_path / "policies" / "baselines" / "alla.yaml").write_text(BASELINE, "utf-8")
    return tmp_path


def said(root: Path, *args: str) -> str:
    result = CliRunner().invoke(cli, ["compile", *args, "--root", str(root), "--today", "2026-11-21"])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_each_group_has_what_its_own_system_can_say(root: Path) -> None:
    found = json.loads(said(root, "--coverage", "--format", "json"))
    rows = {(row["setting"], row["platform"], row["system"]): row for row in found["settings"]}
    has = {
        (name, platform, system): row["groups"]
        for (name, platform, system), row in rows.items()
        if row["groups"] or row["skipped"]
    }

    assert has == {
        ("camera", "ipados", "apple"): 1,
        ("camera", "macos", "apple"): 1,
        ("camera", "macos", "intune"): 1,
        ("incognito", "ipados", "apple"): 1,
        ("incognito", "macos", "apple"): 1,
        ("incognito", "macos", "intune"): 1,
        # Apple's key is there for profiles, and Intune's is not known to us.
        ("guest-mode", "ipados", "apple"): 0,
        ("guest-mode", "macos", "apple"): 1,
        ("guest-mode", "macos", "intune"): 0,
        # "Not required" is Intune's to say: Apple's other value would switch the firewall off.
        ("firewall", "ipados", "apple"): 0,
        ("firewall", "macos", "apple"): 0,
        ("firewall", "macos", "intune"): 1,
        ("os-minimum-version", "ipados", "apple"): 0,
        ("os-minimum-version", "macos", "apple"): 0,
        ("os-minimum-version", "macos", "intune"): 1,
    }
    assert (
        rows["guest-mode", "macos", "intune"]["lacks"]["en"]
        == "Can't be written from here yet; set it in Intune by hand."
    )
    assert rows["os-minimum-version", "macos", "apple"]["lacks"]["en"].startswith("A profile can't judge")


def test_apples_own_keys_go_where_profiles_go(root: Path) -> None:
    found = json.loads(said(root, "--format", "json"))
    raw = {key: [line["schema"] for line in one["raw"]] for key, one in found["groups"].items()}

    assert raw == {
        "norrskolan/plattor": ["com.apple.applicationaccess"],
        "norrskolan/larare": ["com.apple.applicationaccess"],
        "norrskolan/macar": [],
    }


def test_only_the_systems_in_use_are_told_of(root: Path) -> None:
    columns = json.loads(said(root, "--coverage", "--format", "json"))["platforms"]
    apps = {
        (row["platform"], row["system"]) for row in json.loads(said(root, "--coverage", "--format", "json"))["apps"]
    }

    assert [(one["platform"], one["system"], one["groups"]) for one in columns] == [
        ("chromeos", "google", 0),
        ("ipados", "apple", 1),
        ("ipados", "intune", 0),
        ("macos", "apple", 1),
        ("macos", "intune", 1),
        ("windows", "intune", 0),
        ("android", "intune", 0),
    ]
    assert {("ipados", "zentral"), ("macos", "zentral"), ("ipados", "intune")} <= apps


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("kinds", ["zentral and intune", "google alone"])
def test_with_two_systems_on_a_platform_it_still_fits_a_hundred_columns(root: Path, lang: str, kinds: str) -> None:
    if kinds == "google alone":
        google = (
            "backends: [{id: chrome, kind: google, customer: C0123abcd, root: /Enheter}]\nroutes: [{backend: chrome}]\n"
        )
        (root / "organisation.yaml").write_text(ORGANISATION[: ORGANISATION.index("backends:")] + google, "utf-8")
        (root / "schools" / "norrskolan.yaml").unlink()
        (root / "policies" / "baselines" / "alla.yaml").unlink()
    lines = said(root, "--coverage", "--lang", lang).splitlines()

    assert any("ipados" in line for line in lines)
    assert [line for line in lines if len(line) > 100] == []


@pytest.mark.parametrize(
    ("group", "line", "code", "hint"),
    [
        (
            PADS,
            'settings: {os-minimum-version: "17.6"}',
            "SETTING-NOT-ON-PLATFORM",
            "En profil kan inte ställa krav på hur enheten är",
        ),
        (MACS, "settings: {firewall: optional}", "SETTING-VALUE-NOT-ON-PLATFORM", "Utan krav väljer den som sköter"),
        (PUPILS, "settings: {guest-mode: blocked}", "SETTING-NOT-ON-PLATFORM", "Kan ännu inte skrivas härifrån; ställ in den i Intune"),
        (PADS, "raw: {intune: [{schema: iosGeneralDeviceConfiguration, fields: {podcastsBlocked: true}}]}", "RAW-OTHER-SYSTEM", ""),
        (PUPILS, "raw: {apple: [{schema: com.apple.dock, fields: {autohide: true}}]}", "RAW-OTHER-SYSTEM", ""),
        (PADS, "raw: {apple: [{schema: com.apple.loginwindow, fields: {HideAdminUsers: true}}]}", "RAW-OTHER-PLATFORM", ""),
        (PADS, "raw: {apple: [{schema: com.apple.applicationaccess, fields: {allowCamera: false}}]}", "RAW-HAS-SETTING", "Skriv `camera`"),
    ],
)  # fmt: skip
def test_a_groups_own_wish_that_its_system_lacks_is_an_error_with_the_reason(
    root: Path, group: str, line: str, code: str, hint: str
) -> None:
    (root / "policies" / "baselines" / "alla.yaml").unlink()
    school = root / "schools" / "norrskolan.yaml"
    school.write_text(f"{SCHOOL}{group}    {line}\n", "utf-8")
    (finding,) = errors(root)

    assert (finding["code"], finding["line"]) == (code, len((SCHOOL + group).splitlines()) + 1)
    assert finding["hint"].startswith(hint)


def test_a_key_that_a_setting_writes_elsewhere_is_free_where_it_does_not(root: Path) -> None:
    """On iPad explicit-content writes allowExplicitContent; on Mac nothing of ours does yet."""
    line = "raw: {apple: [{schema: com.apple.applicationaccess, fields: {allowExplicitContent: false}}]}"
    (root / "schools" / "norrskolan.yaml").write_text(f"{SCHOOL}{MACS}    {line}\n", "utf-8")

    assert errors(root) == []


def errors(root: Path) -> list[dict[str, Any]]:
    result = CliRunner().invoke(cli, ["validate", "--root", str(root), "--today", "2026-11-21", "--format", "json"])
    return [one for one in json.loads(result.stdout)["findings"] if one["severity"] == "error"]


def test_a_misspelt_key_is_warned_of_with_the_near_one(root: Path) -> None:
    line = "raw: {apple: [{schema: com.apple.applicationaccess, fields: {allowappclips: false}}]}"
    (root / "schools" / "norrskolan.yaml").write_text(f"{SCHOOL}{PADS}    {line}\n", "utf-8")
    result = CliRunner().invoke(cli, ["validate", "--root", str(root), "--today", "2026-11-21", "--format", "json"])
    (finding,) = [one for one in json.loads(result.stdout)["findings"] if one["code"].startswith("APPLE-")]

    assert (finding["code"], finding["severity"], finding["line"]) == (
        "APPLE-KEY-UNKNOWN",
        "warning",
        len((SCHOOL + PADS).splitlines()) + 1,
    )
    assert "Menade du allowAppClips?" in finding["hint"]
