"""The same documents give the same result in every process, whatever the hashes of its strings."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

PROGRAM = """
from tests.unit.compile.test_texts import everything_wrong
from tests.unit.compile.writing import TODAY, table
from reconciler.compile.explain import explain
from reconciler.compile.state import compile_state

files = everything_wrong()
state = compile_state(files, table(), TODAY)
groups = [(key, one.effective, one.on_devices, sorted(one.reaches)) for key, one in state.groups.items()]
print(groups, state.user_layers, state.skipped, state.findings, explain(files, state, table(), "norr"))
"""


def printed(seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_seed_of_hashes_does_not_show() -> None:
    first = printed("1")

    assert "SETTING-LOOSENED" in first
    assert printed("2") == first
