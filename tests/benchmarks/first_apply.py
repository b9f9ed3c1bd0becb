"""The first apply of the sample on a Google tenant that has nothing of ours: calls and seconds against what the quota allows."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.adapters.google.policies import parse_part
from reconciler.http.request import Sent
from reconciler.model.change import Outcome, Plan
from reconciler.reconcile.plan import Filter
from reconciler.sandbox import Options, load_seed
from tests.benchmarks.figure import Bar, Figure, NotMeasured
from tests.benchmarks.in_process import apply, make_plan, read_files, start, with_options

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "reconciler" / "sandbox" / "seeds" / "sample-base.yaml"
WRITES_A_MINUTE = 30
CAP = 500
GOOGLE = Filter(backend="chrome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """`seconds` of virtual time, of the apply alone; `least` is the bound on the calls."""

    calls: int
    seconds: float
    least: int
    entries: int
    held: int


def figures() -> Iterator[Figure]:
    usual = first_apply(one_target=True, cap=CAP)
    bound = f"Σ ceil(entries / {CAP}) over (target, namespace, key set) = {usual.least}, of {usual.entries} entries"
    yield Figure(
        name="first apply: policy writes",
        value=usual.calls / usual.least,
        bar=1.2,
        side=Bar.AT_MOST,
        unit="× the bound",
        against="as few calls as one target per call allows",
        bound=bound,
        remark=f"{usual.calls} calls; quotas on, virtual time, in process; {usual.held} changes held by errors",
    )
    least = 60.0 * ((usual.least - 1) // WRITES_A_MINUTE)
    yield Figure(
        name="first apply: seconds",
        value=usual.seconds / least if least else None,
        bar=1.2,
        side=Bar.AT_MOST,
        unit="× the bound",
        against=f"{WRITES_A_MINUTE} policy writes a minute, the quota of a customer",
        bound=f"60 s × floor((calls − 1) / {WRITES_A_MINUTE}) for {usual.least} calls = {least:.0f} s",
        remark=f"{usual.seconds:.0f} virtual seconds of the whole apply; both switches: {_switches()}",
    )


def _switches() -> str:
    """What the calls come to with the two things that Google doesn't document answered otherwise; for information."""
    several, small = first_apply(one_target=False, cap=CAP), first_apply(one_target=True, cap=10)
    return (
        f"several targets in a call {several.calls} calls (bound {several.least}), "
        f"at most 10 entries in a call {small.calls} calls (bound {small.least})"
    )


def first_apply(*, one_target: bool, cap: int) -> Applied:
    calls: Counter[str] = Counter()

    def count(sent: Sent) -> None:
        calls[sent.lane] += 1

    options = Options(one_target_per_call=one_target, max_policy_entries=cap)
    bench = start(load_seed(SEED), options, count)
    chosen: Mapping[str, Any] = {"one_target_per_call": one_target, "entries_per_call": cap}
    prepared = with_options(read_files(ROOT), chosen)
    plan = make_plan(bench, prepared, GOOGLE)
    began = bench.time.elapsed
    assert prepared.documents is not None
    result = apply(bench, prepared.documents, plan)
    bad = [one for one in result.results if one.outcome is not Outcome.APPLIED]
    if bad:
        raise NotMeasured(f"{len(bad)} changes were not applied, the first because of {bad[0].reason}")
    seconds = bench.time.elapsed - began
    left = make_plan(bench, prepared, GOOGLE).changes
    if left:
        raise NotMeasured(f"the second plan is not empty: {len(left)} changes, first {left[0].key}")
    entries = _entries(plan, one_target=one_target)
    return Applied(
        calls=calls["policy-write"],
        seconds=seconds,
        least=sum(math.ceil(count / cap) for count in entries.values()),
        entries=sum(entries.values()),
        held=len(plan.held),
    )


def _entries(plan: Plan, *, one_target: bool) -> Counter[tuple[str, str, bool]]:
    """Entries by what must be alike in a call: target (where only one is allowed), namespace, and whether about an app."""
    found: Counter[tuple[str, str, bool]] = Counter()
    for change in plan.changes:
        if change.key.kind in ("setting", "assignment"):
            policy = parse_part(change.key.part)
            found[change.key.target if one_target else "", policy.namespace, bool(policy.app_id)] += 1
    return found
