"""From wishes to tags, profiles, apps and rows; and everything that speaks against them, with its line."""

from collections.abc import Mapping

import pytest

from reconciler.adapters.zentral.adapter import ZentralAdapter
from reconciler.model.desired import GroupState
from reconciler.model.documents import App, School
from reconciler.model.finding import Finding
from reconciler.model.resource import Key, Lowered
from tests.unit.adapters.zentral_exchange import (
    AT,
    BOOK,
    BOOK_NUMBER,
    BOOKS,
    LINK,
    PROFILE,
    RESTRICTIONS,
    STRUCTURE,
    TAXONOMY,
    Exchange,
    artifact,
    asset,
    connected,
    group,
    link,
    mark,
    profile,
    scope,
    server,
    state,
    store_app,
    tag,
)

GROUP = Key(kind="group", target="@norr/elever")
SETTING = Key(kind="setting", target="@norr/elever", part=RESTRICTIONS)
APP = Key(kind="app", target="@", part=f"storeApp:{BOOK_NUMBER}")
ROW = Key(kind="assignment", target="@norr/elever", part=f"storeApp:{BOOK_NUMBER}")


def read(exchange: Exchange, apps: Mapping[str, App] | None = None, /, **options: str) -> ZentralAdapter:
    adapter = connected(exchange, apps or BOOKS, **options)
    adapter.observe(STRUCTURE)
    return adapter


def lowered(exchange: Exchange, *groups: GroupState, **options: str) -> Lowered:
    adapter = read(exchange, **options)
    return adapter.lower(state(*groups), adapter.observe(STRUCTURE))


def only(found: Lowered) -> Finding:
    assert len(found.findings) == 1, found.findings
    return found.findings[0]


def test_a_group_becomes_a_tag_and_its_settings_one_profile_for_each_payload() -> None:
    wanted = group(
        settings={"app-store-installs": "blocked", "in-app-purchases": "blocked", "passcode-required": "required"}
    )

    found = {resource.key: resource for resource in lowered(server(), wanted).resources}

    assert found[GROUP].fields == {"name": "norr/elever"}
    assert found[SETTING].fields == {
        "allowUIAppInstallation": False,
        "allowInAppPurchases": False,
        "name": f"norr/elever/{RESTRICTIONS}",
        "platform": "ipados",
    }
    assert found[SETTING].depends_on == (GROUP,)
    assert found[SETTING].whole
    assert {key.part for key in found if key.kind == "setting"} == {
        RESTRICTIONS,
        "com.apple.mobiledevice.passwordpolicy",
    }


@pytest.mark.parametrize("prefix", ["prov-", "prov"])
def test_a_prefix_stands_before_every_name_with_a_hyphen_between(prefix: str) -> None:
    exchange = server(location_assets=[asset(21)])
    wanted = group(settings={"app-store-installs": "blocked"}, apps={"bok": "required"})

    found = {resource.key: resource for resource in lowered(exchange, wanted, prefix=prefix).resources}

    assert found[GROUP].fields["name"] == "prov-norr/elever"
    assert found[SETTING].fields["name"] == f"prov-norr/elever/{RESTRICTIONS}"
    assert found[APP].fields["name"] == f"prov-app/bok/{BOOK_NUMBER}"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (tag(12, "norr/elever", None), "ZENTRAL-TAG-TAKEN"),
        (tag(12, "norr/elever", 8), "ZENTRAL-TAG-TAKEN"),
        (tag(12, "NORR/Elever", None), "ZENTRAL-TAG-ALIKE"),
        (tag(12, "norrelever", None), "ZENTRAL-TAG-ALIKE"),
        (tag(12, "Norr/Elever", 7), "ZENTRAL-TAG-ALIKE"),
    ],
    ids=["in no taxonomy", "in another", "in capitals", "of the same slug", "in capitals, in our taxonomy"],
)
def test_a_tag_in_the_way_of_ours_holds_the_group(other: dict[str, object], code: str) -> None:
    found = lowered(server(tags=[other]), group())

    finding = only(found)
    assert (finding.code, finding.severity.value, finding.subject) == (code, "error", "norr/elever")
    assert finding.place == AT.child("id")
    assert finding.values["other"] == other["name"]
    assert found.resources[0].blocked_by == (code,)


@pytest.mark.parametrize(
    ("tags", "previously"),
    [([tag(11, "norr/elever")], ()), ([tag(11, "norr/gamla")], ("gamla",)), ([tag(12, "norr/elev")], ())],
    ids=["our own", "our own before its rename", "another name"],
)
def test_our_own_tag_and_others_are_in_nobodys_way(tags: list[dict[str, object]], previously: tuple[str, ...]) -> None:
    assert lowered(server(tags=tags), group(previously=previously)).findings == ()


