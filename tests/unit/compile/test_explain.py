"""Which lines made it so."""

from typing import Any

from reconciler.compile.coverage import coverage
from reconciler.compile.explain import Explanation, explain
from reconciler.compile.state import compile_state
from reconciler.settings.table import load_settings
from tests.unit.compile.writing import TODAY, app, baseline, documents, exception, group, school, spelled, table


def explained(key: str, *schools: Any, **more: Any) -> Explanation:
    files = documents(*schools, **more)
    return explain(files, compile_state(files, table(), TODAY), table(), key)


def chain(found: Explanation, number: int = 0) -> list[tuple[str, str, Any, str]]:
    """Verdict, line, value and layer of each line of the first group's wish."""
    lines = found.groups[0].wishes[number].lines
    return [(one.verdict, spelled(one.at), one.value, one.layer.value) for one in lines]


def test_a_setting_of_a_group_with_its_whole_chain() -> None:
    found = explained(
        "norr/klass#developer-tools",
        school(
            "norr",
            group("klass", ou="/K", settings={"developer-tools": "allowed"}),
            layers={"pupils": {"settings": {"developer-tools": "blocked"}}},
        ),
        baselines=[
            baseline("alla", settings={"developer-tools": "not-on-extensions", "guest-mode": "blocked"}),
            baseline("grund", forms=["grundskola"], settings={"developer-tools": "blocked"}),
        ],
    )

    assert found.kind == "group"
    wish = found.groups[0].wishes[0]
    assert (wish.name, wish.value, wish.reaches, wish.written_at) == (
        "developer-tools",
        "blocked",
        ("user",),
        ("norr/klass",),
    )
    assert chain(found) == [
        ("decides", "schools/norr.yaml:layers.pupils.settings.developer-tools", "blocked", "school"),
        ("agrees", "policies/baselines/grund.yaml:settings.developer-tools", "blocked", "school-form"),
        ("overruled", "policies/baselines/alla.yaml:settings.developer-tools", "not-on-extensions", "organisation"),
        ("refused", "schools/norr.yaml:groups.klass.settings.developer-tools", "allowed", "group"),
    ]


def test_an_exception_and_a_list_that_adds_up() -> None:
    found = explained(
        "norr/klass",
        school("norr", group("klass", ou="/K", settings={"incognito": "allowed", "url-blocklist": ["b.se"]})),
        baselines=[baseline("alla", settings={"incognito": "blocked", "url-blocklist": ["a.se"]})],
        exceptions=[exception("prov", "incognito", "norr/klass")],
    )

    assert [one[0] for one in chain(found, 0)] == ["decides", "exception", "overruled"]
    assert [one[0] for one in chain(found, 1)] == ["decides", "adds"]
    assert found.groups[0].wishes[1].value == ["a.se", "b.se"]


def test_a_dated_line_waits() -> None:
    dated = {"dated": [{"value": 60, "until": "2026-12-31"}, {"value": 45, "from": "2027-01-01"}]}
    found = explained("norr/klass", school("norr", group("klass", ou="/K", settings={"session-length": dated})))

    line = "schools/norr.yaml:groups.klass.settings.session-length.dated"
    assert chain(found) == [("decides", f"{line}.0", 60, "group"), ("waits", f"{line}.1", 45, "group")]


def test_an_app_in_every_group_that_has_it_or_is_passed_by() -> None:
    found = explained(
        "kami",
        school("norr", group("klass", ou="/K"), group("fritids", forms=["fritidshem"], ou="/F"), group("vagn")),
        baselines=[baseline("alla", forms=["grundskola", "fritidshem"], required=["kami"])],
        apps=[app("kami", forms=["grundskola"])],
    )

    assert found.kind == "app"
    assert spelled(found.at) == "app-catalogs/appar.yaml:apps.kami"
    assert [
        (one.key, [wish.value for wish in one.wishes], [skip.reason for skip in one.skipped]) for one in found.groups
    ] == [
        ("norr/fritids", [], ["APP-NOT-FOR-SCHOOL-FORM"]),
        ("norr/klass", ["required"], []),
        ("norr/vagn", [], ["WISH-WITHOUT-REACH"]),
    ]


def test_a_setting_a_school_and_a_name_that_is_close() -> None:
    files = [school("norr", group("klass", ou="/K", settings={"incognito": "blocked"}), group("vagn"))]

    assert [one.key for one in explained("incognito", *files).groups] == ["norr/klass"]
    assert [one.key for one in explained("norr", *files).groups] == ["norr/klass", "norr/vagn"]
    unknown = explained("incognitto", *files)
    assert (unknown.kind, unknown.near) == ("unknown", ("incognito",))


def test_an_unknown_setting_or_app_of_a_known_group_is_unknown_with_what_is_near() -> None:
    files = [school("norr", group("klass", ou="/K", settings={"incognito": "blocked"}))]

    for key in ("norr/klass#incognitto", "norr#incognitto"):
        unknown = explained(key, *files)
        where = key.partition("#")[0]
        assert (unknown.kind, unknown.groups, unknown.near) == ("unknown", (), (f"{where}#incognito",))
        assert unknown.at is not None
    assert explained("norr/klass#zzz", *files).near == ()


def test_a_known_setting_that_nobody_asks_for_is_not_unknown() -> None:
    found = explained("norr/klass#guest-mode", school("norr", group("klass", ou="/K")))

    assert (found.kind, found.groups[0].wishes) == ("group", ())


def test_an_app_by_an_earlier_id_is_found_in_a_group_as_it_is_alone() -> None:
    files = [school("norr", group("klass", ou="/K", required=["kami"]))]
    apps = [app("kami", previously=("kami-old",))]

    alone = explained("kami-old", *files, apps=apps).groups[0].wishes
    assert [wish.name for wish in alone] == ["kami"]
    assert explained("norr/klass#kami-old", *files, apps=apps).groups[0].wishes == alone


def test_a_child_shows_its_parents_line_the_route_and_where_it_is_written() -> None:
    found = explained(
        "norr/pilot",
        school("norr", group("klass", settings={"guest-mode": "blocked"}), group("pilot", within="klass")),
        rings={"pilot": ["norr/pilot"]},
    )

    one = found.groups[0]
    assert (one.parent, one.ring, one.backend, one.wishes[0].written_at) == (
        "norr/klass",
        "pilot",
        "chrome",
        ("@norr/pilot",),
    )
    assert one.route is not None
    assert spelled(one.route) == "organisation.yaml:routes.0"
    assert chain(found)[0][:2] == ("decides", "schools/norr.yaml:groups.klass.settings.guest-mode")


def test_coverage_counts_who_has_a_setting_and_whom_it_passes_by() -> None:
    files = documents(
        school("norr", group("klass", ou="/K"), group("vagn"), group("plattor", platform="ipados")),
        baselines=[baseline("alla", settings={"developer-tools": "blocked"})],
    )
    found = coverage(compile_state(files, load_settings(), TODAY), load_settings(), {"chrome": "google"})

    cells = {
        (one.platform, one.reaches, one.groups, one.skipped) for one in found.cells if one.setting == "developer-tools"
    }
    assert cells == {
        ("chromeos", ("user", "managed-guest"), 1, 1),
        # The iPads are routed to a system that has none; the one that could have them has no group.
        ("ipados", (), 0, 1),
        ("ipados", (), 0, 0),
        *((platform, (), 0, 0) for platform in ("macos", "windows", "android")),
    }
    assert [(one.group, one.reason) for one in found.skipped] == [
        ("norr/plattor", "SETTING-NOT-ON-PLATFORM"),
        ("norr/vagn", "WISH-WITHOUT-REACH"),
    ]
