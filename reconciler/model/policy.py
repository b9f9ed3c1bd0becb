"""Rules that were agreed on, and what they came to: guardrails, subjects, verdicts. Inert data.

A *guardrail* asks something of every *subject* of its kind; the answer for one subject is a *verdict*. The words of
expressions are declared in `policy.facts`; how they are read, in `policy.expressions`.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from reconciler.model.documents import Span
from reconciler.model.place import Pointer
from reconciler.model.slotted import dataclass


class RuleEffect(StrEnum):
    """What a breach does: holds the changes that make or worsen it, warns, or only tells."""

    BLOCK = "block"
    WARN = "warn"
    INFORM = "inform"


class SubjectKind(StrEnum):
    """What a rule is about; `on` of a guardrail. Devices are known from a snapshot only, changes and plans from a made plan."""

    SCHOOL = "school"
    UNIT = "unit"
    GROUP = "group"
    APP = "app"
    ASSIGNMENT = "assignment"
    SETTING = "setting"
    DEVICE = "device"
    CHANGE = "change"
    PLAN = "plan"


class Outcome(StrEnum):
    """An evaluation that failed is `not-evaluated`: never met, never a breach. `waived` is a breach with an exception."""

    MET = "met"
    NOT_MET = "not-met"
    NOT_EVALUATED = "not-evaluated"
    WAIVED = "waived"


ALWAYS: Final = Span()

_NO_VALUES: Final[Mapping[str, str]] = MappingProxyType({})
"""One for all of the verdicts that have none: there are hundreds of thousands."""

BREACH: Final = "RULE-NOT-MET"
"""Code of the finding of a breach that holds changes, where its rule blocks; one that stood before, or that a date
brought about, has another."""

OWNERS: Final = ("it", "education", "joint", "data-protection")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSource:
    """Why there is such a rule. `kind`: law, decision or need; `text` says where to read it, `url` if it is published."""

    kind: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """CEL as it was written, and the scalar that it stands in."""

    text: str
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """One rule. `message` by language (sv, en) may hold `{placeholders}` of its subject's variables.

    Without `when` it is asked of every subject of its kind. `measure` says how large a breach is, so that a change that
    makes it worse can be told from one that leaves it. One that is not `active` is read and checked, and asked of
    nobody. `pack` is the id of the file it came in, where that holds several; `above` names those of `active`, `from` and
    `until` that the file says for all of its rules and this one does not say itself.
    """

    id: str
    effect: RuleEffect
    owner: str
    on: SubjectKind
    when: Expression | None = None
    require: Expression
    message: Mapping[str, str]
    measure: Expression | None = None
    rationale: str = ""
    source: RuleSource
    span: Span = ALWAYS
    active: bool = True
    pack: str = ""
    above: frozenset[str] = frozenset()
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a verdict is about. `id` is unique within the kind; `blocks` is what a finding about it names.

    school: `norrskolan`; unit: its code, or `school/number` counted from 1 where it has none; group: `norrskolan/elever-4-6`;
    app: `scratch`; assignment: `norrskolan/elever-4-6:scratch` (a session other than the user's is added: `…:scratch:kiosk`);
    setting: `norrskolan/elever-4-6:incognito`. `blocks`: the school, the group, `app:scratch`; for an
    assignment or setting its own `school/group:app:…` or `school/group:setting:…`. `at` is the line that made it so.
    """

    kind: SubjectKind
    id: str
    blocks: str
    school: str = ""
    group: str = ""
    school_forms: tuple[str, ...] = ()
    at: Pointer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One rule asked of one subject. `values` fill the rule's message: the variables that the message names, as text.

    `reason` is a finding's code where it was not evaluated (`RULE-FAILED`), `detail` the engine's words for it; `size` is
    how large a breach is, where the rule measures it; `waived_by` the id of the exception.
    """

    rule: str
    subject: Subject
    outcome: Outcome
    effect: RuleEffect
    owner: str
    values: Mapping[str, str] = field(default_factory=lambda: _NO_VALUES)
    reason: str = ""
    detail: str = ""
    size: int | None = None
    waived_by: str = ""
