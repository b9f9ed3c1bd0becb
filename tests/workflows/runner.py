"""Runs a workflow as GitHub would: its jobs in the order of their needs, each `run:` step by the shell, with a runner's environment.

Steps that `uses:` an action are stood in for by `actions.py`. What a job may ask of the forge is what its `permissions:` say,
and what its environment holds is given to nobody else. Steps get only the variables that GitHub sets and that the file gives.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.forge.forge import Forge
from tests.forge.jobs import Job, NotAllowedError
from tests.forge.state import Run
from tests.workflows import actions, commands
from tests.workflows.expressions import Scope, condition, filled, value_of
from tests.workflows.outside import Outside
from tests.workflows.reading import JobText, Step, Workflow

LONGEST = 240.0
"""Seconds for a step, whatever the file allows."""


@dataclass(slots=True, kw_only=True)
class StepResult:
    """`code` None: passed over."""

    name: str
    code: int | None
    out: str = ""
    err: str = ""


@dataclass(slots=True, kw_only=True)
class JobResult:
    """`conclusion`: success, failure, skipped, cancelled (killed), or refused (its environment let it not in)."""

    id: str
    conclusion: str
    steps: list[StepResult] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    uploads: dict[str, dict[str, bytes]] = field(default_factory=dict)
    workspace: Path | None = None

    def step(self, start: str) -> StepResult:
        """The one whose name (its id, else the first line) begins so."""
        return next(step for step in self.steps if step.name.startswith(start))

    @property
    def said(self) -> str:
        """Everything that the job's log shows."""
        return "".join(f"$ {step.name} → {step.code}\n{step.out}{step.err}\n" for step in self.steps)


