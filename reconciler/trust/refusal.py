"""Why something isn't covered, isn't believed or isn't done: a code of a text and its values, never a login or a device."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    code: str
    values: Mapping[str, str] = field(default_factory=dict)
