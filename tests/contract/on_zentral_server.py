"""The contract on a Zentral server that somebody runs: `make contract-zentral`, with where it is in the environment.

ZENTRAL_URL        https://host (on this machine http too)
ZENTRAL_TOKEN      an API token that may see, add, change and delete
ZENTRAL_BLUEPRINT  name of a blueprint for tests: its iPads get profiles and apps while this runs

Started by itself it prints why it was skipped, or what came of it. Not collected with the other tests: they need no server.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import click
import pytest

from tests.contract.cases import Case, read_cases
from tests.contract.running import Run, carry_out, new_run
from tests.contract.zentral_server import ServerLive, console_of, find_names, take_away, why_not

VARIABLES = ("ZENTRAL_URL", "ZENTRAL_TOKEN", "ZENTRAL_BLUEPRINT")
CASES = read_cases()


def missing(environment: Mapping[str, str]) -> list[str]:
    return [name for name in VARIABLES if not environment.get(name, "").strip()]


@pytest.fixture(scope="module")
def server() -> Iterator[ServerLive]:
    """As it was before is how it is afterwards, whatever becomes of the cases; what a killed run left is taken away first."""
    url, token, blueprint = (os.environ[name].strip() for name in VARIABLES)
    with closing(console_of(url, token)) as console:
        take_away(console)
        live = ServerLive(url.rstrip("/"), token, find_names(console, url=url, blueprint=blueprint), console)
        before = live.others()
        try:
            yield live
        finally:
            kept = take_away(console)
        live.shown = None
        after = live.others()
    assert after == before, "something that isn't this suite's is not as it was: by it, or by somebody else meanwhile"
    assert kept == [], f"the server keeps what was sent to devices; unlinked, and without effect: {kept}"


@pytest.fixture
def run(server: ServerLive, case: Case, tmp_path: Path) -> Iterator[Run]:
    reason = why_not(case, server.names)
    if reason:
        pytest.skip(reason)
    try:
        yield new_run(server, tmp_path, case.files)
    finally:
        take_away(server.console)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_case(case: Case, run: Run) -> None:
    try:
        carry_out(case, run, afresh=True)
    except AssertionError as failed:
        if "APPLY-STOPPED" in str(failed):  # Ctrl-C reached an apply, which ends in order; the next case isn't to begin
            raise KeyboardInterrupt from failed
        raise


def main() -> int:
    """Exit code: 0 for skipped and for passed, pytest's for the rest."""
    if lacking := missing(os.environ):
        click.echo(
            f"contract-zentral: skipped, since {', '.join(lacking)} is not set. It needs a server; see README.md."
        )
        return 0
    return int(pytest.main(["-q", "-n0", "-rs", "-p", "no:cacheprovider", "--durations=3", __file__]))


if __name__ == "__main__":
    sys.exit(main())
