"""`doctor` fails when the identity that plans may write at Google: it asks for the rights, and has to be refused."""

from collections.abc import Mapping

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from reconciler.adapters.google import connect
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.google import SCOPES, GoogleCredential, Purpose
from reconciler.http.clock import VirtualTime
from reconciler.model.documents import Backend
from reconciler.model.place import Pointer
from tests.unit.credentials.google_pool import JOB, Pool
from tests.unit.credentials.google_sign_in import KeyPair

BACKEND = Backend(id="chrome", kind="google", at=Pointer(file="organisation.yaml"))
READS, WRITES = (frozenset(SCOPES[purpose]) for purpose in (Purpose.PLAN, Purpose.APPLY))


@pytest.fixture(scope="module")
def pool() -> Pool:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return Pool(pair=KeyPair(private=private, public=public))


def asked(
    monkeypatch: pytest.MonkeyPatch, pool: Pool, environment: Mapping[str, str], sandbox: str | None = None
) -> dict[str, str]:
    """The checks about writing, with Google's APIs themselves out of reach."""

    def sign_in(environment: Mapping[str, str], purpose: Purpose, *, sandbox: str | None = None) -> GoogleCredential:
        return pool.sign_in(environment, purpose)

    monkeypatch.setattr(connect, "google_credential", sign_in)
    clock = VirtualTime().clock()
    pool.now = clock.wall()
    wiring = Wiring(
        environment=environment,
        purpose=Purpose.PLAN,
        sandbox=sandbox,
        clock=clock,
        transport=lambda: httpx.MockTransport(lambda _: httpx.Response(403, json={})),
    )
    found = connect.diagnose_google(BACKEND, org="6c3d1f0e", wiring=wiring)
    return {one.code: one.outcome.value for one in found if "DOCTOR-PLAN" in one.code}


def test_an_identity_that_google_refuses_the_rights_is_well(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    pool.delegated = READS

    assert asked(monkeypatch, pool, JOB) == {"GOOGLE-DOCTOR-PLAN-READS": "well"}


def test_an_identity_that_google_gives_them_fails(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    pool.delegated = READS | WRITES

    assert asked(monkeypatch, pool, JOB) == {"GOOGLE-DOCTOR-PLAN-WRITES": "failed"}


def test_what_can_not_be_asked_is_not_said_to_be_well(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    pool.delegated = READS
    given = {"RECONCILER_GOOGLE_TOKEN_PLAN": "abc"}

    assert asked(monkeypatch, pool, given) == {"GOOGLE-DOCTOR-PLAN-READS": "not-evaluated"}


def test_an_identity_that_can_not_sign_in_is_not_said_to_be_well(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    pool.delegated, pool.api_on = READS, False

    found = asked(monkeypatch, pool, JOB)
    pool.api_on = True

    assert found == {"GOOGLE-DOCTOR-PLAN-READS": "not-evaluated"}


def test_a_sandbox_has_no_rights_to_ask_about(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    assert asked(monkeypatch, pool, JOB, sandbox="http://127.0.0.1:1") == {}
