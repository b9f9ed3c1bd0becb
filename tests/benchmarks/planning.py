"""A plan that finds nothing to do, of 20,000 assignments and 18,000 devices: time, reads and memory; and its computing alone."""

import json
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reconciler.adapters.google.policies import MANAGED, namespaces
from reconciler.sandbox import State
from reconciler.sandbox.google.schemas import schemas
from tests.benchmarks.figure import Bar, Figure, NotMeasured
from tests.benchmarks.fleet import DEVICES, GROUPS, SCHOOLS, converge, write_fleet, write_seed
from tests.benchmarks.octodns import compare_records
from tests.benchmarks.process import Cost, cpu_ratio, in_turns, run_process, shown, wall_ratio

ROOT = Path(__file__).resolve().parents[2]
LATENCY_MS = 50
PAGE, DEVICES_PAGE = 1000, 300
RECORDS = 20_000
SIZE = "200 groups × 100 apps and 18,000 devices"


def figures(work: Path, peers: Path) -> Iterator[Figure]:
    folder, tenant = work / "fleet", work / "fleet-tenant"
    for each in (folder, tenant):
        shutil.rmtree(each, ignore_errors=True)
        each.mkdir(parents=True)
    state = converge(write_fleet(folder))
    with sandbox(write_seed(state, tenant)) as url:
        yield from _reading(folder, tenant, url, state)
        _plan(folder, tenant, url, record=str(tenant / "replies"))
    yield _computing(folder, tenant, work, peers)


def _reading(folder: Path, tenant: Path, url: str, state: State) -> Iterator[Figure]:
    requests = tenant / "requests.json"
    _plan(folder, tenant, url, requests=str(requests))  # once beforehand, to know what it asks for
    bare = [sys.executable, "-m", "tests.benchmarks.bare_loop", str(requests), f"{url}/google"]
    pairs = list(in_turns(lambda: _plan(folder, tenant, url), lambda: run_process(bare, folder=ROOT), 3))
    report = json.loads((tenant / "report.json").read_text(encoding="utf-8"))
    least, formula = least_reads(state)
    yield Figure(
        name="plan without changes: time",
        value=wall_ratio(pairs),
        bar=1.3,
        side=Bar.AT_MOST,
        unit="× a bare loop",
        against="httpx alone over the same pages, as many threads, the same sandbox; whole processes",
        bound="",
        remark=f"{SIZE}, latency {LATENCY_MS} ms, QUOTAS OFF on both sides; {shown(pairs)}",
    )
    yield Figure(
        name="plan without changes: reads",
        value=report["requests"] / least,
        bar=1.05,
        side=Bar.AT_MOST,
        unit="× the bound",
        against="the fewest reads that see everything in scope",
        bound=formula,
        remark=f"{report['requests']} reads",
    )
    yield Figure(
        name="plan without changes: memory",
        value=report["peak"],
        bar=300,
        side=Bar.BELOW,
        unit="MB",
        against="the most that the planning process held at any time",
        bound="",
    )


def least_reads(state: State) -> tuple[int, str]:
    """The bound and its formula. Every resolve of the fleet has fewer entries than a page, apps too."""
    own, users = 1 + SCHOOLS + SCHOOLS * GROUPS, SCHOOLS * GROUPS
    device_spaces, user_spaces = (len(namespaces(list(MANAGED), reach)) for reach in ("device", "user"))
    most = max(len(table) for table in state.google.policies.values()) + len(schemas())
    if most > PAGE:
        raise NotMeasured("a target of the fleet has more than a page of entries, which the bound does not count")
    device_pages = math.ceil(SCHOOLS * GROUPS * DEVICES / DEVICES_PAGE)
    schema_pages = math.ceil(len(schemas()) / PAGE)
    least = 1 + device_pages + schema_pages + own * device_spaces + users * user_spaces
    formula = (
        f"1 org-unit list + ceil(D / {DEVICES_PAGE}) = {device_pages} device pages + {schema_pages} schema page + "
        f"Σ over targets × managed namespaces of ceil(entries / {PAGE}) = {own} × {device_spaces} + "
        f"{users} × {user_spaces}; {least} in all"
    )
    return least, formula


def _computing(folder: Path, tenant: Path, work: Path, peers: Path) -> Figure:
    """The plan's processor time, with replies from memory, against that of octoDNS for as many records."""
    dns = compare_records(work / "octodns", peers, RECORDS)
    replay = {"replay": str(tenant / "replies")}
    pairs = list(in_turns(lambda: _plan(folder, tenant, "http://127.0.0.1:9", **replay), dns, 3))
    return Figure(
        name="plan without changes: processor time",
        value=cpu_ratio(pairs),
        bar=1,
        side=Bar.BELOW,
        unit="× octoDNS",
        against=f"octodns-sync of {RECORDS:,} records without a change: YAML source, target from JSON, one worker",
        bound="",
        remark=f"{SIZE}, from files to plan, replies recorded beforehand; {shown(pairs, of='cpu')}",
    )


def _plan(folder: Path, tenant: Path, url: str, **chosen: str) -> Cost:
    """The command `plan`, quotas off. Raises NotMeasured where it finds anything to do."""
    saved = tenant / "plan.json"
    wired: Mapping[str, str] = {"report": str(tenant / "report.json"), **chosen}
    command = [sys.executable, "-m", "tests.benchmarks.command", json.dumps(wired), "plan", "--root", str(folder)]
    flags = ["--sandbox", url, "--today", "2026-11-21", "--out", str(saved), "--exit-code"]
    cost = run_process([*command, *flags], folder=ROOT)
    body = json.loads(saved.read_text(encoding="utf-8"))
    plan = body.get("body", body)
    if plan["changes"] or plan.get("held") or sum(plan["unchanged"].values()) < RECORDS:
        raise NotMeasured(f"the plan is not empty, or has compared too little: {plan['unchanged']}")
    return cost


@contextmanager
def sandbox(seed: Path, *, quotas: bool = False) -> Iterator[str]:
    """A sandbox as a process, with latency and, if not asked for, without quotas; gone when the block ends."""
    flags = ["--port", "0", "--seed", str(seed), "--latency-ms", str(LATENCY_MS), *([] if quotas else ["--no-quotas"])]
    command = [sys.executable, "-m", "reconciler", "sandbox", "serve", *flags]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        if not ready:
            raise NotMeasured("the sandbox did not start")
        yield json.loads(ready)["url"]
    finally:
        process.terminate()
        process.wait(timeout=20)
        assert process.stdout is not None
        process.stdout.close()
