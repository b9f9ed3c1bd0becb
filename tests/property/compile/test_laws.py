"""Laws of layering that hold for any documents: order of files is nothing, and down means tighter."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.compile.state import check_documents, compile_state
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.settings.order import Tightness, compare
from tests.unit.compile.writing import TODAY, app, baseline, documents, exception, group, school, table

# Building documents is most of the work of an example; a slow machine is no reason to fail.
relaxed = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

HOSTS = ["a.se", "b.se", "c.se", "*"]
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "incognito": st.sampled_from(["allowed", "blocked", "inherit"]),
    "developer-tools": st.sampled_from(["allowed", "not-on-extensions", "blocked"]),
    "guest-mode": st.sampled_from(["allowed", "blocked"]),
    "url-blocklist": st.lists(st.sampled_from(HOSTS), min_size=1, unique=True),
    "url-allowlist": st.lists(st.sampled_from(HOSTS), min_size=1, unique=True),
    "session-length": st.integers(min_value=1, max_value=5),
    "home-page": st.sampled_from(["https://a.se/", "https://b.se/"]),
    "time-zone": st.sampled_from(["Europe/Stockholm", "Europe/Oslo"]),
}
ORDERED = sorted(set(VALUES) - {"home-page"})
APPS = ["kami", "book"]
MODES = {"available": 0, "required": 1, "absent": 2, "blocked": 3}


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=4))
    modes = {name: draw(st.sampled_from(sorted(MODES))) for name in draw(st.lists(st.sampled_from(APPS), unique=True))}
    return {
        "settings": {name: draw(VALUES[name]) for name in chosen},
        **{mode: [name for name, had in modes.items() if had == mode] for mode in MODES},
    }


FORMS = st.sampled_from([("grundskola",), ("fritidshem",), ("fritidshem", "grundskola")])


@st.composite
def municipalities(draw: st.DrawFn) -> Documents:
    baselines = [
        baseline(f"b{n}", forms=draw(st.sampled_from([(), ("grundskola",), ("fritidshem",)])), **draw(lines()))
        for n in range(draw(st.integers(0, 3)))
    ]
    schools = []
    for name in ("norr", "syd"):
        ou = {"pupils": f"/{name}"} if draw(st.booleans()) else {}
        layers = {"pupils": draw(lines())} if draw(st.booleans()) else {}
        groups = [
            group("klass", school=name, forms=draw(FORMS), ou=f"/{name}/k", **draw(lines())),
            group(
                "pilot", school=name, within="klass", ou=draw(st.sampled_from([None, f"/{name}/p"])), **draw(lines())
            ),
            group("vagn", school=name, forms=draw(FORMS)),
        ]
        schools.append(school(name, *groups, layers=layers, ou=ou))
    dated = {"dated": [{"value": 9}, {"value": draw(st.integers(6, 9)), "rings": {"pilot": "2026-11-01"}}]}
    excepted = draw(st.lists(st.sampled_from(["norr/klass", "syd/klass", "norr/pilot"]), unique=True))
    return documents(
        *schools,
        baselines=[*baselines, baseline("ring", settings={"session-length": dated})],
        apps=[app(name) for name in APPS],
        exceptions=[exception("prov", draw(st.sampled_from(ORDERED)), *excepted)],
        ou={"pupils": "/"} if draw(st.booleans()) else {},
        rings={"pilot": [draw(st.sampled_from(["norr", "norr/klass", "syd/vagn", "norr/pilot"]))]},
    )


def compiled(files: Documents) -> DesiredState:
    return compile_state(files, table(), TODAY)


def shuffled(items: Sequence[Any], order: Sequence[int]) -> tuple[Any, ...]:
    return tuple(sorted(items, key=lambda one: order[items.index(one) % len(order)]))


@relaxed
@given(municipalities(), st.permutations(range(4)))
def test_the_order_of_files_does_not_matter(files: Documents, order: list[int]) -> None:
    other = replace(
        files,
        schools=shuffled(files.schools, order),
        baselines=shuffled(files.baselines, order),
        apps=shuffled(files.apps, order),
    )

    assert compiled(other) == compiled(files)


@relaxed
@given(municipalities(), lines())
def test_a_line_more_in_a_group_never_makes_anything_looser(files: Documents, more: dict[str, Any]) -> None:
    files = replace(files, exceptions=())
    norr, syd = files.schools
    without = group("klass", forms=norr.groups[0].school_forms, ou="/norr/k")
    with_lines = group("klass", forms=norr.groups[0].school_forms, ou="/norr/k", **more)
    before, after = (
        compiled(replace(files, schools=(replace(norr, groups=(one, *norr.groups[1:])), syd)))
        for one in (without, with_lines)
    )

    for name in ORDERED:
        was = before.groups["norr/klass"].effective.settings.get(name)
        if was is not None and was.value != "inherit":
            now = after.groups["norr/klass"].effective.settings[name]
            assert compare(table()[name].order, was.value, now.value) in (Tightness.equal, Tightness.tighter)
    for key, held in before.groups["norr/klass"].effective.apps.items():
        assert MODES[after.groups["norr/klass"].effective.apps[key].mode] >= MODES[held.mode]


@relaxed
@given(municipalities())
def test_what_a_group_shall_have_is_written_somewhere_or_not_promised(files: Documents) -> None:
    """The sandbox's inheritance in small: what lies on the widest target is overridden by the narrower ones."""
    state = compiled(files)
    for key, one in state.groups.items():
        if one.group.users is None:
            continue
        inherited: dict[str, Any] = {}
        for layer in state.user_layers:
            if key in layer.groups:
                said = {name: entry.value for name, entry in layer.wishes.settings.items()}
                inherited |= {name: value for name, value in said.items() if value != "inherit"}
        for name, entry in one.effective.settings.items():
            if "user" in table()[name].reach["chromeos"] and entry.value != "inherit":
                assert inherited.get(name) == entry.value, (key, name)


@relaxed
@given(municipalities())
def test_the_context_of_a_target_is_what_its_users_end_up_with(files: Documents) -> None:
    state = compiled(files)
    for layer in state.user_layers:
        if layer.owner in state.groups:
            effective = state.groups[layer.owner].effective.settings
            context = {name: entry.value for name, entry in layer.context.settings.items()}
            promised = {
                name: entry.value for name, entry in effective.items() if "user" in table()[name].reach["chromeos"]
            }
            assert context.keys() == promised.keys()
            # A group that only says `inherit` ends up with what the school's other groups have above it, if anything.
            given_back = {name for name, value in promised.items() if value == "inherit"}
            assert {name: context[name] for name in promised.keys() - given_back} == {
                name: promised[name] for name in promised.keys() - given_back
            }


@relaxed
@given(municipalities())
def test_checking_finds_what_compiling_finds(files: Documents) -> None:
    """Lists of addresses are all that is kept of a group for what shows only beside the others."""
    state, checked = compiled(files), check_documents(files, table(), TODAY)

    assert checked.findings == state.findings
    assert checked.lapses == state.lapses
