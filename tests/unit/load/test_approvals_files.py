"""Approvals files: read like everything else, told apart from what is wanted, and each fault at its line."""

from datetime import date
from pathlib import Path

import pytest

from reconciler.model.approvals import Approvals
from reconciler.model.documents import MoveAllowance
from reconciler.model.finding import Severity
from reconciler.model.place import Pointer
from reconciler.policy.files import check_policy_files
from reconciler.reconcile.ci_filed import filed_in
from reconciler.reconcile.prepare import check_tree
from reconciler.trust.refusal import Refusal
from tests.unit.load.writing import FILES, Seen, changed, hint_of, load_with, see, seen, tree_of

PATH = "policies/approvals/2026-11-22-chrome.yaml"
PRINT, OTHER = "a1" * 16, "b2" * 16
COMMIT = "1" * 39 + "a"
FILE = f"""\
id: 2026-11-22-chrome
backend: chrome
reason: Rektor har bett om det.
until: "2026-11-30"
deletions: ["{PRINT}"]
fingerprints:
  - "{OTHER}" # incognito (norrskolan/elever-4-6)
moves:
  - {{from: outside, into: norrskolan/elever-4-6, at_most: 3}}
commits: ["{COMMIT}"]
"""
TODAY = date(2026, 11, 22)


