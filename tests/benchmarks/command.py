"""The real command in a process of its own, wired otherwise: without quotas, with its requests written down, or replayed.

    python -m tests.benchmarks.command '{"report": …, "requests": …, "record": …, "replay": …}' plan --out …

All keys are paths and may be left out, as may `"quotas": "on"`, which keeps them. `report` gets how many requests were
sent and the greatest memory; `requests` gets them as JSON, in order; `record` gets the replies, and `replay` answers from
there, without a socket.
"""

import json
import pickle
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from reconciler.adapters import wiring
from reconciler.cli.main import cli
from reconciler.cli.runtime import suit_one_command
from reconciler.http.request import Sent
from tests.benchmarks.process import peak_megabytes

Asked = tuple[str, str, bytes]
"""Method, path with query, body."""
Replied = tuple[int, list[tuple[str, str]], bytes]
Replies = dict[Asked, Replied]


@dataclass(slots=True)
class Recorder(httpx.BaseTransport):
    """Passes requests on and keeps the replies."""

    inner: httpx.BaseTransport
    replies: Replies
    lock: threading.Lock = field(default_factory=threading.Lock)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        content = response.read()
        headers = [(name, value) for name, value in response.headers.multi_items() if name != "transfer-encoding"]
        with self.lock:
            self.replies[_asked(request)] = (response.status_code, headers, content)
        return httpx.Response(response.status_code, headers=headers, content=content)

    def close(self) -> None:
        self.inner.close()


@dataclass(slots=True)
class Player(httpx.BaseTransport):
    """Answers from what was recorded; what was not asked then can't be answered."""

    replies: Mapping[Asked, Replied]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        status, headers, content = self.replies[_asked(request)]
        return httpx.Response(status, headers=headers, content=content)


def _asked(request: httpx.Request) -> Asked:
    return request.method, request.url.raw_path.decode(), request.read()


def _rewire(chosen: Mapping[str, str], sent: list[Sent], replies: Replies) -> None:
    """The command asks this module for its wiring when it runs, so that it gets another one here."""
    original: Callable[..., Any] = wiring.Wiring
    if "replay" in chosen:
        replies |= pickle.loads(Path(chosen["replay"]).read_bytes())  # noqa: S301 - written by the run before this one

    def rewired(**given: Any) -> Any:
        watch = given.pop("on_request", None)

        def on_request(request: Sent) -> None:
            sent.append(request)
            if watch:
                watch(request)

        if "replay" in chosen:
            given["transport"] = lambda: Player(replies)
        elif "record" in chosen:
            given["transport"] = lambda: Recorder(httpx.HTTPTransport(), replies)
        return original(**given, on_request=on_request, without_quotas="quotas" not in chosen)

    wiring.Wiring = rewired  # type: ignore[misc, assignment]


def main() -> None:
    chosen: Mapping[str, str] = json.loads(sys.argv[1])
    sent: list[Sent] = []
    replies: Replies = {}
    _rewire(chosen, sent, replies)
    try:
        suit_one_command()
        cli.main(args=sys.argv[2:], prog_name="reconciler")  # not `main`, which ends the process before the report
    finally:
        if "report" in chosen:
            report = {"requests": len(sent), "peak": peak_megabytes()}
            Path(chosen["report"]).write_text(json.dumps(report), encoding="utf-8")
        if "requests" in chosen:
            Path(chosen["requests"]).write_text(json.dumps(list(map(_plain, sent))), encoding="utf-8")
        if "record" in chosen:
            Path(chosen["record"]).write_bytes(pickle.dumps(replies))


def _plain(request: Sent) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "body": request.body,
        "lane": request.lane,
    }


if __name__ == "__main__":
    main()
