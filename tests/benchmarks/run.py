"""`make bench`: every figure, as a table and as build/bench.json. Ends with 1 where a bar is missed.

python -m tests.benchmarks.run start checker parser again plan first-apply scaling intune review policy site   (or some of these)
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from tests.benchmarks.figure import Bar, Figure, NotMeasured, write_json, write_table

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
WORK = BUILD / "bench"
PEERS = BUILD / "bench-venv" / "bin"

Part = Callable[[], Iterator[Figure]]


def _checker() -> Iterator[Figure]:
    from tests.benchmarks import validating

    return validating.against_checker(WORK, PEERS)


def _parser() -> Iterator[Figure]:
    from tests.benchmarks import validating

    return validating.against_parser(WORK)


def _again() -> Iterator[Figure]:
    from tests.benchmarks import validating

    return validating.again(WORK)


def _plan() -> Iterator[Figure]:
    from tests.benchmarks import planning

    return planning.figures(WORK, PEERS)


def _first_apply() -> Iterator[Figure]:
    from tests.benchmarks import first_apply

    return first_apply.figures()


def _policy() -> Iterator[Figure]:
    from tests.benchmarks import compiling, policy

    yield from policy.figures()
    yield from compiling.figures()


def _scaling() -> Iterator[Figure]:
    from tests.benchmarks import scaling

    return scaling.figures()


def _intune() -> Iterator[Figure]:
    from tests.benchmarks import on_intune

    return on_intune.figures(WORK)


def _site() -> Iterator[Figure]:
    from tests.benchmarks import site

    return site.figures(WORK)


def _review() -> Iterator[Figure]:
    from tests.benchmarks import reviewing

    return reviewing.figures(WORK)


def _start() -> Iterator[Figure]:
    from tests.benchmarks import starting

    return starting.figures()


# Imported where they run: the process that starts and measures others stays small.
PARTS: Mapping[str, Part] = {
    "start": _start,
    "checker": _checker,
    "parser": _parser,
    "again": _again,
    "plan": _plan,
    "first-apply": _first_apply,
    "scaling": _scaling,
    "policy": _policy,
    "intune": _intune,
    "review": _review,
    "site": _site,
}
EXPECTED: Mapping[str, tuple[tuple[str, float, Bar], ...]] = {
    "start": (
        ("start: reconciler --version", 2, Bar.AT_MOST),
        ("start: validate on the sample", 6, Bar.AT_MOST),
    ),
    "checker": (("validate: 8,000 schools, against check-jsonschema", 10, Bar.AT_LEAST),),
    "parser": (("validate: 8,000 schools, against libyaml's compose", 3, Bar.AT_MOST),),
    "again": (("validate: a second run with nothing changed", 0.2, Bar.AT_MOST),),
    "plan": (
        ("plan without changes: time", 1.3, Bar.AT_MOST),
        ("plan without changes: reads", 1.05, Bar.AT_MOST),
        ("plan without changes: memory", 300, Bar.BELOW),
        ("plan without changes: processor time", 1, Bar.BELOW),
    ),
    "first-apply": (
        ("first apply: policy writes", 1.2, Bar.AT_MOST),
        ("first apply: seconds", 1.2, Bar.AT_MOST),
    ),
    "scaling": (("cost per device: ten times as many", 1.3, Bar.AT_MOST),),
    "policy": (
        ("check: 7,300 schools × 40 rules, against the engine alone", 3, Bar.AT_MOST),
        ("check: twice as many schools, time", 2.3, Bar.AT_MOST),
        ("check: twice as many schools, memory", 2.1, Bar.AT_MOST),
        ("validate: what rules add on the sample", 1, Bar.AT_MOST),
    ),
    "intune": (
        ("Intune, first apply: seconds", 1.2, Bar.AT_MOST),
        ("Intune, plan without changes: time", 1.3, Bar.AT_MOST),
        ("Intune, plan without changes: requests", 1.05, Bar.AT_MOST),
        ("Intune, plan of one school: requests", 1.05, Bar.AT_MOST),
    ),
    "review": (("review: the sample, against validate", 3, Bar.AT_MOST),),
    "site": (
        ("site: 65 schools and 300 apps, against Jinja2 alone", 10, Bar.AT_MOST),
        ("site: a keystroke among 2,000 apps", 50, Bar.AT_MOST),
    ),
}
"""Names and bars by part: what could not be measured is listed as not met, never left out."""


def collect(parts: Mapping[str, Part], names: Sequence[str], told: TextIO) -> list[Figure]:
    """All figures of the named parts. A part that breaks off gives its reason for each figure that it still owes."""
    found: list[Figure] = []
    for name in names:
        told.write(f"measuring: {name}\n")
        told.flush()
        reason = "the part ended without it"
        measured: set[str] = set()
        try:
            for figure in parts[name]():
                found.append(figure)
                measured.add(figure.name)
        except NotMeasured as problem:
            reason = str(problem)
        except Exception as problem:  # whatever is broken in one part, the others are still measured and it is not met
            reason = f"{type(problem).__name__}: {problem}"
        found += _owed(name, measured, reason)
    return found


def _owed(part: str, measured: set[str], reason: str) -> list[Figure]:
    return [
        Figure(name=name, value=None, bar=bar, side=side, unit="", against="nothing", bound="", remark=reason)
        for name, bar, side in EXPECTED[part]
        if name not in measured
    ]


def main() -> int:
    names = sys.argv[1:] or list(PARTS)
    figures = collect(PARTS, names, sys.stderr)
    write_table(figures, sys.stdout)
    write_json(figures, BUILD / "bench.json")
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
