"""How old everyone in a group is, by school form and grades. The ages are those of skollagen, counted by hand."""

import pytest

from reconciler.model.documents import Group
from reconciler.model.place import Pointer
from reconciler.policy.group_facts import youngest


@pytest.mark.parametrize(
    ("forms", "grades", "age"),
    [
        (("grundskola",), "1-3", 6),  # born in December, six in August
        (("grundskola",), "7-9", 12),
        (("grundskola",), "9", 14),
        (("förskoleklass", "grundskola", "fritidshem"), "F-3", 5),
        (("förskoleklass", "grundskola"), "", 5),
        (("grundskola",), "", 6),
        (("anpassad-grundskola",), "1-9", 6),
        (("gymnasieskola",), "1-3", 15),
        (("gymnasieskola",), "", 15),
        (("gymnasieskola", "komvux"), "1-3", 15),
        (("komvux",), "", 16),  # sfi
        (("förskola",), "", 1),
        ((), "", None),
    ],
)
def test_everyone_has_reached_the_age(forms: tuple[str, ...], grades: str, age: int | None) -> None:
    at = Pointer(file="schools/a.yaml")
    group = Group(id="a", name="A", school_forms=forms, platform="chromeos", audience="pupils", grades=grades, at=at)

    assert youngest(group) == age
