"""Reading a server: what is ours, what is others', and what is never taken for an answer."""

from typing import Any

import pytest

from reconciler.adapters.zentral.refusals import BlueprintUnknown
from reconciler.credentials.problems import CredentialProblem
from reconciler.http.failures import BadResponse
from reconciler.model.resource import Key, Live, Snapshot
from reconciler.planning.canonical import same_fields
from tests.unit.adapters.zentral_exchange import (
    BOOK,
    BOOK_NUMBER,
    LINK,
    ORG,
    PROFILE,
    RESTRICTIONS,
    STRUCTURE,
    TAXONOMY,
    VALUES,
    Exchange,
    artifact,
    asset,
    connected,
    device,
    link,
    mark,
    profile,
    scope,
    server,
    store_app,
    tag,
)


def values_of(exchange: Exchange, **options: str) -> Snapshot:
    adapter = connected(exchange, **options)
    structure = adapter.observe(STRUCTURE)
    values = adapter.observe(VALUES)
    adapter.close()
    assert not structure.unread
    return values


def by_key(snapshot: Snapshot) -> dict[Key, Live]:
    return {live.key: live for live in snapshot.resources}


def codes(snapshot: Snapshot) -> list[str]:
    return [finding.code for finding in snapshot.findings]


def our_profile(**more: Any) -> Exchange:
    """A group with a profile in its second version, of which the first says something else."""
    return server(
        tags=[tag(11, "norr/elever")],
        artifacts=[artifact(PROFILE, f"norr/elever/{RESTRICTIONS}")],
        profiles=[
            profile(1, {"allowCamera": True}, mark=mark("norr/elever")),
            profile(2, {"allowCamera": False}, mark=mark("norr/elever"), **more),
        ],
        blueprint_artifacts=[link(LINK, PROFILE, 11)],
    )


def test_tags_of_our_taxonomy_are_our_groups_and_others_are_nobodys_business() -> None:
    exchange = server(
        tags=[tag(11, "norr/elever"), tag(12, "norr/annan", None), tag(13, "norr/tredje", 8), tag(14, "Prov")],
        taxonomies=[{"id": 7, "name": TAXONOMY}, {"id": 8, "name": f"prov- {TAXONOMY}"}],
    )

    found = connected(exchange).observe(STRUCTURE)

    assert [(live.key.target, live.fields, live.vendor_id) for live in found.resources] == [
        ("@norr/elever", {"name": "norr/elever"}, "11")
    ]
    assert [live.mark and live.mark.key for live in found.resources] == ["group/norr/elever"]


def test_the_token_is_sent_the_way_that_zentral_wants_it() -> None:
    exchange = server()

    connected(exchange).observe(STRUCTURE)

    assert set(exchange.headers) == {"Token ztls_0123456789abcdef"}


def test_a_device_is_in_the_groups_whose_tag_it_has_and_its_user_is_dropped() -> None:
    exchange = server(
        tags=[tag(11, "norr/elever"), tag(12, "norr/personal")], devices=[device("A1"), device("B2"), device("C3")]
    )
    exchange.tagged = {11: ["A1", "B2", "UNKNOWN"], 12: ["B2"]}

    found = values_of(exchange).devices

    assert {one.serial: one.places for one in found} == {
        "A1": ("@norr/elever",),
        "B2": ("@norr/elever", "@norr/personal"),
        "C3": (),
    }
    assert {one.id for one in found} == {"A1", "B2", "C3"}
    assert found[0].facts == {"name": "iPad A1", "model": "iPad13,18", "os_version": "18.1"}
    assert found[0].platform == "ipados"
    assert "Anna" not in repr(found)
    assert "anna" not in repr(found)


def test_a_filter_that_the_server_ignores_is_not_believed() -> None:
    """All devices come back, for any tag; asked the other way round, all come back again."""
    exchange = server(tags=[tag(11, "norr/elever")], devices=[device("A1"), device("B2")])
    exchange.tagged, exchange.ignores = {11: ["A1"]}, frozenset({"tags", "excluded_tags"})

    found = values_of(exchange)

    assert ("membership", "") in found.unread
    assert found.devices == ()


def test_a_group_that_holds_every_device_is_believed() -> None:
    exchange = server(tags=[tag(11, "norr/elever")], devices=[device("A1"), device("B2")])
    exchange.tagged = {11: ["A1", "B2"]}

    assert {one.places for one in values_of(exchange).devices} == {("@norr/elever",)}


