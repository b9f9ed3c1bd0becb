"""What is sent for each change: whole objects, in order, keeping what isn't ours; and what is refused instead of sent."""

import base64
import plistlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from reconciler.adapters.zentral.adapter import ZentralAdapter
from reconciler.adapters.zentral.refusals import Refusals
from reconciler.http.failures import HttpFailure, OutcomeUnknown
from reconciler.model.change import Action, Change, Envelope, Member
from reconciler.model.place import Json
from reconciler.model.resource import Key
from tests.unit.adapters.zentral_exchange import (
    BOOK,
    BOOK_NUMBER,
    LINK,
    ORG,
    PROFILE,
    RESTRICTIONS,
    TAXONOMY,
    Exchange,
    artifact,
    asset,
    connected,
    device,
    link,
    mark,
    profile,
    server,
    store_app,
    tag,
)

GROUP = Key(kind="group", target="@norr/elever")
SETTING = Key(kind="setting", target="@norr/elever", part=RESTRICTIONS)
APP = Key(kind="app", target="@", part=f"storeApp:{BOOK_NUMBER}")
ROW = Key(kind="assignment", target="@norr/elever", part=f"storeApp:{BOOK_NUMBER}")
NAME = f"norr/elever/{RESTRICTIONS}"
CAMERA: Mapping[str, Json] = {"allowCamera": False, "name": NAME, "platform": "ipados"}
TAG = tag(11, "norr/elever")


def change(key: Key, action: Action = Action.CREATE, **fields: Any) -> Change:
    return Change(action=action, key=key, backend="ipads", label="Book Creator", **fields)


def carried_out(exchange: Exchange, *changes: Change) -> ZentralAdapter:
    """Read afresh and written, as an apply does."""
    adapter = connected(exchange)
    for batch in adapter.pack(changes):
        seen = adapter.read(batch.changes)
        assert all(one.read for one in seen.values()), [one.reason for one in seen.values()]
        adapter.write(batch)
    return adapter


def refused(exchange: Exchange, *changes: Change) -> dict[Key, Exception]:
    with pytest.raises(Refusals) as problem:
        carried_out(exchange, *changes)
    return problem.value.by_key


def code_of(failures: Mapping[Key, Exception], key: Key) -> str:
    return str(getattr(failures[key], "code", ""))


def test_the_first_tag_makes_the_taxonomy() -> None:
    exchange = server(taxonomies=[{"id": 3, "name": "Plats"}])

    carried_out(exchange, change(GROUP, after={"name": "norr/elever"}))

    assert exchange.sent == [
        ("POST inventory/taxonomies/", {"name": TAXONOMY}),
        ("POST inventory/tags/", {"name": "norr/elever", "taxonomy": 900}),
    ]


def test_a_rename_puts_the_whole_tag_with_its_colour() -> None:
    exchange = server(tags=[tag(11, "norr/gamla", color="ff0000", meta_business_unit=4)])

    carried_out(exchange, change(GROUP, Action.UPDATE, vendor_id="11", after={"name": "norr/elever"}))

    body = {"name": "norr/elever", "taxonomy": 7, "meta_business_unit": 4, "color": "ff0000"}
    assert exchange.sent == [("PUT inventory/tags/11/", body)]


@pytest.mark.parametrize("other", [tag(12, "Norr/Elever", None), tag(12, "norrelever", None)])
def test_a_tag_that_came_into_the_way_since_the_plan_is_not_written_beside(other: dict[str, Any]) -> None:
    """It would be a 500."""
    exchange = server(tags=[other])

    failures = refused(exchange, change(GROUP, after={"name": "norr/elever"}))

    assert code_of(failures, GROUP) == "ZENTRAL-TAG-ALIKE"
    assert exchange.sent == []


def test_a_tag_that_came_to_exclude_since_the_plan_is_not_deleted() -> None:
    exchange = server(tags=[TAG], blueprint_artifacts=[link(LINK, PROFILE, excluded_tags=[11])])

    failures = refused(exchange, change(GROUP, Action.DELETE, vendor_id="11", before={"name": "norr/elever"}))

    assert code_of(failures, GROUP) == "ZENTRAL-TAG-IN-USE"
    assert exchange.sent == []


