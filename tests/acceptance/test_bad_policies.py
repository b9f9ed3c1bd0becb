"""Everything that can be wrong with rules, exceptions and the calendar, as a process meets it: one finding with its line and
a hint, and the other rules still give their verdicts."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.load.test_policy_files import CALENDAR, CALENDAR_FILE
from tests.unit.load.writing import RECORDED, changed, write_all

RULE_FILE = "policies/guardrails/egen.yaml"
GRANT_FILE = "policies/exceptions/prov.yaml"
OTHER = """\
id: annan
effect: warn
owner: it
on: group
require: group.pays_devices != ''
message: {sv: "Ingen betalar {group.name}.", en: "Nobody pays for {group.name}."}
rationale: Skäl
source: {kind: need, text: Behov}
"""
PACKED = "id: egen\nrules:\n  - {" + OTHER.strip().replace("\n", ", ") + "}\n"
GRANT = """\
id: prov
rule: annan
subjects: [norrskolan/elever-4-6]
owner: it
reason: Prov
decision: {body: Skolchef, date: "2026-09-14", reference: BUN 2026/1}
from: "2026-09-14"
until: "2027-01-29"
"""


def rule(require: str, message: str = "Nej.") -> dict[str, str]:
    text = changed(OTHER, "id: annan", "id: egen").replace("group.pays_devices != ''", require)
    return {RULE_FILE: text.replace("Ingen betalar {group.name}.", message)}


def grant(old: str, new: str) -> dict[str, str]:
    return {GRANT_FILE: changed(GRANT, old, new)}


def calendar(old: str, new: str) -> dict[str, str]:
    return {CALENDAR_FILE: changed(CALENDAR, old, new)}


SLOW_PATTERN = "group.name.matches('((a?){30}){30}b')"
MANY = f"[{', '.join(map(str, range(120)))}]"
ENDLESS = f"{MANY}.all(a, {MANY}.all(b, a + b != size(group.apps) + 500))"
"""14,400 rounds for each group, where the engine gives up at 10,000."""


def run(root: Path, *words: str) -> dict[str, list[dict[str, object]]]:
    command = [sys.executable, "-m", "reconciler", *words, "--root", str(root), "--today", "2026-11-21", "--lang", "sv"]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    answer: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("files", "code", "at", "message", "hint"),
    [
        (rule("group.shared &&"), "RULE-SYNTAX", f"{RULE_FILE}:5:25", "det tar slut för tidigt", "citattecken"),
        (rule("size(group.apps > 3"), "RULE-SYNTAX", f"{RULE_FILE}:5:29", "här saknas )", "parentes"),
        (rule("group.shared)"), "RULE-SYNTAX", f"{RULE_FILE}:5:22", ") hör inte hemma här", "parentes"),
        (rule(f"group.id != '{'a' * 3000}'"), "RULE-TOO-LONG", f"{RULE_FILE}:5:10", "2000", "flera spärrar"),
        (rule(f'"{"(" * 300}group.shared{")" * 300}"'), "RULE-TOO-DEEP", f"{RULE_FILE}:5:11", "nivåer", "flera"),
        (
            rule("group.platfrom == 'x'"),
            "RULE-UNKNOWN-VARIABLE",
            f"{RULE_FILE}:5:10",
            "group.platfrom",
            "group.platform",
        ),
        (rule("sise(group.apps) > 3"), "RULE-UNKNOWN-FUNCTION", f"{RULE_FILE}:5:10", "sise", "size"),
        (rule("group.platform > 3"), "RULE-TYPES", f"{RULE_FILE}:5:25", "string, int", "citattecken"),
        (rule("1 < 2"), "RULE-CONSTANT", f"{RULE_FILE}:5:10", "likadant", "variablerna"),
        (
            rule("group.apps.all(a, group.apps.all(b, group.apps.all(c, a.id != c.id)))"),
            "RULE-NESTED-LOOPS",
            f"{RULE_FILE}:5:57",
            "mer än 2 nivåer",
            "on: assignment",
        ),
        (
            rule("group.apps.all(a, group.apps.all(b, a.id.matches('x')))"),
            "RULE-PATTERN-IN-LOOPS",
            f"{RULE_FILE}:5:51",
            "mer än en all",
            "startsWith",
        ),
        (rule("group.name.matches(group.id)"), "RULE-PATTERN-NOT-WRITTEN", f"{RULE_FILE}:5:21", "text", "'^Åk [0-9]'"),
        (
            rule(f'"{SLOW_PATTERN}"'),
            "RULE-PATTERN-TOO-LARGE",
            f"{RULE_FILE}:5:30",
            "Gränsen är 100.",
            "stora tal",
        ),
        (rule("group.shared", "{app.name}"), "RULE-PLACEHOLDER", f"{RULE_FILE}:6:16", "app.name", "group.name"),
        (
            {RULE_FILE: PACKED},
            "ID-TWICE",
            f"{RULE_FILE}:3:10",
            "policies/guardrails/annan.yaml:1",
            "Ge den ena ett annat id.",
        ),
        (grant("elever-4-6", "elever-4-5"), "EXCEPTION-UNKNOWN-SUBJECT", f"{GRANT_FILE}:3:12", "finns inte", "4-6]"),
        (grant("rule: annan", "rule: anan"), "EXCEPTION-NO-RULE", f"{GRANT_FILE}:2:7", "anan", "rule: annan"),
        (grant("2027-01-29", "2026-09-01"), "DATES-REVERSED", f"{GRANT_FILE}:8:8", "2026-09-01", "from och until"),
        (grant("2027-01-29", "2026-11-31"), "NO-SUCH-DAY", f"{GRANT_FILE}:8:8", "2026-11-31", "2026-11-30"),
        (calendar('"2026-12-18"', '"2027-01-18"'), "CALENDAR-TERMS-OVERLAP", f"{CALENDAR_FILE}:5:9", "omlott", "Rätta"),
        (calendar('"2027-06-11"', '"2027-06-31"'), "NO-SUCH-DAY", f"{CALENDAR_FILE}:5:56", "2027-06-31", "2027-06-30"),
        (calendar('"2026-10-30"', '"2026-10-03"'), "DATES-REVERSED", f"{CALENDAR_FILE}:7:52", "2026-10-03", "byt"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else "",
)
def test_one_finding_at_its_place_and_the_other_rule_is_asked(
    tmp_path: Path, files: dict[str, str], code: str, at: str, message: str, hint: str
) -> None:
    write_all(tmp_path, {**RECORDED, "policies/guardrails/annan.yaml": OTHER, **files})
    (found,) = (one for one in run(tmp_path, "validate")["findings"] if one["severity"] != "info")

    assert (found["code"], f"{found['file']}:{found['line']}:{found['column']}") == (code, at)
    assert message in str(found["message"])
    assert hint.lower() in str(found["hint"]).lower()
    asked = {one["subject"] for one in run(tmp_path, "check")["verdicts"] if one["rule"] == "annan"}
    assert "norrskolan/elever-4-6" in asked


def test_an_expression_without_end_is_stopped_in_time_and_the_other_rule_is_asked(tmp_path: Path) -> None:
    write_all(tmp_path, {**RECORDED, "policies/guardrails/annan.yaml": OTHER, **rule(f'"{ENDLESS}"')})
    began = time.monotonic()
    answer = run(tmp_path, "check")

    assert time.monotonic() - began < 20
    (failed,) = (one for one in answer["findings"] if one["code"] == "RULE-FAILED")
    assert (failed["file"], failed["line"]) == (RULE_FILE, 5)
    assert "avbröts" in str(failed["message"])
    assert "en lista i taget" in str(failed["hint"])
    outcomes = {
        (one["rule"], one["outcome"]) for one in answer["verdicts"] if one["subject"] == "norrskolan/elever-4-6"
    }
    assert outcomes == {("egen", "not-evaluated"), ("annan", "not-met")}
