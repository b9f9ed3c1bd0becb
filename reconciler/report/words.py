"""The words of one language for a report: sentences by code, counted nouns, numbers as they are written there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from reconciler.model.slotted import dataclass
from reconciler.texts import Text, render

T = TypeVar("T")
LONGEST = 160
"""Characters of one value that are shown: a list of a thousand addresses is in the file that it stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`lang` is `sv` or `en`; anything else is read as English. Everything that comes out is plain, unescaped text."""

    lang: str

    def say(self, code: str, **values: str) -> str:
        """A sentence of this package's own message file, by its code without `REPORT-`."""
        return render(f"REPORT-{code}", values, self.lang).message

    def count(self, noun: str, number: int) -> str:
        """`3 enheter`, `1 enhet`; the noun is a code with the endings `-ONE` and `-MANY`."""
        return self.say(f"{noun}-{'ONE' if number == 1 else 'MANY'}", n=self.number(number))

    def number(self, number: int) -> str:
        """With the language's mark between thousands; in Swedish a space that does not break."""
        return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}") if self.lang == "sv" else f"{number:,}"

    def join(self, parts: Iterable[str], shown: int = 8) -> str:
        """`a, b and c`; beyond so many, how many more there are."""
        listed = list(parts)
        if len(listed) > shown + 1:
            more = self.say("MORE", n=self.number(len(listed) - shown))
            return f"{', '.join(listed[:shown])} {more}"
        return self.say("AND", first=", ".join(listed[:-1]), last=listed[-1]) if len(listed) > 1 else "".join(listed)

    def either(self, parts: Sequence[str]) -> str:
        """`a, b or c`."""
        return self.say("OR", first=", ".join(parts[:-1]), last=parts[-1]) if len(parts) > 1 else "".join(parts)

    def text(self, code: str, values: Mapping[str, str]) -> Text:
        """The text of a finding, a note or something outstanding."""
        return render(code, values, self.lang)


def words_of(lang: str | None, otherwise: str = "en") -> Words:
    """The words of the language asked for, else of the organisation's, else English."""
    chosen = lang or otherwise
    return Words(lang=chosen if chosen in ("sv", "en") else "en")


def shorten(text: str, longest: int = LONGEST) -> str:
    """The text, cut with an ellipsis where it is longer than anybody reads in a list."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def first_of(items: Sequence[T], shown: int) -> tuple[Sequence[T], int]:
    """The first few and how many are left; one that is left alone is shown too."""
    return (items, 0) if len(items) <= shown + 1 else (items[:shown], len(items) - shown)
