"""The exchange at Entra: how long a token is kept, what is tried again, what refusals mean."""

import threading
import traceback

import httpx
import pytest

from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.tokens import bearer
from reconciler.http import failures
from tests.unit.credentials.entra_sign_in import (
    CLIENT,
    GITHUB_URL,
    NOW,
    OTHER,
    SUBJECT,
    TENANT,
    Entra,
    make_pair,
    refusal,
)

SECRET = {"CLIENT_ID": CLIENT, "CLIENT_SECRET": "s3cr~et-value"}
GITHUB = {
    "CLIENT_ID": CLIENT,
    "ACTIONS_ID_TOKEN_REQUEST_URL": GITHUB_URL,
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner-token-1",
}


def refused(entra: Entra, environment: dict[str, str]) -> CredentialProblem:
    with pytest.raises(CredentialProblem) as caught:
        entra.sign_in(environment).source.token(NOW)
    return caught.value


def test_a_token_is_kept_until_shortly_before_it_lapses() -> None:
    entra = Entra()
    source = entra.sign_in(SECRET).source

    kept = [source.token(NOW + seconds) for seconds in (0, 10, 3298)]

    assert len(set(kept)) == 1
    assert source.token(NOW + 3299) != kept[0]
    assert len(entra.forms) == 2


def test_a_short_token_is_not_asked_for_at_every_request() -> None:
    entra = Entra(expires_in=60)
    source = entra.sign_in(SECRET).source

    assert source.token(NOW) == source.token(NOW + 29) != source.token(NOW + 31)


def test_a_lifetime_may_come_as_text() -> None:
    entra = Entra(expires_in="3599")
    source = entra.sign_in(SECRET).source

    assert source.token(NOW) == source.token(NOW + 3000)


def test_a_rejected_token_is_replaced_once_for_all_threads() -> None:
    entra = Entra()
    authorise = bearer(entra.sign_in(SECRET).source)
    old = authorise(NOW, None)
    renewed: list[str] = []
    threads = [threading.Thread(target=lambda: renewed.append(authorise(NOW, old))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(renewed)) == 1
    assert renewed[0] != old
    assert len(entra.forms) == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refusal(7000215, "Invalid client secret provided.", status=401), "ENTRA-SECRET-WRONG"),
        (refusal(7000222, "The provided client secret keys are expired.", status=401), "ENTRA-SECRET-EXPIRED"),
        (
            refusal(700016, f"Application with identifier '{CLIENT}' was not found in the directory"),
            "ENTRA-APP-UNKNOWN",
        ),
        (refusal(7000229, "missing service principal in the tenant"), "ENTRA-APP-UNKNOWN"),
        (refusal(7000112, "Application is disabled."), "ENTRA-APP-DISABLED"),
        (refusal(90002, f"Tenant '{TENANT}' not found."), "ENTRA-TENANT-UNKNOWN"),
        (refusal(65001, "has not consented to use the application"), "ENTRA-CONSENT-MISSING"),
        (refusal(650057, "Invalid resource."), "ENTRA-CONSENT-MISSING"),
        (refusal(53003, "Access has been blocked by Conditional Access policies."), "ENTRA-CONDITIONAL-ACCESS"),
        (refusal(530035, "Access has been blocked by security defaults."), "ENTRA-CONDITIONAL-ACCESS"),
        (refusal(53000, "Device is not compliant."), "ENTRA-CONDITIONAL-ACCESS"),
        (refusal(900432, "Confidential Client is not supported in Cross Cloud request."), "ENTRA-WRONG-CLOUD"),
        (refusal(5300, "A number of another family"), "ENTRA-REFUSED"),
        (refusal(70011, "The provided value for the input parameter 'scope' is not valid."), "ENTRA-REFUSED"),
        (httpx.Response(400, html="<h1>nej</h1>"), "ENTRA-REFUSED"),
        (httpx.Response(401, json={"error": "invalid_client", "error_codes": "7000215"}), "ENTRA-REFUSED"),
        (httpx.Response(400, json={"error_description": "AADSTS90002: Tenant not found."}), "ENTRA-TENANT-UNKNOWN"),
    ],
)
def test_each_refusal_is_told_apart_and_says_nothing_secret(answer: httpx.Response, code: str) -> None:
    entra = Entra(answers=[answer])

    problem = refused(entra, SECRET)

    assert problem.code == code
    assert len(entra.forms) == 1
    shown = f"{problem}{problem!r}{problem.values}" + "".join(traceback.format_exception(problem))
    assert "s3cr" not in shown
    assert OTHER not in shown, "trace ids of the answer are not passed on"
    assert problem.__context__ is None


