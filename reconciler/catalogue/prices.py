"""A price as people write it: `49 kr/elev/läsår`, or the number, what it is for and how often in cells of their own. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from reconciler.catalogue.cells import Refusal, number, word
from reconciler.catalogue.headings import WORDS

_PRICE: Final = re.compile(
    r"(?P<number>\d[\d .,'\u00a0\u202f]*?)\s*(?:kr(?:onor)?|sek|:-)?\.?(?P<rest>(?:\s*(?:/|\bper\b|\bi\b|\boch\b)\s*[^\W\d_]+)*)",
    re.IGNORECASE,
)
_FREE: Final = frozenset({"gratis", "free", "kostnadsfri", "0", "0 kr", "0,00", "0,00 kr", "0.00", "ingen kostnad"})


def read_price(text: str, per: str, period: str) -> Mapping[str, object] | None:
    """The record's price; None where it costs nothing. `gratis?` is no price, and one without its unit means nothing."""
    if text.lower() in _FREE:
        return None
    match = _PRICE.fullmatch(text)
    if match is None:
        raise Refusal("INTAKE-PRICE", text=text[:40])
    kronor = number(match["number"].strip())
    if not kronor:
        return None
    units = {"per": per, "period": period}
    for one in re.findall(r"[^\W\d_]+", re.sub(r"(?i)\b(?:per|i|och)\b", " ", match["rest"])):
        name = next((name for name in units if one.lower() in WORDS[name]), "")
        if not name:
            raise Refusal("INTAKE-PRICE", text=text[:40])
        units[name] = units[name] or one
    if not all(units.values()):
        raise Refusal("INTAKE-PRICE-UNIT", text=text[:40])
    return {"kronor": kronor, **{name: _unit(name, one) for name, one in units.items()}}


def _unit(name: str, text: str) -> str:
    try:
        return word(text, WORDS[name])
    except Refusal as why:
        why.column = name
        raise