def test_a_tag_that_is_gone_already_is_deleted() -> None:
    exchange = server(tags=[TAG])
    exchange.answers["DELETE inventory/tags/11/"] = [(404, {"detail": "Not found."})]

    carried_out(exchange, change(GROUP, Action.DELETE, vendor_id="11", before={"name": "norr/elever"}))

    assert exchange.writes() == ["DELETE inventory/tags/11/"]


def moving(*serials: str) -> Change:
    members = tuple(Member(device=serial, before=(), after=("@norr/elever",)) for serial in serials)
    envelope = Envelope(source="outside", into="norr/elever", at_most=len(serials))
    key = Key(kind="membership", target="@norr/elever", part="outside")
    return change(key, Action.UPDATE, members=members, envelope=envelope)


def test_devices_get_exactly_our_tag_in_batches() -> None:
    serials = [f"S{number:03d}" for number in range(301)]
    exchange = server(tags=[TAG], devices=[device(serial) for serial in serials])

    carried_out(exchange, moving(*serials))

    operation = {"kind": "SET", "taxonomy": TAXONOMY, "names": ["norr/elever"]}
    assert exchange.sent == [
        ("POST inventory/machines/tags/", {"serial_numbers": serials[:300], "operations": [operation]}),
        ("POST inventory/machines/tags/", {"serial_numbers": serials[300:], "operations": [operation]}),
    ]


@pytest.mark.parametrize(
    "other", [tag(11, "norr/elever", None), tag(11, "norr/elever", 8)], ids=["in none", "in another"]
)
def test_no_device_gets_a_tag_that_only_bears_our_name(other: dict[str, Any]) -> None:
    """SET would take it from whatever taxonomy it is in, and take ours off for it."""
    exchange = server(tags=[other], devices=[device("A1")])

    failures = refused(exchange, moving("A1"))

    assert {code_of(failures, key) for key in failures} == {"ZENTRAL-TAG-GONE"}
    assert exchange.sent == []


def test_where_devices_are_right_before_a_write() -> None:
    """One that isn't enrolled any more is nowhere; one with another tag of our taxonomy is where the plan didn't see it."""
    exchange = server(
        tags=[TAG, tag(12, "norr/annan"), tag(14, "Prov")], devices=[device(one) for one in ("A1", "B2", "C3", "D4")]
    )
    exchange.tagged = {11: ["A1"], 12: ["B2"], 14: ["C3"]}

    seen = connected(exchange).read([moving("A1", "B2", "C3", "D4", "E5")])

    (places,) = [one.places for one in seen.values()]
    assert places == {"A1": ("@norr/elever",), "B2": ("@…",), "C3": ("@…",), "D4": ()}


def setting(action: Action = Action.CREATE, **fields: Any) -> Change:
    return change(SETTING, action, facts={"platform": "ipados"}, **{"after": CAMERA, **fields})


def source_of(exchange: Exchange) -> Any:
    body = next(body for call, body in exchange.sent if call == "POST mdm/profiles/")
    return plistlib.loads(base64.b64decode(body["source"]))


def test_a_new_profile_is_artifact_then_version_then_link() -> None:
    exchange = server(tags=[TAG])
    made = artifact(PROFILE, NAME)
    exchange.answers["POST mdm/artifacts/"] = [(201, made)]
    exchange.answers["GET mdm/artifacts/"] = [(200, page()), (200, page(made))]

    carried_out(exchange, setting())

    assert exchange.writes() == ["POST mdm/artifacts/", "POST mdm/profiles/", "POST mdm/blueprint_artifacts/"]
    (_, first), (_, second), (_, third) = exchange.sent
    assert first == {
        "name": NAME,
        "type": "Profile",
        "channel": "Device",
        "platforms": ["iOS", "iPadOS", "macOS", "tvOS"],
        "auto_update": True,
    }
    assert (second["artifact"], second["version"], second["ipados"], second["macos"]) == (PROFILE, 1, True, False)
    assert (second["default_shard"], second["tag_shards"], second["excluded_tags"]) == (100, [], [])
    assert third == {
        "blueprint": 1,
        "artifact": PROFILE,
        "ios": False,
        "ipados": True,
        "macos": False,
        "tvos": False,
        "shard_modulo": 100,
        "default_shard": 0,
        "tag_shards": [{"tag": 11, "shard": 100}],
        "excluded_tags": [],
    }
    content = source_of(exchange)
    assert content["PayloadDescription"] == f"[reconciler:1 org={ORG} key=policy/norr/elever/{RESTRICTIONS}]"
    assert content["PayloadScope"] == "System"
    assert content["PayloadContent"][0]["allowCamera"] is False


