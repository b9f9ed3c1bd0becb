"""`catalogue add-to-school`: one line in one file, by the council's conditions and every check; refused without a trace otherwise."""

import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli

ROOT = Path(__file__).parents[2]
SCHOOL = "schools/norrskolan.yaml"

ORGANISATION = """\
uid: "5b0a7f1e-3c64-4d1b-9a57-28c0f6e4d913"
name: Provkommun
municipality_code: "9999"
language: sv
backends:
  - {id: chrome, kind: google, mode: observe, customer: C0prov1, root: /Enheter}
routes:
  - {backend: chrome, platforms: [chromeos]}
council:
  name: Rådet
  members: [{role: rektor, seats: 2}, {role: lärare, seats: 3}]
  quorum: 3
"""
MEETING = """\
date: "2026-09-02"
minutes: "ITR 2026:14"
state: held
present: [{role: rektor, seats: 2}, {role: lärare, seats: 3}]
"""
NORR = """\
id: norrskolan
name: Norrskolan
units:
  - {code: "12345678", school_forms: [grundskola, fritidshem], grades: F-6}
groups:
  - id: elever-4-6
    name: Elever åk 4–6
    school_form: grundskola
    platform: chromeos
    audience: pupils
    grades: 4-6
    devices: {match: {location: "NORR 4-6*"}, expected: 74} # två klassrum
    users: {org_units: ["/Elever/Norrskolan/4-6"]}
    # elevernas egna önskemål
    apps:
      available: [kartan] # till SO
      blocked: [quiz]

  - id: elever-f-3
    name: Elever F–3
    school_form: [grundskola, fritidshem]
    platform: chromeos
    audience: pupils
    grades: F-3
    devices: {match: {location: "NORR F-3*"}}
    users: {org_units: ["/Elever/Norrskolan/F-3"]}

  - {id: forrad, name: Förråd, platform: chromeos, audience: storage, school_form: grundskola, devices: {}}
"""
SYD = """\
id: sydskolan
name: Sydskolan
units:
  - {code: "12345679", school_forms: [grundskola], grades: 7-9}
groups:
  - id: elever-7-9
    name: Elever åk 7–9
    school_form: grundskola
    platform: chromeos
    audience: pupils
    grades: 7-9
    devices: {match: {location: "SYD 7-9*"}}
"""
TRIED = 'subjects: [svenska], interface: {languages: [sv]}, assessment: {value: Eleverna lär sig., by: lärare, date: "2026-08-20"}'
FREE = f"cost: {{model: free}}, sign_in: [none], personal_data: none, {TRIED}"
DECIDED = 'decision: {meeting: "2026-09-02", reference: "ITR 2026:14 § 3", reason: "Prövad i två klasser."}'


def app(id_: str, name: str, more: str, where: str = "chromeos", known: str = "") -> str:
    identity = known or f'web: "https://{id_}.example.se/"'
    return (
        f"  - {{id: {id_}, name: {name}, platforms: {{{where}: {{{identity}}}}}, "
        f'source: {{text: Prov, read: "2026-08-01"}}, {more}}}\n'
    )


