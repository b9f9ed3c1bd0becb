"""A review for a terminal or a log. Pure."""

from reconciler.report.page import WIDTH
from reconciler.report.view import View
from reconciler.report.view_text import text_of, view_lines
from reconciler.report.words import Words


def review_text(view: View, words: Words, *, width: int = WIDTH) -> str:
    """The whole of it, without colours: whoever asks for text is there to read it."""
    return text_of(view_lines(view, words, width=width, everything=True))
