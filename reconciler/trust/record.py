"""The record of a pull request's plan: what people saw when they approved, in a form that can be signed and read back.

It says which changes of which tenants the pull request proposed, for which head. It carries no device, login or count of people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from reconciler.model.change import Envelope
from reconciler.planning.canonical import canonical
from reconciler.planning.codec import Mismatch, decode
from reconciler.planning.codec import encode as as_json
from reconciler.trust.refusal import Refusal

VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What is proposed for a day to come (a dated value, a ring): planned ahead, so that it can be approved with the rest."""

    day: date
    backend: str
    fingerprints: tuple[str, ...] = ()
    envelopes: tuple[Envelope, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`organisation` is its uid, `repository` the forge's lasting id of it, `tenants` backend -> identity.

    Holds from `made_at` until `lapses`, exclusive, both UTC; of `later`, from its day on. `required`: the owners that the plan job found.
    `shown`: of the text beside it (`trust.shown`), which is what people read when they approve.
    """

    version: int = VERSION
    organisation: str
    repository: str
    pull: int
    head: str
    base: str
    made_at: datetime
    lapses: datetime
    tenants: Mapping[str, str]
    fingerprints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    envelopes: Mapping[str, tuple[Envelope, ...]] = field(default_factory=dict)
    later: tuple[Later, ...] = ()
    required: tuple[str, ...] = ()
    plan_digest: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A record with its moments as text: the codec knows days only."""

    version: int
    organisation: str
    repository: str
    pull: int
    head: str
    base: str
    made_at: str
    lapses: str
    tenants: Mapping[str, str]
    fingerprints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    envelopes: Mapping[str, tuple[Envelope, ...]] = field(default_factory=dict)
    later: tuple[Later, ...] = ()
    required: tuple[str, ...] = ()
    plan_digest: str = ""
    shown: str = ""


def encode(record: Record) -> str:
    """Canonical JSON: the same record gives the same text. ValueError for a moment without a time zone."""
    moments = {"made_at": _utc(record.made_at), "lapses": _utc(record.lapses)}
    return canonical({**as_json(record), "version": record.version, **moments})


def read(text: str) -> Record | Refusal:
    """A record from its JSON. Ask it only of text whose signature holds: what it says is believed."""
    try:
        data = json.loads(text)
        if isinstance(data, dict) and data.get("version") != VERSION:
            return Refusal(code="RECORD-VERSION", values={"version": str(data.get("version"))})
        written = decode(_Written, data)
        return Record(
            made_at=_moment(written.made_at),
            lapses=_moment(written.lapses),
            **{name: getattr(written, name) for name in _Written.__slots__ if name not in ("made_at", "lapses")},
        )
    except (ValueError, Mismatch):
        return Refusal(code="RECORD-BROKEN")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment of a record has a time zone")
    return moment


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment of a record has a time zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds")
