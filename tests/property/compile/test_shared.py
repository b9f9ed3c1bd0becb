"""Whatever municipality and source write on their layers, nobody ends up looser than what is shared."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.desired import DesiredState
from reconciler.model.documents import School
from reconciler.settings.order import Tightness, compare
from tests.unit.compile.writing import baseline, compiled, group, school, table, value

_VALUES: Final = {
    "incognito": st.sampled_from(["allowed", "blocked"]),
    "developer-tools": st.sampled_from(["allowed", "not-on-extensions", "blocked"]),
    "session-length": st.integers(1, 4),
    "url-blocklist": st.lists(st.sampled_from(["a.se", "b.se", "c.se", "*"]), min_size=1, unique=True),
    "url-allowlist": st.lists(st.sampled_from(["a.se", "b.se", "c.se", "*"]), min_size=1, unique=True),
}


@given(st.data(), st.sampled_from(sorted(_VALUES)))
def test_nobody_is_looser_than_what_is_shared(data: st.DataObject, setting: str) -> None:
    written = {
        name: data.draw(st.none() | _VALUES[setting], label=name)
        for name in ("shared", "own", "shared for the form", "own for the form")
    }
    baselines = [
        baseline(
            name.replace(" ", "-"),
            shared="skollan" if name.startswith("shared") else "",
            forms=["grundskola"] if "form" in name else [],
            settings={setting: found},
        )
        for name, found in written.items()
        if found is not None
    ]
    state = compiled(municipality(), baselines=baselines)
    alone = compiled(municipality(), baselines=[one for one in baselines if one.shared])

    # What is ours never makes an error in a file that isn't.
    assert theirs(state) <= theirs(alone)
    holds = value(state, "norr/elever", setting)
    for one in baselines:
        if one.shared and one.at.file not in theirs(alone):
            said = one.wishes.settings[0].values[0].value
            assert compare(table()[setting].order, said, holds) in (Tightness.equal, Tightness.tighter)


def municipality() -> School:
    return school("norr", group("elever", ou="/Elever"))


def theirs(state: DesiredState) -> set[str]:
    """The shared files with something wrong in them."""
    files = {one.place.file for one in state.findings if one.place is not None}
    return {file for file in files if file.startswith("shared/")}
