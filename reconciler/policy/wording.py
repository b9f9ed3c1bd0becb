"""What a breached rule says: its message with the subject's values in place of the braces."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from reconciler.model.policy import Guardrail

PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


_NAMES: Final = {
    "chromeos": "Chromebook",
    "ipados": "iPad",
    "macos": "Mac",
    "windows": "Windows",
    "android": "Android",
    "google": "Google",
    "microsoft": "Microsoft",
    "skolfederation": "Skolfederation",
}
"""What people call them, in both languages."""

_NAMED: Final = frozenset(
    {
        "app.assessed_platforms",
        "app.platforms",
        "app.sign_in",
        "app.used_on",
        "device.platform",
        "group.environment",
        "group.platform",
        "school.platforms",
    }
)
"""Variables that hold such names."""


def message_values(rule: Guardrail, values: Mapping[str, Any]) -> Mapping[str, str]:
    """The variables that the rule's message names, as text: small enough to be kept with a verdict."""
    named = _named(tuple(rule.message.values()))
    return {name: _shown(values[name], called=name in _NAMED) for name in named if name in values}


@lru_cache(maxsize=1024)
def _named(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match[1] for text in texts for match in PLACEHOLDER.finditer(text)))


def fill(message: str, values: Mapping[str, str]) -> str:
    """The message as people read it. A name that has no value stays as it was written."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), message)


def _shown(value: Any, *, called: bool = False) -> str:
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_shown(one, called=called) for one in value)
    return _NAMES.get(value, str(value)) if called else str(value)
