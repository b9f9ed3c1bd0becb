"""Signing in without a secret: the job's identity in GitHub Actions, or a token in a file."""

from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from reconciler.credentials.federation import check_request_url
from reconciler.credentials.problems import CredentialProblem
from reconciler.http.failures import BadResponse
from tests.unit.credentials.entra_sign_in import (
    CLIENT,
    ENTRA_DATE,
    GITHUB_CLAIMS,
    GITHUB_URL,
    NOW,
    Entra,
    refusal,
    token_of,
)

GITHUB = {
    "CLIENT_ID_PLAN": CLIENT,
    "ACTIONS_ID_TOKEN_REQUEST_URL": GITHUB_URL,
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner-token-1",
}


def test_the_job_asks_github_and_presents_what_it_got_to_entra() -> None:
    entra = Entra()
    credential = entra.sign_in(GITHUB)

    credential.source.token(NOW)

    asked, exchanged = entra.asked
    assert str(asked.url) == f"{GITHUB_URL}&audience=api%3A%2F%2FAzureADTokenExchange"
    assert asked.headers["Authorization"] == "Bearer runner-token-1"
    assert exchanged.url.host == "login.microsoftonline.com"
    assert "Authorization" not in exchanged.headers
    assert entra.forms[0]["client_assertion"] == [token_of(GITHUB_CLAIMS)]
    assert entra.forms[0]["client_id"] == [CLIENT]
    assert "runner-token" not in repr(credential)


def test_a_new_identity_is_asked_for_whenever_the_token_is_renewed() -> None:
    """GitHub's tokens last some minutes only."""
    entra = Entra()
    source = entra.sign_in(GITHUB).source

    source.token(NOW)
    source.token(NOW + 3600)

    assert [one.method for one in entra.asked] == ["GET", "POST", "GET", "POST"]


@pytest.mark.parametrize(
    "url",
    [
        "https://pipelinesghubeus6.actions.githubusercontent.com/x//idtoken/1?api-version=2.0",
        "https://run-actions-3.actions.githubusercontent.com:443/idtoken",
    ],
)
def test_githubs_own_hosts_are_taken(url: str) -> None:
    assert check_request_url(url) == url


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evil.example/idtoken?x=1", "evil.example"),
        ("https://actions.githubusercontent.com.evil.example/", "actions.githubusercontent.com.evil.example"),
        ("https://evilactions.githubusercontent.com/", "evilactions.githubusercontent.com"),
        ("http://run.actions.githubusercontent.com/", "run.actions.githubusercontent.com"),
        ("https://run.actions.githubusercontent.com@evil.example/", "evil.example"),
        ("https://user@run.actions.githubusercontent.com/", "run.actions.githubusercontent.com"),
        ("https://run.actions.githubusercontent.com:8443/", "run.actions.githubusercontent.com"),
        ("https://[", "?"),
        ("idtoken", "?"),
    ],
)
def test_the_runners_token_goes_to_no_other_host(url: str, host: str) -> None:
    entra = Entra()

    with pytest.raises(CredentialProblem) as caught:
        entra.sign_in({**GITHUB, "ACTIONS_ID_TOKEN_REQUEST_URL": url})

    assert caught.value.code == "ENTRA-GITHUB-FOREIGN-HOST"
    assert caught.value.values["host"] == host
    assert entra.asked == []


def test_a_job_without_leave_is_told_what_it_needs() -> None:
    entra = Entra(github=httpx.Response(403, text="no"))

    with pytest.raises(CredentialProblem) as caught:
        entra.sign_in(GITHUB).source.token(NOW)

    assert (caught.value.code, caught.value.values) == ("ENTRA-GITHUB-REFUSED", {"status": "403"})
    assert "runner-token" not in str(caught.value)


def test_a_runner_whose_right_to_ask_has_ended_is_told_to_run_again() -> None:
    entra = Entra(github=httpx.Response(401, text="no"))

    with pytest.raises(CredentialProblem) as caught:
        entra.sign_in(GITHUB).source.token(NOW)

    assert (caught.value.code, caught.value.values) == ("ENTRA-GITHUB-REFUSED-EXPIRED", {"status": "401"})


@pytest.mark.parametrize(
    ("ends", "number", "code"),
    [
        (-1, 700024, "ENTRA-IDENTITY-EXPIRED"),
        (-1, 700213, "ENTRA-IDENTITY-EXPIRED"),
        (300, 700213, "ENTRA-FEDERATION-NO-MATCH"),
        (None, 700213, "ENTRA-FEDERATION-NO-MATCH"),
    ],
)
def test_an_identity_that_had_expired_is_said_to_have(ends: int | None, number: int, code: str) -> None:
    """By Entra's own clock: what it compares is what counts."""
    at = parsedate_to_datetime(ENTRA_DATE).timestamp()
    said = {**GITHUB_CLAIMS, **({} if ends is None else {"exp": int(at + ends)})}
    github = httpx.Response(200, json={"value": token_of(said), "count": 1})
    entra = Entra(answers=[refusal(number)], github=github)

    with pytest.raises(CredentialProblem) as caught:
        entra.sign_in(GITHUB).source.token(NOW)

    assert caught.value.code == code
    assert token_of(said) not in str(caught.value)


@pytest.mark.parametrize("content", [{}, {"value": ""}, {"value": 7}, []])
def test_a_reply_of_github_without_a_token_is_a_bad_reply(content: object) -> None:
    with pytest.raises(BadResponse):
        Entra(github=httpx.Response(200, json=content)).sign_in(GITHUB).source.token(NOW)


def test_a_secret_that_is_set_goes_before_the_jobs_identity() -> None:
    entra = Entra()
    entra.sign_in({**GITHUB, "CLIENT_SECRET_PLAN": "x"}).source.token(NOW)

    assert [one.method for one in entra.asked] == ["POST"]


def test_a_token_file_is_read_anew_each_time(tmp_path: Path) -> None:
    """Whoever writes it renews it there."""
    path = tmp_path / "token"
    entra = Entra()
    source = entra.sign_in({"CLIENT_ID": CLIENT, "FEDERATED_TOKEN_FILE": str(path)}).source

    for subject in ("system:serviceaccount:skola:plan", "system:serviceaccount:skola:plan2"):
        path.write_text(token_of({"sub": subject}) + "\n", encoding="ascii")
        source.token(NOW + len(entra.forms) * 3600)

    presented = [form["client_assertion"][0] for form in entra.forms]
    assert presented == [
        token_of({"sub": "system:serviceaccount:skola:plan"}),
        token_of({"sub": "system:serviceaccount:skola:plan2"}),
    ]


def test_a_token_file_that_is_none_is_said_without_quoting_it(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("password=hemligt", encoding="ascii")
    cases = {
        str(tmp_path / "missing"): "ENTRA-FEDERATED-FILE-UNREADABLE",
        str(tmp_path): "ENTRA-FEDERATED-FILE-UNREADABLE",
        str(wrong): "ENTRA-FEDERATED-FILE-NO-TOKEN",
    }
    for value, code in cases.items():
        entra = Entra()
        with pytest.raises(CredentialProblem) as caught:
            entra.sign_in({"CLIENT_ID": CLIENT, "FEDERATED_TOKEN_FILE": value}).source.token(NOW)

        assert (caught.value.code, entra.asked) == (code, [])
        assert "hemligt" not in str(caught.value)
