"""What a breached rule says: its message with the subject's values in place of the braces."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from reconciler.model.policy import Guardrail

PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


def message_values(rule: Guardrail, values: Mapping[str, Any]) -> Mapping[str, str]:
    """The variables that the rule's message names, as text: small enough to be kept with a verdict."""
    return {name: _shown(values[name]) for name in _named(tuple(rule.message.values())) if name in values}


@lru_cache(maxsize=1024)
def _named(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match[1] for text in texts for match in PLACEHOLDER.finditer(text)))


def fill(message: str, values: Mapping[str, str]) -> str:
    """The message as people read it. A name that has no value stays as it was written."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), message)


def _shown(value: Any) -> str:
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(_shown, value)) if isinstance(value, list) else str(value)