def test_a_device_enrolled_twice_counts_once_as_it_is_now() -> None:
    exchange = server(
        devices=[
            device("A1", id=1, last_seen_at="2026-03-01T10:00:00", os_version="17.0"),
            device("A1", id=2, last_seen_at="2026-11-01T10:00:00"),
            device("B2", id=3, checkout_at="2026-10-01T10:00:00"),
        ]
    )

    found = {one.serial: one for one in values_of(exchange).devices}

    assert (len(found), found["A1"].facts["os_version"]) == (2, "18.1")
    assert (found["A1"].active, found["B2"].active) == (True, False)


def test_what_keeps_a_device_from_being_placed() -> None:
    exchange = server(
        tags=[tag(11, "norr/elever"), tag(14, "Prov")],
        devices=[device("A1"), device("B2", blueprint=2), device("C3", blueprint=None), device("D4"), device("", id=5)],
    )
    exchange.tagged = {14: ["D4"], 11: ["B2"]}

    found = values_of(exchange)

    assert {one.serial: one.obstacle for one in found.devices} == {
        "A1": "",
        "B2": "ZENTRAL-DEVICE-OTHER-BLUEPRINT",
        "C3": "ZENTRAL-DEVICE-OTHER-BLUEPRINT",
        "D4": "ZENTRAL-DEVICE-TAGGED-BY-HAND",
        "": "ZENTRAL-DEVICE-WITHOUT-SERIAL",
    }
    said = {finding.code: finding.values for finding in found.findings}
    assert said["ZENTRAL-OTHER-BLUEPRINT"] == {"group": "norr/elever", "count": "1", "blueprint": "Skolor"}
    assert said["ZENTRAL-TAG-BY-HAND"] == {"tag": "Prov", "taxonomy": TAXONOMY, "count": "1"}


def test_a_setting_is_what_the_newest_version_says() -> None:
    live = by_key(values_of(our_profile()))[Key(kind="setting", target="@norr/elever", part=RESTRICTIONS)]

    assert live.fields == {"allowCamera": False, "name": f"norr/elever/{RESTRICTIONS}", "platform": "ipados"}
    assert live.vendor_id == PROFILE


def test_a_key_that_does_nothing_on_some_devices_is_said_with_how_many() -> None:
    """`allowAirDrop`: supervised only (mdm/profiles/com.apple.applicationaccess.yaml, Apple's repository)."""
    exchange = our_profile()
    exchange.lists["profiles"] = [profile(1, {"allowAirDrop": False}, mark=mark("norr/elever"))]
    exchange.lists["devices"] = [
        device("A1"),
        device("B2", supervised=False),
        device("C3", supervised=None),
        device("D4"),
    ]
    exchange.tagged = {11: ["A1", "B2", "C3"]}

    (finding,) = values_of(exchange).findings

    assert (finding.code, finding.severity.value) == ("APPLE-NEEDS-SUPERVISION", "warning")
    assert finding.values == {
        "key": "allowAirDrop",
        "payload": RESTRICTIONS,
        "group": "norr/elever",
        "count": "1",
        "version": finding.values["version"],
    }


def test_what_says_nothing_else_is_no_difference() -> None:
    """Identifiers, UUIDs, the order of keys and somebody's text around our mark."""
    plain = our_profile()
    noisy = our_profile()
    keys = {"PayloadDisplayName": "Restriktioner", "PayloadEnabled": True, "allowCamera": False}
    noisy.lists["profiles"][1] = profile(2, keys, mark=f"Rör ej!\n{mark('norr/elever')}")
    key = Key(kind="setting", target="@norr/elever", part=RESTRICTIONS)

    assert same_fields(by_key(values_of(plain))[key].fields, by_key(values_of(noisy))[key].fields, {})


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"default_shard": 0}, "version_scope", "narrowed"),
        ({"excluded_tags": [12]}, "version_scope", "narrowed"),
        ({"ipados_min_version": "19.0"}, "version_scope", "narrowed"),
        ({**scope("ipados", "macos")}, "platform", "ipados"),
    ],
    ids=["a version for nobody", "a version without somebody", "a version for new systems", "one for more platforms"],
)
def test_a_version_that_does_not_reach_the_whole_group_is_a_difference(
    change: dict[str, object], field: str, value: str
) -> None:
    fields = next(live.fields for live in values_of(our_profile(**change)).resources)

    assert fields[field] == value
    assert (fields.keys() == {"allowCamera", "name", "platform"}) is (field == "platform")


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        (link(LINK, PROFILE, 11, default_shard=100), "default_shard", 100),
        (link(LINK, PROFILE, tag_shards=[{"tag": 11, "shard": 50}]), "share", 50),
        (link(LINK, PROFILE, shard_modulo=10, tag_shards=[{"tag": 11, "shard": 5}]), "share", 50),
        (link(LINK, PROFILE, 11, platforms=["macos"]), "platform", ""),
    ],
    ids=["for everybody", "for half of the group", "for half, counted in tens", "for another platform"],
)
def test_a_link_edited_by_hand_is_a_difference(row: dict[str, object], field: str, value: object) -> None:
    exchange = our_profile()
    exchange.lists["blueprint_artifacts"] = [row]

    fields = next(live.fields for live in values_of(exchange).resources)

    assert fields[field] == value


