"""The sandbox on a socket of the loopback interface, and the calls that a command line makes to a running one."""

from __future__ import annotations

import ipaddress
import json
import os
import signal
import sys
import threading
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from reconciler.sandbox.app import create_app
from reconciler.sandbox.clock import Clock
from reconciler.sandbox.control import current
from reconciler.sandbox.options import Options, change_options, read_switches
from reconciler.sandbox.seed_file import load_seed
from reconciler.sandbox.state import State, dump, load

TIMEOUT = 30.0


class _Quiet(WSGIRequestHandler):
    """Nothing is logged, for stdout holds one line only."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        pass


def serve(
    port: int = 0,
    seed_path: str | Path | None = None,
    latency_ms: int = 0,
    quotas: bool = True,
    *,
    switches: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
    state_path: str | Path | None = None,
    clock: Clock | None = None,
    out: TextIO | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. When ready, one line of JSON goes to `out` (stdout): `{"url": …, "pid": …}`.

    With `state_path`, a state that exists there is used instead of the seed, and the state is written there at the end.
    `switches` are options by name, as text. ValueError for a host that isn't loopback or a bad switch; SeedError and OSError for files.
    """
    if not is_loopback(host):
        raise ValueError(f"the sandbox serves on loopback only, not on {host!r}")
    kept = Path(state_path) if state_path else None
    if kept and kept.exists():
        state = load(json.loads(kept.read_text(encoding="utf-8")))
    else:
        state = load_seed(seed_path) if seed_path else State()
    options = change_options(Options(latency_ms=latency_ms, quotas=quotas), read_switches(switches or {}))
    app = create_app(state, clock=clock, options=options)
    server = ThreadedWSGIServer(host, port, app, handler=_Quiet)
    server.block_on_close = False  # a silent connection of a fault must not hold up the end

    def stop(_number: int, _frame: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    stream = out or sys.stdout
    stream.write(json.dumps({"url": f"http://{_bracketed(host)}:{server.port}", "pid": os.getpid()}) + "\n")
    stream.flush()
    try:
        server.serve_forever(poll_interval=0.05)
    finally:
        server.server_close()
        if kept:
            kept.write_text(current(app.extensions["sandbox"]), encoding="utf-8")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str | None) -> bool:
    """True for localhost and addresses of the loopback interface."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def seed(url: str, path: str | Path) -> None:
    """Load a seed file into the sandbox that runs at `url`."""
    _post(url, "seed", dump(load_seed(path)).encode())


def reset(url: str) -> None:
    """Bring the sandbox at `url` back to its last seed."""
    _post(url, "reset", b"{}")


def _post(url: str, name: str, data: bytes) -> None:
    """ValueError for an address off loopback, OSError (URLError) when nothing answers."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not is_loopback(parts.hostname):
        raise ValueError(f"not the address of a sandbox: {url}")
    request = urllib.request.Request(
        f"http://{parts.netloc}/_sandbox/{name}", data=data, headers={"Content-Type": "application/json"}, method="POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
    with opener.open(request, timeout=TIMEOUT) as response:
        response.read()
