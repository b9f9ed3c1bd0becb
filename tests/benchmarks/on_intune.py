"""Västerås on Intune: a first apply on virtual time, then plans of the tenant that it has made, whole and of one school.

The quotas of Graph are on everywhere. What the apply leaves behind is the tenant that the plans find in order, so that none
of it is made up to suit them.
"""

import json
import math
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.credentials.purpose import Purpose
from reconciler.http.request import Sent
from reconciler.model.change import Outcome, Plan
from reconciler.reconcile.plan import Filter, run_plan
from reconciler.reconcile.prepare import Prepared
from reconciler.sandbox import Options, State, dump, load, reset
from tests.benchmarks.figure import Bar, Figure, NotMeasured
from tests.benchmarks.fleet import write_seed
from tests.benchmarks.in_process import apply, make_plan, read_files, start, with_options
from tests.benchmarks.planning import LATENCY_MS, sandbox
from tests.benchmarks.process import Cost, in_turns, run_process, shown, wall_ratio
from tests.benchmarks.vasteras import CLASSES, DEVICES, SCHOOLS, files, fleet_groups, read_tenant, write_tenant
from tests.benchmarks.written import school_id, write_files

ROOT = Path(__file__).resolve().parents[2]
SIZE = "18,000 devices, 65 schools, 150 apps, 600 groups"
LIST_PAGE, DEVICES_PAGE, POLICIES_PAGE, BATCH = 999, 1000, 1000, 20
WRITES, WINDOW = 100, 20
"""Writes of one family of Intune in so many seconds, for one application."""
DIRECTORY_WRITES, DIRECTORY_WINDOW = 3000, 150
CATALOGUE = "settingsCatalog."
ONE_OF_EACH_SIZE = (18, 19, 20)
"""Schools: a small, a middling and a large one."""


def figures(work: Path) -> Iterator[Figure]:
    folder, serials, tenant = work / "vasteras", work / "vasteras-serials", work / "vasteras-tenant"
    for each in (folder, serials, tenant):
        shutil.rmtree(each, ignore_errors=True)
        each.mkdir(parents=True)
    write_files(dict(files()), folder)
    write_files(dict(files(serials=True)), serials)
    applied = first_apply(_in_order(folder), read_tenant(write_tenant(tenant)))
    yield _seconds(applied)
    seed = write_seed(applied.state, tenant)
    text = dump(applied.state)
    policies = Counter(change.key.part for change in applied.plan.changes if change.key.kind == "setting")
    with sandbox(seed, quotas=True) as url:
        yield from _whole_plan(folder, tenant, url, policies)
    yield _one_school(_in_order(serials), text)


