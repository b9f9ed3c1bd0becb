"""Signing in with a certificate: what is signed, by Microsoft's page on certificate credentials, and what can be wrong."""

import hashlib
import uuid
from base64 import urlsafe_b64encode

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reconciler.credentials.certificate import parse_certificate
from reconciler.credentials.problems import CredentialProblem
from tests.unit.credentials.entra_sign_in import CLIENT, NOW, TENANT, Entra, Pair, make_pair

VARIABLE = "RECONCILER_INTUNE_CERTIFICATE"


@pytest.fixture(scope="module")
def pair() -> Pair:
    return make_pair()


def assertion(pair: Pair, cloud: str = "global") -> str:
    entra = Entra()
    entra.sign_in({"CLIENT_ID": CLIENT, "CERTIFICATE": pair.pem}, cloud=cloud).source.token(NOW)
    form = entra.forms[0]
    assert form["client_assertion_type"] == ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    assert "client_secret" not in form
    return form["client_assertion"][0]


def test_the_assertion_is_as_microsoft_asks(pair: Pair) -> None:
    signed = assertion(pair)

    der = pair.public.public_bytes(Encoding.DER)
    digest = urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
    assert jwt.get_unverified_header(signed) == {"alg": "PS256", "typ": "JWT", "x5t#S256": digest}
    public = pair.public.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    # Verified by PyJWT against the certificate's public key; its own clock is left out, the test's is another.
    claims = jwt.decode(
        signed,
        public,
        algorithms=["PS256"],
        audience=f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token",
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    assert uuid.UUID(claims.pop("jti"))
    assert claims == {
        "aud": f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token",
        "iss": CLIENT,
        "sub": CLIENT,
        "iat": 1795000000,
        "nbf": 1795000000,
        "exp": 1795000600,
    }


def test_no_assertion_is_used_twice(pair: Pair) -> None:
    assert assertion(pair) != assertion(pair)


def test_each_cloud_is_the_audience_of_its_own(pair: Pair) -> None:
    claims = jwt.decode(assertion(pair, "usgov"), options={"verify_signature": False})

    assert claims["aud"] == f"https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token"


def test_key_and_certificate_may_stand_in_any_order(pair: Pair) -> None:
    parsed = parse_certificate(pair.key + pair.certificate, VARIABLE, NOW)

    der = pair.public.public_bytes(Encoding.DER)
    # SHA-1, as the admin centre shows it.
    assert parsed.thumbprint == hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    assert "PRIVATE" not in repr(parsed)


def test_what_is_wrong_with_a_certificate_is_named_without_quoting_it(pair: Pair) -> None:
    other = make_pair()
    cases = {
        pair.certificate: "ENTRA-CERTIFICATE-INCOMPLETE",
        pair.key: "ENTRA-CERTIFICATE-INCOMPLETE",
        pair.certificate + other.key: "ENTRA-CERTIFICATE-MISMATCH",
        pair.certificate + pair.key.replace("\n", r"\n"): "ENTRA-CERTIFICATE-DAMAGED",
        pair.certificate[:200] + "-----END CERTIFICATE-----\n" + pair.key: "ENTRA-CERTIFICATE-DAMAGED",
        pair.certificate + pair.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"): "ENTRA-CERTIFICATE-DAMAGED",
        make_pair(elliptic=True).pem: "ENTRA-CERTIFICATE-DAMAGED",
        make_pair(days=-1).pem: "ENTRA-CERTIFICATE-EXPIRED",
    }
    for text, code in cases.items():
        with pytest.raises(CredentialProblem) as caught:
            parse_certificate(text, VARIABLE, NOW)

        assert caught.value.code == code
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)
        assert pair.key[40:80] not in f"{caught.value}{caught.value.values}"


@pytest.mark.parametrize(("days", "warned"), [(0.5, "0"), (30.5, "30"), (31.5, None)])
def test_a_certificate_that_soon_expires_is_warned_about(days: float, warned: str | None) -> None:
    warnings = parse_certificate(make_pair(days=days).pem, VARIABLE, NOW).warnings

    assert [(one.code, one.values["days"]) for one in warnings] == (
        [("ENTRA-CERTIFICATE-EXPIRES", warned)] if warned else []
    )
