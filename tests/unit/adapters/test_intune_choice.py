"""Which live app a catalogue entry means, and what speaks against using it."""

from datetime import date
from typing import Any

import pytest

from reconciler.adapters.intune.apps import Wanted, read_apps
from reconciler.adapters.intune.catalogue import Choice, choose, index_apps, read_tokens

ORG = "11111111-2222-4333-8444-555555555555"
TODAY = date(2026, 11, 21)


def bought(identity: str, source: str = "t1", **more: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "@odata.type": "#microsoft.graph.iosVppApp",
        "displayName": "Bok",
        "bundleId": "se.example.bok",
        "appStoreUrl": "https://apps.apple.com/se/app/bok/id361285480",
        "vppTokenId": source,
        **more,
    }


def clip(identity: str, url: str, **more: Any) -> dict[str, Any]:
    kind = "#microsoft.graph.iosiPadOSWebClip"
    return {"id": identity, "@odata.type": kind, "displayName": "Webb", "appUrl": url, **more}


def token(identity: str, name: str, expires: str = "2027-05-01", state: str = "valid") -> dict[str, Any]:
    return {"id": identity, "organizationName": name, "expirationDateTime": f"{expires}T00:00:00Z", "state": state}


def wanted(sort: str = "iosVppApp", identifier: str = "se.example.bok", store: str = "") -> Wanted:
    return Wanted(app="bok", name="Bok", platform="ipados", sort=sort, bundle_or_package=identifier, store_id=store)


def chosen(apps: list[dict[str, Any]], tokens: list[dict[str, Any]], what: Wanted, apple_token: str = "") -> Choice:
    known = index_apps(read_apps(apps), read_tokens(tokens), org=ORG, apple_token=apple_token)
    return choose(known, what, org=ORG, apple_token=apple_token, today=TODAY)


def codes(choice: Choice) -> list[str]:
    return [code for code, _ in (*choice.errors, *choice.warnings)]


@pytest.mark.parametrize(
    "what",
    [wanted(), wanted(identifier="SE.Example.Bok"), wanted(identifier="", store="361285480")],
    ids=["by bundle id", "however it is written", "by the App Store's number"],
)
def test_a_bought_app_is_found(what: Wanted) -> None:
    choice = chosen([bought("1")], [token("t1", "Kommunen")], what)
    assert choice.app is not None
    assert (choice.app.id, codes(choice)) == ("1", [])


def test_one_that_is_in_no_token_can_not_be_made() -> None:
    choice = chosen([], [], wanted())
    assert (choice.app, choice.to_create, codes(choice)) == (None, False, ["INTUNE-APP-NOT-IN-TOKEN"])
    play = wanted("androidManagedStoreApp", "se.example.bok")
    assert codes(chosen([], [], play)) == ["INTUNE-APP-NOT-APPROVED-IN-PLAY"]


def test_a_web_clip_that_is_missing_is_made() -> None:
    choice = chosen([], [], wanted("iosiPadOSWebClip", "https://example.se/"))
    assert (choice.to_create, codes(choice)) == (True, [])


def test_an_address_may_come_back_with_a_slash() -> None:
    choice = chosen([clip("1", "https://example.se/")], [], wanted("iosiPadOSWebClip", "https://example.se"))
    assert (choice.to_create, codes(choice)) == (False, [])


def test_two_tokens_need_a_word_in_organisation_yaml() -> None:
    apps, tokens = [bought("1", "t1"), bought("2", "t2")], [token("t1", "Skolan"), token("t2", "Förvaltningen")]
    unsure = chosen(apps, tokens, wanted())
    assert codes(unsure) == ["INTUNE-APP-IN-SEVERAL-TOKENS"]
    assert {one.id for one in unsure.alike} == {"1", "2"}
    told = chosen(apps, tokens, wanted(), apple_token="Förvaltningen")
    assert told.app is not None
    assert (told.app.id, codes(told)) == ("2", [])


def test_of_two_web_clips_ours_is_meant() -> None:
    ours = clip("2", "https://example.se/", notes=f"[reconciler:1 org={ORG} key=app/bok/ipados]")
    what = wanted("iosiPadOSWebClip", "https://example.se/")
    choice = chosen([clip("1", "https://example.se/"), ours], [], what)
    assert choice.app is not None
    assert choice.app.id == "2"
    theirs = [clip("1", "https://example.se/"), clip("3", "https://example.se/")]
    assert codes(chosen(theirs, [], what)) == ["INTUNE-APP-TWICE"]


@pytest.mark.parametrize(
    ("expires", "state", "found"),
    [
        ("2027-05-01", "valid", []),
        ("2026-12-22", "valid", []),
        ("2026-12-21", "valid", ["INTUNE-TOKEN-EXPIRES"]),
        ("2026-11-21", "valid", ["INTUNE-TOKEN-EXPIRES"]),
        ("2026-11-20", "valid", ["INTUNE-TOKEN-EXPIRED"]),
        ("0001-01-01", "valid", []),
    ],
    ids=["months left", "31 days", "30 days", "the last day", "the day after", "no date"],
)
def test_the_days_that_a_token_has_left(expires: str, state: str, found: list[str]) -> None:
    assert codes(chosen([bought("1")], [token("t1", "Kommunen", expires, state)], wanted())) == found


def test_a_token_that_another_system_uses_gives_no_licences() -> None:
    taken = token("t1", "Kommunen", state="assignedToExternalMDM")
    assert codes(chosen([bought("1")], [taken], wanted())) == ["INTUNE-TOKEN-OTHER-MDM"]