CATALOGUE = "topic: appar\ntitle: Appar\napps:\n" + "".join(
    (
        app("kartan", "Kartan", f"{FREE}, status: approved, {DECIDED}"),
        app("ordlekar", "Ordlekar", f"{FREE}, status: approved, {DECIDED}"),
        app("quiz", "Quiz", f"{FREE}, status: approved, {DECIDED}", known=f"extension: {'a' * 32}"),
        app("utan-mote", "Utan möte", f"{FREE}, status: approved, {DECIDED}".replace("2026-09-02", "2026-09-09")),
        app("hogstadiet", "Högstadieappen", f"{FREE}, grades: 7-9, status: approved, {DECIDED}"),
        app("bara-grundskolan", "Grundappen", f"{FREE}, school_forms: [grundskola], status: approved, {DECIDED}"),
        app("larare", "Lärarappen", f"{FREE}, audiences: [staff], status: approved, {DECIDED}"),
        app("pa-ipad", "Plattan", f"{FREE}, status: approved, {DECIDED}", "ipados"),
        app("onskad", "Önskad", "request: {by: lärare, need: Räkna}, status: proposed"),
        app("nekad", "Nekad", f"personal_data: ordinary, status: rejected, {DECIDED}"),
        app("utgar", "Utgår", f'{FREE}, status: withdrawn, withdrawn_from: "2027-01-01", {DECIDED}'),
        app(
            "betald",
            "Betald",
            "cost: {model: licence, price: {kronor: 49, per: device, period: year}, licence: device, contract: "
            '{reference: "A 1", until: "2026-10-31"}}, sign_in: [none], personal_data: none, '
            f"{TRIED}, status: approved-with-conditions, conditions: [Inga elevnamn i filerna.], {DECIDED}",
        ),
    )
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in (
        ("organisation.yaml", ORGANISATION),
        (SCHOOL, NORR),
        ("schools/sydskolan.yaml", SYD),
        ("app-catalogs/appar.yaml", CATALOGUE),
        ("app-catalogs/meetings/2026-09-02.yaml", MEETING),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def add(repository: Path, *words: str, stdin: str = "") -> tuple[int, str, str]:
    asked = ["catalogue", "add-to-school", *words, "--root", str(repository), "--today", "2026-11-22"]
    done = CliRunner().invoke(cli, asked, input=stdin, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def wish(app_: str, group: str = "elever-4-6", school: str = "norrskolan") -> tuple[str, ...]:
    return ("--school", school, "--group", group, "--app", app_)


def changed(repository: Path) -> list[str]:
    after = (repository / SCHOOL).read_text("utf-8")
    lines = difflib.unified_diff(NORR.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_an_approved_app_is_one_line_and_again_nothing(repository: Path) -> None:
    command = [sys.executable, "-m", "reconciler", "catalogue", "add-to-school", *wish("ordlekar")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    asked = [*command, "--root", str(repository), "--today", "2026-11-22"]
    done = subprocess.run(asked, capture_output=True, check=False, env=environment, timeout=60)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == [
        "Ordlekar är tillagd för norrskolan/elever-4-6: schools/norrskolan.yaml:16. Gör en pull request; en appansvarig på skolan godkänner den.",
        "Ordlekar kostar inget; inga licenser behöver räknas.",
    ]
    assert changed(repository) == [
        "-      available: [kartan] # till SO",
        "+      available: [kartan, ordlekar] # till SO",
    ]
    again = subprocess.run(asked, capture_output=True, check=False, env=environment, timeout=60)
    assert (again.returncode, again.stdout.decode()) == (
        0,
        "Ordlekar finns redan i Elever åk 4–6 (available): schools/norrskolan.yaml:16. Ingenting är ändrat.\n",
    )
    assert len(changed(repository)) == 2


def test_a_group_without_apps_gets_the_key_and_required_a_line_of_its_own(repository: Path) -> None:
    assert add(repository, *wish("ordlekar", "elever-f-3"), "--as", "required")[0] == 0
    assert changed(repository) == ["+    apps:", "+      required: [ordlekar]"]


def test_names_as_people_write_them(repository: Path) -> None:
    assert add(repository, *wish("Ordlekar", "elever åk 4–6", "NORRSKOLAN"))[0] == 0
    assert add(repository, *wish("ordlekar", "norrskolan/elever-f-3"))[0] == 0


def test_what_has_to_be_known_is_said(repository: Path) -> None:
    code, said, _ = add(repository, *wish("betald"))
    assert (code, said.splitlines()[1:]) == (
        0,
        [
            "Rådets villkor: Inga elevnamn i filerna.",
            "Avtalet för Betald gick ut 2026-10-31. Fråga den som betalar appen om det är förlängt.",
            "Lediga licenser för Betald är inte kontrollerade: katalogen säger inte hur många som finns. Gruppen väntas ha 74 enheter. Fråga den som betalar appen innan ändringen godkänns.",
        ],
    )


def owning(repository: Path, number: int, apps: str = "{}") -> None:
    """As many licences of Betald; and Sydskolan's group has 46 devices and these apps."""
    catalogue = repository / "app-catalogs/appar.yaml"
    text = catalogue.read_text("utf-8")
    catalogue.write_text(text.replace("licence: device,", f"licence: device, seats: {number},"), encoding="utf-8")
    school = repository / "schools/sydskolan.yaml"
    line = f'    devices: {{match: {{location: "SYD 7-9*"}}, expected: 46}}\n    users: {{org_units: ["/Elever/Syd"]}}\n    apps: {apps}\n'
    school.write_text(SYD.replace('    devices: {match: {location: "SYD 7-9*"}}\n', line), encoding="utf-8")


def test_licences_of_every_group_are_counted(repository: Path) -> None:
    owning(repository, 120, "{required: [betald]}")
    code, said, _ = add(repository, *wish("betald"))

    assert code == 0
    assert said.splitlines()[-1] == (
        "Licenserna för Betald: kommunen har 120, och grupperna behöver 120 enligt filerna i dag, varav 74 nya."
    )


def test_one_licence_too_few_is_refused_with_numbers(repository: Path) -> None:
    owning(repository, 119, "{available: [betald]}")
    code, _, refused = add(repository, *wish("betald"))

    assert (code, changed(repository)) == (1, [])
    assert "kommunen har 119, och grupperna skulle behöva 120 (varav 74 för den här gruppen). 1 fattas." in refused
    assert "appar.yaml:" in refused


def test_licences_for_a_group_without_a_number_are_not_called_enough(repository: Path) -> None:
    owning(repository, 10)
    code, said, _ = add(repository, *wish("betald", "elever-f-3"))

    assert code == 0
    assert (
        "behöver minst 0 enligt filerna i dag, varav 0 nya. För en del står inget antal: norrskolan/elever-f-3." in said
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (wish("onskad"), "ADD-STATUS-PROPOSED"),
        (wish("nekad"), "ADD-STATUS-REJECTED"),
        (wish("utgar"), "ADD-WITHDRAWN"),
        (wish("utan-mote"), "ADD-RECORD-WRONG"),
        (wish("hogstadiet"), "ADD-GRADES"),
        (wish("bara-grundskolan", "elever-f-3"), "ADD-FORM"),
        (wish("larare"), "ADD-AUDIENCE"),
        (wish("pa-ipad"), "ADD-PLATFORM"),
        (wish("ordlekar", "forrad"), "ADD-STORAGE"),
        (wish("quiz"), "ADD-THERE-OTHERWISE"),
        ((*wish("kartan"), "--as", "required"), "ADD-THERE-OTHERWISE"),
        (wish("ordleka"), "ADD-NO-APP"),
        (wish("ordlekar", "elever-7-9"), "ADD-NO-GROUP"),
        (wish("ordlekar", "sydskolan/elever-7-9"), "ADD-OTHER-SCHOOL"),
        (wish("ordlekar", school="norrskola"), "ADD-NO-SCHOOL"),
        (wish("hogstadiet", "elever-7-9", "sydskolan"), "WISH-WITHOUT-REACH"),
    ],
)
def test_what_may_not_be_added_is_refused_and_no_file_changes(
    repository: Path, words: tuple[str, ...], code: str
) -> None:
    before = {file: file.read_bytes() for file in repository.rglob("*.yaml")}
    ended, said, refused = add(repository, *words)

    assert (ended, said, re.findall(r"error ([A-Z-]+):", refused)) == (1, "", [code])
    assert {file: file.read_bytes() for file in repository.rglob("*.yaml")} == before


def test_a_rule_that_would_break_refuses_it_too(repository: Path) -> None:
    folder = repository / "policies/guardrails"
    folder.mkdir(parents=True)
    (folder / "egna.yaml").write_text(
        """\
id: egna
title: Egna
rules:
  - id: inga-ordlekar
    effect: block
    owner: education
    on: assignment
    require: app.id != 'ordlekar'
    message: {sv: "Inga ordlekar på {group.name}.", en: "No word games on {group.name}."}
    rationale: Prov
    source: {kind: decision, text: Prov}
    from: "2026-08-01"
""",
        encoding="utf-8",
    )
    ended, _, refused = add(repository, *wish("ordlekar"))
    assert (ended, "Inga ordlekar på Elever åk 4–6." in refused, changed(repository)) == (1, True, [])
    assert add(repository, *wish("betald"))[0] == 0


def form(app_: str = "Ordlekar", mode: str = "Den som vill kan använda den", group: str = "Elever åk 4–6") -> str:
    said = {"Skola": "Norrskolan", "Grupp": group, "App": app_, "Hur ska appen finnas?": mode}
    return "".join(f"### {label}\n\n{text}\n\n" for label, text in said.items())


def test_an_issue_made_with_the_form_does_the_same(repository: Path) -> None:
    assert add(repository, "--from-issue", "-", stdin=form())[0] == 0
    assert changed(repository)[1] == "+      available: [kartan, ordlekar] # till SO"
    file = repository / "arende.md"
    file.write_text(form("betald", "Den ska finnas på alla enheter i gruppen", "elever-f-3"), encoding="utf-8")
    assert add(repository, "--from-issue", str(file))[0] == 0
    assert changed(repository)[-1] == "+      required: [betald]"


def test_a_group_is_found_by_what_a_phone_can_type(repository: Path) -> None:
    """Its name has a dash, which no keyboard of a phone shows."""
    assert add(repository, "--from-issue", "-", stdin=form(group="elever åk 4-6"))[0] == 0
    assert changed(repository)[1] == "+      available: [kartan, ordlekar] # till SO"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (form(app_="_No response_"), "FORM-NO-ANSWER"),
        (form(mode="Alltid"), "FORM-ANSWER"),
        (form(app_="Ordlekar\n\n### Skola\n\nSydskolan"), "FORM-TWICE"),
        ("hej", "FORM-MISSING"),
        (form(app_="<script>alert(1)</script>"), "ADD-NO-APP"),
        (form(group="../../etc/passwd"), "ADD-OTHER-SCHOOL"),
        (form(app_="\x1b[2J::error::x"), "ADD-NO-APP"),
    ],
)
def test_an_issue_that_says_something_else_is_refused(repository: Path, text: str, code: str) -> None:
    ended, _, refused = add(repository, "--from-issue", "-", stdin=text)
    assert (ended, set(re.findall(r"error ([A-Z-]+):", refused)), changed(repository)) == (1, {code}, [])
    assert "\x1b" not in refused


def test_a_catalogue_that_can_not_be_read_is_said_and_not_that_the_app_is_missing(repository: Path) -> None:
    (repository / "app-catalogs/appar.yaml").write_text(CATALOGUE.replace("id: kartan", "id: Kartan"), encoding="utf-8")
    ended, _, refused = add(repository, *wish("ordlekar"))
    assert (ended, "app-catalogs/appar.yaml:4:" in refused, changed(repository)) == (1, True, [])


def test_flags_and_issue_together_or_neither_is_a_slip(repository: Path) -> None:
    assert add(repository, "--school", "norrskolan")[0] == 2
    assert add(repository, "--from-issue", "-", "--app", "ordlekar", stdin=form())[0] == 2


def test_a_crlf_file_changes_in_its_line_alone(repository: Path) -> None:
    (repository / SCHOOL).write_bytes(NORR.replace("\n", "\r\n").encode())
    assert add(repository, *wish("ordlekar"))[0] == 0
    expected = NORR.replace("[kartan]", "[kartan, ordlekar]").replace("\n", "\r\n").encode()
    assert (repository / SCHOOL).read_bytes() == expected


def test_the_sample_repository_of_these_tests_is_in_order(repository: Path) -> None:
    asked = ["validate", "--no-cache", "--root", str(repository), "--today", "2026-11-22"]
    found = CliRunner().invoke(cli, asked).output
    errors = re.findall(r"error ([A-Z-]+):", found)
    assert set(errors) == {"DECISION-WITHOUT-MEETING"}, found  # the one app of which it is tried
