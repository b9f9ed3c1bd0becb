"""A review as a comment on GitHub: three lines first, everything escaped, cut between two changes where it doesn't fit. Pure."""

from reconciler.report.review_view import command
from reconciler.report.view import View
from reconciler.report.view_markdown import LIMIT, ROOM_FOR_MARKER, view_markdown
from reconciler.report.words import Words


def review_markdown(view: View, words: Words, *, base: str, limit: int = LIMIT - ROOM_FOR_MARKER) -> str:
    """At most `limit` characters; the hidden marker of the comment is the caller's. `base`: the revision, for the command it names."""
    return view_markdown(view, words, command=command(base), limit=limit, cut="REVIEW-CUT")
