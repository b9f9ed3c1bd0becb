"""The repository that `init` writes, by its own Makefile and a real pip: the released package comes in by its hash or not at all.

Without a network: the lock's other packages, which are in the tests' own environment already, are taken out of it. That they can be
installed by their hashes is shown wherever `make runtime` is run.
"""

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from flit_core.wheel import make_wheel_in

import reconciler
from reconciler.cli.main import cli
from tests.workflows.reading import ROOT

SAID: Final = ("--yes", "--name", "Alvesta kommun", "--code", "0764", "--school", "Åsaskolan", "--system", "google")
OTHERS: Final = "\n# Det som verktyget behöver\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(make_wheel_in(ROOT / "pyproject.toml", tmp_path_factory.mktemp("dist")).file)


@pytest.fixture
def town(tmp_path: Path, wheel: Path) -> Path:
    made = CliRunner().invoke(cli, ["init", str(tmp_path / "alvesta"), *SAID, "--package", str(wheel)])
    assert made.exit_code == 0, made.output
    lock = tmp_path / "alvesta" / "requirements.lock"
    ours, cut, others = lock.read_text("utf-8").partition(OTHERS)
    assert cut
    assert "click==" in others
    lock.write_text(ours, "utf-8")
    return tmp_path / "alvesta"


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    alone = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_CONFIG_FILE": os.devnull, "HOME": str(folder.parent)}
    return subprocess.run(
        words,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **alone},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def lend_packages(folder: Path) -> None:
    """What was taken out of the lock; our own package is linked there, which isn't followed."""
    (site,) = (folder / ".runtime" / "lib").glob("python3*/site-packages")
    (site / "packages.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")


def test_make_runtime_installs_the_package_of_the_lock_and_the_first_validate_passes_with_it(town: Path) -> None:
    made = run(town, "make", "runtime")
    assert made.returncode == 0, made.stderr
    lend_packages(town)

    version = run(town, ".runtime/bin/reconciler", "--version")
    checked = run(town, ".runtime/bin/reconciler", "validate")
    where = run(town, ".runtime/bin/python", "-c", "import reconciler; print(reconciler.__file__)")

    assert reconciler.__version__ in version.stdout, version.stderr
    assert checked.returncode == 0, checked.stdout
    assert where.stdout.startswith(str(town / ".runtime")), "the installed one, not this checkout"
    assert run(town, "make", "runtime").stdout == "make: Nothing to be done for 'runtime'.\n"


def test_a_package_that_is_not_the_one_of_the_lock_is_not_installed(town: Path) -> None:
    (file,) = (town / "tool").glob("*.whl")
    file.write_bytes(file.read_bytes() + b"\0")

    made = run(town, "make", "runtime")

    assert made.returncode != 0
    assert "DO NOT MATCH THE HASHES" in made.stderr
    assert not (town / ".runtime" / ".installed").exists()
    assert not (town / ".runtime" / "bin" / "reconciler").exists()


def test_a_line_without_a_hash_is_not_installed(town: Path) -> None:
    lock = town / "requirements.lock"
    lock.write_text(lock.read_text("utf-8").partition(" --hash=")[0] + "\n", "utf-8")

    made = run(town, "make", "runtime")

    assert made.returncode != 0
    assert "Hashes are required in --require-hashes mode" in made.stderr
    assert not (town / ".runtime" / ".installed").exists()
