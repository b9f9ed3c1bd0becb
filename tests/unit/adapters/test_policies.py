"""Policies as resources and as entries of a write."""

from typing import Any

import pytest

from reconciler.adapters.google.policies import (
    Policy,
    entries,
    namespaces,
    parse_part,
    policy_key,
    read_policies,
    request_entry,
)
from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Key, Live, Source

INCOGNITO = "chrome.users.IncognitoMode"
INSTALL = "chrome.users.apps.InstallType"
CONFIG = "chrome.users.apps.ManagedConfiguration"
APP = "chrome:abc"
NAMES = {"orgunits/1": "@norr/elever", "orgunits/2": "@norr", "orgunits/3": "ou:/Elever"}


def name_of(resource: str) -> str:
    return NAMES[resource]


def resolved(schema: str, source: str = "", *, app: str = "", added: str = "", **value: Json) -> dict[str, Any]:
    entry: dict[str, Any] = {"targetKey": {}, "value": {"policySchema": schema, "value": value}}
    if app:
        entry["targetKey"]["additionalTargetKeys"] = {"app_id": app}
    if source:
        entry["sourceKey"] = {"targetResource": source}
    if added:
        entry["addedSourceKey"] = {"targetResource": added}
    return entry


def read(*found: dict[str, Any]) -> list[Live]:
    return read_policies(found, "@norr/elever", "orgunits/1", name_of)


def test_a_part_is_the_schema_and_the_app() -> None:
    assert parse_part(f"{INSTALL}|{APP}") == Policy(schema=INSTALL, app_id=APP)
    assert parse_part(INCOGNITO) == Policy(schema=INCOGNITO)
    assert policy_key("@a", Policy(schema=INSTALL, app_id=APP)) == Key(
        kind="assignment", target="@a", part=f"{INSTALL}|{APP}"
    )
    assert policy_key("@a", Policy(schema=INCOGNITO)).kind == "setting"
    assert Policy(schema=INSTALL).namespace == "chrome.users.apps"


def test_a_web_apps_address_may_hold_what_parts_are_split_by() -> None:
    policy = Policy(schema=INSTALL, app_id="web:https://x.example.se/?a=1|2")
    assert parse_part(policy.part) == policy


def test_namespaces_are_those_that_were_chosen_and_fit_the_target() -> None:
    assert namespaces(["device-settings", "user-settings"], "user") == ("chrome.users",)
    assert namespaces(["device-settings", "user-settings"], "device") == ("chrome.devices",)
    assert namespaces(["apps"], "user") == ("chrome.users.apps", "chrome.users.appsconfig")
    assert namespaces(["apps"], "device") == ()
    # A group may name an area that its whole backend manages already: one read, not two.
    assert namespaces(["kiosk", "kiosk"], "device") == namespaces(["kiosk"], "device")


def test_where_a_value_comes_from() -> None:
    direct, default, inherited = (
        read(resolved(INCOGNITO, "orgunits/1", a=1)),
        read(resolved(INCOGNITO, a=1)),
        read(resolved(INCOGNITO, "orgunits/3", a=1)),
    )
    key = Key(kind="setting", target="@norr/elever", part=INCOGNITO)
    assert direct == [Live(key=key, fields={"a": 1})]
    assert default == [Live(key=key, fields={"a": 1}, source=Source.DEFAULT)]
    assert inherited == [Live(key=key, fields={"a": 1}, source=Source.INHERITED, origin_target="ou:/Elever")]


def test_a_value_set_by_hand_on_our_container_is_seen_there_too() -> None:
    through, own = read(resolved(INCOGNITO, "orgunits/2", a=1))
    assert (through.key.target, through.source, through.origin_target) == ("@norr/elever", Source.INHERITED, "@norr")
    assert own == Live(key=Key(kind="setting", target="@norr", part=INCOGNITO), fields={"a": 1})


def test_an_app_tells_where_it_was_added() -> None:
    (live,) = read(resolved(INSTALL, "orgunits/1", app=APP, added="orgunits/3", appInstallType="FORCED"))
    assert live.key == Key(kind="assignment", target="@norr/elever", part=f"{INSTALL}|{APP}")
    assert live.facts == {"added_at": "ou:/Elever"}


def change(part: str, after: dict[str, Json] | None = None, **facts: Json) -> Change:
    key = policy_key("ou:/A", parse_part(part))
    return Change(action=Action.UPDATE if after else Action.DELETE, key=key, backend="chrome", after=after, facts=facts)


@pytest.mark.parametrize(
    ("part", "added_at", "sent"),
    [
        (f"{INSTALL}|{APP}", "ou:/A", "chrome.users.apps.*"),
        (f"{INSTALL}|{APP}", "ou:/", INSTALL),
        (f"{INSTALL}|{APP}", "", INSTALL),
        (f"{CONFIG}|{APP}", "ou:/A", CONFIG),
        ("chrome.devices.kiosk.apps.ForceInstall|web:https://x.se", "ou:/A", "chrome.devices.kiosk.apps.*"),
        (INCOGNITO, "ou:/A", INCOGNITO),
    ],
)
def test_an_app_is_removed_where_it_was_added_and_elsewhere_only_our_override_ends(
    part: str, added_at: str, sent: str
) -> None:
    """The configuration of an app that stays must not take the app with it."""
    (entry,) = entries(change(part, added_at=added_at))
    assert (entry.policy.schema, entry.fields) == (sent, None)


def test_an_adoption_gives_every_value_back_as_if_each_were_deleted() -> None:
    adoption = Change(
        action=Action.ADOPT,
        key=Key(kind="target", target="ou:/A"),
        backend="chrome",
        resets={INCOGNITO: {"a": 1}, f"{INSTALL}|{APP}": {"appInstallType": "FORCED"}},
        facts={"owner": "norr", "resets": {f"{INSTALL}|{APP}": {"added_at": "ou:/A"}}},
    )
    assert [(e.ref, e.policy.schema, e.policy.app_id, e.fields) for e in entries(adoption)] == [
        ("ou:/A", INCOGNITO, "", None),
        ("ou:/A", "chrome.users.apps.*", APP, None),
    ]


def test_the_mask_names_what_is_written_acknowledgements_too() -> None:
    wanted: dict[str, Json] = {"b": 2, "a": [1]}
    (entry,) = entries(change("chrome.users.X", wanted, written_only={"ackNoticeForBSetTo2": True}))
    assert request_entry(entry, "orgunits/1") == {
        "policyTargetKey": {"targetResource": "orgunits/1"},
        "policyValue": {"policySchema": "chrome.users.X", "value": {"b": 2, "a": [1], "ackNoticeForBSetTo2": True}},
        "updateMask": "a,ackNoticeForBSetTo2,b",
    }


def test_a_removal_has_neither_value_nor_mask() -> None:
    (entry,) = entries(change(f"{INSTALL}|{APP}", added_at="ou:/A"))
    assert request_entry(entry, "orgunits/1") == {
        "policyTargetKey": {"targetResource": "orgunits/1", "additionalTargetKeys": {"app_id": APP}},
        "policySchema": "chrome.users.apps.*",
    }
