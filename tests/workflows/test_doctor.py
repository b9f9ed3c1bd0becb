"""Whether both identities work is asked in jobs of their own environments: nowhere else can it be seen."""

from collections.abc import Iterator

import pytest

from tests.workflows.reading import FOLDER, read_workflow
from tests.workflows.stage import Stage, staged


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("town")) as stage:
        yield stage


def test_each_identity_is_tried_in_its_own_environment_and_nothing_is_changed(town: Stage) -> None:
    before = town.writes()

    done = town.run("doctor", "workflow_dispatch", actor="anna")

    expected = dict.fromkeys(("split", "plan (chrome)", "apply (chrome)"), "success")
    assert done.conclusions == expected, done.said
    assert all("chrome" in done.jobs[name].steps[-1].out for name in ("plan (chrome)", "apply (chrome)"))
    assert town.writes() == before


def test_a_system_that_cant_be_reached_fails_both_and_says_so(town: Stage) -> None:
    town.ask("faults", {"kind": "500", "path": "admin/directory", "times": 999})

    done = town.run("doctor", "workflow_dispatch", actor="anna")

    town.ask("faults", method="DELETE")
    expected = {"split": "success", "plan (chrome)": "failure", "apply (chrome)": "failure"}
    assert done.conclusions == expected, done.said


@pytest.mark.parametrize("name", ["plan", "apply"])
def test_it_is_given_what_the_jobs_of_that_environment_are_given(name: str) -> None:
    """All that signs in, so that what works here works there; neither key nor token of the forge."""
    there = {
        key
        for job in read_workflow(FOLDER / f"{name}.yml").jobs
        for step in job.steps
        for key in step.env
        if key.startswith("RECONCILER_") and not key.startswith(("RECONCILER_FORGE", "RECONCILER_SIGNING"))
    }
    (job,) = [job for job in read_workflow(FOLDER / "doctor.yml").jobs if job.id == name]

    assert set(job.steps[-1].env) == there
    assert {"RECONCILER_ZENTRAL_HOST", f"RECONCILER_ZENTRAL_TOKEN_{name.upper()}"} <= there
