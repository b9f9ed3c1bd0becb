"""A small municipality in a folder, and tenants in a sandbox in process for its backends."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from email.utils import formatdate
from pathlib import Path

import flask
import httpx

from reconciler.adapters.wiring import Wiring
from reconciler.credentials.google import Purpose
from reconciler.http.clock import Clock
from reconciler.model.adapter import Adapter
from reconciler.model.documents import Backend, Documents
from reconciler.reconcile.connect import connect
from reconciler.sandbox import ManualClock, State, create_app, dump, load_seed

TODAY = date(2026, 11, 21)
CASE = Path(__file__).parents[2] / "cases" / "first-meeting"


@dataclass(slots=True)
class World:
    """`sent` are the paths of all requests; `unreachable` the backends that no connection comes through to."""

    root: Path
    app: flask.Flask
    clock: ManualClock
    sent: list[str] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    skew: float | None = None

    def wiring(self, purpose: Purpose = Purpose.PLAN, *, reach: bool = True) -> Wiring:
        return Wiring(
            environment={},
            purpose=purpose,
            sandbox="http://127.0.0.1:1",
            clock=Clock(monotonic=self.clock.now, wall=self.clock.now, sleep=self.clock.advance),
            transport=self.transport if reach else lambda: httpx.MockTransport(_no_connection),
        )

    def transport(self) -> httpx.BaseTransport:
        inner = httpx.WSGITransport(app=self.app)

        def answer(request: httpx.Request) -> httpx.Response:
            self.sent.append(f"{request.method} {request.url.path}")
            response = inner.handle_request(request)
            response.read()
            if self.skew is not None:
                response.headers["date"] = _http_date(self.clock.now() - self.skew)
            return response

        return httpx.MockTransport(answer)

    def connect(self, documents: Documents, backend: Backend, wiring: Wiring) -> Adapter:
        """As the program connects, but for the backends that can't be reached."""
        reach = backend.id not in self.unreachable
        return connect(documents, backend, wiring if reach else self.wiring(wiring.purpose, reach=False))

    def tenant(self) -> str:
        return dump(State(google=self.app.extensions["sandbox"].google.state))

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        path = self.root / file
        before = path.read_text("utf-8")
        path.write_text(change(before), "utf-8")
        assert path.read_text("utf-8") != before


def _no_connection(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route", request=request)


def _http_date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)


def make_world(folder: Path) -> World:
    root = folder / "kommun"
    shutil.copytree(CASE / "repository", root)
    clock = ManualClock()
    return World(root=root, app=create_app(load_seed(CASE / "tenant.yaml"), clock=clock), clock=clock)


def second_backend(world: World) -> None:
    """Sjöskolan's devices in a system of their own, `reserv`."""
    world.edit(
        "organisation.yaml",
        lambda text: text.replace(
            "routes:\n",
            "  - {id: reserv, kind: google, mode: apply, customer: C0sandbox, root: /Reserv}\nroutes:\n"
            "  - {backend: reserv, schools: [sjoskolan]}\n",
        ),
    )
