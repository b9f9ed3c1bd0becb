"""The WSGI application: vendors' paths below `/<vendor>/`, the sandbox's own below `/_sandbox/`, faults and latency before both."""

from __future__ import annotations

import json
import math
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import flask

from reconciler.sandbox.clock import Clock, SystemClock
from reconciler.sandbox.control import control
from reconciler.sandbox.faults import Fault, FaultQueue, gateway_timeout, ready_answer, retry_header
from reconciler.sandbox.google.service import Request, Tenant, answer
from reconciler.sandbox.graph import service as graph
from reconciler.sandbox.options import Options
from reconciler.sandbox.state import State, dump
from reconciler.sandbox.zentral import service as zentral

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

STALE = "sandbox.stale"
SILENT = ("hold", "write-then-timeout")
MAXIMUM_BODY = 10_000_000


@dataclass(slots=True)
class Sandbox:
    """A running sandbox. Whoever changes it holds `lock`."""

    google: Tenant
    graph: graph.Tenant
    zentral: zentral.Tenant
    clock: Clock
    options: Options
    origin: str
    """Dump that `reset` goes back to."""
    faults: FaultQueue = field(default_factory=FaultQueue)
    log: list[dict[str, Any]] = field(default_factory=list)
    """Requests, oldest first; never with a token."""
    lock: threading.RLock = field(default_factory=threading.RLock)


