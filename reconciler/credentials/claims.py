"""What a JSON Web Token says of itself, read without judging it: the vendor judges. Pure."""

import base64
import json
from collections.abc import Mapping


def read_claims(token: str) -> Mapping[str, object]:
    """The claims of a JWT; empty for anything else (Microsoft calls its tokens opaque, so none may be relied on)."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        content = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def read_claim(token: str, name: str) -> str:
    """A claim that is one text; empty where it isn't."""
    value = read_claims(token).get(name)
    return value if isinstance(value, str) else ""


def read_roles(token: str) -> frozenset[str] | None:
    """The application permissions in an Entra token (claim `roles`). None for one that is no JWT.

    A JWT without the claim has been granted none: Entra leaves an empty claim out.
    """
    claims = read_claims(token)
    if not claims:
        return None
    roles = claims.get("roles")
    return frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset()
