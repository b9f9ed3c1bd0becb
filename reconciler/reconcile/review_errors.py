"""Errors that a pull request brings: what `validate --base` would refuse and was not wrong before. Reads nothing."""

from collections.abc import Collection, Iterator

from reconciler.catalogue.checks import check_catalogue
from reconciler.catalogue.transitions import check_steps
from reconciler.compile.transitions import check_transitions
from reconciler.load.repository import Loaded, in_order
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, is_error
from reconciler.policy.decided_changes import check_decided_changes
from reconciler.policy.files import check_policy_files
from reconciler.policy.rule_changes import check_rule_changes
from reconciler.review.wishes import Day


def new_errors(before: Loaded, after: Loaded, today: Day) -> tuple[Finding, ...]:
    """With exact places, in the order of files. Told apart without lines: what only moved is no new error."""
    if before.documents is None or after.documents is None:
        return ()
    known = {_spelled(one) for one in _of(before, before.documents, today.base)}
    found = [one for one in _of(after, after.documents, today.head) if _spelled(one) not in known]
    found += _of_step(before.documents, after.documents, today, before.unread)
    return in_order(list({_spelled(one): one for one in found if is_error(one)}.values()), after.locate)


def _of(loaded: Loaded, documents: Documents, state: DesiredState) -> Iterator[Finding]:
    yield from loaded.findings
    yield from state.findings
    yield from check_policy_files(documents, state.as_of, state)
    yield from check_catalogue(documents, state.as_of, loaded.unread)


def _of_step(base: Documents, head: Documents, today: Day, unread: Collection[str]) -> Iterator[Finding]:
    yield from check_transitions(base, head, today.base, today.head)
    yield from check_decided_changes(base, head)
    yield from check_rule_changes(base.guardrails, head.guardrails, today.day)
    yield from check_steps(base, head, unread)


def _spelled(one: Finding) -> tuple[object, ...]:
    return (one.code, one.subject, *sorted(one.values.items()))
