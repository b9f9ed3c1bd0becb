"""What people and Excel write in cells, as values: numbers, days, prices, grades, words of closed lists. Pure.

A cell that can be read in two ways is refused with why, never guessed: a price that is wrong by a hundred, or a day that
is the wrong month, is worse than a row to mend.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Final

from reconciler.model.grades import grade_span
from reconciler.model.personal_data import personal_data_in

LONGEST: Final = 2_000
"""Characters of one text; a need is told in less."""


class Refusal(Exception):  # noqa: N818 - a value that says why a cell can't be taken
    """`code` is a finding's, `values` fill its text. `column`: the field that it is about, where that isn't the one read."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values, self.column = code, values, ""


# What copying from the web and from Word brings along unseen: soft hyphens, zero-width characters.
_PASTED: Final = re.compile("[\\xad\\u200b-\\u200d\\u2060\\ufeff]")
_UNSEEN: Final = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u061c\\u180e\\u200e\\u200f\\u202a-\\u202e\\u2061-\\u206f\\ud800-\\udfff"
    "\\ue000-\\uf8ff\\ufff0-\\ufffb\\ufffe\\uffff\\U000e0000-\\U000e0fff]"
)
_ERRORS: Final = re.compile(
    r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SAKNAS!|REFERENS!|NAMN\?|VÄRDEFEL!|DIVISION/0!|OGILTIGT!|SKÄRNING!|#+)"
)
_GARBLED: Final = re.compile("Ã[¥¤¶…„–]|\ufffd|Ã\x85")
_TEXT_FORMULA: Final = re.compile(r'="([^"]*)"')
_NOTHING: Final = frozenset({"-", "–", "—", "_no response_", "none", "n/a", "ej svar"})


def cleaned(cell: str, *, from_sheet: bool = True) -> str:
    """The cell's text in NFC, without what nobody sees; a formula, an error of Excel's and broken letters are refused.

    What was typed into a form is no formula: it is text, and is made harmless in whatever CSV is written of it.
    """
    text = _PASTED.sub("", unicodedata.normalize("NFC", cell))
    if (found := _UNSEEN.search(text)) is not None:
        raise Refusal("INTAKE-UNSEEN", character=f"U+{ord(found.group()):04X}")
    text = "\n".join(" ".join(line.split()) for line in re.split(r"[\r\n\u2028\u2029]+", text)).strip()
    if not from_sheet:
        return "" if text.lower() in _NOTHING else text
    if (kept := _TEXT_FORMULA.fullmatch(text)) is not None:  # Excel's own way to keep digits as text
        return kept[1].strip()
    if _ERRORS.match(text):
        raise Refusal("INTAKE-EXCEL-ERROR", text=text[:40])
    if _GARBLED.search(text):
        raise Refusal("INTAKE-GARBLED")
    return _without_formula(text)


def _without_formula(text: str) -> str:
    if text.lower() in _NOTHING:
        return ""
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):  # made harmless by whoever wrote the file
        return text[1:]
    if re.match(r"[-–—•*]\s", text):  # a dash before a point of a list
        return text[1:].strip()
    if (
        text[:1] in ("=", "@", "＝", "＠")
        or re.match(r"[+\-＋－](?![\d\s])", text)
        or re.match(r"[+-][\d.,]+\s*[*/+(^&-]", text)
    ):
        raise Refusal("INTAKE-FORMULA", text=text[:40])
    return text


def line(text: str) -> str:
    """On one line, and of a length that somebody reads."""
    if len(text) > LONGEST:
        raise Refusal("INTAKE-TOO-LONG", limit=str(LONGEST))
    return " ".join(text.split())


_KINDS: Final = {
    "email": {"kind.sv": "en e-postadress", "kind.en": "an e-mail address"},
    "personal-number": {"kind.sv": "ett personnummer", "kind.en": "a personal identity number"},
    "phone": {"kind.sv": "ett telefonnummer", "kind.en": "a telephone number"},
}


def personal_kind(text: str) -> Mapping[str, str] | None:
    """What kind of personal data a text holds, by language; None where none is seen."""
    found = personal_data_in(text)
    return _KINDS[found] if found else None


_SPACES: Final = re.compile(r"(?<=\d)[ '\u00a0\u202f](?=\d{3}(?!\d))")


def number(text: str) -> int | float:
    """With decimal comma or point, spaces between thousands. `1,234` and `1.234` are refused: a thousand or a bit over one?"""
    found = _SPACES.sub("", text)
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{1,2}", found):
        found = found.replace(".", "")
    elif re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{1,2}", found):
        found = found.replace(",", "")
    if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", found):
        raise Refusal("INTAKE-NUMBER-AMBIGUOUS", text=text[:40])
    if not re.fullmatch(r"[0-9]{1,9}(?:[.,][0-9]{1,4})?", found):
        raise Refusal("INTAKE-NUMBER", text=text[:40])
    value = float(found.replace(",", "."))
    return int(value) if value.is_integer() else value


