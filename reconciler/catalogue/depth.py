"""How much a record must hold: little for a wish, more for an approval, everything where pupils' data are at stake. Pure.

The same is said by the schema's `if`/`then` (marked `x-depth`), for editors; a test holds the two equal. The loader leaves
those parts out: a record that lacks something is wrong by itself, and no reason to leave out the topic's other apps.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.slotted import dataclass
from reconciler.model.vetting import APPROVED, PROPOSED, QUEUED, Vetting


class Depth(IntEnum):
    """Each asks for what the ones below it ask for, and more."""

    PROPOSAL = 1
    SIMPLE = 2
    FULL = 3


PAID: Final = frozenset({"licence", "subscription", "one-off"})
"""Cost models that have a price."""

PERSONAL: Final = frozenset({"pseudonym", "ordinary", "private", "sensitive"})
"""Answers to `personal_data` that mean that there are some."""


def depth_of(vetting: Vetting) -> Depth:
    """By status and risk. An approval that doesn't say how one signs in, or which data there are, is taken for a risk."""
    if vetting.status not in APPROVED:
        return Depth.PROPOSAL
    return Depth.SIMPLE if is_harmless(vetting) else Depth.FULL


def is_harmless(vetting: Vetting) -> bool:
    """No account and no personal data, and it says so."""
    return vetting.sign_in == ("none",) and vetting.personal_data == "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """`key` with dots, as in the file; asked of approvals from `depth` on (of wishes for PROPOSAL), where `when` holds."""

    key: str
    depth: Depth
    when: Callable[[Vetting], bool] = lambda _: True
    also: bool = False
    """Whether a requirement of wishes is one of full records too."""

    @property
    def code(self) -> str:
        """Of the finding that it is missing."""
        return f"RECORD-WITHOUT-{self.key.replace('.', '-').replace('_', '-').upper()}"


def _is_queued(vetting: Vetting) -> bool:
    return vetting.status == QUEUED


def _has_subjects(vetting: Vetting) -> bool:
    """An app for staff alone needs no subject."""
    return vetting.audiences != ("staff",)


def _is_paid(vetting: Vetting) -> bool:
    return vetting.cost is not None and vetting.cost.model in PAID


def _has_data(vetting: Vetting) -> bool:
    return vetting.personal_data in PERSONAL


REQUIREMENTS: Final = (
    Requirement(key="request.need", depth=Depth.PROPOSAL, also=True),
    Requirement(key="request.by", depth=Depth.PROPOSAL, also=True),
    Requirement(key="queued", depth=Depth.PROPOSAL, when=_is_queued),
    Requirement(key="subjects", depth=Depth.SIMPLE, when=_has_subjects),
    Requirement(key="cost", depth=Depth.SIMPLE),
    Requirement(key="cost.price", depth=Depth.SIMPLE, when=_is_paid),
    Requirement(key="interface", depth=Depth.SIMPLE),
    Requirement(key="assessment", depth=Depth.SIMPLE),
    Requirement(key="sign_in", depth=Depth.SIMPLE),
    Requirement(key="personal_data", depth=Depth.SIMPLE),
    Requirement(key="supplier", depth=Depth.FULL),
    Requirement(key="supplier_country", depth=Depth.FULL),
    Requirement(key="cost.bearer", depth=Depth.FULL),
    Requirement(key="it_review", depth=Depth.FULL),
    Requirement(key="review_by", depth=Depth.FULL),
    Requirement(key="data_protection.impact_assessment", depth=Depth.FULL, when=_has_data),
    Requirement(key="data_protection.third_country", depth=Depth.FULL, when=_has_data),
    Requirement(key="data_protection.checked", depth=Depth.FULL, when=_has_data),
    Requirement(key="data_protection.storage", depth=Depth.FULL, when=_has_data),
    Requirement(key="data_protection.deletion", depth=Depth.FULL, when=_has_data),
    Requirement(key="data_protection.export", depth=Depth.FULL, when=_has_data),
    Requirement(key="data_protection.legal_basis", depth=Depth.FULL, when=_has_data),
    Requirement(key="data_protection.register", depth=Depth.FULL, when=_has_data),
)
"""Identity and status are the schema's; a decision is asked for by `checks`, as is the data processing agreement."""


def missing(vetting: Vetting, depth: Depth | None = None) -> tuple[Requirement, ...]:
    """What the record must still say: by its own status, or to be approved at `depth` (FULL or SIMPLE), whatever its status."""
    return tuple(one for one in REQUIREMENTS if _asked(one, vetting, depth) and not _is_there(vetting, one.key))


def missing_for_approval(vetting: Vetting) -> tuple[Requirement, ...]:
    """What the record must still say before the council can approve the app."""
    return missing(vetting, Depth.SIMPLE if is_harmless(vetting) else Depth.FULL)


def _asked(one: Requirement, vetting: Vetting, depth: Depth | None) -> bool:
    if depth is None and vetting.status in (PROPOSED, QUEUED):
        return one.depth is Depth.PROPOSAL and one.when(vetting)
    level = depth or (depth_of(vetting) if vetting.status in APPROVED else None)
    if level is None or not one.when(vetting):
        return False
    return one.also and level is Depth.FULL if one.depth is Depth.PROPOSAL else one.depth <= level


def _is_there(vetting: Vetting, key: str) -> bool:
    value: object = vetting
    for step in key.split("."):
        value = getattr(value, step, None)
    return value not in (None, "", ())


def check_depth(vetting: Vetting, severity: Severity = Severity.ERROR) -> Iterator[Finding]:
    """One for each part that the record must have and doesn't, at what lacks it: the part it belongs in, or the status."""
    for one in missing(vetting):
        part, _, key = one.key.rpartition(".")
        inside = bool(part) and getattr(vetting, part) is not None
        yield Finding(
            code=one.code,
            severity=severity,
            place=vetting.at.child(part)
            if inside
            else Pointer(file=vetting.at.file, path=(*vetting.at.path, "status")),
            subject=f"app:{vetting.id}",
            values={"app": vetting.name, "key": key},
        )
