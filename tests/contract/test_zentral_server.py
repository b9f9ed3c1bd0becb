"""The contract's run on somebody's server, tried on the sandbox: it is safe there, also when it is killed, and says what it skips."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx
import pytest

from reconciler.http.clock import Clock
from reconciler.sandbox import load_seed
from tests.contract.cases import Step, read_cases
from tests.contract.running import ZENTRAL_SEED, carry_out, carry_step, new_run
from tests.contract.zentral_live import ZentralLive, zentral_live
from tests.contract.zentral_server import PREFIX, ServerLive, console_of, find_names, take_away, why_not
from tests.contract.zentral_tables import links_of

ROOT = Path(__file__).parents[2]
URL, TOKEN = "https://zentral.example.se", "sandbox-write"
CASES = {case.case: case for case in read_cases()}
CHOSEN = [
    "from an empty tenant to a full one",
    "a foreign tag of our name",
    "a tag of ours that something excludes",
    "what others wrote into the link of a profile of ours",
    "an app that others have an artifact for",
    "an app of ours that others use too",
    "a group moved to another school",
]


@pytest.fixture
def sandbox() -> ZentralLive:
    """The small server with iPads enough; two of those that it has bear a letter that no serial number has in files."""
    live = zentral_live(load_seed(ZENTRAL_SEED))
    more = {"count": 2, "serial_prefix": "TILL", "model": "iPad13,18", "os_version": "18.1", "blueprint": "Lillköping"}
    live.edit({"zentral_add_devices": more})
    return live


@pytest.fixture
def server(sandbox: ZentralLive) -> Iterator[ServerLive]:
    """The sandbox as a server of its own: its API at the host's root, real names of devices and apps found there."""
    inner = sandbox.app.wsgi_app

    def outer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return inner({**environ, "PATH_INFO": f"/zentral{environ['PATH_INFO']}"}, start)

    def transport() -> httpx.BaseTransport:
        return httpx.WSGITransport(app=outer)

    time = sandbox.sandbox.clock
    console = console_of(URL, TOKEN, transport)
    names = find_names(console, url=URL, blueprint="Lillköping")
    clock = Clock(monotonic=time.now, wall=time.now, sleep=time.advance)
    yield ServerLive(URL, TOKEN, names, console, transport=transport, clock=clock)
    console.close()


def _ours(sandbox: ZentralLive) -> list[str]:
    tables = sandbox.tables()
    rows = [row for kind in ("tags", "taxonomies", "artifacts") for row in tables.rows[kind]]
    return [row["name"] for row in rows if row["name"].startswith(PREFIX)]


@pytest.mark.parametrize("name", CHOSEN)
def test_a_case_leaves_a_server_as_it_was(name: str, sandbox: ZentralLive, server: ServerLive, tmp_path: Path) -> None:
    before = sandbox.others()
    carry_out(CASES[name], new_run(server, tmp_path, CASES[name].files), afresh=True)
    assert _ours(sandbox) != []
    assert take_away(server.console) == []
    assert (_ours(sandbox), sandbox.others()) == ([], before)
    assert sandbox.state.machine_tags.keys() == {"NORR0001", "SYD0001", "NORR0002", "NORR0003"}


def test_what_a_killed_run_left_is_taken_away_by_the_next(
    sandbox: ZentralLive, server: ServerLive, tmp_path: Path
) -> None:
    """Half an apply, a tag of the case's own, and a row in somebody else's link."""
    before = sandbox.others()
    run = new_run(server, tmp_path)
    carry_step(Step(step="start"), run)
    tag = {"name": "Utvärdering", "serials": ["OKÄND0001"]}
    server.edit({"add_tag": tag})
    server.edit({"link": {"artifact": "=Numbers för hand", "tags": {"@norr/elever": 100}}})
    server.edit({"unlink": {"artifact": "@norr/elever/com.apple.applicationaccess"}})
    assert sandbox.others() != before

    assert take_away(server.console) == []

    assert _ours(sandbox) == []
    assert _without_times(sandbox.others()) == _without_times(before)


def _without_times(text: str) -> list[str]:
    return [line for line in text.splitlines() if '"updated_at"' not in line]


def test_a_tag_that_somebody_else_excludes_is_left_and_named(
    sandbox: ZentralLive, server: ServerLive, tmp_path: Path
) -> None:
    """Deleted, it would give the excluded devices what they are kept from."""
    carry_step(Step(step="start"), new_run(server, tmp_path))
    server.edit({"link": {"artifact": "=Kommunens wifi", "excluded": ["@syd/elever"]}})
    wifi = sandbox.tables().named("artifacts", "Kommunens wifi")["id"]
    before = links_of(sandbox.tables(), wifi)

    kept = take_away(server.console)

    assert sorted(kept) == [f"{PREFIX} [reconciler:1 org=11111111-2222-4333-8444-555555555555]", f"{PREFIX}syd/elever"]
    assert links_of(sandbox.tables(), wifi) == before


SKIPPED = {
    "a device that no group claims any more": "REST can't do it: set_device",
    "more deletions than a plan may make": "the case is about single-values",
    "more moves than a plan may make": "it changes a pattern, and here devices are named by serial number",
    "whose change it is": "it changes a pattern, and here devices are named by serial number",
    "a tag that somebody made in our taxonomy": "a serial number beats a pattern in it, and here all devices are named",
}


@pytest.mark.parametrize("name", SKIPPED)
def test_what_a_server_can_not_be_asked_is_skipped_with_its_reason(name: str, server: ServerLive) -> None:
    assert why_not(CASES[name], server.names).startswith(SKIPPED[name])


def test_a_server_with_few_devices_skips_what_needs_more(sandbox: ZentralLive, server: ServerLive) -> None:
    sandbox.edit({"remove_devices": {"serials": "NORR{0003..0006}"}})
    sandbox.edit({"remove_devices": {"serials": "SYD{0001..0003}"}})
    names = find_names(server.console, url=URL, blueprint="Lillköping")
    assert why_not(CASES["a group renamed"], names) == ""
    assert why_not(CASES["devices moved by hand"], names).startswith("it needs ")


@pytest.mark.parametrize("name", ["ZENTRAL_URL", "ZENTRAL_TOKEN", "ZENTRAL_BLUEPRINT"])
def test_without_a_server_it_says_that_it_was_skipped(name: str) -> None:
    others = {"ZENTRAL_URL": "https://127.0.0.1:1", "ZENTRAL_TOKEN": "hemligt", "ZENTRAL_BLUEPRINT": "Skolor"}
    environment = {key: value for key, value in others.items() if key != name} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.contract.on_zentral_server"]
    found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout == f"contract-zentral: skipped, since {name} is not set. It needs a server; see README.md.\n"
