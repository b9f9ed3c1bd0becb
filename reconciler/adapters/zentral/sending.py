"""One change's calls, and what a failure of them says of it."""

from collections.abc import Callable, Sequence
from typing import Any

from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.refusals import Refusal, Refusals
from reconciler.adapters.zentral.session import Session
from reconciler.http.failures import BadResponse, HttpFailure, Invalid, NotFound
from reconciler.http.request import Request
from reconciler.model.change import Change


def write_each(changes: Sequence[Change], refusals: Refusals, write: Callable[[Change], None]) -> None:
    """One after the other; a change that fails leaves the others alone."""
    for change in changes:
        try:
            write(change)
        except (HttpFailure, Refusal) as failure:
            refusals.add([change.key], failure)


def send_made(session: Session, request: Request) -> dict[str, Any]:
    """What was made, as the server answers it. Raises BadResponse for an answer without an id."""
    data = session.http.send(request).data
    if not isinstance(data, dict) or data.get("id") is None:
        raise BadResponse(request, session.http.host, detail="it does not say what was made")
    return data


def delete(session: Session, path: str, identity: str) -> None:
    """What isn't there any more has nothing left to be deleted."""
    try:
        session.http.send(api.delete(path, identity))
    except NotFound:
        return


def delete_if_let(session: Session, path: str, identity: str) -> bool:
    """Whether it went: the server keeps for good what was ever sent to a device (400, "cannot be deleted")."""
    try:
        delete(session, path, identity)
    except Invalid as refused:
        if "cannot be deleted" not in refused.message:
            raise
        return False
    return True
