"""Walking the tour: requests with what is known put in, sent one after the other, answers masked and kept.

The sender is a parameter, so that the same walk goes to a real server and to an emulator of it.
"""

import base64
import json
import plistlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
TOUR = HERE / "tour.yaml"
_FIELD = re.compile(r"\{([a-z_0-9]+)\}")
_WHOLE = re.compile(r"^\{([a-z_0-9]+)\}$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One request of the tour, as it stands in tour.yaml."""

    name: str
    verb: str
    path: str
    who: str = "all"
    query: Mapping[str, Any] = field(default_factory=dict)
    send: Any = None
    raw: str | None = None
    media_type: str = "application/json"
    keep: Mapping[str, str] = field(default_factory=dict)
    show: str = "all"

    @property
    def collection(self) -> str:
        """Whose ids an `id` in the answer is: `mdm/artifacts` for mdm/artifacts/<id>/."""
        return "/".join(self.path.split("/")[:2])


@dataclass(frozen=True, kw_only=True, slots=True)
class Tour:
    """The steps in order, and per collection the fields that an emulator may leave out."""

    steps: Sequence[Step]
    unused: Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request ready to be sent; `path` is below /api/."""

    verb: str
    path: str
    who: str
    query: Sequence[tuple[str, str]]
    body: bytes | None
    media_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What came back. `body` is parsed JSON where the media type says JSON, else None."""

    status: int
    media_type: str
    body: Any


@dataclass(slots=True)
class Known:
    """Values by name, and the names of ids by collection: `{a}` is tag 17, and 17 in a field for tags is `{a}`."""

    values: dict[str, Any]
    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def learn(self, name: str, collection: str, value: Any) -> None:
        """Keeps `value` under `name`, and knows it as an id of `collection` from now on."""
        self.values[name] = value
        self.ids[collection, str(value)] = name


def load_tour(path: Path = TOUR, part: str = "steps") -> Tour:
    """Reads a tour, or the `part` of it.

    Raises:
        KeyError: a step lacks its name or its call.
    """
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Tour(steps=tuple(map(_step, read[part])), unused=read["unused"])


def _step(read: Mapping[str, Any]) -> Step:
    verb, path = read["call"].split(" ", 1)
    return Step(
        name=read["name"],
        verb=verb,
        path=path,
        who=read.get("as", "all"),
        query=read.get("query", {}),
        send=read.get("send"),
        raw=read.get("raw"),
        media_type=read.get("type", "application/json"),
        keep=read.get("keep", {}),
        show=read.get("show", "all"),
    )


def walk(tour: Tour, known: Known, ask: Callable[[Request], Reply]) -> Iterator[tuple[Step, Reply]]:
    """Sends the steps in order, and learns the ids that later steps need.

    Raises:
        LookupError: an answer lacks what a step says to keep, so that the rest cannot be asked.
    """
    for step in tour.steps:
        reply = ask(_request(step, known))
        for name, where in step.keep.items():
            known.learn(name, step.collection, _found(step, reply, where, known))
        yield step, reply


def _found(step: Step, reply: Reply, where: str, known: Known) -> Any:
    value = reply.body
    for part in where.split("."):
        try:
            value = _inside(value, part, known)
        except (KeyError, IndexError, TypeError, StopIteration) as error:
            raise LookupError(f"{step.name}: {reply.status} {reply.body!r} has no {where}") from error
    return value


def _inside(value: Any, part: str, known: Known) -> Any:
    """A field, a row by its number, or by `field=name`: the row whose field is what is known under the name."""
    name, _, wanted = part.partition("=")
    if wanted:
        return next(row for row in value if row[name] == known.values[wanted])
    return value[int(part) if part.isdigit() else part]


def _request(step: Step, known: Known) -> Request:
    body = step.raw
    if step.raw is None and step.verb in ("POST", "PUT", "PATCH"):
        body = json.dumps(filled(step.send, known.values), ensure_ascii=False)
    return Request(
        verb=step.verb,
        path=str(filled(step.path, known.values)),
        who=step.who,
        query=tuple(_pairs(filled(step.query, known.values))),
        body=None if body is None else body.encode(),
        media_type=step.media_type,
    )


def _pairs(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, str(one)


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """`value` with `{name}` replaced wherever a known name stands, and with its plists written out.

    Raises:
        KeyError: a name in braces that nothing has made known.
    """
    if isinstance(value, str):
        whole = _WHOLE.match(value)
        return known[whole[1]] if whole else _FIELD.sub(lambda found: str(known[found[1]]), value)
    if isinstance(value, Mapping):
        return _filled_mapping(value, known)
    if isinstance(value, list):
        return [filled(one, known) for one in value]
    return value


def _filled_mapping(value: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    if "mobileconfig" in value:
        return base64.b64encode(plistlib.dumps(mobileconfig(value["mobileconfig"], value.get("without")))).decode()
    if "plist" in value:
        return plistlib.dumps(value["plist"]).decode()
    return {name: filled(one, known) for name, one in value.items()}


def mobileconfig(keys: Mapping[str, Any], without: str | None = None) -> dict[str, Any]:
    """A configuration profile with one payload of restrictions, on the device's channel."""
    payload = {
        "PayloadType": "com.apple.applicationaccess",
        "PayloadVersion": 1,
        "PayloadIdentifier": "se.example.tour.restrictions",
        "PayloadUUID": "5B1E5D3A-6A59-4C39-9A9B-1D4C5C0F1C01",
        **keys,
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": "se.example.tour",
        "PayloadUUID": "5B1E5D3A-6A59-4C39-9A9B-1D4C5C0F1C00",
        "PayloadScope": "System",
        "PayloadDisplayName": "Tour",
        "PayloadDescription": "Tour",
        "PayloadContent": [payload],
    }
    return {name: value for name, value in profile.items() if name != without}
