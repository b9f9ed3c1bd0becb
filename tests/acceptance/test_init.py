"""A new municipality, as processes: init with the package that this source makes, then its first validate, check and plan."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flit_core.wheel import make_wheel_in

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(make_wheel_in(ROOT / "pyproject.toml", tmp_path_factory.mktemp("dist")).file)


def run(folder: Path, wheel: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """By the package itself and not by this source, as in the new repository."""
    return subprocess.run(
        [sys.executable, "-m", "reconciler", *words],
        cwd=folder,
        env=environment(wheel),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment(wheel: Path) -> dict[str, str]:
    unpacked = wheel.parent / "unpacked"
    if not unpacked.exists():
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(unpacked)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(unpacked), "PYTHONUTF8": "1"}


@contextmanager
def sandbox(folder: Path, wheel: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--seed", "sandbox.yaml"]
    with subprocess.Popen(
        command, cwd=folder, env=environment(wheel), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())["url"]
        finally:
            server.kill()


@pytest.mark.parametrize(
    ("systems", "forms", "places"),
    [
        (["google"], ["grundskola"], 24),
        (["intune"], ["förskola"], 18),
        (["google", "intune"], ["förskoleklass", "grundskola", "fritidshem", "anpassad-grundskola"], 54),
    ],
)
def test_the_first_validate_and_plan_pass_at_once(
    tmp_path: Path, wheel: Path, systems: list[str], forms: list[str], places: int
) -> None:
    """`places`: twelve devices for each pupils' group, twelve or six (PCs) for the staff's."""
    flags = [f"--system={one}" for one in systems] + [f"--form={one}" for one in forms]
    said = ["--name", "Alvesta kommun", "--code", "0764", "--school", "Åsaskolan", "--package", str(wheel)]

    made = run(tmp_path, wheel, "init", "alvesta", "--yes", *said, *flags)

    assert (made.returncode, made.stderr) == (0, "")
    new = tmp_path / "alvesta"
    assert not (new / "reconciler").exists()
    assert (new / "tool" / wheel.name).read_bytes() == wheel.read_bytes()
    validated = run(new, wheel, "validate", "--format", "json")
    assert json.loads(validated.stdout) == {"findings": [], "summary": {"errors": 0, "warnings": 0}}
    assert run(new, wheel, "check").returncode == 0
    assert run(new, wheel, "policy", "test").returncode == 0
    with sandbox(new, wheel) as url:
        planned = run(new, wheel, "plan", "--sandbox", url, "--out", "plan.json", "--format", "json")
    assert planned.returncode == 0, planned.stderr
    summary = json.loads(planned.stdout)["summary"]
    assert (summary["errors"], summary["destructive"], summary["devices"]) == (0, 0, places)


def test_a_second_init_leaves_the_first_alone(tmp_path: Path, wheel: Path) -> None:
    said = ["--yes", "--no-workflows", "--name", "Alvesta kommun", "--code", "0764", "--school", "Åsaskolan"]
    assert run(tmp_path, wheel, "init", "alvesta", *said).returncode == 0
    before = {file: file.read_bytes() for file in (tmp_path / "alvesta").rglob("*") if file.is_file()}

    again = run(tmp_path, wheel, "init", "alvesta", *said)

    assert again.returncode == 1
    assert "INIT-NOT-EMPTY" in again.stderr
    assert {file: file.read_bytes() for file in (tmp_path / "alvesta").rglob("*") if file.is_file()} == before
