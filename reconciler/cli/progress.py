"""Progress of long work: one line on stderr, and only where stderr is a terminal."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.texts import render

if TYPE_CHECKING:
    from reconciler.http.request import Sent, Wait

Watch = tuple["Callable[[Sent], None] | None", "Callable[[Wait], None] | None"]
WriteWatch = tuple["Callable[[object], None] | None", "Callable[[Wait], None] | None"]


@contextmanager
def reading(lang: str) -> Iterator[Watch]:
    """Counts requests while a plan is made; gives what to call for each request and each wait."""
    if not sys.stderr.isatty():
        yield None, None
        return
    from rich.console import Console

    count = 0
    lock = threading.Lock()
    with Console(stderr=True).status(render("CLI-READING", {"count": "0"}, lang).message) as status:

        def on_request(_: "Sent") -> None:
            nonlocal count
            with lock:
                count += 1
                status.update(render("CLI-READING", {"count": str(count)}, lang).message)

        def on_wait(wait: "Wait") -> None:
            if wait.seconds >= 1:
                values = {"count": str(count), "seconds": f"{wait.seconds:.0f}"}
                status.update(render("CLI-WAITING", values, lang).message)

        yield on_request, on_wait


@contextmanager
def writing(lang: str, total: int) -> Iterator[WriteWatch]:
    """Counts changes while a plan is applied; gives what to call for each change and each wait."""
    if not sys.stderr.isatty():
        yield None, None
        return
    from rich.console import Console

    done = 0

    def said(code: str, **more: str) -> str:
        return render(code, {"done": str(done), "total": str(total), **more}, lang).message

    with Console(stderr=True).status(said("CLI-APPLYING")) as status:

        def on_result(_: object) -> None:
            nonlocal done
            done += 1
            status.update(said("CLI-APPLYING"))

        def on_wait(wait: "Wait") -> None:
            if wait.seconds >= 1:
                status.update(said("CLI-APPLYING-WAITING", seconds=f"{wait.seconds:.0f}"))

        yield on_result, on_wait