def test_a_refusal_names_what_to_compare() -> None:
    values = refused(Entra(answers=[refusal(700016)]), SECRET).values

    assert values["client_id"] == CLIENT
    assert values["client_variable"] == "RECONCILER_INTUNE_CLIENT_ID"
    assert values["tenant"] == TENANT


def test_a_general_refusal_shows_its_number() -> None:
    assert refused(Entra(answers=[refusal(70011)]), SECRET).values["reason"] == "AADSTS70011, invalid_client"


@pytest.mark.parametrize("number", [70021, 700213])
def test_a_federated_credential_that_was_just_made_is_waited_for_within_bounds(number: int) -> None:
    entra = Entra(answers=[refusal(number), refusal(number), httpx.Response(200, json=GRANTED)])

    assert entra.sign_in(GITHUB).source.token(NOW) == "opaque"
    assert len(entra.forms) == 3
    assert 3.0 <= entra.time.elapsed <= 6.0


GRANTED = {"token_type": "Bearer", "access_token": "opaque", "expires_in": 3599}


def test_a_federated_credential_that_never_comes_shows_what_was_presented() -> None:
    entra = Entra(answers=[refusal(700213, "No matching federated identity record found")])

    problem = refused(entra, GITHUB)

    assert problem.code == "ENTRA-FEDERATION-NO-MATCH"
    assert problem.values["subject"] == SUBJECT == "repo:vidala@1234/skolenheter@5678:environment:plan"
    assert problem.values["issuer"] == "https://token.actions.githubusercontent.com"
    assert problem.values["audience"] == "api://AzureADTokenExchange"
    assert len(entra.forms) == 5
    assert 15.0 <= entra.time.elapsed <= 30.0
    assert entra.forms[0]["client_assertion"][0] not in f"{problem}{problem.values}"


@pytest.mark.parametrize(
    ("reason", "off", "code"),
    [
        ("[Reason - The key was not found., Thumbprint of key used by client: 'AB12']", 0, "NOT-REGISTERED"),
        ("[Reason - The key used is expired., Thumbprint of key used by client: 'AB12']", 0, "EXPIRED"),
        ("Client assertion failed signature validation.", 0, "NOT-REGISTERED"),
    ],
)
def test_a_certificate_that_entra_does_not_take(reason: str, off: float, code: str) -> None:
    pair = make_pair()
    entra = Entra(answers=[refusal(700027, reason, status=401)])

    problem = refused(entra, {"CLIENT_ID": CLIENT, "CERTIFICATE": pair.pem})

    assert problem.code == f"ENTRA-CERTIFICATE-{code}"
    assert "PRIVATE" not in f"{problem}{problem.values}"


def test_a_wrong_clock_is_told_by_how_much() -> None:
    answer = refusal(700024, "Client assertion is not within its valid time range.", status=401)
    answer.headers["Date"] = "Wed, 18 Nov 2026 11:21:40 GMT"

    problem = refused(Entra(answers=[answer]), {"CLIENT_ID": CLIENT, "CERTIFICATE": make_pair().pem})

    assert (problem.code, problem.values["seconds"]) == ("ENTRA-CLOCK", "900")


def test_a_token_of_another_tenant_is_refused_when_it_comes() -> None:
    problem = refused(Entra(claims={"tid": OTHER}), SECRET)

    assert problem.code == "INTUNE-WRONG-TENANT"
    assert problem.values == {"tenant": TENANT, "found": OTHER}


def test_trouble_at_entra_stays_trouble_and_is_tried_again() -> None:
    entra = Entra(answers=[httpx.Response(503), httpx.Response(200, json=GRANTED)])
    assert entra.sign_in(SECRET).source.token(NOW) == "opaque"

    with pytest.raises(failures.ServerFault):
        Entra(answers=[httpx.Response(503)]).sign_in(SECRET).source.token(NOW)


@pytest.mark.parametrize(
    "content",
    [{}, {"access_token": "a"}, {"access_token": 7, "expires_in": 1}, {"access_token": "a", "expires_in": "x"}],
)
def test_a_reply_without_a_token_is_a_bad_reply(content: object) -> None:
    with pytest.raises(failures.BadResponse):
        Entra(answers=[httpx.Response(200, json=content)]).sign_in(SECRET).source.token(NOW)


def test_a_redirect_is_not_followed_with_the_secret() -> None:
    entra = Entra(answers=[httpx.Response(302, headers={"Location": "https://evil.example/token"})])

    with pytest.raises(failures.Redirected):
        entra.sign_in(SECRET).source.token(NOW)
    assert [one.url.host for one in entra.asked] == ["login.microsoftonline.com"]
