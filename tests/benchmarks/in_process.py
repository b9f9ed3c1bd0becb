"""The sandbox in this process, over WSGI and on virtual time: tenants are made and applied to here, with quotas as they are."""

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from reconciler.adapters.wiring import Wiring
from reconciler.apply.journal import Journal
from reconciler.apply.locking import backend_locks
from reconciler.apply.running import apply_plan
from reconciler.credentials.google import Purpose
from reconciler.http.clock import Clock
from reconciler.http.request import Sent
from reconciler.model.change import ApplyResult, Plan
from reconciler.model.documents import Documents, Limits
from reconciler.reconcile.connect import connect
from reconciler.reconcile.plan import Filter, run_plan
from reconciler.reconcile.prepare import Prepared, prepare
from reconciler.sandbox import Options, State, create_app
from tests.benchmarks.figure import NotMeasured

AS_OF = date(2026, 11, 21)
UNLIMITED = Limits(share=100, count=10**9, floor=10**9, disruptive_share=100)
ADDRESS = "http://127.0.0.1:9"
"""Never connected to: requests go to the application in this process."""


@dataclass(slots=True)
class SharedTime:
    """Virtual time for threads that sleep side by side: each wakes when its own time has come, and none waits for real.

    Whoever sleeps moves the time for all, as if the others had idled meanwhile: a course that could have happened, so
    the seconds that are counted are never too few.
    """

    start: float = 1_795_300_000.0
    elapsed: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> float:
        return self.start + self.elapsed

    def sleep(self, seconds: float) -> None:
        until = self.elapsed + seconds
        with self.lock:
            self.elapsed = max(self.elapsed, until)

    advance = sleep

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.elapsed, wall=self.now, sleep=self.sleep)


@dataclass(slots=True, kw_only=True)
class Bench:
    """A sandbox in this process and a way to reach it. `sent` is called for every attempt."""

    app: Any
    time: SharedTime
    sent: Callable[[Sent], None] | None = None

    @property
    def state(self) -> State:
        sandbox = self.app.extensions["sandbox"]
        return State(google=sandbox.google.state, graph=sandbox.graph.state)

    def wiring(self, purpose: Purpose) -> Wiring:
        return Wiring(
            environment={},
            purpose=purpose,
            sandbox=ADDRESS,
            clock=self.time.clock(),
            transport=lambda: httpx.WSGITransport(app=self.app),
            on_request=self.sent,
        )


def start(state: State, options: Options | None = None, sent: Callable[[Sent], None] | None = None) -> Bench:
    time = SharedTime()
    return Bench(app=create_app(state, clock=time, options=options), time=time, sent=sent)


def read_files(folder: Path) -> Prepared:
    return prepare(folder, AS_OF)


def with_options(prepared: Prepared, options: Mapping[str, Any]) -> Prepared:
    """The same documents with other keys on every backend, and without limits: a first apply touches every device."""
    documents = prepared.documents
    if documents is None:
        raise NotMeasured("the files have no organisation")
    backends = tuple(
        replace(one, mode="apply", options={**one.options, **options}, limits=UNLIMITED)
        for one in documents.organisation.backends
    )
    changed = replace(documents, organisation=replace(documents.organisation, backends=backends))
    return replace(prepared, documents=changed)


def make_plan(bench: Bench, prepared: Prepared, only: Filter | None = None) -> Plan:
    plan = run_plan(prepared, bench.wiring(Purpose.PLAN), only=only)
    if plan is None:
        raise NotMeasured("the files make no plan")
    return plan


def apply(bench: Bench, documents: Documents, plan: Plan) -> ApplyResult:
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        adapters = opened.enter_context(_adapters(bench, documents))
        journal = opened.enter_context(Journal(folder / "journal.jsonl", bench.time.now))
        return apply_plan(plan, adapters, journal, backend_locks(folder), bench.time.clock())


@contextmanager
def _adapters(bench: Bench, documents: Documents) -> Iterator[dict[str, Any]]:
    with ExitStack() as opened:
        adapters = {}
        for backend in documents.organisation.backends:
            adapter = connect(documents, backend, bench.wiring(Purpose.APPLY))
            opened.callback(adapter.close)
            adapters[backend.id] = adapter
        yield adapters
