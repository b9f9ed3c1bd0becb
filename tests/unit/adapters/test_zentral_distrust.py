"""What others have put into Zentral, and answers that aren't the API's, are not built upon."""

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.adapters.zentral.paging import read_pages
from reconciler.adapters.zentral.refusals import Refusals
from reconciler.http.failures import BadResponse
from reconciler.http.request import Reply, Request
from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Key, Snapshot
from tests.unit.adapters.zentral_exchange import (
    BOOK,
    BOOK_NUMBER,
    BOOKS,
    LINK,
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
    group,
    link,
    mark,
    profile,
    server,
    state,
    store_app,
    tag,
)

SETTING = Key(kind="setting", target="@norr/elever", part=RESTRICTIONS)
ROW = Key(kind="assignment", target="@norr/elever", part=f"storeApp:{BOOK_NUMBER}")
OTHERS_TAG, OURS = 12, 11


def somebodys_app(**of_link: Any) -> Exchange:
    """An app that somebody else gives to their Macs, and a tag of ours."""
    return server(
        tags=[tag(OURS, "norr/elever"), tag(OTHERS_TAG, "Biblioteket", 3)],
        location_assets=[asset(21)],
        artifacts=[artifact(BOOK, "Bibliotekets", "Store App")],
        store_apps=[store_app(BOOK, 21)],
        blueprint_artifacts=[link(LINK, BOOK, **{"platforms": ("macos",), **of_link})],
    )


def observed(exchange: Exchange, **options: str) -> Snapshot:
    adapter = connected(exchange, **options)
    adapter.observe(STRUCTURE)
    return adapter.observe(VALUES)


def held(exchange: Exchange) -> list[str]:
    adapter = connected(exchange, BOOKS)
    found = adapter.lower(state(group(apps={"bok": "required"})), adapter.observe(STRUCTURE))
    (row,) = [one for one in found.resources if one.key == ROW]
    said = [one.code for one in found.findings if one.code == "ZENTRAL-APP-OPENS-PLATFORM"]
    assert list(row.blocked_by) == said
    return said


@pytest.mark.parametrize(
    "of_link",
    [{"default_shard": 100}, {"tag_shards": [{"tag": OTHERS_TAG, "shard": 1}]}],
    ids=["for everybody", "for somebody's tag"],
)
def test_a_platform_is_not_opened_where_others_would_get_the_app_too(of_link: dict[str, Any]) -> None:
    assert held(somebodys_app(**of_link)) == ["ZENTRAL-APP-OPENS-PLATFORM"]


@pytest.mark.parametrize(
    "of_link",
    [{}, {"tag_shards": [{"tag": OURS, "shard": 100}]}, {"platforms": ("ipados",), "default_shard": 100}],
    ids=["for nobody", "for ours alone", "open on that platform already"],
)
def test_a_platform_is_opened_where_nobody_else_gets_anything_by_it(of_link: dict[str, Any]) -> None:
    assert held(somebodys_app(**of_link)) == []


def write_row(exchange: Exchange) -> Exception | None:
    after: Mapping[str, Json] = {"intent": "required", "share": 100, "ipados": True}
    change = Change(action=Action.CREATE, key=ROW, backend="ipads", label="Book Creator", after=after)
    adapter = connected(exchange)
    adapter.read([change])
    try:
        adapter.write(next(iter(adapter.pack([change]))))
    except Exception as failure:  # whatever is raised is what the test is about: a kind that was not meant fails it
        return failure
    return None


def test_a_platform_that_others_would_get_since_the_plan_is_refused() -> None:
    exchange = somebodys_app(default_shard=100)

    failure: Any = write_row(exchange)

    assert failure.code == "ZENTRAL-APP-OPENS-PLATFORM"
    assert failure.values() == {"app": "Book Creator", "artifact": "Bibliotekets", "platform": "ipados"}
    assert exchange.sent == []


def test_a_secret_put_in_by_hand_is_a_difference_and_is_never_shown() -> None:
    keys = {"allowCamera": False, "Password": "losen-1", "EAP": {"SharedSecret": b"losen-2", "Names": ["a"]}}
    lists = {"Passwords": [{"DeviceName": "tv", "Password": "losen-3"}], "Secrets": ["losen-4"]}

    found = live_keys({**keys, **lists})

    assert (found["Password"], found["allowCamera"]) == ("•••", False)
    assert found["EAP"] == {"SharedSecret": "•••", "Names": ["a"]}
    assert found["Passwords"] == [{"DeviceName": "tv", "Password": "•••"}]
    assert found["Secrets"] == ["•••"]
    assert "losen" not in repr(found)


def test_a_switch_about_passwords_is_no_secret() -> None:
    """Apple has some, and what files say of them is compared (com.apple.screensaver, com.apple.applicationaccess)."""
    keys = {"askForPassword": True, "forceAirPlayIncomingRequestsPairingPassword": False, "Password": ""}

    found = live_keys(keys)

    assert {name: found[name] for name in keys} == keys