def count(text: str) -> int:
    """How many: a whole number above nothing. `ca 50` and `50 st` are 50."""
    found = number(re.sub(r"(?i)^(?:ca\.?|cirka|ungefär|about|~)\s*|\s*(?:st|elever|barn|pupils|users)\.?$", "", text))
    if not isinstance(found, int) or found < 1:
        raise Refusal("INTAKE-NUMBER", text=text[:40])
    return found


_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (("jan", "januari", "january"), ("feb", "februari", "february"), ("mar", "mars", "march"), ("apr", "april"),
         ("maj", "may"), ("jun", "juni", "june"), ("jul", "juli", "july"), ("aug", "augusti", "august"),
         ("sep", "sept", "september"), ("okt", "oct", "oktober", "october"), ("nov", "november"),
         ("dec", "december")),
        start=1,
    )
    for name in names
}  # fmt: skip


def day(text: str, as_of: date) -> date:
    """A day that has been. `14/10/2026` can only be October; `10/11/2026`, a year of two digits and Excel's 45945 are refused."""
    found = _day(re.sub(r"[T ]\d{2}:\d{2}(?::\d{2})?$", "", text.strip()), text)
    if found > as_of:
        raise Refusal("INTAKE-DATE-AHEAD", text=text[:40], today=as_of.isoformat())
    return found


def _day(written: str, text: str) -> date:
    if re.fullmatch(r"[3-6]\d{4}(?:[.,]\d+)?", written):
        raise Refusal("INTAKE-DATE-NUMBER", text=text[:40])
    if match := re.fullmatch(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})", written):
        return _calendar(int(match[1]), int(match[3]), int(match[4]), text)
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", written):
        return _either(int(match[1]), int(match[2]), int(match[3]), text)
    named = re.fullmatch(r"(\d{1,2})\.?[ -]([^\W\d_]+)\.?[ -](\d{4})", written)
    if named and named[2].lower() in _MONTHS:
        return _calendar(int(named[3]), _MONTHS[named[2].lower()], int(named[1]), text)
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}", written):
        raise Refusal("INTAKE-DATE-AMBIGUOUS", text=text[:40])
    raise Refusal("INTAKE-DATE", text=text[:40])


def _either(first: int, second: int, year: int, text: str) -> date:
    """Day first or month first: only one of them may make sense."""
    if first <= 12 and second <= 12 and first != second:
        raise Refusal("INTAKE-DATE-AMBIGUOUS", text=text[:40])
    return _calendar(year, second, first, text) if second <= 12 else _calendar(year, first, second, text)


def _calendar(year: int, month: int, day_of_month: int, text: str) -> date:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise Refusal("INTAKE-DATE", text=text[:40]) from None


_STAGES: Final = {"lågstadiet": "1-3", "mellanstadiet": "4-6", "högstadiet": "7-9"}
_EXCELS_GRADES: Final = re.compile(
    r"(?i)\d{1,2}[-. ][a-zå]{3,4}|[a-zå]{3,4}[-. ]\d{1,2}|\d{4}-\d{2}-\d{2}.*|[3-6]\d{4}"
)


def grades(text: str) -> str:
    """`F-3`, `7`, `4-6`, also with åk before and any dash. What Excel made a day of is refused: nobody can see what it was."""
    plain = re.sub(r"(?i)^(?:åk|årskurs(?:erna)?|grades?|years?)\.?\s*", "", text).strip()
    plain = re.sub(r"\s*(?:[-–—]|\btill\b|\bto\b)\s*", "-", _STAGES.get(plain.lower(), plain)).upper()
    if re.fullmatch(r"(?:F|10|[1-9])(?:-(?:10|[1-9]))?", plain) and grade_span(plain):
        return plain
    if _EXCELS_GRADES.fullmatch(text):
        raise Refusal("INTAKE-GRADES-DATE", text=text[:40])
    raise Refusal("INTAKE-GRADES", text=text[:40])


def several(text: str) -> tuple[str, ...]:
    """The words of a list, whatever stands between them."""
    return tuple(dict.fromkeys(one.strip() for one in re.split(r"[,;/|\n+]", text) if one.strip()))


def word(text: str, known: Mapping[str, str]) -> str:
    """The file's word for what was written, from a closed list."""
    plain = " ".join(text.lower().split()).rstrip(".")
    if plain in known:
        return known[plain]
    near = get_close_matches(plain, known, n=1, cutoff=0.75)
    shown = ", ".join(sorted({names[0] for names in _by_value(known).values()}))
    raise Refusal("INTAKE-WORD", text=text[:60], near=near[0] if near else "", known=shown)


def _by_value(known: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name, value in known.items():
        found.setdefault(value, []).append(name)
    return found