def page(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"count": len(rows), "next": None, "previous": None, "results": list(rows)}


def existing(**more: Any) -> Exchange:
    return server(
        tags=[TAG, tag(12, "Biblioteket", 3)],
        artifacts=[artifact(PROFILE, NAME)],
        profiles=[profile(4, {"allowCamera": True}, mark=mark("norr/elever"))],
        blueprint_artifacts=[link(LINK, PROFILE, 11, **more)],
    )


def test_a_change_is_a_version_above_the_highest_and_the_link_is_left() -> None:
    exchange = existing()

    carried_out(exchange, setting(Action.UPDATE, vendor_id=PROFILE))

    assert exchange.writes() == ["POST mdm/profiles/"]
    assert exchange.sent[0][1]["version"] == 5


def test_what_an_earlier_attempt_made_is_taken_up() -> None:
    """The version says what is wanted already; only the link is lacking."""
    exchange = existing()
    exchange.lists["profiles"] = [profile(1, {"allowCamera": False}, mark=mark("norr/elever"))]
    exchange.lists["blueprint_artifacts"] = []

    carried_out(exchange, setting())

    assert exchange.writes() == ["POST mdm/blueprint_artifacts/"]


def test_a_link_is_put_whole_with_what_others_wrote() -> None:
    theirs = {
        "tag_shards": [{"tag": 12, "shard": 30}, {"tag": 11, "shard": 40}],
        "excluded_tags": [13],
        "ipados_min_version": "17.0",
        "macos": True,
        "default_shard": 100,
        "shard_modulo": 80,
    }
    exchange = existing(**theirs)
    exchange.lists["profiles"] = [profile(1, {"allowCamera": False}, mark=mark("norr/elever"))]

    carried_out(
        exchange, setting(Action.UPDATE, vendor_id=PROFILE, before={**CAMERA, "default_shard": 100, "share": 50})
    )

    ((call, body),) = exchange.sent
    assert call == f"PUT mdm/blueprint_artifacts/{LINK}/"
    assert body["tag_shards"] == [{"tag": 12, "shard": 30}, {"tag": 11, "shard": 80}]
    assert (body["excluded_tags"], body["ipados_min_version"], body["macos"]) == ([13], "17.0", True)
    assert (body["default_shard"], body["shard_modulo"], body["blueprint"]) == (0, 80, 1)
    assert {"id", "created_at", "updated_at"}.isdisjoint(body)


def test_a_renamed_artifact_is_put_whole_too() -> None:
    exchange = existing()
    exchange.lists["artifacts"] = [artifact(PROFILE, "Vår profil", auto_update=False, requires=["x"])]

    carried_out(exchange, setting(Action.UPDATE, vendor_id=PROFILE))

    body = exchange.sent[0][1]
    assert exchange.writes()[0] == f"PUT mdm/artifacts/{PROFILE}/"
    assert (body["name"], body["auto_update"], body["requires"], body["type"]) == (NAME, True, ["x"], "Profile")


def test_a_profile_goes_link_first() -> None:
    exchange = existing()

    carried_out(exchange, setting(Action.DELETE, vendor_id=PROFILE, after=None, before=CAMERA))

    assert exchange.writes() == [f"DELETE mdm/blueprint_artifacts/{LINK}/", f"DELETE mdm/artifacts/{PROFILE}/"]


def test_what_was_ever_sent_stays_on_the_server_without_effect() -> None:
    exchange = existing()
    exchange.answers[f"DELETE mdm/artifacts/{PROFILE}/"] = [(400, ["This artifact cannot be deleted"])]

    carried_out(exchange, setting(Action.DELETE, vendor_id=PROFILE, after=None, before=CAMERA))

    assert exchange.writes() == [f"DELETE mdm/blueprint_artifacts/{LINK}/", f"DELETE mdm/artifacts/{PROFILE}/"]


