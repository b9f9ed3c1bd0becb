"""Sign-in by a service account's assertion."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.unit.sandbox.conftest import DIRECTORY, Box

SCOPE = "https://www.googleapis.com/auth/admin.directory.orgunit"


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public(number: int) -> str:
    found = _key(number).public_key()
    return found.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _exchange(
    box: Box, *, key: int = 1, grant: str = "urn:ietf:params:oauth:grant-type:jwt-bearer", **changes: Any
) -> httpx.Response:
    now = int(box.clock.now())
    claims = {
        "iss": "konto@projekt.iam.gserviceaccount.example",
        "sub": "admin@liten.example.se",
        "scope": SCOPE,
        "aud": "https://oauth2.googleapis.com/token",
        "iat": now,
        "exp": now + 3600,
    }
    signed = jwt.encode(
        {name: value for name, value in (claims | changes).items() if value is not None}, _key(key), "RS256"
    )
    return box.http.post("/google/token", data={"grant_type": grant, "assertion": signed})


def test_a_token_works_within_its_scope_until_it_expires(box: Box) -> None:
    box.options(oauth_public_key=_public(1))
    answer = _exchange(box).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3599)
    signed_in = {"Authorization": f"Bearer {answer['access_token']}"}
    assert box.http.get(f"{DIRECTORY}/orgunits", headers=signed_in).status_code == 200
    assert box.http.get(f"{DIRECTORY}/devices/chromeos", headers=signed_in).status_code == 403
    box.clock.advance(3600)
    assert box.http.get(f"{DIRECTORY}/orgunits", headers=signed_in).status_code == 401


@pytest.mark.parametrize(
    ("changes", "code", "error"),
    [
        ({"key": 2}, 400, "invalid_grant"),
        ({"aud": "http://127.0.0.1/google/token"}, 400, "invalid_grant"),
        ({"sub": "admin@annan.example.se"}, 400, "invalid_grant"),
        ({"sub": None}, 400, "invalid_grant"),
        ({"exp": 1}, 400, "invalid_grant"),
        ({"exp": None}, 400, "invalid_grant"),
        ({"iss": "okand@projekt.iam.gserviceaccount.example"}, 400, "invalid_grant"),
        ({"scope": "nej"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"scope": "https://www.googleapis.com/auth/chrome.management.policy"}, 401, "unauthorized_client"),
        ({"grant": "client_credentials"}, 400, "unsupported_grant_type"),
    ],
)
def test_refused_assertions(box: Box, changes: dict[str, Any], code: int, error: str) -> None:
    box.options(
        oauth_public_key=_public(1), oauth_issuer="konto@projekt.iam.gserviceaccount.example", oauth_scopes=[SCOPE]
    )
    response = _exchange(box, **changes)
    assert (response.status_code, response.json()["error"]) == (code, error)
    assert set(response.json()) == {"error", "error_description"}


def test_a_skewed_clock(box: Box) -> None:
    now = int(box.clock.now())
    assert _exchange(box, iat=now + 200, exp=now + 3800).status_code == 200
    assert _exchange(box, iat=now + 900, exp=now + 4500).json()["error"] == "invalid_grant"
    assert _exchange(box, iat=now, exp=now + 7200).json()["error"] == "invalid_grant"


def test_rubbish(box: Box) -> None:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b.c"}
    assert box.http.post("/google/token", data=form).json()["error"] == "invalid_grant"
    unsigned = jwt.encode({"sub": "admin@liten.example.se"}, "", "none")
    assert box.http.post("/google/token", data=form | {"assertion": unsigned}).json()["error"] == "invalid_grant"
