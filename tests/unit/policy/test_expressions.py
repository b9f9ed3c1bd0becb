"""One engine serves all kinds of subject, and yet each kind knows its own variables only."""

from itertools import combinations

import pytest

from reconciler.model.policy import SubjectKind
from reconciler.policy.expressions import Program, compile_expression, engine
from reconciler.policy.variables import variables


@pytest.mark.parametrize(("one", "other"), list(combinations(SubjectKind, 2)))
def test_a_name_has_the_same_type_whatever_it_is_read_of(one: SubjectKind, other: SubjectKind) -> None:
    first, second = variables(one), variables(other)
    assert {name: first[name] for name in first.keys() & second.keys()} == {
        name: second[name] for name in first.keys() & second.keys()
    }


def test_a_variable_of_another_kind_of_subject_is_unknown_and_pointed_at() -> None:
    found = compile_expression(SubjectKind.SCHOOL, "school.id != '' && device.platform == 'ipados'")
    assert isinstance(found, tuple)
    assert [(one.code, one.line, one.column) for one in found] == [("RULE-UNKNOWN-VARIABLE", 1, 20)]


def test_spaces_around_the_dot_hide_no_variable_of_another_kind() -> None:
    found = compile_expression(SubjectKind.SCHOOL, "school.id != '' && device . platform == 'ipados'")
    assert isinstance(found, tuple)
    assert [one.code for one in found] == ["RULE-UNKNOWN-VARIABLE"]


def test_a_macro_may_bind_a_name_that_another_kind_of_subject_has() -> None:
    found = compile_expression(SubjectKind.SCHOOL, "school.groups.all(group, group.platform != 'ipados')")
    assert isinstance(found, Program)
    bind = engine(SubjectKind.SCHOOL).Activation
    assert found.ask(bind({"school.groups": [{"platform": "chromeos"}]})) is True
    assert found.ask(bind({"school.groups": [{"platform": "ipados"}]})) is False


def test_a_macro_s_variable_of_its_own_list_is_asked_by_the_engine_of_all_kinds() -> None:
    found = compile_expression(SubjectKind.SCHOOL, "school.groups.all(one, one.platform != 'ipados')")
    assert isinstance(found, Program)
    assert found.ask(engine(SubjectKind.SCHOOL).Activation({"school.groups": [{"platform": "ipados"}]})) is False