def test_a_profile_that_others_have_too_only_leaves_our_group() -> None:
    exchange = existing(tag_shards=[{"tag": 11, "shard": 100}, {"tag": 12, "shard": 100}])

    carried_out(exchange, setting(Action.DELETE, vendor_id=PROFILE, after=None, before=CAMERA))

    ((call, body),) = exchange.sent
    assert (call, body["tag_shards"]) == (f"PUT mdm/blueprint_artifacts/{LINK}/", [{"tag": 12, "shard": 100}])


def test_keys_that_apple_does_not_know_are_refused_whoever_planned_them() -> None:
    exchange = existing()

    failures = refused(exchange, setting(Action.UPDATE, vendor_id=PROFILE, after={**CAMERA, "allowCamra": False}))

    assert code_of(failures, SETTING) == "APPLE-KEY-UNKNOWN"
    assert exchange.sent == []


def test_somebodys_artifact_of_our_name_is_never_written_into() -> None:
    exchange = existing()
    exchange.lists["profiles"] = [profile(1, {"allowCamera": True})]

    failures = refused(exchange, setting())

    assert code_of(failures, SETTING) == "ZENTRAL-NAME-TAKEN"
    assert exchange.sent == []


@pytest.mark.parametrize("content", ["<html><h1>Server Error (500)</h1></html>", {"error": "Server Error (500)"}])
def test_a_server_error_to_a_write_is_of_unknown_outcome_and_stops_nobody_else(content: Any) -> None:
    """It is read back, not sent again: the version may be there."""
    exchange = existing()
    exchange.answers["POST mdm/profiles/"] = [(500, content)]
    other = replace(setting(), key=replace(SETTING, target="@norr/annan"))
    exchange.lists["tags"].append(tag(15, "norr/annan"))

    failures = refused(
        exchange,
        setting(Action.UPDATE, vendor_id=PROFILE),
        replace(other, after={**CAMERA, "name": "x"}, vendor_id=PROFILE),
    )

    unknown = [failure for failure in failures.values() if isinstance(failure, OutcomeUnknown)]
    assert [(one.method, one.path, one.status) for one in unknown] == [("POST", "mdm/profiles/", 500)]
    assert exchange.writes().count("POST mdm/profiles/") == 2


def app(action: Action = Action.CREATE, **fields: Any) -> Change:
    facts = {"app": "bok", "platform": "ipados", "adam_id": BOOK_NUMBER, "asset": 21}
    after = {"name": f"app/bok/{BOOK_NUMBER}", "default_shard": 0, "licences": True}
    return change(APP, action, **{"after": after, "facts": facts, **fields})


def row(wanted: bool = True, target: str = "@norr/elever") -> Change:
    fields = {"intent": "required", "share": 100, "ipados": True}
    key = replace(ROW, target=target)
    return change(key, after=fields) if wanted else change(key, Action.DELETE, before=fields)


def test_a_new_app_reaches_nobody_until_a_group_has_it() -> None:
    exchange = server(tags=[TAG], location_assets=[asset(21)])
    made = artifact(BOOK, f"app/bok/{BOOK_NUMBER}", "Store App")
    exchange.answers["POST mdm/artifacts/"] = [(201, made)]
    exchange.answers["GET mdm/artifacts/"] = [(200, page()), (200, page(made))]

    carried_out(exchange, app())

    assert exchange.writes() == ["POST mdm/artifacts/", "POST mdm/store_apps/", "POST mdm/blueprint_artifacts/"]
    version, reach = exchange.sent[1][1], exchange.sent[2][1]
    assert (version["artifact"], version["location_asset"], version["version"]) == (BOOK, 21, 1)
    assert (reach["default_shard"], reach["tag_shards"]) == (0, [])


def test_an_artifact_that_lost_its_licences_can_not_be_given_new_ones() -> None:
    """Its bare version number stays with it (recorded, 2026-11-22); nothing is linked that would break the blueprint again."""
    old = artifact(BOOK, f"app/bok/{BOOK_NUMBER}", "Store App")
    exchange = server(tags=[TAG], location_assets=[asset(21)], artifacts=[old])
    exchange.answers["POST mdm/store_apps/"] = [(400, ["version: taken"])]

    failures = refused(exchange, app())

    assert code_of(failures, APP) == "ZENTRAL-APP-SPENT"
    assert exchange.writes() == ["POST mdm/store_apps/"]