def test_a_link_with_a_modulo_of_its_own_is_whole_where_the_tag_has_all_of_it() -> None:
    exchange = our_profile()
    exchange.lists["blueprint_artifacts"] = [
        link(LINK, PROFILE, shard_modulo=10, tag_shards=[{"tag": 11, "shard": 10}])
    ]

    assert "share" not in next(live.fields for live in values_of(exchange).resources)


@pytest.mark.parametrize(
    "row",
    [
        link(LINK, PROFILE),
        link(LINK, PROFILE, 12),
        link(LINK, PROFILE, 11, blueprint=2),
    ],
    ids=["to nobody", "to somebody else's tag", "of another blueprint"],
)
def test_a_profile_without_a_link_to_our_tag_has_no_effect_and_is_not_there(row: dict[str, object]) -> None:
    exchange = our_profile()
    exchange.lists["blueprint_artifacts"] = [row]

    assert values_of(exchange).resources == ()


def test_a_profile_without_our_mark_is_somebody_elses() -> None:
    exchange = our_profile()
    exchange.lists["profiles"] = [profile(1, {"allowCamera": False}, mark=mark("norr/elever", org="annan"))]

    assert values_of(exchange).resources == ()


def test_somebodys_version_on_top_of_ours_is_a_difference_and_still_ours() -> None:
    exchange = our_profile()
    exchange.lists["profiles"].append(profile(3, {"allowCamera": True}))

    assert next(live.fields for live in values_of(exchange).resources)["allowCamera"] is True


@pytest.mark.parametrize(
    ("source", "said"),
    [("%%%", "APPLE-PROFILE-MALFORMED"), ("MIIBzAYJKoZIhvcNAQcCoIIB", "APPLE-PROFILE-SIGNED")],
    ids=["no base64", "a signed one"],
)
def test_a_version_that_can_not_be_read_is_a_difference_and_no_trouble(source: str, said: str) -> None:
    exchange = our_profile()
    exchange.lists["profiles"].append({**profile(3, {}), "source": source})

    fields = next(live.fields for live in values_of(exchange).resources)

    assert fields["profile"] == said


def test_two_profiles_of_ours_for_one_payload_are_said() -> None:
    exchange = our_profile()
    other = PROFILE.replace("1111", "3333")
    exchange.lists["artifacts"].append(artifact(other, "Kopia"))
    exchange.lists["profiles"].append(profile(1, {}, mark=mark("norr/elever"), of=other))
    exchange.lists["blueprint_artifacts"].append(link(42, other, 11))

    found = values_of(exchange)

    assert codes(found) == ["ZENTRAL-PROFILE-TWICE"]
    assert found.findings[0].values["artifacts"] == f"norr/elever/{RESTRICTIONS}, Kopia"


def apps(**more: list[dict[str, object]]) -> Exchange:
    return server(
        tags=[tag(11, "norr/elever"), tag(12, "Biblioteket", 3)],
        location_assets=[asset(21)],
        artifacts=[artifact(BOOK, f"app/bok/{BOOK_NUMBER}", "Store App")],
        store_apps=[store_app(BOOK, 21)],
        blueprint_artifacts=[link(LINK, BOOK, 11, 12)],
        **more,
    )


def test_an_app_of_ours_and_our_row_of_its_link() -> None:
    found = by_key(values_of(apps()))

    assert found[Key(kind="app", target="@", part=f"storeApp:{BOOK_NUMBER}")].fields == {
        "name": f"app/bok/{BOOK_NUMBER}",
        "default_shard": 0,
        "licences": True,
    }
    row = found[Key(kind="assignment", target="@norr/elever", part=f"storeApp:{BOOK_NUMBER}")]
    assert {name: row.fields[name] for name in ("intent", "share", "ipados", "macos")} == {
        "intent": "required",
        "share": 100,
        "ipados": True,
        "macos": False,
    }
    assert len(found) == 2, "the library's row is not ours to judge"


