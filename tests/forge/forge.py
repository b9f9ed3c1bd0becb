"""The forge, as tests hold it: people act through this, the product through HTTP."""

import threading
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.forge.app import create_app
from tests.forge.clock import Clock
from tests.forge.faults import Fault
from tests.forge.git import made
from tests.forge.happenings import HEADS
from tests.forge.people import People
from tests.forge.state import BOT, Settings, World
from tests.forge.workflows import Workflows

BOT_ID = 41898282
"""GitHub's number for github-actions[bot], in every repository."""


class Forge(People, Workflows):
    """One organisation with one repository, kept at `path` as a bare Git repository that anybody may push to."""

    def __init__(
        self,
        path: Path,
        clock: Clock | None = None,
        *,
        organisation: str = "granby-kommun",
        name: str = "skolenheter",
        settings: Settings | None = None,
    ) -> None:
        self.world = World(
            git=made(path),
            clock=clock or Clock(),
            organisation=organisation,
            name=name,
            settings=settings or Settings(),
        )
        self.app: WSGIApplication = create_app(self.world)
        self._server: BaseWSGIServer | None = None
        self._add_person(BOT, BOT_ID, kind="Bot", member=False, level="write")
        self.world.refs = self.git.refs(HEADS)

    def fault(self, fault: Fault) -> Fault:
        """See `tests.forge.faults`."""
        self.world.faults.append(fault)
        return fault

    def serve(self) -> str:
        """On a free port of loopback, in a thread of its own, until `stop`; gives the address (GITHUB_API_URL)."""
        if self._server is None:
            self._server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=_handler(self.clock))
            threading.Thread(target=self._server.serve_forever, daemon=True).start()
            self.world.url = f"http://127.0.0.1:{self._server.server_port}"
        return self.world.url

    def stop(self) -> None:
        """No more; the state stays, and it may be served again."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def _handler(clock: Clock) -> type[WSGIRequestHandler]:
    """Answers are dated by the forge's clock, as GitHub dates its own: a server by itself would tell the machine's time."""

    class Dated(_Quiet):
        def date_time_string(self, timestamp: float | None = None) -> str:
            at = clock.now if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
            return format_datetime(at, usegmt=True)

    return Dated


class _Quiet(WSGIRequestHandler):
    """Says nothing: what was asked is in the forge's own log."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name that werkzeug gives it
        """Nothing."""
