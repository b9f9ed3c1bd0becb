"""A problem as a value: what, how bad, where, about whom. Its text is made where it is shown, in the reader's language."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from reconciler.model.place import Place
from reconciler.model.slotted import dataclass


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`code` never changes once released and is the key of the text; `values` fill the text's placeholders.

    `subject` is the fully qualified identifier of what the finding blocks (`norrskolan/elever-4-6`, `app:scratch`,
    a backend's id, or empty for the whole run). Values are untrusted text: they are escaped where they leave.
    `places` are other lines it is about, by placeholder; `values` has the same names with a text that needs no look-up.
    """

    code: str
    severity: Severity
    place: Place | None
    subject: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)


def is_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR
