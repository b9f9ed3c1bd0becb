"""Comments that are kept in place: one for each purpose, ours by marker and by author, never two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from reconciler.forge.api import Forge, change, listing
from reconciler.forge.fields import Row, as_row, moment, need, number, text
from reconciler.forge.people import is_ours
from reconciler.forge.problems import ForgeProblem
from reconciler.http.failures import NotFound, OutcomeUnknown
from reconciler.http.retry import Repeat

LONGEST: Final = 65_536
"""Characters of a comment or an issue; GitHub refuses more with 422 "body is too long (maximum is 65536 characters)"."""


class Done(StrEnum):
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    CREATED = "created"
    REOPENED = "reopened"
    CLOSED = "closed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """`text` with the marker in its first line. `at`: when it was last written, by anybody; None of one that was made just now."""

    id: int
    text: str
    at: datetime | None = None


def marker(purpose: str, part: int = 1) -> str:
    """The first line of a comment of ours. At the very beginning: who quotes it has a `>` before it."""
    return f"<!-- reconciler:comment:{purpose}:{part} -->"


def our_comments(forge: Forge, issue: int, purpose: str) -> tuple[Comment, ...]:
    """Every comment of this purpose that our own token wrote on a pull request or an issue, oldest first, whatever its part."""
    begun = marker(purpose).removesuffix("1 -->")
    return tuple(comment for comment in _written_by_us(forge, issue) if comment.text.startswith(begun))


def put_comments(forge: Forge, issue: int, purpose: str, texts: Sequence[str]) -> tuple[Done, ...]:
    """One comment for each text, in place: what is there is updated where it differs, what is left over is removed.

    Raises ForgeProblem FORGE-TEXT-TOO-LONG before anything is sent, and FORGE-AUTHOR-DIFFERS where what was written
    comes back as somebody else's: it would never be found again.
    """
    bodies = [f"{marker(purpose, part)}\n{body}" for part, body in enumerate(texts, 1)]
    for body in bodies:
        check_length(body)
    done = [_put(forge, issue, marker(purpose, part), body) for part, body in enumerate(bodies, 1)]
    wanted = tuple(marker(purpose, part) for part in range(1, len(bodies) + 1))
    for comment in our_comments(forge, issue, purpose):
        if not comment.text.startswith(wanted):
            _remove(forge, comment)
            done.append(Done.REMOVED)
    return tuple(done)


def check_length(body: str) -> None:
    """As GitHub's editors count: an emoji is two."""
    length = len(body.encode("utf-16-le")) // 2
    if length > LONGEST:
        raise ForgeProblem("FORGE-TEXT-TOO-LONG", {"length": str(length), "limit": str(LONGEST)})


def same_text(there: str, wanted: str) -> bool:
    """Whether nothing needs to be sent: line ends and space at the end come back as GitHub likes them."""
    return there.replace("\r\n", "\n").strip() == wanted.replace("\r\n", "\n").strip()


def check_author(forge: Forge, row: Row) -> None:
    """Raises ForgeProblem FORGE-AUTHOR-DIFFERS where something that we have just written isn't ours."""
    if not is_ours(forge, row):
        raise ForgeProblem("FORGE-AUTHOR-DIFFERS", {"variable": "RECONCILER_FORGE_LOGIN"})


def _put(forge: Forge, issue: int, mark: str, body: str) -> Done:
    """There is exactly one, and it says this.

    GitHub has no "create unless there": another run may have written the same just now. So after creating it is looked
    again, all but the oldest are removed, and the oldest says what was written last.
    """
    found = _marked(forge, issue, mark)
    done = Done.UNCHANGED
    if not found:
        made = _create(forge, issue, mark, body)
        found = tuple(sorted({made.id: made, **_by_id(_marked(forge, issue, mark))}.values(), key=lambda each: each.id))
        done = Done.CREATED
    for younger in found[1:]:
        _remove(forge, younger)
    if not same_text(found[0].text, body):
        values = {"id": str(found[0].id)}
        change(forge, "PATCH", "issues/comments/{id}", values, {"body": body}, repeat=Repeat.IDEMPOTENT)
        done = Done.UPDATED
    return done


def _create(forge: Forge, issue: int, mark: str, body: str) -> Comment:
    """Where it isn't known whether it was written (a 502 after the fact), it is looked for before it is written again."""
    try:
        return _created(forge, issue, body)
    except OutcomeUnknown:
        found = _marked(forge, issue, mark)
        return found[0] if found else _created(forge, issue, body)


def _created(forge: Forge, issue: int, body: str) -> Comment:
    row = as_row(change(forge, "POST", "issues/{number}/comments", {"number": str(issue)}, {"body": body}).data)
    check_author(forge, row)
    return Comment(id=number(row, "id"), text=body)


def _marked(forge: Forge, issue: int, mark: str) -> tuple[Comment, ...]:
    return tuple(comment for comment in _written_by_us(forge, issue) if comment.text.startswith(mark))


def _by_id(comments: Sequence[Comment]) -> dict[int, Comment]:
    return {each.id: each for each in comments}


def _remove(forge: Forge, comment: Comment) -> None:
    try:
        change(forge, "DELETE", "issues/comments/{id}", {"id": str(comment.id)}, None, repeat=Repeat.IDEMPOTENT)
    except NotFound:
        return  # another run removed it first


def _written_by_us(forge: Forge, issue: int) -> Sequence[Comment]:
    listed = listing(forge, "issues/{number}/comments", {"number": str(issue)})
    ours = [row for row in listed if is_ours(forge, row) and text(row, "body")]
    found = (Comment(id=number(row, "id"), text=need(row, "body"), at=moment(row, "updated_at")) for row in ours)
    return sorted(found, key=lambda each: each.id)
