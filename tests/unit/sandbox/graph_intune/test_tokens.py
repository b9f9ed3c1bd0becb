"""VPP tokens: syncs that take a while, expiry, and licence counts that wait (reference 8.5)."""

from __future__ import annotations

from tests.unit.sandbox.graph_intune.conftest import TYPE, Intune, refusal

TOKENS = "deviceAppManagement/vppTokens"


def _token(intune: Intune, version: str = "v1.0") -> dict[str, object]:
    found: dict[str, object] = intune.get(TOKENS, version=version)["value"][0]
    return found


def _counts(intune: Intune, app: str = "Book Creator") -> tuple[int, int]:
    found = intune.get(intune.app(app))
    return found["totalLicenseCount"], found["usedLicenseCount"]


def _require(intune: Intune, *groups: str) -> None:
    settings = {"@odata.type": TYPE + "iosVppAppAssignmentSettings", "useDeviceLicensing": True}
    rows = [{"intent": "required", "target": intune.target(group), "settings": settings} for group in groups]
    path = f"{intune.app('Book Creator')}/assign"
    assert intune.call("POST", path, {"mobileAppAssignments": rows}).status_code == 204


def test_what_a_token_says(intune: Intune) -> None:
    token = _token(intune)
    assert (token["organizationName"], token["expirationDateTime"]) == ("Exempelkommun", "2027-05-01T00:00:00Z")
    assert (token["state"], token["lastSyncStatus"], token["token"]) == ("valid", "completed", None)
    assert "displayName" not in token
    assert _token(intune, "beta")["displayName"] == "Skolan"


def test_that_a_sync_takes_a_while_and_brings_the_counts(intune: Intune) -> None:
    _require(intune, "iPads", "Lånade")
    intune.edit("graph_set_licenses", app="Book Creator", licenses=120)
    assert _counts(intune) == (100, 0)
    answer = intune.call("POST", f"{TOKENS}/{_token(intune)['id']}/syncLicenses", version="v1.0")
    assert (answer.status_code, answer.json()["value"]["lastSyncStatus"]) == (200, "inProgress")
    assert _counts(intune) == (100, 0)
    intune.clock.advance(5)
    assert _token(intune)["lastSyncStatus"] == "completed"
    assert _counts(intune) == (120, 2)  # DMP0002 is in both groups and takes one


def test_a_sync_that_goes_by_reads(intune: Intune) -> None:
    intune.options(token_sync_seconds=0.0, token_sync_reads=2)
    intune.call("POST", f"{TOKENS}/{_token(intune)['id']}/syncLicenses", version="v1.0")
    assert [_token(intune)["lastSyncStatus"] for _ in range(3)] == ["inProgress", "inProgress", "completed"]


def test_counting_in_beta_only(intune: Intune) -> None:
    _require(intune, "iPads")
    assert refusal(intune.call("POST", f"{TOKENS}/syncLicenseCounts", version="v1.0")).startswith("Resource not found")
    assert intune.call("POST", f"{TOKENS}/syncLicenseCounts").status_code == 204
    assert _counts(intune) == (100, 2)
    found = intune.get(f"{TOKENS}/getLicensesForApp(bundleId='com.redjumper.bookcreator')")["value"]
    assert (found[0]["usedLicenseCount"], found[0]["availableLicenseCount"]) == (2, 98)
    assert intune.call("GET", f"{TOKENS}/getLicensesForApp(bundleId='com.x')").status_code == 404


def test_that_counts_can_be_live(intune: Intune) -> None:
    _require(intune, "iPads")
    assert _counts(intune) == (100, 0)
    intune.options(license_counts="live")
    assert _counts(intune) == (100, 2)


def test_an_expired_token(intune: Intune) -> None:
    intune.edit("graph_expire_token", token="Skolan")
    assert _token(intune)["state"] == "expired"
    answer = intune.call("POST", f"{TOKENS}/{_token(intune)['id']}/syncLicenses", version="v1.0")
    assert answer.json()["value"]["lastSyncStatus"] == "failed"
    intune.clock.advance(60)
    assert _token(intune)["lastSyncStatus"] == "failed"
    assert intune.call("GET", f"{TOKENS}/unknown").status_code == 404
