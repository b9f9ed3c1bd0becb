"""What the client sends, and when, on virtual time."""

from collections.abc import Callable

import httpx
import pytest

from reconciler.http import failures
from reconciler.http.bucket import Quota
from reconciler.http.client import HttpClient
from reconciler.http.clock import Clock
from reconciler.http.request import LaneCount, Reply, Request, Sent, Wait
from reconciler.http.retry import Repeat
from reconciler.http.throttle import Lane
from tests.unit.http.vendor import LANES, OK, Connect, Vendor, create, google_like, put_twice, read, refused


def test_a_reply_is_its_json_and_the_vendors_clock(connect: Connect) -> None:
    vendor = Vendor([httpx.Response(200, json={"a": [1]}, headers={"Date": "Wed, 21 Oct 2015 07:28:00 GMT"})])

    assert connect(vendor).send(read()) == Reply(status=200, data={"a": [1]}, date=1445412480.0)


def test_an_empty_reply_to_a_write_is_done(connect: Connect) -> None:
    request = Request(method="DELETE", path="things/1", lane="write", repeat=Repeat.IDEMPOTENT)

    assert connect(Vendor([httpx.Response(204)])).send(request).data is None


def test_names_with_swedish_letters_and_slashes_reach_the_vendor_as_documented(connect: Connect) -> None:
    """`Skolor/Bj%C3%B6rk%20skolan` is what Google's own client sends for that org unit (reference, 2.1)."""
    vendor = Vendor([OK])
    request = Request(
        method="GET",
        path="orgunits/{+path}/of/{id}",
        values={"path": "Skolor/Björk skolan", "id": "a/b?c#d"},
        query={"q": "å&b", "all": True, "page": None, "n": 3, "kind": ["x", "y"]},
    )

    connect(vendor, url="https://vendor.example/google/").send(request)

    assert vendor.asked[0].url.raw_path == (
        b"/google/orgunits/Skolor/Bj%C3%B6rk%20skolan/of/a%2Fb%3Fc%23d?q=%C3%A5%26b&all=true&n=3&kind=x&kind=y"
    )


@pytest.mark.parametrize("value", ["..", "a/../b", ".", ""])
def test_a_path_variable_leads_nowhere_else(connect: Connect, value: str) -> None:
    vendor = Vendor([OK])

    with pytest.raises(ValueError, match="another path"):
        connect(vendor).send(Request(method="DELETE", path="orgunits/{+path}", values={"path": value}))
    assert vendor.asked == []


@pytest.mark.parametrize(
    ("headers", "waited"),
    [({"Retry-After": "7"}, 7.0), ({"Retry-After": "0.25"}, 0.25), ({"Retry-After": "-3"}, 0.5), ({}, 0.5)],
)
def test_429_is_waited_out(connect: Connect, headers: dict[str, str], waited: float) -> None:
    vendor = Vendor([refused(429, headers=headers), OK])

    reply = connect(vendor).send(create())

    assert (reply.status, vendor.moments) == (200, [0.0, waited])


def test_a_date_in_retry_after_is_waited_for(connect: Connect) -> None:
    """The virtual clock starts at 1 795 000 000 s: Wed, 18 Nov 2026 11:06:40 GMT."""
    vendor = Vendor([refused(503, headers={"Retry-After": "Wed, 18 Nov 2026 11:07:00 GMT"}), OK])

    connect(vendor).send(read())

    assert vendor.moments == [0.0, 20.0]


def test_an_absurd_retry_after_is_said_not_slept(connect: Connect) -> None:
    vendor = Vendor([refused(429, "rateLimitExceeded", "Slow down", {"Retry-After": "86400"})])

    with pytest.raises(failures.QuotaExceeded) as caught:
        connect(vendor).send(read())

    assert caught.value.retry_after == 86400.0
    assert "asks to wait 86400 s, and at most 180 s are waited here" in str(caught.value)
    assert vendor.time.elapsed == 0.0


def test_when_one_was_too_many_the_whole_lane_waits() -> None:
    """While the refused request waits for its nine seconds, another one of the lane is about to be sent."""
    vendor = Vendor([refused(403, "quotaExceeded", headers={"Retry-After": "9"}), OK])
    others = iter([create()])

    def sleep(seconds: float) -> None:
        for other in others:
            client.send(other)
        vendor.time.sleep(seconds)

    clock = Clock(monotonic=lambda: vendor.time.elapsed, wall=lambda: vendor.time.elapsed, sleep=sleep)
    client = HttpClient(
        "https://vendor.example",
        lanes=LANES,
        parse_error=google_like,
        clock=clock,
        jitter=lambda: 0.0,
        transport=httpx.MockTransport(vendor),
    )
    with client:
        client.send(create())

    assert vendor.moments[:2] == [0.0, 9.0]