def test_a_rename_names_the_tag_that_was() -> None:
    found = lowered(server(), group(previously=("gamla",)))

    assert found.resources[0].previous == (Key(kind="group", target="@norr/gamla"),)


def test_a_leftover_tag_that_excludes_is_an_error_on_its_deletion() -> None:
    exchange = server(tags=[tag(11, "norr/borta")], blueprint_artifacts=[link(LINK, PROFILE, excluded_tags=[11])])

    finding = only(lowered(exchange, group()))

    assert (finding.code, finding.subject) == ("ZENTRAL-TAG-EXCLUDES", "group:@norr/borta")


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ({"blueprint_artifacts": [link(LINK, PROFILE, 11, blueprint=2)]}, ["ZENTRAL-TAG-IN-USE"]),
        ({"profiles": [profile(1, {}, excluded_tags=[11])]}, ["ZENTRAL-TAG-EXCLUDES"]),
        ({"store_apps": [store_app(BOOK, 21, **{**scope("ipados"), "tag_shards": [{"tag": 11, "shard": 5}]})]}, ["ZENTRAL-TAG-IN-USE"]),
        ({"blueprint_artifacts": [link(LINK, PROFILE, 12)]}, []),
    ],
    ids=["a link of another blueprint", "a version of a profile", "a version of an app", "none"],
)  # fmt: skip
def test_what_else_a_leftover_tag_is_used_for(lists: dict[str, list[dict[str, object]]], said: list[str]) -> None:
    found = lowered(server(tags=[tag(11, "norr/borta")], **lists), group())

    assert [finding.code for finding in found.findings] == said


def test_a_tag_that_is_only_linked_by_what_we_write_goes_with_it() -> None:
    exchange = server(
        tags=[tag(11, "norr/borta")],
        artifacts=[artifact(PROFILE, "x"), artifact(BOOK, "Kami", "Store App")],
        profiles=[profile(1, {}, mark=mark("norr/borta"))],
        location_assets=[asset(21)],
        store_apps=[store_app(BOOK, 21)],
        blueprint_artifacts=[link(LINK, PROFILE, 11), link(42, BOOK, 11)],
    )

    assert lowered(exchange, group()).findings == ()


@pytest.mark.parametrize(
    ("raw", "code", "key"),
    [
        ({RESTRICTIONS: {"allowCamra": False}}, "APPLE-KEY-UNKNOWN", "allowCamra"),
        ({RESTRICTIONS: {"allowCamera": "nej"}}, "APPLE-KEY-TYPE", "allowCamera"),
        ({"com.apple.mobiledevice.passwordpolicy": {"minLength": 99}}, "APPLE-KEY-TOO-HIGH", "minLength"),
        ({"com.apple.hittepa": {"x": 1}}, "APPLE-PAYLOAD-UNKNOWN", ""),
    ],
)
def test_what_apple_would_drop_without_a_word_never_leaves_the_machine(
    raw: dict[str, dict[str, object]], code: str, key: str
) -> None:
    found = lowered(server(), group(raw=raw))  # type: ignore[arg-type]  # JSON

    finding = next(one for one in found.findings if one.code == code)
    assert finding.values["key"] == key
    assert finding.place == (AT.child("fields", key) if key else AT)
    assert code in next(one for one in found.resources if one.key.kind == "setting").blocked_by


def test_a_setting_and_a_raw_line_that_differ_on_one_key() -> None:
    wanted = group(settings={"app-store-installs": "blocked"}, raw={RESTRICTIONS: {"allowUIAppInstallation": True}})

    finding = only(lowered(server(), wanted))

    assert (finding.code, finding.values["key"]) == ("ZENTRAL-KEY-TWICE", "allowUIAppInstallation")
    assert finding.place == AT.child("fields", "allowUIAppInstallation")


@pytest.mark.parametrize(
    ("other", "taken"),
    [
        (artifact(PROFILE, f"norr/elever/{RESTRICTIONS}", "Enterprise App"), True),
        (artifact(PROFILE, f"norr/elever/{RESTRICTIONS}", channel="User"), True),
        (artifact(PROFILE, f"norr/elever/{RESTRICTIONS}"), False),
    ],
    ids=["of another type", "of the user channel", "an empty one: an attempt of ours that was cut off"],
)
def test_an_artifact_of_our_name(other: dict[str, object], taken: bool) -> None:
    found = lowered(server(artifacts=[other]), group(settings={"app-store-installs": "blocked"}))

    assert [(one.code, one.subject) for one in found.findings] == (
        [("ZENTRAL-NAME-TAKEN", str(SETTING))] if taken else []
    )


