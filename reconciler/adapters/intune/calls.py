"""Requests for changes, what follows from their replies, and what is tried again. Each call is one request of a batch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.adapters.intune.gone import without_gone
from reconciler.adapters.intune.refusals import NotSettled, Refusals
from reconciler.adapters.intune.session import Session, is_unsettled
from reconciler.http.failures import Invalid, NotFound, OutcomeUnknown
from reconciler.http.request import Reply, Request
from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Key


@dataclass(slots=True, kw_only=True)
class Call:
    """One request for one or several changes, and what to do with its reply.

    `fresh`: it needs something that this run has only just made, so that "unknown" may mean "not everywhere yet".
    `otherwise`: what to send instead where it is refused as invalid, or None.
    """

    request: Request
    keys: Sequence[Key]
    then: Callable[[Reply], None] = field(default=lambda _: None)
    fresh: bool = False
    otherwise: Callable[[], Request | None] = field(default=lambda: None)


def send_calls(session: Session, calls: Sequence[Call], refusals: Refusals) -> None:
    """All of them; where something is new, what only says that it isn't known everywhere is tried again within bounds."""
    left = list(calls)

    def attempt() -> bool:
        nonlocal left
        again: list[Call] = []
        for call, outcome in zip(left, session.send([call.request for call in left]), strict=True):
            if isinstance(outcome, Reply):
                call.then(outcome)
            elif call.request.method == "DELETE" and isinstance(outcome, NotFound):
                call.then(Reply(status=204, data=None))  # what isn't there any more has nothing left to be deleted
            elif call.fresh and is_unsettled(outcome):
                again.append(call)
            elif isinstance(outcome, Invalid) and (request := call.otherwise()):
                again.append(replace(call, request=request, otherwise=lambda: None))
            else:
                refusals.add(call.keys, outcome)
        left = again
        return not left

    session.settle(attempt)
    for call in left:
        refusals.add(call.keys, NotSettled())


def leaving_out_gone(
    session: Session, rows: Sequence[Mapping[str, Json]], assign: Callable[[Sequence[Mapping[str, Json]]], Request]
) -> Request | None:
    """The same set without the groups that are no more; None where all are there."""
    left = without_gone(session, rows)
    return assign(left) if len(left) < len(rows) else None


def in_doubt(changes: Sequence[Change], refusals: Refusals) -> bool:
    """Whether something may have been made without our learning its id: who asks next has to read the whole list again."""
    made = (refusals.by_key.get(change.key) for change in changes if change.action is Action.CREATE)
    return any(isinstance(failure, OutcomeUnknown) for failure in made)
