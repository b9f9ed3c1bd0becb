"""The council's year on a copy of the sample, as processes: compare, call, hold, decide, protocol, release, ages, export, import."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.unit.load.writing import changed

ROOT = Path(__file__).parents[2]
DAY = "2026-12-09"
MEETING = f"app-catalogs/meetings/{DAY}.yaml"
PRESENT = ("--present", "rektor=2", "--present", "lärare i grundskolan=3", "--present", "skol-it=1")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    root = tmp_path / "kommun"
    root.mkdir()
    for name in ("schools", "app-catalogs", "policies", "inventories"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "organisation.yaml", root)
    return root


@pytest.fixture
def run(sample: Path) -> Run:
    def process(*words: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "reconciler", "catalogue", *words, "--root", str(sample)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=sample.parent, check=False)
        assert done.returncode == expect, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return process


def files_of(root: Path) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def valid(sample: Path, today: str) -> None:
    command = [sys.executable, "-m", "reconciler", "validate", "--no-cache", "--today", today, "--root", str(sample)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_compare_in_four_forms_and_two_languages(run: Run, tmp_path: Path) -> None:
    words = ("compare", "--subject", "svenska", "--grades", "4-6")

    assert run(*words).stdout.startswith("Appar sida vid sida\nUrval: svenska, åk 4-6.\n")
    assert run(*words, "--lang", "en", "--format", "markdown").stdout.startswith("## Apps side by side\n")
    page = tmp_path / "sida.html"
    done = run(*words, "--format", "html", "--out", str(page))
    assert (done.stdout, done.stderr) == ("", f"Skrev {page}\n")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    rows = list(
        csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout.removeprefix("\ufeff")), delimiter=";")
    )
    assert {row["Id"] for row in rows} >= {"book-creator", "inlasningstjanst"}


def test_compare_refuses_what_is_not_there(run: Run, sample: Path) -> None:
    assert "error COMPARE-NOTHING" in run("compare", "--subject", "alkemi", expect=1).stderr
    assert "Menade du kami?" in run("compare", "--app", "kamii", expect=1).stderr
    assert (
        "organisation.yaml"
        in run("compare", "--app", "kami", "--out", str(sample / "organisation.yaml"), expect=1).stderr
    )


def test_a_meeting_from_call_to_minutes(run: Run, sample: Path, tmp_path: Path) -> None:
    before = files_of(sample)
    called = run("meeting", "--date", DAY)
    assert called.stdout.startswith("# Dagordning 2026-12-09\n")
    assert set(files_of(sample)) == set(before)
    run("meeting", "--date", DAY)
    again = files_of(sample)
    assert "har redan allt på dagordningen" in run("meeting", "--date", DAY).stderr
    assert files_of(sample) == again

    early = run("decide", "--meeting", DAY, "--approve", "microbit-makecode", "--reason", "x", "--today", DAY, expect=1)
    assert f"{MEETING}:5:8: error MEETING-NOT-HELD" in early.stderr
    run("meeting", "--date", DAY, "--held", *PRESENT, "--today", "2026-12-08", expect=1)
    run("meeting", "--date", DAY, "--held", *PRESENT, "--today", DAY)
    written = (sample / MEETING).read_text("utf-8")
    assert "council:\n  quorum: 6\n  members:\n    - role: verksamhetschef\n      seats: 1\n" in written
    valid(sample, DAY)

    table = tmp_path / "beslut.csv"
    table.write_bytes(
        (
            "App;Beslut;Skäl;Villkor;Paragraf;Från;Översyn;För;Emot\r\n"
            "microbit-makecode;Godkänd;Eleverna får något att hända utanför skärmen.;;3;;2027-12-31;;\r\n"
            "bitwarden;Nekad;Lösenord hör hemma i kommunens lösenordshanterare.;;;;;4;2\r\n"
            "canva;bordlagd;;;;;;;\r\n"
        ).encode("cp1252")
    )
    done = run("decide", "--meeting", DAY, str(table), "--today", DAY)
    assert done.stdout.splitlines()[:2] == [
        "ITR 2026:25 § 3 MakeCode för micro:bit: godkänd",
        "ITR 2026:25 § 4 Bitwarden: nekad",
    ]
    valid(sample, DAY)
    minutes = run("meeting", "--date", DAY, "--protocol").stdout
    assert "## § 3 MakeCode för micro:bit: godkänd" in minutes
    assert "- **Omröstning:** 4 för, 2 emot" in minutes
    assert "- Canva\n" in minutes.partition("## Bordlagt")[2]

    left = run(
        "decide", "--meeting", DAY, "--withdraw", "kami", "--from", "2027-02-01", "--reason", "x", "--today", DAY
    )
    assert (
        "ITR 2026:25 § 5 Kami: utgår\n  Kami står kvar på 5 rader. Stryk appen ur dem före 2027-02-01;" in left.stdout
    )
    assert "    schools/norrskolan.yaml:51  available: [kami]\n" in left.stdout
    assert "skriv kami under absent i stället, eller under blocked där absent inte går." in left.stdout
    decided = files_of(sample)
    assert run("decide", "--meeting", DAY, str(table), "--today", DAY).stdout == "2 beslut var redan antecknade så.\n"
    table.write_bytes(table.read_bytes().replace(b"Nekad;", "Godkänd;".encode("cp1252")))
    assert "DECIDE-ALREADY" in run("decide", "--meeting", DAY, str(table), "--today", DAY, expect=1).stderr
    assert files_of(sample) == decided


def test_the_council_changes_and_its_decisions_stand(sample: Path) -> None:
    organisation = sample / "organisation.yaml"
    text = organisation.read_text("utf-8")
    for old, new in (
        ("quorum: 6", "quorum: 9"),
        ("role: rektor, seats: 2", "role: rektor, seats: 1"),
        ("role: förskollärare", "role: lärare i förskolan"),
    ):
        assert text.count(old) == 1
        changed = text.replace(old, new)
        organisation.write_text(changed, "utf-8")
        valid(sample, "2026-11-22")


def test_an_older_meeting_gets_the_council_of_its_day(run: Run, sample: Path) -> None:
    file = sample / "app-catalogs/meetings/2026-03-11.yaml"
    whole = file.read_text("utf-8")
    start, end = whole.index("council:\n"), whole.index("agenda:\n")
    file.write_text(whole[:start] + whole[end:], "utf-8")
    present = (
        "verksamhetschef=1",
        "rektor=2",
        "lärare i grundskolan=2",
        "förskollärare=1",
        "speciallärare=1",
        "skol-it=1",
    )
    words = [word for one in present for word in ("--present", one)]
    run("meeting", "--date", "2026-03-11", "--held", *words, "--today", "2026-11-22")

    written = file.read_text("utf-8")
    assert "council:\n  quorum: 6\n" in written
    organisation = sample / "organisation.yaml"
    # Once it is written it stays, whatever the council is by then.
    organisation.write_text(changed(organisation.read_text("utf-8"), "quorum: 6", "quorum: 8"), "utf-8")
    run("meeting", "--date", "2026-03-11", "--held", *words, "--today", "2026-11-22")
    assert file.read_text("utf-8") == written


def test_a_new_meeting_is_called_with_its_minutes(run: Run, sample: Path) -> None:
    assert "MEETING-WITHOUT-MINUTES" in run("meeting", "--date", "2027-02-03", expect=1).stderr
    run("meeting", "--date", "2027-02-03", "--minutes", "ITR 2027:2")

    text = (sample / "app-catalogs/meetings/2027-02-03.yaml").read_text("utf-8")
    assert text.startswith(
        '# yaml-language-server: $schema=../../schemas/meeting.schema.json\ndate: "2027-02-03"\nminutes: "ITR 2027:2"\nstate: called\nagenda:\n  - {app: '
    )
    valid(sample, "2026-11-22")


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("App;Beslut;Skäl\nkami;kanske;x\n", "beslut.csv:2:1: error DECIDE-UNKNOWN-WORD"),
        ("App;Beslutt;Skäl\nkami;nekad;x\n", "beslut.csv:1:2: error DECIDE-UNKNOWN-COLUMN"),
        ("App;Beslut;Skäl;Från\nkami;utgår;x;1 juni\n", "beslut.csv:2:1: error DECIDE-NOT-A-DAY"),
        ("App;Beslut;Skäl\nkami;godkänd med villkor;x\n", "beslut.csv:2:1: error DECIDE-NO-CONDITIONS"),
        ("App;Beslut;Skäl\nkami;nekad;=HYPERLINK(1)\n", "beslut.csv:2:1: error INTAKE-FORMULA: skäl: =HYPERLINK(1) är"),
        ("App;Beslut\nkami;bordlagd\n", "error DECIDE-NOTHING"),
    ],
)
def test_a_table_that_cannot_be_taken_is_refused_at_its_row(
    run: Run, sample: Path, tmp_path: Path, table: str, code: str
) -> None:
    file, before = tmp_path / "beslut.csv", files_of(sample)
    file.write_text(table, encoding="utf-8")

    assert code in run("decide", "--meeting", "2026-11-04", str(file), expect=1).stderr
    assert files_of(sample) == before


def test_everything_that_is_wrong_with_a_table_is_told_at_its_row(run: Run, sample: Path, tmp_path: Path) -> None:
    run("meeting", "--date", DAY, "--held", *PRESENT, "--today", DAY)
    file, before = tmp_path / "beslut.csv", files_of(sample)
    file.write_text(
        "App;Beslut;Skäl;Översyn\n"
        "kami;kanske;x;\n"  # no such word
        "kamii;nekad;x;\n"  # no such app
        "microbit-makecode;godkänd;;2027-12-31\n"  # no reason
        "bitwarden;nekad;Ring 070-174 06 35 om det.;\n"  # what the files then would be found wrong for
        "canva;bordlagd;;\n",
        encoding="utf-8",
    )
    told = run("decide", "--meeting", DAY, str(file), "--today", DAY, expect=1).stderr

    found = [line.split(": ")[0:2] for line in told.splitlines() if line.startswith("beslut.csv:")]
    assert [(place, code.partition(" ")[2]) for place, code in found] == [
        ("beslut.csv:2:1", "DECIDE-UNKNOWN-WORD"),
        ("beslut.csv:3:1", "CATALOGUE-NO-SUCH-APP"),
        ("beslut.csv:4:1", "DECIDE-NO-REASON"),
        ("beslut.csv:5:1", "PERSONAL-PHONE"),
    ]
    assert files_of(sample) == before


_KILLED = """
import os, pathlib, signal, sys
replace, moved = pathlib.Path.replace, []
def once(self, target):
    if moved:
        os.kill(os.getpid(), signal.SIGKILL)
    moved.append(target)
    return replace(self, target)
