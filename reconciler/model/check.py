"""What `doctor` looked at, and how it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class CheckOutcome(StrEnum):
    """How a check of a connection ended. Not evaluated is not well."""

    WELL = "well"
    WARNING = "warning"
    FAILED = "failed"
    NOT_EVALUATED = "not-evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that `doctor` looked at on one backend. `code` is the key of the text, also when all is well."""

    code: str
    outcome: CheckOutcome
    backend: str
    values: Mapping[str, str] = field(default_factory=dict)
