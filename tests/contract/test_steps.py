"""The contract: one table of steps, every adapter, and after each step a second plan that is empty."""

from collections.abc import Callable

import pytest

from reconciler.http.request import Sent
from tests.contract.cases import Case, read_cases
from tests.contract.conftest import ADAPTERS
from tests.contract.running import Run, carry_out
from tests.contract.zentral_live import LACKS

TRAITS = {name: make().traits for name, make in ADAPTERS.items()}
TABLE = [(case, adapter) for case in read_cases() for adapter in ADAPTERS if case.needs <= TRAITS[adapter]]


def _param(case: Case, adapter: str) -> object:
    return pytest.param(case, adapter, id=f"{adapter}: {case.case}")


@pytest.mark.parametrize(("case", "adapter"), [_param(*row) for row in TABLE])
def test_step(
    case: Case,
    adapter: str,
    start: Callable[..., Run],
    checked_requests: list[Sent],
    checked_graph_requests: list[Sent],
) -> None:
    """What is sent is held against the vendor's own description by the fixtures (tests/conftest.py)."""
    carry_out(case, start(adapter, case.files))
    assert bool(checked_requests) == (adapter == "google")
    assert not checked_graph_requests or adapter == "intune"


def test_every_case_runs_somewhere() -> None:
    assert {case.case for case in read_cases()} == {case.case for case, _ in TABLE}


def test_zentral_runs_every_case_that_it_has_no_reason_not_to() -> None:
    """What it can't do is a trait of the case, and each trait that it lacks says why."""
    left_out = [case for case, adapter in TABLE if adapter != "zentral" and not case.needs <= TRAITS["zentral"]]
    assert {trait for case in left_out for trait in case.needs - TRAITS["zentral"]} <= LACKS.keys()
    assert LACKS.keys().isdisjoint(TRAITS["zentral"])