def test_a_marked_artifact_of_our_name_is_taken_up_again() -> None:
    exchange = server(
        artifacts=[artifact(PROFILE, f"norr/elever/{RESTRICTIONS}")],
        profiles=[profile(1, {}, mark=mark("norr/elever"))],
    )

    assert lowered(exchange, group(settings={"app-store-installs": "blocked"})).findings == ()


def test_an_app_with_licences_and_no_artifact_is_made_and_given_to_the_group() -> None:
    found = {
        one.key: one for one in lowered(server(location_assets=[asset(21)]), group(apps={"bok": "required"})).resources
    }

    assert found[APP].fields == {"name": f"app/bok/{BOOK_NUMBER}", "default_shard": 0, "licences": True}
    assert found[APP].facts == {"app": "bok", "platform": "ipados", "adam_id": BOOK_NUMBER, "asset": 21}
    assert found[ROW].fields == {"intent": "required", "share": 100, "ipados": True}
    assert found[ROW].depends_on == (GROUP, APP)


def test_somebodys_app_is_used_and_no_thing_of_ours() -> None:
    exchange = server(
        location_assets=[asset(21)],
        artifacts=[artifact(BOOK, "Book Creator", "Store App")],
        store_apps=[store_app(BOOK, 21)],
    )

    found = {one.key: one for one in lowered(exchange, group(apps={"bok": "required"})).resources}

    assert APP not in found
    assert found[ROW].depends_on == (GROUP,)


def test_taking_an_app_away_is_the_end_of_its_row() -> None:
    """The device removes it when its tag is no longer in the link: Zentral sends RemoveApplication by itself."""
    exchange = server(
        location_assets=[asset(21)],
        artifacts=[artifact(BOOK, "Book Creator", "Store App")],
        store_apps=[store_app(BOOK, 21)],
    )

    found = {one.key: one for one in lowered(exchange, group(apps={"bok": "inherit"})).resources}

    assert (found[ROW].fields, found[ROW].facts["inherit"]) == ({}, True)


@pytest.mark.parametrize(
    ("lists", "options", "code", "values"),
    [
        ({}, {}, "ZENTRAL-APP-NOT-BOUGHT", {"location": "–", "elsewhere": "–"}),
        ({"location_assets": [asset(21, location=6)]}, {"location": "Vidala skolor"}, "ZENTRAL-APP-NOT-BOUGHT", {"elsewhere": "Gymnasiet"}),
        ({"location_assets": [asset(21), asset(22, location=6)]}, {}, "ZENTRAL-APP-IN-SEVERAL-LOCATIONS", {"locations": "Gymnasiet, Vidala skolor"}),
        (
            {
                "location_assets": [asset(21)],
                "artifacts": [artifact(BOOK, "A", "Store App"), artifact(PROFILE, "B", "Store App")],
                "store_apps": [store_app(BOOK, 21), store_app(PROFILE, 21)],
            },
            {},
            "ZENTRAL-APP-TWICE",
            {"artifacts": "A, B"},
        ),
        (
            {
                "location_assets": [asset(21)],
                "artifacts": [artifact(BOOK, "A", "Store App", platforms=["macOS"])],
                "store_apps": [store_app(BOOK, 21)],
            },
            {},
            "ZENTRAL-APP-NOT-FOR-PLATFORM",
            {"artifact": "A", "platform": "ipados"},
        ),
        (
            {
                "tags": [tag(11, "norr/elever")],
                "location_assets": [asset(21)],
                "artifacts": [artifact(BOOK, "A", "Store App")],
                "store_apps": [store_app(BOOK, 21)],
                "blueprint_artifacts": [link(LINK, BOOK, excluded_tags=[11])],
            },
            {},
            "ZENTRAL-GROUP-EXCLUDED",
            {"group": "norr/elever", "tag": "norr/elever"},
        ),
    ],
    ids=["never bought", "bought elsewhere", "in two locations", "two artifacts", "for Macs alone", "group excluded"],
)  # fmt: skip
def test_what_holds_an_app(
    lists: dict[str, list[dict[str, object]]], options: dict[str, str], code: str, values: dict[str, str]
) -> None:
    places = [{"id": 5, "name": "Vidala skolor"}, {"id": 6, "name": "Gymnasiet"}]
    found = lowered(server(**{"locations": places, **lists}), group(apps={"bok": "required"}), **options)

    finding = only(found)
    assert (finding.code, finding.place) == (code, AT)
    assert {name: finding.values[name] for name in values} == values
    assert finding.values["app"] == "Book Creator"
    row = next(one for one in found.resources if one.key.kind == "assignment")
    assert row.blocked_by == (code,)


