"""An approved app stays the one that was decided on: its ids from one revision to the next. Pure.

Another id on the same platform is another app, unless the council decides again or the record says of the old id that it
was wrong (`corrected`, which IT and education approve together). A platform that is added or taken away is no other app.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from reconciler.catalogue.checks import about
from reconciler.model.documents import AppIdentity
from reconciler.model.finding import Finding
from reconciler.model.vetting import APPROVED, Vetting


def check_identity_step(before: Vetting, after: Vetting, *, decided_anew: bool) -> Iterator[Finding]:
    """Errors at their lines in `after`. `decided_anew`: a later meeting decided on it."""
    if before.status in APPROVED and after.status in APPROVED and not decided_anew:
        for platform in after.platforms:
            yield from _check_platform(before, after, platform)
    kept = {(one.platform, one.was) for one in after.corrected}
    for one in before.corrected:
        if (one.platform, one.was) not in kept:
            at = after.at.child("corrected") if after.corrected else after.at.child("platforms")
            yield about(after, "CORRECTION-LOST", at, store_id=one.was)


def _check_platform(before: Vetting, after: Vetting, platform: str) -> Iterator[Finding]:
    old, new = ([one for one in side.identities if one.platform == platform] for side in (before, after))
    gone = [one for one in old if _what(one) not in map(_what, new)]
    come = [one for one in new if _what(one) not in map(_what, old)]
    noted = [one.was for one in after.corrected if one not in before.corrected and one.platform == platform]
    wrong = [one for one in gone if one.id not in noted]
    if wrong and come:
        reference = before.decision.reference if before.decision else ""
        was, now = wrong[0].id, come[0]
        yield about(after, "IDENTITY-CHANGED", now.at, was=was, store_id=now.id, platform=platform, reference=reference)


def _what(one: AppIdentity) -> tuple[str, str]:
    """A service is its host: which of its pages is opened first is no other app."""
    return one.kind, (urlsplit(one.id).hostname or one.id) if one.kind == "web" else one.id.casefold()