@pytest.mark.parametrize("assets", [[], [asset(21, number="1")]], ids=["gone", "another app's now"])
def test_licences_that_are_gone_since_the_plan_hold_the_app_and_nothing_is_made(assets: list[dict[str, Any]]) -> None:
    exchange = server(tags=[TAG], location_assets=assets)

    failures = refused(exchange, app())

    assert code_of(failures, APP) == "ZENTRAL-ASSET-GONE"
    assert exchange.sent == []


def shared_app(*tags: int, own: bool = True, **more: Any) -> Exchange:
    name = f"app/bok/{BOOK_NUMBER}" if own else "Bibliotekets"
    return server(
        tags=[TAG, tag(12, "norr/annan"), tag(13, "Biblioteket", 3)],
        location_assets=[asset(21)],
        artifacts=[artifact(BOOK, name, "Store App")],
        store_apps=[store_app(BOOK, 21)],
        blueprint_artifacts=[link(LINK, BOOK, *tags, **more)],
    )


def test_all_rows_of_an_app_go_out_in_one_whole_link() -> None:
    exchange = shared_app(13, excluded_tags=[99], macos=True)

    carried_out(exchange, row(), row(target="@norr/annan"))

    ((call, body),) = exchange.sent
    assert call == f"PUT mdm/blueprint_artifacts/{LINK}/"
    assert body["tag_shards"] == [{"tag": 13, "shard": 100}, {"tag": 11, "shard": 100}, {"tag": 12, "shard": 100}]
    assert (body["excluded_tags"], body["macos"], body["default_shard"]) == ([99], True, 0)


def test_a_row_goes_and_others_stay() -> None:
    exchange = shared_app(11, 12, 13)

    carried_out(exchange, row(wanted=False))

    assert exchange.sent[0][1]["tag_shards"] == [{"tag": 12, "shard": 100}, {"tag": 13, "shard": 100}]


@pytest.mark.parametrize(("own", "call"), [(True, "PUT"), (False, "DELETE")], ids=["our app", "somebody's app"])
def test_a_link_that_reaches_nobody_any_more(own: bool, call: str) -> None:
    """Ours goes with the app; in somebody's app nothing of ours is left behind."""
    exchange = shared_app(11, own=own)

    carried_out(exchange, row(wanted=False))

    assert exchange.writes() == [f"{call} mdm/blueprint_artifacts/{LINK}/"]


def test_an_app_that_nobody_linked_yet_gets_a_link() -> None:
    exchange = shared_app(own=False)
    exchange.lists["blueprint_artifacts"] = []

    carried_out(exchange, row())

    ((call, body),) = exchange.sent
    assert (call, body["default_shard"]) == ("POST mdm/blueprint_artifacts/", 0)
    assert body["tag_shards"] == [{"tag": 11, "shard": 100}]


def test_a_group_excluded_since_the_plan_is_left_excluded() -> None:
    exchange = shared_app(excluded_tags=[11])

    failures = refused(exchange, row())

    assert code_of(failures, ROW) == "ZENTRAL-GROUP-EXCLUDED"
    assert exchange.sent == []


def test_an_app_that_others_took_up_since_the_plan_is_not_taken_from_them() -> None:
    exchange = shared_app(13)

    failures = refused(exchange, app(Action.DELETE, vendor_id=BOOK, after=None, before={"name": "x"}))

    assert code_of(failures, APP) == "ZENTRAL-APP-IN-USE"
    assert exchange.sent == []


def test_an_app_goes_link_first() -> None:
    exchange = shared_app()

    carried_out(exchange, app(Action.DELETE, vendor_id=BOOK, after=None, before={"name": "x"}))

    assert exchange.writes() == [f"DELETE mdm/blueprint_artifacts/{LINK}/", f"DELETE mdm/artifacts/{BOOK}/"]


def test_nothing_is_ever_patched_and_no_serial_number_is_in_an_error() -> None:
    exchange = server(tags=[TAG], devices=[device("DMPGEHEIM1")])
    exchange.answers["POST inventory/machines/tags/"] = [(400, {"serial_numbers": ["DMPGEHEIM1 is wrong"]})]

    failures = refused(exchange, moving("DMPGEHEIM1"))

    (failure,) = failures.values()
    assert isinstance(failure, HttpFailure)
    assert "GEHEIM" not in f"{failure} {failure.values()}"
    assert not any(call.startswith("PATCH") for call in exchange.asked)
