"""The same municipality with the commands in this process, on a clock that only sleeping moves: for what is tried many times over."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.adapters.wiring import Wiring
from reconciler.cli.main import cli
from reconciler.forge.connect import connect
from reconciler.http.clock import VirtualTime
from tests.acceptance.ci_world import APPLY, Done, World, world
from tests.acceptance.test_ci_flow import asked, filled
from tests.forge.faults import Fault
from tests.forge.state import Run


class Swift(World):
    """`run` starts no process. What ends a command otherwise than by an exit code of its own fails the test."""

    def run(self, run: Run, permissions: Mapping[str, str], *words: str) -> Done:
        outside: dict[str, str | None] = dict.fromkeys(("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"))
        done = CliRunner().invoke(cli, list(words), env={**outside, **self.environ(run, permissions)})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(code=done.exit_code, out=done.stdout, err=done.stderr)

    def break_off(self, status: int, after: int, message: str) -> Fault:
        """From the request after so many on, the forge answers nothing else, until `mend`."""
        return self.hub.fault(Fault(status=status, times=10**6, skip=after, message=message))

    def mend(self, fault: Fault) -> None:
        fault.times = 0
        self.hub.clock.tick(hours=2)

    def asks(self) -> list[tuple[str, str]]:
        """What was asked of the forge since the log was cleared, as `("GET", "repos/get")`."""
        return [(entry.verb, str(entry.operation)) for entry in self.hub.world.log]

    def job(self, event: str = "workflow_dispatch") -> Run:
        return self.hub.run(event, actor="anna", workflow="hand")


@contextmanager
def on_virtual_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualTime]:
    """Every connection of this process, to the forge and to systems: nothing waits for anything."""
    time = VirtualTime()
    for made in (connect, Wiring.__init__):
        assert made.__kwdefaults__ is not None
        monkeypatch.setitem(made.__kwdefaults__, "clock", time.clock())
    yield time


@contextmanager
def swift_world(folder: Path, *, applied: bool = True) -> Iterator[Swift]:
    """`applied`: what came with the first commit was approved by name and is carried out."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        on_virtual_time(monkeypatch),
        world(folder, "--no-quotas") as slow,
    ):
        town = Swift(hub=slow.hub, mdm=slow.mdm, folder=slow.folder)
        if applied:
            assert town.apply().code == 4
            town.accept(filled(asked(town)))
            done = town.apply()
            assert done.code == 0, done.said
        yield town


__all__ = ["APPLY", "Swift", "swift_world"]
