"""The school forms by their current Swedish names, and the other ways in which they are written.

Names and codes: SS12000:2020, Skolverket's register (v2) and SFS 2022:1315, which renamed the särskolor on 2 July 2023.
"""

from typing import Final

CURRENT: Final = (
    "förskola",
    "förskoleklass",
    "fritidshem",
    "grundskola",
    "anpassad-grundskola",
    "specialskola",
    "sameskola",
    "gymnasieskola",
    "anpassad-gymnasieskola",
    "komvux",
)

_WITHOUT_DOTS: Final = str.maketrans("åäöÅÄÖ", "aaoAAO")

OLDER: Final = {
    "grundsärskola": "anpassad-grundskola",  # until 2 July 2023
    "särskola": "anpassad-grundskola",
    "träningsskola": "anpassad-grundskola",  # a part of grundsärskolan until 2 July 2023
    "gymnasiesärskola": "anpassad-gymnasieskola",  # until 2 July 2023
    "gymnasium": "gymnasieskola",
    "särvux": "komvux",  # a school form of its own until 1 July 2020
    "sfi": "komvux",  # a school form of its own until 1 January 2016
    "vuxenutbildning": "komvux",
    "fritids": "fritidshem",
    "daghem": "förskola",  # until 1998
}
"""Names that were right once, or are said but not written; accepted with a warning that names the current one."""

_SAME: Final = {form.translate(_WITHOUT_DOTS): form for form in CURRENT} | {form: form for form in CURRENT}
_OLD: Final = {old.translate(_WITHOUT_DOTS): form for old, form in OLDER.items()} | OLDER

OTHER_SPELLINGS: Final = tuple(sorted({*_SAME, *_OLD} - {*CURRENT}))


def current_form(written: str) -> str | None:
    """The current name of a school form, or None for a word that is no school form."""
    return _SAME.get(written) or _OLD.get(written)


def plain(form: str) -> str:
    """The name without å, ä and ö, for a file."""
    return form.translate(_WITHOUT_DOTS)


def is_older(written: str) -> bool:
    return written in _OLD
