"""The schema sources by name, and a registry that resolves their references without a network."""

import json
from functools import cache
from importlib import resources
from typing import Any, Final

from referencing import Registry, Resource

KINDS: Final = ("organisation", "school", "app-catalog", "baseline", "exception", "allowance")
"""The kinds of file; each has a schema of its own."""

SHARED: Final = ("layer", "settings")
"""Parts that the kinds refer to; `settings` is made from the settings table."""

URN: Final = "urn:reconciler:schema:"


@cache
def read_schema(name: str) -> dict[str, Any]:
    """The source of one kind or shared part. Raises `FileNotFoundError` for any other name. Not to be changed by callers."""
    text = (resources.files(__package__) / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def registry() -> Registry[Any]:
    """Every source under its `$id`, for `jsonschema` validators."""
    sources = [read_schema(name) for name in (*KINDS, *SHARED)]
    return Registry[Any]().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in sources)
