"""Refusals of GitHub: waited out where waiting helps, and otherwise said with what to do, in both languages."""

import httpx
import pytest

from reconciler.forge.api import Forge, change, listing, read_error
from reconciler.forge.comments import put_comments
from reconciler.forge.connect import connect
from reconciler.forge.fields import flag, moment, need, number, rows, text
from reconciler.forge.people import read_members
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.pulls import head_of_pull
from reconciler.forge.repository import head_of, read_repository
from reconciler.forge.trouble import explain_failure
from reconciler.http.clock import VirtualTime
from reconciler.http.failures import HttpFailure, NotFound, QuotaExceeded
from reconciler.http.request import Request
from reconciler.http.retry import Repeat
from reconciler.texts.rendering import LANGUAGES, PLACEHOLDER, messages, render
from tests.forge.faults import Fault, bad_gateway, secondary_limit, server_error
from tests.forge.forge import Forge as Hub
from tests.unit.forge.conftest import Connect

GIVEN = {"GITHUB_TOKEN": "ghs_invented", "GITHUB_REPOSITORY": "a/b"}


def said(failure: HttpFailure) -> tuple[str, str]:
    code, values = explain_failure(failure)
    for language in LANGUAGES:
        written = " ".join(messages("forge")[code][language].values())
        assert set(PLACEHOLDER.findall(written)) <= set(values)
    return code, render(code, values, "sv").hint


def test_the_way_is_told_without_placeholders_that_look_unfilled() -> None:
    failure = NotFound(
        Request(method="GET", path="repos/{owner}/{repo}/pulls/{number}/reviews"), "api.github.com", status=404
    )

    code, values = explain_failure(failure)

    assert (code, values["path"]) == ("FORGE-NOT-FOUND", "pulls/…/reviews")


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_is_waited_out_as_long_as_it_says(
    hub: Hub, forge: Forge, time: VirtualTime, status: int
) -> None:
    hub.fault(secondary_limit(60, status=status))

    assert head_of(forge, "main") == hub.head()
    assert 60 <= time.elapsed < 65


def test_a_secondary_limit_that_doesnt_say_how_long_is_waited_out_too(
    hub: Hub, forge: Forge, time: VirtualTime
) -> None:
    hub.fault(secondary_limit(None, times=3))

    assert head_of(forge, "main") == hub.head()
    assert time.elapsed > 3


def test_when_the_hours_requests_are_used_up_it_ends_and_says_when_to_go_on(hub: Hub, to: Connect) -> None:
    forge = to()
    hub.settings.hourly = 0

    with pytest.raises(QuotaExceeded) as refused:
        head_of(forge, "main")

    assert said(refused.value)[0] == "FORGE-QUOTA"


def test_faults_of_the_server_are_tried_again(hub: Hub, forge: Forge) -> None:
    hub.fault(bad_gateway(times=2))
    hub.fault(server_error())

    assert head_of(forge, "main") == hub.head()


def test_a_server_that_keeps_failing_is_said(hub: Hub, forge: Forge) -> None:
    hub.fault(bad_gateway(times=99))

    with pytest.raises(HttpFailure) as failed:
        head_of(forge, "main")

    assert said(failed.value)[0] == "FORGE-FAULT"


def test_401_is_a_token_that_is_over(hub: Hub, to: Connect) -> None:
    forge = to()
    for token in hub.world.tokens.values():
        token.expires = hub.clock.now

    with pytest.raises(HttpFailure) as refused:
        head_of(forge, "main")

    assert said(refused.value)[0] == "FORGE-TOKEN-REFUSED"


@pytest.mark.parametrize(
    ("permissions", "permission"),
    [({"contents": "read"}, "pull-requests: write"), ({"contents": "read", "issues": "read"}, "pull-requests: write")],
)
def test_403_names_the_permission_that_a_job_lacks(
    hub: Hub, to: Connect, permissions: dict[str, str], permission: str
) -> None:
    hub.commit("dag", "norr", {"a.yaml": "a: 1\n"})
    pull = hub.open_pull("dag", "norr")
    forge = to(permissions)

    with pytest.raises(HttpFailure) as refused:
        change(forge, "POST", "issues/{number}/comments", {"number": str(pull.number)}, {"body": "x"})

    code, hint = said(refused.value)
    assert (code, permission in hint) == ("FORGE-NOT-ALLOWED", True)


def test_teams_that_may_not_be_read_have_a_text_of_their_own(forge: Forge) -> None:
    with pytest.raises(HttpFailure) as refused:
        read_members(forge, "it")

    code, hint = said(refused.value)
    assert (code, "RECONCILER_FORGE_TOKEN" in hint) == ("FORGE-TEAMS-NOT-READABLE", True)


def test_404_says_that_it_may_be_the_token(to: Connect) -> None:
    with pytest.raises(HttpFailure) as refused:
        read_repository(to(GITHUB_REPOSITORY="granby-kommun/annat"))
    with pytest.raises(HttpFailure) as within:
        head_of_pull(to(), 999)

    assert said(refused.value)[0] == "FORGE-REPOSITORY-NOT-FOUND"
    assert said(within.value)[0] == "FORGE-NOT-FOUND"


