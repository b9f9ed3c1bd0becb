"""Issues that are kept in place: one for each backend, opened, updated, closed and opened again; never a second one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.forge.api import Forge, change, get, listing
from reconciler.forge.comments import Done, check_author, check_length, same_text
from reconciler.forge.fields import Row, as_row, need, number, text
from reconciler.forge.people import is_ours
from reconciler.http.failures import Invalid, NotFound, OutcomeUnknown
from reconciler.http.retry import Repeat

LABEL: Final = "reconciler-drift"
_COLOUR: Final = "d4a72c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    number: int
    title: str
    text: str
    open: bool


def issue_marker(backend: str) -> str:
    """The first line of the issue of one backend."""
    return f"<!-- reconciler:drift:{backend} -->"


def put_issue(forge: Forge, backend: str, title: str, body: str) -> tuple[int, Done]:
    """The backend's issue says this and is open. Returns its number and what was done.

    Raises ForgeProblem FORGE-TEXT-TOO-LONG, FORGE-AUTHOR-DIFFERS; NotFound (410) where the repository has no issues.
    """
    whole = f"{issue_marker(backend)}\n{body}"
    check_length(whole)
    found = our_issues(forge, backend)
    if not found:
        return _open(forge, backend, title, whole), Done.CREATED
    kept = found[0]
    if kept.open and kept.title == title and same_text(kept.text, whole):
        return kept.number, Done.UNCHANGED
    _update(forge, kept.number, {"title": title, "body": whole, "state": "open"})
    return kept.number, Done.UPDATED if kept.open else Done.REOPENED


def close_issue(forge: Forge, backend: str) -> tuple[int, ...]:
    """Closes what is open for the backend, as done. The numbers of what was closed."""
    still_open = [issue.number for issue in our_issues(forge, backend) if issue.open]
    for each in still_open:
        _update(forge, each, {"state": "closed", "state_reason": "completed"})
    return tuple(still_open)


def our_issues(forge: Forge, backend: str) -> Sequence[Issue]:
    """By label, marker and author: open ones first, then the oldest. Lists of issues hold pull requests too."""
    listed = listing(forge, "issues", query={"labels": LABEL, "state": "all"})
    mark = issue_marker(backend)
    ours = [row for row in listed if "pull_request" not in row and is_ours(forge, row)]
    found = [_issue(row) for row in ours if text(row, "body").startswith(mark)]
    return sorted(found, key=lambda issue: (not issue.open, issue.number))


def _open(forge: Forge, backend: str, title: str, body: str) -> int:
    """Looked at again afterwards: of two that were opened at once the older one stays open."""
    _make_label(forge)
    made: int | None = None
    try:
        made = _opened(forge, title, body)
    except OutcomeUnknown:
        if not our_issues(forge, backend):
            made = _opened(forge, title, body)
    there = {issue.number for issue in our_issues(forge, backend) if issue.open}
    kept, *younger = sorted(there | ({made} if made else set()))
    for each in younger:
        _update(forge, each, {"state": "closed", "state_reason": "not_planned"})
    return kept


def _opened(forge: Forge, title: str, body: str) -> int:
    row = as_row(change(forge, "POST", "issues", {}, {"title": title, "body": body, "labels": [LABEL]}).data)
    check_author(forge, row)
    return number(row, "number")


def _make_label(forge: Forge) -> None:
    try:
        get(forge, "labels/{name}", {"name": LABEL})
    except NotFound:
        try:
            change(forge, "POST", "labels", {}, {"name": LABEL, "color": _COLOUR})
        except Invalid as refusal:
            if "already_exists" not in refusal.reasons:  # another run was first
                raise


def _update(forge: Forge, issue: int, body: Row) -> None:
    change(forge, "PATCH", "issues/{number}", {"number": str(issue)}, body, repeat=Repeat.IDEMPOTENT)


def _issue(row: Row) -> Issue:
    return Issue(
        number=number(row, "number"),
        title=need(row, "title"),
        text=text(row, "body"),
        open=text(row, "state") == "open",
    )
