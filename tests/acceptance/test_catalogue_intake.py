"""`catalogue intake` and `catalogue request` as processes, on real files: exit codes, what is written, and that a second run changes nothing."""

import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.load.strict import read_document

ROOT = Path(__file__).parents[2]
WISHES = "app-catalogs/onskemal.yaml"

ORGANISATION = """\
uid: "5b0a7f1e-3c64-4d1b-9a57-28c0f6e4d913"
name: Provkommun
municipality_code: "9999"
language: sv
backends:
  - {id: chrome, kind: google, mode: observe, customer: C0prov1, root: /Enheter}
routes:
  - {backend: chrome, platforms: [chromeos]}
"""
SCHOOL = """\
id: norrskolan
name: Norrskolan
units:
  - {code: "12345678", school_forms: [grundskola], grades: F-6}
groups: []
"""
CATALOGUE = """\
topic: appar
title: Appar
apps:
  - id: kryptoplanboken # det rådet har sagt nej till
    name: Kryptoplånboken
    platforms: {chromeos: {extension: nkbihfbeogaeaoehlefnkodbefgpgknn}}
    source: {text: Prov, read: "2026-11-01"}
    cost: {model: free}
    personal_data: ordinary
    request: {by: elev, need: "Se hur kryptovaluta fungerar."}
    status: proposed
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in (
        ("organisation.yaml", ORGANISATION),
        ("schools/norrskolan.yaml", SCHOOL),
        ("app-catalogs/appar.yaml", CATALOGUE),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(
    repository: Path, *words: str, stdin: bytes = b"", today: str = "2026-11-22"
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "reconciler", *words, "--root", str(repository), "--today", today]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(command, input=stdin, capture_output=True, check=False, env=environment, timeout=60)


def intake(repository: Path, data: bytes, *words: str, today: str = "2026-11-22") -> tuple[int, str, str]:
    file = repository.parent / "önskelista.csv"
    file.write_bytes(data)
    done = run(repository, "catalogue", "intake", str(file), *words, today=today)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


LIST = (
    "Namn;Länk;Plattform;Behov;Önskad av;Skola;Pris;Ämne;Antal elever;Inkom\r\n"
    'Numberline;https://apps.apple.com/se/app/number-line/id547948311;iPad;"Eleverna ser talen; de hoppar på linjen";'
    "lärare åk 2;Norrskolan;gratis;matematik;48;14/10/2026\r\n"
    "Quizzer;www.quizzer.example.se;Chromebook;Öva glosor;lärare åk 5;Norrskolan;49,50 kr/elev/läsår;engelska;1 250;\r\n"
    ";;;;;;;;;\r\n"
)
WRITTEN = """\
# yaml-language-server: $schema=../schemas/app-catalog.schema.json
topic: onskemal
title: Önskemål

apps:
  - id: numberline
    name: Numberline
    platforms: {ipados: {app_store: "547948311"}}
    source: {url: "https://apps.apple.com/se/app/number-line/id547948311", text: Önskelista, read: "2026-11-22"}
    request: {by: lärare åk 2, school: norrskolan, received: "2026-10-14", need: "Eleverna ser talen; de hoppar på linjen", users: 48}
    subjects: [matematik]
    cost: {model: free}
    status: proposed

  - id: quizzer
    name: Quizzer
    platforms: {chromeos: {web: "https://www.quizzer.example.se"}}
    source: {url: "https://www.quizzer.example.se", text: Önskelista, read: "2026-11-22"}
    request: {by: lärare åk 5, school: norrskolan, need: Öva glosor, users: 1250}
    subjects: [engelska]
    cost: {model: subscription, price: {kronor: 49.5, per: user, period: school-year}}
    status: proposed