@dataclass(slots=True, kw_only=True)
class Result:
    """Jobs by id; of a matrix, by `id (value, …)` of what the entry has."""

    run: Run
    jobs: dict[str, JobResult]

    @property
    def conclusions(self) -> dict[str, str]:
        return {name: job.conclusion for name, job in self.jobs.items()}

    @property
    def said(self) -> str:
        return "\n".join(job.said for job in self.jobs.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where jobs run. `variables`: on every runner. `tools`: a folder first on PATH.

    `outside`: what actions send things to. `instead`: a `run:` step by its whole text, and what is run in its place; each one
    given is named where it is given, since it is a hole in what the run shows.
    `kill`: asked while a step runs; once it says yes, the machine dies (SIGKILL), as it does when it is taken away.
    """

    forge: Forge
    folder: Path
    tools: Path
    outside: Outside
    variables: Mapping[str, str] = field(default_factory=dict)
    repository_variables: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    kill: Callable[[], bool] | None = None

    def start(self, workflow: Workflow, run: Run, *, only: str = "") -> Result:
        """All jobs of a run, or `only` one with those that it needs. The event has to be one that the file asks for."""
        assert run.event in workflow.on, f"{workflow.name} does not run on {run.event}"
        result = Result(run=run, jobs={})
        wanted = {only}.union(*(job.needs for job in workflow.jobs if job.id == only))
        for job in workflow.jobs:
            if only and job.id not in wanted:
                continue
            for name, matrix in self._entries(job, run, result):
                result.jobs[name] = self._job(workflow, job, name, matrix, run, result)
        failed = any(job.conclusion not in ("success", "skipped") for job in result.jobs.values())
        self.forge.finish(run, "failure" if failed else "success")
        return result

    def _entries(self, job: JobText, run: Run, result: Result) -> list[tuple[str, Mapping[str, str]]]:
        scope = Scope(contexts={**self._known(run, None), "needs": _needs(job, result)})
        # `if:` of a job is asked before its matrix: one that is left out needs none.
        if (
            not job.matrix
            or self._skipped(job, result)
            or not condition(job.condition, self._before(job, result, scope))
        ):
            return [(job.id, {})]
        rows = value_of(job.matrix, scope)["include"]
        return [(f"{job.id} ({row['id']})" if row["id"] else job.id, row) for row in rows]

    def _before(self, job: JobText, result: Result, scope: Scope) -> Scope:
        needed = [each for name, each in result.jobs.items() if name.split(" (")[0] in job.needs]
        return replace(scope, failed=any(each.conclusion != "success" for each in needed))

    def _skipped(self, job: JobText, result: Result) -> bool:
        needed = [each for name, each in result.jobs.items() if name.split(" (")[0] in job.needs]
        asks = re.search(r"\b(always|cancelled)\(\)", job.condition)
        return any(each.conclusion == "skipped" for each in needed) and not asks

    def _job(
        self, workflow: Workflow, text: JobText, name: str, matrix: Mapping[str, str], run: Run, result: Result
    ) -> JobResult:
        needed = [each for other, each in result.jobs.items() if other.split(" (")[0] in text.needs]
        contexts = {**self._known(run, None), "needs": _needs(text, result), "matrix": matrix}
        scope = Scope(contexts=contexts, failed=any(each.conclusion != "success" for each in needed))
        if self._skipped(text, result) or not condition(text.condition, scope):
            return JobResult(id=name, conclusion="skipped")
        environment = filled(text.environment, scope) or None
        try:
            job = self.forge.job(run, text.permissions, name=text.id, environment=environment)
        except NotAllowedError as refusal:
            return JobResult(id=name, conclusion="refused", steps=[StepResult(name=str(refusal), code=None)])
        contexts |= self._known(run, job)
        earlier = {name: files for each in result.jobs.values() for name, files in each.uploads.items()}
        going = _Going(machine=self, workflow=workflow, text=text, job=job, contexts=contexts, earlier=earlier)
        return going.go(name)

    def _known(self, run: Run, job: Job | None) -> dict[str, Any]:
        known = {
            "event": run.payload,
            "event_name": run.event,
            "ref": run.ref,
            "sha": run.head,
            "repository": self.forge.world.full_name,
            "run_id": str(run.id),
            "run_attempt": str(run.attempt),
            "actor": run.actor,
            "workflow": run.workflow,
            "token": job.token if job else "",
        }
        variables = {**self.repository_variables, **(job.variables if job else {})}
        return {"github": known, "secrets": dict(job.secrets) if job else {}, "vars": variables}


def _needs(job: JobText, result: Result) -> dict[str, Any]:
    return {
        name: {"outputs": each.outputs, "result": each.conclusion}
        for name, each in result.jobs.items()
        if name in job.needs
    }


@dataclass(slots=True, kw_only=True)
class _Going:
    """One job on its machine."""

    machine: Machine
    workflow: Workflow
    text: JobText
    job: Job
    contexts: dict[str, Any]
    steps: dict[str, Any] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)
    earlier: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    failed: bool = False

    def go(self, name: str) -> JobResult:
        place = self.machine.folder / f"{self.job.run.id}-{self.job.run.attempt}-{len(self.job.token)}-{name}"
        place = place.with_name(place.name.replace(" ", "-").replace("(", "").replace(")", ""))
        shutil.rmtree(place, ignore_errors=True)
        workspace, temp = place / "work", place / "temp"
        workspace.mkdir(parents=True)
        temp.mkdir()
        summary = place / "summary.md"
        summary.touch()
        (temp / "event.json").write_text(json.dumps(self.job.event), "utf-8")
        result = JobResult(id=name, conclusion="success", workspace=workspace)
        for number, step in enumerate(self.text.steps):
            done = self._step(step, number, workspace, temp, summary, result)
            result.steps.append(done)
            if done.code and done.code < 0:
                result.conclusion = "cancelled"
                break
            self.failed = self.failed or (bool(done.code) and not step.anyway)
        if result.conclusion == "success" and self.failed:
            result.conclusion = "failure"
        result.summary = summary.read_text("utf-8")
        result.outputs = {key: filled(value, self._scope()) for key, value in self.text.outputs.items()}
        return result

    def _scope(self, env: Mapping[str, str] | None = None) -> Scope:
        contexts = {**self.contexts, "steps": self.steps, "env": env or {}, "runner": {"os": "Linux"}}
        return Scope(contexts=contexts, failed=self.failed)

    def _step(
        self, step: Step, number: int, workspace: Path, temp: Path, summary: Path, result: JobResult
    ) -> StepResult:
        given = [self.workflow.env, self.text.env, step.env]
        env: dict[str, str] = dict(self.later)
        for each in given:
            env |= {key: filled(str(value), self._scope(env)) for key, value in each.items()}
        scope = self._scope(env)
        if not condition(step.condition, scope):
            self.steps[step.name] = {"outputs": {}, "outcome": "skipped"}
            return StepResult(name=step.name, code=None)
        if step.uses:
            inputs = {key: filled(str(value), scope) for key, value in step.given.items()}
            machine = self.machine
            return actions.use(
                step, inputs, machine.forge, self.job, workspace, result.uploads, self.earlier, machine.outside
            )
        files = {name: temp / f"{name.lower()}-{number}" for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH")}
        for file in files.values():
            file.touch()
        whole = self._environment(workspace, temp, summary, files) | env
        script = self.machine.instead.get(step.run, filled(step.run, scope))
        done = self._shell(step, script, workspace, temp / f"step-{number}.sh", whole)
        self.steps[step.name] = {
            "outputs": commands.read(files["GITHUB_OUTPUT"]),
            "outcome": "failure" if done.code else "success",
        }
        self.later |= commands.read(files["GITHUB_ENV"])
        return done

    def _environment(self, workspace: Path, temp: Path, summary: Path, files: Mapping[str, Path]) -> dict[str, str]:
        """Nothing of this machine's but where programs are found."""
        return {
            **self.machine.variables,
            **self.job.environ,
            **{name: str(file) for name, file in files.items()},
            "PATH": f"{self.machine.tools}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(temp),
            "LANG": "C.UTF-8",
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_EVENT_PATH": str(temp / "event.json"),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(temp),
        }

    def _shell(self, step: Step, script: str, workspace: Path, file: Path, env: Mapping[str, str]) -> StepResult:
        """`bash -e`, as GitHub starts `run:` where no shell is named."""
        file.write_text(script, "utf-8")
        command: Sequence[str] = ["bash", "-e", str(file)]
        out, err = file.with_suffix(".out"), file.with_suffix(".err")
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(
                command,
                cwd=workspace,
                env=env,
                stdout=to_out,
                stderr=to_err,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            code = _waited(process, self.machine.kill)
        read = [each.read_text("utf-8", "replace") for each in (out, err)]
        return StepResult(name=step.name, code=code, out=read[0], err=read[1])


def _waited(process: "subprocess.Popen[bytes]", kill: Callable[[], bool] | None) -> int:
    """Its exit code, negative where it was killed."""
    ends = time.monotonic() + LONGEST
    while (code := process.poll()) is None:
        if time.monotonic() > ends or (kill and kill()):
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()
        time.sleep(0.01)
    return code
