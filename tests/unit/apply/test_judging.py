"""What a fresh read says of a change that takes several calls, of which some were made."""

import pytest

from reconciler.apply.judging import Verdict, judge
from reconciler.model.adapter import Seen
from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Key

CHANGE = Change(
    action=Action.UPDATE,
    key=Key(kind="setting", target="@norr/elever", part="com.apple.applicationaccess"),
    backend="zentral",
    before={"name": "norr/elever", "allowCamera": True},
    after={"name": "norr/mellan", "allowAirDrop": False},
)


@pytest.mark.parametrize(
    ("live", "verdict"),
    [
        ({"name": "norr/elever", "allowCamera": True}, Verdict.WRITE),
        ({"name": "norr/mellan", "allowAirDrop": False}, Verdict.DONE),
        ({"name": "norr/mellan", "allowCamera": True}, Verdict.WRITE),
        ({"name": "norr/mellan"}, Verdict.WRITE),
        ({"name": "norr/mellan", "allowCamera": False}, Verdict.STALE),
        ({"name": "Min profil", "allowAirDrop": False}, Verdict.STALE),
        (None, Verdict.STALE),
    ],
    ids=["as before", "as after", "renamed alone", "a key taken away too", "another value", "another name", "gone"],
)
def test_half_of_a_change_is_written_on_and_what_the_plan_never_saw_is_not(
    live: dict[str, Json] | None, verdict: Verdict
) -> None:
    assert judge(CHANGE, Seen(read=True, fields=live), exclusive=True).verdict is verdict