def live_keys(*versions: Mapping[str, Any]) -> Mapping[str, Json]:
    """Of a profile of ours with such versions, the newest last, as a plan gets them."""
    exchange = server(
        tags=[tag(OURS, "norr/elever")],
        artifacts=[artifact(PROFILE, f"norr/elever/{RESTRICTIONS}")],
        profiles=[profile(number, keys, mark=mark("norr/elever")) for number, keys in enumerate(versions, 1)],
        blueprint_artifacts=[link(LINK, PROFILE, OURS)],
    )
    (live,) = [one for one in observed(exchange).resources if one.key == SETTING]
    return live.fields


@pytest.mark.parametrize(
    ("of_version", "count"),
    [
        ({"ipados": False, "macos": True}, ["2"]),
        ({"default_shard": 0}, ["2"]),
        ({"default_shard": 50}, ["2"]),
        ({"default_shard": 0, "tag_shards": [{"tag": OTHERS_TAG, "shard": 100}]}, ["1"]),
        ({"default_shard": 0, "tag_shards": [{"tag": OURS, "shard": 100}]}, []),
        ({}, []),
    ],
    ids=["another platform", "nobody", "half", "another tag, which one has", "our tag", "everybody"],
)
def test_an_apps_version_that_takes_in_less_than_the_group_is_said(
    of_version: dict[str, Any], count: list[str]
) -> None:
    exchange = somebodys_app(platforms=("ipados",), tag_shards=[{"tag": OURS, "shard": 100}])
    exchange.lists["store_apps"] = [store_app(BOOK, 21, **of_version)]
    exchange.lists["devices"] = [device("A1"), device("B2"), device("C3")]
    exchange.tagged = {OURS: ["A1", "B2"], OTHERS_TAG: ["B2", "C3"]}

    said = [one for one in observed(exchange).findings if one.code == "ZENTRAL-APP-VERSION-NARROWED"]

    assert [one.values["count"] for one in said] == count
    assert {(one.values["artifact"], one.values["group"]) for one in said} <= {("Bibliotekets", "norr/elever")}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("devices", {**device("A1"), "blueprint": "x"}),
        ("blueprint_artifacts", {"id": 1}),
        ("blueprint_artifacts", link(LINK, PROFILE, tag_shards=[None])),
        ("blueprint_artifacts", link(LINK, PROFILE, default_shard=None)),
        ("artifacts", artifact(PROFILE, "x", platforms=5)),
        ("artifacts", artifact(PROFILE, "x", platforms=[[]])),
        ("profiles", profile(1, {}, version=None)),
        ("store_apps", {"id": 1}),
        ("location_assets", {**asset(21), "location": "x"}),
    ],
)
def test_rows_that_are_not_the_apis_are_an_answer_that_is_none(name: str, row: dict[str, Any]) -> None:
    """And no failure of ours, with a traceback."""
    adapter = connected(server(**{name: [row]}))

    found = [*adapter.observe(STRUCTURE).findings, *adapter.observe(VALUES).findings]

    assert {one.code for one in found} == {"ZENTRAL-NOT-THE-API"}


def test_tags_that_are_none_are_an_answer_that_is_none() -> None:
    adapter = connected(server(tags=[{"id": "x", "name": "norr/elever"}]))

    assert {one.code for one in adapter.observe(STRUCTURE).findings} == {"ZENTRAL-NOT-THE-API"}


@pytest.mark.parametrize("answer", [{"id": "42"}, {"artifact": PROFILE}, {"blueprint": 2}, {"default_shard": None}])
def test_a_link_is_not_written_by_an_answer_about_another(answer: dict[str, Any]) -> None:
    exchange = somebodys_app(platforms=("ipados",))
    (row,) = exchange.lists["blueprint_artifacts"]
    exchange.answers[f"GET mdm/blueprint_artifacts/{LINK}/"] = [(200, {**row, **answer})] * 9

    failure: Any = write_row(exchange)

    assert isinstance(failure.by_key[ROW], BadResponse)
    assert exchange.sent == []


def test_a_link_is_not_written_by_an_answer_that_leaves_out_its_scope() -> None:
    """Written back, it would be open to everybody, or taken from those who have it."""
    exchange = somebodys_app(platforms=("ipados",))
    (row,) = exchange.lists["blueprint_artifacts"]
    thin = {name: row[name] for name in ("id", "blueprint", "artifact", "ipados")}
    exchange.answers[f"GET mdm/blueprint_artifacts/{LINK}/"] = [(200, thin)] * 9

    failure: Any = write_row(exchange)

    assert isinstance(failure.by_key[ROW], BadResponse)
    assert exchange.sent == []


def test_a_machine_that_is_enrolled_twice_is_in_its_group() -> None:
    """It has two rows under one tag, and the filter is right about it."""
    rows = [device("A1", id=1), device("A1", id=2, last_seen_at="2026-01-01T10:00:00"), device("B2", id=3)]
    exchange = server(tags=[tag(OURS, "norr/elever")], devices=rows)
    exchange.tagged = {OURS: ["A1"]}

    found = observed(exchange)

    assert found.unread == frozenset()
    assert sorted(one.places for one in found.devices) == [(), ("@norr/elever",)]


