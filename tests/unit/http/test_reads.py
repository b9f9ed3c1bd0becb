"""Page after page and side by side: nothing is lost, nothing is taken for absent."""

import threading
import time

import httpx
import pytest

from reconciler.http import failures
from reconciler.http.bucket import Quota
from reconciler.http.client import HttpClient
from reconciler.http.clock import SYSTEM, Clock, VirtualTime
from reconciler.http.reads import Ahead, Read, Unread, pages, read_all, stop_requested, values
from reconciler.http.request import Reply, Request, Wait
from reconciler.http.throttle import Lane
from tests.unit.http.vendor import OK, Connect, Vendor, refused


def listing(token: str | None = None) -> Request:
    return Request(method="GET", path="things", query={"pageToken": token})


def by_token(request: Request, reply: Reply) -> Request | None:
    assert isinstance(reply.data, dict)
    token = reply.data.get("nextPageToken")
    return listing(token) if token else None


def test_every_page_is_asked_for_by_the_one_before(connect: Connect) -> None:
    vendor = Vendor(
        [
            httpx.Response(200, json={"things": [1], "nextPageToken": "t2"}),
            httpx.Response(200, json={"things": [2], "nextPageToken": "t3"}),
            httpx.Response(200, json={"things": [3]}),
        ]
    )

    replies = list(pages(connect(vendor).send, listing(), by_token))

    assert [reply.data for reply in replies] == [
        {"things": [1], "nextPageToken": "t2"},
        {"things": [2], "nextPageToken": "t3"},
        {"things": [3]},
    ]
    assert [str(request.url.query, "ascii") for request in vendor.asked] == ["", "pageToken=t2", "pageToken=t3"]


def test_a_listing_that_breaks_off_is_not_a_listing(connect: Connect) -> None:
    vendor = Vendor([httpx.Response(200, json={"things": [1], "nextPageToken": "t2"}), refused(403, "forbidden")])

    with pytest.raises(failures.Forbidden):
        list(pages(connect(vendor).send, listing(), by_token))


def test_pages_that_lead_back_are_noticed(connect: Connect) -> None:
    vendor = Vendor([httpx.Response(200, json={"nextPageToken": "t2"})])

    with pytest.raises(failures.BadResponse, match="never end"):
        list(pages(connect(vendor).send, listing(), by_token))
    assert len(vendor.asked) == 2


def refuse(number: int) -> failures.HttpFailure:
    return failures.NotFound(Request(method="GET", path="things/{id}", values={"id": str(number)}), "h", status=404)


def test_outcomes_come_in_the_items_order_whatever_finishes_first() -> None:
    def read(number: int) -> int:
        time.sleep((5 - number) / 200)
        return number * number

    assert read_all(read, range(5), concurrency=5) == [Read(value=number * number) for number in range(5)]


def test_one_failure_loses_no_other_value() -> None:
    def read(number: int) -> int:
        if number == 1:
            raise refuse(number)
        return number

    outcomes = read_all(read, range(4), concurrency=2)

    assert [isinstance(outcome, Unread) for outcome in outcomes] == [False, True, False, False]
    with pytest.raises(failures.NotFound):
        values(outcomes)


def test_nothing_to_read_is_nothing() -> None:
    assert values(read_all(lambda number: number, [], concurrency=4)) == []


