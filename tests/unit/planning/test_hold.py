"""What an error's subject holds back."""

import pytest

from reconciler.model.change import Action, Change, Why
from reconciler.model.resource import Key
from reconciler.planning.hold import is_about

CHANGE = Change(
    action=Action.UPDATE,
    key=Key(kind="setting", target="@norr/klass", part="chrome.devices.GuestMode"),
    backend="chrome",
    why=(
        Why(layer="organisation", owner="alla", position=None),
        Why(layer="group", owner="norr/klass", position=None),
        Why(layer="school-form", owner="grund", position=None),
    ),
)


@pytest.mark.parametrize(
    ("subject", "held"),
    [
        ("baseline:alla", True),
        ("baseline:grund", True),
        ("baseline:forskola", False),
        ("norr/klass", True),
        ("norr", True),
        ("syd", False),
        ("devices:norr/klass", False),
        ("", True),
    ],
)
def test_an_error_at_a_baselines_line_holds_what_the_baseline_has_a_say_in(subject: str, held: bool) -> None:
    assert is_about(CHANGE, {subject}, None) is held
