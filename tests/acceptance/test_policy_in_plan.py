"""Rules, calendar and leave to pass limits as people meet them: plan, apply and plan again, as processes against a sandbox."""

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.unit.load.writing import write_all

CASE = Path(__file__).parents[1] / "cases" / "first-meeting"
TODAY = "2026-11-21"
SJO, NORR = "schools/sjoskolan.yaml", "schools/norrskolan.yaml"
RULE = """\
id: scratch-bara-norr
effect: block
owner: education
"on": assignment
require: app.id != 'scratch' || school.id == 'norrskolan'
message: {sv: "Scratch är bara godkänd på Norrskolan, inte i {group.name}.", en: "Scratch is approved at Norrskolan only."}
rationale: Rådet prövar appen på en skola först.
source: {kind: decision, text: "Rådet 2026-09-10"}
"""
NO_GUESTS = """\
id: utan-gast
effect: block
owner: it
"on": group
when: group.id == 'sjoskolan/elever-7-9'
require: "'guest-mode' in group.settings && group.settings['guest-mode'] == 'blocked'"
message: {sv: "{group.name} går att använda utan att logga in.", en: "{group.name} can be used without signing in."}
rationale: Det ska gå att se vem som har använt en enhet.
source: {kind: need, text: "Skol-it, hösten 2026"}
"""
CALENDAR = """\
school_years: [{id: 2026-27, terms: [{name: Höstterminen, from: "2026-08-18", until: "2026-12-18"}]}]
freezes: [{id: prov, name: Provvecka, from: "2026-11-23", until: "2026-11-27", reason: Prov i alla klasser.}]
"""
URGENT = """\
id: snabb-2026-014
ticket: SD-20418
owner: it
setting: incognito
groups: [norrskolan/elever-4-6]
from: "2026-11-21"
until: "2026-12-18"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A municipality whose sandbox is as its files want it, and the files committed."""

    root: Path
    url: str

    @property
    def plan(self) -> Path:
        return self.root.parent / "plan.json"

    def run(self, *arguments: str, code: int = 0, today: str = TODAY) -> str:
        where = ["--root", str(self.root), "--today", today, "--lang", "sv"]
        where += ["--sandbox", self.url] if arguments[0] != "validate" else []
        done = subprocess.run(
            [sys.executable, "-m", "reconciler", *arguments, *where],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return " ".join(done.stdout.split())

    def changes(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("plan", "--format", "json", *arguments, code=code))
        return found

    def ask(self, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", body)  # noqa: S310  # loopback
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310  # loopback
            return json.loads(reply.read())

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text("utf-8")
        assert text.count(old) == 1, text
        (self.root / file).write_text(text.replace(old, new), "utf-8")

    def commit(self) -> None:
        for words in (["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
            subprocess.run(["git", "-C", str(self.root), *words], check=True)

    def journal(self) -> list[dict[str, Any]]:
        lines = self.plan.with_name("plan.json.journal.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    root = tmp_path / "kommun"
    shutil.copytree(CASE / "repository", root)
    (root / ".gitignore").write_text(".reconciler/\n", "utf-8")
    subprocess.run(["git", "-C", str(root), "init", "-q"], check=True)
    command = [sys.executable, "-m", "reconciler.sandbox", "--port", "0", "--seed", str(CASE / "tenant.yaml")]
    with subprocess.Popen([*command, "--option", "policy_quota=newer"], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            made = Town(root=root, url=json.loads(process.stdout.readline())["url"])
            made.run("plan", "--out", str(made.plan))
            made.run("apply", str(made.plan))
            made.commit()
            yield made
        finally:
            process.terminate()


def keys(changes: list[dict[str, Any]]) -> list[str]:
    return [one["key"]["part"] for one in changes]


def test_a_block_holds_what_the_change_makes_and_the_rest_is_done(town: Town) -> None:
    write_all(town.root, {"policies/guardrails/scratch-bara-norr.yaml": RULE})
    town.commit()
    town.edit(SJO, '/4-6"]}\n', '/4-6"]}\n    apps: {available: [scratch]}\n')
    town.edit(SJO, "settings: {", "settings: {printing: blocked, ")
    said = "Scratch är bara godkänd på Norrskolan, inte i Elever åk 4–6. "

    text = town.run("plan", "--base", "HEAD", "--out", str(town.plan), code=1)
    assert "1 ändring hålls inne och genomförs inte." in text
    assert "1 fel hindrar en del av planen." in text
    assert "Stoppas av fel. Felen står under Anmärkningar. sjoskolan/elever-4-6 + Scratch: får installeras" in text
    assert f"schools/sjoskolan.yaml:16:24: fel RULE-NOT-MET: {said}" in text
    assert "Källa: Rådet 2026-09-10" in text
    markdown = town.run("plan", "--base", "HEAD", "--format", "markdown", code=1)
    assert "1 ändring hålls inne och genomförs inte." in markdown
    assert f"fel RULE-NOT-MET: **{said}" in markdown

    assert "✓ Utskrift" in town.run("apply", str(town.plan))
    second = town.changes("--base", "HEAD", code=1)
    assert keys(second["changes"]) == []
    assert ["web:https://scratch.mit.edu/" in part for part in keys(second["held"])] == [True]


def test_a_setting_that_a_rule_asks_for_is_not_taken_away(town: Town) -> None:
    """Its group has lost nothing before somebody has seen to it; another group's setting goes as planned."""
    for school in (NORR, SJO):
        text = (town.root / school).read_text("utf-8")
        (town.root / school).write_text(text.replace("settings: {", "settings: {guest-mode: blocked, "), "utf-8")
    write_all(town.root, {"policies/guardrails/utan-gast.yaml": NO_GUESTS})
    town.run("plan", "--out", str(town.plan))
    town.run("apply", str(town.plan))
    town.commit()
    for school in (NORR, SJO):
        town.edit(school, "guest-mode: blocked, ", "")

    found = town.changes("--base", "HEAD", code=1)
    assert [(one["key"]["target"], one["key"]["part"]) for one in found["held"]] == [
        ("@sjoskolan/elever-7-9", "chrome.devices.GuestMode")
    ]
    assert [(one["key"]["target"], one["key"]["part"]) for one in found["changes"]] == [
        ("@norrskolan/elever-4-6", "chrome.devices.GuestMode")
    ]


def test_the_urgent_lane_passes_the_calendar_and_is_journalled(town: Town) -> None:
    write_all(town.root, {"policies/calendar.yaml": CALENDAR, "policies/exceptions/snabb-2026-014.yaml": URGENT})
    town.commit()
    town.edit(NORR, "settings: {", "settings: {incognito: allowed, ")
    town.edit(SJO, "settings: {", "settings: {printing: blocked, ")
    during, after = "2026-11-24T09:00", "2026-11-28T09:00"

    text = town.run("plan", "--base", "HEAD", "--out", str(town.plan), "--now", during)
    assert "2026-11-28 00:00" in text
    assert "snabb-2026-014" in text
    said = town.run("apply", str(town.plan), "--now", during, code=4)
    assert "Kör samma fil igen efter 2026-11-28 00:00" in said
    assert "✓ Inkognitoläge" in said
    urgent = [one for one in town.journal() if one["step"] == "urgent"]
    assert [(one["values"], "IncognitoMode" in json.dumps(one)) for one in urgent] == [({"id": "snabb-2026-014"}, True)]
    left = town.changes()["changes"]
    assert keys(left) == ["chrome.users.AllowPrinting"]

    town.run("apply", str(town.plan), "--now", after)
    assert town.changes()["changes"] == []


def test_leave_to_pass_a_limit_is_spent_once_it_is_live(town: Town) -> None:
    """There is no state file: what went back by hand is the same change again, until the file or its days are over."""
    before = town.ask("state")
    town.edit(SJO, "SJÖ 4-6*", "SJX 4-6*")
    town.edit(SJO, "SJÖ 7-9*", "SJÖ *")
    limited = town.run("plan", "--out", str(town.plan), code=1)
    assert "moves: - {from: sjoskolan/elever-4-6, into: sjoskolan/elever-7-9, at_most: 45}" in limited
    write_all(
        town.root,
        {
            "policies/allowances/klasser.yaml": "id: klasser\nbackend: chrome\nreason: Klasserna slås ihop.\n"
            'until: "2026-12-04"\n'
            "moves: [{from: sjoskolan/elever-4-6, into: sjoskolan/elever-7-9, at_most: 45}]\n"
        },
    )
    town.run("plan", "--out", str(town.plan))
    town.run("apply", str(town.plan))
    spent = town.run("plan")
    assert "ALLOWANCE-SPENT" in spent
    assert "Inget att ändra" in spent

    town.ask("seed", before)
    again = town.changes()
    assert [len(one["members"]) if "members" in one else one["effect"]["devices"] for one in again["changes"]] == [45]
    assert "ALLOWANCE-SPENT" not in json.dumps(again)
    assert "ALLOWANCE-EXPIRED" in town.run("plan", today="2026-12-05", code=1)
    (town.root / "policies/allowances/klasser.yaml").unlink()
    assert len(town.changes(code=1)["held"]) == 1


def test_an_mgn_that_cannot_be_read_is_an_error_and_stops_no_apply(town: Town) -> None:
    write_all(town.root, {"policies/mgn/2026-27/grundskola.yaml": "school_form: [\n"})
    town.edit(SJO, "settings: {", "settings: {printing: blocked, ")

    town.run("validate", code=1)
    text = town.run("plan", "--out", str(town.plan), code=1)
    assert "policies/mgn/2026-27/grundskola.yaml:2:1: fel SYNTAX-BRACKET" in text
    assert "hålls inne" not in text
    assert "✓ Utskrift" in town.run("apply", str(town.plan))