def test_a_slow_request_is_counted_from_its_end(connect: Connect) -> None:
    """The vendor may have counted it as late as that: four seconds on the way, and the next one only a minute later."""
    vendor = Vendor([OK])
    lane = Lane(quotas=(Quota(name="minute", limit=1, seconds=60.0, margin=0.0),), in_flight=1)
    slow = iter([4.0])

    def on_request(_: Sent) -> None:
        for seconds in slow:
            vendor.time.sleep(seconds)

    client = connect(vendor, lanes={"read": lane}, on_request=on_request)
    client.send(read())
    client.send(read())

    assert vendor.moments == [4.0, 64.0]


def test_quotas_hold_on_virtual_time(connect: Connect) -> None:
    lane = Lane(quotas=(Quota(name="minute", limit=30, seconds=60.0, margin=0.0),), in_flight=1)
    vendor = Vendor([OK])
    client = connect(vendor, lanes={"write": lane})

    for _ in range(61):
        client.send(put_twice())

    assert vendor.moments == [0.0] * 30 + [60.0] * 30 + [120.0]
    assert client.counts() == {"write": LaneCount(requests=61, retries=0, waited=120.0)}


def test_retries_are_under_the_quota_too(connect: Connect) -> None:
    lane = Lane(quotas=(Quota(name="minute", limit=1, seconds=60.0, margin=0.0),))
    vendor = Vendor([refused(500), OK])

    connect(vendor, lanes={"read": lane}).send(read())

    assert vendor.moments == [0.0, 60.0]


def test_only_the_explicit_argument_turns_quotas_off(connect: Connect) -> None:
    lane = Lane(quotas=(Quota(name="minute", limit=1, seconds=60.0),))
    vendor = Vendor([OK])
    client = connect(vendor, lanes={"read": lane}, without_quotas=True)

    for _ in range(3):
        client.send(read())

    assert vendor.moments == [0.0, 0.0, 0.0]


def test_an_unknown_lane_is_a_mistake_of_the_caller(connect: Connect) -> None:
    with pytest.raises(ValueError, match="no lane 'other'; there are read, write"):
        connect(Vendor([OK])).send(Request(method="GET", path="x", lane="other"))


def test_observers_see_every_attempt_and_every_wait(connect: Connect) -> None:
    sent: list[Sent] = []
    waits: list[Wait] = []
    vendor = Vendor([refused(503, headers={"Retry-After": "2"}), OK])
    client = connect(vendor, url="https://vendor.example/google", on_request=sent.append, on_wait=waits.append)

    client.send(
        Request(method="POST", path="v1/{c}/x:set", values={"c": "a b"}, query={"q": "å"}, body={"n": 1}, lane="write",
                repeat=Repeat.IDEMPOTENT)
    )  # fmt: skip

    expected = Sent(
        lane="write", method="POST", template="v1/{c}/x:set", path="/v1/a%20b/x:set", query=(("q", "å"),), body={"n": 1}
    )
    assert sent[0] == expected
    assert [attempt.attempt for attempt in sent] == [1, 2]
    assert waits == [Wait(lane="write", seconds=2.0, because="asked", attempt=2)]
    assert client.counts()["write"] == LaneCount(requests=2, retries=1, waited=2.0)


def test_a_form_is_sent_and_never_shown(connect: Connect) -> None:
    sent: list[Sent] = []
    vendor = Vendor([OK])

    connect(vendor, on_request=sent.append).send(Request(method="POST", path="token", form={"assertion": "a b"}))

    assert vendor.asked[0].content == b"assertion=a+b"
    assert vendor.asked[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent[0].body is None


def test_the_body_keeps_its_letters_and_refuses_what_is_not_json(connect: Connect) -> None:
    vendor = Vendor([OK])
    client = connect(vendor)
    client.send(Request(method="POST", path="x", body={"name": "Åk 4"}))

    assert vendor.asked[0].content == '{"name":"Åk 4"}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        client.send(Request(method="POST", path="x", body={"n": float("nan")}))


def test_a_wsgi_application_answers_in_process() -> None:
    """How tests and the sandbox meet without a socket."""

    def application(environ: dict[str, str], start: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "application/json")])
        return [b'{"path": "', environ["PATH_INFO"].encode(), b'"}']

    transport = httpx.WSGITransport(app=application)
    with HttpClient("http://127.0.0.1:1/google", lanes=LANES, transport=transport) as client:
        assert client.send(Request(method="GET", path="v1/x")).data == {"path": "/google/v1/x"}
