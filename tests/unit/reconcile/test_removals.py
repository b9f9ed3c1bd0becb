"""Removals in a plan: what would break a rule is held, what heals it or has nothing to do with it goes."""

from collections.abc import Callable

import pytest

from reconciler.model.change import Plan
from tests.unit.reconcile.test_rules import planned, write_rule
from tests.unit.reconcile.test_rules_on_devices import SCHOOL, apply, blocking, commit, planned_from_base
from tests.unit.reconcile.worlds import World

GROUP = "when: group.id == 'sjoskolan/elever-7-9'\n"
OWN = """\
7-9"], owns: all}
    apps: {required: [APPS]}
    settings: {developer-tools: blocked, printing: blocked}
"""
BOTH = pytest.mark.parametrize("read", [planned, planned_from_base])
SCRATCH = "group.apps.exists(a, a.id == 'scratch')"
GEO = "group.apps.exists(a, a.id == 'geo')"


@pytest.fixture
def town(world: World) -> World:
    """Sjöskolan's group for years 7–9 has three apps and two settings of its own, all of them live."""
    more = "".join(
        f'  - {{id: {name}, name: {name.title()}, platforms: {{chromeos: {{web: "https://{name}.example.se/"}}}}, '
        'status: approved, source: {text: x, read: "2026-11-21"}, '
        'decision: {meeting: "2026-09-02", reference: x, reason: x}}\n'
        for name in ("geo", "nomp")
    )
    (world.root / "app-catalogs" / "fler.yaml").write_text(f"topic: fler\ntitle: Fler\napps:\n{more}", "utf-8")
    own = OWN.replace("APPS", "scratch, geo, nomp")
    world.edit(SCHOOL, lambda text: text.replace('7-9"]}\n    settings: {developer-tools: not-on-extensions}\n', own))
    world.edit(
        "policies/baselines/alla-elever.yaml",
        lambda text: text.replace("incognito: blocked", "incognito: blocked, developer-tools: not-on-extensions"),
    )
    apply(world, planned(world))
    assert planned(world).changes == ()
    return world


def step(
    town: World, require: str, on: str = "group", old: str = "    apps: {required: [scratch, geo, nomp]}\n"
) -> None:
    """The rule stands in the base; the change takes a line away."""
    write_rule(town.root, require, on=on, dates=GROUP)
    commit(town)
    town.edit(SCHOOL, lambda text: text.replace(old, ""))


def gone(plan: Plan, *, held: bool) -> set[str]:
    return {one.label for one in (plan.held if held else plan.changes) if one.action.value == "delete"}


@BOTH
@pytest.mark.parametrize(
    ("require", "held"),
    [
        pytest.param(SCRATCH, {"Scratch"}, id="asked-for"),
        pytest.param(f"{SCRATCH} && {GEO}", {"Scratch", "Geo"}, id="both-asked-for"),
        pytest.param(f"{SCRATCH} || {GEO}", {"Scratch", "Geo"}, id="either-will-do"),
        pytest.param("size(group.apps) >= 3", {"Scratch", "Geo", "Nomp"}, id="as-many"),
        pytest.param("group.shared", set(), id="has-nothing-to-do-with-it"),
    ],
)
def test_only_the_apps_that_a_rule_lacks_are_kept(
    town: World, read: Callable[[World], Plan], require: str, held: set[str]
) -> None:
    step(town, require)
    made = read(town)

    assert gone(made, held=True) == held
    assert gone(made, held=False) == {"Scratch", "Geo", "Nomp"} - held


def test_of_a_removal_that_heals_and_one_that_breaks_the_second_is_held(town: World) -> None:
    step(town, f"{SCRATCH} && !{GEO}")
    made = planned(town)

    assert gone(made, held=True) == {"Scratch"}
    assert gone(made, held=False) == {"Geo", "Nomp"}
    assert blocking(made) == ["RULE-NOT-MET"]


def test_a_removal_that_only_heals_goes(town: World) -> None:
    step(town, f"{GEO} == false")
    made = planned_from_base(town)

    assert gone(made, held=False) == {"Scratch", "Geo", "Nomp"}
    assert (made.held, blocking(made)) == ((), [])


def test_what_a_rule_can_no_longer_be_asked_for_is_kept_too(town: World) -> None:
    """The first of no apps is none: not evaluated, which is never met."""
    step(town, "group.apps.filter(a, a.id != 'kami')[0].mode == 'required'")
    made = planned_from_base(town)

    assert blocking(made) == ["RULE-FAILED"]
    assert gone(made, held=True) == {"Scratch", "Geo", "Nomp"}


def test_a_setting_that_hid_a_looser_one_above_is_kept(town: World) -> None:
    step(
        town,
        "setting.id != 'developer-tools' || setting.value == 'blocked'",
        "setting",
        "    settings: {developer-tools: blocked, printing: blocked}\n",
    )
    made = planned_from_base(town)

    assert gone(made, held=True) == {"chrome.users.DeveloperTools"}
    assert gone(made, held=False) == {"chrome.users.AllowPrinting"}
    assert blocking(made) == ["RULE-NOT-MET"]


def test_without_a_base_it_is_not_known_which_setting_hid_it(town: World) -> None:
    """The vendor's name for a setting isn't ours: all of the group's settings that go wait."""
    step(
        town,
        "setting.id != 'developer-tools' || setting.value == 'blocked'",
        "setting",
        "    settings: {developer-tools: blocked, printing: blocked}\n",
    )

    assert gone(planned(town), held=True) == {"chrome.users.DeveloperTools", "chrome.users.AllowPrinting"}
