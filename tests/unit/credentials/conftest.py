import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.unit.credentials.google_sign_in import KeyPair


@pytest.fixture(scope="session")
def pair() -> KeyPair:
    """Made for this run: a private key in the repository would be found by every scanner."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return KeyPair(private=private, public=public)


@pytest.fixture
def key_text(pair: KeyPair) -> str:
    return json.dumps(
        {
            "type": "service_account",
            "client_email": "reconciler@skolan.iam.gserviceaccount.com",
            "client_id": "1234567890",
            "private_key_id": "k1",
            "private_key": pair.private,
            "token_uri": "https://evil.example/token",
        }
    )
