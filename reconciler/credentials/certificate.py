"""Signing in with a certificate: a short assertion, signed by its private key.

As Microsoft documents it (learn.microsoft.com/entra/identity-platform/certificate-credentials, read 2026-11-21): PS256,
header `x5t#S256`, `aud` the token endpoint, `iss` and `sub` the app's id, `exp` at most five to ten minutes after `nbf`.
"""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.credentials.problems import CredentialProblem

if TYPE_CHECKING:
    from cryptography import x509

LIFETIME = 600  # seconds
WARN_BEFORE = 30  # days

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedCertificate:
    """`thumbprint` is hexadecimal SHA-1, which is what the Entra admin centre shows; the header carries SHA-256."""

    variable: str
    private_key: str = field(repr=False)
    thumbprint: str
    digest: str
    warnings: tuple[CredentialProblem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """A Proof."""

    parsed: ParsedCertificate
    client_id: str

    def form(self, now: float, audience: str) -> Mapping[str, str]:
        return assertion_form(signed_assertion(self.parsed, self.client_id, audience, now))

    def facts(self) -> Mapping[str, str]:
        return {"variable": self.parsed.variable, "thumbprint": self.parsed.thumbprint}


def assertion_form(assertion: str) -> Mapping[str, str]:
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}


def signed_assertion(parsed: ParsedCertificate, client_id: str, audience: str, now: float) -> str:
    """Raises CredentialProblem ENTRA-CERTIFICATE-DAMAGED."""
    import jwt  # with cryptography below it: slow to load, and not needed for a secret
    from cryptography.exceptions import UnsupportedAlgorithm

    issued = int(now)
    claims = {"aud": audience, "iss": client_id, "sub": client_id, "jti": str(uuid.uuid4())}
    times = {"iat": issued, "nbf": issued, "exp": issued + LIFETIME}
    signed: str | None
    try:
        signed = jwt.encode(
            {**claims, **times}, parsed.private_key, algorithm="PS256", headers={"x5t#S256": parsed.digest}
        )
    except (ValueError, TypeError, jwt.PyJWTError, UnsupportedAlgorithm):
        signed = None  # raised outside: these exceptions may quote the key
    if signed is None:
        raise CredentialProblem("ENTRA-CERTIFICATE-DAMAGED", {"variable": parsed.variable})
    return signed


def parse_certificate(text: str, variable: str, now: float) -> ParsedCertificate:
    """From PEM text that holds a certificate and its RSA private key, in any order, without a password.

    Raises CredentialProblem ENTRA-CERTIFICATE-INCOMPLETE, -DAMAGED, -MISMATCH, -EXPIRED.
    """
    for part in ("CERTIFICATE", "PRIVATE KEY"):
        if f"{part}-----" not in text:
            raise CredentialProblem("ENTRA-CERTIFICATE-INCOMPLETE", {"variable": variable, "part": part})
    pair = _load(text)
    if pair is None:
        raise CredentialProblem("ENTRA-CERTIFICATE-DAMAGED", {"variable": variable})
    certificate, private_key, belongs = pair
    if not belongs:
        raise CredentialProblem("ENTRA-CERTIFICATE-MISMATCH", {"variable": variable})
    return ParsedCertificate(
        variable=variable,
        private_key=private_key,
        thumbprint=_digest(certificate, "SHA1").hex().upper(),
        digest=base64.urlsafe_b64encode(_digest(certificate, "SHA256")).rstrip(b"=").decode(),
        warnings=_expiring(certificate, variable, now),
    )


def _load(text: str) -> "tuple[x509.Certificate, str, bool] | None":
    """Certificate, private key as PEM, and whether they belong together; None where they can't be used."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

    content = text.encode()
    try:
        key = load_pem_private_key(content[content.index(b"-----BEGIN " + _key_kind(text)) :], password=None)
        certificate = x509.load_pem_x509_certificate(content)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None  # nothing of these exceptions is passed on: they may quote the key
    public = certificate.public_key()
    if not isinstance(key, RSAPrivateKey) or not isinstance(public, RSAPublicKey):
        return None  # Entra takes RSA only
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return certificate, private, key.public_key().public_numbers() == public.public_numbers()


def _key_kind(text: str) -> bytes:
    """`PRIVATE KEY`, `RSA PRIVATE KEY` or `ENCRYPTED PRIVATE KEY`: what the key's block begins with."""
    begins = text.split("PRIVATE KEY-----", 1)[0].rpartition("-----BEGIN ")[2]
    return f"{begins}PRIVATE KEY-----".encode()


def _digest(certificate: "x509.Certificate", name: str) -> bytes:
    from cryptography.hazmat.primitives import hashes

    # SHA-1 is what the admin centre shows, and is only shown to people: nothing relies on it.
    return certificate.fingerprint(hashes.SHA256() if name == "SHA256" else hashes.SHA1())  # noqa: S303


def _expiring(certificate: "x509.Certificate", variable: str, now: float) -> tuple[CredentialProblem, ...]:
    days = int((certificate.not_valid_after_utc.timestamp() - now) // 86400)
    if days < 0:
        raise CredentialProblem("ENTRA-CERTIFICATE-EXPIRED", {"variable": variable})
    if days <= WARN_BEFORE:
        return (CredentialProblem("ENTRA-CERTIFICATE-EXPIRES", {"variable": variable, "days": str(days)}),)
    return ()
