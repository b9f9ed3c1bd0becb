"""A policy of the settings catalogue by Microsoft's models, as the portal's exports show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from msgraph_beta.generated.models.device_management_configuration_choice_setting_instance import (
    DeviceManagementConfigurationChoiceSettingInstance as ChoiceInstance,
)
from msgraph_beta.generated.models.device_management_configuration_choice_setting_value import (
    DeviceManagementConfigurationChoiceSettingValue as ChoiceValue,
)
from msgraph_beta.generated.models.device_management_configuration_group_setting_collection_instance import (
    DeviceManagementConfigurationGroupSettingCollectionInstance as GroupInstance,
)
from msgraph_beta.generated.models.device_management_configuration_group_setting_value import (
    DeviceManagementConfigurationGroupSettingValue as GroupValue,
)
from msgraph_beta.generated.models.device_management_configuration_policy import DeviceManagementConfigurationPolicy
from msgraph_beta.generated.models.device_management_configuration_setting import DeviceManagementConfigurationSetting
from msgraph_beta.generated.models.device_management_configuration_simple_setting_collection_instance import (
    DeviceManagementConfigurationSimpleSettingCollectionInstance as ListInstance,
)
from msgraph_beta.generated.models.device_management_configuration_string_setting_value import (
    DeviceManagementConfigurationStringSettingValue as Text,
)

# A flags enum is one string on the wire; the model would write a list.
_FLAGS: Mapping[str, Mapping[str, str]] = {
    "settingsCatalog.iOS": {"platforms": "iOS", "technologies": "mdm,appleRemoteManagement"},
    "settingsCatalog.macOS": {"platforms": "macOS", "technologies": "mdm,appleRemoteManagement"},
    "settingsCatalog.windows10": {"platforms": "windows10", "technologies": "mdm"},
}


def policy(family: str, name: str, description: str, fields: Mapping[str, Any]) -> DeviceManagementConfigurationPolicy:
    """Choices alone with what they switch on inside them, Apple's in a group of their payload: raises LookupError for others."""
    grouped: dict[str, list[Any]] = defaultdict(list)
    alone = []
    for definition, value in fields.items():
        payload = definition.rpartition("_")[0]
        if definition.startswith("com.apple."):
            grouped[f"{payload}_{payload}"].append(_choice(definition, value))
        elif not any(definition.startswith(f"{other}_") for other in fields):
            inside = {name: item for name, item in fields.items() if name.startswith(f"{definition}_")}
            alone.append(_choice(definition, value, [_list(name, item) for name, item in inside.items()]))
    groups = [
        GroupInstance(setting_definition_id=name, group_setting_collection_value=[GroupValue(children=children)])
        for name, children in grouped.items()
    ]
    return DeviceManagementConfigurationPolicy(
        name=name,
        description=description,
        role_scope_tag_ids=["0"],
        settings=[DeviceManagementConfigurationSetting(setting_instance=each) for each in (*alone, *groups)],
        additional_data=dict(_FLAGS[family]),
    )


def _list(definition: str, value: Any) -> ListInstance:
    texts = [Text(value=item) for item in value]
    return ListInstance(setting_definition_id=definition, simple_setting_collection_value=texts)


def _choice(definition: str, value: Any, inside: Sequence[Any] = ()) -> ChoiceInstance:
    if isinstance(value, bool):
        value = f"{definition}_{str(value).lower()}"
    if not isinstance(value, str) or not value.startswith(f"{definition}_"):
        raise LookupError(f"{definition}: {value!r}")
    return ChoiceInstance(
        setting_definition_id=definition, choice_setting_value=ChoiceValue(value=value, children=[*inside])
    )
