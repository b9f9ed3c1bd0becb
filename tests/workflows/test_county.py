"""Two municipalities in one repository, each with a system called chrome: nothing of the one stops, approves or hides the other's."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.forge.state import Pull
from tests.workflows.reading import ROOT
from tests.workflows.runner import Result
from tests.workflows.stage import FILES, SEED, Stage, founding, staged

OURS, THEIRS = "kommuner/lillkoping", "kommuner/granby"
UID: Final = "11111111-2222-4333-8444-555555555555"
OTHER_UID: Final = "99999999-2222-4333-8444-555555555555"
TENANT: Final = "22222222-3333-4444-8555-666666666666"
SCHOOL: Final = f"{OURS}/schools/norr.yaml"
HOSTS: Final = f"""organisations:
  - {{folder: {OURS}, uid: {UID}, environment: lillkoping, tenants: {{chrome: C0sandbox}}}}
  - {{folder: {THEIRS}, uid: {OTHER_UID}, environment: granby, tenants: {{chrome: {TENANT}}}}}
"""
INTUNE: Final = f"""
intune:
  tenant: {TENANT}
  directory: {{groups: [{{name: Elever}}]}}
"""
ENVIRONMENTS: Final = ("lillkoping-plan", "lillkoping-apply", "granby-plan", "granby-apply")
APPLY, APPLY_THEIRS = "apply (lillkoping-chrome)", "apply (granby-chrome)"


def county(folder: Path, recipient: str) -> Path:
    """The small municipality moved into a folder, and one beside it that has no school yet and its own people."""
    founding(folder, recipient)
    for name in FILES:
        (folder / OURS / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / name, folder / OURS / name)
    text = (folder / OURS / "organisation.yaml").read_text("utf-8").replace(UID, OTHER_UID)
    text = re.sub(r"kind: google.*", f"kind: intune, mode: apply, tenant: {TENANT}}}", text)
    text = text.replace("team: it,", "team: granby-it,").replace("name: Lillköping", "name: Granby")
    text = text.replace("[chromeos]", "[ipados]")
    (folder / THEIRS).mkdir()
    (folder / THEIRS / "organisation.yaml").write_text(text, "utf-8")
    (folder / "hosts.yaml").write_text(HOSTS, "utf-8")
    command = [sys.executable, "-m", "reconciler", "ci", "codeowners", "--root", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return folder


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    place = tmp_path_factory.mktemp("county")
    with staged(place, county, environments=ENVIRONMENTS, seed=SEED + INTUNE) as stage:
        stage.forge.person("gun", level="write")
        stage.forge.team("granby-it", ["gun"])
        for people, job, folder in ((("anna", "cia"), APPLY, OURS), (("gun", "cia"), APPLY_THEIRS, THEIRS)):
            held = stage.run("apply", "push", actor="anna")
            stage.accept(planned(stage, asked(held, job, folder, stage)), *people)
        done = stage.run("apply", "push", actor="anna")
        whole = dict.fromkeys(("split", APPLY, APPLY_THEIRS, "report"), "success")
        assert done.conclusions == whole, done.said + done.jobs["report"].summary
        yield stage


def asked(held: Result, job: str, folder: str, stage: Stage) -> dict[str, str | None]:
    """The approvals file that one municipality's job asks for, in its own folder."""
    text = held.jobs[job].summary.partition("yaml\n")[2].partition("````")[0]
    name = f"beslut-{len(stage.forge.world.pulls)}"
    text = re.sub(r"(?m)^id: .*$", f"id: {name}", text).replace('"…"', "Rådet har bestämt det.")
    return {f"{folder}/policies/approvals/{name}.yaml": text.replace("ÅÅÅÅ-MM-DD", stage.day(20))}


def planned(stage: Stage, files: dict[str, str | None]) -> Pull:
    stage.forge.clock.tick(minutes=1)
    pull = stage.propose("bo", f"gren-{len(stage.forge.world.pulls) + 1}", files)
    run = stage.run("plan", "pull_request_target", actor="bo", pull=pull)
    assert set(run.conclusions.values()) == {"success"}, run.said
    return pull


def switched(town: Stage) -> dict[str, str | None]:
    text = town.read(SCHOOL)
    old, new = "power-wash: blocked", "power-wash: allowed"
    return {SCHOOL: text.replace(old, new) if old in text else text.replace(new, old)}


def renamed(town: Stage, name: str) -> dict[str, str | None]:
    path = f"{THEIRS}/organisation.yaml"
    return {path: re.sub(r"(?m)^name: .*$", f"name: {name}", town.read(path))}


def counts(result: Result) -> dict[str, tuple[str, ...]]:
    """The merged report's rows: municipality → the numbers."""
    rows = [
        line.strip("| ").split(" | ") for line in result.jobs["report"].summary.splitlines() if line.startswith("| ")
    ]
    return {row[0]: tuple(row[1:]) for row in rows[1:]}


def names(town: Stage) -> dict[str, list[Any]]:
    """What was left on the forge for each of them."""
    refs = [ref for ref in town.forge.git.run("for-each-ref", "--format=%(refname)").splitlines() if "locks/" in ref]
    return {
        "locks": sorted(refs),
        "kept": sorted({one.environment for one in town.forge.world.deployments.values() if one.task == "reconciler"}),
    }


