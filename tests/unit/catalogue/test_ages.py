"""How long wishes wait and how long it takes; what isn't known is counted apart, never guessed."""

import json
import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from reconciler.catalogue.ages import Ages, Figure, Seen, ages_of
from reconciler.load.first_added import first_added
from reconciler.reconcile.installed import read_journals
from reconciler.report.ages_report import ages_csv, ages_json, ages_markdown
from reconciler.report.council_words import CouncilWords
from tests.unit.catalogue.records import FILES, documents_of, with_records

TODAY = date(2026, 11, 22)
NEED = "need: Eleverna ska kunna spela in sina svar.}"


def figure(ages: Ages, name: str) -> Figure:
    return next(one for one in (*ages.waiting, *ages.lead) if one.name == name)


def test_waiting_counts_from_the_wish_else_from_the_queue() -> None:
    ages = ages_of(documents_of(with_records((NEED, f'{NEED[:-1]}, received: "2026-11-12"}}'))), TODAY, Seen())

    assert figure(ages, "proposed") == Figure(
        name="proposed", known=1, unknown=0, median=10, ninetieth=10, longest=10, longest_app="Önskeappen"
    )
    assert figure(ages, "queued").longest == 73  # 2026-09-10


def test_a_wish_without_a_day_is_unknown() -> None:
    ages = ages_of(documents_of(FILES), TODAY, Seen())

    assert (figure(ages, "proposed").known, figure(ages, "proposed").unknown) == (0, 1)
    assert figure(ages, "proposed").median is None


ASKED = ("users: 74}", 'users: 74, received: "2026-08-01"}')


def test_the_way_of_an_app_from_wish_to_installed() -> None:
    files = {
        **with_records(ASKED),
        "schools/norrskolan.yaml": FILES["schools/norrskolan.yaml"].replace(
            "    settings: {incognito: blocked}\n", "    apps: {required: [kami]}\n    settings: {incognito: blocked}\n"
        ),
    }
    seen = Seen(added={"kami": date(2026, 9, 12)}, installed={"kami": date(2026, 9, 15)})
    ages = ages_of(documents_of(files), TODAY, seen)

    assert figure(ages, "decision").longest == 32  # 1 August to 2 September
    assert (figure(ages, "decision").known, figure(ages, "decision").unknown) == (1, 2)
    assert figure(ages, "wished").longest == 10
    assert figure(ages, "installed").longest == 3
    assert figure(ages, "whole").longest == 45


def test_a_dated_line_counts_from_its_own_day_and_one_to_come_not_yet() -> None:
    def wished(line: str) -> date | None:
        school = FILES["schools/norrskolan.yaml"].replace(
            "    settings: {incognito: blocked}\n",
            f"    apps: {{required: [{line}]}}\n    settings: {{incognito: blocked}}\n",
        )
        found = ages_of(documents_of({**FILES, "schools/norrskolan.yaml": school}), TODAY, Seen(added={}))
        return next(one.wished for one in found.apps if one.app == "kami")

    assert wished('{app: kami, from: "2026-10-01"}') == date(2026, 10, 1)
    assert wished('{app: kami, rings: {rest: "2026-11-01", pilot: "2026-10-05"}}') == date(2026, 10, 5)
    assert wished('{app: kami, from: "2026-11-23"}') is None
    assert wished("kami") is None


def figures(days: list[int]) -> Figure:
    """Of wishes that have waited so many days, by the report itself."""
    records = "".join(
        f'  - {{id: app-{n}, name: App {n}, platforms: {{chromeos: {{web: "https://a{n}.example.se/"}}}}, '
        f'source: {{text: x, read: "2026-11-01"}}, request: {{by: l, need: n, received: "{date.fromordinal(TODAY.toordinal() - one)}"}}, '
        "status: proposed}\n"
        for n, one in enumerate(days)
    )
    files = {**FILES, "app-catalogs/appar.yaml": f"topic: appar\ntitle: Appar\napps:\n{records}"}
    files.pop("app-catalogs/meetings/2026-09-02.yaml")
    return figure(ages_of(documents_of(files), TODAY, Seen()), "proposed")


