"""Apps of many types: what each version shows, what can be created and changed (reference 8.1, 8.2, 8.4)."""

from __future__ import annotations

import pytest

from tests.unit.sandbox.graph_intune.conftest import TYPE, Intune, refusal

APPS = "deviceAppManagement/mobileApps"
WINGET = {
    "@odata.type": TYPE + "winGetApp",
    "displayName": "Minecraft Education",
    "publisher": "Microsoft",
    "packageIdentifier": "9NBLGGH4R2R6",
    "installExperience": {"runAsAccount": "system"},
}
CLIP = {"@odata.type": "microsoft.graph.iosiPadOSWebClip", "displayName": "Lexin", "appUrl": "https://lexin.se"}


def _names(intune: Intune, path: str = APPS, **query: str) -> list[str]:
    return [app["displayName"] for app in intune.get(path, **query)["value"]]


def test_beta_lists_all_types(intune: Intune) -> None:
    apps = intune.get(APPS)["value"]
    assert [app["@odata.type"] for app in apps] == [
        "#microsoft.graph.iosVppApp", "#microsoft.graph.macOsVppApp", "#microsoft.graph.winGetApp",
    ]  # fmt: skip
    assert apps[0]["bundleId"] == "com.redjumper.bookcreator"
    assert apps[0]["appStoreUrl"] == "https://apps.apple.com/se/app/id442378070"
    assert apps[0]["vppTokenDisplayName"] == "Skolan"
    assert (apps[0]["totalLicenseCount"], apps[0]["usedLicenseCount"]) == (100, 0)
    assert (apps[0]["isAssigned"], apps[2]["isAssigned"]) == (True, False)
    assert apps[2]["packageIdentifier"] == "9PFGJ25JL6X3"


def test_v1_knows_fewer_types_and_properties(intune: Intune) -> None:
    apps = intune.get(APPS, version="v1.0")["value"]
    assert [app["@odata.type"].rpartition(".")[2] for app in apps] == ["iosVppApp", "mobileApp", "mobileApp"]
    assert "isAssigned" not in apps[0]
    assert "vppTokenId" not in apps[0]
    assert "packageIdentifier" not in apps[2]
    intune.options(v1_beta_apps="hidden")
    assert _names(intune, version="v1.0") == ["Book Creator"]
    assert intune.call("GET", intune.app("Scratch"), version="v1.0").status_code == 404


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("isof('microsoft.graph.iosVppApp')", ["Book Creator"]),
        ("isof('microsoft.graph.iosVppApp') or isof('microsoft.graph.winGetApp')", ["Book Creator", "Scratch"]),
        ("isAssigned eq true", ["Book Creator"]),
        ("(microsoft.graph.managedApp/appAvailability) eq null", ["Book Creator", "Keynote", "Scratch"]),
        ("displayName eq 'Scratch'", ["Scratch"]),
        ("startswith(displayName,'key') or contains(displayName,'ratch')", ["Keynote", "Scratch"]),
        ("microsoft.graph.winGetApp/packageIdentifier eq '9PFGJ25JL6X3'", ["Scratch"]),
        ("not (isAssigned eq true) and displayName ne 'Scratch'", ["Keynote"]),
    ],
)
def test_filters(intune: Intune, text: str, names: list[str]) -> None:
    assert _names(intune, filter=text) == names


def test_cast_in_the_path(intune: Intune) -> None:
    assert _names(intune, f"{APPS}/graph.macOsVppApp") == ["Keynote"]
    assert _names(intune, f"{APPS}/microsoft.graph.iosVppApp", version="v1.0") == ["Book Creator"]


def test_a_filter_that_cannot_be_read(intune: Intune) -> None:
    assert refusal(intune.call("GET", APPS, filter="displayName is 'x'")) == "Invalid filter clause: displayName is 'x'"


def test_select_knows_the_base_type_only(intune: Intune) -> None:
    assert refusal(intune.call("GET", APPS, select="id,bundleId")).endswith(
        "Could not find a property named 'bundleId' on type 'microsoft.graph.mobileApp'."
    )
    assert intune.get(f"{APPS}/graph.iosVppApp", select="bundleId")["value"][0].keys() == {
        "@odata.type", "id", "bundleId",
    }  # fmt: skip
    intune.options(unknown_select="ignore")
    assert intune.get(APPS, select="displayName,bundleId")["value"][0]["bundleId"] == "com.redjumper.bookcreator"


def test_expanded_assignments_name_the_app(intune: Intune) -> None:
    app = intune.get(APPS, expand="assignments", top="1")["value"][0]
    assert f"mobileApps('{app['id']}')" in app["assignments@odata.context"]
    assert [row["intent"] for row in app["assignments"]] == ["required", "available"]
    narrow = intune.get(APPS, expand="assignments", select="displayName", top="1")["value"][0]
    assert narrow.keys() == {"@odata.type", "id", "displayName", "assignments", "assignments@odata.context"}


def test_creating(intune: Intune) -> None:
    made = intune.call("POST", APPS, WINGET)
    assert made.status_code == 201
    assert made.json()["@odata.type"] == "#microsoft.graph.winGetApp"
    assert made.json()["publishingState"] == "published"
    clip = intune.call("POST", APPS, CLIP, version="v1.0").json()
    assert (clip["appUrl"], clip["useManagedBrowser"], clip["notes"]) == ("https://lexin.se", False, None)
    assert _names(intune)[-2:] == ["Minecraft Education", "Lexin"]


