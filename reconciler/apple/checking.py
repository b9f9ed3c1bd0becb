"""A payload held against Apple's published keys, before it leaves the machine. Pure.

A device drops a key that it doesn't know or that has the wrong type without a word, so a slip of the pen would look like
a setting that holds. Two questions: is the payload right at all (`check_payload`), and which of its keys do nothing on
a device (`unmet_on`).
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from reconciler.apple.published import SYSTEM_OF, Published, PublishedKey, PublishedPayload, Support
from reconciler.model.place import Json

SECRET: Final = "APPLE-KEY-SECRET"  # noqa: S105 - the code of a text
"""The code of a text that must not stand in a file."""

DEEPEST: Final = 32
"""Levels of lists and dictionaries: no payload of Apple's comes near it."""

# What XML can't hold, and the carriage return, which comes back as a line feed (plistlib, Python 3.11).
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
# Passwords, also those of a list of them, shared secrets, SCEP's challenge, a registration token.
_SECRET: Final = re.compile(r"(password|passphrase|secret|challenge|registrationtoken)s?(\[\d+\])?$", re.IGNORECASE)
HIDDEN: Final = "•••"
"""Stands for a secret that somebody has put into a profile by hand: it differs from all that files say, and is never shown."""


def without_secrets(value: Json, name: str = "") -> Json:
    """Live values for plans and logs, with secrets hidden by the names of their keys.

    A switch is none (`askForPassword`), nor is an empty text: files may say both, and they are compared.
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_secrets(one, "" if isinstance(one, Mapping) else name) for one in value]
    if not isinstance(value, bool) and value != "" and _SECRET.search(name):
        return HIDDEN
    return {key: without_secrets(one, key) for key, one in value.items()} if isinstance(value, Mapping) else value


_WHOLE: Final = range(-(1 << 63), 1 << 64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong with one payload type or one of its keys; `code` is that of its text, `values` are its placeholders.

    key: the key, or the path below it (`Applications[0].Allowed`); empty where it is about the payload type. top: the
    payload's own key (`Applications`), which may hold dots itself.
    """

    code: str
    payload: str
    key: str = ""
    top: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What a key asks of a device before it does anything there. Versions are such as `18.2`; empty: none."""

    key: str
    supervised: bool = False
    introduced: str = ""
    removed: str = ""
    deprecated: str = ""


def check_payload(name: str, keys: Mapping[str, Json], *, platform: str, published: Published) -> tuple[Problem, ...]:
    """Everything that keeps a payload from being written to devices of a platform (ipados, ios, macos, tvos).

    Codes: APPLE-PAYLOAD-UNKNOWN, -NOT-ON; APPLE-KEY-UNKNOWN, -NOT-ON, -MISSING, -TYPE, -TOO-LOW, -TOO-HIGH, -VALUE,
    -UNWRITABLE, and -SECRET for what must not stand in files at all.
    """
    known = published.payload(name)
    at = _At(name, published.day_of(name))
    if known is None:
        return (_problem("APPLE-PAYLOAD-UNKNOWN", at, near=_near(name, published.data)),)
    if SYSTEM_OF[platform] not in known.on:
        return (_problem("APPLE-PAYLOAD-NOT-ON", at, platform=platform, systems=", ".join(known.on)),)
    return (*_missing(at, known, keys, SYSTEM_OF[platform]), *_each_key(at, known, keys, platform))


def check_part(name: str, keys: Mapping[str, Json], *, published: Published) -> tuple[Problem, ...]:
    """What is wrong with some keys of a payload on any platform, whatever else the payload is going to hold.

    The codes of `check_payload` but for -NOT-ON, and -MISSING only of what stands inside a key.
    """
    known, at = published.payload(name), _At(name, published.day_of(name))
    if known is None:
        return (_problem("APPLE-PAYLOAD-UNKNOWN", at, near=_near(name, published.data)),)
    return tuple(_each_key(at, known, keys, ""))


def needs_of(name: str, keys: Mapping[str, Json], *, platform: str, published: Published) -> tuple[Need, ...]:
    """What each key of a payload needs of a device; keys that nothing is published of need nothing."""
    known = published.payload(name)
    found = ((key, known.keys[key].on.get(SYSTEM_OF[platform])) for key in keys if known and key in known.keys)
    return tuple(_need(key, support) for key, support in found if support is not None)


def unmet_on(needs: tuple[Need, ...], *, os_version: str, supervised: bool | None) -> tuple[tuple[str, str], ...]:
    """(key, code) for each key that does nothing on such a device. What isn't known of the device is taken as met.

    os_version: such as `17.6.1`; empty where it isn't known. Codes: APPLE-NEEDS-SUPERVISION, APPLE-NEEDS-VERSION,
    APPLE-REMOVED-IN-VERSION.
    """
    version = parse_version(os_version)
    return tuple((need.key, code) for need in needs for code in _unmet(need, version, supervised))


def parse_version(text: str) -> tuple[int, ...]:
    """The numbers of a version, without zeros at its end: `18.0` is `18`. Empty for what is no version."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6}){0,5}", text):
        return ()
    parts = [int(part) for part in text.split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _unmet(need: Need, version: tuple[int, ...], supervised: bool | None) -> Iterator[str]:
    if need.supervised and supervised is False:
        yield "APPLE-NEEDS-SUPERVISION"
    if version and need.introduced and version < parse_version(need.introduced):
        yield "APPLE-NEEDS-VERSION"
    if version and need.removed and version >= parse_version(need.removed):
        yield "APPLE-REMOVED-IN-VERSION"


def _need(key: str, support: Support) -> Need:
    return Need(
        key=key,
        supervised=support.supervised,
        introduced=support.introduced,
        removed=support.removed,
        deprecated=support.deprecated,
    )


def _missing(at: "_At", known: PublishedPayload, keys: Mapping[str, Json], system: str) -> Iterator[Problem]:
    for key, said in known.keys.items():
        if said.required and key not in keys and system in said.on:
            yield _problem("APPLE-KEY-MISSING", at, key)


def _each_key(at: "_At", known: PublishedPayload, keys: Mapping[str, Json], platform: str) -> Iterator[Problem]:
    for key, value in keys.items():
        said = known.keys.get(key)
        if said is None:
            yield _problem("APPLE-KEY-UNKNOWN", at, key, near=_near(key, known.keys))
        elif platform and SYSTEM_OF[platform] not in said.on:
            yield _problem("APPLE-KEY-NOT-ON", at, key, platform=platform, systems=", ".join(said.on))
        else:
            yield from (replace(problem, top=key) for problem in _value(at, key, said, value, 1))


def _value(at: "_At", path: str, said: PublishedKey, value: Json, depth: int) -> Iterator[Problem]:
    if not _is_a(said.type, value):
        yield _problem("APPLE-KEY-TYPE", at, path, type=said.type)
    elif isinstance(value, str):
        yield from _text(at, path, said, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(at, path, said, value)
    elif isinstance(value, Mapping | Sequence):
        yield from _inside(at, path, said, value, depth)


def _number(at: "_At", path: str, said: PublishedKey, value: float) -> Iterator[Problem]:
    if said.least is not None and value < said.least:
        yield _problem("APPLE-KEY-TOO-LOW", at, path, least=f"{said.least:g}")
    elif said.most is not None and value > said.most:
        yield _problem("APPLE-KEY-TOO-HIGH", at, path, most=f"{said.most:g}")
    elif said.options and value not in said.options:
        yield _problem("APPLE-KEY-VALUE", at, path, options=", ".join(map(str, said.options)))


def _text(at: "_At", path: str, said: PublishedKey, value: str) -> Iterator[Problem]:
    if value and _SECRET.search(path):
        yield _problem(SECRET, at, path)
    elif _UNWRITABLE.search(value):
        yield _problem("APPLE-KEY-UNWRITABLE", at, path)
    elif said.options and value not in said.options:
        yield _problem("APPLE-KEY-VALUE", at, path, options=", ".join(map(str, said.options)))


def _inside(
    at: "_At", path: str, said: PublishedKey, value: Mapping[str, Json] | Sequence[Json], depth: int
) -> Iterator[Problem]:
    """What a list or a dictionary holds."""
    if depth > DEEPEST:
        yield _problem("APPLE-KEY-UNWRITABLE", at, path)
    elif isinstance(value, Mapping):
        yield from _dictionary(at, path, said, value, depth)
    else:
        for number, one in enumerate(value):
            yield from _value(at, f"{path}[{number}]", said.items or _ANYTHING, one, depth + 1)


def _dictionary(at: "_At", path: str, said: PublishedKey, value: Mapping[str, Json], depth: int) -> Iterator[Problem]:
    below = said.keys or {}
    anything = below.get("ANY") or (None if below else _ANYTHING)
    for key, one in value.items():
        here = below.get(key, anything)
        if here is None:
            yield _problem("APPLE-KEY-UNKNOWN", at, f"{path}.{key}", near=_near(key, below))
        elif _UNWRITABLE.search(key):
            yield _problem("APPLE-KEY-UNWRITABLE", at, path)
        else:
            yield from _value(at, f"{path}.{key}", here, one, depth + 1)
    for key, missing in below.items():
        if missing.required and key not in value and key != "ANY":
            yield _problem("APPLE-KEY-MISSING", at, f"{path}.{key}")


_ANYTHING: Final = PublishedKey(type="any", on={})


def _is_a(kind: str, value: Json) -> bool:
    """A plist tells whole numbers from others and from true and false; what YAML can't say (data, dates) never fits."""
    if isinstance(value, bool):
        return kind in ("boolean", "any")
    if isinstance(value, int):
        return kind in ("integer", "real", "any") and value in _WHOLE
    if isinstance(value, float):
        return kind in ("real", "any") and value - value == 0  # neither infinite nor no number
    if isinstance(value, str):
        return kind in ("string", "any")
    if isinstance(value, Mapping):
        return kind in ("dictionary", "any")
    return value is not None and kind in ("array", "any")


def _near(name: str, known: Mapping[str, object]) -> str:
    """Upper and lower case count for nothing here: they are the commonest slip."""
    exact = [one for one in known if one.casefold() == name.casefold()]
    return next(iter(exact or difflib.get_close_matches(name, known, n=1, cutoff=0.8)), "")


class _At(NamedTuple):
    """The payload type, and the day of the extract that it is held against."""

    payload: str
    of: str


def _problem(code: str, at: _At, key: str = "", **values: str) -> Problem:
    return Problem(
        code=code,
        payload=at.payload,
        key=key,
        top=key,
        values={"payload": at.payload, "key": key, "of": at.of, **values},
    )
