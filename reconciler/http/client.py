"""The client: one host, its credential, its quotas. The only module that imports httpx."""

import json
import logging
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

import httpx

from reconciler.http.answer import Answer, ParseError, as_attempt, failure_type, judge
from reconciler.http.clock import SYSTEM, Clock
from reconciler.http.failures import ForeignHost, HttpFailure, OutcomeUnknown, Stopped
from reconciler.http.reads import stop_requested
from reconciler.http.request import LaneCount, Reply, Request, Sent, Wait, no_error_body
from reconciler.http.retry import Attempt, GiveUp, RetryPolicy, Trouble, decide, in_doubt, over_quota
from reconciler.http.throttle import Lane, Throttle

# httpx logs every address at INFO, and addresses hold ids; httpcore logs headers at DEBUG.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Authorise = Callable[[float, str | None], str]
"""(wall clock, header that was just answered with 401 or None) -> value of the Authorization header.

Given a rejected header it returns a new one, or the same where it has no other. It may raise: that ends the call.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """Seconds. `read` is the longest silence, `whole` the longest time for one reply; `size` in bytes."""

    connect: float = 10.0
    read: float = 60.0
    whole: float = 180.0
    size: int = 128 * 1024 * 1024


@dataclass(slots=True)
class _Course:
    """Of one request, over its attempts: whether one of them may have taken effect."""

    doubt: bool = False


class HttpClient:
    """Sends requests to one host. Threads may share it; close it, or use it as a context manager.

    base_url        https://host[/prefix/]; http only to loopback. Nothing is ever sent to another host
    authorise       see Authorise; None sends no Authorization header
    lanes           quotas and concurrency by lane name; a request in an unknown lane is a ValueError
    parse_error     (status, body) -> VendorError; must bear any bytes, HTML too
    transport       httpx transport, e.g. httpx.WSGITransport in tests; the client closes it
    jitter          () -> number in [0, 1)
    on_request      called with Sent before every attempt, in the sending thread
    on_wait         called with Wait before every pause
    without_quotas  for the one benchmark that measures everything else; lanes' concurrency stays
    """

    def __init__(
        self,
        base_url: str,
        *,
        lanes: Mapping[str, Lane],
        authorise: Authorise | None = None,
        parse_error: ParseError = no_error_body,
        policy: RetryPolicy | None = None,
        timeouts: Timeouts | None = None,
        clock: Clock = SYSTEM,
        jitter: Callable[[], float] = random.random,
        transport: httpx.BaseTransport | None = None,
        on_request: Callable[[Sent], None] | None = None,
        on_wait: Callable[[Wait], None] | None = None,
        without_quotas: bool = False,
    ) -> None:
        self._base = _bound(base_url)
        self._authorise, self._parse_error, self._clock, self._jitter = authorise, parse_error, clock, jitter
        self._policy, self._timeouts = policy or RetryPolicy(), timeouts or Timeouts()
        self._on_request, self._on_wait = on_request, on_wait
        used = {name: replace(lane, quotas=()) for name, lane in lanes.items()} if without_quotas else dict(lanes)
        self._throttle = Throttle(used, clock)
        self._counts = dict.fromkeys(lanes, LaneCount())
        self._counting = threading.Lock()
        flights = sum(lane.in_flight for lane in lanes.values())
        self._http = httpx.Client(
            headers={"Accept": "application/json", "User-Agent": "reconciler (gzip)"},
            timeout=httpx.Timeout(self._timeouts.read, connect=self._timeouts.connect),
            limits=httpx.Limits(max_connections=flights, max_keepalive_connections=flights),
            follow_redirects=False,
            transport=transport,
            trust_env=self.host not in LOOPBACK,  # proxies and certificates of the network; never for a sandbox
        )

    @property
    def host(self) -> str:
        return self._base.host

    def counts(self) -> dict[str, LaneCount]:
        """Attempts, retries and seconds waited, by lane, so far."""
        with self._counting:
            return dict(self._counts)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, request: Request) -> Reply:
        """The reply with status 2xx, however many attempts it took. Raises a type of `failures` for anything else.

        Raises ValueError for a request that can't be made: an unknown lane, a path variable that leads elsewhere.
        """
        if request.lane not in self._counts:
            raise ValueError(f"no lane {request.lane!r}; there are {', '.join(sorted(self._counts))}")
        url, course = self._address(request), _Course()
        try:
            return self._persist(request, url, course)
        except Exception as error:  # whatever ended it, be it the credential: an earlier attempt may have taken effect
            if not course.doubt or (isinstance(error, HttpFailure) and error.in_doubt):
                raise
            ended_by = type(error).__name__
        raise OutcomeUnknown(request, self.host, detail=f"then {ended_by}", in_doubt=True)

    def _persist(self, request: Request, url: str, course: "_Course") -> Reply:
        number = 0
        while True:
            number += 1
            answer = self._attempt(request, url, number)
            if answer.trouble is None:
                return Reply(status=answer.status or 0, data=answer.data, date=answer.date, following=answer.following)
            attempt = as_attempt(request, number, answer)
            decision = decide(self._policy, attempt, self._jitter)
            if isinstance(decision, GiveUp):
                raise self._failure(request, attempt, answer, course.doubt, decision)
            course.doubt = course.doubt or in_doubt(self._policy, attempt)
            if over_quota(self._policy, attempt):
                self._throttle.hold(request.lane, decision.seconds)
            self._pause(request, decision.seconds, "asked" if answer.retry_after else "retry", number + 1)

    def _attempt(self, request: Request, url: str, number: int) -> Answer:
        """One attempt; a second one at once, with a new token, where the first one's was no longer accepted."""
        header = self._authorise(self._clock.wall(), None) if self._authorise else None
        answer = self._in_turn(request, url, header, number)
        if answer.status != 401 or self._authorise is None:
            return answer
        renewed = self._authorise(self._clock.wall(), header)
        return answer if renewed == header else self._in_turn(request, url, renewed, number)

    def _in_turn(self, request: Request, url: str, header: str | None, number: int) -> Answer:
        with self._throttle.turn(
            request.lane, lambda wait: self._pause(request, wait, "quota", number), request.counts
        ):
            if stop_requested():
                raise Stopped(request, self.host)
            self._count(request.lane, requests=1, retries=int(number > 1))
            if self._on_request:
                self._on_request(self._sent(request, url, number))
            return self._exchange(request, url, header)

    def _exchange(self, request: Request, url: str, header: str | None) -> Answer:
        """Never raises httpx's exceptions: they hold the request, and with it the token."""
        try:
            return self._read_reply(request, self._prepared(request, url, header))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            return Answer(trouble=Trouble.NOT_SENT, detail=str(error))
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
            return Answer(trouble=Trouble.NOT_SENT, detail="it can't be written as HTTP")
        except httpx.DecodingError:
            return Answer(trouble=Trouble.BAD_REPLY, detail="its compression can't be undone")
        except httpx.TransportError as error:
            return Answer(trouble=Trouble.NO_REPLY, detail=str(error) or type(error).__name__)

    def _prepared(self, request: Request, url: str, header: str | None) -> httpx.Request:
        headers = dict(request.headers) | ({} if header is None else {"Authorization": header})
        content: bytes | None = None
        if request.form is not None:
            content = urlencode(request.form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif request.body is not None:
            content = json.dumps(request.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
            headers["Content-Type"] = "application/json"
        timeout = httpx.Timeout(request.timeout or self._timeouts.read, connect=self._timeouts.connect)
        return self._http.build_request(request.method, url, headers=headers, content=content, timeout=timeout)

    def _read_reply(self, request: Request, prepared: httpx.Request) -> Answer:
        until, body, size = self._clock.monotonic() + self._timeouts.whole, list[bytes](), 0
        response = self._http.send(prepared, stream=True)
        try:
            for chunk in response.iter_bytes():
                body.append(chunk)
                size += len(chunk)
                if size > self._timeouts.size:
                    return Answer(trouble=Trouble.BAD_REPLY, detail=f"it is larger than {self._timeouts.size} bytes")
                if self._clock.monotonic() > until:
                    return Answer(trouble=Trouble.NO_REPLY, detail=f"it took longer than {self._timeouts.whole:.0f} s")
        finally:
            response.close()
        return judge(
            request,
            response.status_code,
            response.headers,
            b"".join(body),
            wall=self._clock.wall(),
            parse_error=self._parse_error,
        )

    def _failure(self, request: Request, attempt: Attempt, answer: Answer, doubt: bool, why: GiveUp) -> HttpFailure:
        detail = answer.detail
        if why is GiveUp.TOO_LONG:
            longest = self._policy.longest_retry_after
            detail = f"it asks to wait {answer.retry_after:.0f} s, and at most {longest:.0f} s are waited here"
        kind = failure_type(self._policy, attempt, doubt)
        return kind(
            request,
            self.host,
            status=answer.status,
            error=answer.error,
            detail=detail,
            in_doubt=doubt or kind is OutcomeUnknown,
            retry_after=answer.retry_after,
            attempts=attempt.number,
            date=answer.date,
        )

    def _pause(self, request: Request, seconds: float, because: str, attempt: int) -> None:
        """In steps of a second, so that a read that was called off ends soon."""
        if self._on_wait:
            self._on_wait(Wait(lane=request.lane, seconds=seconds, because=because, attempt=attempt))
        self._count(request.lane, waited=seconds)
        while seconds > 0:
            if stop_requested():
                raise Stopped(request, self.host)
            self._clock.sleep(min(1.0, seconds))
            seconds -= 1.0

    def _count(self, lane: str, *, requests: int = 0, retries: int = 0, waited: float = 0.0) -> None:
        with self._counting:
            so_far = self._counts[lane]
            self._counts[lane] = LaneCount(
                requests=so_far.requests + requests, retries=so_far.retries + retries, waited=so_far.waited + waited
            )

    def _sent(self, request: Request, url: str, number: int) -> Sent:
        address = httpx.URL(url)
        return Sent(
            lane=request.lane,
            method=request.method,
            template=request.path,
            path="/" + address.raw_path.decode().partition("?")[0].removeprefix(self._base.path),
            query=tuple(address.params.multi_items()),
            body=None if request.form is not None else request.body,
            attempt=number,
        )

    def _address(self, request: Request) -> str:
        if request.link is not None:
            return self._linked(request, request.link)
        # A space as %20: what OData services read of a plus sign is not said (OData 4.01, part 2).
        query = urlencode(request.parameters(), quote_via=quote, safe="$")
        return f"{self._base}{request.filled_path()}" + (f"?{query}" if query else "")

    def _linked(self, request: Request, link: str) -> str:
        try:
            url = self._base.join(link)
        except httpx.InvalidURL:
            raise ForeignHost(request, self.host, detail="it can't be read") from None
        if _origin(url) != _origin(self._base) or url.userinfo or not url.path.startswith(self._base.path):
            raise ForeignHost(request, self.host, detail=url.host)
        return str(url)


def _bound(base_url: str) -> httpx.URL:
    url = httpx.URL(base_url)
    if url.scheme != "https" and not (url.scheme == "http" and url.host in LOOPBACK):
        raise ValueError("a base URL starts with https://, or http:// on loopback")
    if not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError("a base URL is a host and at most a path")
    return url.copy_with(path=url.path.rstrip("/") + "/")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # httpx drops a port that is the scheme's own
