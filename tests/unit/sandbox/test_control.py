"""The sandbox's own paths."""

from __future__ import annotations

import pytest

from reconciler.sandbox import Options
from reconciler.sandbox.options import change_options, read_switches
from tests.unit.sandbox.conftest import DIRECTORY, Box


def test_reset_goes_back_to_the_seed(box: Box) -> None:
    before = box.http.get("/_sandbox/state").text
    box.http.post(f"{DIRECTORY}/orgunits", json={"name": "Ny", "parentOrgUnitPath": "/"})
    box.fault(kind="500")
    assert box.http.get("/_sandbox/state").text != before
    box.http.post("/_sandbox/reset", json={})
    assert box.http.get("/_sandbox/state").text == before
    assert box.http.get("/_sandbox/faults").json() == []
    assert box.http.get("/_sandbox/requests").json() == []


def test_a_dump_is_a_seed(box: Box) -> None:
    dump = box.http.get("/_sandbox/state").json()
    dump["google"]["org_units"][1]["name"] = "Annan"
    assert box.http.post("/_sandbox/seed", json=dump).status_code == 200
    assert box.http.get("/_sandbox/state").json() == dump
    for bad in ({}, {"format": 2}, {"format": 1, "google": {}}):
        assert box.http.post("/_sandbox/seed", json=bad).status_code == 400


def test_time_moves_forward_only(box: Box) -> None:
    before = box.http.get("/_sandbox/clock").json()["now"]
    assert box.http.post("/_sandbox/clock", json={"advance": 5}).json() == {"now": before + 5}
    for bad in ({"advance": -1}, {"advance": "5"}, {}):
        assert box.http.post("/_sandbox/clock", json=bad).status_code == 400


@pytest.mark.parametrize(
    "changes", [{"nej": 1}, {"quotas": 1}, {"latency_ms": True}, {"duplicate_org_unit": "nej"}, {"oauth_issuer": 1}]
)
def test_bad_options(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="option"):
        change_options(Options(), changes)


def test_options_from_text() -> None:
    text = {"moves_partial": "true", "max_policy_entries": "50", "org_unit_visible_after_seconds": "1.5",
            "oauth_scopes": "a,b", "duplicate_org_unit": "conflict"}  # fmt: skip
    assert change_options(Options(), read_switches(text)) == Options(
        moves_partial=True,
        max_policy_entries=50,
        org_unit_visible_after_seconds=1.5,
        oauth_scopes=("a", "b"),
        duplicate_org_unit="conflict",
    )


@pytest.mark.parametrize("text", [{"quotas": "ja"}, {"max_moves": "x"}, {"nej": "1"}])
def test_bad_options_from_text(text: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="option"):
        change_options(Options(), read_switches(text))


def test_options() -> None:
    changed = change_options(Options(), {"quotas": False, "oauth_scopes": ["a"], "org_unit_visible_after_seconds": 5})
    assert changed == Options(quotas=False, oauth_scopes=("a",), org_unit_visible_after_seconds=5)


def test_unknown_questions_on_effects(box: Box) -> None:
    for question in ("user_ou=/Saknas", "session=nej", "group=x@y.se"):
        assert box.http.get(f"/_sandbox/google/effective?{question}").status_code == 400
