"""Many jobs' answers as one report."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.report.merged import merge, merged_markdown
from reconciler.report.words import Words

SV = Words(lang="sv")


def change(fingerprint: str, school: str = "norrskolan", *, destroys: bool = False) -> dict[str, Any]:
    return {
        "backend": "chrome",
        "fingerprint": fingerprint,
        "actions": ["update"],
        "destroys": destroys,
        "effect": {"schools": [school]},
    }


def plan(*changes: dict[str, Any], organisation: str = "uid-1", errors: tuple[str, ...] = ()) -> dict[str, Any]:
    findings = [{"code": code, "severity": "error", "file": "a.yaml", "line": 1, "subject": ""} for code in errors]
    return {
        "kind": "plan",
        "organisation": organisation,
        "backends": [{"id": "chrome"}],
        "changes": list(changes),
        "held": [],
        "findings": [*findings, {"code": "W", "severity": "warning", "file": None, "line": None, "subject": ""}],
    }


def table(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")][2:]


def test_shards_of_one_system_are_one_line_and_what_two_saw_counts_once() -> None:
    merged = merge(
        {
            "alvesta-chrome-1": plan(change("f1"), change("f2", "sjoskolan", destroys=True)),
            "alvesta-chrome-2": plan(change("f2", "sjoskolan", destroys=True)),
            "gagnef-chrome": plan(organisation="uid-2"),
        },
        {"alvesta-chrome-1": "alvesta", "alvesta-chrome-2": "alvesta", "gagnef-chrome": "gagnef"},
    )

    assert table(merged_markdown(merged, SV)) == [
        "| alvesta | chrome | 2 | 1 | 0 | 0 | 2 |",
        "| gagnef | chrome | 0 | 0 | 0 | 0 | 0 |",
    ]
    assert "Kommuner: 2. Hanteringssystem: 2. Ändringar: 2, varav 1 tar bort något. Fel: 0." in merged_markdown(
        merged, SV
    )
    assert merged.in_order


def test_a_job_that_did_not_answer_is_never_in_order() -> None:
    merged = merge(
        {"a-chrome": plan(), "b-chrome": None, "c-chrome": {"kind": "plan"}}, {"a-chrome": "a", "d-chrome": "d"}
    )

    assert (merged.missing, merged.unreadable, merged.in_order) == (["d-chrome"], ["b-chrome", "c-chrome"], False)
    text = merged_markdown(merged, SV)
    assert "Jobbet d-chrome har inte svarat. Det är inte bedömt." in text
    assert "Svaret från jobbet b-chrome går inte att läsa." in text


def test_errors_are_counted_by_their_code_and_those_that_shards_share_once() -> None:
    merged = merge({"1": plan(errors=("APP-NOT-APPROVED",)), "2": plan(errors=("APP-NOT-APPROVED",))})

    assert merged.errors == {("uid-1", "APP-NOT-APPROVED"): 1}
    assert not merged.in_order


def test_results_tell_what_was_done_what_waits_and_what_failed() -> None:
    outcomes = ["applied", "already-done", "waiting", "stale", "failed", "skipped"]
    rows = [{"backend": "chrome", "fingerprint": f"f{n}", "outcome": one} for n, one in enumerate(outcomes)]
    merged = merge({"1": {"kind": "result", "organisation": "alvesta", "results": rows, "findings": []}})

    assert table(merged_markdown(merged, SV)) == ["| alvesta | chrome | 2 | 0 | 1 | 3 | 0 |"]
    assert not merged.in_order


def test_names_are_text() -> None:
    merged = merge({"1": plan(organisation="<img src=x> @alla | [a](b)")})

    assert "<img" not in merged_markdown(merged, SV)
    assert "@alla" not in merged_markdown(merged, SV)
    assert len(table(merged_markdown(merged, SV))) == 1


def test_a_country_fits_into_a_comment_and_says_what_was_cut() -> None:
    merged = merge({f"{n}": plan(organisation=f"kommun-med-ett-mycket-langt-namn-{n:04d}") for n in range(2000)})

    text = merged_markdown(merged, SV)

    assert len(text) <= 65_536
    shown = len(table(text))
    assert f"{2000 - shown:,}".replace(",", "\N{NO-BREAK SPACE}") + " rader till ryms inte här" in text


def test_the_command_compares_with_the_matrix(tmp_path: Path) -> None:
    (tmp_path / "alvesta-chrome.json").write_text(json.dumps(plan(change("f1"))))
    jobs = [{"id": f"{name}-chrome", "organisation": name} for name in ("alvesta", "gagnef")]
    (tmp_path / "matrix.json").write_text(json.dumps({"include": jobs}))

    done = CliRunner().invoke(
        cli,
        [
            "ci",
            "report",
            str(tmp_path / "alvesta-chrome.json"),
            "--matrix",
            str(tmp_path / "matrix.json"),
            "--lang",
            "sv",
        ],
    )

    assert done.exit_code == 1
    assert "gagnef-chrome har inte svarat" in done.stdout
    assert "| alvesta | chrome | 1 | 0 | 0 | 0 | 1 |" in done.stdout


def test_a_folder_and_the_matrix_itself_are_taken_too(tmp_path: Path) -> None:
    """What a workflow has: a folder that artifacts were unpacked into, and an output of another job."""
    (tmp_path / "counts").mkdir()
    (tmp_path / "counts" / "alvesta-chrome.json").write_text(json.dumps(plan(change("f1"))))
    given = json.dumps({"include": [{"id": "alvesta-chrome", "organisation": "alvesta"}]})

    done, nothing = (
        CliRunner().invoke(cli, ["ci", "report", str(tmp_path / name), "--matrix", given, "--lang", "sv"])
        for name in ("counts", "borta")
    )

    assert (done.exit_code, nothing.exit_code) == (0, 1)
    assert "| alvesta | chrome | 1 | 0 | 0 | 0 | 1 |" in done.stdout
    assert "alvesta-chrome har inte svarat" in nothing.stdout


def test_nothing_to_merge_is_never_in_order(tmp_path: Path) -> None:
    (tmp_path / "counts").mkdir()

    unnamed = CliRunner().invoke(cli, ["ci", "report"])
    empty = CliRunner().invoke(cli, ["ci", "report", str(tmp_path / "counts"), "--lang", "sv"])

    assert unnamed.exit_code == 2
    assert (empty.exit_code, "REPORT-NOTHING: Det finns inga svar" in empty.output) == (1, True)


def test_what_is_no_matrix_is_a_wrong_use(tmp_path: Path) -> None:
    for given in ("{", "[]", '{"include": [1]}', str(tmp_path / "borta.json")):
        assert CliRunner().invoke(cli, ["ci", "report", "--matrix", given]).exit_code == 2
