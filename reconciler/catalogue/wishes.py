"""A wish's cells (of a spreadsheet's row, or an issue form's answers) as a proposal's record, or why each can't be taken. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from reconciler.catalogue import cells as read
from reconciler.catalogue.cells import Refusal, personal_kind
from reconciler.catalogue.headings import LISTS, WORDS
from reconciler.catalogue.prices import read_price
from reconciler.catalogue.store_addresses import COLUMNS, identities, platforms_in
from reconciler.model.documents import App, School
from reconciler.schema.school_forms import current_form

ORDER: Final[tuple[str, ...]] = (
    *("id", "name", "supplier", "supplier_country", "description", "platforms", "source", "request"),
    *("school_forms", "grades", "audiences", "age_limit", "subjects", "purposes", "cost", "interface", "sign_in"),
    *("personal_data", "status"),
)
"""The keys of a proposal, in the order of the files."""

LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One cell that can't be taken. `column` is its field, empty where it is the wish as a whole."""

    column: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`record` holds what was said, in a file's words, without status and source; `address` the page that was named."""

    record: Mapping[str, Any]
    address: str = ""
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What words can mean here: schools by name and id, subjects and purposes as the catalogue spells them."""

    schools: Mapping[str, str]
    words: Mapping[str, str]
    as_of: date


def what_is_known(schools: Sequence[School], apps: Sequence[App], as_of: date) -> Known:
    names = {plain_words(name): one.id for one in schools for name in (one.id, one.name, *one.previously)}
    words: dict[str, str] = {}
    for app in apps:
        for key in ("subjects", "purposes"):
            written = app.vetting.get(key)
            for one in written if isinstance(written, list | tuple) else ():
                words.setdefault(str(one).casefold(), str(one))
    return Known(schools=names, words={"no": "NO", "so": "SO"} | words, as_of=as_of)


_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
"""A phone's keyboard has the hyphen alone, and `Elever åk 4–6` is written with a dash."""