"""


def test_no_file_is_written_that_would_be_too_large_to_read(repository: Path) -> None:
    rows = "".join(f"App {n};https://app{n}.example.se;Chromebook;{'Öva mer. ' * 200};lärare\n" for n in range(600))
    code, _, refused = intake(repository, f"Namn;Länk;Plattform;Behov;Önskad av\n{rows}".encode())

    assert code == 1
    assert "app-catalogs/onskemal.yaml" in refused
    assert "error FILE-TOO-LARGE" in refused
    assert not (repository / WISHES).exists()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_a_list_from_excel_becomes_proposals_and_a_second_run_changes_no_byte(repository: Path, encoding: str) -> None:
    code, said, refused = intake(repository, LIST.encode(encoding))

    assert (code, refused) == (0, "")
    assert said.splitlines() == [
        "nytt önskemål: Numberline (numberline)",
        "nytt önskemål: Quizzer (quizzer)",
        "2 nya, 0 uppdaterade, 0 oförändrade, 0 fanns redan, 0 togs inte emot.",
        f"Skrev {WISHES}.",
    ]
    assert (repository / WISHES).read_text("utf-8") == WRITTEN
    assert run(repository, "validate", "--no-cache").returncode == 0

    code, said, _ = intake(repository, LIST.encode(encoding), today="2026-12-01")
    assert (code, said.splitlines()[-1]) == (0, "0 nya, 0 uppdaterade, 2 oförändrade, 0 fanns redan, 0 togs inte emot.")
    assert (repository / WISHES).read_text("utf-8") == WRITTEN
    assert sorted(one.name for one in (repository / "app-catalogs").iterdir()) == ["appar.yaml", "onskemal.yaml"]


def test_a_changed_row_changes_its_own_words_and_leaves_comments(repository: Path) -> None:
    intake(repository, LIST.encode())
    file = repository / WISHES
    file.write_text(WRITTEN.replace("name: Quizzer\n", "name: Quizzer # fråga it först\n"), encoding="utf-8")

    code, said, _ = intake(repository, LIST.replace("1 250", "1 300").encode(), today="2026-12-01")

    assert (code, said.splitlines()[1]) == (0, "uppdaterat: Quizzer (quizzer): request.users")
    expected = WRITTEN.replace("name: Quizzer\n", "name: Quizzer # fråga it först\n").replace("1250", "1300")
    assert file.read_text("utf-8") == expected


def test_each_refused_row_is_listed_with_its_place_and_the_rest_goes_on(repository: Path) -> None:
    rows = [
        "Namn;Länk;Plattform;Behov;Önskad av;Pris;Åk;App Store-id;Färg",
        "Bra;www.bra.example.se;Chromebook;Läsa;lärare;gratis;4-6;;röd",
        "Dyr;www.dyr.example.se;Chromebook;Läsa;lärare;gratis?;;;",
        "=HYPERLINK(1);www.x.example.se;Chromebook;Läsa;lärare;;;;",
        "Person;www.p.example.se;Chromebook;Ring 070-123 45 67;lärare;;;;",
        "Exponent;;;Läsa;lärare;;;3,61E+08;",
        "Datum;www.d.example.se;Chromebook;Läsa;lärare;;06-apr;;",
        "Utan behov;www.u.example.se;Chromebook;;lärare;;;;",
        "Bra;www.bra.example.se;Chromebook;Skriva;rektor;;;;",
        "Plånbok;https://chromewebstore.google.com/detail/x/nkbihfbeogaeaoehlefnkodbefgpgknn;;Betala;lärare;;;;",
    ]
    code, said, refused = intake(repository, "\n".join(rows).encode())

    assert code == 1
    assert re.findall(r"^önskelista\.csv:(\d+):(\d+): (\w+) ([A-Z-]+):", refused, re.MULTILINE) == [
        ("1", "9", "warning", "INTAKE-HEADING-UNKNOWN"),
        ("3", "6", "error", "INTAKE-PRICE"),
        ("4", "1", "error", "INTAKE-FORMULA"),
        ("5", "4", "error", "INTAKE-PERSONAL-DATA"),
        ("6", "8", "error", "INTAKE-STORE-NUMBER"),
        ("7", "7", "error", "INTAKE-GRADES-DATE"),
        ("8", "4", "error", "INTAKE-MISSING"),
        ("9", "1", "error", "INTAKE-ROW-TWICE"),
        ("10", "2", "error", "INTAKE-OTHERS-STORE"),
    ]
    assert "070" not in refused
    assert said.splitlines()[-2] == "1 nya, 0 uppdaterade, 0 oförändrade, 0 fanns redan, 8 togs inte emot."
    assert re.findall("- id: (.*)", (repository / WISHES).read_text("utf-8")) == ["bra"]
    assert (repository / "app-catalogs/appar.yaml").read_text("utf-8") == CATALOGUE


def test_another_link_changes_a_proposals_identity_and_where_it_was_read(repository: Path) -> None:
    intake(repository, LIST.encode())
    code, said, _ = intake(repository, LIST.replace("www.quizzer.", "www2.quizzer.").encode(), today="2026-12-01")

    assert (code, said.splitlines()[1]) == (0, "uppdaterat: Quizzer (quizzer): platforms.chromeos")
    assert (repository / WISHES).read_text("utf-8") == WRITTEN.replace("//www.quizzer", "//www2.quizzer").replace(
        'se", text: Önskelista, read: "2026-11-22"}\n    request: {by: lärare åk 5',
        'se", text: Önskelista, read: "2026-12-01"}\n    request: {by: lärare åk 5',
    )


def test_a_record_that_the_schema_refuses_is_a_refused_row_new_or_updated(repository: Path) -> None:
    rows = "Namn;Länk;Plattform;Behov;Önskad av;Läsnivå;Paketnamn\n"
    whole = "Hel;www.hel.example.se;Chromebook;Läsa;lärare;;\n"
    without = "Halv;www.halv.example.se;Chromebook;Läsa;lärare;lite;\n"
    twice = "Dubbel;www.dubbel.example.se;Chromebook;Läsa;lärare;;org.dubbel.app\n"
    code, said, refused = intake(repository, (rows + whole + without + twice).encode())
    found = re.findall(r"csv:(\d+):(\d+): error ([A-Z-]+)", refused)
    assert (code, found) == (1, [("3", "1", "INTAKE-INCOMPLETE"), ("4", "2", "INTAKE-INCOMPLETE")])
    assert said.splitlines()[-2].startswith("1 nya")
    code, _, refused = intake(repository, (rows + whole.replace(";;\n", ";lite;\n")).encode())
    assert (code, re.findall("error ([A-Z-]+)", refused)) == (1, ["INTAKE-INCOMPLETE"])


def test_a_file_that_shares_lines_by_anchors_is_not_edited(repository: Path) -> None:
    intake(repository, LIST.encode())
    file = repository / WISHES
    first, second = (
        '{by: lärare åk 2, school: norrskolan, received: "2026-10-14", ',
        "{by: lärare åk 5, school: norrskolan, ",
    )
    shared = file.read_text("utf-8").replace(f"request: {first}", f"request: &r {first}")
    start = shared.index(f"request: {second}")
    shared = shared[:start] + "request: *r" + shared[shared.index("\n", start) :]
    file.write_text(shared, encoding="utf-8")
    code, _, refused = intake(repository, LIST.encode())
    assert (code, re.findall("error ([A-Z-]+)", refused)) == (1, ["INTAKE-NOT-EDITABLE"])
    assert file.read_text("utf-8") == shared


def test_a_wish_for_what_was_decided_is_answered_with_the_decision(repository: Path) -> None:
    sample = repository / "sample"
    for name in ("schools", "app-catalogs", "policies", "inventories"):
        shutil.copytree(ROOT / name, sample / name)
    shutil.copy(ROOT / "organisation.yaml", sample)
    before = {file: file.read_bytes() for file in sample.rglob("*.yaml")}
    code, said, refused = request(sample, body(name="Scratch", address="https://scratch.mit.edu/"))
    assert (code, refused) == (0, "")
    assert said.startswith("finns redan: Scratch (scratch), godkänd: ITR 2026:3 § 8, 2026-03-11.")
    assert "add-to-school --app scratch" in said
    assert {file: file.read_bytes() for file in sample.rglob("*.yaml")} == before


def test_check_writes_nothing(repository: Path) -> None:
    code, said, _ = intake(repository, LIST.encode(), "--check")

    assert (code, said.splitlines()[-1].partition("(")[0]) == (0, "Ingenting skrevs ")
    assert not (repository / WISHES).exists()


def test_another_topic_and_a_name_that_is_none(repository: Path) -> None:
    assert intake(repository, LIST.encode(), "--topic", "host-2026")[0] == 0
    assert (repository / "app-catalogs/host-2026.yaml").exists()
    assert intake(repository, LIST.encode(), "--topic", "../schools/norrskolan")[0] == 2


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xff\xfe\x00", b"\x00\x01", b";;;", b'"', b"Namn;Namn\nA;B\n"])
def test_what_is_no_list_is_refused_without_a_trace(repository: Path, data: bytes) -> None:
    code, _, refused = intake(repository, data)

    assert (code, "Traceback" in refused, "INTAKE-" in refused) == (1, False, True)
    assert not (repository / WISHES).exists()


def test_a_file_that_is_not_there_and_a_catalogue_that_can_not_be_read(repository: Path) -> None:
    done = run(repository, "catalogue", "intake", str(repository / "ingen.csv"))
    assert (done.returncode, b"INTAKE-NO-FILE" in done.stderr) == (1, True)
    (repository / "app-catalogs/appar.yaml").write_text("apps: [", encoding="utf-8")
    code, _, refused = intake(repository, LIST.encode())
    assert (code, "app-catalogs/appar.yaml:1" in refused) == (1, True)
    assert not (repository / WISHES).exists()


def test_a_full_disk_is_said_and_nothing_is_left_behind(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("reconciler.reconcile.would_be.os.fsync", full)
    list_file = repository.parent / "lista.csv"
    list_file.write_text(LIST, encoding="utf-8")
    code, _, refused = here(repository, "catalogue", "intake", str(list_file))
    assert (code, "INTAKE-NOT-WRITTEN" in refused) == (1, True)
    assert [one.name for one in (repository / "app-catalogs").iterdir()] == ["appar.yaml"]


def body(**answers: str) -> str:
    said = {
        "Vad ska eleverna kunna göra?": answers.get("need", "Höra texten uppläst."),
        "Vilka godkända appar har ni prövat, och varför räcker de inte?": answers.get("tried", "_No response_"),
        "Årskurs": answers.get("grades", "4-6"),
        "Ungefär hur många ska använda appen?": "48",
        "Ämne": answers.get("subjects", "svenska"),
        "Vilken app?": answers.get("name", "Läsaren"),
        "Länk till appen": answers.get("address", "https://lasaren.example.se/"),
        "På vilka enheter?": "Chromebook, iPad",
        "Din skola": "Norrskolan",
        "Din roll": answers.get("by", "lärare åk 4"),
    }
    boxes = "### Innan du skickar\n\n- [X] Jag har sett efter.\n- [X] Inga personuppgifter.\n"
    return "".join(f"### {label}\n\n{text}\n\n" for label, text in said.items()) + boxes


def here(repository: Path, *words: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """The same command within this process, where there are many to try."""
    asked = [*words, "--root", str(repository), "--today", "2026-11-22"]
    done = CliRunner().invoke(cli, asked, input=stdin, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def request(repository: Path, text: str) -> tuple[int, str, str]:
    return here(repository, "catalogue", "request", "-", "--reference", "ärende 12", stdin=text.encode())


def test_an_issue_becomes_a_proposal_once(repository: Path) -> None:
    text = body().replace("\n", "\r\n").encode()
    assert run(repository, "catalogue", "request", "-", "--reference", "ärende 12", stdin=text).returncode == 0
    first = (repository / WISHES).read_text("utf-8")
    assert first.endswith("""\
  - id: lasaren
    name: Läsaren
    platforms: {chromeos: {web: "https://lasaren.example.se/"}, ipados: {web: "https://lasaren.example.se/"}}
    source: {url: "https://lasaren.example.se/", text: Önskemål i formuläret, read: "2026-11-22"}
    request: {by: lärare åk 4, school: norrskolan, received: "2026-11-22", need: Höra texten uppläst., users: 48, reference: ärende 12}
    grades: 4-6
    subjects: [svenska]
    status: proposed
