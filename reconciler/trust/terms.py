"""What a decision is made by: whose run it is, how long approvals hold, and how much may be done in a window of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from reconciler.model.approvals import APPROVALS_LAST
from reconciler.model.documents import Allowance, Limits
from reconciler.planning.limits import Stock
from reconciler.trust.refusal import Refusal

FILES: Final = "policies/approvals"
"""Where approvals files are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`branch` and `commit` are what this run planned; `organisation` is the uid; `repository` the forge's lasting id.

    `today` is the day in Sweden. `stock` is what limits are shares of. `placements`: how many devices from outside may be
    put into the group that their pattern says within the window without an approval of their own; None: none at all.
    """

    branch: str
    commit: str
    organisation: str
    repository: str
    today: date
    limits: Limits
    stock: Stock
    allowances: tuple[Allowance, ...] = ()
    window: timedelta = timedelta(days=7)
    approvals_last: timedelta = APPROVALS_LAST
    placements: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """`by`: the pull requests (`#12`) and approvals files (their paths) that cover it, or `placement`."""

    fingerprint: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    fingerprint: str
    code: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """About one backend of a plan. `covered` in the plan's order; `held` with what takes away or destroys first.

    `refused`: nothing may be done at all, and nothing is listed. `superseded`: so too, but only because a newer run has it.
    `unanswered`: what is on the branch without a pull request, a record or an approval, also where it changes nothing today;
    `commits`: the whole hashes of those, for an approvals file.
    `complete`: once this is applied whole, what is on the branch now needn't be looked at again.
    """

    backend: str
    covered: tuple[Covered, ...] = ()
    held: tuple[Held, ...] = ()
    refused: Refusal | None = None
    superseded: bool = False
    unanswered: tuple[Refusal, ...] = ()
    commits: tuple[str, ...] = ()
    complete: bool = False
