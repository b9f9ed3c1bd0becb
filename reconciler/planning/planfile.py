"""Plans and results as text, sealed, and the reasons for which a plan is refused. Writing the text to disk is an edge's.

The seal is a hash over the canonical body: it finds accidents (a cut or edited file); trust comes from signatures.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, TypeVar

from reconciler.model.change import ApplyResult, Plan
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Tenant
from reconciler.planning.canonical import canonical
from reconciler.planning.codec import Mismatch, decode, encode
from reconciler.planning.plan import FORMAT

PLAN_KIND: Final = "reconciler-plan"
RESULT_KIND: Final = "reconciler-result"

T = TypeVar("T", Plan, ApplyResult)


class PlanRefused(Exception):  # noqa: N818  # a name that says what it is
    """A file that can't be used. `code` is a message's, `values` its placeholders."""

    def __init__(self, code: str, **values: str) -> None:
        self.code, self.values = code, values
        super().__init__(code)


def write_plan(plan: Plan) -> str:
    """The plan file's text."""
    return _write(PLAN_KIND, plan)


def write_result(result: ApplyResult) -> str:
    """The text of a result's file."""
    return _write(RESULT_KIND, result)


def read_plan(text: str, *, tool_version: str) -> Plan:
    """A plan from a file's text; PlanRefused where it is damaged, not a plan, of another version or format."""
    plan = _read(PLAN_KIND, Plan, text)
    if plan.tool_version != tool_version:
        raise PlanRefused("PLAN-OTHER-VERSION", theirs=plan.tool_version, ours=tool_version)
    return plan


def read_result(text: str) -> ApplyResult:
    """A result from a file's text; PlanRefused as for plans."""
    return _read(RESULT_KIND, ApplyResult, text)


def read_either(text: str, *, tool_version: str) -> Plan | ApplyResult:
    """Whichever of the two the text holds, for showing."""
    if f'"kind": "{RESULT_KIND}"' in text[:200]:
        return read_result(text)
    return read_plan(text, tool_version=tool_version)


def check_applicable(
    plan: Plan, *, now: date, tenants: Iterable[Tenant], digest: str, modes: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Why this plan may not be applied today, here; empty when it may.

    `tenants` are those that answer now, `digest` and `modes` (by backend) those of the documents as they are now.
    """
    return (
        *_wrong_day(plan, now),
        *([_refusal("PLAN-OLDER-STATE", "", {})] if plan.digest != digest else []),
        *_wrong_tenants(plan, {tenant.backend: tenant for tenant in tenants}),
        *_only_observed(plan, modes),
    )


def _write(kind: str, content: Plan | ApplyResult) -> str:
    body = encode(content)
    document = {"kind": kind, "format": content.format, "seal": _seal(body), "body": body}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _read(kind: str, of: type[T], text: str) -> T:
    document = _document(kind, text)
    number = document.get("format")
    if number != FORMAT:
        raise PlanRefused("PLAN-UNKNOWN-FORMAT", theirs=str(number), ours=str(FORMAT))
    if document.keys() != {"kind", "format", "seal", "body"} or document["seal"] != _seal(document["body"]):
        raise PlanRefused("PLAN-DAMAGED", where="seal")
    try:
        return decode(of, document["body"])
    except Mismatch as mismatch:
        raise PlanRefused("PLAN-DAMAGED", where=mismatch.path) from mismatch


def _document(kind: str, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        # A file that starts as ours and can't be read was cut or edited; any other was never one.
        begun = text.lstrip().startswith("{") and f'"{kind}"' in text[:200]
        raise PlanRefused("PLAN-DAMAGED" if begun else "PLAN-NOT-A-PLAN", where="JSON") from error
    if not isinstance(document, dict) or document.get("kind") != kind:
        raise PlanRefused("PLAN-NOT-A-PLAN", where="kind")
    return document


def _seal(body: object) -> str:
    return "sha256:" + hashlib.sha256(canonical(body).encode(errors="surrogatepass")).hexdigest()  # type: ignore[arg-type]  # parsed JSON


def _wrong_day(plan: Plan, now: date) -> list[Finding]:
    if plan.lapses and now >= plan.lapses:
        return [_refusal("PLAN-LAPSED", "", {"as_of": str(plan.as_of), "lapses": str(plan.lapses), "today": str(now)})]
    if now < plan.as_of:
        return [_refusal("PLAN-FOR-LATER", "", {"as_of": str(plan.as_of), "today": str(now)})]
    return []


def _wrong_tenants(plan: Plan, now: Mapping[str, Tenant]) -> list[Finding]:
    return [
        _refusal("PLAN-OTHER-TENANT", tenant.backend, {"backend": tenant.backend})
        for tenant in plan.tenants
        if now.get(tenant.backend) != tenant
    ]


def _only_observed(plan: Plan, modes: Mapping[str, str]) -> list[Finding]:
    backends = sorted({change.backend for change in plan.changes})
    return [
        _refusal("BACKEND-OBSERVE", backend, {"backend": backend})
        for backend in backends
        if modes.get(backend) != "apply"
    ]


def _refusal(code: str, subject: str, values: Mapping[str, str]) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=None, subject=subject, values=values)
