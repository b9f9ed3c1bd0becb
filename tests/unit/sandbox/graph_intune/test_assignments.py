"""Assignments of apps: whole sets, filters, and single rows (reference 8.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.graph_intune.conftest import TYPE, Intune, refusal

FILTER = "deviceAndAppManagementAssignmentFilterId"
KIND = "deviceAndAppManagementAssignmentFilterType"


def _row(target: dict[str, Any], intent: str = "required", **more: Any) -> dict[str, Any]:
    return {"@odata.type": TYPE + "mobileAppAssignment", "intent": intent, "target": target, **more}


def _assign(intune: Intune, app: str, *rows: dict[str, Any], version: str = "beta") -> Any:
    return intune.call("POST", f"{intune.app(app)}/assign", {"mobileAppAssignments": list(rows)}, version=version)


def _groups(intune: Intune, app: str) -> list[tuple[str, str]]:
    rows = intune.rows(intune.app(app))
    return [(intune.state.groups[row["target"]["groupId"]].name, row["intent"]) for row in rows]


def test_that_assign_replaces_the_whole_set(intune: Intune) -> None:
    answer = _assign(intune, "Book Creator", _row(intune.target("Lånade")))
    assert (answer.status_code, answer.content) == (204, b"")
    assert _groups(intune, "Book Creator") == [("Lånade", "required")]


def test_that_an_empty_set_clears_unless_switched(intune: Intune) -> None:
    intune.options(empty_assign="ignore")
    assert _assign(intune, "Book Creator").status_code == 204
    assert len(_groups(intune, "Book Creator")) == 2
    intune.options(empty_assign="clear")
    assert _assign(intune, "Book Creator").status_code == 204
    assert _groups(intune, "Book Creator") == []


def test_what_comes_back_of_a_row(intune: Intune) -> None:
    rows = intune.rows(intune.app("Book Creator"))
    found = intune.get("deviceManagement/assignmentFilters")["value"][0]
    assert rows[0]["target"] == {
        "@odata.type": "#microsoft.graph.groupAssignmentTarget",
        "groupId": intune.group("iPads"),
        FILTER: found["id"],
        KIND: "include",
    }
    assert rows[0]["settings"] == {
        "@odata.type": "#microsoft.graph.iosVppAppAssignmentSettings",
        "useDeviceLicensing": True,
    }
    assert (rows[1]["target"][FILTER], rows[1]["target"][KIND], rows[1]["settings"]) == (None, "none", None)
    assert [row["source"] for row in rows] == ["direct", "direct"]


@pytest.mark.parametrize(
    ("switch", "shown"),
    [("none", (None, "none")), ("null", (None, None)), ("zero", ("00000000-0000-0000-0000-000000000000", "none"))],
)
def test_the_spellings_of_no_filter(intune: Intune, switch: str, shown: tuple[str | None, str | None]) -> None:
    intune.options(unset_filter=switch)
    target = intune.rows(intune.app("Book Creator"))[1]["target"]
    assert (target[FILTER], target[KIND]) == shown
    assert _assign(intune, "Book Creator", _row(target)).status_code == 204  # goes back in as it came out
    assert intune.state.intune.assignments[intune.app("Book Creator")[-36:]][0]["target"][FILTER] is None


def test_that_v1_shows_no_filter_and_loses_it(intune: Intune) -> None:
    path = intune.app("Book Creator")
    rows = intune.get(f"{path}/assignments", version="v1.0")["value"]
    assert rows[0]["target"].keys() == {"@odata.type", "groupId"}
    assert "source" not in rows[0]
    assert refusal(
        _assign(intune, "Book Creator", _row(intune.target("iPads", **{KIND: "none"})), version="v1.0")
    ).startswith(f"The property '{KIND}' does not exist")
    assert _assign(intune, "Book Creator", *[_row(row["target"]) for row in rows], version="v1.0").status_code == 204
    assert [row["target"][FILTER] for row in intune.rows(path)] == [None, None]


def test_that_of_two_rows_for_one_group_the_first_is_kept(intune: Intune) -> None:
    target = intune.target("iPads")
    excluded = target | {"@odata.type": TYPE + "exclusionGroupAssignmentTarget"}
    _assign(intune, "Book Creator", _row(target, "uninstall"), _row(target, "required"), _row(excluded))
    assert _groups(intune, "Book Creator") == [("iPads", "uninstall"), ("iPads", "required")]
    assert [row["target"]["@odata.type"][17:] for row in intune.rows(intune.app("Book Creator"))] == [
        "groupAssignmentTarget", "exclusionGroupAssignmentTarget",
    ]  # fmt: skip


def test_that_rows_get_new_ids_unless_switched(intune: Intune) -> None:
    path = intune.app("Book Creator")
    before = intune.rows(path)
    _assign(intune, "Book Creator", *before)
    after = intune.rows(path)
    assert [row["target"] for row in after] == [row["target"] for row in before]
    assert {row["id"] for row in after}.isdisjoint(row["id"] for row in before)
    intune.options(assignment_ids="kept")
    _assign(intune, "Book Creator", *after)
    assert [row["id"] for row in intune.rows(path)] == [row["id"] for row in after]


def test_that_the_source_of_a_row_cannot_be_written(intune: Intune) -> None:
    intune.edit("graph_add_assignment", app="Scratch", group="Datorer", source="policySets")
    rows = intune.rows(intune.app("Scratch"))
    assert rows[0]["source"] == "policySets"
    _assign(intune, "Scratch", *rows, _row(intune.target("Lånade"), source="policySets"))
    assert [row["source"] for row in intune.rows(intune.app("Scratch"))] == ["policySets", "direct"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"intent": "requird"}, "Cannot convert the literal 'requird'"),
        ({"target": None}, "An assignment needs a target."),
        ({"target": {"@odata.type": "groupAssignmentTarget", "groupId": "nobody"}}, "The group nobody"),
        ({"target": {"groupId": "x"}}, "The property 'groupId' does not exist"),
        ({"target": {}}, "Cannot create an abstract class."),
        ({"target": {"@odata.type": "groupAssignmentTarget", "groupID": "x"}}, "The property 'groupID'"),
        (
            {"settings": {"@odata.type": "winGetAppAssignmentSettings"}},
            "The assignment settings winGetAppAssignmentSettings are not supported for this app type.",
        ),
    ],
)
def test_refused_rows_change_nothing(intune: Intune, row: dict[str, Any], told: str) -> None:
    assert refusal(_assign(intune, "Book Creator", _row(intune.target("Lånade")) | row)).startswith(told)
    assert _groups(intune, "Book Creator") == [("iPads", "required"), ("Personal", "available")]


def test_that_the_body_has_one_name_only(intune: Intune) -> None:
    answer = intune.call("POST", f"{intune.app('Scratch')}/assign", {"assignments": []})
    assert refusal(answer).startswith("The parameter 'mobileAppAssignments'")


def test_a_filter_that_does_not_exist(intune: Intune) -> None:
    target = intune.target("Lånade", **{FILTER: "11111111-1111-4111-8111-111111111111", KIND: "include"})
    assert refusal(_assign(intune, "Book Creator", _row(target))).startswith("The assignment filter 1111")


def test_a_row_whose_group_was_deleted(intune: Intune) -> None:
    rows = intune.rows(intune.app("Book Creator"))
    assert intune.call("DELETE", f"groups/{intune.group('iPads')}").status_code == 204
    assert len(intune.rows(intune.app("Book Creator"))) == 2
    assert _assign(intune, "Book Creator", *rows).status_code == 204
    assert refusal(_assign(intune, "Scratch", _row(rows[0]["target"] | {FILTER: None}))).startswith("The group")
    intune.options(deleted_group_rows="refuse")
    assert refusal(_assign(intune, "Book Creator", *rows)).startswith("The group")


def test_single_rows(intune: Intune) -> None:
    path = f"{intune.app('Scratch')}/assignments"
    made = intune.call("POST", path, _row(intune.target("Datorer")))
    assert made.status_code == 201
    assert "already" in refusal(intune.call("POST", path, _row(intune.target("Datorer"), "uninstall")))
    row = f"{path}/{made.json()['id']}"
    changed = intune.call("PATCH", row, {"@odata.type": TYPE + "mobileAppAssignment", "intent": "uninstall"})
    assert (changed.status_code, changed.json()["intent"]) == (200, "uninstall")
    assert intune.get(row)["target"]["groupId"] == intune.group("Datorer")
    assert intune.call("DELETE", row).status_code == 204
    assert intune.call("GET", row).status_code == 404