def _in_order(folder: Path) -> Prepared:
    prepared = read_files(folder)
    if prepared.all_findings:
        raise NotMeasured(f"the files have findings: {prepared.all_findings[0].code}")
    return with_options(prepared, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """`seconds` of virtual time, of the apply alone; `state` is the tenant that it leaves."""

    plan: Plan
    state: State
    seconds: float


def first_apply(prepared: Prepared, before: State) -> Applied:
    """On a tenant that has nothing of ours. Raises NotMeasured where anything is held back, fails, or is left to do."""
    bench = start(before, Options())
    plan = make_plan(bench, prepared)
    if plan.held or any(finding.severity.name == "ERROR" for finding in plan.findings):
        raise NotMeasured(f"the first plan holds back {len(plan.held)} changes")
    began = bench.time.elapsed
    assert prepared.documents is not None
    result = apply(bench, prepared.documents, plan)
    seconds = bench.time.elapsed - began
    bad = [one for one in result.results if one.outcome is not Outcome.APPLIED]
    if bad:
        raise NotMeasured(f"{len(bad)} changes were not applied, the first because of {bad[0].reason}")
    left = make_plan(bench, prepared).changes
    if left:
        raise NotMeasured(f"the second plan is not empty: {len(left)} changes, first {left[0].key}")
    return Applied(plan=plan, state=bench.state, seconds=seconds)


def _seconds(applied: Applied) -> Figure:
    least, formula = least_seconds(applied.plan)
    return Figure(
        name="Intune, first apply: seconds",
        value=applied.seconds / least,
        bar=1.2,
        side=Bar.AT_MOST,
        unit="× the bound",
        against="what the quotas allow at best; each family has its own, so that the slowest decides",
        bound=formula,
        remark=f"{SIZE}: {len(applied.plan.changes):,} changes in {applied.seconds:.0f} virtual seconds, in process",
    )


def least_seconds(plan: Plan) -> tuple[float, str]:
    """The bound and its formula. A policy is made and then assigned; an app's rows are written as one set."""
    kinds = Counter(change.key.kind for change in plan.changes)
    assigned = len({change.key.part for change in plan.changes if change.key.kind == "assignment"})
    joined = sum(math.ceil(len(change.members) / BATCH) for change in plan.changes if change.key.kind == "membership")
    families = {
        "policies": (2 * kinds["setting"], WRITES, WINDOW),
        "apps": (kinds["app"] + assigned, WRITES, WINDOW),
        "directory": (kinds["group"] + joined, DIRECTORY_WRITES, DIRECTORY_WINDOW),
    }
    least = {name: window * ((writes - 1) // limit) for name, (writes, limit, window) in families.items()}
    terms = "; ".join(
        f"{name} {window} s × floor(({writes:,} − 1) / {limit:,}) = {least[name]} s"
        for name, (writes, limit, window) in families.items()
    )
    told = f"policies 2 × {kinds['setting']:,}, apps {kinds['app']} made + {assigned} sets of rows, "
    told += f"directory {kinds['group']} groups + Σ ceil(members / {BATCH})"
    return max(least.values()), f"{terms}\n{'':9}writes: {told}"


def _whole_plan(folder: Path, tenant: Path, url: str, policies: Mapping[str, int]) -> Iterator[Figure]:
    requests = tenant / "requests.json"
    _plan(folder, tenant, url, requests=str(requests))  # once beforehand, to know what it asks for
    bare = [sys.executable, "-m", "tests.benchmarks.graph_loop", str(requests), f"{url}/intune"]
    pairs = list(in_turns(lambda: _plan(folder, tenant, url), lambda: _rested(bare, url), 3))
    report = json.loads((tenant / "report.json").read_text(encoding="utf-8"))
    least, formula = least_requests(policies)
    yield Figure(
        name="Intune, plan without changes: time",
        value=wall_ratio(pairs),
        bar=1.3,
        side=Bar.AT_MOST,
        unit="× a bare loop",
        against="httpx alone over the same pages and batches, as many threads, the same sandbox; whole processes",
        bound="",
        remark=f"{SIZE}, latency {LATENCY_MS} ms, quotas on and rested before each run; {shown(pairs)}; "
        f"{report['peak']:.0f} MB at most",
    )
    yield Figure(
        name="Intune, plan without changes: requests",
        value=report["requests"] / least,
        bar=1.05,
        side=Bar.AT_MOST,
        unit="× the bound",
        against="the fewest requests that see everything in scope",
        bound=formula,
        remark=f"{report['requests']} requests",
    )


def least_requests(policies: Mapping[str, int]) -> tuple[int, str]:
    """The bound and its formula, from the sizes of the lists. `policies` counts ours by family."""
    groups, people = len(fleet_groups()), SCHOOLS * (CLASSES + 1)
    count, catalogue = sum(DEVICES.values()), _in_catalogue(policies)
    terms = {
        f"ceil({groups + people:,} groups / {LIST_PAGE})": math.ceil((groups + people) / LIST_PAGE),
        "apps": 1,
        "tokens": 1,
        f"ceil({count:,} managed devices / {DEVICES_PAGE})": math.ceil(count / DEVICES_PAGE),
        f"ceil({count:,} Entra devices / {LIST_PAGE})": math.ceil(count / LIST_PAGE),
        f"ceil({groups} groups' members / {BATCH})": math.ceil(groups / BATCH),
        "three lists of policies": 3,
        f"ceil({catalogue} catalogue policies' settings / {BATCH})": math.ceil(catalogue / BATCH),
    }
    if max(policies.values()) > POLICIES_PAGE:
        raise NotMeasured("the fleet has more than a page of policies, which the bound does not count")
    return sum(terms.values()), " + ".join(f"{name}: {term}" for name, term in terms.items())


def _in_catalogue(policies: Mapping[str, int]) -> int:
    return sum(number for family, number in policies.items() if family.startswith(CATALOGUE))


def _rested(command: Sequence[str], url: str) -> Cost:
    """With quotas that nobody has used for a while: a plan an hour apart finds them so."""
    reset(url)
    return run_process(command, folder=ROOT)


def _plan(folder: Path, tenant: Path, url: str, **chosen: str) -> Cost:
    """The command `plan`. Raises NotMeasured where it finds anything to do."""
    saved = tenant / "plan.json"
    wired = {"quotas": "on", "report": str(tenant / "report.json"), **chosen}
    command = [sys.executable, "-m", "tests.benchmarks.command", json.dumps(wired), "plan", "--root", str(folder)]
    cost = _rested([*command, "--sandbox", url, "--today", "2026-11-21", "--out", str(saved), "--exit-code"], url)
    body = json.loads(saved.read_text(encoding="utf-8"))
    plan = body.get("body", body)
    unchanged = plan["unchanged"]
    if plan["changes"] or plan.get("held") or unchanged.get("membership") != sum(DEVICES.values()):
        raise NotMeasured(f"the plan is not empty, or has compared too little: {unchanged}")
    return cost


def _one_school(prepared: Prepared, tenant: str) -> Figure:
    """In process, since only requests are counted. The worst of the schools decides."""
    found = {school: _requests(prepared, tenant, school) for school in ONE_OF_EACH_SIZE}
    least = {school: least_for_school(prepared, school) for school in ONE_OF_EACH_SIZE}
    sizes = {school: sum(one.devices for one in fleet_groups() if one.school == school) for school in found}
    return Figure(
        name="Intune, plan of one school: requests",
        value=max(found[school] / least[school][0] for school in found),
        bar=1.05,
        side=Bar.AT_MOST,
        unit="× the bound",
        against="the lists that are read whole, and what its own devices, groups and policies take",
        bound=least[ONE_OF_EACH_SIZE[0]][1],
        remark="serial numbers in the files; "
        + "; ".join(f"{sizes[one]} devices: {found[one]} of {least[one][0]}" for one in found),
    )


def least_for_school(prepared: Prepared, school: int) -> tuple[int, str]:
    """Devices are asked for twice, for two systems have them: who they are, and in which groups."""
    groups = [one for one in fleet_groups() if one.school == school]
    devices = sum(one.devices for one in groups)
    everyone = len(fleet_groups()) + SCHOOLS * (CLASSES + 1)
    fixed = math.ceil(everyone / LIST_PAGE) + 1 + 1 + 3
    least = fixed + 2 * math.ceil(devices / BATCH) + 2 * math.ceil(len(groups) / BATCH)
    return least, (
        f"ceil(groups of the tenant / {LIST_PAGE}) + apps 1 + tokens 1 + lists of policies 3 = {fixed}, "
        f"+ 2 × ceil(its devices / {BATCH}) + ceil(its groups / {BATCH}) + ceil(its catalogue policies / {BATCH})"
    )


def _requests(prepared: Prepared, tenant: str, school: int) -> int:
    sent: list[Sent] = []
    bench = start(load(json.loads(tenant)), Options(), sent.append)
    plan = run_plan(prepared, bench.wiring(Purpose.PLAN), only=Filter(school=school_id(school)))
    wanted = sum(one.devices for one in fleet_groups() if one.school == school)
    if plan is None or plan.changes or plan.held or plan.unchanged.get("membership") != wanted:
        raise NotMeasured("a school's plan is not empty, or has not looked at all of its devices")
    return len(sent)
