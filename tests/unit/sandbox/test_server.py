"""The sandbox as a process on a socket."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler import sandbox
from tests.unit.sandbox.conftest import DIRECTORY, SEED

HEADERS = {"Authorization": "Bearer sandbox-write"}
UNITS = f"{DIRECTORY}/orgunits"


def _start(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "reconciler.sandbox", "--port", "0", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def _stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    return process.returncode, out, err


@pytest.fixture
def url() -> Iterator[str]:
    """A server of its own; whatever a test does to it, it ends cleanly and has nothing to say."""
    process, ready = _start("--seed", str(SEED))
    yield str(ready["url"])
    assert _stop(process) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_line_when_ready_and_silence_until_the_end(number: signal.Signals) -> None:
    process, ready = _start("--option", "max_moves=7")
    assert ready["pid"] == process.pid
    assert httpx.get(f"{ready['url']}/_sandbox/options").json()["max_moves"] == 7
    assert ready["url"].startswith("http://127.0.0.1:")
    assert httpx.get(f"{ready['url']}{UNITS}", headers=HEADERS).status_code == 200
    assert _stop(process, number) == (0, "", "")


def test_the_state_is_kept_in_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "state.json"
    process, ready = _start("--seed", str(SEED), "--state", str(kept))
    httpx.post(f"{ready['url']}{UNITS}", headers=HEADERS, json={"name": "Ny", "parentOrgUnitPath": "/"})
    _stop(process)
    process, ready = _start("--state", str(kept))
    assert httpx.get(f"{ready['url']}{UNITS}/Ny", headers=HEADERS).status_code == 200
    _stop(process)


def test_seed_and_reset_over_the_socket(url: str, tmp_path: Path) -> None:
    before = httpx.get(f"{url}/_sandbox/state").text
    httpx.delete(f"{url}{UNITS}/Personal", headers=HEADERS)
    sandbox.reset(url)
    assert httpx.get(f"{url}/_sandbox/state").text == before
    seed = tmp_path / "tom.yaml"
    seed.write_text("customer: {id: C0tom, domain: tom.example.se}\n", encoding="utf-8")
    sandbox.seed(url, seed)
    assert httpx.get(f"{url}/_sandbox/state").json()["google"]["customer"] == "C0tom"


def test_swedish_names_over_the_socket(url: str) -> None:
    got = httpx.get(f"{url}{UNITS}/Chromebooks/Söderskolan", headers=HEADERS)
    assert got.json()["orgUnitPath"] == "/Chromebooks/Söderskolan"


def test_faults_end_the_connection_for_real(url: str) -> None:
    for fault in ({"kind": "cut"}, {"kind": "write-then-cut"}):
        httpx.post(f"{url}/_sandbox/faults", json=fault)
        with pytest.raises(httpx.TransportError):
            httpx.delete(f"{url}{UNITS}/Personal", headers=HEADERS)
    assert httpx.get(f"{url}{UNITS}/Personal", headers=HEADERS).status_code == 404
    httpx.post(f"{url}/_sandbox/faults", json={"kind": "write-then-timeout", "seconds": 20})
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{url}{UNITS}", headers=HEADERS, json={"name": "Ny", "parentOrgUnitPath": "/"}, timeout=0.5)
    assert httpx.get(f"{url}{UNITS}/Ny", headers=HEADERS).status_code == 200


def test_many_clients_at_once(url: str) -> None:
    def insert(number: int) -> int:
        body = {"name": f"Klass {number:02d}", "parentOrgUnitPath": "/Projekt"}
        return httpx.post(f"{url}{UNITS}", headers=HEADERS, json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(insert, range(40))) == {200}
    children = httpx.get(f"{url}{UNITS}?orgUnitPath=Projekt", headers=HEADERS).json()["organizationUnits"]
    assert sorted(unit["name"] for unit in children) == [f"Klass {number:02d}" for number in range(40)]
    assert len({unit["orgUnitId"] for unit in children}) == 40


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.se", "::"])  # noqa: S104 - is refused
def test_only_loopback(host: str) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        sandbox.serve(host=host)
    with pytest.raises(ValueError, match="not the address of a sandbox"):
        sandbox.reset(f"http://{host}:1/")


def test_a_bad_seed_is_an_error_without_traceback(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("nej: 1\n", encoding="utf-8")
    process = subprocess.run(
        [sys.executable, "-m", "reconciler.sandbox", "--seed", str(seed)], capture_output=True, text=True, timeout=30
    )
    assert process.returncode == 2
    assert "unknown key 'nej'" in process.stderr
    assert "Traceback" not in process.stderr
