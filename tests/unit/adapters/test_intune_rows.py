"""Sets of assignments: `assign` replaces them whole, so what goes out again is everybody's, word for word."""

from typing import Any

from reconciler.adapters.intune.rows import fields_of, group_of, is_direct, merge, policy_rows

OURS, THEIRS = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
FILTER = {
    "deviceAndAppManagementAssignmentFilterId": "cccccccc-0000-4000-8000-000000000003",
    "deviceAndAppManagementAssignmentFilterType": "include",
}


def row(group: str, intent: str, **more: Any) -> dict[str, Any]:
    target = {"@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": group, **more.pop("filter", {})}
    return {"id": f"row-{group}", "intent": intent, "source": "direct", "sourceId": "", "target": target, **more}


def by_group(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["target"].get("groupId", ""): one for one in rows}


def test_other_peoples_rows_go_out_with_filter_and_settings_and_without_what_the_service_makes() -> None:
    settings = {"@odata.type": "#microsoft.graph.iosVppAppAssignmentSettings", "useDeviceLicensing": False, "x": 1}
    theirs = row(THEIRS, "available", filter=FILTER, settings=settings)
    sent = by_group(merge([theirs], {OURS: {"intent": "required", "useDeviceLicensing": True}}, "iosVppApp"))
    assert sent[THEIRS] == {"intent": "available", "target": theirs["target"], "settings": settings}
    assert sent[OURS]["intent"] == "required"
    assert sent[OURS]["settings"]["useDeviceLicensing"] is True


def test_our_row_keeps_the_filter_that_people_put_on_it() -> None:
    sent = by_group(merge([row(OURS, "required", filter=FILTER)], {OURS: {"intent": "uninstall"}}, "winGetApp"))
    assert sent[OURS]["intent"] == "uninstall"
    assert sent[OURS]["target"] == row(OURS, "", filter=FILTER)["target"]


def test_our_row_is_left_out_when_it_is_taken_away() -> None:
    rows = [row(OURS, "required"), row(THEIRS, "required")]
    assert by_group(merge(rows, {OURS: None}, "winGetApp")).keys() == {THEIRS}


def test_an_exclusion_of_our_group_is_not_our_row() -> None:
    excluded = row(OURS, "required")
    excluded["target"]["@odata.type"] = "#microsoft.graph.exclusionGroupAssignmentTarget"
    assert group_of(excluded) == ""
    assert len(merge([excluded], {OURS: {"intent": "required"}}, "winGetApp")) == 2


def test_a_policy_sets_row_for_our_group_stays_and_says_where_it_comes_from() -> None:
    theirs = row(OURS, "available", source="policySets")
    assert not is_direct(theirs)
    (kept,) = merge([theirs], {OURS: None}, "winGetApp")
    assert kept["source"] == "policySets"


def test_all_devices_and_all_users_stay() -> None:
    everybody = {
        "id": "x",
        "intent": "required",
        "target": {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"},
    }
    assert merge([everybody], {OURS: None}, "winGetApp") == [{"intent": "required", "target": everybody["target"]}]


def test_a_type_is_read_with_and_without_its_hash() -> None:
    bare = row(OURS, "required")
    bare["target"]["@odata.type"] = "microsoft.graph.groupAssignmentTarget"
    assert group_of(bare) == OURS


def test_whose_licence_counts_for_bought_apps_alone() -> None:
    assert fields_of(row(OURS, "required"), "winGetApp") == {"intent": "required"}
    assert fields_of(row(OURS, "required", settings=None), "iosVppApp") == {
        "intent": "required",
        "useDeviceLicensing": False,
    }


def test_a_policy_is_assigned_to_our_group_beside_those_that_people_added() -> None:
    sent = policy_rows(OURS, [row(OURS, ""), row(THEIRS, "", filter=FILTER)])
    assert [one["target"]["groupId"] for one in sent] == [THEIRS, OURS]  # type: ignore[call-overload,index]  # JSON
    assert sent[0]["target"] == row(THEIRS, "", filter=FILTER)["target"]
