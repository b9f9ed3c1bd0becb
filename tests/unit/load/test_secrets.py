"""Secrets that somebody saved in a file: found at their place, never shown; and what only looks like one.

The invented ones are put together here, so that no scanner takes this file for a leak.
"""

import base64
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.load.secrets_scan import find_secrets
from reconciler.model.finding import Finding
from reconciler.model.place import Position
from reconciler.reconcile.validate import validate_files
from reconciler.texts import render
from tests.unit.load.writing import ORGANISATION, RECORDED, SCHOOL, SCHOOL_FILE, changed, write_all

ROOT = Path(__file__).resolve().parents[3]
RANDOM = "x7Kd93mQpL2vTz8RbW4yNc6HsJ1fGa5Ue0Xo"
JWT = ".".join(
    base64.urlsafe_b64encode(part).rstrip(b"=").decode()
    for part in (b'{"alg":"RS256","typ":"JWT"}', b'{"iss":"https://issuer.example.se"}', b"signature of some length")
)
APPLE = base64.b64encode(
    json.dumps({"expDate": "2027-08-01T00:00:00+0000", "token": RANDOM * 3, "orgName": "V"}).encode()
)

SECRETS = {
    "github": "gh" + f"p_{RANDOM}",
    "github-action": "gh" + f"s_{RANDOM}.{RANDOM}-{RANDOM}",
    "github-fine-grained": "github" + f"_pat_{RANDOM}_{RANDOM}",
    "aws": "AK" + "IA2E7QWRTYUIOPLKJH",
    "entra": "Ab7" + "8Q~" + RANDOM[:33],
    "google-key": "AI" + f"za{RANDOM[:35]}",
    "google-oauth": "GOC" + f"SPX-{RANDOM[:28]}",
    "slack": "xo" + f"xb-123456789012-{RANDOM}",
    "slack-webhook": f"https://hooks.slack.com/{'services'}/T0AAAA/B0BBBB/{RANDOM}",
    "zentral": "zt" + f"ls_{RANDOM}",
    "age": "AGE-SECRET" + "-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE",
    "pem": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "key-file": '{"type": "service_account", "private_key": "-----BEGIN ' + 'PRIVATE KEY-----\\nMIIE"}',
    "jwt": JWT,
    "apple": APPLE.decode(),
    "address": "https://konto:" + f"{RANDOM[:20]}@mdm.example.se/",
    "named": f"jamf_client_secret: {RANDOM}",
    "named-in-capitals": f"LÖSENORD={RANDOM[:16]}",
    "named-in-swedish": f'"lösenord": "{RANDOM[:16]}"',
}

