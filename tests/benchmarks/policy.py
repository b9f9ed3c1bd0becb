"""Forty rules on all of Sweden's schools: our way with facts, verdicts and all, against the engine alone on prepared values.

The engine alone: every subject's values made and bound beforehand, and the same compiled expressions asked of each, `when` and
`require` as ours. Ours: from documents to a list of verdicts, causes left out (without a base they are asked only of breaches).
"""

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from reconciler.model.documents import DeviceRule, Documents, Group, Organisation, School, Unit
from reconciler.model.place import Pointer
from reconciler.model.policy import Expression, Guardrail, RuleEffect, RuleSource, SubjectKind
from reconciler.policy.evaluate import make_ready
from reconciler.policy.expressions import engine
from reconciler.policy.facts import facts, make_world
from reconciler.policy.judging import Side, verdicts_of
from tests.benchmarks.figure import Bar, Figure

SCHOOLS: Final = 7_300
"""School units with pupils in Sweden, preschools apart (6,546 to 6,615 active in Planned educations v4), rounded up."""

RULES: Final = 40
ENGINE: Final = "check: 7,300 schools × 40 rules, against the engine alone"
TIME: Final = "check: twice as many schools, time"
MEMORY: Final = "check: twice as many schools, memory"
AS_OF: Final = date(2026, 11, 21)
_AT: Final = Pointer(file="policies/guardrails/bench.yaml")

_REQUIRES: Final = (
    "school.principal.deputy != ''",
    "school.app_managers.at_least >= 2 && school.app_managers.function_account",
    "school.roles.all(r, r.review_in_days == null || r.review_in_days > 0)",
    "'vklass' in school.user_support",
    "school.spans.all(s, s.first < 5 || s.devices >= s.pupils)",
    "school.groups.all(g, g.audience != 'pupils' || g.pays_devices != '')",
    "school.mgn.size() > 0 || 'grundskola' in school.school_forms",
    "school.expected_pupil_devices * 2 >= school.pupils",
)
_WHENS: Final = (None, "'grundskola' in school.school_forms", "school.pupils > 100", None, None)


def make_rules(count: int = RULES) -> tuple[Guardrail, ...]:
    """Rules as a municipality writes them, each a little other than the next."""
    return tuple(_rule(number) for number in range(count))


def _rule(number: int) -> Guardrail:
    when = _WHENS[number % len(_WHENS)]
    return Guardrail(
        id=f"r{number:02}",
        effect=RuleEffect.WARN,
        owner="joint",
        on=SubjectKind.SCHOOL,
        when=Expression(text=when, at=_AT) if when else None,
        require=Expression(text=f"school.name != 'x{number}' && ({_REQUIRES[number % len(_REQUIRES)]})", at=_AT),
        message={"sv": "{school.name}", "en": "{school.name}"},
        source=RuleSource(kind="need", text="bench"),
        at=_AT.child("rules", number),
    )


def make_documents(schools: int) -> Documents:
    role = {"contact": "rektor.skola@example.se", "deputy": "bitr.skola@example.se", "review_by": "2027-06-30"}
    organisation = Organisation(
        uid="u", name="Riket", municipality_code="0000", language="sv", backends=(), routes=(), at=_AT
    )
    return Documents(organisation=organisation, schools=tuple(_school(number, role) for number in range(schools)))


def _school(number: int, role: dict[str, Any]) -> School:
    at = Pointer(file=f"schools/s{number}.yaml")
    return School(
        id=f"s{number:05}",
        name=f"Skola {number}",
        units=(Unit(code=f"{number:08}", school_forms=("grundskola", "fritidshem"), grades="F-9", at=at),),
        pupils_by_grade={"F-3": 88, "4-6": 74, "7-9": 80},
        groups=tuple(_group(at, n) for n in range(5)),
        roles={
            "principal": role,
            "app_managers": {"team": "appar", "at_least": 1 + number % 3},
            "user_support": {"vklass": role},
        },
        at=at,
    )


def _group(at: Pointer, number: int) -> Group:
    return Group(
        id=f"g{number}",
        name=f"Grupp {number}",
        school_forms=("grundskola",),
        platform="chromeos",
        audience="staff" if number == 4 else "pupils",
        grades=("F-3", "4-6", "7-9", "", "")[number],
        devices=DeviceRule(match={"location": "x*"}, expected=80, at=at),
        cost_bearer={"devices": "municipality"},
        at=at.child("groups", number),
    )


def ours(documents: Documents, rules: tuple[Guardrail, ...]) -> int:
    return len(verdicts_of(rules, Side(documents=documents, state=None, clock=time.perf_counter), AS_OF))


def bare(documents: Documents, rules: tuple[Guardrail, ...]) -> Callable[[], int]:
    """The engine's own loop, ready to run."""
    world = make_world(documents, None, AS_OF)
    bound = [engine(SubjectKind.SCHOOL).Activation(one.values) for one in facts(world, SubjectKind.SCHOOL)]
    ready = [make_ready(rule) for rule in rules]
    programs = [(one.when, one.require) for one in ready]

    def run() -> int:
        count = 0
        for activation in bound:
            for when, require in programs:
                assert require is not None
                if when is None or when.compiled.eval(activation).value():
                    require.compiled.eval(activation).value()
                    count += 1
        return count

    return run


def take(run: Callable[[], object], times: int = 3) -> float:
    """Processor seconds, the best of several runs: others on the machine count for less than by the clock on the wall."""
    return min(_seconds(run) for _ in range(times))


def peak_of(run: Callable[[], object]) -> int:
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _seconds(run: Callable[[], object]) -> float:
    gc.collect()
    begun = time.process_time()
    run()
    return time.process_time() - begun


def figures(schools: int = SCHOOLS) -> Iterator[Figure]:
    rules, whole, half = make_rules(), make_documents(schools), make_documents(schools // 2)
    engine_alone = take(bare(whole, rules))
    seconds = take(lambda: ours(whole, rules))
    yield Figure(
        name=ENGINE,
        value=seconds / engine_alone,
        bar=3,
        side=Bar.AT_MOST,
        unit="times the time",
        against="cel-expr-python alone, on values that are made and bound beforehand",
        bound="the same compiled expressions asked of the same subjects, answers thrown away",
        remark=f"{seconds:.2f} s against {engine_alone:.2f} s",
    )
    yield _linear(TIME, seconds, take(lambda: ours(half, rules)), 2.3)
    fewer = [make_documents(schools // part) for part in (4, 8)]
    memory = [peak_of(lambda documents=documents: ours(documents, rules)) for documents in fewer]  # type: ignore[misc]
    yield _linear(MEMORY, memory[0], memory[1], 2.1)


def _linear(name: str, twice: float, once: float, bar: float) -> Figure:
    against = "half as many schools"
    return Figure(
        name=name, value=twice / once, bar=bar, side=Bar.AT_MOST, unit="times", against=against, bound="2 × n"
    )
