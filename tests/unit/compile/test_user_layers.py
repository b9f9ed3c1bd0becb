"""Each layer of wishes for users is written once, at its own target; what has no target goes one step down."""

from reconciler.model.desired import Layer
from tests.unit.compile.writing import app, baseline, compiled, day, exception, group, layers, school

ALL = baseline("alla", settings={"developer-tools": "not-on-extensions", "guest-mode": "blocked"})
BASIC = baseline("grund", forms=["grundskola"], settings={"session-length": 60})


def test_every_layer_at_its_own_target() -> None:
    state = compiled(
        school(
            "norr",
            group("klass", ou="/E/N/K", settings={"developer-tools": "blocked"}),
            layers={"pupils": {"settings": {"home-page": "https://norr.se/"}}},
            ou={"pupils": "/E/N"},
        ),
        baselines=[ALL, BASIC],
        ou={"pupils": "/E"},
    )

    assert layers(state) == {
        "org-uid": {"developer-tools": "not-on-extensions"},
        "norr": {"session-length": 60, "home-page": "https://norr.se/"},
        "norr/klass": {"developer-tools": "blocked"},
    }
    assert [one.layer for one in state.user_layers] == [Layer.ORGANISATION, Layer.SCHOOL, Layer.GROUP]
    context = state.user_layers[2].context.settings
    assert {name: one.value for name, one in context.items()} == {
        "developer-tools": "blocked",
        "session-length": 60,
        "home-page": "https://norr.se/",
    }
    assert list(state.groups["norr/klass"].on_devices.settings) == ["guest-mode"]


def test_layers_without_a_target_go_down_to_the_next_that_has_one() -> None:
    state = compiled(
        school("norr", group("klass", ou="/K"), ou={"pupils": "/N"}),
        school("syd", group("klass", school="syd", ou="/S")),
        baselines=[ALL, BASIC],
    )

    assert layers(state) == {
        "norr": {"developer-tools": "not-on-extensions", "session-length": 60},
        "norr/klass": {},
        "syd/klass": {"developer-tools": "not-on-extensions", "session-length": 60},
    }


def test_a_school_forms_baseline_is_the_schools_only_if_it_is_all_its_groups() -> None:
    state = compiled(
        school(
            "norr",
            group("klass", ou="/K"),
            group("fritids", forms=["fritidshem"], ou="/F"),
            ou={"pupils": "/N"},
        ),
        baselines=[ALL, BASIC],
        ou={"pupils": "/E"},
    )

    assert layers(state) == {
        "org-uid": {"developer-tools": "not-on-extensions"},
        "norr": {},
        "norr/fritids": {},
        "norr/klass": {"session-length": 60},
    }


def test_a_ring_that_goes_first_gets_its_value_at_its_own_target() -> None:
    dated = {"dated": [{"value": 60, "until": "2026-12-31"}, {"value": 45, "rings": {"pilot": "2026-11-01"}}]}
    state = compiled(
        school("norr", group("klass", ou="/K"), group("pilot", ou="/P"), ou={"pupils": "/N"}),
        school("syd", group("klass", school="syd", ou="/SK"), ou={"pupils": "/S"}),
        baselines=[baseline("alla", settings={"session-length": dated, "developer-tools": "blocked"})],
        ou={"pupils": "/E"},
        rings={"pilot": ["norr/pilot"]},
    )

    assert layers(state) == {
        "org-uid": {"developer-tools": "blocked", "session-length": 60},
        "norr": {},
        "norr/klass": {},
        "norr/pilot": {"session-length": 45},
        "syd": {},
        "syd/klass": {},
    }


def test_an_exception_from_the_schools_line_is_written_at_the_groups() -> None:
    state = compiled(
        school(
            "norr",
            group("klass", ou="/K"),
            group("prog", ou="/P"),
            layers={"pupils": {"settings": {"developer-tools": "allowed"}}},
            ou={"pupils": "/N"},
        ),
        baselines=[ALL],
        ou={"pupils": "/E"},
        exceptions=[exception("prog", "developer-tools", "norr/prog")],
    )

    written = layers(state)
    assert written["org-uid"] == {"developer-tools": "not-on-extensions"}
    assert written["norr"] == {"developer-tools": "not-on-extensions"}
    assert written["norr/prog"] == {"developer-tools": "allowed"}
    assert written["norr/klass"] == {}


