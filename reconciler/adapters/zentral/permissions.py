"""Which of Zentral's rights a call needs, by Django's names of them. Pure.

`DefaultDjangoModelPermissions` asks for `view`, `add`, `change` or `delete` of the model by the verb (zentral/utils/drf.py);
setting tags asks for four at once, whatever is set (`UpdateMachineTags`, inventory/api_views.py, 2026-08-22).
"""

from collections.abc import Mapping

from reconciler.adapters.zentral import api
from reconciler.credentials.purpose import Purpose

MODELS: Mapping[str, str] = {
    api.TAGS_PATH: "inventory.{}_tag",
    api.TAXONOMIES: "inventory.{}_taxonomy",
    api.DEVICES: "mdm.{}_enrolleddevice",
    api.BLUEPRINTS: "mdm.{}_blueprint",
    api.ARTIFACTS: "mdm.{}_artifact",
    api.PROFILES: "mdm.{}_profile",
    api.STORE_APPS: "mdm.{}_storeapp",
    api.ASSETS: "mdm.{}_locationasset",
    api.LOCATIONS: "mdm.{}_location",
    api.LINKS: "mdm.{}_blueprintartifact",
}
"""The model behind each list."""

TAGGING = ("inventory.add_tag", "inventory.add_taxonomy", "inventory.add_machinetag", "inventory.delete_machinetag")

WRITTEN: Mapping[str, tuple[str, ...]] = {
    api.TAXONOMIES: ("add",),
    api.TAGS_PATH: ("add", "change", "delete"),
    api.ARTIFACTS: ("add", "change", "delete"),
    api.PROFILES: ("add",),
    api.STORE_APPS: ("add",),
    api.LINKS: ("add", "change", "delete"),
}
"""What an apply does to each. Taxonomies stay, versions go with their artifact."""

_VERBS = {"GET": "view", "HEAD": "view", "POST": "add", "PUT": "change", "DELETE": "delete"}


def needed_permissions(method: str, path: str) -> tuple[str, ...]:
    """All that a call needs; `path` is a request's template. Empty for what has no rule here."""
    if path == api.TAGGING:
        return TAGGING
    model = MODELS.get(path.removesuffix("{id}/"))
    return (model.format(_VERBS[method]),) if model and method in _VERBS else ()


def listed_permissions(purpose: Purpose) -> tuple[str, ...]:
    """What the service account for this purpose is given."""
    reads = [model.format("view") for model in MODELS.values()]
    if purpose is Purpose.PLAN:
        return tuple(reads)
    writes = [MODELS[path].format(verb) for path, verbs in WRITTEN.items() for verb in verbs]
    return tuple(dict.fromkeys((*reads, *writes, *TAGGING)))
