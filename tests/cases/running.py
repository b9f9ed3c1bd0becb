"""A folder as a case: what its files say of themselves, and the plan that they come to against the tenant beside them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml

from reconciler.adapters.wiring import Wiring
from reconciler.compile.transitions import check_transitions
from reconciler.credentials.google import Purpose
from reconciler.http.clock import Clock
from reconciler.load.repository import in_order
from reconciler.model.change import Plan
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import Base, Prepared, prepare
from reconciler.report.findings import format_findings
from reconciler.sandbox import ManualClock, create_app, load_seed

TODAY = date(2026, 11, 21)
VERSION = "1"
"""In place of the tool's own, so that a release changes no golden file."""


@cache
def prepared(case: Path) -> Prepared:
    """The repository on the case's day, with `base/` as its base if there is one."""
    today = _today(case)
    head = prepare(case / "repository", today)
    if not (case / "base").exists():
        return head
    base = prepare(case / "base", today)
    assert head.documents
    assert head.state
    assert base.documents
    assert base.state
    moved = check_transitions(base.documents, head.documents, base.state, head.state)
    before = Base(documents=base.documents, state=base.state)
    return replace(head, base=before, findings=(*head.findings, *moved))


@cache
def plan(case: Path) -> Plan:
    """Planned over the sandbox in this process, on virtual time, with quotas on."""
    made = run_plan(prepared(case), _wiring(case))
    assert made is not None
    return replace(made, tool_version=VERSION)


def findings(case: Path, lang: str, style: str) -> str:
    """As `reconciler validate` prints them, but for the line that counts files."""
    found = prepared(case)
    return format_findings(
        in_order(list(found.all_findings), found.locate), found.locate, lang, style, found.locate.line
    )


def _today(case: Path) -> date:
    """`case.yaml` may say another day: what has dates is read on it."""
    about: Mapping[str, Any] = {}
    if (case / "case.yaml").exists():
        about = yaml.safe_load((case / "case.yaml").read_text("utf-8"))
    return date.fromisoformat(about["today"]) if "today" in about else TODAY


def _wiring(case: Path) -> Wiring:
    clock = ManualClock()
    app = create_app(load_seed(case / "tenant.yaml"), clock=clock)
    return Wiring(
        environment={},
        purpose=Purpose.PLAN,
        sandbox="http://127.0.0.1:1",
        clock=Clock(monotonic=clock.now, wall=clock.now, sleep=clock.advance),
        transport=lambda: httpx.WSGITransport(app=app),
    )
