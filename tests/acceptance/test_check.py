"""`reconciler check` on a small repository: what is shown in each form, and how it ends."""

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from tests.unit.load.writing import FILES, SCHOOL_FILE, write_all

RULE_FILE = "policies/guardrails/appar.yaml"
RULE = """\
id: appar
rules:
  - id: inte-kami
    effect: block
    owner: education
    on: assignment
    when: group.audience == 'pupils'
    require: app.id != 'kami'
    message: {sv: "{app.name} får inte finnas i {group.name}.", en: "{app.name} must not be in {group.name}."}
    rationale: Prov.
    source: {kind: decision, text: ITR 2026:14}
  - id: ersattare
    effect: warn
    owner: joint
    on: school
    require: school.principal.deputy != ''
    message: {sv: "{school.name} saknar ersättare.", en: "{school.name} has no deputy."}
    rationale: Prov.
    source: {kind: need, text: Skövde}
"""

FAILS = RULE.replace("school.principal.deputy != ''", "1 / school.pupils > 0").replace("effect: block", "effect: warn")
"""Nobody has written how many pupils there are."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    write_all(tmp_path, {**FILES, RULE_FILE: RULE})
    return tmp_path


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["check", "--root", str(root), "--today", "2026-11-21", *words])


def test_the_text_names_the_line_the_rule_and_why(small: Path) -> None:
    found = run(small)

    assert found.exit_code == 1
    assert found.output.splitlines()[:10] == [
        (
            "schools/norrskolan.yaml:2:5: warning RULE-NOT-MET: Norrskolan saknar ersättare. "
            "(spärren ersattare, policies/guardrails/appar.yaml:16: norrskolan)"
        ),
        "    2 | id: norrskolan",
        "      |     ^",
        "  Prov.",
        "  Källa: Skövde",
        (
            "schools/norrskolan.yaml:16:23: error RULE-NOT-MET: Kami får inte finnas i Elever åk 4–6. "
            "(spärren inte-kami, policies/guardrails/appar.yaml:8: norrskolan/elever-4-6:kami)"
        ),
        "   16 |     apps: {required: [kami], available: [scratch]}",
        "      |                       ^",
        "  Prov.",
        "  Källa: ITR 2026:14",
    ]


def test_the_tables_count_by_school_form_and_show_what_schools_have_of_their_own(small: Path) -> None:
    found = run(small).output.split("\n\n")

    assert found[1].splitlines() == [
        "Utfall av 2 spärrar",
        "  Skolform       uppfyllda  ej uppfyllda  ej prövade  undantag",
        "  Vidala kommun          2             3           0         0",
        "  förskoleklass          0             1           0         0",
        "  grundskola             2             3           0         0",
    ]
    assert found[2].splitlines()[:3] == [
        "Skolornas avvikelser från sina basnivåer",
        "  Skola       enhetsgrupper  egna appar  egna inställningar  undantag  sammanlagt  ej uppfyllda spärrar",
        "  norrskolan              3           2                   1         0           3                     3",
    ]


def test_json_has_the_findings_as_validate_and_every_verdict(small: Path) -> None:
    found = json.loads(run(small, "--format", "json").output)

    assert found["summary"] == {"errors": 2, "warnings": 1}
    assert [(one["rule"], one["subject"], one["outcome"], one["cause"]) for one in found["verdicts"]] == [
        ("ersattare", "norrskolan", "not-met", "unknown"),
        ("inte-kami", "norrskolan/elever-4-6:kami", "not-met", "unknown"),
        ("inte-kami", "norrskolan/elever-4-6:scratch", "met", None),
        ("inte-kami", "norrskolan/pilot:kami", "not-met", "unknown"),
        ("inte-kami", "norrskolan/pilot:scratch", "met", None),
    ]
    assert found["deviations"][0]["total"] == 3


def test_one_school_alone_is_not_in_order_where_a_rule_could_not_be_asked_of_it(small: Path) -> None:
    write_all(small, {RULE_FILE: FAILS})

    assert "RULE-FAILED" in run(small, "--school", "norrskolan").output
    assert run(small, "--school", "norrskolan").exit_code == 1


@pytest.mark.parametrize("words", [["--school", "norrskolan"], ["--form", "grundskola"]])
def test_nothing_is_in_order_where_a_file_of_rules_cannot_be_read(small: Path, words: list[str]) -> None:
    write_all(small, {RULE_FILE: "id: ["})

    found = run(small, *words)
    assert "policies/guardrails/appar.yaml:1" in found.output
    assert found.exit_code == 1


def test_junit_has_a_suite_for_each_rule_and_a_failure_for_what_blocks(small: Path) -> None:
    root = ElementTree.fromstring(run(small, "--format", "junit").output.partition("\n")[2])  # noqa: S314 - our own

    assert [(one.get("name"), one.get("tests"), one.get("failures")) for one in root] == [
        ("ersattare", "1", "0"),
        ("inte-kami", "4", "2"),
    ]
    assert [one.get("message") for one in root.iter("failure")] == [
        "Kami får inte finnas i Elever åk 4–6.",
        "Kami får inte finnas i Pilot.",
    ]


def test_junit_is_not_green_where_a_file_of_rules_cannot_be_read(small: Path) -> None:
    write_all(small, {RULE_FILE: "id: ["})
    root = ElementTree.fromstring(run(small, "--format", "junit").output.partition("\n")[2])  # noqa: S314 - our own

    assert [(one.get("name"), one.get("tests"), one.get("errors")) for one in root] == [("files", "1", "1")]
    assert [str(one.get("name")).startswith(f"{RULE_FILE}:") for one in root.iter("testcase")] == [True]


def test_a_school_form_may_be_written_without_its_dots(small: Path) -> None:
    assert run(small, "--form", "forskoleklass").output == run(small, "--form", "förskoleklass").output


def test_markdown_escapes_what_people_wrote(small: Path) -> None:
    write_all(small, {RULE_FILE: RULE.replace("{app.name} får", "<b>@{app.name}</b> får")})
    found = run(small, "--format", "markdown").output

    assert "| Vidala kommun | 2 | 3 | 0 | 0 |" in found
    assert "<b>" not in found
    assert "&lt;b&gt;@\N{ZERO WIDTH SPACE}Kami" in found


def test_a_school_form_is_shown_alone_and_decides_how_it_ends(small: Path) -> None:
    found = run(small, "--form", "förskoleklass")

    assert found.exit_code == 0
    assert "Kami" not in found.output
    assert "Norrskolan saknar ersättare." in found.output


def test_a_school_or_form_that_does_not_exist(small: Path) -> None:
    assert run(small, "--school", "norskolan").exit_code == 2
    assert "Välj en av: förskola" in run(small, "--form", "dagis").output


def test_a_rule_with_a_mistake_is_not_met_nowhere_and_others_run(small: Path) -> None:
    write_all(small, {RULE_FILE: RULE.replace("app.id != 'kami'", "app.idd != 'kami'")})
    found = json.loads(run(small, "--format", "json").output)

    assert {(one["rule"], one["outcome"]) for one in found["verdicts"]} == {
        ("inte-kami", "not-evaluated"),
        ("ersattare", "not-met"),
    }
    assert [(one["code"], one["line"], one["column"]) for one in found["findings"] if one["severity"] == "error"] == [
        ("RULE-UNKNOWN-VARIABLE", 8, 14)
    ]


def test_with_a_base_only_what_is_new_is_an_error(small: Path) -> None:
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(small), *words], check=True)
    assert run(small, "--base", "HEAD").exit_code == 0

    text = (small / SCHOOL_FILE).read_text("utf-8")
    write_all(
        small,
        {
            SCHOOL_FILE: text
            + "  - {id: ny, name: Ny, platform: chromeos, audience: pupils, school_form: grundskola, devices: {match: {location: NY}}, apps: {required: [{app: kami, as: kiosk}]}}\n"
        },
    )
    found = json.loads(run(small, "--base", "HEAD", "--format", "json").output)

    assert [one["subject"] for one in found["findings"] if one["code"] == "RULE-NOT-MET"] == ["norrskolan/ny:app:kami"]
    assert {one["cause"] for one in found["verdicts"] if one["subject"] == "norrskolan/ny:kami:kiosk"} == {"created"}


def test_a_school_whose_file_cannot_be_read_is_told_why_and_not_that_it_is_unknown(small: Path) -> None:
    (small / SCHOOL_FILE).write_text("id: [norrskolan\n", "utf-8")

    found = run(small, "--school", "norrskolan")
    assert found.exit_code == 1
    assert "schools/norrskolan.yaml:1:5: error SYNTAX-BRACKET" in found.output
    assert run(small, "--school", "soderskolan").exit_code == 2
