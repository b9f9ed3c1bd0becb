"""What Git says of a branch: whose fields differ, who may approve them, and what is only lying about in the checkout."""

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from reconciler.forge.problems import ForgeProblem
from reconciler.load.revision import read_revision
from reconciler.reconcile.ci_checkout import (
    branched_from,
    commit_of,
    is_elsewhere,
    is_new,
    last_change,
    line_to,
    organisation_at,
    outside_files,
    owners_between,
    roles_at,
    touches_controls,
)
from reconciler.reconcile.ci_filed import filed_in
from reconciler.reconcile.hosting import hosts_at
from reconciler.reconcile.prepare import prepare_tree

SMALL = Path(__file__).resolve().parents[2] / "contract" / "small"
TODAY = date(2026, 11, 22)
ROLES = "\nroles:\n  operations: {contact: it@example.se, team: skol-it}\n"


def git(root: Path, *words: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.se", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", str(root), *identity, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(root: Path, files: dict[str, str | None]) -> str:
    for name, text in files.items():
        path = root / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "Ändring")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    files: dict[str, str | None] = {
        file.relative_to(SMALL).as_posix(): file.read_text("utf-8")
        for file in SMALL.rglob("*.yaml")
        if not file.name.startswith("seed")
    }
    organisation = str(files["organisation.yaml"])
    commit(tmp_path, {**files, "organisation.yaml": organisation + ROLES})
    return tmp_path


def edited(root: Path, old: str, new: str) -> str:
    text = (root / "schools/norr.yaml").read_text("utf-8")
    assert text.count(old) == 1
    return commit(root, {"schools/norr.yaml": text.replace(old, new)})


@pytest.mark.parametrize(
    ("old", "new", "owners"),
    [
        ("power-wash: blocked", "power-wash: allowed", {"it"}),
        ("incognito: blocked", "incognito: allowed", {"joint"}),
        ("NORR 4-6*", "NORR 4*", {"it"}),
        ("name: Norrskolan", "name: Norra skolan", {"education"}),
    ],
)
def test_owners_are_those_of_the_fields(root: Path, old: str, new: str, owners: set[str]) -> None:
    base = commit_of(root)

    touched, others = owners_between(root, base, edited(root, old, new), TODAY)

    assert (set(touched), others) == (owners, ())


@pytest.mark.parametrize(
    ("file", "decides"),
    [
        ("organisation.yaml", True),
        ("policies/allowances/a.yaml", True),
        ("policies/calendar.yaml", True),
        ("policies/guardrails/a.yaml", True),
        ("policies/exceptions/a.yaml", True),
        ("policies/mgn/a.yaml", True),
        ("policies/a\nb.yaml", True),
        ("policies/approvals/a.yaml", False),
        ("policies/baselines/a.yaml", False),
        ("schools/norr.yaml", False),
        ("docs/organisation.yaml", False),
    ],
)
def test_what_decides_over_what_may_be_done(root: Path, file: str, decides: bool) -> None:
    base = commit_of(root)

    assert touches_controls(root, base, commit(root, {file: "a: 1\n"})) is decides


def test_a_moved_line_is_nobodys_change(root: Path) -> None:
    base = commit_of(root)

    touched, others = owners_between(root, base, edited(root, "id: norr\n", "# Norr i stan\nid: norr\n"), TODAY)

    assert (touched, others) == ({}, ())


def test_what_no_schema_describes_is_named(root: Path) -> None:
    base = commit_of(root)
    head = commit(root, {".github/workflows/apply.yml": "on: push\n", "policies/approvals/a.yaml": "id: a\n"})

    touched, others = owners_between(root, base, head, TODAY)
    assert set(touched) == {"joint"}  # what approves takes IT and education both
    assert others == (".github/workflows/apply.yml",)


def test_a_file_that_cannot_be_read_is_joint(root: Path) -> None:
    base = commit_of(root)
    head = commit(root, {"schools/norr.yaml": "id: [\n"})

    assert "joint" in owners_between(root, base, head, TODAY)[0]