HARMLESS = {
    "a reference": "secret: {from: env:GOOGLE_KEY, version: 3}",
    "an address": "token_url: https://login.example.se/7d3e5a10-4c1b-4f8e-9a62-0b5c8e21d947/oauth2",
    "an identifier": "token: 7d3e5a10-4c1b-4f8e-9a62-0b5c8e21d947",
    "a store id": "web: gbmaoleojpejmhbhnidjfgbdpdnhajop # token",
    "words": "password: minst-tolv-tecken-och-en-siffra-1",
    "a setting": "password-length-minimum: 12",
    "a variable": "password: ${JAMF_PASSWORD_FOR_2026}",
    "a workflow's": "GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}",
    "a hash": "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "an uid": 'uid: "5b0a7f1e-3c64-4d1b-9a57-28c0f6e4d913"',
    "a public key": "recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]",
    "a certificate": "-----BEGIN CERTIFICATE-----",
    "an address with a port": "https://mdm.example.se:8443/api@v2",
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_found_at_its_place_and_not_shown(name: str) -> None:
    secret = SECRETS[name]

    found = find_secrets("schools/a.yaml", f"id: å\n  note: {secret}\n".encode())

    assert [one.code for one in found] == ["SECRET-IN-FILE"]
    place = found[0].place
    assert isinstance(place, Position)
    assert place.line == 2
    assert 9 <= place.column <= 9 + len(secret)
    assert RANDOM[:6] not in said(found[0])
    assert secret[8:] not in said(found[0])


def test_the_column_is_where_the_value_begins() -> None:
    found = find_secrets("organisation.yaml", f"å: 1\n  password: {RANDOM}\n".encode())

    assert found[0].place == Position(file="organisation.yaml", line=2, column=13)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_like_one_is_let_through(name: str) -> None:
    assert find_secrets("schools/a.yaml", f"{HARMLESS[name]}\n".encode()) == ()


def test_one_value_is_one_finding_by_the_kind_that_says_most() -> None:
    found = find_secrets("a.yaml", f"token: {SECRETS['github']}\n".encode())

    assert [(one.values["kind.en"], one.values["masked"]) for one in found] == [("GitHub token", "ghp_***")]


def test_what_powershell_redirected_into_a_file_is_read_too() -> None:
    assert len(find_secrets("key.json", SECRETS["key-file"].encode("utf-16"))) == 1


def test_a_file_full_of_them_gives_twenty() -> None:
    assert len(find_secrets("a.csv", (SECRETS["zentral"] + "\n").encode() * 50)) == 20


def test_a_file_with_a_secret_is_not_loaded_so_that_nothing_else_shows_it(tmp_path: Path) -> None:
    """The line is wrong in another way too: without this, the schema's finding would show it."""
    wrong = changed(SCHOOL, "name: Norrskolan\n", f"nmae: {SECRETS['github']}\n")
    write_all(tmp_path, {**RECORDED, SCHOOL_FILE: wrong})

    for style in ("text", "json", "github"):
        shown = CliRunner().invoke(
            cli, ["validate", "--root", str(tmp_path), "--today", "2026-11-21", "--format", style]
        )
        assert shown.exit_code == 1
        assert "SECRET-IN-FILE" in shown.output
        assert RANDOM[:6] not in shown.output


def test_a_plan_is_refused_a_file_with_a_secret_too(tmp_path: Path) -> None:
    write_all(tmp_path, {**RECORDED, SCHOOL_FILE: f"{SCHOOL}# {SECRETS['entra']}\n"})

    shown = CliRunner().invoke(
        cli,
        ["plan", "--root", str(tmp_path), "--out", str(tmp_path / "plan.json"), "--sandbox", "http://127.0.0.1:9"],
    )

    assert "SECRET-IN-FILE" in shown.output
    assert RANDOM[:6] not in shown.output


@pytest.mark.parametrize(
    "file", ["README.md", "google-key.json", "docs/anslutning.md", ".github/workflows/plan.yml", "policies/README.md"]
)
def test_files_that_the_loader_does_not_read_are_looked_through_too(tmp_path: Path, file: str) -> None:
    write_all(tmp_path, {**RECORDED, file: f"# Nyckel\n{SECRETS['zentral']}\n"})

    found = validate_files(tmp_path, date(2026, 11, 21), use_memory=False).findings

    assert [(one.code, one.place) for one in found] == [("SECRET-IN-FILE", Position(file=file, line=2, column=1))]


def test_a_secret_in_a_remembered_repository_is_found_again(tmp_path: Path) -> None:
    write_all(tmp_path, RECORDED)
    day = date(2026, 11, 21)
    assert validate_files(tmp_path, day).findings == ()

    (tmp_path / "README.md").write_text(SECRETS["zentral"])

    assert [one.code for one in validate_files(tmp_path, day).findings] == ["SECRET-IN-FILE"]


def test_a_secret_that_moves_is_told_at_its_new_line(tmp_path: Path) -> None:
    day = date(2026, 11, 21)
    for comment in ("", "#\n"):
        write_all(tmp_path, {**RECORDED, "organisation.yaml": f"{comment}# {SECRETS['zentral']}\n{ORGANISATION}"})
        found = validate_files(tmp_path, day).findings
        assert found[0].place == Position(file="organisation.yaml", line=1 + len(comment) // 2, column=3)


def test_the_sample_and_its_texts_hold_nothing_that_looks_like_one() -> None:
    found = validate_files(ROOT, date(2026, 11, 21), use_memory=False).findings

    assert [one for one in found if one.code == "SECRET-IN-FILE"] == []


def said(finding: Finding) -> str:
    texts = [render(finding.code, finding.values, lang) for lang in ("sv", "en")]
    return " ".join(f"{text.message} {text.hint}" for text in texts) + f"{finding.values}"
