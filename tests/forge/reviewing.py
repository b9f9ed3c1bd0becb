"""Giving a review."""

from tests.forge import wire_pulls
from tests.forge.happenings import tell
from tests.forge.state import Pull, Review, ReviewState, World


class OwnPullError(Exception):
    """Nobody approves their own pull request, nor asks themselves for changes."""


def give_review(
    world: World, pull: Pull, login: str, state: ReviewState, *, head: str | None = None, body: str = ""
) -> Review:
    """`head`: the commit that was looked at; the newest unless named."""
    if login == pull.issue.author and state in ("APPROVED", "CHANGES_REQUESTED"):
        asked = "approve" if state == "APPROVED" else "request changes on"
        raise OwnPullError(f"Review Can not {asked} your own pull request")
    made = Review(id=world.new_id(), login=login, state=state, head=head or pull.head, at=world.clock.now, body=body)
    pull.reviews.append(made)
    payload = {
        "action": "submitted",
        "review": wire_pulls.review(world, pull, made),
        "pull_request": wire_pulls.pull_simple(world, pull),
    }
    tell(world, "pull_request_review", "submitted", payload, login)
    return made
