"""Why Entra refused a sign-in, by its AADSTS numbers. Pure.

Numbers and meanings: entra-docs reference-error-codes.md @04f65548 and, for 700211 to 700213 and the reasons within 700027,
the answers that many repositories quote (all read 2026-11-21). Microsoft says that numbers may change: an unknown one is
shown as it is.
"""

import re
from collections.abc import Mapping, Sequence

from reconciler.credentials.problems import CredentialProblem

# No federated credential matches: issuer, audience and subject of what was presented have numbers of their own since 2024.
NO_MATCH = frozenset({"AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213"})
# What a federated credential that was just made is answered with, until every one of Entra's servers knows it.
AWAITED = frozenset({"AADSTS70021", "AADSTS700213"})
SKEW = 120.0  # seconds that clocks may differ before that is named as the cause

_CODES: Mapping[str, str] = {
    "7000215": "ENTRA-SECRET-WRONG",
    "70002": "ENTRA-SECRET-WRONG",
    "7000222": "ENTRA-SECRET-EXPIRED",
    "700016": "ENTRA-APP-UNKNOWN",
    "700011": "ENTRA-APP-UNKNOWN",
    "7000229": "ENTRA-APP-UNKNOWN",
    "7000112": "ENTRA-APP-DISABLED",
    "70001": "ENTRA-APP-DISABLED",
    "90002": "ENTRA-TENANT-UNKNOWN",
    "900023": "ENTRA-TENANT-UNKNOWN",
    "65001": "ENTRA-CONSENT-MISSING",
    "90094": "ENTRA-CONSENT-MISSING",
    "500011": "ENTRA-CONSENT-MISSING",
    "650052": "ENTRA-CONSENT-MISSING",
    "650056": "ENTRA-CONSENT-MISSING",
    "650057": "ENTRA-CONSENT-MISSING",
    "900382": "ENTRA-WRONG-CLOUD",
    "900432": "ENTRA-WRONG-CLOUD",
    "900439": "ENTRA-WRONG-CLOUD",
    "700024": "ENTRA-CLOCK",
    "50131": "ENTRA-CONDITIONAL-ACCESS",
}
_ACCESS = re.compile(
    r"AADSTS530\d{2,3}"
)  # 53000 to 53004, 530032 to 530035 …: conditional access and security defaults


def read_codes(content: Mapping[str, object]) -> tuple[str, ...]:
    """`AADSTS…` of an error body, from `error_codes` or, where that is missing, from the description's beginning."""
    listed = content.get("error_codes")
    if isinstance(listed, list) and listed:
        return tuple(f"AADSTS{code}" for code in listed if isinstance(code, int))
    found = re.match(r"AADSTS\d+", str(content.get("error_description") or ""))
    return (found.group(),) if found else ()


def explain_refusal(
    reasons: Sequence[str], description: str, facts: Mapping[str, str], skew: float | None
) -> CredentialProblem:
    """The problem with what to do about it.

    facts  client_id, client_variable, tenant; of the proof: variable, thumbprint (certificate), subject, issuer and
           audience (federation); those that don't apply are missing
    skew   Entra's clock minus ours, in seconds, where it told
    The description is looked at and never shown: it may quote ids.
    """
    known = {"variable": "", "thumbprint": "", "subject": "?", "issuer": "?", "audience": "?", **facts}
    reason = ", ".join(reasons) or "?"
    code = _code(reasons, description, abs(skew or 0.0))
    seconds = "?" if skew is None else f"{abs(skew):.0f}"
    return CredentialProblem(code, {**known, "reason": reason, "seconds": seconds})


def _code(reasons: Sequence[str], description: str, skew: float) -> str:
    if not NO_MATCH.isdisjoint(reasons):
        return "ENTRA-FEDERATION-NO-MATCH"
    if "AADSTS700027" in reasons:
        return _certificate_code(description, skew)
    if any(_ACCESS.fullmatch(reason) for reason in reasons):
        return "ENTRA-CONDITIONAL-ACCESS"
    found = (_CODES.get(reason.removeprefix("AADSTS")) for reason in reasons)
    return next((code for code in found if code), "ENTRA-REFUSED")


def _certificate_code(description: str, skew: float) -> str:
    """One number for three things, which its text tells apart: `[Reason - The key used is expired.` or `… was not found.`"""
    if "expired" in description:
        return "ENTRA-CERTIFICATE-EXPIRED"
    if skew > SKEW and "not found" not in description:
        return "ENTRA-CLOCK"
    return "ENTRA-CERTIFICATE-NOT-REGISTERED"
