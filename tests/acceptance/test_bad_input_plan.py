"""Bad input to plan and apply: each says its own message and what to do; nothing is written, no traceback."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.credentials import google as google_credentials
from reconciler.credentials.google import Purpose
from reconciler.model.change import Outcome
from reconciler.planning.planfile import read_plan, write_plan
from reconciler.sandbox import load_seed
from tests.contract.google_live import google_live
from tests.contract.running import SEED, new_run

SMALL = SEED.parent
TODAY = "2026-11-21"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    command = [sys.executable, "-m", "reconciler.sandbox", "--port", "0", "--seed", str(SEED)]
    with subprocess.Popen([*command, "--option", "policy_quota=newer"], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = tmp_path / "repository"
    shutil.copytree(SMALL, found, ignore=shutil.ignore_patterns("seed.yaml", ".reconciler"))
    return found


def _edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


def _run(
    root: Path, *arguments: str, today: str = TODAY, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reconciler", *arguments, "--root", str(root), "--today", today, "--lang", "en"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RECONCILER_")}
    where = {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env=clean | where | dict(environment or {})
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def _writes(url: str) -> list[Any]:
    with urllib.request.urlopen(f"{url}/_sandbox/requests", timeout=10) as reply:  # noqa: S310  # loopback
        log = json.loads(reply.read())
    return [one for one in log if one["method"] != "GET" and not one["path"].endswith(":resolve")]


def _findings(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return {one["code"]: one for one in json.loads(done.stdout)["findings"]}


def test_two_groups_that_claim_one_device(root: Path, url: str) -> None:
    """The line is named, the devices stay, and the rest of the plan is saved."""
    _edit(root, "schools/syd.yaml", 'location: "SYD*"', 'location: "*0[12]"')
    saved = root.parent / "plan.json"
    done = _run(root, "plan", "--sandbox", url, "--out", str(saved), "--format", "json")
    found = _findings(done)["DEVICE-CLAIMED-TWICE"]
    assert done.returncode == 1
    assert (found["file"], found["line"], found["severity"]) == ("schools/syd.yaml", 12, "error")
    assert saved.exists()
    assert _writes(url) == []


def test_two_groups_that_claim_one_device_are_both_named(root: Path, url: str) -> None:
    _edit(root, "schools/syd.yaml", 'location: "SYD*"', 'location: "*0[12]"')
    found = _findings(_run(root, "plan", "--sandbox", url, "--format", "json"))["DEVICE-CLAIMED-TWICE"]
    assert "schools/norr.yaml:12" in found["message"] + found["hint"]


def test_a_group_that_matches_no_device_is_a_warning(root: Path, url: str) -> None:
    _edit(root, "schools/syd.yaml", 'location: "SYD*"', 'location: "SUD*"')
    done = _run(root, "plan", "--sandbox", url, "--format", "json")
    found = _findings(done)["GROUP-WITHOUT-DEVICES"]
    assert (found["file"], found["line"], found["severity"]) == ("schools/syd.yaml", 12, "warning")
    assert done.returncode == 0


def test_another_customer(root: Path, url: str) -> None:
    _edit(root, "organisation.yaml", "C0sandbox", "C0annan01")
    done = _run(root, "plan", "--sandbox", url, "--format", "json")
    found = _findings(done)[
        "GOOGLE-NOT-ALLOWED"
    ]  # Google says of another's customer id what it says of a lacking right
    assert done.returncode == 1
    assert "C0annan01" in found["message"] + found["hint"]
    assert (found["file"], found["line"]) == ("organisation.yaml", 6)


def test_no_credential(root: Path) -> None:
    done = _run(root, "plan", "--format", "json")
    found = _findings(done)["CREDENTIAL-MISSING"]
    assert done.returncode == 1
    assert "RECONCILER_GOOGLE_TOKEN" in found["message"] + found["hint"]


def test_a_foreign_host_is_refused_before_anything_is_sent(root: Path) -> None:
    """The token must not go where a file says; nobody has to listen there for the test to be a test."""
    _edit(root, "organisation.yaml", "root: /Enheter", "root: /Enheter, host: evil.example.se")
    done = _run(root, "plan", "--format", "json", environment={"RECONCILER_GOOGLE_TOKEN": "hemlig.token-123"})
    found = _findings(done)["HOST-NOT-BOUND"]
    assert done.returncode == 1
    assert "evil.example.se" in found["message"] + found["hint"]
    assert "hemlig" not in done.stdout + done.stderr


def test_a_sandbox_that_is_not_on_this_machine(root: Path) -> None:
    done = _run(root, "plan", "--sandbox", "http://192.0.2.1:1", "--format", "json")
    assert done.returncode in (1, 2)
    assert "192.0.2.1" in done.stdout + done.stderr


def test_a_sandbox_that_does_not_answer(root: Path) -> None:
    done = _run(root, "plan", "--sandbox", "http://127.0.0.1:1", "--format", "json")
    assert done.returncode == 1
    assert "SANDBOX-NOT-STARTED" in _findings(done)


@pytest.fixture
def saved(root: Path, url: str) -> Path:
    path = root.parent / "plan.json"
    assert _run(root, "plan", "--sandbox", url, "--out", str(path)).returncode == 0
    return path


def _cut(path: Path, _root: Path) -> None:
    path.write_bytes(path.read_bytes()[:-300])


def _change_a_value(path: Path, _root: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "FORCED" in text
    path.write_text(text.replace("FORCED", "BLOCKED"), encoding="utf-8")


def _other_version(path: Path, _root: Path) -> None:
    """A file that is whole, and not ours."""
    plan = read_plan(path.read_text(encoding="utf-8"), tool_version=_version(path))
    path.write_text(write_plan(replace(plan, tool_version="99.0")), encoding="utf-8")


def _version(path: Path) -> str:
    found: str = json.loads(path.read_text(encoding="utf-8"))["body"]["tool_version"]
    return found


def _other_tenant(path: Path, _root: Path) -> None:
    plan = read_plan(path.read_text(encoding="utf-8"), tool_version=_version(path))
    tenants = tuple(replace(one, identity="C0sandbox/03ph8a2zannan") for one in plan.tenants)
    path.write_text(write_plan(replace(plan, tenants=tenants)), encoding="utf-8")


def _older_state(_path: Path, root: Path) -> None:
    _edit(root, "schools/norr.yaml", ", power-wash: blocked", "")


def _not_a_plan(path: Path, _root: Path) -> None:
    path.write_text('{"namn": "något annat"}', encoding="utf-8")


def _observed(_path: Path, root: Path) -> None:
    _edit(root, "organisation.yaml", "mode: apply", "mode: observe")


REFUSED: Mapping[str, tuple[Callable[[Path, Path], None], str]] = {
    "cut short": (_cut, "PLAN-DAMAGED"),
    "edited": (_change_a_value, "PLAN-DAMAGED"),
    "not a plan": (_not_a_plan, "PLAN-NOT-A-PLAN"),
    "made by another version": (_other_version, "PLAN-OTHER-VERSION"),
    "for another tenant": (_other_tenant, "PLAN-OTHER-TENANT"),
    "for an older state of the files": (_older_state, "PLAN-OLDER-STATE"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_plan_file_that_is_refused(name: str, saved: Path, root: Path, url: str) -> None:
    edit, code = REFUSED[name]
    edit(saved, root)
    _refused(root, saved, url, code)


def test_a_plan_that_has_lapsed(root: Path, url: str) -> None:
    _edit(root, "schools/norr.yaml", "required: [kami]", 'required: [{app: kami, until: "2026-12-18"}]')
    path = root.parent / "plan.json"
    assert _run(root, "plan", "--sandbox", url, "--out", str(path)).returncode == 0
    _refused(root, path, url, "PLAN-LAPSED", today="2026-12-19")


def test_a_backend_that_is_only_observed(root: Path, url: str) -> None:
    _observed(root, root)
    path = root.parent / "plan.json"
    assert _run(root, "plan", "--sandbox", url, "--out", str(path)).returncode == 0
    _refused(root, path, url, "BACKEND-OBSERVE")


def _refused(root: Path, path: Path, url: str, code: str, today: str = TODAY) -> None:
    done = _run(root, "apply", str(path), "--sandbox", url, today=today)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert code in said, said
    assert _writes(url) == []


def test_a_token_that_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(google_credentials.SANDBOX_TOKENS, Purpose.APPLY, "utgangen")
    plan = new_run(google_live(load_seed(SEED)), tmp_path).plan()
    assert [finding.code for finding in plan.findings] == ["CREDENTIAL-TOKEN-REJECTED"]
    assert plan.changes == ()


def test_a_scope_that_is_lacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader's identity may plan and may not apply: every write is refused, named, and nothing is done."""
    monkeypatch.setitem(google_credentials.SANDBOX_TOKENS, Purpose.APPLY, "sandbox-read")
    live = google_live(load_seed(SEED))
    run = new_run(live, tmp_path)
    plan = run.plan()
    result = run.apply(plan).result
    assert result is not None
    assert {one.outcome for one in result.results} == {Outcome.FAILED, Outcome.SKIPPED}
    assert {one.reason for one in result.results} == {"GOOGLE-SCOPE-LACKING", "APPLY-DEPENDENCY"}
    assert live.writes() == []


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (("--out", "nowhere/result.json"), "can't be written"),
        (("--journal", "nowhere/journal"), "can't be written"),
        (("--out", "schools/norr.yaml"), "neither a plan"),
        (("--journal", "organisation.yaml"), "neither a plan"),
    ],
)
def test_a_file_that_must_not_be_written_stops_apply_before_it_begins(
    saved: Path, root: Path, url: str, where: tuple[str, str], said: str
) -> None:
    option, name = where
    before = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    done = _run(root, "apply", str(saved), "--sandbox", url, option, str(root / name))
    assert done.returncode == 1
    assert said in done.stderr
    assert _writes(url) == []
    assert {path: path.read_bytes() for path in root.rglob("*.yaml")} == before


def test_a_plan_is_not_saved_over_a_school(root: Path, url: str) -> None:
    school = root / "schools/norr.yaml"
    before = school.read_bytes()
    done = _run(root, "plan", "--sandbox", url, "--out", str(school))
    assert (done.returncode, done.stdout) == (1, "")
    assert "neither a plan" in done.stderr
    assert school.read_bytes() == before