@pytest.mark.parametrize(
    ("status", "path", "body", "code"),
    [
        (409, "git/refs", {"ref": "refs/x/y", "sha": "0" * 40}, "FORGE-CONFLICT"),
        (410, "issues", {"title": "x"}, "FORGE-ISSUES-OFF"),
        (422, "issues", {"title": "x"}, "FORGE-INVALID"),
    ],
)
def test_other_refusals(hub: Hub, forge: Forge, status: int, path: str, body: dict[str, str], code: str) -> None:
    hub.fault(Fault(status=status, verb="POST", message="Nej"))

    with pytest.raises(HttpFailure) as refused:
        change(forge, "POST", path, {}, body)

    assert said(refused.value)[0] == code


def test_a_write_that_nobody_knows_the_outcome_of(hub: Hub, forge: Forge) -> None:
    hub.fault(bad_gateway(verb="POST", times=99))

    with pytest.raises(HttpFailure) as failed:
        change(forge, "POST", "issues", {}, {"title": "x"})

    assert said(failed.value)[0] == "FORGE-OUTCOME-UNKNOWN"


def answering(status: int, headers: dict[str, str], content: bytes = b"{}") -> Forge:
    """A server that always says the same."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=headers, content=content)

    return connect(GIVEN, clock=VirtualTime().clock(), transport=lambda: httpx.MockTransport(answer))


def test_a_repository_that_has_moved_is_not_followed() -> None:
    there = {"Location": "https://api.github.com/repositories/1"}
    with answering(301, there) as forge, pytest.raises(HttpFailure) as moved:
        read_repository(forge)

    assert said(moved.value)[0] == "FORGE-MOVED"


def test_a_next_page_on_another_host_is_not_asked_for() -> None:
    link = {"Link": '<https://example.net/x?page=2>; rel="next"'}
    with answering(200, link, b"[]") as forge, pytest.raises(HttpFailure) as refused:
        listing(forge, "issues")

    assert said(refused.value)[0] == "FORGE-FOREIGN-LINK"


def test_a_host_that_cant_be_reached() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    forge = connect(GIVEN, clock=VirtualTime().clock(), transport=lambda: httpx.MockTransport(refuse))
    with forge, pytest.raises(HttpFailure) as failed:
        head_of(forge, "main")

    assert said(failed.value)[0] == "FORGE-UNREACHABLE"


@pytest.mark.parametrize(
    ("body", "reasons", "message"),
    [
        (b'{"message": "API rate limit exceeded for installation ID 1."}', ("rateLimited",), "API rate limit exceeded for installation ID 1."),
        (b'{"message": "You have exceeded a secondary rate limit."}', ("rateLimited",), "You have exceeded a secondary rate limit."),
        (b'{"message": "Validation Failed", "errors": [{"resource": "Label", "code": "already_exists", "field": "name"}]}', ("already_exists",), "Validation Failed"),
        (b'{"message": "Unprocessable", "errors": ["Too long", {"code": "custom", "message": "body is too long"}]}', ("custom",), "Unprocessable; Too long; body is too long"),
        (b'{"message": "Not Found", "errors": null}', (), "Not Found"),
        (b"<html>Unicorn!</html>", (), ""),
        (b"[]", (), ""),
        (b"", (), ""),
    ],
)  # fmt: skip
def test_what_an_error_says(body: bytes, reasons: tuple[str, ...], message: str) -> None:
    error = read_error(403, body)

    assert (error.reasons, error.message) == (reasons, message)


def test_writes_are_a_second_apart(hub: Hub, forge: Forge, time: VirtualTime) -> None:
    """As GitHub asks for; reads don't wait."""
    hub.commit("dag", "norr", {"a.yaml": "a: 1\n"})
    pull = hub.open_pull("dag", "norr")

    put_comments(forge, pull.number, "plan", ["ett", "två", "tre"])

    assert 2 < time.elapsed < 4


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (lambda data: need(data, "a"), {"a": ""}),
        (lambda data: need(data, "a", "b"), {"a": None}),
        (lambda data: number(data, "a"), {"a": True}),
        (lambda data: number(data, "a"), {"a": "1"}),
        (lambda data: moment(data, "a"), {"a": "igår"}),
        (lambda data: moment(data, "a"), {"a": "2026-11-22T08:00:00"}),
        (lambda data: rows(data, "a"), {"a": {}}),
        (lambda data: rows(data), [1]),
    ],
)
def test_what_a_decision_hangs_on_is_there_or_nothing_is_decided(read, data) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ForgeProblem, match="FORGE-ANSWER-UNREADABLE"):
        read(data)


def test_what_may_be_missing_is_empty() -> None:
    assert (text({"user": None}, "user", "login"), flag({}, "private")) == ("", None)


def test_every_text_says_what_to_do_in_both_languages() -> None:
    found = messages("forge")

    assert [code for code, each in found.items() if not all(each[lang].get("hint") for lang in ("sv", "en"))] == []
    assert all(code.startswith("FORGE-") for code in found)


def test_what_is_idempotent_is_sent_again(hub: Hub, forge: Forge) -> None:
    hub.fault(bad_gateway(verb="POST", path=".*/git/commits"))
    tree = hub.read_commit(hub.head()).tree

    reply = change(forge, "POST", "git/commits", {}, {"message": "x", "tree": tree}, repeat=Repeat.IDEMPOTENT)

    assert reply.status == 201