def test_of_two_locations_the_configured_one_is_used() -> None:
    places = [{"id": 5, "name": "Vidala skolor"}, {"id": 6, "name": "Gymnasiet"}]
    exchange = server(locations=places, location_assets=[asset(21), asset(22, location=6)])

    found = lowered(exchange, group(apps={"bok": "required"}), location="Gymnasiet")

    assert found.findings == ()
    assert next(one for one in found.resources if one.key == APP).facts["asset"] == 22


def test_of_two_pricings_the_standard_one_is_used() -> None:
    exchange = server(location_assets=[asset(21, pricing_param="PLUS"), asset(22)])

    found = lowered(exchange, group(apps={"bok": "required"}))

    assert next(one for one in found.resources if one.key == APP).facts["asset"] == 22


def test_a_location_that_is_not_there_is_said_at_its_line() -> None:
    finding = only(lowered(server(), group(), location="Vidla"))

    assert (finding.code, finding.values) == (
        "ZENTRAL-LOCATION-UNKNOWN",
        {"location": "Vidla", "known": "Vidala skolor"},
    )
    assert finding.place is not None
    assert (finding.place.file, finding.place.path) == ("organisation.yaml", ("backends", 0, "location"))  # type: ignore[union-attr]  # a pointer


@pytest.mark.parametrize(
    ("expires", "code", "days"),
    [
        ("2026-12-22T00:00:00", "ZENTRAL-LOCATION-EXPIRES", "30"),
        ("2026-11-20T00:00:00", "ZENTRAL-LOCATION-EXPIRED", "2"),
        ("2026-12-23T00:00:00", "", ""),
        (None, "", ""),
    ],
)
def test_a_token_that_ends_is_said_in_time_and_holds_the_app_once_it_has_ended(
    expires: str | None, code: str, days: str
) -> None:
    place = {"id": 5, "name": "Vidala skolor", "server_token_expiration_date": expires}
    exchange = server(locations=[place], location_assets=[asset(21, total=60)])

    found = lowered(exchange, group(apps={"bok": "required"}), group("sjuor", apps={"bok": "required"}))

    said = [(one.code, one.place, one.values) for one in found.findings]
    assert said == ([(code, None, {"location": "Vidala skolor", "days": days})] if code else [])
    held = code == "ZENTRAL-LOCATION-EXPIRED"
    assert {one.blocked_by for one in found.resources if one.key.kind != "group"} == {(code,) if held else ()}


@pytest.mark.parametrize(("total", "short"), [(39, True), (40, False)])
def test_too_few_licences_are_a_warning_over_all_groups(total: int, short: bool) -> None:
    exchange = server(location_assets=[asset(21, total=total, available_count=3, assigned_count=total - 3)])

    found = lowered(exchange, group(apps={"bok": "required"}), group("sjuor", apps={"bok": "required"}))

    assert [(one.code, one.severity.value) for one in found.findings] == (
        [("ZENTRAL-SEATS-SHORT", "warning")] if short else []
    )
    if short:
        values = {"app": "Book Creator", "needed": "40", "seats": "39", "available": "3", "assigned": "36"}
        assert found.findings[0].values == values


def test_an_app_of_ours_that_others_get_too_is_kept() -> None:
    exchange = server(
        tags=[tag(12, "Biblioteket", None)],
        location_assets=[asset(21)],
        artifacts=[artifact(BOOK, f"app/bok/{BOOK_NUMBER}", "Store App")],
        store_apps=[store_app(BOOK, 21)],
        blueprint_artifacts=[link(LINK, BOOK, 12)],
    )

    found = lowered(exchange, group())

    assert only(found).code == "ZENTRAL-APP-KEPT"
    assert APP in {one.key for one in found.resources}


def test_where_apps_could_not_be_read_nothing_is_said_of_them() -> None:
    exchange = server()
    exchange.answers["GET mdm/location_assets/"] = [(403, {"detail": "no"})] * 2

    found = lowered(exchange, group(apps={"bok": "required"}))

    assert {one.key.kind for one in found.resources} == {"group"}
    assert found.findings == ()


def test_two_groups_whose_tags_the_server_takes_for_one() -> None:
    """A slug has no slash: `norr/elever` and `nor/relever` would be one."""
    school = School(id="nor", name="Nor", at=AT)

    finding = only(lowered(server(), group(), group("relever", school=school)))

    assert (finding.code, finding.subject) == ("ZENTRAL-TAG-ALIKE", "nor/relever")
    assert finding.values == {"group": "nor/relever", "tag": "nor/relever", "other": "norr/elever"}


def test_the_taxonomys_name_says_whose_it_is() -> None:
    assert TAXONOMY == "[reconciler:1 org=6c3d1f0e-0000-4000-8000-000000000001]"
