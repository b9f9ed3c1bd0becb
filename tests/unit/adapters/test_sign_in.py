"""From a service account's key to policies read and written: the whole way, against the sandbox's token endpoint."""

import json
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from reconciler.adapters.google.adapter import GoogleAdapter
from reconciler.adapters.google.diagnose import diagnose
from reconciler.credentials.google import SCOPES, Purpose, google_credential
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.service_account import oauth_error
from reconciler.credentials.tokens import bearer
from reconciler.http.client import HttpClient
from reconciler.http.clock import Clock
from reconciler.http.failures import Forbidden
from reconciler.http.throttle import Lane
from tests.unit.adapters.tenant import Tenant, converge, differences, group_state, make_tenant, state, wish

ACCOUNT = "reconciler@skolan.iam.gserviceaccount.com"
SUBJECT = "enheter@exempelkommun.example.se"


def new_key() -> tuple[str, str]:
    """Private and public, as PEM; made for this run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="module")
def pair() -> tuple[str, str]:
    return new_key()


def clock_of(tenant: Tenant, off: float = 0.0) -> Clock:
    return Clock(monotonic=tenant.clock.now, wall=lambda: tenant.clock.now() + off, sleep=tenant.clock.sleep)


def signed_in(
    tenant: Tenant, private: str, purpose: Purpose = Purpose.APPLY, *, subject: str = SUBJECT, off: float = 0.0
) -> GoogleAdapter:
    """The adapter with its token source exchanged for a delegated one; the rest is as `connect_google` made it."""
    clock = clock_of(tenant, off)

    def connect() -> HttpClient:
        return HttpClient(
            "http://127.0.0.1:1/google/",
            lanes={"token": Lane(in_flight=1)},
            parse_error=oauth_error,
            clock=clock,
            transport=httpx.WSGITransport(app=tenant.app),
        )

    key = {"type": "service_account", "client_email": ACCOUNT, "client_id": "11", "private_key_id": "k1"}
    environment = {
        "RECONCILER_GOOGLE_KEY": json.dumps({**key, "private_key": private}),
        "RECONCILER_GOOGLE_SUBJECT": subject,
    }
    credential = google_credential(environment, purpose, connect=connect)
    adapter = tenant.adapter()
    for client in (adapter.session.directory, adapter.session.policy):
        client._authorise = bearer(credential.source)
        client._clock = clock
    return adapter


WANTED = state([group_state(effective_=wish({"guest-mode": "blocked"}))])


def test_a_delegated_key_does_the_whole_job(pair: tuple[str, str]) -> None:
    private, public = pair
    tenant = make_tenant(oauth_public_key=public, oauth_issuer=ACCOUNT, oauth_scopes=SCOPES[Purpose.APPLY])
    adapter = signed_in(tenant, private)
    assert converge(adapter, WANTED).changes == ()
    tokens = [one for one in tenant.sandbox.log if one["path"].endswith("/token")]
    assert len(tokens) == 1, "both clients share one token"
    assert tokens[0]["body"] is None
    tenant.clock.advance(3600)
    assert differences(adapter, WANTED).changes == ()
    assert len([one for one in tenant.sandbox.log if one["path"].endswith("/token")]) == 2


def test_who_plans_can_not_write(pair: tuple[str, str]) -> None:
    private, public = pair
    tenant = make_tenant(oauth_public_key=public, oauth_scopes=SCOPES[Purpose.PLAN])
    adapter = signed_in(tenant, private, Purpose.PLAN)
    assert differences(adapter, WANTED).changes
    with pytest.raises(Forbidden):
        converge(adapter, WANTED)
    with pytest.raises(CredentialProblem, match="CREDENTIAL-NOT-DELEGATED"):
        signed_in(tenant, private, Purpose.APPLY).identify()


@pytest.mark.parametrize(
    ("options", "subject", "off", "code"),
    [
        ({"oauth_public_key": "other"}, SUBJECT, 0.0, "CREDENTIAL-KEY-REVOKED"),
        ({"oauth_issuer": "nagon.annan@x.iam.gserviceaccount.com"}, SUBJECT, 0.0, "CREDENTIAL-ACCOUNT-UNKNOWN"),
        ({}, "anna@annan.example.se", 0.0, "CREDENTIAL-SUBJECT-UNKNOWN"),
        ({}, SUBJECT, 7200.0, "CREDENTIAL-CLOCK"),
        ({}, SUBJECT, -7200.0, "CREDENTIAL-CLOCK"),
        ({"oauth_scopes": ("https://www.googleapis.com/auth/other",)}, SUBJECT, 0.0, "CREDENTIAL-NOT-DELEGATED"),
    ],
)
def test_what_is_wrong_with_a_sign_in_is_named(
    pair: tuple[str, str], options: dict[str, Any], subject: str, off: float, code: str
) -> None:
    private, public = pair
    other = new_key()[1] if options.get("oauth_public_key") == "other" else public
    tenant = make_tenant(**{**options, "oauth_public_key": other})
    adapter = signed_in(tenant, private, subject=subject, off=off)
    with pytest.raises(CredentialProblem) as problem:
        differences(adapter, WANTED)
    assert problem.value.code == code
    assert subject not in str(problem.value)
    assert private not in str(problem.value)


def test_doctor_says_the_same_and_looks_no_further(pair: tuple[str, str]) -> None:
    private, _ = pair
    tenant = make_tenant(oauth_public_key=new_key()[1])
    adapter = signed_in(tenant, private)
    checks = diagnose(adapter.session, "svc for e…@exempelkommun.example.se")
    assert [(one.code, one.outcome.value) for one in checks] == [
        ("GOOGLE-DOCTOR-HOST", "well"),
        ("GOOGLE-DOCTOR-IDENTITY", "well"),
        ("CREDENTIAL-KEY-REVOKED", "failed"),
        *((f"GOOGLE-DOCTOR-{name}", "not-evaluated") for name in ("ROOT", "DEVICES", "POLICIES", "SCHEMAS", "CLOCK")),
    ]
    assert checks[3].values == {"root": "/Enheter"}