def test_the_same_row_again_and_again_is_not_read_for_ever() -> None:
    asked: list[Request] = []

    def endless(request: Request) -> Reply:
        asked.append(request)
        assert len(asked) < 50
        return Reply(status=200, data={"count": 10**12, "results": [{"id": 1}]})

    with pytest.raises(BadResponse):
        read_pages(endless, "mdm/devices/")


APP = Key(kind="app", target="@", part=f"storeApp:{BOOK_NUMBER}")
APP_NAME = f"app/bok/{BOOK_NUMBER}"


def app_made(exchange: Exchange) -> None:
    facts: Mapping[str, Json] = {"app": "bok", "platform": "ipados", "adam_id": BOOK_NUMBER, "asset": 21}
    after: Mapping[str, Json] = {"name": APP_NAME, "default_shard": 0, "licences": True}
    carry_out(exchange, Change(action=Action.CREATE, key=APP, backend="ipads", label="Bok", after=after, facts=facts))


def carry_out(exchange: Exchange, change: Change) -> None:
    adapter = connected(exchange)
    adapter.read([change])
    adapter.write(next(iter(adapter.pack([change]))))


@pytest.mark.parametrize(
    ("there", "versions"),
    [
        (artifact(BOOK, APP_NAME, "Enterprise App"), []),
        (artifact(BOOK, APP_NAME, "Profile"), []),
        (artifact(BOOK, APP_NAME, "Store App", channel="User"), []),
        (artifact(BOOK, APP_NAME, "Store App"), [store_app(BOOK, 22)]),
    ],
    ids=["of another kind", "a profile", "for users", "another app"],
)
def test_somebodys_artifact_of_an_apps_name_is_not_written_into(
    there: dict[str, Any], versions: list[dict[str, Any]]
) -> None:
    lists = {"location_assets": [asset(21), asset(22, number="99")], "artifacts": [there], "store_apps": versions}
    exchange = server(**lists)

    with pytest.raises(Refusals) as problem:
        app_made(exchange)

    assert problem.value.code == "ZENTRAL-NAME-TAKEN"
    assert exchange.sent == []


@pytest.mark.parametrize("versions", [[], [store_app(BOOK, 21)]], ids=["the artifact alone", "its version too"])
def test_what_an_earlier_attempt_made_of_an_app_is_taken_up(versions: list[dict[str, Any]]) -> None:
    there = artifact(BOOK, APP_NAME, "Store App")
    exchange = server(location_assets=[asset(21)], artifacts=[there], store_apps=versions)

    app_made(exchange)

    calls = ["POST mdm/store_apps/", "POST mdm/blueprint_artifacts/"]
    assert exchange.writes() == calls[len(versions) :]


@pytest.mark.parametrize(
    "lists",
    [
        {"profiles": [profile(1, {}, excluded_tags=[OURS])]},
        {"store_apps": [store_app(BOOK, 21, excluded_tags=[OURS])]},
        {"profiles": [profile(1, {}, tag_shards=[{"tag": OURS, "shard": 100}])]},
    ],
    ids=["a profile's version excludes", "an app's version excludes", "a version is for it"],
)
def test_a_tag_that_a_version_speaks_of_since_the_plan_is_not_deleted(lists: dict[str, Any]) -> None:
    """Those whom it excluded would get it, without a word."""
    exchange = server(tags=[tag(OURS, "norr/elever")], **lists)
    key = Key(kind="group", target="@norr/elever")
    before: Mapping[str, Json] = {"name": "norr/elever"}

    with pytest.raises(Refusals) as problem:
        carry_out(exchange, Change(action=Action.DELETE, key=key, backend="ipads", vendor_id="11", before=before))

    assert problem.value.code == "ZENTRAL-TAG-IN-USE"
    assert exchange.sent == []


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_in_a_live_profile_is_no_profile(number: float) -> None:
    """No plan can hold it, and it differs from itself."""
    found = live_keys({"allowCamera": False}, {"allowCamera": False, "maxLength": [{"x": number}]})

    assert found["profile"] == "APPLE-PROFILE-MALFORMED"
    assert "maxLength" not in found


def test_an_opened_profile_under_another_backends_prefix_is_not_ours() -> None:
    """Two backends on one server, told apart by their prefix: the other one's is neither read nor closed from here."""
    opened: Mapping[str, Any] = {"default_shard": 100}
    exchange = server(
        taxonomies=[{"id": 7, "name": f"prov- {TAXONOMY}"}],
        tags=[tag(OURS, "prov-norr/elever")],
        artifacts=[artifact(PROFILE, f"norr/elever/{RESTRICTIONS}")],
        profiles=[profile(1, {"allowCamera": False}, mark=mark("norr/elever"))],
        blueprint_artifacts=[link(LINK, PROFILE, **opened)],
    )

    assert [one.key for one in observed(exchange, prefix="prov-").resources if one.key.kind == "setting"] == []

    exchange.lists["artifacts"] = [artifact(PROFILE, f"prov-norr/elever/{RESTRICTIONS}")]
    assert [one.key for one in observed(exchange, prefix="prov-").resources if one.key.kind == "setting"] == [SETTING]