@pytest.mark.parametrize("both", [False, True])
def test_a_file_that_may_not_be_shown_is_joint(root: Path, both: bool) -> None:
    """It is left out where it has a secret: nobody can tell from what is left whose the change was."""
    text = (root / "schools/norr.yaml").read_text("utf-8")
    token = "ghp" + "_x7Kd93mQpL2vTz8RbW4yNc6HsJ1fGa5Ue0Xo"
    base = commit(root, {"schools/norr.yaml": f"{text}# {token}\n"})
    head = commit(root, {"schools/norr.yaml": f"{text}# {token} igen\n" if both else text})

    touched, others = owners_between(root, base, head, TODAY)

    assert "schools/norr.yaml" in touched["joint"]
    assert others == ()


def test_what_differs_above_an_organisations_own_folder_counts_too(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    base = commit(tmp_path, {"alvesta/organisation.yaml": "uid: x\n", "hosts.yaml": "a\n"})
    head = commit(tmp_path, {"hosts.yaml": "b\n", "alvesta/docs/x.md": "x\n"})

    assert outside_files(tmp_path / "alvesta", base, head) == ("hosts.yaml",)
    assert owners_between(tmp_path / "alvesta", base, head, TODAY) == ({}, ("docs/x.md", "hosts.yaml"))


def test_a_file_whose_name_is_in_no_encoding_is_named_all_the_same(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    base = commit(tmp_path, {"alvesta/organisation.yaml": "uid: x\n"})
    (Path(os.fsdecode(bytes(tmp_path) + b"/sk\xf6ld.md"))).write_text("x\n")
    head = commit(tmp_path, {})

    assert outside_files(tmp_path / "alvesta", base, head) == ("sk\ufffdld.md",)


HOSTED = """organisations:
  - {folder: alvesta, uid: 6c3d1f0e-0000-4000-8000-000000000000, environment: alvesta, tenants: {chrome: C01}}
  - {folder: gagnef, uid: 6c3d1f0e-0000-4000-8000-000000000001, environment: gagnef, tenants: {chrome: C02}}
"""


@pytest.fixture
def hosted(tmp_path: Path) -> Path:
    """Two municipalities; `alvesta` is the one that is asked about."""
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {"hosts.yaml": HOSTED, "alvesta/organisation.yaml": "uid: x\n", "gagnef/organisation.yaml": "a\n"})
    return tmp_path / "alvesta"


@pytest.mark.parametrize(
    ("files", "elsewhere", "others"),
    [
        ({"gagnef/organisation.yaml": "b\n"}, True, ()),
        (
            {"gagnef/organisation.yaml": "b\n", ".github/workflows/apply.yml": "x\n"},
            False,
            (".github/workflows/apply.yml",),
        ),
        ({"gagnef/organisation.yaml": "b\n", "alvesta/docs/x.md": "x\n"}, False, ("docs/x.md",)),
        ({"gagnef2/organisation.yaml": "b\n"}, False, ("gagnef2/organisation.yaml",)),
    ],
)
def test_what_is_in_another_municipalitys_folder_is_not_ours(
    hosted: Path, files: dict[str, str | None], elsewhere: bool, others: tuple[str, ...]
) -> None:
    base = commit_of(hosted)
    head = commit(hosted.parent, files)

    assert is_elsewhere(hosted, base, head) is elsewhere
    assert owners_between(hosted, base, head, TODAY) == ({}, others)


def test_nobody_gives_a_folder_away_in_the_pull_request_that_changes_it(hosted: Path) -> None:
    """A row that only the pull request has makes `reconciler` nobody's other municipality."""
    base = commit_of(hosted)
    row = HOSTED.splitlines()[2].replace("gagnef", "reconciler").replace("0001", "0002").replace("C02", "C03")
    head = commit(hosted.parent, {"hosts.yaml": f"{HOSTED}{row}\n", "reconciler/main.py": "x\n"})

    assert not is_elsewhere(hosted, base, head)
    assert owners_between(hosted, base, head, TODAY)[1] == ("hosts.yaml", "reconciler/main.py")


def test_a_row_that_nobody_has_answered_for_gives_nothing_away_that_comes_after_it(hosted: Path) -> None:
    answered = commit_of(hosted)
    row = HOSTED.splitlines()[2].replace("gagnef", "verktyg").replace("0001", "0002").replace("C02", "C03")
    base = commit(hosted.parent, {"hosts.yaml": f"{HOSTED}{row}\n"})
    head = commit(hosted.parent, {"verktyg/main.py": "x\n"})

    assert is_elsewhere(hosted, base, head)
    assert not is_elsewhere(hosted, base, head, answered)
    assert owners_between(hosted, base, head, TODAY, answered)[1] == ("verktyg/main.py",)


@pytest.mark.parametrize("folder", ["reconciler", "reconciler/trust", "tests", "schemas", "policies", "docs"])
def test_the_tools_own_folders_are_no_municipalitys(hosted: Path, folder: str) -> None:
    row = HOSTED.splitlines()[2].replace("gagnef", folder, 1).replace("0001", "0002").replace("C02", "C03")
    row = row.replace("environment: gagnef", "environment: annan")
    base = commit(hosted.parent, {"hosts.yaml": f"{HOSTED}{row}\n"})
    head = commit(hosted.parent, {f"{folder}/main.py": "x\n"})

    assert not is_elsewhere(hosted, base, head)
    table = hosts_at(hosted, head)
    assert table is not None
    assert [one.code for one in table.findings] == ["HOSTS-FOLDER"]


def test_an_empty_commit_is_nowhere_else_where_one_municipality_has_the_repository(root: Path) -> None:
    base = commit_of(root)

    assert not is_elsewhere(root, base, commit(root, {}))


def test_roles_are_those_of_the_commit_and_not_of_the_folder(root: Path) -> None:
    before = commit_of(root)
    (root / "organisation.yaml").write_text((root / "organisation.yaml").read_text().replace("skol-it", "kompisar"))

    assert roles_at(root, before) == {"it": "skol-it"}
    assert roles_at(root, commit(root, {"organisation.yaml": "roles: [\n"})) is None
    assert organisation_at(root, commit(root, {"organisation.yaml": None})) is None


def test_approvals_files_that_are_broken_or_misnamed_are_told_apart(root: Path) -> None:
    """From Git's objects: what lies in the folder counts for nothing."""
    good = f'backend: chrome\nreason: Det ska bort.\nuntil: "2026-11-30"\ndeletions: ["{"a1" * 16}"]\n'
    (root / "policies/approvals").mkdir(parents=True)
    (root / "policies/approvals/lank.yaml").symlink_to("a.yaml")
    head = commit(
        root,
        {
            "policies/approvals/a.yaml": f"id: a\n{good}",
            "policies/approvals/b.yaml": f"id: a\n{good}",
            "policies/approvals/c.yaml": f"id: c\nid: c\n{good}",
            "policies/approvals/README.md": "Så här\n",
        },
    )
    (root / "policies/approvals/d.yaml").write_text(f"id: d\n{good}")
    found = filed_in(prepare_tree(read_revision(root, head), root, TODAY))

    assert [one.at.file for one in found.files] == ["policies/approvals/a.yaml"]
    assert found.ids == {"a", "b", "c", "lank"}
    assert [one.values["file"] for one in found.broken] == [
        f"policies/approvals/{name}.yaml" for name in ("b", "c", "lank")
    ]


def test_the_commit_that_changed_a_file_is_the_one_on_mains_own_line(root: Path) -> None:
    start = commit_of(root)
    git(root, "switch", "-q", "-c", "gren")
    commit(root, {"policies/approvals/a.yaml": "id: a\n"})
    git(root, "switch", "-q", "main")
    between = commit(root, {"README.md": "x\n"})
    git(root, "merge", "-q", "--no-ff", "-m", "Slår ihop", "gren")
    merge = commit_of(root)

    assert last_change(root, merge, "policies/approvals/a.yaml") == merge
    assert [one.sha for one in line_to(root, merge)] == [start, between, merge]
    assert branched_from(root, between, "gren") == start


FILED = "policies/approvals/a.yaml"


def test_only_a_file_that_came_whole_is_new(root: Path) -> None:
    before = commit_of(root)
    brought = commit(root, {FILED: "id: a\nfingerprints: []\n"})
    changed = commit(root, {FILED: "id: a\nfingerprints: [x]\n"})
    gone = commit(root, {FILED: None})
    again = commit(root, {FILED: "id: a\nfingerprints: [x]\n"})

    assert [is_new(root, *pair, FILED) for pair in ((before, brought), (brought, changed), (gone, again))] == [
        True,
        False,
        True,
    ]


def test_a_file_that_was_called_something_else_is_not_new(root: Path) -> None:
    """`docs/` is nobody's to approve, and a file that is only renamed is shown without a line."""
    before = commit(root, {"docs/a.yaml": "id: a\n"})

    assert not is_new(root, before, commit(root, {FILED: "id: a\n", "docs/a.yaml": None}), FILED)


def test_a_checkout_without_its_history_is_refused(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    commit(root, {"README.md": "x\n"})
    shallow = tmp_path_factory.mktemp("shallow")
    git(shallow, "clone", "-q", "--depth", "1", f"file://{root}", "here")

    with pytest.raises(ForgeProblem) as refused:
        line_to(shallow / "here", commit_of(shallow / "here"))

    assert refused.value.code == "CI-HISTORY-CUT"


def test_a_commit_that_is_not_here_is_refused(root: Path) -> None:
    with pytest.raises(ForgeProblem) as refused:
        commit_of(root, "1" * 40)

    assert (refused.value.code, refused.value.values) == ("CI-COMMIT-UNKNOWN", {"revision": "1" * 40})


MANAGERS = "id: norr\nroles: {app_managers: {team: norr-appar, at_least: 2}}\n"
APPS, MORE = "available: [scratch]", "available: [scratch, kahoot]"
THEIRS = "app-managers:norr"


def test_an_approved_app_for_an_own_group_is_the_school_s_own_app_managers_to_approve(root: Path) -> None:
    base = edited(root, "id: norr\n", MANAGERS)
    head = edited(root, APPS, MORE)

    assert set(owners_between(root, base, head, TODAY)[0]) == {THEIRS}
    assert set(owners_between(root, base, edited(root, "incognito: blocked", "incognito: allowed"), TODAY)[0]) == {
        THEIRS,
        "joint",
    }


def test_an_app_that_has_no_decision_is_educations(root: Path) -> None:
    edited(root, "id: norr\n", MANAGERS)
    catalogue = (root / "app-catalogs/appar.yaml").read_text("utf-8")
    undecided = commit(root, {"app-catalogs/appar.yaml": catalogue.replace("2026-09-02", "2027-09-02")})

    assert set(owners_between(root, undecided, edited(root, APPS, MORE), TODAY)[0]) == {"education"}


def test_who_made_themselves_app_managers_by_the_same_change_are_none(root: Path) -> None:
    base = commit_of(root)
    edited(root, "id: norr\n", MANAGERS)

    assert THEIRS not in owners_between(root, base, edited(root, APPS, MORE), TODAY)[0]


def test_where_a_revision_cannot_be_read_all_stays_with_education(root: Path) -> None:
    base = edited(root, "id: norr\n", MANAGERS)
    organisation = (root / "organisation.yaml").read_text("utf-8")
    commit(root, {"organisation.yaml": "uid: [\n"})
    broken = edited(root, APPS, MORE)

    assert {"education", "joint"} <= set(owners_between(root, base, broken, TODAY)[0]) <= {"it", "education", "joint"}
    mended = commit(root, {"organisation.yaml": organisation})
    assert set(owners_between(root, base, mended, TODAY)[0]) == {THEIRS}


def test_a_schools_app_managers_are_those_of_the_commit(root: Path) -> None:
    before = commit_of(root)
    after = edited(root, "id: norr\n", MANAGERS)

    assert roles_at(root, before, ["norr"]) == {"it": "skol-it"}
    assert roles_at(root, after, ["norr", "borta", "../organisation"]) == {"it": "skol-it", THEIRS: "norr-appar"}
    assert roles_at(root, after) == {"it": "skol-it"}