@pytest.mark.parametrize("name", ["iosVppApp", "macOsVppApp", "androidManagedStoreApp", "win32LobApp"])
def test_that_what_a_sync_makes_cannot_be_posted(intune: Intune, name: str) -> None:
    answer = intune.call("POST", APPS, {"@odata.type": TYPE + name, "displayName": "x"})
    assert answer.json()["error"]["code"] == "BadRequest"
    assert '"_version": 3' in answer.json()["error"]["message"]
    assert refusal(answer) == "POST is not supported for this app type."


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"packageIdentifier": None}, "The property packageIdentifier of winGetApp is required and can't be empty."),
        ({"installExperience": {}}, "The property installExperience of winGetApp is required and can't be empty."),
        ({"bundleId": "x"}, "The property 'bundleId' does not exist on type 'microsoft.graph.winGetApp'."),
        ({"installExperience": {"runAsAccount": "pupil"}}, "Cannot convert the literal 'pupil'"),
        ({"isFeatured": "yes"}, "Cannot convert the literal 'yes'"),
        ({"assignments": []}, "Deep insert is not supported"),
        ({"@odata.type": None}, "Cannot create an abstract class."),
        ({"@odata.type": "#microsoft.graph.group"}, "Could not resolve type 'microsoft.graph.group'"),
    ],
)
def test_refused_creations(intune: Intune, change: dict[str, object], told: str) -> None:
    assert refusal(intune.call("POST", APPS, WINGET | change)).startswith(told)
    assert len(_names(intune)) == 3


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {"@odata.type": "officeSuiteApp", "displayName": "M365"},
            "The property productIds of officeSuiteApp is required",
        ),
        (
            {"@odata.type": "officeSuiteApp", "displayName": "M365", "productIds": ["word"]},
            "Cannot convert the literal",
        ),
        ({"@odata.type": "macOSWebClip", "displayName": "Lexin"}, "The property appUrl of macOSWebClip is required"),
    ],
)
def test_more_refused_creations(intune: Intune, body: dict[str, object], told: str) -> None:
    assert refusal(intune.call("POST", APPS, body)).startswith(told)


def test_microsoft_365(intune: Intune) -> None:
    body = {"@odata.type": TYPE + "officeSuiteApp", "displayName": "Microsoft 365", "productIds": ["o365ProPlusRetail"]}
    made = intune.call("POST", APPS, body | {"excludedApps": {"teams": True}, "updateChannel": "current"}).json()
    assert (made["productIds"], made["excludedApps"]) == (["o365ProPlusRetail"], {"teams": True})
    assert (made["localesToInstall"], made["autoAcceptEula"]) == ([], False)


def test_that_v1_cannot_create_a_type_of_beta(intune: Intune) -> None:
    assert refusal(intune.call("POST", APPS, WINGET, version="v1.0")).startswith("Could not resolve type")


def test_patching_needs_the_type_and_keeps_the_rest(intune: Intune) -> None:
    path = intune.app("Scratch")
    before = intune.get(path)
    intune.clock.advance(60)
    typed = {"@odata.type": TYPE + "winGetApp"}
    assert "'@odata.type' of a mobileApp is required" in refusal(intune.call("PATCH", path, {"notes": "x"}))
    assert intune.call("PATCH", path, typed | {"notes": "ett märke"}).json()["notes"] == "ett märke"
    after = intune.get(path)
    assert after["displayName"] == "Scratch"
    assert after["lastModifiedDateTime"] > before["lastModifiedDateTime"]
    intune.options(patch_status=204)
    answer = intune.call("PATCH", path, typed | {"displayName": "Scratch 3"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert intune.get(path)["displayName"] == "Scratch 3"


def test_what_cannot_be_changed_later(intune: Intune) -> None:
    web = {"@odata.type": TYPE + "webApp", "displayName": "Lexin", "appUrl": "https://lexin.se"}
    path = f"{APPS}/{intune.call('POST', APPS, web).json()['id']}"
    assert refusal(intune.call("PATCH", path, web | {"appUrl": "https://lexin2.se"})) == (
        "The property appUrl of webApp can't be changed."
    )
    clip = f"{APPS}/{intune.call('POST', APPS, CLIP).json()['id']}"
    assert intune.call("PATCH", clip, CLIP | {"appUrl": "https://lexin2.se"}).json()["appUrl"] == "https://lexin2.se"


def test_deleting(intune: Intune) -> None:
    assert intune.call("DELETE", intune.app("Scratch")).status_code == 204
    assert _names(intune) == ["Book Creator", "Keynote"]
    assert refusal(intune.call("DELETE", intune.app("Keynote"))) == "DELETE is not supported for this app type."


def test_an_app_that_is_not_published_yet(intune: Intune) -> None:
    intune.options(publish_after_seconds=10.0, publish_after_reads=1)
    made = intune.call("POST", APPS, WINGET).json()
    assert made["publishingState"] == "processing"
    path = f"{APPS}/{made['id']}"
    body: dict[str, list[object]] = {"mobileAppAssignments": []}
    assert "is not published" in refusal(intune.call("POST", f"{path}/assign", body))
    intune.clock.advance(11)
    assert intune.get(path)["publishingState"] == "processing"  # the one read
    assert intune.get(path)["publishingState"] == "published"
    assert intune.call("POST", f"{path}/assign", body).status_code == 204
