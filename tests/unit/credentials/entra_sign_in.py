"""Entra's token host and GitHub's in memory, and certificates made for the run."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from reconciler.credentials.microsoft import MicrosoftCredential, microsoft_credential
from reconciler.credentials.purpose import Purpose
from reconciler.http.clock import VirtualTime

NOW = 1_795_000_000.0
ENTRA_DATE = "Wed, 18 Nov 2026 11:06:40 GMT"  # NOW, by `date -u`
TENANT = "11111111-2222-3333-4444-555555555555"
OTHER = "99999999-2222-3333-4444-555555555555"
CLIENT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
PREFIX = "RECONCILER_INTUNE_"
GITHUB_URL = "https://run-actions-1-azure-eastus.actions.githubusercontent.com/74//idtoken/9/1?api-version=2.0"
SUBJECT = "repo:vidala@1234/skolenheter@5678:environment:plan"


def token_of(claims: Mapping[str, object]) -> str:
    """A JWT in form; nobody here checks its signature."""
    parts = ({"typ": "JWT", "alg": "RS256"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


GITHUB_CLAIMS = {
    "sub": SUBJECT,
    "iss": "https://token.actions.githubusercontent.com",
    "aud": "api://AzureADTokenExchange",
}


@dataclass
class Entra:
    """Hands out tokens of this tenant numbered by `jti`, or gives the answers it was told to, the last one for good."""

    answers: list[httpx.Response] = field(default_factory=list)
    claims: Mapping[str, object] = field(default_factory=lambda: {"tid": TENANT})
    expires_in: object = 3599
    github: httpx.Response = field(
        default_factory=lambda: httpx.Response(200, json={"value": token_of(GITHUB_CLAIMS), "count": 1})
    )
    forms: list[Mapping[str, list[str]]] = field(default_factory=list, repr=False)
    asked: list[httpx.Request] = field(default_factory=list)
    time: VirtualTime = field(default_factory=VirtualTime)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.method == "GET":
            return httpx.Response(self.github.status_code, content=self.github.content)
        self.forms.append(parse_qs(request.content.decode()))
        if self.answers:
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        token = token_of({**self.claims, "jti": len(self.forms)})
        return httpx.Response(200, json={"token_type": "Bearer", "access_token": token, "expires_in": self.expires_in})

    def sign_in(
        self, environment: Mapping[str, str], purpose: Purpose = Purpose.PLAN, *, cloud: str = "global"
    ) -> MicrosoftCredential:
        """Names of variables without their beginning, except those of GitHub."""
        full = {
            name if name.startswith("ACTIONS_") else f"{PREFIX}{name}": value for name, value in environment.items()
        }
        return microsoft_credential(
            full,
            purpose,
            tenant=TENANT,
            cloud=cloud,
            clock=self.time.clock(),
            transport=lambda: httpx.MockTransport(self),
        )


def refusal(number: int, text: str = "", *, status: int = 400, error: str = "invalid_client") -> httpx.Response:
    """As Entra answers (entra-docs, v2-oauth2-client-creds-grant-flow.md)."""
    body = {
        "error": error,
        "error_description": f"AADSTS{number}: {text} Trace ID: {OTHER} Correlation ID: {OTHER} Timestamp: 2026-11-18 11:06:40Z",
        "error_codes": [number],
        "timestamp": "2026-11-18 11:06:40Z",
        "trace_id": OTHER,
        "correlation_id": OTHER,
    }
    return httpx.Response(status, json=body, headers={"Date": ENTRA_DATE})


@dataclass(frozen=True, slots=True)
class Pair:
    key: str = field(repr=False)
    certificate: str
    public: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate + self.key


def make_pair(*, days: float = 365, elliptic: bool = False) -> Pair:
    """A self-signed certificate that lasts so many days from NOW, with its key."""
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "reconciler")])
    now = datetime.fromtimestamp(NOW, UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Pair(private, certificate.public_bytes(Encoding.PEM).decode(), certificate)