def plain_words(text: str) -> str:
    """A name as it is compared: in any case, with any spaces and dashes."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().translate(_DASHES).split())


def read_wish(said: Mapping[str, str], known: Known, *, from_sheet: bool = True) -> Wish:
    """`said`: by field (see `headings`), what was written in a sheet or a form. An empty cell says nothing and changes nothing."""
    refused: list[Refused] = []
    cells: dict[str, str] = {}
    for name, cell in said.items():
        try:
            text = read.cleaned(cell, from_sheet=from_sheet)
        except Refusal as why:
            refused.append(_refused(name, cell, why))
        else:
            cells |= {name: text} if text else {}
    record: dict[str, Any] = {}
    for key, value in _values(cells, known, refused):
        _place(record, key, value)
    address = _identity(cells, record, refused)
    _cost(cells, record, refused)
    ordered = {key: record[key] for key in ORDER if key in record}
    return Wish(record=ordered, address=address, refused=tuple(refused))


def _place(record: dict[str, Any], key: str, value: object) -> None:
    part, _, name = key.partition(".")
    if name:
        record.setdefault(part, {})[name] = value
    else:
        record[part] = value


def _values(cells: Mapping[str, str], known: Known, refused: list[Refused]) -> Iterator[tuple[str, object]]:
    for name, (key, reader) in _READERS.items():
        if name in cells:
            try:
                yield key, reader(cells[name], known)
            except Refusal as why:
                refused.append(_refused(name, cells[name], why))


def _refused(column: str, cell: str, why: Refusal) -> Refused:
    """A message quotes the cell, and no message may quote personal data."""
    found = personal_kind(cell)
    code, values = ("INTAKE-PERSONAL-DATA", found) if found else (why.code, why.values)
    return Refused(column=why.column or column, code=code, values=values)


def _identity(cells: Mapping[str, str], record: dict[str, Any], refused: list[Refused]) -> str:
    name = next((one for one in ("address", *COLUMNS) if one in cells), "platform")
    try:
        named = platforms_in(cells["platform"]) if "platform" in cells else ()
        platforms, address = identities(cells, named)
    except Refusal as why:
        at = "platform" if why.code == "INTAKE-WORD" else name
        refused.append(_refused(at, cells.get(at, ""), why))
        return ""
    if platforms:
        record["platforms"] = platforms
    return address


def _cost(cells: Mapping[str, str], record: dict[str, Any], refused: list[Refused]) -> None:
    """A price says of an app without a cost model that it costs: once, or as long as it is used."""
    if "price" not in cells:
        return
    try:
        price = read_price(cells["price"], cells.get("per", ""), cells.get("period", ""))
    except Refusal as why:
        refused.append(_refused("price", cells["price"], why))
        return
    written = {"price": price} if price else {}
    model = "one-off" if price and price["period"] == "once" else "subscription" if price else "free"
    record["cost"] = {"model": model} | record.get("cost", {}) | written


def _free(text: str, _: Known) -> str:
    """Free text, whatever it looks like: it is data. Only personal data has no place in the files."""
    if (found := personal_kind(text)) is not None:
        raise Refusal("INTAKE-PERSONAL-DATA", **found)
    return read.line(text)


def _name(text: str, known: Known) -> str:
    name = _free(text, known)
    if len(name) > LONGEST_NAME:
        raise Refusal("INTAKE-TOO-LONG", limit=str(LONGEST_NAME))
    if not re.search(r"\w", name):
        raise Refusal("INTAKE-NAME", text=name)
    return name


def _slug(text: str, _: Known) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", text):
        raise Refusal("INTAKE-ID", text=text[:60], near=slug_of(text) or "min-app")
    return text


_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "o", "ß": "ss", "œ": "oe", "&": " och ", "+": " plus "})


def slug_of(name: str) -> str:
    """`Läs & skriv` → `las-och-skriv`; empty where a name has no letter that can be written so."""
    text = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    text = re.sub(r"[^a-z0-9]+", "-", "".join(one for one in text if not unicodedata.combining(one)))
    return text.strip("-")[:60].strip("-")


def _country(text: str, _: Known) -> str:
    found = {"sverige": "SE", "usa": "US", "storbritannien": "GB", "norge": "NO", "danmark": "DK", "finland": "FI"}
    code = found.get(text.lower(), text.upper())
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise Refusal("INTAKE-COUNTRY", text=text[:60])
    return code


def _school(text: str, known: Known) -> str:
    plain = plain_words(text)
    if plain in known.schools:
        return known.schools[plain]
    near = get_close_matches(plain, known.schools, n=1, cutoff=0.6)
    raise Refusal("INTAKE-SCHOOL", text=text[:60], near=known.schools[near[0]] if near else "")


def _forms(text: str, _: Known) -> list[str]:
    found = [current_form(one.lower().replace(" ", "-")) or one for one in read.several(text)]
    unknown = [one for one in found if current_form(one) is None]
    if unknown:
        raise Refusal("INTAKE-FORM", text=unknown[0][:60])
    return list(dict.fromkeys(found))


def _tags(text: str, known: Known) -> list[str]:
    """Subjects or purposes, as the catalogue spells them where it knows them."""
    found = [_free(one, known) for one in read.several(text)]
    return list(dict.fromkeys(known.words.get(one.casefold(), one) for one in found))


def _age(text: str, _: Known) -> int:
    found = re.sub(r"(?i)\s*(?:år|years?|\+)\.?$", "", text)
    if found.lower() in ("ingen", "nej", "none"):
        return 0
    if not re.fullmatch(r"[0-9]|1[0-8]", found):
        raise Refusal("INTAKE-NUMBER", text=text[:40])
    return int(found)


def _audiences(text: str, known: Known) -> list[str]:
    if text.lower() in ("båda", "alla", "både elever och personal", "both"):
        return ["pupils", "staff"]
    return _words("audiences")(text.replace(" och ", ", ").replace(" and ", ", "), known)


def _word(name: str) -> "Reader":
    return lambda text, _: read.word(text, WORDS[name])


def _words(name: str) -> Callable[[str, Known], list[str]]:
    return lambda text, _: list(dict.fromkeys(_listed(one, name) for one in read.several(text)))


def _listed(text: str, name: str) -> str:
    if name == "languages" and re.fullmatch(r"[a-z]{2}", text.lower()):
        return text.lower()
    return read.word(text, LISTS[name])


def _received(text: str, known: Known) -> str:
    return read.day(text, known.as_of).isoformat()


Reader = Callable[[str, Known], object]

_READERS: Final[Mapping[str, tuple[str, Reader]]] = {
    "id": ("id", _slug),
    "name": ("name", _name),
    "supplier": ("supplier", _free),
    "supplier_country": ("supplier_country", _country),
    "description": ("description", _free),
    "need": ("request.need", _free),
    "by": ("request.by", _free),
    "school": ("request.school", _school),
    "received": ("request.received", _received),
    "tried": ("request.tried", _free),
    "users": ("request.users", lambda text, _: read.count(text)),
    "reference": ("request.reference", _free),
    "school_forms": ("school_forms", _forms),
    "grades": ("grades", lambda text, _: read.grades(text)),
    "audiences": ("audiences", _audiences),
    "age_limit": ("age_limit", _age),
    "subjects": ("subjects", _tags),
    "purposes": ("purposes", _tags),
    "sign_in": ("sign_in", _words("sign_in")),
    "cost": ("cost.model", _word("cost")),
    "cost_note": ("cost.note", _free),
    "in_app_purchases": ("cost.in_app_purchases", _word("in_app_purchases")),
    "bearer": ("cost.bearer", _word("bearer")),
    "languages": ("interface.languages", _words("languages")),
    "reading": ("interface.reading", _word("reading")),
    "accessibility": ("interface.accessibility", _words("accessibility")),
    "offline": ("interface.offline", _word("offline")),
    "personal_data": ("personal_data", _word("personal_data")),
}
"""By field: the record's key and how its text is read."""
