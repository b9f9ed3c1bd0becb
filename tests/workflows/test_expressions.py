"""The runner reads expressions as GitHub documents them; what it doesn't know it refuses."""

from typing import Any

import pytest

from tests.workflows.expressions import ExpressionError, Scope, condition, filled, value_of

SCOPE = Scope(
    contexts={
        "github": {"event_name": "Push", "event": {"pull_request": {"number": 7}}},
        "matrix": {"environment": "", "id": "chrome", "count": "2"},
        "needs": {"split": {"outputs": {"matrix": '{"include":[{"id":"chrome"}]}'}}},
    }
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{ github.event.pull_request.number }}", 7),
        ("${{ github.event_name == 'push' }}", True),
        ("${{ github.event['missing'].deeper == '' }}", True),
        ("${{ matrix.environment && format('{0}-plan', matrix.environment) || 'plan' }}", "plan"),
        ("${{ matrix.id && format('{0}-plan', matrix.id) || 'plan' }}", "chrome-plan"),
        ("${{ fromJSON(needs.split.outputs.matrix) }}", {"include": [{"id": "chrome"}]}),
        ("${{ !(github.event_name != 'push') && 'it''s' }}", "it's"),
        ("${{ matrix.count > 0 && matrix.missing > 0 }}", False),
        ("${{ matrix.count > 0 }}", True),
        ("${{ matrix.id > 0 || matrix.id < 0 }}", False),
        ("plan-${{ github.event.pull_request.number }}-${{ github.head }}.", "plan-7-."),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert value_of(text, SCOPE) == value


def test_a_text_in_a_script_is_replaced_before_the_shell_sees_it() -> None:
    scope = Scope(contexts={"github": {"head_ref": '"; echo oj; "'}})
    assert filled('git fetch "${{ github.head_ref }}"', scope) == 'git fetch ""; echo oj; ""'


@pytest.mark.parametrize(
    ("text", "failed", "runs"),
    [("always()", True, True), ("true", True, False), ("failure()", False, False), ("failure()", True, True)],
)
def test_after_a_failure_only_those_steps_run_that_ask_for_it(text: str, failed: bool, runs: bool) -> None:
    assert condition(text, Scope(contexts={}, failed=failed)) is runs


@pytest.mark.parametrize("text", ["${{ hashFiles('x') }}", "${{ nobody.knows }}", "${{ 1 + 1 }}", "${{ (true }}"])
def test_what_is_beyond_it_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        value_of(text, SCOPE)
