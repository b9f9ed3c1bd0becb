"""The work split into jobs: nothing twice, nothing left out, within GitHub's limits, and no folder with another's tenant."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.main import cli
from reconciler.reconcile.matrix import MatrixTooLarge, Work, jobs_of, matrix_json, part_of
from tests.unit.load.writing import CATALOG, ORGANISATION, SCHOOL, write_all
from tests.unit.reconcile.test_ci_checkout import commit, git

UIDS = {"alvesta": "6c3d1f0e-0000-4000-8000-000000000000", "gagnef": "6c3d1f0e-0000-4000-8000-000000000001"}
TENANTS = {"alvesta": "C0123abcd", "gagnef": "C0999zzzz"}


def work(name: str, backend: str = "chrome", /, **weights: int) -> Work:
    return Work(name=name, folder=f"kommuner/{name}", environment=name, backend=backend, weights=weights)


def test_each_municipality_and_system_is_a_job() -> None:
    jobs = jobs_of([work("alvesta", a=3), work("alvesta", "intune", a=2), work("gagnef", b=9)])

    assert [(one["id"], one["folder"], one["environment"], one["schools"]) for one in jobs] == [
        ("alvesta-chrome", "kommuner/alvesta", "alvesta", ""),
        ("alvesta-intune", "kommuner/alvesta", "alvesta", ""),
        ("gagnef-chrome", "kommuner/gagnef", "gagnef", ""),
    ]


def test_shards_are_even_and_always_the_same() -> None:
    split = jobs_of([work("alvesta", a=8, b=5, c=4, d=3)], shard=10)

    assert [(one["id"], one["schools"]) for one in split] == [("alvesta-chrome-1", "a d"), ("alvesta-chrome-2", "b c")]


@given(
    weights=st.lists(st.lists(st.integers(1, 60), max_size=40), min_size=1, max_size=12),
    shard=st.integers(1, 100),
    most=st.integers(12, 256),
)
def test_every_school_is_in_one_shard_and_no_limit_is_passed(weights: list[list[int]], shard: int, most: int) -> None:
    given_work = [work(f"k{n}", **{f"s{i}": one for i, one in enumerate(each)}) for n, each in enumerate(weights)]

    jobs = jobs_of(given_work, shard=shard, most=most)

    assert len(jobs) <= most
    assert len({one["id"] for one in jobs}) == len(jobs)
    for one in given_work:
        read = [school for job in jobs if job["organisation"] == one.name for school in job["schools"].split()]
        assert sorted(read) == sorted(one.weights)


def test_all_of_sweden_in_a_matrix_is_split_into_parts() -> None:
    """290 municipalities."""
    sweden = [work(f"k{number:03d}", a=3) for number in range(290)]

    with pytest.raises(MatrixTooLarge) as large:
        jobs_of(sweden)
    assert (large.value.jobs, large.value.parts) == (290, 2)
    parts = [jobs_of(part_of(sweden, number, 2)) for number in (1, 2)]
    assert sorted(one["id"] for part in parts for one in part) == [f"k{number:03d}-chrome" for number in range(290)]


def test_an_output_stays_below_a_megabyte() -> None:
    """256 jobs with some 3,000 characters of schools each: 1.6 MB as UTF-16."""
    wide = [work(f"k{number}", **{f"skola-{one:03d}-med-langt-namn": 1 for one in range(120)}) for number in range(256)]

    with pytest.raises(MatrixTooLarge):
        jobs_of(wide, shard=1000)
    assert len(matrix_json(jobs_of(wide))) < 500_000


def host(name: str, **changed: str) -> str:
    row = {
        "folder": f"kommuner/{name}",
        "uid": UIDS[name],
        "environment": name,
        "tenants": f"{{chrome: {TENANTS[name]}}}",
    }
    return "  - {" + ", ".join(f"{key}: {value}" for key, value in {**row, **changed}.items()) + "}\n"


def county(folder: Path, hosts: str) -> None:
    files = {"hosts.yaml": f"organisations:\n{hosts}"} if hosts else {}
    for name, uid in UIDS.items():
        organisation = ORGANISATION.replace(UIDS["alvesta"], uid).replace(TENANTS["alvesta"], TENANTS[name])
        files[f"kommuner/{name}/organisation.yaml"] = organisation
        files[f"kommuner/{name}/schools/norrskolan.yaml"] = SCHOOL
        files[f"kommuner/{name}/app-catalogs/appar.yaml"] = CATALOG
    write_all(folder, files)


def run(folder: Path, *words: str) -> tuple[int, list[str], str]:
    done = CliRunner().invoke(cli, ["ci", "matrix", "--root", str(folder), *words], env={"GITHUB_OUTPUT": None})
    jobs = json.loads(done.stdout)["include"] if done.stdout else []
    return done.exit_code, [one["id"] for one in jobs], done.stderr


def test_a_county_by_its_table(tmp_path: Path) -> None:
    county(tmp_path, host("alvesta") + host("gagnef"))

    assert run(tmp_path) == (0, ["alvesta-chrome", "gagnef-chrome"], "")


@pytest.mark.parametrize(
    ("changed", "code", "left"),
    [
        ({"tenants": "{chrome: C0other}"}, "HOSTS-OTHER-TENANT", ["alvesta-chrome"]),
        ({"tenants": "{other: C0999zzzz}"}, "HOSTS-OTHER-TENANT", ["alvesta-chrome"]),
        ({"uid": "6c3d1f0e-0000-4000-8000-000000000009"}, "HOSTS-OTHER-UID", ["alvesta-chrome"]),
        ({"folder": "kommuner/borta"}, "MATRIX-NOT-VALID", ["alvesta-chrome"]),
        # What is wrong with the table itself stops all: nobody knows what was meant.
        ({"tenants": "{chrome: C0123ABCD}"}, "HOSTS-TWICE", []),
        ({"folder": "kommuner/alvesta"}, "HOSTS-TWICE", []),
        ({"folder": "kommuner/alvesta/schools"}, "HOSTS-WITHIN", []),
        ({"folder": "../kommuner/gagnef"}, "HOSTS-FOLDER", []),
        ({"folder": "/etc"}, "HOSTS-FOLDER", []),
        ({"environment": '"a b"'}, "HOSTS-ENVIRONMENT", []),
        ({"environment": "alvesta"}, "HOSTS-TWICE", []),
        ({"uid": "1"}, "HOSTS-UID", []),
        ({"tenants": "C0"}, "HOSTS-TENANTS", []),
        ({"extra": "1"}, "HOSTS-KEYS", []),
    ],
)
def test_what_is_bound_otherwise_is_left_out_and_said(
    tmp_path: Path, changed: dict[str, str], code: str, left: list[str]
) -> None:
    county(tmp_path, host("alvesta") + host("gagnef", **changed))

    exit_code, jobs, said = run(tmp_path)

    assert (exit_code, jobs) == (1, left)
    assert code in said
    assert "hosts.yaml:3:" in said


def test_a_municipality_that_names_another_ones_tenant_is_left_out(tmp_path: Path) -> None:
    county(tmp_path, host("alvesta") + host("gagnef"))
    theirs = tmp_path / "kommuner/gagnef/organisation.yaml"
    theirs.write_text(theirs.read_text().replace(TENANTS["gagnef"], TENANTS["alvesta"]))

    exit_code, jobs, said = run(tmp_path)

    assert (exit_code, jobs) == (1, ["alvesta-chrome"])
    assert "HOSTS-OTHER-TENANT" in said


def test_a_folder_that_is_a_link_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    county(tmp_path / "repository", host("alvesta") + host("gagnef"))
    gagnef = tmp_path / "repository" / "kommuner" / "gagnef"
    gagnef.rename(tmp_path / "outside")
    gagnef.symlink_to(tmp_path / "outside")

    exit_code, jobs, said = run(tmp_path / "repository")

    assert (exit_code, jobs) == (1, ["alvesta-chrome"])
    assert "HOSTS-FOLDER" in said


def test_one_municipality_needs_no_table(tmp_path: Path) -> None:
    county(tmp_path, "")

    assert run(tmp_path / "kommuner" / "alvesta") == (0, ["chrome"], "")


def test_the_next_job_reads_it_from_githubs_file(tmp_path: Path) -> None:
    county(tmp_path, host("alvesta") + host("gagnef"))
    output = tmp_path / "output"
    output.write_text("before=1\n")

    run(tmp_path, "--output", str(output))

    before, matrix, count = output.read_text().splitlines()
    assert (before, count) == ("before=1", "count=2")
    assert len(json.loads(matrix.removeprefix("matrix="))["include"]) == 2


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Main with two municipalities, and a pull request's checkout of the same in `proposal`."""
    county(tmp_path / "main", host("alvesta") + host("gagnef"))
    county(tmp_path / "proposal", host("alvesta") + host("gagnef"))
    git(tmp_path / "proposal", "init", "-q", "-b", "main")
    commit(tmp_path / "proposal", {})
    return tmp_path


