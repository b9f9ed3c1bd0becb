"""Cases for rules: small documents, and the verdicts that they should come to. Inert data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reconciler.model.finding import Finding
from reconciler.model.place import Json, Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDevice:
    """A device as a management system might tell of it, in the group (`school/group`) that it belongs to."""

    group: str
    active: bool = True
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCase:
    """`documents`: what the case begins with, by kind (organisation, schools, apps, baselines, exceptions), merged already.

    `expect`: subject -> outcome, or `not-asked`. A subject that isn't named is met, or not asked. `says` stands in the
    message of each breach. `as_of` is None where the case names a day that the calendar doesn't have.
    """

    rule: str
    name: str
    as_of: date | None
    documents: Mapping[str, Json]
    devices: tuple[CaseDevice, ...] = ()
    expect: Mapping[str, str]
    says: str = ""
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What differed in a case; nothing where it came out as expected."""

    case: PolicyCase
    differences: tuple[Finding, ...] = ()
