"""`show`, `compile` and `explain` as people call them, on a repository of one school."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler import __version__
from reconciler.cli.main import cli
from reconciler.cli.style import wants_colour
from reconciler.compile.explain_device import ExplainedDevice
from reconciler.model.change import Action, ApplyResult, ChangeResult, Outcome
from reconciler.model.place import Pointer, Position
from reconciler.planning.planfile import write_plan, write_result
from reconciler.report.explain_text import device_lines
from reconciler.report.view_text import text_of
from reconciler.report.words import words_of
from tests.unit.report.plans import ALLOWED, BLOCKED, INCOGNITO, make_change, make_plan

ORGANISATION = """\
uid: "6c3d1f0e-0000-4000-8000-000000000001"
name: Provköpings kommun
municipality_code: "0000"
language: sv
backends:
  - {id: chrome, kind: google, customer: C0123abcd, root: /Enheter}
routes:
  - {backend: chrome, platforms: [chromeos]}
users:
  pupils: {org_units: ["/Elever"]}
"""
SCHOOL = """\
id: norrskolan
name: Norrskolan
units:
  - {code: "12345678", school_forms: [grundskola], grades: F-6}
groups:
  - id: elever-4-6
    name: Elever åk 4–6
    school_form: grundskola
    platform: chromeos
    audience: pupils
    devices: {match: {location: "NORR*"}}
    users: {org_units: ["/Elever/Norrskolan"]}
    settings:
      incognito: blocked
"""
BASELINE = """\
id: alla-elever
name: Alla elever
rationale: Prov
applies_to: {audiences: [pupils]}
settings:
  incognito: allowed
