"""What loads slowly is loaded only by whoever sends something."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "reconciler.http",
        "reconciler.http.failures",
        "reconciler.http.reads",
        "reconciler.http.throttle",
        "reconciler.credentials.google",
        "reconciler.credentials.hosts",
    ],
)
def test_importing_it_loads_neither_httpx_nor_cryptography(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{'httpx', 'jwt', 'cryptography'}} & set(sys.modules)))"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert shown == "[]\n"
