"""The words of the site in one language: sentences by code, terms of the record, numbers, days and lists as written there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from reconciler.schema.school_forms import plain
from reconciler.texts import render

_AFTER_Z: Final = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "é": "e", "ü": "y"})
"""The signs that follow on z in ASCII."""

_NARROW: Final = "\N{NO-BREAK SPACE}"


@lru_cache(maxsize=4096)
def _plain(code: str, lang: str) -> str:
    return render(code, {}, lang).message


@dataclass(frozen=True, slots=True)
class SiteWords:
    """`lang`: sv or en. What comes out is plain text; the templates escape it."""

    lang: str

    def say(self, code: str, **values: str) -> str:
        """A sentence of the site's own message file, by its code without `SITE-`."""
        if not values:
            return _plain(f"SITE-{code}", self.lang)
        return render(f"SITE-{code}", values, self.lang).message

    def term(self, kind: str, value: str) -> str:
        """One word of a closed list of the record: `PLATFORM` and `ipados`. Nothing for an empty value."""
        return self.say(f"{kind}-{value.upper()}") if value else ""

    def terms(self, kind: str, values: Iterable[str]) -> str:
        return self.join(self.term(kind, one) for one in values)

    def count(self, noun: str, number: int) -> str:
        """`3 appar`, `1 app`; the noun is a code with the endings `-ONE` and `-MANY`."""
        return self.say(f"{noun}-{'ONE' if number == 1 else 'MANY'}", n=self.number(number))

    def number(self, number: int) -> str:
        """With the language's mark between thousands; in Swedish a space that does not break."""
        return f"{number:,}".replace(",", _NARROW) if self.lang == "sv" else f"{number:,}"

    def kronor(self, amount: Decimal) -> str:
        """`49 kr`, `12,50 kr`; in English `SEK 49`."""
        whole = amount == amount.to_integral_value()
        written = self.number(int(amount)) if whole else f"{amount:,.2f}"
        if self.lang != "sv":
            return f"SEK{_NARROW}{written}"
        if not whole:
            written = written.replace(",", _NARROW).replace(".", ",")
        return f"{written}{_NARROW}kr"

    def join(self, parts: Iterable[str]) -> str:
        """`a, b och c`."""
        listed = [part for part in parts if part]
        if len(listed) < 2:
            return "".join(listed)
        return self.say("AND", first=", ".join(listed[:-1]), last=listed[-1])

    def form(self, school_form: str) -> str:
        """`anpassad-grundskola` as people write it."""
        return self.term("FORM", plain(school_form))

    def forms(self, school_forms: Sequence[str]) -> str:
        return self.join(map(self.form, school_forms))

    def grades(self, written: str) -> str:
        """`F–3`, as a span is set."""
        return written.replace("-", "–")

    def language(self, code: str) -> str:
        """A language by its code in ISO 639; one that isn't common in Swedish schools by the code itself."""
        return self.term("LANGUAGE", code) if code in LANGUAGES else code


LANGUAGES: Final = (
    *("sv", "en", "de", "fr", "es", "fi", "no", "da", "is", "ar", "so", "fa", "ku", "ti", "am", "pl", "ru", "uk"),
    *("tr", "bs", "hr", "sr", "sq", "ro", "et", "lv", "lt", "nl", "it", "pt", "zh", "ja", "vi", "th", "ur", "ps"),
    *("el", "hu", "se", "yi", "rom", "fit"),
)
"""Codes of languages that the site has names for: mother tongues, modern languages and the national minorities'."""


@lru_cache(maxsize=8192)
def by_name(name: str) -> tuple[str, str]:
    """The key to sort names by, as a Swedish reader looks for them: å, ä and ö come after z; case makes no difference."""
    return name.casefold().translate(_AFTER_Z), name
