"""The contract on Intune under each answer to what Microsoft doesn't document: every switch of Graph's emulator."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Options, load_seed
from reconciler.sandbox.graph.options import GraphOptions
from reconciler.sandbox.options import change_options
from tests.contract.cases import Case, read_cases
from tests.contract.intune_live import intune_live
from tests.contract.running import INTUNE_SEED, carry_out, new_run

CASES = {case.case: case for case in read_cases() if case.switches}

FULL = "from an empty tenant to a full one"
GROUPS = [FULL, "a group deleted by hand", "a pilot within a group"]
ROWS = ["a filter on an assignment of ours", "assignments made by hand for others"]
POLICIES = ["a compliance policy", "a policy deleted by hand", "values set by hand"]
SHORT = ["devices that move between schools"]

ANSWERS: list[tuple[Mapping[str, Any], list[str]]] = [
    ({"page_size": 2}, [FULL, *ROWS]),
    ({"page_size": 2, "empty_pages": True}, [FULL, "a group deleted by hand"]),
    ({"empty_pages": True}, [*SHORT, *POLICIES]),
    ({"top_over_maximum": "ignore"}, SHORT),
    ({"top_over_maximum": "error"}, [FULL, *SHORT]),
    ({"batch_order": "kept"}, SHORT),
    ({"error_key": "innererror"}, ["a group deleted by hand"]),
    ({"retry_after": "decimal", "intune_writes": 4, "directory_units": 40}, [FULL]),
    ({"retry_after": "date", "intune_writes": 4, "directory_units": 40}, [FULL]),
    ({"retry_after": "missing", "intune_writes": 4, "directory_units": 40}, [FULL]),
    ({"directory_writes": 5, "intune_requests": 30, "refused_requests_count": False}, [FULL]),
    ({"visible_after_seconds": 20.0}, [*GROUPS, *SHORT, "a mark that was edited away", "a group renamed"]),
    ({"visible_after_seconds": 20.0, "fresh_bind": "accept"}, GROUPS),
    ({"visible_after_reads": 3}, [*GROUPS, *SHORT, "a mark that was edited away"]),
    ({"remove_non_member": "ok"}, [*SHORT, "a group deleted"]),
    ({"serial_filter": "ignored"}, SHORT),
    ({"unknown_select": "ignore"}, SHORT),
    ({"publish_after_seconds": 20.0}, [FULL, "a web clip from its making to its end"]),
    ({"publish_after_reads": 3}, [FULL, "a web clip from its making to its end"]),
    ({"patch_status": 204}, [*POLICIES, "a web clip from its making to its end", "a group renamed"]),
    ({"assignment_ids": "kept"}, ROWS),
    ({"empty_assign": "ignore"}, ["an app required, available, blocked, absent"]),
    ({"deleted_group_rows": "refuse"}, ["a group deleted by hand"]),
    ({"unset_filter": "null"}, ROWS),
    ({"unset_filter": "zero"}, ROWS),
    ({"license_counts": "live"}, [FULL]),
    ({"setting_definitions": "any"}, [FULL]),
]

ABOUT_SIGN_IN = {
    *("secret", "clients", "assertion_subject", "certificate_key", "token_tenant", "roles", "conditional_access"),
    "token_lifetime",
}
"""Not about what is written: tests/unit/credentials and cases/54-intune-rights.yaml hold them."""

NOT_ASKED = {
    "v1_beta_apps": "apps are asked of beta alone",
    "dynamic_member_edit": "no group whose members a rule decides is ever edited",
    "token_sync_seconds": "no token is ever synced by us",
    "token_sync_reads": "no token is ever synced by us",
}


def _name(answer: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in answer.items())


PAIRS = [(answer, CASES[name]) for answer, names in ANSWERS for name in names]


@pytest.mark.parametrize(("answer", "case"), PAIRS, ids=[f"{_name(answer)}: {case.case}" for answer, case in PAIRS])
def test_under_another_answer(answer: Mapping[str, Any], case: Case, tmp_path: Path) -> None:
    changes = {f"graph.{name}": value for name, value in answer.items()}
    live = intune_live(load_seed(INTUNE_SEED), change_options(Options(), changes))
    carry_out(case, new_run(live, tmp_path, case.files), afresh=True)


def test_every_switch_is_turned() -> None:
    turned = {name for answer, _ in ANSWERS for name in answer}
    assert turned | ABOUT_SIGN_IN | NOT_ASKED.keys() == {field.name for field in fields(GraphOptions)}