def test_an_app_whose_licences_are_gone_is_known_by_its_name() -> None:
    """The version goes with them: whether it is there can be seen, and that the server is in trouble is said."""
    exchange = apps()
    exchange.lists["location_assets"] = exchange.lists["store_apps"] = []

    found = values_of(exchange)

    assert {live.key.kind: live.fields.get("licences") for live in found.resources} == {
        "app": False,
        "assignment": None,
    }
    assert codes(found) == ["ZENTRAL-APP-WITHOUT-LICENCES"]


def test_a_list_that_changes_while_it_is_read_is_read_again() -> None:
    rows = [device(f"S{number}") for number in range(501)]
    exchange = server(devices=rows)
    first = {"count": 502, "next": None, "previous": None, "results": rows[:500]}
    exchange.answers["GET mdm/devices/"] = [(200, first)]

    assert len(values_of(exchange).devices) == 501


def test_one_that_never_holds_still_is_unread() -> None:
    exchange = server()
    half = {"count": 2, "next": None, "previous": None, "results": [device("A1")]}
    empty: dict[str, Any] = {"count": 2, "next": None, "previous": None, "results": []}
    exchange.answers["GET mdm/devices/"] = [(200, half), (200, empty)] * 4

    found = values_of(exchange)

    assert found.unread == {("membership", "")}
    assert codes(found) == ["ZENTRAL-NOT-THE-API"]


@pytest.mark.parametrize(
    ("path", "unread"),
    [
        ("inventory/tags/", {"group", "membership", "setting", "assignment"}),
        ("mdm/profiles/", {"setting"}),
        ("mdm/location_assets/", {"assignment", "app"}),
        ("mdm/blueprint_artifacts/", {"setting", "assignment", "app"}),
    ],
)
def test_a_right_that_is_lacking_leaves_unread_what_needs_it_and_says_which_call(path: str, unread: set[str]) -> None:
    exchange = server()
    exchange.answers[f"GET {path}"] = [(403, {"detail": "You do not have permission to perform this action."})]

    found = connected(exchange).observe(STRUCTURE)

    assert {kind for kind, _ in found.unread} == unread
    assert codes(found) == ["ZENTRAL-PERMISSION-LACKING"]
    values = found.findings[0].values
    assert (values["method"], values["path"]) == ("GET", path)
    assert values["permissions"].startswith(("inventory.view_", "mdm.view_"))


@pytest.mark.parametrize("content", ["<html><h1>Server Error (500)</h1></html>", {"error": "Server Error (500)"}])
def test_a_server_that_answers_500_has_its_message(content: object) -> None:
    exchange = server()
    exchange.answers["GET mdm/artifacts/"] = [(500, content)] * 9

    found = connected(exchange).observe(STRUCTURE)

    assert codes(found) == ["ZENTRAL-SERVER-ERROR"]
    values = found.findings[0].values
    assert (values["method"], values["path"], values["status"]) == ("GET", "mdm/artifacts/", "500")


def test_without_its_blueprint_nothing_is_done_on_the_backend() -> None:
    exchange = server(blueprints=[{"id": 4, "name": "Kontor"}, {"id": 5, "name": "skolor"}])

    with pytest.raises(BlueprintUnknown) as problem:
        connected(exchange).observe(STRUCTURE)

    assert problem.value.code == "ZENTRAL-BLUEPRINT-UNKNOWN"
    assert problem.value.values()["blueprint"] == "Skolor"
    assert problem.value.values()["known"] == "Kontor, skolor"


def test_a_token_that_is_not_accepted_ends_it_all() -> None:
    exchange = server()
    exchange.answers["GET inventory/taxonomies/"] = [(401, {"detail": "Invalid token."})] * 2

    with pytest.raises(CredentialProblem) as problem:
        connected(exchange).observe(STRUCTURE)

    assert (problem.value.code, problem.value.values) == (
        "ZENTRAL-TOKEN-REJECTED",
        {"variable": "RECONCILER_ZENTRAL_TOKEN"},
    )


def test_a_list_that_is_none_is_no_answer() -> None:
    exchange = server()
    exchange.answers["GET inventory/tags/"] = [(200, {"welcome": "to the portal"})]

    with pytest.raises(BadResponse):
        connected(exchange).session.read_tags()


def test_the_tenant_is_the_host_and_its_blueprint() -> None:
    tenant = connected(server(), prefix="prov-").identify()

    assert (tenant.kind, tenant.identity) == ("zentral", "mdm.example.se/Skolor/prov-")
    assert ORG not in tenant.identity
