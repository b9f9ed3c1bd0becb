"""Who signs in to a Zentral server, by the environment that is passed in.

    RECONCILER_ZENTRAL_TOKEN_PLAN, …_APPLY   an API token of a service account for this purpose; else …_TOKEN, for both
    RECONCILER_ZENTRAL_HOST                  the host that it may be sent to; the file has to name the same

A variable that is set to nothing counts as not set: CI does that for a secret that is missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reconciler.credentials.hosts import own_url
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose

PREFIX = "RECONCILER_ZENTRAL_"
HOST = f"{PREFIX}HOST"
SANDBOX = {Purpose.PLAN: "sandbox-read", Purpose.APPLY: "sandbox-write"}
"""Tokens that a sandbox takes."""

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZentralToken:
    """A token as Zentral made it. It can't be renewed here. `variable` names where it came from."""

    value: str = field(repr=False)
    variable: str

    def token(self, now: float, rejected: str | None = None) -> str:  # noqa: ARG002 - the seam's signature
        if rejected is not None:
            raise CredentialProblem("ZENTRAL-TOKEN-REJECTED", {"variable": self.variable})
        return self.value

    def identity(self) -> str:
        return self.variable


@dataclass(frozen=True, slots=True, kw_only=True)
class ZentralCredential:
    """`url` is where it may be sent, ending in a slash. `warnings` don't stop anything."""

    source: ZentralToken
    url: str
    warnings: tuple[CredentialProblem, ...] = ()


def zentral_credential(
    environment: Mapping[str, str], purpose: Purpose, *, url: str, sandbox: str | None = None
) -> ZentralCredential:
    """The credential for this purpose. With `sandbox` (its address) the environment is not read at all.

    url  the address in the file: refused where the environment binds the token to another host
    Raises CredentialProblem: ZENTRAL-SIGN-IN-MISSING, CREDENTIAL-TOKEN-MALFORMED, and as `own_url`.
    """
    if sandbox is not None:
        address = own_url("zentral", declared=url, bound="", variable=HOST, sandbox=sandbox)
        return ZentralCredential(source=ZentralToken(value=SANDBOX[purpose], variable=SANDBOX[purpose]), url=address)
    names = (f"{PREFIX}TOKEN_{purpose.name}", f"{PREFIX}TOKEN")
    variable = next((name for name in names if _value(environment, name)), "")
    if not variable:
        raise CredentialProblem("ZENTRAL-SIGN-IN-MISSING", {"token": names[0], "host": HOST})
    value = _value(environment, variable)
    # Sent as it is, a line break in the middle would be refused by an exception that quotes the whole header.
    if not _TOKEN.fullmatch(value):
        raise CredentialProblem("CREDENTIAL-TOKEN-MALFORMED", {"variable": variable})
    address = own_url("zentral", declared=url, bound=_value(environment, HOST), variable=HOST)
    source = ZentralToken(value=value, variable=variable)
    return ZentralCredential(source=source, url=address, warnings=_shared(variable, names[0]))


def authorise(source: ZentralToken) -> Callable[[float, str | None], str]:
    """What HttpClient takes as `authorise`: Zentral's own scheme, `Token <key>`."""

    def header(now: float, rejected: str | None) -> str:
        return f"Token {source.token(now, rejected)}"

    return header


def _shared(variable: str, specific: str) -> tuple[CredentialProblem, ...]:
    if variable == specific:
        return ()
    return (CredentialProblem("CREDENTIAL-SHARED", {"variable": variable, "specific": specific}),)


def _value(environment: Mapping[str, str], variable: str) -> str:
    return environment.get(variable, "").strip()