pathlib.Path.replace = once
from reconciler.cli.main import cli
cli(sys.argv[1:])
"""


def test_a_run_that_was_killed_between_two_files_is_finished_by_the_next(
    run: Run, sample: Path, tmp_path: Path
) -> None:
    run("meeting", "--date", DAY, "--held", *PRESENT, "--today", DAY)
    table = tmp_path / "beslut.yaml"
    rows = [
        {"app": "microbit-makecode", "decision": "godkänd", "reason": "Eleverna får något att hända.", "review_by": "2027-12-31"},
        {"app": "bitwarden", "decision": "nekad", "reason": "Lösenord hör hemma i kommunens hanterare."},
        {"app": "kami", "decision": "utgår", "reason": "Chrome kan skriva i PDF.", "from": "2027-02-01"},
    ]  # fmt: skip
    table.write_text(json.dumps({"decisions": rows}, ensure_ascii=False), "utf-8")
    whole = tmp_path / "hel"
    shutil.copytree(sample, whole)
    words = ("decide", "--meeting", DAY, str(table), "--today", DAY)
    command = [sys.executable, "-c", _KILLED, "catalogue", *words, "--root", str(sample)]
    killed = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)

    assert killed.returncode == -signal.SIGKILL
    before = files_of(whole)
    changed = {name for name, data in files_of(sample).items() if data != before.get(name) and name in before}
    assert len(changed) == 1
    assert "1 beslut var redan antecknade så." in run(*words).stdout
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", "catalogue", *words, "--root", str(whole)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    wanted = files_of(whole)
    assert {name: data for name, data in files_of(sample).items() if name in wanted} == wanted


@pytest.mark.parametrize(
    "words",
    [
        ("export",),
        ("ages",),
        ("compare", "--subject", "svenska"),
        ("meeting", "--date", DAY),
        ("meeting", "--date", "2026-11-04", "--protocol"),
        ("decide", "--meeting", "2026-11-04", "--reject", "ur-play", "--reason", "Nej."),
        ("release", "--baseline", "grundskola", "--app", "kami", "--from", "2027-01-11"),
    ],
)
def test_nothing_is_made_of_a_catalogue_that_cannot_be_read_whole(
    run: Run, sample: Path, words: tuple[str, ...]
) -> None:
    """An agenda without the apps of one file would look like any other."""
    broken = sample / "app-catalogs/musik-bild-och-film.yaml"
    broken.write_text(broken.read_text("utf-8").replace("topic: ", "topic:\t"), encoding="utf-8")
    before = files_of(sample)

    done = run(*words, expect=1)

    assert "app-catalogs/musik-bild-och-film.yaml:3:7: error TAB" in done.stderr
    assert done.stdout == ""
    assert files_of(sample) == before


def test_decisions_in_yaml(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "beslut.yaml"
    file.write_text("decisions:\n  - {app: kami, decision: withdrawn, reason: x, form: 1}\n", encoding="utf-8")
    assert (
        "beslut.yaml:2:49: error DECIDE-UNKNOWN-COLUMN" in run("decide", "--meeting", DAY, str(file), expect=1).stderr
    )
    file.write_text("beslut: []\n", encoding="utf-8")
    assert "error DECIDE-NO-LIST" in run("decide", "--meeting", DAY, str(file), expect=1).stderr
    run("decide", "--meeting", DAY, str(file), "--approve", "kami", expect=2)


def test_a_release_writes_a_line_and_a_notice_for_each_school(run: Run, sample: Path, tmp_path: Path) -> None:
    words = (
        "release",
        "--baseline",
        "grundskola",
        "--app",
        "kami",
        "--ring",
        "pilot=2026-12-01",
        "--ring",
        "rest=2027-01-11",
    )
    decision = ("--decision", "BUN 2026/301 § 12", "--decided", "2026-11-18", "--today", "2026-11-22")
    folder, before = tmp_path / "utskick", files_of(sample)

    assert "RELEASE-NO-DECISION" in run(*words, "--today", "2026-11-22", expect=1).stderr
    assert run(*words, *decision, "--check").stdout.startswith("# Nya appar på ")
    assert files_of(sample) == before
    (tmp_path / "fil").write_text("x", encoding="utf-8")
    assert "går inte att skriva" in run(*words, *decision, "--notices", str(tmp_path / "fil/x"), expect=1).stderr
    assert files_of(sample) == before
    run(*words, *decision, "--notices", str(folder))
    changed = [name for name, data in files_of(sample).items() if before.get(name) != data]
    assert changed == ["policies/baselines/grundskola.yaml"]
    assert "2026-12-01: Elever F–3 (Chromebook)" in (folder / "norrskolan.md").read_text("utf-8")
    valid(sample, "2026-12-01")
    assert "RELEASE-ALREADY" in run(*words, *decision, expect=1).stderr


def test_ages_say_what_is_not_known(run: Run) -> None:
    done = run("ages", "--today", "2026-11-22")
    assert "i kö    12       0       46,5    69               83 (Safe Exam Browser)" in done.stdout
    assert "Git har ingen hel historik här." in done.stdout
    data = json.loads(run("ages", "--today", "2026-11-22", "--format", "json").stdout)
    assert [one["name"] for one in data["lead"]] == ["decision", "wished", "installed", "whole"]
    assert data["lead"][2]["known"] == 0


def test_export_and_import(run: Run, sample: Path, tmp_path: Path) -> None:
    shared = tmp_path / "vidala.json"
    done = run("export", "--out", str(shared))
    digest = sha256(shared.read_bytes()).hexdigest()
    assert done.stderr.rstrip().endswith(f"SHA-256: {digest}")
    assert "@" not in shared.read_text("utf-8")

    before = files_of(sample)
    assert "IMPORT-OTHER-HASH" in run("import", str(shared), "--sha256", "00", expect=1).stderr
    run("import", str(shared), "--sha256", digest, "--check")
    assert files_of(sample) == before
    run("import", str(shared), "--sha256", digest)
    assert set(files_of(sample)) - set(before) == {"app-catalogs/imports/9999.json"}
    valid(sample, "2026-11-22")
