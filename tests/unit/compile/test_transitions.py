"""Steps from one revision to the next that no revision alone shows to be wrong."""

from dataclasses import replace
from typing import Any

import pytest

from reconciler.compile.state import compile_state
from reconciler.compile.transitions import check_transitions
from reconciler.model.documents import Documents
from tests.unit.compile.writing import TODAY, app, baseline, documents, group, school, spelled, table


def step(base: Documents, head: Documents) -> list[tuple[str, str, str]]:
    states = [compile_state(one, table(), TODAY) for one in (base, head)]
    found = check_transitions(base, head, states[0], states[1])
    return [(one.code, spelled(one.place), one.subject) for one in found]


def both(before: Any, after: Any, **more: Any) -> list[tuple[str, str, str]]:
    return step(documents(before, **more), documents(after, **more))


def test_the_uid_stays() -> None:
    base = documents()
    head = replace(base, organisation=replace(base.organisation, uid="annan"))

    assert step(base, head) == [("UID-CHANGED", "organisation.yaml:uid", "")]


RULE: dict[str, Any] = {"match": {"location": "NORR 4-6*"}}


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (group("mellan", devices=RULE), [("ID-CHANGED", "schools/norr.yaml:groups.mellan", "norr/mellan")]),
        (group("mellan", devices=RULE, previously=("elever",)), []),
        (group("annan", devices={"serials": ("5CD1",)}), []),
    ],
)
def test_a_group_is_renamed_by_previously_only(after: Any, found: list[tuple[str, str, str]]) -> None:
    assert both(school("norr", group("elever", devices=RULE)), school("norr", after)) == found


def test_a_school_is_renamed_by_previously_only() -> None:
    old = school("norr")
    new = replace(school("nord"), name="norr")

    assert both(old, new) == [("ID-CHANGED", "schools/nord.yaml:", "nord")]
    assert both(old, replace(new, previously=("norr",))) == []


def test_an_old_name_stays_for_good_also_when_the_school_is_renamed() -> None:
    old = school("norr", group("klass", previously=("elever",)))
    new = school("nord", group("klass", school="nord"), previously=("norr",))

    assert both(old, new) == [("PREVIOUSLY-REMOVED", "schools/nord.yaml:groups.klass", "nord/klass")]


def test_a_used_app_is_withdrawn_and_not_deleted() -> None:
    using = school("norr", group("klass", ou="/K", required=["kami"]))
    not_using = school("norr", group("klass", ou="/K", inherit=["kami"]))
    with_it, without_it = [app("kami"), app("book")], [app("book")]

    assert step(documents(using, apps=with_it), documents(school("norr"), apps=without_it))[0] == (
        "APP-DELETED-IN-USE",
        "app-catalogs/appar.yaml:",
        "app:kami",
    )
    assert step(documents(apps=with_it), documents(apps=without_it)) == []
    assert step(documents(not_using, apps=with_it), documents(not_using, apps=[app("nya", previously=("kami",))])) == []


LINE: dict[str, Any] = {"settings": {"developer-tools": "blocked"}}


@pytest.mark.parametrize(
    ("after", "dropped"),
    [
        (group("klass", ou="/K"), True),
        (group("klass", ou="/K", settings={"developer-tools": "inherit"}), False),
        (group("klass", ou="/K", settings={"developer-tools": "not-on-extensions"}), False),
        (group("klass", ou="/Annan", **LINE), True),
        (group("klass", **LINE | {"settings": {}}), True),
    ],
)
def test_a_line_on_a_target_that_is_not_ours_whole_is_given_back_and_never_dropped(after: Any, dropped: bool) -> None:
    found = both(school("norr", group("klass", ou="/K", **LINE)), school("norr", after))

    assert [(code, subject) for code, _, subject in found] == (
        [("LISTED-LINE-DROPPED", "norr/klass")] if dropped else []
    )


def test_after_inherit_the_line_may_go() -> None:
    before = school("norr", group("klass", ou="/K", settings={"developer-tools": "inherit"}))

    assert both(before, school("norr", group("klass", ou="/K"))) == []


def test_a_place_of_ours_remembers_itself_unless_it_is_listed() -> None:
    line: dict[str, Any] = {"settings": {"guest-mode": "blocked"}}

    assert both(school("norr", group("klass", **line)), school("norr", group("klass"))) == []
    listed = both(school("norr", group("klass", owns="listed", **line)), school("norr", group("klass", owns="listed")))
    assert listed == [("LISTED-LINE-DROPPED", "schools/norr.yaml:groups.klass", "norr/klass")]


def test_a_baselines_line_is_followed_to_the_target_that_it_was_written_at() -> None:
    with_line = documents(
        school("norr", group("k", ou="/K")), baselines=[baseline("alla", **LINE)], ou={"pupils": "/E"}
    )
    without = documents(school("norr", group("k", ou="/K")), baselines=[baseline("alla")], ou={"pupils": "/E"})

    assert step(with_line, without) == [("LISTED-LINE-DROPPED", "organisation.yaml:users.pupils.users", "org-uid")]


def test_a_pilot_of_a_baselines_line_leaves_it_where_the_others_have_it() -> None:
    groups = school("norr", group("a", ou="/A"), group("b", ou="/B"), group("c", ou="/C"))
    dated = {"dated": [{"value": 60}, {"value": 45, "rings": {"pilot": "2026-11-01"}}]}
    before, after = (
        documents(
            groups,
            baselines=[baseline("alla", settings={"session-length": value})],
            ou={"pupils": "/E"},
            rings={"pilot": ["norr/c"]},
        )
        for value in (60, dated)
    )

    assert step(before, after) == []