""")
    code, said, _ = request(repository, body())
    assert (code, said.splitlines()[0]) == (0, "oförändrat: Läsaren (lasaren)")
    assert (repository / WISHES).read_text("utf-8") == first


HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "![x](https://e.example/y.png) [länk](javascript:alert(1)) @alla #1 GH-1",
    'x"\n    status: approved\n    decision: {meeting: "2026-01-01"}',
    "x\n  - id: ond\n    name: Ond",
    "${{ secrets.TOKEN }} `rm -rf` $(id) ::error::x",
    "*alias &anchor !!python/object/apply:os.system [id] {a: b} # nej",
    "| block\n> vikt",
    "--- \n...\n%YAML 1.1",
    "'; DROP TABLE apps; --",
    "\\u202e \\x00 \\n",
    "=HYPERLINK(\"http://e.example\")", "+1", "-A1", "@alla", "yes", "null", "0764", "1:1", "2026-10-14", "NO",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_is_data_in_its_field_and_the_files_stay_valid(repository: Path, text: str) -> None:
    code, said, _ = request(repository, body(need=text, tried=text, by=text, subjects="svenska"))
    assert code == 0
    document = read_document(WISHES, (repository / WISHES).read_bytes()).value
    assert isinstance(document, dict)
    (record,) = document["apps"]
    kept = " ".join(text.split())
    assert [record["request"][key] for key in ("need", "tried", "by")] == [kept] * 3
    assert (record["status"], set(record)) == (
        "proposed",
        {"id", "name", "platforms", "source", "request", "grades", "subjects", "status"},
    )
    assert "::error::" not in "".join(line[:9] for line in said.splitlines())
    assert here(repository, "validate", "--no-cache")[0] == 0


@pytest.mark.parametrize(
    ("answers", "code", "line"),
    [
        ({"need": "Mejla anna@skola.example.se"}, "INTAKE-PERSONAL-DATA", 1),
        ({"by": "811218-9876"}, "INTAKE-PERSONAL-DATA", 37),
        ({"tried": "Ring 070-123 45 67"}, "INTAKE-PERSONAL-DATA", 5),
        ({"need": "a\x1b[2Jb"}, "INTAKE-UNSEEN", 1),
        ({"need": "a\u202eb"}, "INTAKE-UNSEEN", 1),
        ({"name": "!!!"}, "INTAKE-NAME", 21),
        ({"address": "javascript:alert(1)"}, "INTAKE-ADDRESS", 25),
        ({"need": "_No response_"}, "INTAKE-MISSING", 1),
        ({"need": "x\n\n### Din skola\n\nAnnan"}, "FORM-TWICE", 37),
    ],
)
def test_what_can_not_be_data_is_refused_at_its_question(
    repository: Path, answers: dict[str, str], code: str, line: int
) -> None:
    ended, _, refused = request(repository, body(**answers))
    assert (ended, re.findall(r"^stdin:(\d+):1: error ([A-Z-]+):", refused, re.MULTILINE)) == (1, [(str(line), code)])
    assert not any(secret in refused for secret in ("anna@", "811218", "070-123", "\x1b"))
    assert not (repository / WISHES).exists()


def test_bytes_that_are_no_text_are_refused(repository: Path) -> None:
    done = run(repository, "catalogue", "request", "-", stdin=b"\xff\xfe\xfa")
    assert (done.returncode, b"FORM-NOT-TEXT" in done.stderr) == (1, True)


def test_validate_says_which_records_are_probably_of_one_app(repository: Path) -> None:
    more = """\
  - id: numberline
    name: Numberline
    platforms: {ipados: {app_store: "547948311"}}
    source: {text: Prov, read: "2026-11-01"}
    request: {by: lärare, need: Se talen.}
    status: proposed
  - id: number-line
    name: Number line
    platforms: {chromeos: {web: "https://number.example.se/"}}
    source: {text: Prov, read: "2026-11-01"}
    request: {by: lärare, need: Se talen.}
    status: proposed
  - id: planboken
    name: Plånboken
    platforms: {chromeos: {extension: nkbihfbeogaeaoehlefnkodbefgpgknn}}
    source: {text: Prov, read: "2026-11-01"}
    request: {by: lärare, need: Betala.}
    status: proposed
"""
    (repository / "app-catalogs/appar.yaml").write_text(CATALOGUE + more, encoding="utf-8")
    code, said, _ = here(repository, "validate", "--no-cache")
    twice = "Butikens id nkbihfbeogaeaoehlefnkodbefgpgknn står på två appar: Plånboken och kryptoplanboken"
    assert (code, re.findall(r"^app-catalogs/appar.yaml:(\d+):\d+: (\w+ [A-Z-]+): (.*)$", said, re.MULTILINE)) == (
        1,
        [
            (
                "13",
                "warning APP-LIKE-ANOTHER",
                "Numberline liknar Number line (number-line, app-catalogs/appar.yaml:18).",
            ),
            ("26", "error STORE-ID-TWICE", f"{twice} (app-catalogs/appar.yaml:6)."),
        ],
    )
