"""What the branch rules ask of a merge, and what they say to others."""

import fnmatch

from tests.forge.state import Pull, Review, World

WRITERS = ("write", "maintain", "admin")


def is_protected(world: World, branch: str) -> bool:
    return any(fnmatch.fnmatchcase(branch, pattern) for pattern in world.settings.protected)


def latest_opinions(pull: Pull) -> dict[str, Review]:
    """Per person the review that stands: the last that approved, asked for changes or was dismissed; comments change nothing."""
    opinions: dict[str, Review] = {}
    for each in pull.reviews:
        if each.state in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
            opinions[each.login] = each
    return opinions


def missing_for_merge(world: World, pull: Pull) -> str | None:
    """What the base's rules still want, in GitHub's words; None where it may be merged.

    Approvals count only from people with write access, of whichever head, unless stale ones are dismissed:
    https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches, 2026-11-22.
    """
    if not is_protected(world, pull.base):
        return None
    opinions = latest_opinions(pull)
    writers = {login: each for login, each in opinions.items() if world.people[login].level in WRITERS}
    if any(each.state == "CHANGES_REQUESTED" for each in writers.values()):
        return "Changes have been requested by a reviewer with write access."
    approved = [each for each in writers.values() if each.state == "APPROVED"]
    wanted = world.settings.required_approvals
    if len(approved) < wanted:
        reviews = "approving review is" if wanted == 1 else "approving reviews are"
        return f"At least {wanted} {reviews} required by reviewers with write access."
    return None


def dismiss_stale(world: World, pull: Pull) -> None:
    """After a push: approvals become dismissed, where the rules say so; a request for changes stays."""
    if not (world.settings.dismiss_stale_reviews and is_protected(world, pull.base)):
        return
    for each in pull.reviews:
        if each.state == "APPROVED":
            each.state = "DISMISSED"