def test_reading() -> None:
    found = load_with({PATH: FILE})

    assert found.documents is not None
    assert seen(found) == []
    assert found.documents.approvals == (
        Approvals(
            id="2026-11-22-chrome",
            backend="chrome",
            reason="Rektor har bett om det.",
            until=date(2026, 11, 30),
            fingerprints=(OTHER,),
            deletions=(PRINT,),
            moves=(MoveAllowance(source="outside", into="norrskolan/elever-4-6", at_most=3),),
            commits=(COMMIT,),
            at=Pointer(file=PATH),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column", "corrected"),
    [
        ("backend: chrome", "backend: chrom", "UNKNOWN-BACKEND", 2, 10, "backend: chrome"),
        ("backend: chrome", "bakend: chrome", "UNKNOWN-KEY", 2, 1, "backend: chrome"),
        ("reason: Rektor har bett om det.", 'reason: "…"', "PATTERN", 3, 9, None),
        ("reason: Rektor har bett om det.", 'reason: ""', "PATTERN", 3, 9, None),
        ("reason: Rektor har bett om det.\n", "", "MISSING-KEY", 1, 1, None),
        ("Rektor har bett om det.", "rektor.norr@example.se bad om det", "PERSONAL-EMAIL", 3, 9, None),
        ('until: "2026-11-30"', "until: 2026-11-30", "NOT-QUOTED", 4, 8, 'until: "2026-11-30"'),
        ('until: "2026-11-30"', 'until: "2026-11-31"', "NO-SUCH-DAY", 4, 8, None),
        ('until: "2026-11-30"', 'until: "ÅÅÅÅ-MM-DD"', "PATTERN", 4, 8, None),
        (f'deletions: ["{PRINT}"]', "deletions: []", "TOO-FEW", 5, 12, None),
        (f'deletions: ["{PRINT}"]', f'deletions: "{PRINT}"', "WRONG-TYPE", 5, 12, f"deletions: [{PRINT}]"),
        (f'["{PRINT}"]', '["a1a1a1"]', "PATTERN", 5, 13, None),
        (f'["{PRINT}"]', f'["{PRINT.upper()}"]', "PATTERN", 5, 13, None),
        (f'["{PRINT}"]', f"[{'12' * 16}]", "NOT-QUOTED", 5, 13, f'deletions: ["{"12" * 16}"]'),
        (f'["{PRINT}"]', "[1234e5]", "NOT-QUOTED", 5, 13, 'deletions: ["1234e5"]'),
        ("at_most: 3", "at_most: 0", "TOO-SMALL", 9, 59, None),
        (
            "at_most: 3",
            'at_most: "3"',
            "WRONG-TYPE",
            9,
            59,
            "- {from: outside, into: norrskolan/elever-4-6, at_most: 3}",
        ),
        (", at_most: 3", "", "MISSING-KEY", 9, 5, None),
        ("at_most: 3", "at_most: 3, more: 1", "UNKNOWN-KEY", 9, 62, None),
        ("from: outside", "from: utanför", "PATTERN", 9, 12, None),
        (f'["{COMMIT}"]', '["main"]', "PATTERN", 10, 11, None),
        (f'["{COMMIT}"]', '["1111111"]', "PATTERN", 10, 11, None),
        (f'["{COMMIT}"]', f"[{'1' * 40}]", "NOT-QUOTED", 10, 11, f'commits: ["{"1" * 40}"]'),
        ("id: 2026-11-22-chrome", "id: 2026-11-22-crome", "FILE-NAME", 1, 5, "id: 2026-11-22-chrome"),
        ("id: 2026-11-22-chrome\n", "id: 2026-11-22-chrome\nid: a\n", "DUPLICATE-KEY", 2, 1, None),
    ],
)
def test_each_fault_at_its_line(old: str, new: str, code: str, line: int, column: int, corrected: str | None) -> None:
    text = changed(FILE, old, new)
    found = load_with({PATH: text})

    assert Seen(code=code, file=PATH, line=line, column=column, corrected=corrected) in seen(found)
    assert found.unread == frozenset()  # of what is wanted everything is known
    prepared = check_tree(tree_of({**FILES, PATH: text}), TODAY)
    assert filed_in(prepared).broken == (Refusal(code="APPROVALS-BROKEN", values={"file": PATH}),)
    assert filed_in(prepared).files == ()


def test_a_file_that_approves_nothing() -> None:
    found = load_with({PATH: FILE[: FILE.index("deletions")]})

    assert [one.code for one in seen(found)] == ["MISSING-KEY"]
    assert "deletions, fingerprints, moves eller commits" in hint_of(found.findings[0])


def test_two_files_of_one_id() -> None:
    other = "policies/approvals/igen.yaml"
    found = seen(load_with({PATH: FILE, other: FILE}))

    assert {(one.code, one.file, one.line) for one in found} == {("FILE-NAME", other, 1), ("ID-TWICE", other, 1)}
    prepared = check_tree(tree_of({**FILES, PATH: FILE, other: FILE}), TODAY)
    assert [one.at.file for one in filed_in(prepared).files] == [PATH]


def test_a_group_that_has_gone_is_only_told() -> None:
    found = load_with({PATH: changed(FILE, "from: outside", "from: norrskolan/pilot+norrskolan/borta")})

    (told,) = found.findings
    assert (told.code, told.severity) == ("APPROVALS-GROUP-GONE", Severity.WARNING)
    assert (see(told).line, told.values["name"]) == (9, "norrskolan/borta")


def test_a_misspelt_group_is_guessed() -> None:
    found = load_with({PATH: changed(FILE, "into: norrskolan/elever-4-6", "into: norrskolan/elever-46")})

    (told,) = found.findings
    assert (told.code, told.values["near"]) == ("APPROVALS-GROUP-GONE", "norrskolan/elever-4-6")
    assert "- {from: outside, into: norrskolan/elever-4-6, at_most: 3}" in hint_of(told)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-11-21", [("APPROVALS-ENDED", Severity.WARNING, None)]),
        ("2026-11-22", []),
        ("2026-12-22", []),
        ("2026-12-23", [("APPROVALS-TOO-FAR", Severity.ERROR, 'until: "2026-12-22"')]),
    ],
)
def test_its_last_day(until: str, expected: list[tuple[str, Severity, str | None]]) -> None:
    documents = load_with({PATH: changed(FILE, "2026-11-30", until)}).documents
    assert documents is not None
    found = list(check_policy_files(documents, TODAY))

    assert [(one.code, one.severity, one.values.get("corrected")) for one in found] == expected
    assert all(one.place == Pointer(file=PATH, path=("until",)) for one in found)


def test_an_end_too_far_ahead_takes_nothing_from_the_decision() -> None:
    """It goes by the merge, and lapses a month after it whatever the file says."""
    prepared = check_tree(tree_of({**FILES, PATH: changed(FILE, "2026-11-30", "2027-11-30")}), TODAY)

    assert [one.id for one in filed_in(prepared).files] == ["2026-11-22-chrome"]


def test_the_example_in_the_manual_is_right() -> None:
    page = (Path(__file__).parents[3] / "docs/sv/ci.md").read_text("utf-8")
    shown = page.partition("policies/approvals/")[2].partition("```yaml\n")[2].partition("```")[0]
    prepared = check_tree(tree_of({**FILES, PATH: shown}), TODAY)

    assert len(filed_in(prepared).files) == 1
    assert [one.code for one in prepared.findings if one.place and one.place.file == PATH] == []


def test_what_is_wanted_is_the_same_with_and_without() -> None:
    """Or a plan that was made before such a file was merged would be another one's."""
    without, given = load_with({}).documents, load_with({PATH: FILE}).documents

    assert without is not None
    assert given is not None
    assert without.digest == given.digest
