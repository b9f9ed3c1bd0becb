"""Sign-in and rights: AADSTS errors, expired tokens, missing permissions (reference 2, 3, 15.1)."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.unit.sandbox.graph.conftest import ROOT, TENANT, Directory, code, message

FORM = {
    "client_id": "sandbox",
    "client_secret": "sandbox",
    "grant_type": "client_credentials",
    "scope": "https://graph.microsoft.com/.default",
}
APP = "c0ffee00-1111-4222-8333-444455556666"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def sign_in(directory: Directory, tenant: str | None = TENANT, **changes: str | None) -> httpx.Response:
    form = {name: value for name, value in (FORM | changes).items() if value is not None}
    return directory.http.post(f"/intune/{tenant}/oauth2/v2.0/token", data=form, headers={"Authorization": ""})


def claims_of(answer: httpx.Response) -> dict[str, Any]:
    part = answer.json()["access_token"].split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_the_sandboxs_own_client_gets_a_token_that_works(directory: Directory) -> None:
    answer = sign_in(directory)
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 3599)
    claims = claims_of(answer)
    assert (claims["tid"], claims["appid"]) == (TENANT, "sandbox")
    assert {"Group.ReadWrite.All", "DeviceManagementApps.ReadWrite.All"} <= set(claims["roles"])
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert directory.get("/groups", headers=headers).status_code == 200
    directory.clock.advance(3600)
    late = directory.get("/groups", headers=headers)
    assert (late.status_code, code(late)) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "Basic c2FuZGJveDpzYW5kYm94"])
def test_without_a_good_token(directory: Directory, authorization: str) -> None:
    answer = directory.get("/groups", headers={"Authorization": authorization})
    assert (answer.status_code, code(answer)) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize(
    ("changes", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": None}, 401, "invalid_client", 7000218),
        ({"client_id": None}, 400, "invalid_request", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"scope": "https://graph.microsoft.com/Group.Read.All"}, 400, "invalid_scope", 70011),
        (
            {"scope": "https://graph.microsoft.com/.default https://vault.azure.net/.default"},
            400,
            "invalid_scope",
            70011,
        ),
        ({"scope": "https://vault.azure.net/.default"}, 400, "invalid_resource", 500011),
    ],
)
def test_refused_sign_in(
    directory: Directory, changes: dict[str, str | None], status: int, error: str, number: int
) -> None:
    answer = sign_in(directory, **changes)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert "Trace ID: " in body["error_description"]
    assert set(body) >= {"timestamp", "trace_id", "correlation_id"}


def test_another_tenant_and_an_unknown_client(directory: Directory) -> None:
    other = sign_in(directory, tenant="99999999-3f0e-4a2b-9d51-0d6f1c9e2a10")
    assert other.json()["error_codes"] == [90002]
    directory.options(clients=[APP])
    assert sign_in(directory, client_id="someone", client_secret="x").json()["error_codes"] == [700016]
    assert sign_in(directory, client_id=APP, client_secret="x").status_code == 200
    assert sign_in(directory).status_code == 200


def test_conditional_access_refuses(directory: Directory) -> None:
    directory.options(conditional_access="block")
    answer = sign_in(directory)
    assert (answer.status_code, answer.json()["error"], answer.json()["error_codes"]) == (400, "invalid_grant", [53003])


def test_basic_authentication_of_the_client(directory: Directory) -> None:
    form = {"grant_type": "client_credentials", "scope": FORM["scope"]}
    answer = directory.http.post(f"/intune/{TENANT}/oauth2/v2.0/token", data=form, auth=("sandbox", "sandbox"))
    assert answer.status_code == 200


def federated(directory: Directory, **claims: object) -> str:
    said = {
        "iss": "https://token.actions.githubusercontent.com",
        "sub": "repo:vidala/skolenheter:environment:intune",
        "aud": "api://AzureADTokenExchange",
        "exp": int(directory.clock.now()) + 300,
    }
    return jwt.encode(said | claims, "a key of thirty-two characters!!", algorithm="HS256")


def asserted(directory: Directory, assertion: str) -> httpx.Response:
    return sign_in(
        directory, client_id=APP, client_secret=None, client_assertion_type=ASSERTION, client_assertion=assertion
    )


def test_a_federated_assertion(directory: Directory) -> None:
    assert asserted(directory, federated(directory)).status_code == 200
    directory.options(assertion_subject="repo:vidala/skolenheter:ref:refs/heads/main")
    answer = asserted(directory, federated(directory))
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [70021])
    expired = asserted(directory, federated(directory, exp=int(directory.clock.now()) - 1))
    assert expired.json()["error_codes"] == [700024]
    assert asserted(directory, "nonsense").json()["error_codes"] == [50027]


def test_a_certificates_assertion(directory: Directory) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    directory.options(certificate_key=public.decode())
    claims = {
        "iss": APP, "sub": APP, "jti": "1", "exp": int(directory.clock.now()) + 300,
        "aud": f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token",
    }  # fmt: skip

    def signed(by: rsa.RSAPrivateKey, headers: dict[str, str], **changes: str) -> httpx.Response:
        return asserted(directory, jwt.encode(claims | changes, by, algorithm="PS256", headers=headers))

    thumbprint = {"x5t#S256": "dGh1bWI"}
    assert signed(key, thumbprint).status_code == 200
    assert signed(key, {}).json()["error_codes"] == [50027]
    assert signed(key, thumbprint, sub="other").json()["error_codes"] == [700021]
    assert signed(key, thumbprint, aud="https://login.microsoftonline.com/other/oauth2/v2.0/token").json()[
        "error_codes"
    ] == [700023]
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert signed(stranger, thumbprint).json()["error_codes"] == [700027]


@pytest.mark.parametrize(
    ("verb", "path", "role"),
    [
        ("GET", "/groups", "GroupMember.Read.All"),
        ("GET", "/devices", "Device.Read.All"),
        ("POST", "/groups", "Group.ReadWrite.All"),
    ],
)
def test_the_directory_refuses_without_the_role(directory: Directory, verb: str, path: str, role: str) -> None:
    directory.options(roles=["DeviceManagementApps.ReadWrite.All"])
    answer = directory.http.request(verb, ROOT + path, json={} if verb == "POST" else None)
    assert (answer.status_code, code(answer)) == (403, "Authorization_RequestDenied")
    directory.options(roles=[role])
    assert directory.http.request(verb, ROOT + path, json={} if verb == "POST" else None).status_code != 403


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/deviceAppManagement/mobileApps", "DeviceManagementApps.Read.All"),
        ("/deviceAppManagement/vppTokens", "DeviceManagementServiceConfig.Read.All"),
        ("/deviceManagement/managedDevices", "DeviceManagementManagedDevices.Read.All"),
        ("/deviceManagement/deviceConfigurations", "DeviceManagementConfiguration.Read.All"),
    ],
)
def test_intune_names_the_missing_role_in_a_document_in_a_string(directory: Directory, path: str, role: str) -> None:
    directory.options(roles=["Group.Read.All"])
    answer = directory.get(path)
    assert (answer.status_code, code(answer)) == (403, "Forbidden")
    assert role in json.loads(message(answer))["Message"]
    directory.options(roles=[role])
    assert directory.get(path).status_code == 200


def test_the_reading_token_cannot_write(directory: Directory) -> None:
    headers = {"Authorization": "Bearer sandbox-read"}
    assert directory.get("/groups", headers=headers).status_code == 200
    assert directory.http.post(f"{ROOT}/groups", json={}, headers=headers).status_code == 403


def test_a_token_of_another_tenant(directory: Directory) -> None:
    directory.options(token_tenant="11111111-1111-4111-8111-111111111111")
    assert claims_of(sign_in(directory))["tid"] == "11111111-1111-4111-8111-111111111111"


def test_errors_carry_the_ids_that_support_asks_for(directory: Directory) -> None:
    sent = "0f0f0f0f-1111-4222-8333-444444444444"
    answer = directory.get("/groups/delta", headers={"client-request-id": sent})
    inner = answer.json()["error"]["innerError"]
    assert inner["client-request-id"] == answer.headers["client-request-id"] == sent
    assert inner["request-id"] == answer.headers["request-id"] != sent
    directory.options(error_key="innererror")
    assert "innererror" in directory.get("/groups/delta").json()["error"]
