"""Reading many things: page after page, and side by side. Nothing is inferred from a failure: unread is not absent."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from reconciler.http.failures import BadResponse, HttpFailure, Stopped
from reconciler.http.request import Reply, Request

Item = TypeVar("Item")
Value = TypeVar("Value")

_STOP: ContextVar[threading.Event | None] = ContextVar("stop", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Read(Generic[Value]):
    value: Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """It could not be read, which says nothing about whether it exists."""

    failure: HttpFailure


def pages(
    send: Callable[[Request], Reply],
    first: Request,
    following: Callable[[Request, Reply], Request | None],
    *,
    most: int = 100_000,
) -> Iterator[Reply]:
    """Every page, from `first` on; `following(request, reply)` says what to ask for next, None at the end.

    Raises what `send` raises, in the middle too: a listing is whole only if the iteration ended by itself. Raises
    BadResponse where a page leads back to one that was read, or after `most` pages.
    """
    seen: set[str] = set()
    request: Request | None = first
    while request is not None:
        asked = repr((request.link, request.filled_path(), request.parameters(), request.body))
        if asked in seen or len(seen) == most:
            raise BadResponse(request, "", detail="the pages never end")
        seen.add(asked)
        reply = send(request)
        yield reply
        request = following(request, reply)


def read_all(
    read: Callable[[Item], Value], items: Sequence[Item], *, concurrency: int, stop_early: bool = False
) -> list[Read[Value] | Unread]:
    """Calls `read(item)` for every item, up to `concurrency` at a time in threads; the outcomes in the items' order.

    A read that raises HttpFailure becomes Unread and the others go on. With `stop_early` nothing new is started after
    the first such failure, waits that are under way are called off, and what was not read is Unread with `Stopped`.
    Any other exception (a bug, a credential that is no good) stops the rest likewise and is raised.
    """
    stop = threading.Event()
    outcomes: dict[int, Read[Value] | Unread] = {}
    with ThreadPoolExecutor(max_workers=max(1, min(concurrency, len(items)))) as pool:
        futures = {pool.submit(_read_one, read, item, stop): index for index, item in enumerate(items)}
        try:
            _collect(futures, outcomes, stop, stop_early)
        finally:
            # Also on Ctrl-C: otherwise leaving the pool would sit through every queued read first.
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
    return [outcomes[index] for index in range(len(items))]


class Ahead:
    """Reads that begin before somebody asks what they came to, by name, in threads of their own. To be closed."""

    def __init__(self, concurrency: int) -> None:
        self._concurrency, self._stop = concurrency, threading.Event()
        self._pool: ThreadPoolExecutor | None = None
        self._starting = threading.Lock()
        self._begun: dict[str, Future[Any]] = {}

    def begin(self, name: str, read: Callable[[], object]) -> None:
        """Starts it, unless it has been; whatever it raises is raised where it is taken."""
        if name in self._begun:
            return
        self._begun[name] = self._workers().submit(_stoppable, read, self._stop)

    def aside(self, work: Callable[[], Value]) -> Callable[[], Value]:
        """Begins work that sends nothing, for a read that has its next page to ask for; gives what to call for its result."""
        return self._workers().submit(work).result

    def take(self, name: str, read: Callable[[], Value]) -> Value:
        """What was begun under this name (of the same type, and taken once); read now where nothing was."""
        begun = self._begun.pop(name, None)
        found: Value = read() if begun is None else begun.result()
        return found

    def _workers(self) -> ThreadPoolExecutor:
        with self._starting:
            self._pool = self._pool or ThreadPoolExecutor(max_workers=self._concurrency)
        return self._pool

    def close(self) -> None:
        """Calls off what nobody has taken: waits end, and nothing more is sent."""
        self._stop.set()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def values(outcomes: Sequence[Read[Value] | Unread]) -> list[Value]:
    """All values. Raises the failure that explains the rest: the first that isn't merely `Stopped`."""
    failures = [outcome.failure for outcome in outcomes if isinstance(outcome, Unread)]
    if failures:
        raise next((failure for failure in failures if not isinstance(failure, Stopped)), failures[0])
    return [outcome.value for outcome in outcomes if isinstance(outcome, Read)]


def stop_requested() -> bool:
    """Whether the `read_all` that this thread reads for has been called off."""
    stop = _STOP.get()
    return stop is not None and stop.is_set()


def _collect(
    futures: dict[Future[Read[Value] | Unread], int],
    outcomes: dict[int, Read[Value] | Unread],
    stop: threading.Event,
    stop_early: bool,
) -> None:
    # Not `wait` in a loop: it looks at all that is pending each time, a third of a large plan's processor time.
    for future in as_completed(futures):
        outcome = outcomes[futures[future]] = future.result()
        if stop_early and isinstance(outcome, Unread):
            stop.set()


def _stoppable(read: Callable[[], object], stop: threading.Event) -> object:
    _STOP.set(stop)
    return read()


def _read_one(read: Callable[[Item], Value], item: Item, stop: threading.Event) -> Read[Value] | Unread:
    _STOP.set(stop)
    try:
        return Read(value=read(item))
    except HttpFailure as failure:
        return Unread(failure=failure)
