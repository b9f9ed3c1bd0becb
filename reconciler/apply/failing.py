"""Why a call did not do what it was asked: the whole of it, or each of its parts for its own reason. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from reconciler.model.change import Change
from reconciler.model.resource import Key

UNKNOWN: Final = "HTTP-OUTCOME-UNKNOWN"
"""The code of a failure that leaves open whether the write took effect (reconciler.http.OutcomeUnknown)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a call did not do what it was asked, as a message's code with its values."""

    code: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What went wrong with a call: `by_key` for the parts that failed of one that succeeded in part, else the `whole`."""

    whole: Failure | None = None
    by_key: Mapping[Key, Failure] = field(default_factory=dict)

    def of(self, key: Key) -> Failure | None:
        return self.by_key.get(key, self.whole)

    def leaves_open(self, key: Key) -> bool:
        """Whether a change may have taken effect, so that it is worth while to look again."""
        failure = self.of(key)
        return failure is None or failure.code == UNKNOWN


class Undone(NamedTuple):
    """A change of which something is not as planned: what is `left` of it, and why if anybody said."""

    left: Change
    failure: Failure | None


def failure_of(error: Exception) -> Failure:
    """A vendor's failure as a message. What says no code is a bug of ours, and is raised again."""
    code, values = getattr(error, "code", None), getattr(error, "values", None)
    if isinstance(code, str) and callable(values):
        return Failure(code=code, values=values())
    if isinstance(error, LookupError) and not isinstance(error, KeyError | IndexError):
        return Failure(code="APPLY-REFERENCE-GONE", values={"reference": str(error)})
    raise error
