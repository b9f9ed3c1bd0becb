"""Is it here already, or something that does the same? Told by store id, supplier and name, name alone, subject and purpose. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from typing import Final

from reconciler.model.documents import App
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json
from reconciler.model.slotted import dataclass
from reconciler.model.vetting import APPROVED, EVERY_SUBJECT, PROPOSED, QUEUED

NEAR: Final = 0.88
"""Of the letters of two names, in order: `Skolplus` and `Skol plus`, not `Scratch` and `ScratchJr`."""

_NOISE: Final = frozenset(
    [
        "app",
        "appen",
        "apps",
        "för",
        "for",
        "the",
        "i",
        "skola",
        "skolan",
        "skolor",
        "school",
        "schools",
        "edu",
        "education",
        "se",
        "sverige",
        "online",
        "web",
    ]
)


class Sameness(StrEnum):
    """How sure it is, surest first. The last two are not the same app but one that may do."""

    STORE = "store"
    SUPPLIER = "supplier"
    NAME = "name"
    PURPOSE = "purpose"
    SUBJECT = "subject"


SAME: Final = (Sameness.STORE, Sameness.SUPPLIER, Sameness.NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is asked about: a wish, or a record. `stores` are pairs of kind and id (see `store_keys`)."""

    name: str
    supplier: str = ""
    stores: frozenset[tuple[str, str]] = frozenset()
    platforms: frozenset[str] = frozenset()
    subjects: Sequence[str] = ()
    purposes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """`shared`: the purposes or subjects in common, or the id."""

    app: App
    how: Sameness
    shared: tuple[str, ...] = ()


def candidate(app: App) -> Candidate:
    return Candidate(
        name=app.name,
        supplier=_text(app.vetting.get("supplier")),
        stores=frozenset(store_key(one.kind, one.id) for one in app.identities),
        platforms=frozenset(one.platform for one in app.identities),
        subjects=_texts(app.vetting.get("subjects")),
        purposes=_texts(app.vetting.get("purposes")),
    )


def store_key(kind: str, name: str) -> tuple[str, str]:
    """Two stores that share their identifiers are one; an address is compared without what differs by chance."""
    kind = {"play": "android", "chrome-app": "extension", "chrome_app": "extension"}.get(kind, kind.replace("_", "-"))
    if kind == "web":
        return kind, re.sub(r"^https?://(?:www\.)?|/+$", "", name.lower())
    return kind, name if kind == "extension" else name.lower()


def find_alike(asked: Candidate, known: Iterable[tuple[App, Candidate]]) -> tuple[Alike, ...]:
    """Every app that is the same, or approved and does the same; surest first, each once. `known`: apps with `candidate(app)`."""
    found = [one for app, other in known if (one := _alike(asked, other, app)) is not None]
    return tuple(sorted(found, key=lambda one: (list(Sameness).index(one.how), one.app.id)))


def _alike(asked: Candidate, other: Candidate, app: App) -> Alike | None:
    if both := sorted(asked.stores & other.stores):
        return Alike(app=app, how=Sameness.STORE, shared=(both[0][1],))
    if similar(asked.name, other.name):
        known = bool(asked.supplier and other.supplier)
        if known and plain_name(asked.supplier) == plain_name(other.supplier):
            return Alike(app=app, how=Sameness.SUPPLIER)
        return Alike(app=app, how=Sameness.NAME)
    return _equivalent(asked, other, app)


def _equivalent(asked: Candidate, other: Candidate, app: App) -> Alike | None:
    """An approved app for the same purpose, or without purposes written for the same subject, on a platform in common."""
    if app.status not in APPROVED or not (asked.platforms & other.platforms):
        return None
    if shared := _shared(asked.purposes, other.purposes):
        return Alike(app=app, how=Sameness.PURPOSE, shared=shared)
    if not (asked.purposes and other.purposes) and (shared := _shared(asked.subjects, other.subjects)):
        return Alike(app=app, how=Sameness.SUBJECT, shared=shared)
    return None


def _shared(ones: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Words of both. That each is for all subjects makes no two apps alike."""
    known = {one.casefold() for one in others} - {EVERY_SUBJECT}
    return tuple(one for one in ones if one.casefold() in known)


@lru_cache(maxsize=16_384)
def plain_name(name: str) -> str:
    """Letters and digits of a name, without case, accents of no weight, and words that many names carry."""
    text = unicodedata.normalize("NFKC", name).casefold()
    words = [re.sub(r"(?<=\w{3})app(?:en)?$", "", one) for one in re.findall(r"[^\W_]+", text)]
    kept = [one for one in words if one not in _NOISE] or words
    return "".join(kept)


def similar(one: str, other: str) -> bool:
    """Whether two names may be of one app. Figures tell apart: Matte 1 is not Matte 2."""
    first, second = plain_name(one), plain_name(other)
    if not first or not second:
        return False
    if first == second:
        return True
    shorter, longer = sorted((len(first), len(second)))
    if shorter < 5 or 2 * shorter < NEAR * (shorter + longer) or _figures(first) != _figures(second):
        return False
    matcher = SequenceMatcher(a=first, b=second, autojunk=False)
    return matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR and matcher.ratio() >= NEAR


@lru_cache(maxsize=16_384)
def _figures(plain: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+", plain))


def duplicate_findings(apps: Sequence[App]) -> Iterator[Finding]:
    """Wishes that are probably of an app that has a record already. A shared store id is an error of its own.

    Compared are names that begin alike and have the same figures: else every wish would be held against every record.
    """
    named: dict[tuple[object, ...], list[App]] = {}
    for app in apps:
        named.setdefault(_beginning(app), []).append(app)
    seen: set[frozenset[str]] = set()
    for app in apps:
        if app.status not in (PROPOSED, QUEUED):
            continue
        for other in named[_beginning(app)]:
            pair = frozenset({app.id, other.id})
            if len(pair) == 2 and pair not in seen and similar(app.name, other.name) and not _share_store(app, other):
                seen.add(pair)
                yield _duplicate(app, other)


def _beginning(app: App) -> tuple[object, ...]:
    plain = plain_name(app.name)
    return plain[:3], _figures(plain)


def _share_store(app: App, other: App) -> bool:
    return not candidate(app).stores.isdisjoint(candidate(other).stores)


def _duplicate(app: App, other: App) -> Finding:
    return Finding(
        code="APP-LIKE-ANOTHER",
        severity=Severity.WARNING,
        place=app.at.child("name"),
        subject=f"app:{app.id}",
        values={"name": app.name, "other": other.name, "id": other.id, "other_at": other.at.file},
        places={"other_at": other.at},
    )


def shared_stores(apps: Iterable[App]) -> Iterator[Finding]:
    """An identifier of a store belongs to one record: two that share it would be installed, and withdrawn, by turns."""
    first: dict[tuple[str, str], tuple[App, int]] = {}
    for app in apps:
        for number, identity in enumerate(app.identities):
            key = store_key(identity.kind, identity.id)
            other, at = first.setdefault(key, (app, number))
            if other is not app and key[0] != "web":
                yield Finding(
                    code="STORE-ID-TWICE",
                    severity=Severity.ERROR,
                    place=identity.at,
                    subject=f"app:{app.id}",
                    values={"store_id": identity.id, "name": app.name, "other": other.id, "other_at": other.at.file},
                    places={"other_at": other.identities[at].at},
                )


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
