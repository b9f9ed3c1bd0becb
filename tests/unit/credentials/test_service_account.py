"""The exchange at Google's token host: what is sent, how long a token is kept, what refusals mean."""

import json
import threading
import traceback

import httpx
import jwt
import pytest

from reconciler.credentials.google import SCOPES, GoogleCredential, Purpose, connect_to_google
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.tokens import bearer
from reconciler.http import failures
from tests.unit.credentials.google_sign_in import GOOGLE_DATE, NOW, SUBJECT, KeyPair, TokenHost, sign_in


def credential(key_text: str, host: TokenHost, purpose: Purpose = Purpose.PLAN) -> GoogleCredential:
    environment = {"RECONCILER_GOOGLE_KEY": key_text, "RECONCILER_GOOGLE_SUBJECT": SUBJECT}
    return sign_in(environment, purpose, host.connect)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_the_claim_is_signed_as_google_asks(pair: KeyPair, key_text: str, purpose: Purpose) -> None:
    host = TokenHost()

    assert credential(key_text, host, purpose).source.token(NOW) == "token-1"

    assert jwt.get_unverified_header(host.assertions[0]) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    # Verified by PyJWT against the public half; its own clock is left out, the test's is another.
    claims = jwt.decode(
        host.assertions[0],
        pair.public,
        algorithms=["RS256"],
        audience="https://oauth2.googleapis.com/token",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims == {
        "iss": "reconciler@skolan.iam.gserviceaccount.com",
        "sub": "anna.berg@kommun.example",
        "scope": " ".join(SCOPES[purpose]),
        "aud": "https://oauth2.googleapis.com/token",
        "iat": 1795000000,
        "exp": 1795003600,
    }


def test_it_is_sent_to_the_built_in_host_whatever_the_key_file_says(key_text: str) -> None:
    host = TokenHost()
    credential(key_text, host).source.token(NOW)

    assert "evil.example" in key_text
    assert [str(request.url) for request in host.asked] == ["https://oauth2.googleapis.com/token"]
    assert host.asked[0].content.startswith(
        b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=ey"
    )
    with connect_to_google() as client:
        assert client.host == "oauth2.googleapis.com"


def test_a_token_is_kept_until_shortly_before_it_lapses(key_text: str) -> None:
    host = TokenHost()
    source = credential(key_text, host).source

    assert [source.token(NOW + seconds) for seconds in (0, 10, 3478, 3480, 3481)] == [
        "token-1",
        "token-1",
        "token-1",
        "token-2",
        "token-2",
    ]


def test_a_rejected_token_is_replaced_once_for_all_threads(key_text: str) -> None:
    """Eight reads find out at the same time; one exchange serves them all."""
    host = TokenHost()
    authorise = bearer(credential(key_text, host).source)
    old = authorise(NOW, None)
    renewed: list[str] = []
    threads = [threading.Thread(target=lambda: renewed.append(authorise(NOW, old))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (old, set(renewed)) == ("Bearer token-1", {"Bearer token-2"})
    assert len(host.asked) == 2


def oauth(status: int, error: str, description: str = "", date: str = GOOGLE_DATE) -> httpx.Response:
    return httpx.Response(status, json={"error": error, "error_description": description}, headers={"Date": date})


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (oauth(401, "unauthorized_client", "Client is unauthorized to …"), "CREDENTIAL-NOT-DELEGATED"),
        (oauth(403, "access_denied", "Requested client not authorized."), "CREDENTIAL-NOT-DELEGATED"),
        (oauth(400, "invalid_scope", "Some requested scopes …"), "CREDENTIAL-SCOPE-INVALID"),
        (oauth(401, "invalid_client", "The OAuth client was not found."), "CREDENTIAL-ACCOUNT-UNKNOWN"),
        (oauth(400, "invalid_grant", "Invalid email or User ID"), "CREDENTIAL-SUBJECT-UNKNOWN"),
        (oauth(400, "invalid_grant", "Invalid JWT Signature."), "CREDENTIAL-KEY-REVOKED"),
        (oauth(400, "invalid_grant", "Invalid grant: account not found"), "CREDENTIAL-ACCOUNT-UNKNOWN"),
        (oauth(400, "invalid_grant", "Something new"), "CREDENTIAL-REFUSED"),
        (
            oauth(
                400, "invalid_grant", "Invalid JWT: Token must be a short-lived token and in a reasonable timeframe."
            ),
            "CREDENTIAL-CLOCK",
        ),
        (oauth(400, "invalid_grant", "", date="Wed, 18 Nov 2026 12:06:40 GMT"), "CREDENTIAL-CLOCK"),
        (oauth(400, "org_internal"), "CREDENTIAL-REFUSED"),
        (httpx.Response(400, html="<h1>no</h1>"), "CREDENTIAL-REFUSED"),
    ],
)
def test_each_refusal_says_what_to_do_and_nothing_secret(
    pair: KeyPair, key_text: str, answer: httpx.Response, code: str
) -> None:
    host = TokenHost(answer=answer)

    with pytest.raises(CredentialProblem) as caught:
        credential(key_text, host).source.token(NOW)

    problem = caught.value
    assert problem.code == code
    assert len(host.asked) == 1
    shown = f"{problem}{problem!r}{problem.values}" + "".join(traceback.format_exception(problem))
    for secret in (host.assertions[0], pair.private[40:80], SUBJECT):
        assert secret not in shown
    assert problem.__context__ is None


def test_a_wrong_clock_is_told_by_how_much(key_text: str) -> None:
    host = TokenHost(answer=oauth(400, "invalid_grant", "", date="Wed, 18 Nov 2026 11:16:40 GMT"))

    with pytest.raises(CredentialProblem) as caught:
        credential(key_text, host).source.token(NOW)

    assert caught.value.values == {"seconds": "600"}


def test_lacking_delegation_names_the_client_id_and_the_scopes_to_enter(key_text: str) -> None:
    host = TokenHost(answer=oauth(401, "unauthorized_client"))

    with pytest.raises(CredentialProblem) as caught:
        credential(key_text, host, Purpose.APPLY).source.token(NOW)

    assert caught.value.values["client_id"] == "1234567890"
    assert caught.value.values["scopes"].split(",") == list(SCOPES[Purpose.APPLY])


def test_trouble_at_the_token_host_stays_trouble(key_text: str) -> None:
    with pytest.raises(failures.ServerFault):
        credential(key_text, TokenHost(answer=httpx.Response(503))).source.token(NOW)


@pytest.mark.parametrize("content", [{}, {"access_token": "a"}, {"access_token": 7, "expires_in": 3599}, []])
def test_a_reply_without_a_token_is_a_bad_reply(key_text: str, content: object) -> None:
    with pytest.raises(failures.BadResponse):
        credential(key_text, TokenHost(answer=httpx.Response(200, json=content))).source.token(NOW)


@pytest.mark.parametrize("damage", ["", "x", "newlines"])
def test_a_damaged_key_is_said_without_quoting_it(pair: KeyPair, key_text: str, damage: str) -> None:
    content = json.loads(key_text)
    content["private_key"] = pair.private.replace("\n", r"\n") if damage == "newlines" else pair.private[:200] + damage

    with pytest.raises(CredentialProblem) as caught:
        credential(json.dumps(content), TokenHost()).source.token(NOW)

    assert caught.value.code == "CREDENTIAL-KEY-DAMAGED"
    assert caught.value.__context__ is None
