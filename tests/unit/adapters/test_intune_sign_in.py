"""From an app registration to what doctor says: the whole way, against the sandbox's token endpoint."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from reconciler.adapters.intune.connect import diagnose_intune
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.microsoft import microsoft_credential
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose
from reconciler.http.clock import Clock
from reconciler.model.documents import Backend
from reconciler.model.place import Pointer
from reconciler.sandbox import ManualClock, Options, State, create_app
from reconciler.sandbox.graph.options import GraphOptions
from tests.unit.credentials.entra_sign_in import CLIENT, GITHUB_CLAIMS, GITHUB_URL, NOW, make_pair, token_of

TENANT = "00000000-0000-4000-8000-000000000000"
SECRET = {"CLIENT_ID": CLIENT, "CLIENT_SECRET": "s3cret"}
GITHUB = {
    "CLIENT_ID": CLIENT,
    "ACTIONS_ID_TOKEN_REQUEST_URL": GITHUB_URL,
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner-token",
}


class Microsoft(httpx.BaseTransport):
    """Microsoft's hosts played by a sandbox, and GitHub's by one answer."""

    def __init__(self, **switches: Any) -> None:
        self.clock = ManualClock(NOW)
        self.app = create_app(State(), clock=self.clock, options=Options(graph=GraphOptions(**switches)))
        self._sandbox = httpx.WSGITransport(app=self.app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host.endswith(".actions.githubusercontent.com"):
            claims = {**GITHUB_CLAIMS, "exp": NOW + 300}
            return httpx.Response(200, json={"value": token_of(claims)})
        if request.url.path.startswith("/intune/"):
            return self._sandbox.handle_request(request)
        url = request.url.copy_with(scheme="http", host="127.0.0.1", raw_path=b"/intune" + request.url.raw_path)
        return self._sandbox.handle_request(
            httpx.Request(request.method, url, headers=request.headers, content=request.read())
        )

    def close(self) -> None:
        """Every client of a run closes it; the sandbox stays."""

    def sign_in(self, environment: Mapping[str, str], tenant: str = TENANT) -> str:
        full = {
            name if name.startswith("ACTIONS_") else f"RECONCILER_INTUNE_{name}": environment[name]
            for name in environment
        }
        credential = microsoft_credential(
            full, Purpose.APPLY, tenant=tenant, clock=clock_of(self), transport=lambda: self
        )
        return credential.source.token(self.clock.now())


def clock_of(microsoft: Microsoft) -> Clock:
    clock = microsoft.clock
    return Clock(monotonic=clock.now, wall=clock.now, sleep=clock.sleep)


@pytest.mark.parametrize("environment", [SECRET, GITHUB], ids=["secret", "GitHub"])
def test_the_sandbox_takes_what_entra_takes(environment: dict[str, str]) -> None:
    assert Microsoft(secret="s3cret", clients=(CLIENT,)).sign_in(environment).count(".") == 2


def test_the_sandbox_checks_the_assertion_of_a_certificate_by_its_public_key() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pair, other = make_pair(), make_pair()
    public = pair.public.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    microsoft = Microsoft(certificate_key=public)

    assert microsoft.sign_in({"CLIENT_ID": CLIENT, "CERTIFICATE": pair.pem})
    with pytest.raises(CredentialProblem, match="ENTRA-CERTIFICATE-NOT-REGISTERED"):
        microsoft.sign_in({"CLIENT_ID": CLIENT, "CERTIFICATE": other.pem})


@pytest.mark.parametrize(
    ("switches", "environment", "tenant", "code"),
    [
        ({"secret": "another"}, SECRET, TENANT, "ENTRA-SECRET-WRONG"),
        ({"clients": ("x",)}, SECRET, TENANT, "ENTRA-APP-UNKNOWN"),
        ({}, SECRET, "99999999-0000-4000-8000-000000000001", "ENTRA-TENANT-UNKNOWN"),
        ({"assertion_subject": "repo:vidala/annat:pull_request"}, GITHUB, TENANT, "ENTRA-FEDERATION-NO-MATCH"),
        ({"conditional_access": "block"}, SECRET, TENANT, "ENTRA-CONDITIONAL-ACCESS"),
        ({"token_tenant": "99999999-0000-4000-8000-000000000001"}, SECRET, TENANT, "INTUNE-WRONG-TENANT"),
    ],
)
def test_what_is_wrong_with_a_sign_in_is_named(
    switches: dict[str, Any], environment: dict[str, str], tenant: str, code: str
) -> None:
    with pytest.raises(CredentialProblem) as caught:
        Microsoft(**switches).sign_in(environment, tenant)

    assert caught.value.code == code
    assert "s3cret" not in str(caught.value)


def doctor(microsoft: Microsoft, tenant: str = TENANT) -> dict[str, str]:
    backend = Backend(
        id="intune", kind="intune", mode="observe", options={"tenant": tenant}, at=Pointer(file="organisation.yaml")
    )
    wiring = Wiring(
        environment={},
        purpose=Purpose.APPLY,
        sandbox="http://127.0.0.1:1",
        clock=clock_of(microsoft),
        transport=lambda: microsoft,
    )
    return {check.code: check.outcome.value for check in diagnose_intune(backend, wiring=wiring)}


def test_doctor_finds_a_whole_sandbox_well() -> None:
    found = doctor(Microsoft())

    assert set(found.values()) <= {"well", "not-evaluated"}
    assert found["INTUNE-DOCTOR-TOKENS"] == "well"


def test_doctor_names_the_permission_that_the_registration_lacks() -> None:
    found = doctor(Microsoft(roles=("GroupMember.Read.All", "Device.Read.All")))

    assert found["INTUNE-DOCTOR-GROUPS"] == "well"
    assert found["INTUNE-DOCTOR-PERMISSION-LACKING"] == "failed"


def test_doctor_says_conditional_access_and_looks_no_further() -> None:
    found = doctor(Microsoft(conditional_access="block"))

    assert found["ENTRA-CONDITIONAL-ACCESS"] == "failed"
    assert found["INTUNE-DOCTOR-GROUPS"] == "not-evaluated"
