"""The settings catalogue's instances, as Intune's own exports show them (read 2026-11-21), and back."""

import pytest

from reconciler.adapters.intune.catalog import read_settings, write_settings
from reconciler.model.place import Json

TYPE = "#microsoft.graph.deviceManagementConfiguration"
AIRDROP = "com.apple.applicationaccess_allowairdrop"
EDGE = "device_vendor_msft_policy_config_microsoft_edge~policy~microsoft_edge"
BLOCKLIST = f"{EDGE}_urlblocklist"
SMARTSCREEN = f"{EDGE}~smartscreen_smartscreenenabled"


def choice(definition: str, option: str, *children: Json) -> dict[str, Json]:
    value: Json = {"@odata.type": f"{TYPE}ChoiceSettingValue", "value": option, "children": list(children)}
    return {
        "@odata.type": f"{TYPE}ChoiceSettingInstance",
        "settingDefinitionId": definition,
        "choiceSettingValue": value,
    }


def setting(instance: dict[str, Json]) -> dict[str, Json]:
    return {"@odata.type": f"{TYPE}Setting", "settingInstance": instance}


def test_apples_keys_stand_in_a_group_that_bears_the_payloads_name_twice() -> None:
    group: dict[str, Json] = {
        "@odata.type": f"{TYPE}GroupSettingCollectionInstance",
        "settingDefinitionId": "com.apple.applicationaccess_com.apple.applicationaccess",
        "groupSettingCollectionValue": [{"children": [choice(AIRDROP, f"{AIRDROP}_false")]}],
    }

    assert write_settings({AIRDROP: False}) == [setting(group)]


def test_windows_own_stand_alone() -> None:
    assert write_settings({SMARTSCREEN: f"{SMARTSCREEN}_1"}) == [setting(choice(SMARTSCREEN, f"{SMARTSCREEN}_1"))]


def test_the_value_of_a_template_is_a_child_of_the_option_that_switches_it_on() -> None:
    addresses: dict[str, Json] = {
        "@odata.type": f"{TYPE}SimpleSettingCollectionInstance",
        "settingDefinitionId": f"{BLOCKLIST}_urlblocklistdesc",
        "simpleSettingCollectionValue": [{"@odata.type": f"{TYPE}StringSettingValue", "value": "example.se"}],
    }

    assert write_settings({f"{BLOCKLIST}_urlblocklistdesc": ["example.se"], BLOCKLIST: f"{BLOCKLIST}_1"}) == [
        setting(choice(BLOCKLIST, f"{BLOCKLIST}_1", addresses))
    ]


def test_a_child_of_a_child_stands_in_it() -> None:
    fields: dict[str, Json] = {"a_b": "a_b_1", "a_b_c": "a_b_c_1", "a_b_c_d": 7, "a_bc": "x"}
    written = write_settings(fields)

    assert len(written) == 2
    assert read_settings(written) == fields  # type: ignore[arg-type]  # JSON's lists hold anything; these hold objects


@pytest.mark.parametrize(
    "fields",
    [
        {AIRDROP: True, "com.apple.applicationaccess_allowcamera": False, "com.apple.loginwindow_showfullname": True},
        {
            SMARTSCREEN: f"{SMARTSCREEN}_0",
            BLOCKLIST: f"{BLOCKLIST}_1",
            f"{BLOCKLIST}_urlblocklistdesc": ["a.se", "b.se"],
        },
        {"some_number": 4, "some_text": "x", "some_list": []},
    ],
)
def test_what_is_written_is_read_the_same(fields: dict[str, Json]) -> None:
    assert read_settings(write_settings(fields)) == fields  # type: ignore[arg-type]  # as above