def test_what_all_groups_are_excepted_for_still_stands_at_their_own_users_only() -> None:
    state = compiled(
        school(
            "norr",
            group("prog", ou="/P"),
            layers={"pupils": {"settings": {"developer-tools": "allowed"}}},
            ou={"pupils": "/N"},
        ),
        baselines=[ALL],
        ou={"pupils": "/E"},
        exceptions=[exception("prog", "developer-tools", "norr/prog")],
    )

    assert layers(state)["norr"] == {}
    assert layers(state)["norr/prog"] == {"developer-tools": "allowed"}


def test_a_child_gets_its_parents_wishes_at_its_own_users_only() -> None:
    state = compiled(
        school(
            "norr",
            group("klass", ou="/K", required=["kami"]),
            group("pilot", within="klass", ou="/P", available=["book"]),
            group("vagn", within="klass"),
        ),
        apps=[app("kami"), app("book")],
    )

    assert layers(state) == {
        "norr/klass": {"kami": "required"},
        "norr/pilot": {"kami": "required", "book": "available"},
    }
    assert [one.layer for one in state.user_layers] == [Layer.GROUP, Layer.WITHIN]
    assert state.findings == ()


def test_inherit_is_written_where_only_that_is_said_and_the_context_shows_what_is_above() -> None:
    state = compiled(
        school("norr", group("klass", ou="/K", settings={"developer-tools": "inherit"})),
        baselines=[ALL],
        ou={"pupils": "/E"},
    )

    assert layers(state)["norr/klass"] == {"developer-tools": "inherit"}
    assert state.user_layers[1].context.settings["developer-tools"].value == "not-on-extensions"


def test_inherit_in_a_group_still_gets_what_came_down_from_a_layer_without_a_target() -> None:
    state = compiled(school("norr", group("klass", ou="/K", settings={"developer-tools": "inherit"})), baselines=[ALL])

    assert layers(state) == {"norr/klass": {"developer-tools": "not-on-extensions"}}


def test_a_line_that_is_over_gives_its_value_back_at_its_target() -> None:
    line = {"dated": [{"value": 45, "until": "2026-11-20"}]}
    state = compiled(
        school("norr", group("klass", ou="/K", settings={"session-length": line})), as_of=day("2026-11-21")
    )

    assert layers(state) == {"norr/klass": {"session-length": "inherit"}}


def test_audiences_and_backends_are_written_apart() -> None:
    state = compiled(
        school("norr", group("klass", ou="/K"), group("personal", audience="staff", ou="/P")),
        baselines=[ALL],
        ou={"pupils": "/E", "staff": "/S"},
    )

    assert [(one.audience, one.owner, one.targets.org_units, one.groups) for one in state.user_layers] == [
        ("pupils", "org-uid", ("/E",), ("norr/klass",)),
        ("pupils", "norr/klass", ("/K",), ("norr/klass",)),
        ("staff", "org-uid", ("/S",), ("norr/personal",)),
        ("staff", "norr/personal", ("/P",), ("norr/personal",)),
    ]


def test_groups_without_users_of_their_own_that_differ_below_one_target_are_listed_as_skipped() -> None:
    state = compiled(
        school("norr", group("vagn"), group("fritids", forms=["fritidshem"]), ou={"pupils": "/N"}),
        baselines=[BASIC],
    )

    assert layers(state) == {"norr": {}}
    assert [(one.group, one.wish, one.reason) for one in state.skipped] == [
        ("norr/vagn", "session-length", "WISH-DIFFERS-BELOW")
    ]
    assert "session-length" not in state.groups["norr/vagn"].effective.settings
