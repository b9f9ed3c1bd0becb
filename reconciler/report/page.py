"""Lines of styled text, folded to a width. Colour is put on elsewhere: without it the page says the same. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.report.escape import escape_log

WIDTH = 100
NARROWEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`style`: empty, or one of title, danger, add, change, remove, adopt, quiet, warning, place."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    spans: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans).rstrip()


@dataclass(slots=True)
class Page:
    """Lines in the making. All text that comes in is made safe for a terminal here, and nowhere else."""

    width: int = WIDTH
    lines: list[Line] = field(default_factory=list)

    def gap(self) -> None:
        if self.lines and self.lines[-1].spans:
            self.lines.append(Line())

    def write(self, *spans: Span, indent: int = 0, hang: int = 0) -> None:
        """One paragraph: its first line is indented so much, the lines that follow by `hang` more."""
        safe = [Span(text=escape_log(span.text), style=span.style) for span in spans if span.text]
        room = max(self.width, NARROWEST)
        self.lines += _fold(safe, room, " " * indent, " " * (indent + hang))

    def verbatim(self, text: str, indent: int) -> None:
        """Text to be copied: never folded."""
        for line in text.splitlines():
            self.lines.append(Line(spans=(Span(text=" " * indent + escape_log(line)),)))

    def text(self) -> str:
        return "\n".join(line.text for line in self.lines) + "\n"


def plain(text: str, style: str = "") -> Span:
    return Span(text=text, style=style)


def _fold(spans: Iterable[Span], room: int, first: str, rest: str) -> list[Line]:
    """Greedy, at spaces; a word wider than the room stays whole on a line of its own, for it may be a path to copy."""
    lines: list[Line] = []
    current = [Span(text=first)]
    used = len(first)
    for span in spans:
        for word in _words(span.text):
            if used + len(word.rstrip(" ")) > room and used > len(rest):
                lines.append(Line(spans=_joined(current)))
                current, used = [Span(text=rest)], len(rest)
            current.append(Span(text=word, style=span.style))
            used += len(word)
    return [*lines, Line(spans=_joined(current))]


def _words(text: str) -> list[str]:
    """Words with the spaces that follow them; a space that does not break is part of its word."""
    words = text.split(" ")
    return [f"{word} " for word in words[:-1]] + ([words[-1]] if words[-1] else [])


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbours of one style as one span."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].style == span.style:
            joined[-1] = Span(text=joined[-1].text + span.text, style=span.style)
        else:
            joined.append(span)
    return tuple(joined)