def test_a_change_of_one_needs_nothing_of_the_other_and_is_shown_beside_it(town: Stage) -> None:
    pull = planned(town, switched(town))
    (review, plan) = town.comments(pull)
    assert "1 ändring hör till den här pull requesten" in plan

    town.accept(pull, "anna", "cia")
    done = town.run("apply", "push")

    assert set(done.conclusions.values()) == {"success"}, done.said
    assert counts(done) == {
        "lillkoping": ("chrome", "1", "0", "0", "0", "0"),
        "granby": ("chrome", "0", "0", "0", "0", "0"),
    }
    assert review.startswith("<!-- reconciler:comment:kommuner_lillkoping_review:1 -->")


def test_what_stands_in_one_folder_is_planned_for_that_one_alone(town: Stage) -> None:
    pull = town.propose("bo", "granby", renamed(town, "Granby kommun"))

    shown = town.run("plan", "pull_request_target", actor="bo", pull=pull)

    assert list(shown.jobs) == ["split", "review (granby)", "plan (granby)"]
    assert set(shown.conclusions.values()) == {"success"}, shown.said
    town.accept(pull, "gun", "cia")  # nobody of Lillköping is asked
    before = town.writes()
    done = town.run("apply", "push")
    assert (done.jobs[APPLY].conclusion, done.jobs[APPLY_THEIRS].conclusion) == ("success", "success"), done.said
    assert town.writes() == before


def test_each_municipality_whose_files_change_is_validated_and_owns_its_lines(town: Stage) -> None:
    """CODEOWNERS lies at the top and has the lines of both; each job looks at its own."""
    text = town.read(".github/CODEOWNERS")
    assert f"/{OURS}/schools/" in text
    path = f"{THEIRS}/organisation.yaml"
    pull = town.propose("gun", "ny-grupp", {path: town.read(path).replace("team: granby-it", "team: granby-drift")})

    stale = town.run("validate", "pull_request", actor="gun", pull=pull)

    assert stale.conclusions == {"split": "success", "validate (granby)": "failure"}, stale.said
    assert [step.name for step in stale.jobs["validate (granby)"].steps if step.code] == [
        '.runtime/bin/reconciler ci codeowners --root "$FOLDER" --check'
    ]
    assert f"+/{THEIRS}/organisation.yaml @granby-kommun/granby-drift" in stale.said
    town.forge.commit("gun", "ny-grupp", {".github/CODEOWNERS": text.replace("granby-it", "granby-drift")})
    fresh = town.run("validate", "pull_request", actor="gun", pull=pull)
    names = ("split", "validate (lillkoping)", "validate (granby)")
    assert fresh.conclusions == dict.fromkeys(names, "success"), fresh.said
    town.forge.close(pull, "gun")


def test_one_municipalitys_it_approves_nothing_of_the_others(town: Stage) -> None:
    pull = planned(town, switched(town))
    town.accept(pull, "gun", "cia", by="anna")
    before = town.writes()

    held = town.run("apply", "push")

    assert (held.jobs[APPLY].step("apply").code, town.writes()) == (4, before)
    assert held.jobs[APPLY_THEIRS].conclusion == "success", held.said
    assert counts(held)["lillkoping"] == ("chrome", "0", "0", "1", "0", "0")
    assert [title for title in town.issues() if title.startswith(f"sandbox: {OURS}: chrome")]
    town.accept(planned(town, asked(held, APPLY, OURS, town)), "anna", "cia")
    assert set(town.run("apply", "push").conclusions.values()) == {"success"}
    assert not [title for title in town.issues() if title.startswith(f"sandbox: {OURS}")], "the question is answered"


def test_a_commit_past_pull_requests_holds_only_the_one_whose_folder_it_is_in(town: Stage) -> None:
    town.forge.commit("anna", "main", renamed(town, "Granby stad"), "Förbi")

    done = town.run("apply", "push")

    assert done.jobs[APPLY].conclusion == "success", done.said
    assert done.jobs[APPLY_THEIRS].step("apply").code == 4
    assert "har kommit in utan pull request" in done.jobs[APPLY_THEIRS].said
    town.accept(planned(town, asked(done, APPLY_THEIRS, THEIRS, town)), "gun", "cia")
    assert set(town.run("apply", "push").conclusions.values()) == {"success"}


def test_who_names_another_ones_tenant_is_neither_planned_nor_applied(town: Stage) -> None:
    path = f"{THEIRS}/organisation.yaml"
    stolen = {
        path: re.sub(
            r"kind: intune.*", "kind: google, mode: apply, customer: C0sandbox, root: /Enheter}", town.read(path)
        )
    }
    pull = town.propose("gun", "stold", stolen)

    shown = town.run("plan", "pull_request_target", actor="gun", pull=pull)

    assert list(shown.jobs) == ["split", "review", "plan"]
    assert shown.conclusions == {"split": "failure", "review": "skipped", "plan": "skipped"}
    assert "HOSTS-OTHER-TENANT" in shown.said
    town.forge.close(pull, "gun")


def test_locks_and_records_bear_the_folders_name(town: Stage) -> None:
    assert names(town) == {
        "locks": [f"refs/reconciler/locks/sandbox__kommuner_{name}_chrome" for name in ("granby", "lillkoping")],
        "kept": [f"reconciler-sandbox__kommuner_{name}_chrome" for name in ("granby", "lillkoping")],
    }
