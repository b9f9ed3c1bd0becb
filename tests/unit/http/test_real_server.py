"""Against a server on a socket: cut connections, silence, dripping, and proof that no token shows anywhere."""

import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from reconciler.http import failures
from reconciler.http.client import HttpClient, Timeouts
from reconciler.http.clock import SYSTEM, Clock
from reconciler.http.request import Request, VendorError
from reconciler.http.retry import Repeat
from reconciler.http.throttle import Lane

TOKEN = "ya29.S3cr3tTokenOfAnAdministrator"
SECRET_QUERY = "querySecret123"
SERIAL = "5CD1234ABC"

Act = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """Plays one act for every request; counts them."""

    daemon_threads = True
    act: Act
    released: threading.Event
    asked: int = 0

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is what these tests are about; nothing to print."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.asked += 1
        self.server.act(self)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's naming
        """Nothing on stderr."""


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(("127.0.0.1", 0), Handler)
    running.released = threading.Event()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.released.set()
    running.shutdown()
    thread.join()
    running.server_close()


def repeat_it(status: int, body: bytes) -> VendorError:
    """The least careful parser of errors that a vendor's adapter could bring."""
    text = body.decode()
    return VendorError(reasons=(text,), message=text)


def client_of(server: Server, timeouts: Timeouts | None = None) -> HttpClient:
    clock = Clock(monotonic=SYSTEM.monotonic, wall=SYSTEM.wall, sleep=lambda _: None)
    return HttpClient(
        f"http://127.0.0.1:{server.server_address[1]}",
        lanes={"read": Lane()},
        authorise=lambda _now, _rejected: f"Bearer {TOKEN}",
        parse_error=repeat_it,
        clock=clock,
        timeouts=timeouts or Timeouts(read=0.1, whole=0.2),
    )


def read() -> Request:
    return Request(
        method="GET",
        path="devices/{id}",
        values={"id": SERIAL},
        query={"key": SECRET_QUERY},
        private=(SERIAL,),
    )


def create() -> Request:
    return Request(method="POST", path="devices", body={"serial": SERIAL}, private=(SERIAL,))


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.close()


def half_a_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"devices": [')
    handler.close_connection = True


def silence(handler: BaseHTTPRequestHandler) -> None:
    handler.server.released.wait(5)  # type: ignore[attr-defined]


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while not handler.server.released.wait(0.05):  # type: ignore[attr-defined]
            handler.wfile.write(b" ")
    except OSError:
        handler.close_connection = True


def garbage(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    handler.close_connection = True


def echo_everything(handler: BaseHTTPRequestHandler) -> None:
    """A vendor that repeats all it was sent in its error."""
    message = f"refused {handler.headers['Authorization']} at {handler.path} for {SERIAL}".encode()
    handler.send_response(403)
    handler.send_header("Content-Length", str(len(message)))
    handler.end_headers()
    handler.wfile.write(message)


@pytest.mark.parametrize("act", [cut, half_a_body, silence, dripping, garbage])
def test_a_broken_reply_is_no_reply_to_a_read_and_an_unknown_outcome_to_a_creation(server: Server, act: Act) -> None:
    server.act = act
    with client_of(server) as client:
        with pytest.raises(failures.OutcomeUnknown):
            client.send(create())
        assert server.asked == 1

        with pytest.raises(failures.NoReply) as caught:
            client.send(read())

    assert (caught.value.attempts, server.asked) == (8, 9)


def test_a_cut_connection_is_mended_by_the_next_attempt(server: Server) -> None:
    def act(handler: BaseHTTPRequestHandler) -> None:
        if server.asked == 1:
            return cut(handler)
        handler.send_response(200)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"{}")
        return None

    server.act = act
    with client_of(server) as client:
        assert client.send(read()).data == {}


def test_nobody_there_is_unreachable_also_for_a_creation(server: Server) -> None:
    with client_of(server) as client:
        server.server_close()
        server.shutdown()
        with pytest.raises(failures.Unreachable) as caught:
            client.send(create())

    assert caught.value.attempts == 4


def test_a_reply_beyond_all_bounds_is_not_swallowed(server: Server) -> None:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(1000):
                handler.wfile.write(b"x" * 65536)
        except OSError:
            handler.close_connection = True

    server.act = act
    with client_of(server, Timeouts(size=1_000_000)) as client, pytest.raises(failures.OutcomeUnknown, match="larger"):
        client.send(create())


@pytest.mark.parametrize("act", [cut, half_a_body, silence, garbage, echo_everything])
@pytest.mark.parametrize("request_of", [read, create])
def test_no_secret_shows_in_any_text_of_a_failure(
    server: Server, act: Act, request_of: Callable[[], Request], caplog: pytest.LogCaptureFixture
) -> None:
    server.act = act
    with caplog.at_level(logging.DEBUG), client_of(server) as client:
        with pytest.raises(failures.HttpFailure) as caught:
            client.send(request_of())
        logging.getLogger("test").exception("it failed", exc_info=caught.value)

    failure = caught.value
    shown = "\n".join(
        [
            str(failure),
            repr(failure),
            repr(failure.args),
            repr(failure.values()),
            repr(vars(failure)),
            "".join(traceback.format_exception(failure)),
            caplog.text,
        ]
    )
    for secret in (TOKEN, SECRET_QUERY, SERIAL):
        assert secret not in shown
    assert (failure.__cause__, failure.__context__) == (None, None)


def test_a_header_that_cannot_be_sent_is_not_quoted(server: Server) -> None:
    """h11 refuses it with an exception that quotes it."""
    client = HttpClient(
        f"http://127.0.0.1:{server.server_address[1]}",
        lanes={"read": Lane()},
        authorise=lambda _now, _rejected: f"Bearer {TOKEN}\nX: y",
        clock=Clock(monotonic=SYSTEM.monotonic, wall=SYSTEM.wall, sleep=lambda _: None),
    )
    with client, pytest.raises(failures.Unreachable) as caught:
        client.send(read())

    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_an_idempotent_write_is_told_apart_from_a_creation(server: Server) -> None:
    server.act = cut
    request = Request(method="POST", path="devices:set", body={}, repeat=Repeat.IDEMPOTENT)
    with client_of(server) as client, pytest.raises(failures.OutcomeUnknown) as caught:
        client.send(request)

    assert (caught.value.attempts, server.asked) == (8, 8)
