"""Workflow files as data, with GitHub's defaults filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / ".github" / "workflows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Either `run` or `uses` is set."""

    name: str
    run: str
    uses: str
    given: Mapping[str, Any]
    env: Mapping[str, str]
    condition: str
    anyway: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobText:
    """`permissions` as the token gets them: the job's own, else the workflow's."""

    id: str
    needs: Sequence[str]
    condition: str
    permissions: Mapping[str, str]
    environment: str
    env: Mapping[str, str]
    matrix: str
    outputs: Mapping[str, str]
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    name: str
    on: Mapping[str, Any]
    env: Mapping[str, str]
    jobs: Sequence[JobText]
    raw: Mapping[str, Any]


def read_workflow(file: Path) -> Workflow:
    raw = yaml.safe_load(file.read_text("utf-8"))
    on = raw.get("on", raw.get(True))  # YAML 1.1, which PyYAML reads, takes `on` for true
    permissions = raw.get("permissions", {})
    return Workflow(
        name=file.stem,
        on=on if isinstance(on, dict) else dict.fromkeys([on] if isinstance(on, str) else on),
        env=raw.get("env", {}),
        jobs=tuple(_job(name, job, permissions) for name, job in raw["jobs"].items()),
        raw=raw,
    )


def _job(name: str, job: Mapping[str, Any], permissions: Mapping[str, str]) -> JobText:
    needs, environment = job.get("needs", []), job.get("environment", "")
    return JobText(
        id=name,
        needs=[needs] if isinstance(needs, str) else needs,
        condition=str(job.get("if", "success()")),
        permissions=job.get("permissions", permissions),
        environment=environment if isinstance(environment, str) else environment["name"],
        env=job.get("env", {}),
        matrix=job.get("strategy", {}).get("matrix", ""),
        outputs=job.get("outputs", {}),
        steps=tuple(_step(step) for step in job["steps"]),
    )


def _step(step: Mapping[str, Any]) -> Step:
    what = str(step.get("run") or step.get("uses"))
    return Step(
        name=step.get("id") or what.strip().splitlines()[0],
        run=step.get("run", ""),
        uses=step.get("uses", ""),
        given=step.get("with", {}),
        env=step.get("env", {}),
        condition=str(step.get("if", "success()")),
        anyway=bool(step.get("continue-on-error", False)),
    )