def create_app(state: State, *, clock: Clock | None = None, options: Options | None = None) -> flask.Flask:
    """The application on a state, for a socket or `httpx.WSGITransport`; `app.extensions["sandbox"]` is its Sandbox."""
    app = flask.Flask("reconciler.sandbox", static_folder=None)
    app.url_map.merge_slashes = False  # a redirect would hide a doubled slash, which Google does not forgive
    app.config["MAX_CONTENT_LENGTH"] = MAXIMUM_BODY
    sandbox = Sandbox(
        google=Tenant(state=state.google),
        graph=graph.Tenant(state=state.graph),
        zentral=zentral.Tenant(state=state.zentral),
        clock=clock or SystemClock(),
        options=options or Options(),
        origin=dump(state),
    )
    app.extensions["sandbox"] = sandbox
    app.register_blueprint(control(sandbox))

    @app.route("/google/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def google(path: str) -> flask.Response:
        return _google(sandbox, path)

    @app.route("/intune/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def intune(path: str) -> flask.Response:
        return _graph(sandbox, path)

    @app.route("/zentral/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def zentral_server(path: str) -> flask.Response:
        return _zentral(sandbox, path)

    app.wsgi_app = _Gate(app.wsgi_app, sandbox)  # type: ignore[method-assign]  # Flask's documented way to wrap it
    return app


def _google(sandbox: Sandbox, path: str) -> flask.Response:
    request = Request(
        verb=flask.request.method,
        path=path,
        query=flask.request.query_string.decode("ascii", "replace"),
        headers=dict(flask.request.headers),
        data=flask.request.get_data(),
    )
    with sandbox.lock:
        stale = bool(flask.request.environ.get(STALE))
        found = answer(sandbox.google, request, sandbox.options, sandbox.clock.now(), stale=stale)
    response = flask.Response(status=found.code)
    if found.payload is not None:
        response.data = json.dumps(found.payload, ensure_ascii=False, separators=(",", ":"))
        response.content_type = "application/json; charset=UTF-8"
    if found.retry_after is not None:
        response.headers["Retry-After"] = str(math.ceil(found.retry_after))
    return response


def _graph(sandbox: Sandbox, path: str) -> flask.Response:
    request = graph.Request(
        verb=flask.request.method,
        path=path,
        query=flask.request.query_string.decode("ascii", "replace"),
        headers=dict(flask.request.headers),
        data=flask.request.get_data(),
        root=f"{flask.request.host_url}intune",
    )
    with sandbox.lock:
        found = graph.answer(
            sandbox.graph,
            request,
            sandbox.options.graph,
            sandbox.clock.now(),
            quotas=sandbox.options.quotas,
            stale=bool(flask.request.environ.get(STALE)),
            inner_fault=lambda verb, address: _inner_fault(sandbox, verb, address),
        )
    response = flask.Response(status=found.status, headers=dict(found.headers))
    if isinstance(found.body, str):
        response.data, response.content_type = found.body, "text/plain"
    elif found.body is not None:
        response.data = json.dumps(found.body, ensure_ascii=False, separators=(",", ":"))
        response.content_type = "application/json; odata.metadata=minimal; charset=utf-8"
    return response


def _zentral(sandbox: Sandbox, path: str) -> flask.Response:
    query = flask.request.query_string.decode("ascii", "replace")
    request = zentral.Request(
        verb=flask.request.method,
        path=path,
        url=f"{flask.request.host_url}zentral/{quote(path)}{'?' if query else ''}{query}",
        headers=dict(flask.request.headers),
        data=flask.request.get_data(),
    )
    with sandbox.lock:
        stale = bool(flask.request.environ.get(STALE))
        found = zentral.answer(sandbox.zentral, request, sandbox.options.zentral, sandbox.clock.now(), stale=stale)
    response = flask.Response(status=found.status, headers=dict(found.headers))
    if isinstance(found.body, str):
        response.data, response.content_type = found.body, "text/html; charset=utf-8"
    elif found.body is not None:
        response.data = json.dumps(found.body, ensure_ascii=False, separators=(",", ":"))
        response.content_type = "application/json"
    return response


def _inner_fault(sandbox: Sandbox, verb: str, address: str) -> tuple[int, dict[str, str], bool] | None:
    """What a part of a batch meets; its connection is the batch's, so that a cut one is a 503 or 504 here."""
    fault = sandbox.faults.take(verb, address)
    if fault is None:
        return None
    if fault.kind.startswith("write-then-"):
        return 504, {}, True
    codes = {"429": 429, "500": 500, "503": 503, "503-html": 503, "502-text": 502, "cut": 503, "hold": 503}
    return (codes[fault.kind], retry_header(fault, sandbox.clock.now()), False) if fault.kind in codes else None


class _Gate:
    """Before and after the application: latency, faults and the log of requests. The sandbox's own paths pass."""

    def __init__(self, inner: WSGIApplication, sandbox: Sandbox) -> None:
        self.inner = inner
        self.sandbox = sandbox

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = _normalise_path(environ)
        if path.startswith("/_sandbox/"):
            return self.inner(environ, start_response)
        self.sandbox.clock.sleep(self.sandbox.options.latency_ms / 1000)
        query = environ.get("QUERY_STRING", "")
        with self.sandbox.lock:
            fault = self.sandbox.faults.take(environ["REQUEST_METHOD"], f"{path}?{query}")
        data = _read_body(environ)
        status, headers, body = self._respond(environ, fault)
        self._note(environ, path, query, data, fault, status)
        if fault and fault.kind in ("cut", "hold", "write-then-cut", "write-then-timeout"):
            return _break(environ, fault, start_response)
        start_response(status, headers)
        return [body]

    def _respond(self, environ: WSGIEnvironment, fault: Fault | None) -> tuple[str, list[tuple[str, str]], bytes]:
        if fault is None:
            return _capture(self.inner, environ)
        if fault.kind in ("cut", "hold"):
            return "000 cut", [], b""
        system = environ.get("PATH_INFO", "").split("/")[1]
        if ready := ready_answer(fault, self.sandbox.clock.now(), system):
            return ready
        environ[STALE] = fault.kind == "stale"
        status, headers, body = _capture(self.inner, environ)
        if fault.kind == "write-then-504":
            return gateway_timeout(system)
        if fault.kind == "half-page":
            body = body[: len(body) // 2]
            headers = [(name, str(len(body)) if name == "Content-Length" else value) for name, value in headers]
        if fault.kind == "wrong-content-type":
            headers = [(name, "text/html" if name == "Content-Type" else value) for name, value in headers]
        return status, headers, body

    def _note(
        self, environ: WSGIEnvironment, path: str, query: str, data: bytes, fault: Fault | None, status: str
    ) -> None:
        entry = {
            "method": environ["REQUEST_METHOD"],
            "path": path,
            "query": "&".join(
                part for part in query.split("&") if not part.startswith(("access_token=", "oauth_token="))
            ),
            "body": None if path.endswith("/token") else _parsed(data),
            "status": int(status.split(" ")[0]),
        }
        if fault:
            entry["fault"] = fault.kind
        with self.sandbox.lock:
            self.sandbox.log.append(entry)


def _normalise_path(environ: WSGIEnvironment) -> str:
    """The path as text. WSGI carries UTF-8 bytes as Latin-1; httpx.WSGITransport (0.28) hands over plain text instead."""
    carried: str = environ.get("PATH_INFO", "")
    try:
        return carried.encode("latin-1").decode("utf-8")
    except UnicodeError:
        environ["PATH_INFO"] = carried.encode("utf-8").decode("latin-1")
        return carried


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data.decode("utf-8", "replace")


def _read_body(environ: WSGIEnvironment) -> bytes:
    """The body, which is put back for the application."""
    length = min(int(environ.get("CONTENT_LENGTH") or 0), MAXIMUM_BODY)
    data = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = BytesIO(data)
    return bytes(data)


def _capture(inner: WSGIApplication, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
    caught: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], object]:
        caught.append((status, headers))
        return lambda _: None

    result = inner(environ, start)
    body = b"".join(result)
    if hasattr(result, "close"):
        result.close()
    return caught[0][0], caught[0][1], body


def _break(environ: WSGIEnvironment, fault: Fault, start_response: StartResponse) -> Iterable[bytes]:
    """End the connection: for real on a socket, as the client's exception in process."""
    connection = environ.get("werkzeug.socket")
    if connection is None:
        import httpx  # only in process, where httpx is what called

        if fault.kind in SILENT:
            raise httpx.ReadTimeout("the sandbox stays silent")
        raise httpx.ReadError("the sandbox cut the connection")
    if fault.kind in SILENT:
        threading.Event().wait(fault.seconds)  # in real time: the client waits in real time too
    connection.shutdown(socket.SHUT_RDWR)
    start_response("500 Cut", [])
    return []
