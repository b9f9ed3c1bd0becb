"""Personal data in running text: what can be told from its form alone. Pure.

An e-mail address, a personal identity number (personnummer, samordningsnummer, and the temporary ones that schools use)
or a telephone number. A name, or a word from which a disability could be read, can't be told from other words: whoever
reviews the text sees to that, and where it matters most (the urgent lane) there is no running text at all.
"""

import re
from typing import Final

EMAIL: Final = "email"
PERSONAL_NUMBER: Final = "personal-number"
PHONE: Final = "phone"

_HYPHENS: Final = "\\-\u2010\u2011\u2012\u2013\u2212"
_ALONE: Final = rf"(?<![\w{_HYPHENS}+/.:])"
"""Nothing before that would make it the end of something longer: an ISO date, a dnr, a version."""
_END: Final = rf"(?![\w{_HYPHENS}]|[/:]\w)"

_WORD: Final = r"[^\s@<>()\[\]\"',;:]"
_EMAIL: Final = (
    # Lengths are those of RFC 5321, 4.5.3.1; without them a long text without blanks would take its square.
    rf"{_WORD}{{1,64}}(?:@|\s?[(\[](?:at|a|snabel-a)[)\]]\s?){_WORD}{{1,255}}\.[^\W\d_]{{2}}"
)

_NUMBER: Final = (
    rf"{_ALONE}(?P<century>18|19|20)?(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    rf"(?P<sign>\s?[{_HYPHENS}+]\s?|\s)?(?P<last>\d{{4}}|(?:TF|[A-Z])\d{{2,3}}|X{{4}}){_END}"
)
_FIRST_COORDINATION_DAY: Final = 61
"""Skatteverket adds 60 to the day of a coordination number."""

_PHONE: Final = re.compile(
    rf"{_ALONE}(?:"
    r"(?:\+|00)[1-9]\d{0,2}(?:[\s-]?\(0\))?(?:[\s-]?\d){6,11}"  # +46 70 123 45 67, 0046701234567
    r"|0[1-9]\d{6,8}"  # 0701234567
    rf"|0[1-9]\d{{0,2}}\s?[{_HYPHENS}/]\s?(?:\d{{5,8}}|\d{{2,3}}(?:\s\d{{2,3}}){{1,3}})"  # 070-123 45 67, 08-12 34 56
    r"|0[1-9]\d{0,2}\s\d{2,3}(?:\s\d{2,3}){1,3}"  # 070 123 45 67
    rf"){_END}"
)
_ANY: Final = re.compile(r"[0-9@(\[]")
"""Every kind has one of these somewhere, and nearly no text does."""
_AT: Final = re.compile(r"@|[(\[](?:at|a|snabel-a)[)\]]", re.IGNORECASE)
_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")
_DIALLED: Final = re.compile(r"[+0][1-9]|00[1-9]")
"""What each kind has somewhere. Few texts have it, and these look through a text a hundred times faster."""

_SHORTEST_PHONE: Final = 8
"""Digits, the area code's zero included: 0470-12 34 5 is no number, 08-12 34 56 is the shortest kind."""


def personal_data_in(text: str) -> str | None:
    """`email`, `personal-number` or `phone` for the first kind found, None where there is none. Never the text itself.

    A number that could be a personal one counts where its date exists and it is written as one (a hyphen or plus sign
    before the last four); written in one piece, or with a blank, only where its check digit is right too. So
    organisation numbers (the third digit is at least 2), dnr, dates, unit codes and serial numbers are let through.
    """
    if not _ANY.search(text):
        return None
    if _AT.search(text) and re.search(_EMAIL, text, re.IGNORECASE):
        return EMAIL
    if _SIX_DIGITS.search(text) and any(map(_is_personal, re.finditer(_NUMBER, text, re.ASCII))):
        return PERSONAL_NUMBER
    if not _DIALLED.search(text):
        return None
    return PHONE if any(map(_is_phone, _PHONE.finditer(text))) else None


def _is_personal(match: re.Match[str]) -> bool:
    day, month, last = int(match["day"]), int(match["month"]), match["last"]
    born = day - 60 if day >= _FIRST_COORDINATION_DAY else day
    if not (1 <= month <= 12 and 1 <= born <= 31):
        return False
    hyphen = (match["sign"] or "").strip()
    return bool(hyphen) or not last.isdigit() or _checks(match["year"] + match["month"] + match["day"] + last)


def _checks(ten: str) -> bool:
    """Whether the last of ten digits is the check digit of the others (Luhn; SKV 704)."""
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(ten))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _is_phone(match: re.Match[str]) -> bool:
    return sum(map(str.isdigit, match.group())) >= _SHORTEST_PHONE