def test_reads_run_side_by_side_up_to_the_limit() -> None:
    lock, running, most = threading.Lock(), 0, 0

    def read(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return number

    read_all(read, range(12), concurrency=3)

    assert most == 3


def test_stopping_early_calls_off_waits_and_says_which_were_not_read() -> None:
    """The first is refused; the others, told to come back in a minute, are not waited for."""

    def vendor(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/things/0":
            time.sleep(0.1)
            return httpx.Response(403)
        return httpx.Response(503, headers={"Retry-After": "60"})

    client = HttpClient(
        "https://vendor.example", lanes={"read": Lane()}, clock=SYSTEM, transport=httpx.MockTransport(vendor)
    )
    began = time.monotonic()
    with client:
        outcomes = read_all(
            lambda number: client.send(Request(method="GET", path="things/{id}", values={"id": str(number)})),
            range(40),
            concurrency=4,
            stop_early=True,
        )

    assert time.monotonic() - began < 5
    assert {type(outcome.failure) for outcome in outcomes[1:] if isinstance(outcome, Unread)} == {failures.Stopped}
    assert len(outcomes) == 40
    with pytest.raises(failures.Forbidden):
        values(outcomes)


def test_a_bug_in_a_read_is_raised_as_it_is() -> None:
    def read(number: int) -> int:
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        read_all(read, range(3), concurrency=2)


def test_a_quota_holds_over_threads(connect: Connect) -> None:
    vendor = Vendor([OK], time=VirtualTime())
    lane = Lane(quotas=(Quota(name="second", limit=5, seconds=1.0, margin=0.0),), in_flight=1)
    client = connect(vendor, lanes={"read": lane})

    values(read_all(lambda _: client.send(listing()), range(23), concurrency=6))

    moments = sorted(vendor.moments)
    assert len(moments) == 23
    assert all(later - earlier >= 1.0 for earlier, later in zip(moments, moments[5:], strict=False))


def test_reads_that_were_called_off_take_nothing_from_the_quota(connect: Connect) -> None:
    """Two are let through and refused; the others waited for the next minute and are called off there."""
    vendor = Vendor([refused(403, "forbidden"), refused(403, "forbidden"), OK])
    lane = Lane(quotas=(Quota(name="minute", limit=2, seconds=60.0, margin=0.0),), in_flight=4)
    slow = Clock(
        monotonic=lambda: vendor.time.elapsed, wall=lambda: vendor.time.elapsed, sleep=lambda _: time.sleep(0.005)
    )
    waits: list[Wait] = []
    client = HttpClient(
        "https://vendor.example",
        lanes={"read": lane},
        clock=slow,
        transport=httpx.MockTransport(vendor),
        on_wait=waits.append,
    )
    with client:
        read_all(lambda _: client.send(listing()), range(30), concurrency=4, stop_early=True)
        called_off = len(waits)
        vendor.time.sleep(60.0)
        client.send(listing())

    assert called_off >= 2
    assert len(waits) == called_off
    assert vendor.moments == [0.0, 0.0, 60.0]


def test_a_read_begun_ahead_is_taken_once_and_read_anew_after_that() -> None:
    ahead = Ahead(2)
    ahead.begin("things", lambda: "begun")
    assert [ahead.take("things", lambda: "now") for _ in range(2)] == ["begun", "now"]
    ahead.close()


def test_work_done_aside_runs_in_another_thread_and_waits_to_be_asked_for() -> None:
    ahead = Ahead(1)
    results = [ahead.aside(threading.get_ident), ahead.aside(lambda: 1 // 0)]
    assert results[0]() != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        results[1]()
    ahead.close()


def test_a_failure_of_a_read_begun_ahead_is_raised_where_it_is_taken(connect: Connect) -> None:
    client = connect(Vendor([refused(403)]))
    ahead = Ahead(1)
    ahead.begin("things", lambda: client.send(listing()))
    with pytest.raises(failures.Forbidden):
        ahead.take("things", lambda: client.send(listing()))
    ahead.close()


def test_what_was_begun_and_never_taken_is_called_off_in_its_wait() -> None:
    """Two in a minute: the third read waits for its quota, and ends when the reader is closed, unsent."""
    vendor, waiting = Vendor([OK]), threading.Event()

    def sleep(_seconds: float) -> None:
        waiting.set()
        deadline = time.monotonic() + 10
        while not stop_requested() and time.monotonic() < deadline:
            time.sleep(0.01)

    clock = Clock(monotonic=lambda: 0.0, wall=lambda: 0.0, sleep=sleep)
    quota = Quota(name="reads", limit=2, seconds=60)
    lanes = {"read": Lane(quotas=(quota,))}
    client = HttpClient("https://vendor.example", lanes=lanes, clock=clock, transport=httpx.MockTransport(vendor))
    ahead = Ahead(1)
    ahead.begin("things", lambda: [client.send(listing()) for _ in range(3)])
    assert waiting.wait(10)
    ahead.close()
    client.close()
    assert len(vendor.asked) == 2