@pytest.mark.parametrize(
    ("days", "median", "ninetieth", "longest"),
    [
        ([5], 5, 5, 5),
        ([1, 2], 1.5, 2, 2),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 100], 5.5, 9, 100),
        ([0] * 9 + [50, 60], 0, 50, 60),
    ],
)
def test_median_and_ninetieth_percentile(days: list[int], median: float, ninetieth: int, longest: int) -> None:
    found = figures(days)

    assert (found.median, found.ninetieth, found.longest) == (median, ninetieth, longest)


def test_the_report_in_every_form() -> None:
    ages = ages_of(documents_of(FILES), TODAY, Seen())
    markdown = ages_markdown(ages, ["Okänt."], CouncilWords(lang="sv"))
    data = json.loads(ages_json(ages, ["Okänt."]))

    assert "| i kö | 1 | 0 | 73 | 73 | 73 (Stoppappen) |" in markdown
    assert "| önskad | 0 | 1 | – | – | – |" in markdown
    assert data["waiting"][0]["median"] is None
    assert data["notes"] == ["Okänt."]
    assert ages_csv(ages, CouncilWords(lang="en")).split("\r\n")[1] == (
        '"kami","Kami","approved","","","2026-09-02","2026-09-02","",""'
    )


def commit(root: Path, day: str, **files: str) -> None:
    for name, text in files.items():
        target = root / "schools" / f"{name}.yaml"
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    git = ["git", "-C", str(root), "-c", "user.name=x", "-c", "user.email=x@example.se"]
    env = {**os.environ, "GIT_AUTHOR_DATE": f"{day}T10:00:00Z", "GIT_COMMITTER_DATE": f"{day}T10:00:00Z"}
    subprocess.run([*git, "add", "-A"], check=True, env=env)
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True, env=env)


def test_the_commit_that_first_added_a_line(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    commit(tmp_path, "2026-08-01", a="apps: [scratch]\n")
    commit(tmp_path, "2026-08-10", a="apps: [scratch] # kami senare\n")
    commit(tmp_path, "2026-08-20", b="apps: [kami-extra]\n")
    commit(tmp_path, "2026-09-01", a="apps: [scratch, kami]\n")
    commit(tmp_path, "2026-09-05", b="apps: [kami]\n")

    assert first_added(tmp_path, ["kami", "scratch", "nix"]) == {"kami": date(2026, 9, 1)}


def test_without_a_whole_history_nothing_is_known(tmp_path: Path) -> None:
    assert first_added(tmp_path, ["kami"]) is None

    origin, clone = tmp_path / "a", tmp_path / "b"
    subprocess.run(["git", "init", "-q", str(origin)], check=True)
    commit(origin, "2026-08-01", a="apps: []\n")
    commit(origin, "2026-08-02", a="apps: [kami]\n")
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{origin}", str(clone)], check=True)
    assert first_added(clone, ["kami"]) is None


def step(at: str, key: str, **more: str) -> str:
    return (
        json.dumps({"at": at, "step": "verified", "action": "create", "key": key, "backend": "chrome", **more}) + "\n"
    )


def test_journals_tell_when_an_app_was_first_seen(tmp_path: Path) -> None:
    extension = "assignment:ou:/Elever:chrome.users.apps.InstallType|chrome:ecnphlgnajanjnkcmbpancdjoidceilk"
    journal = tmp_path / "journal.jsonl"
    journal.write_text(
        step("2026-09-20T10:00:00.000+00:00", extension)
        + step("2026-09-14T22:30:00.000+00:00", extension)  # the next day in Sweden
        + step("2026-09-01T10:00:00.000+00:00", extension, step="failed")
        + step("2026-09-01T10:00:00.000+00:00", extension, action="delete")
        + step("2026-09-01T10:00:00.000+00:00", "setting:ou:/Elever:chrome.users.X")
        + step("2026-09-02T10:00:00.000+00:00", "assignment:@a/b:x|web:https://scratch.mit.edu/"),
        encoding="utf-8",
    )
    found = read_journals([journal], documents_of(FILES).apps)

    assert found.findings == []
    assert found.days == {"kami": date(2026, 9, 15), "scratch": date(2026, 9, 2)}


def test_a_file_that_is_no_journal_is_refused_at_its_line(tmp_path: Path) -> None:
    other = tmp_path / "plan.json"
    other.write_text(step("2026-09-01T10:00:00+00:00", "x") + "[1, 2]\n", encoding="utf-8")
    found = read_journals([other], ())

    assert [(one.code, getattr(one.place, "line", 0)) for one in found.findings] == [("AGES-NOT-A-JOURNAL", 2)]
