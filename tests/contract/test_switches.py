"""The contract under each answer to what Google doesn't document: every switch of the sandbox, on a chosen set of cases."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Options, load_seed
from reconciler.sandbox.options import change_options
from tests.contract.cases import Case, read_cases
from tests.contract.google_live import google_live
from tests.contract.running import SEED, carry_out, new_run

CASES = {case.case: case for case in read_cases() if case.switches}

SHORT = ["values set by hand", "an app required, available, blocked, absent", "a group deleted"]

ANSWERS: list[tuple[Mapping[str, Any], list[str]]] = [
    ({"policy_quota": "newer"}, SHORT),
    ({"quota_window": "fixed"}, SHORT),
    ({"retry_after": False, "policy_writes_per_minute": 5, "policy_writes_per_second": 1}, SHORT),
    ({"directory_quota_reason": "quotaExceeded", "directory_per_minute": 60}, SHORT),
    ({"directory_quota_reason": "rateLimitExceeded", "directory_per_minute": 60, "retry_after": False}, SHORT),
    ({"org_unit_slash": "refuse"}, SHORT),
    ({"duplicate_org_unit": "backendError"}, ["from an empty tenant to a full one"]),
    ({"duplicate_org_unit": "conflict"}, ["from an empty tenant to a full one"]),
    ({"org_unit_visible_after_seconds": 20.0}, ["from an empty tenant to a full one", "a pilot within a group"]),
    (
        {"org_unit_visible_after_seconds": 20.0, "pending_org_unit_reason": "invalid"},
        ["from an empty tenant to a full one", "a pilot within a group"],
    ),
    ({"org_unit_visible_after_reads": 3}, ["from an empty tenant to a full one", "a pilot within a group"]),
    ({"moves_partial": True}, ["devices that move between schools", "a group deleted"]),
    ({"device_path_alone": "refuse"}, ["devices that move between schools"]),
    ({"page_size_over_maximum": "error"}, SHORT),
    ({"max_policy_entries": 500, "one_target_per_call": False}, SHORT),
    ({"partial_update": "defaults"}, ["two settings that are one thing for the system", *SHORT]),
    ({"resolve_lists_defaults": False}, [*SHORT, "a target with twenty foreign values is taken over"]),
    ({"resolve_lists_app_defaults": True}, [*SHORT, "an app that was added elsewhere", "kiosk"]),
    ({"inherit_of_unset": "error"}, [*SHORT, "a wanted value that is inherited already"]),
    ({"app_removal_clears_descendants": False}, [*SHORT, "an app that was added elsewhere"]),
    (
        {"inherit_install_type_where_added": "remove"},
        [*SHORT, "an app that was added elsewhere", "kiosk", "a target with twenty foreign values is taken over"],
    ),
    (
        {"inherit_install_type_where_added": "error"},
        [*SHORT, "an app that was added elsewhere", "kiosk", "a target with twenty foreign values is taken over"],
    ),
    ({"full_enum_names": False}, ["managed guest sessions", "from an empty tenant to a full one", *SHORT]),
    ({"int64_as_strings": False}, SHORT),
    ({"group_device_policies": False}, ["a directory group as target"]),
]

ABOUT_SIGN_IN = {"oauth_public_key", "oauth_issuer", "oauth_scopes", "error_details_type"}
"""Not about what is written: tests/unit/credentials and tests/unit/sandbox hold them."""

ABOUT_THE_RUN = {"latency_ms", "quotas"}

OF_OTHERS = {"graph", "zentral"}
"""Switches of the other systems, which this tenant doesn't meet."""

DOCUMENTED = {"max_moves"}
"""No question at all: fifty, says the method's own text."""


def _name(answer: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in answer.items())


PAIRS = [(answer, CASES[name]) for answer, names in ANSWERS for name in names]


@pytest.mark.parametrize(("answer", "case"), PAIRS, ids=[f"{_name(answer)}: {case.case}" for answer, case in PAIRS])
def test_under_another_answer(answer: Mapping[str, Any], case: Case, tmp_path: Path) -> None:
    live = google_live(load_seed(SEED), change_options(Options(), dict(answer)))
    carry_out(case, new_run(live, tmp_path, case.files), afresh=True)


PACKINGS: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = [
    ({"one_target_per_call": False}, {"one_target_per_call": False}),
    ({"max_policy_entries": 2}, {"entries_per_call": 2}),
]
PACKED = ["from an empty tenant to a full one", "a target with twenty foreign values is taken over", "a group deleted"]


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize(("answer", "packing"), PACKINGS, ids=["several targets in a call", "two entries in a call"])
def test_packed_another_way(answer: Mapping[str, Any], packing: Mapping[str, Any], name: str, tmp_path: Path) -> None:
    """Both of our adapter's own switches, against a tenant that goes by them."""
    live = google_live(load_seed(SEED), change_options(Options(), dict(answer)))
    live.packing = packing
    carry_out(CASES[name], new_run(live, tmp_path), afresh=True)


def test_every_switch_is_turned() -> None:
    turned = {name for answer, _ in ANSWERS for name in answer}
    assert turned | ABOUT_SIGN_IN | ABOUT_THE_RUN | DOCUMENTED | OF_OTHERS == {field.name for field in fields(Options)}
