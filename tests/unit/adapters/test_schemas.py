"""What a tenant's policy schemas know, and how it spells enum values."""

import pytest

from reconciler.adapters.google.schemas import LiveSchema, read_schemas, spell
from reconciler.model.place import Json

# As policySchemas.list answers (discovery document chromepolicy v1, revision 20260726), cut to what matters here.
INCOGNITO = {
    "schemaName": "chrome.users.IncognitoMode",
    "definition": {
        "messageType": [
            {
                "name": "IncognitoMode",
                "field": [
                    {"name": "incognitoModeAvailability", "type": "TYPE_ENUM", "typeName": "IncognitoAvailabilityEnum"},
                    {"name": "note", "type": "TYPE_STRING"},
                ],
            }
        ],
        "enumType": [
            {
                "name": "IncognitoAvailabilityEnum",
                "value": [{"name": "X_ENUM_AVAILABLE"}, {"name": "X_ENUM_UNAVAILABLE"}],
            }
        ],
    },
    "validTargetResources": ["ORG_UNIT", "GROUP"],
}
NESTED = {
    "schemaName": "chrome.devices.AutoUpdate",
    "definition": {
        "messageType": [
            {"name": "Window", "field": [{"name": "start"}]},
            {
                "name": "AutoUpdate",
                "enumType": [{"name": "Plan", "value": [{"name": "NOW"}, {"name": "LATER"}]}],
                "field": [
                    {"name": "plan", "typeName": ".chrome.AutoUpdate.Plan"},
                    {"name": "window", "typeName": "Window"},
                ],
            },
        ]
    },
    "additionalTargetKeyNames": [{"key": "app_id", "keyDescription": "…"}],
}


def test_fields_enums_targets_and_keys() -> None:
    found = read_schemas([INCOGNITO, NESTED])
    assert found["chrome.users.IncognitoMode"] == LiveSchema(
        fields={"incognitoModeAvailability": ("X_ENUM_AVAILABLE", "X_ENUM_UNAVAILABLE"), "note": ()},
        targets=("ORG_UNIT", "GROUP"),
    )
    assert found["chrome.devices.AutoUpdate"] == LiveSchema(
        fields={"plan": ("NOW", "LATER"), "window": ()}, targets=(), keys=("app_id",)
    )


@pytest.mark.parametrize(
    ("values", "written", "spelled"),
    [
        (("X_ENUM_AVAILABLE", "X_ENUM_UNAVAILABLE"), "UNAVAILABLE", "X_ENUM_UNAVAILABLE"),
        (("X_ENUM_AVAILABLE", "X_ENUM_UNAVAILABLE"), "AVAILABLE", "X_ENUM_AVAILABLE"),
        (("AVAILABLE", "UNAVAILABLE"), "X_ENUM_UNAVAILABLE", "UNAVAILABLE"),
        (("A_ENUM_ON", "B_ENUM_ON"), "ON", None),
        (("A_ENUM_ON",), "OFF", None),
        (("X_ENUM_NOT_ALLOWED",), "ALLOWED", None),
        ((), "anything", "anything"),
        (("ON",), True, True),
    ],
)
def test_an_enum_is_spelled_as_the_tenant_does(values: tuple[str, ...], written: Json, spelled: Json) -> None:
    assert spell(LiveSchema(fields={"f": values}, targets=()), "f", written) == spelled


def test_a_schema_without_a_definition_knows_nothing() -> None:
    assert read_schemas([{"schemaName": "chrome.users.X"}]) == {"chrome.users.X": LiveSchema(fields={}, targets=())}
