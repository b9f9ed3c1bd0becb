"""What becomes of requests that fail: repeated, or a failure that says which kind."""

import httpx
import pytest

from reconciler.http import failures
from reconciler.http.request import Request
from reconciler.http.retry import Repeat
from tests.unit.http.vendor import OK, Connect, Step, Vendor, create, put_twice, read, refused


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, failures.Invalid),
        (401, failures.Unauthorised),
        (403, failures.Forbidden),
        (404, failures.NotFound),
        (409, failures.Conflict),
        (412, failures.Conflict),
        (422, failures.Invalid),
    ],
)
def test_refusals_are_told_apart_and_not_repeated(
    connect: Connect, status: int, kind: type[failures.HttpFailure]
) -> None:
    vendor = Vendor([refused(status, "someReason", "Not so")])

    with pytest.raises(failures.Refused) as caught:
        connect(vendor).send(read())

    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.reasons, caught.value.message) == (status, ("someReason",), "Not so")
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(
    ("step", "kind", "attempts"),
    [
        (refused(429), failures.QuotaExceeded, 8),
        (refused(500), failures.ServerFault, 8),
        (httpx.ReadTimeout("slow"), failures.NoReply, 8),
        (httpx.ConnectError("refused"), failures.Unreachable, 4),
        (httpx.Response(200, content=b'{"things": [1, 2'), failures.BadResponse, 8),
        (httpx.Response(200, html="<h1>Log in to the guest network</h1>"), failures.BadResponse, 8),
        (httpx.Response(200), failures.BadResponse, 8),
    ],
)
def test_a_read_that_keeps_failing_says_how(
    connect: Connect, step: Step, kind: type[failures.HttpFailure], attempts: int
) -> None:
    vendor = Vendor([step])

    with pytest.raises(failures.HttpFailure) as caught:
        connect(vendor).send(read())

    assert type(caught.value) is kind
    assert (caught.value.attempts, len(vendor.asked)) == (attempts, attempts)
    assert "guest network" not in str(caught.value)


@pytest.mark.parametrize(
    "step",
    [
        refused(500),
        refused(503, headers={"Retry-After": "1"}),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
        httpx.WriteError("reset"),
        httpx.Response(200, content=b'{"id": "1'),
    ],
)
def test_a_creation_of_unknown_outcome_is_said_and_not_repeated(connect: Connect, step: Step) -> None:
    vendor = Vendor([step, OK])

    with pytest.raises(failures.OutcomeUnknown) as caught:
        connect(vendor).send(create())

    assert caught.value.in_doubt
    assert len(vendor.asked) == 1


@pytest.mark.parametrize("step", [refused(429), refused(403, "rateLimitExceeded"), httpx.ConnectError("no route")])
def test_a_creation_that_was_surely_not_done_is_repeated(connect: Connect, step: Step) -> None:
    vendor = Vendor([step, OK])

    assert connect(vendor).send(create()).status == 200
    assert len(vendor.asked) == 2


def test_a_write_declared_idempotent_is_repeated(connect: Connect) -> None:
    vendor = Vendor([httpx.ReadTimeout("slow"), refused(502), OK])

    assert connect(vendor).send(put_twice()).status == 200


@pytest.mark.parametrize("last", [refused(429), httpx.ConnectError("gone"), httpx.ReadTimeout("slow")])
def test_doubt_outlives_what_comes_after_it(connect: Connect, last: Step) -> None:
    """The first attempt may have taken effect; that a later one was not even sent doesn't undo it."""
    with pytest.raises(failures.OutcomeUnknown):
        connect(Vendor([httpx.ReadTimeout("slow"), last])).send(put_twice())


def test_a_plain_answer_after_doubt_is_given_with_the_doubt(connect: Connect) -> None:
    """A deletion that timed out and then finds nothing has succeeded; the caller can tell."""
    request = Request(method="DELETE", path="things/1", lane="write", repeat=Repeat.IDEMPOTENT)

    with pytest.raises(failures.NotFound) as caught:
        connect(Vendor([httpx.ReadTimeout("slow"), refused(404)])).send(request)

    assert caught.value.in_doubt


@pytest.mark.parametrize("ends", [RuntimeError("the credential is no good"), failures.Unreachable(read(), "sign-in")])
def test_doubt_outlives_a_credential_that_fails_before_the_next_attempt(connect: Connect, ends: Exception) -> None:
    given = iter(["Bearer a"])

    def authorise(_now: float, _rejected: str | None) -> str:
        for header in given:
            return header
        raise ends

    with pytest.raises(failures.OutcomeUnknown) as caught:
        connect(Vendor([httpx.ReadTimeout("slow")]), authorise=authorise).send(put_twice())
    assert caught.value.in_doubt

    given = iter(["Bearer a"])
    with pytest.raises(type(ends)):
        connect(Vendor([refused(429)]), authorise=authorise).send(put_twice())
