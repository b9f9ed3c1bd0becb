"""The contract on Zentral under each way a server can be set up or answer: every switch of its emulator; and with a prefix."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Options, load_seed
from reconciler.sandbox.options import change_options
from reconciler.sandbox.zentral.options import ZentralOptions
from tests.contract.cases import Case, read_cases
from tests.contract.running import ZENTRAL_SEED, carry_out, new_run
from tests.contract.zentral_live import TRAITS, zentral_live
from tests.contract.zentral_words import Names

CASES = [case for case in read_cases() if case.switches and case.needs <= TRAITS]

ANSWERS: list[Mapping[str, Any]] = [{"devices": "prompt"}, {"page_size": 2}, {"missing_object": "plain"}]

ABOUT_RIGHTS = {"permissions", "denied"}
"""cases/56-zentral-rights.yaml and test_zentral_between.py hold them."""


def _name(answer: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in answer.items())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
@pytest.mark.parametrize("answer", ANSWERS, ids=_name)
def test_under_another_answer(answer: Mapping[str, Any], case: Case, tmp_path: Path) -> None:
    changes = {f"zentral.{name}": value for name, value in answer.items()}
    live = zentral_live(load_seed(ZENTRAL_SEED), change_options(Options(), changes))
    carry_out(case, new_run(live, tmp_path, case.files), afresh=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_with_a_prefix_on_every_name(case: Case, tmp_path: Path) -> None:
    live = zentral_live(load_seed(ZENTRAL_SEED), names=Names(prefix="lilla-"))
    carry_out(case, new_run(live, tmp_path, case.files), afresh=True)
    tables = live.tables()
    ours = [row["name"] for row in tables.rows["artifacts"]] + [row["name"] for row in tables.rows["tags"]]
    seeded = {"Kommunens wifi", "Provläge", "Numbers för hand", "Biblioteket", "Utlånad", "Prov pågår"}
    assert [name for name in ours if not name.startswith("lilla-") and name not in seeded] == []


def test_every_switch_is_turned() -> None:
    turned = {name for answer in ANSWERS for name in answer}
    assert turned | ABOUT_RIGHTS == {field.name for field in fields(ZentralOptions)}