"""
CHANGE = make_change(
    Action.UPDATE, "setting", "ou:/Elever", INCOGNITO, before=ALLOWED, after=BLOCKED, label="incognito"
)
PLAN = make_plan(CHANGE, tool_version=__version__)
RESULT = ApplyResult(
    format=1,
    organisation="x",
    results=(ChangeResult(key=CHANGE.key, backend="chrome", fingerprint="", outcome=Outcome.APPLIED),),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "schools").mkdir()
    (tmp_path / "policies" / "baselines").mkdir(parents=True)
    (tmp_path / "organisation.yaml").write_text(ORGANISATION, "utf-8")
    (tmp_path / "schools" / "norrskolan.yaml").write_text(SCHOOL, "utf-8")
    (tmp_path / "policies" / "baselines" / "alla-elever.yaml").write_text(BASELINE, "utf-8")
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, list(args))


def test_show_renders_a_plan_in_each_form(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(write_plan(PLAN), "utf-8")

    text, markdown, data = (run("show", str(file), "--format", style) for style in ("text", "markdown", "json"))
    assert "~ Inkognitoläge: tillåtet → spärrat" in text.output
    assert f"    reconciler apply {file}" in text.output
    assert "\x1b" not in text.output
    assert markdown.output.startswith("### Ändringsplan")
    assert json.loads(data.output)["summary"]["changes"] == 1
    assert [one.exit_code for one in (text, markdown, data)] == [0, 0, 0]


def test_show_speaks_the_language_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(write_plan(PLAN), "utf-8")

    assert "~ Incognito mode: allowed → blocked" in run("show", str(file), "--lang", "en").output


def test_show_renders_a_result_in_the_organisations_language(root: Path) -> None:
    file = root / "result.json"
    file.write_text(write_result(RESULT), "utf-8")

    assert "✓ Inkognitoläge" in run("show", str(file), "--root", str(root)).output
    assert "✓ Incognito mode" in run("show", str(file), "--root", str(root), "--lang", "en").output


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "PLAN-NOT-A-PLAN"),
        ("[1, 2]", "PLAN-NOT-A-PLAN"),
        (write_plan(PLAN)[:400], "PLAN-DAMAGED"),
        (write_plan(PLAN).replace("ALLOW", "DENY").replace("AVAILABLE", "OPEN"), "PLAN-DAMAGED"),
        (write_plan(replace(PLAN, tool_version="0.0.0")), "PLAN-OTHER-VERSION"),
    ],
)
def test_show_refuses_what_it_can_not_read(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text, "utf-8")
    result = run("show", str(file))

    assert result.exit_code == 1
    assert result.stderr.startswith(f"error {code}: ")
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("content", "first", "then"),
    [
        (
            write_plan(PLAN).encode()[:400],
            "error PLAN-DAMAGED: Ändringsplanen är skadad eller ändrad efter att den sparades (JSON).",
            "  Gör en ny ändringsplan. Filen ändras aldrig för hand; det som inte ska göras ändras i YAML-filerna.",
        ),
        (
            b"\xff\xfe\x00",
            "error PLAN-NOT-A-PLAN: Filen är ingen ändringsplan.",
            "  Ange filen som skapades med reconciler plan --out FIL.",
        ),
    ],
)
def test_show_and_apply_refuse_a_file_as_findings_are_said(root: Path, content: bytes, first: str, then: str) -> None:
    file = root / "plan.json"
    file.write_bytes(content)
    for command in ("show", "apply"):
        result = run(command, str(file), "--root", str(root), "--lang", "sv")

        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.splitlines() == [first, then]


def test_show_refuses_bytes_that_are_no_text(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(b"\xff\xfe\x00")

    assert run("show", str(file)).stderr.startswith("error PLAN-NOT-A-PLAN: ")


def test_compile_prints_each_value_with_its_line(root: Path) -> None:
    result = run("compile", "--root", str(root), "--today", "2026-11-21")

    assert result.exit_code == 0, result.stderr
    assert "norrskolan/elever-4-6:" in result.output
    line = next(line for line in result.output.splitlines() if "incognito:" in line)
    assert line.split("#")[0].strip() == "incognito: blocked"
    assert "schools/norrskolan.yaml:14" in line


def test_compile_for_a_program(root: Path) -> None:
    result = run("compile", "--root", str(root), "--today", "2026-11-21", "--format", "json")
    (setting,) = json.loads(result.stdout)["groups"]["norrskolan/elever-4-6"]["settings"]

    assert (setting["setting"], setting["value"]) == ("incognito", "blocked")
    assert [(one["layer"], one["value"]) for one in setting["why"]] == [
        ("group", "blocked"),
        ("organisation", "allowed"),
    ]


def test_compile_as_a_page_for_people(root: Path) -> None:
    output = run("compile", "--root", str(root), "--today", "2026-11-21", "--format", "markdown").output

    assert "| Inkognitoläge | spärrat |" in output


def test_compile_names_the_schools_where_one_is_misspelled(root: Path) -> None:
    result = run("compile", "--root", str(root), "--school", "norskolan")

    assert result.exit_code == 2
    assert "norrskolan" in result.stderr


def test_compile_with_an_error_prints_the_rest_and_refuses(root: Path) -> None:
    school = root / "schools" / "norrskolan.yaml"
    school.write_text(SCHOOL.replace("blocked", "blokced"), "utf-8")
    result = run("compile", "--root", str(root), "--today", "2026-11-21")

    assert result.exit_code == 1
    assert "schools/norrskolan.yaml:14" in result.stderr


def test_coverage_is_a_table(root: Path) -> None:
    output = run("compile", "--root", str(root), "--today", "2026-11-21", "--coverage").output
    line = next(line for line in output.splitlines() if line.strip().startswith("Inkognitoläge"))

    assert line.split()[:4] == ["Inkognitoläge", "incognito", "AG", "1"]


def test_explain_shows_the_deciding_line_and_the_overruled_one(root: Path) -> None:
    result = run("explain", "norrskolan/elever-4-6#incognito", "--root", str(root), "--today", "2026-11-21")
    lines = [line.strip() for line in result.output.splitlines()]

    assert result.exit_code == 0
    assert "Inkognitoläge (incognito): spärrat" in lines
    assert "schools/norrskolan.yaml:14 gruppen norrskolan/elever-4-6: spärrat – avgör" in lines
    overruled = next(n for n, line in enumerate(lines) if line.startswith("policies/baselines/alla-elever.yaml:6"))
    assert "åsidosatt" in " ".join(lines[overruled:])


def test_explain_for_a_program(root: Path) -> None:
    result = run("explain", "incognito", "--root", str(root), "--today", "2026-11-21", "--format", "json")
    found = json.loads(result.stdout)

    assert found["of"] == "setting"
    assert [line["verdict"] for line in found["groups"][0]["wishes"][0]["lines"]] == ["decides", "overruled"]


def test_explain_suggests_what_is_near(root: Path) -> None:
    result = run("explain", "norskolan", "--root", str(root), "--lang", "en")

    assert result.exit_code == 1
    assert "Did you mean norrskolan" in result.output


def test_explain_refuses_an_unknown_setting_of_a_known_group(root: Path) -> None:
    result = run("explain", "norrskolan/elever-4-6#incognitto", "--root", str(root), "--lang", "sv")

    assert result.exit_code == 1
    assert "norrskolan/elever-4-6 finns, men ingen inställning eller app heter incognitto." in result.output
    assert "Menade du norrskolan/elever-4-6#incognito?" in result.output


@pytest.mark.parametrize(("lang", "said"), [("sv", "a, b eller c"), ("en", "a, b or c")])
def test_what_may_have_been_meant_is_one_or_the_other(lang: str, said: str) -> None:
    assert words_of(lang).either(["a", "b", "c"]) == said
    assert words_of(lang).either(["a"]) == "a"


@pytest.mark.parametrize("command", ["show", "compile", "explain"])
def test_help_teaches_by_example(command: str) -> None:
    assert f"reconciler {command} " in run(command, "--help").output.partition("Options:")[0].partition("\n\n")[2]


@pytest.mark.parametrize(
    ("environment", "terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(environment: dict[str, str], terminal: bool, coloured: bool) -> None:
    assert wants_colour(environment, terminal=terminal) is coloured


@pytest.mark.parametrize(
    ("rule", "claims", "said"),
    [
        ("match", ("norrskolan/a",), "belongs to norrskolan/a: it fits the pattern"),
        ("serial", ("norrskolan/a",), "belongs to norrskolan/a: its serial number is in the file"),
        ("holding", (), "It moves to norrskolan/a, the school's holding group"),
        ("twice", ("norrskolan/a", "norrskolan/b"), "so none gets it: norrskolan/a and norrskolan/b"),
        ("inactive", (), "deprovisioned and is left alone"),
        ("unmanaged", (), "outside our groups and no line names it"),
        ("stays", (), "It stays."),
    ],
)
def test_a_device_is_explained_by_the_rule_that_placed_it(rule: str, claims: tuple[str, ...], said: str) -> None:
    at = Pointer(file="schools/norrskolan.yaml")
    device = ExplainedDevice(
        backend="chrome",
        rule=rule,
        place="@norrskolan/a" if rule in ("match", "serial", "holding") else "",
        now=("ou:/Enheter/Gamla",),
        claims=tuple((claim, at) for claim in claims),
    )
    lines = device_lines(device, words_of("en"), lambda place: Position(file=place.file, line=7, column=1), width=200)
    text = text_of(lines)

    assert said in text
    assert "It is in /Enheter/Gamla now." in text
    assert text.count("schools/norrskolan.yaml:7") == len(claims)