def proposed(two: Path, files: dict[str, str | None]) -> tuple[int, list[str], str]:
    commit(two / "proposal", files)
    return run(two / "main", "--proposal", str(two / "proposal"), "--base", "HEAD^")


@pytest.mark.parametrize(
    ("files", "jobs"),
    [
        ({"kommuner/gagnef/schools/ny.yaml": SCHOOL}, ["gagnef"]),
        ({"kommuner/gagnef/a.md": "x\n", "kommuner/alvesta/a.md": "x\n"}, ["alvesta", "gagnef"]),
        ({".github/workflows/apply.yml": "x\n"}, ["alvesta", "gagnef"]),
        ({"kommuner/gagnef-2/a.md": "x\n"}, ["alvesta", "gagnef"]),
        ({}, []),
    ],
)
def test_a_pull_request_is_planned_for_the_municipalities_whose_files_it_has(
    two: Path, files: dict[str, str | None], jobs: list[str]
) -> None:
    assert proposed(two, files) == (0, jobs, "")


def test_a_pull_request_that_names_another_ones_tenant_is_not_planned_for_it(two: Path) -> None:
    organisation = "kommuner/gagnef/organisation.yaml"
    text = (two / "proposal" / organisation).read_text("utf-8")

    code, jobs, said = proposed(
        two, {organisation: text.replace(TENANTS["gagnef"], TENANTS["alvesta"]), "hosts.yaml": "organisations: []\n"}
    )

    assert (code, jobs) == (1, ["alvesta"])
    assert "HOSTS-OTHER-TENANT" in said


def test_one_municipality_alone_is_one_job_without_a_name(two: Path) -> None:
    (two / "main" / "hosts.yaml").unlink()

    assert proposed(two, {"kommuner/gagnef/a.md": "x\n"}) == (0, [""], "")


def test_a_proposal_without_its_base_is_a_wrong_use(two: Path) -> None:
    assert run(two / "main", "--proposal", str(two / "proposal"))[0] == 2
