"""`reconciler drift` as a process: a system that agrees, a change by hand, and a system that can't be read."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.contract.running import SEED

TODAY = ("--today", "2026-11-21")
BY_HAND = [
    {"move_devices": {"serials": "NORR{0001,0002}", "to": "/Elever"}},
    {"rename_org_unit": {"path": "/Enheter/Norrskolan", "name": "anna.andersson@example.se"}},
]


@pytest.fixture
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
    shutil.copytree(SEED.parent, found, ignore=shutil.ignore_patterns("seed*.yaml", ".reconciler"))
    return found


def run(root: Path, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RECONCILER_")}
    where = {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.run(
        [sys.executable, "-m", "reconciler", *words, "--root", str(root), *TODAY],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=clean | where | dict(environment or {}),
    )


def edit_by_hand(url: str) -> None:
    data = json.dumps(BY_HAND).encode()
    request = urllib.request.Request(f"{url}/_sandbox/perturb", data=data, method="POST")  # noqa: S310  # loopback
    with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310  # loopback
        assert reply.status == 200


def system(root: Path, url: str) -> tuple[int, dict[str, Any]]:
    done = run(root, "drift", "--sandbox", url, "--format", "json", "--exit-code")
    (found,) = json.loads(done.stdout)["backends"]
    return done.returncode, found


def test_what_a_plan_asks_for_is_told_until_it_is_applied_and_nothing_is_put_back(root: Path, url: str) -> None:
    code, before = system(root, url)
    assert (code, before["standing"]) == (3, "differs")

    plan = root.parent / "plan.json"
    assert run(root, "plan", "--sandbox", url, "--out", str(plan)).returncode == 0
    assert run(root, "apply", str(plan), "--sandbox", url).returncode == 0
    code, after = system(root, url)

    assert (code, after["standing"], after["whole"], after["differences"]) == (0, "agrees", True, [])

    edit_by_hand(url)
    code, found = system(root, url)

    assert (code, found["standing"]) == (3, "differs")
    assert {(one["key"]["kind"], one["key"]["target"], one["devices"]) for one in found["differences"]} == {
        ("membership", "@norr/elever", 2),
        ("group", "@norr", 0),
    }
    told = run(root, "drift", "--sandbox", url).stdout
    assert "2 enheter hör hemma här men finns utanför våra grupper" in told  # and they are there the second time too
    for text in (told, json.dumps(found)):
        assert "anna.andersson" not in text
        assert "NORR000" not in text


def test_a_system_that_can_not_be_read_is_never_agreement(root: Path) -> None:
    done = run(root, "drift", "--sandbox", "http://127.0.0.1:1", "--format", "json", "--exit-code")
    (found,) = json.loads(done.stdout)["backends"]

    assert done.returncode == 1
    assert (found["standing"], found["whole"]) == ("not-read", False)
    assert [one["code"] for one in found["findings"]] == ["SANDBOX-NOT-STARTED"]


def test_a_backend_that_is_not_there(root: Path) -> None:
    done = run(root, "drift", "--backend", "finns-inte")

    assert done.returncode == 2
    assert "finns-inte" in done.stderr


def test_files_that_make_no_organisation(tmp_path: Path) -> None:
    done = run(tmp_path, "drift")

    assert done.returncode == 1
    assert done.stdout == ""
