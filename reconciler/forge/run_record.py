"""What is kept of a run that wrote to a backend, in a form that can be signed and read back. Pure.

Whoever may write to a repository may make deployments: so only what our own key has signed says when a backend was last
applied whole and how much has been done since. Each record names the one before it, so that one that was taken away is missed.
"""

import base64
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from reconciler.forge.fields import flag, inner, moment, need, number, rows, text
from reconciler.forge.problems import ForgeProblem
from reconciler.model.place import Json
from reconciler.planning.canonical import canonical
from reconciler.trust.evidence import Spent
from reconciler.trust.signing import Key

VERSION: Final = 1
LONGEST: Final = 50_000
"""Characters of one part. GitHub names no limit of a deployment's payload; what a comment may hold is taken as safe (an assumption)."""
MOST: Final = 40
_MARK: Final = re.compile(r"[0-9a-f]{64}")


class Phase(StrEnum):
    """`BEGUN`: `spent` is what was about to be done. `ENDED`: what was done."""

    BEGUN = "begun"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Counts and hashes only: no device, no login, no value.

    `repository`: the forge's lasting id. `applied`, `held` and `waiting` count changes. `journal`: the name of the artifact
    that holds it, encrypted. `complete`: what was on the branch at `commit` needn't be looked at again. `spent` is ascribed
    to changes by fingerprint. `previous`: the mark of the record before this one, empty for the first.
    """

    repository: str
    backend: str
    run: str
    attempt: int
    phase: Phase
    at: datetime
    commit: str
    plan_digest: str = ""
    applied: int = 0
    held: int = 0
    waiting: int = 0
    journal: str = ""
    complete: bool = False
    spent: tuple[Spent, ...] = ()
    previous: str = ""


def write_parts(run: Run, key: Key) -> tuple[str, Sequence[Mapping[str, object]]]:
    """The record's mark (its signature), and the payloads that carry it. ForgeProblem FORGE-RECORD-TOO-LARGE beyond reason."""
    sealed = zlib.compress(canonical(_as_json(run)).encode(), 9)
    mark = _sign(sealed, key)
    data = base64.urlsafe_b64encode(sealed).decode()
    pieces = [data[at : at + LONGEST] for at in range(0, len(data), LONGEST)]
    if len(pieces) > MOST:
        raise ForgeProblem("FORGE-RECORD-TOO-LARGE", {"parts": str(len(pieces)), "limit": str(MOST)})
    head = {"reconciler": VERSION, "key": key.id, "mark": mark, "of": len(pieces)}
    return mark, [{**head, "part": part, "data": piece} for part, piece in enumerate(pieces, 1)]


@dataclass(slots=True)
class Read:
    """Records as they come in, page by page: only what a page brings is opened, however many there were before.

    `runs`: mark -> record, of those that are whole and that one of the keys has signed. `marks`: of all that there is a part of.
    """

    keys: Sequence[Key]
    runs: dict[str, Run] = field(default_factory=dict)
    _parts: dict[str, dict[int, "_Part"]] = field(default_factory=dict)

    @property
    def marks(self) -> frozenset[str]:
        return frozenset(self._parts)

    def add(self, payloads: Iterable[object]) -> None:
        """Of two texts of one part the one that comes last counts: pages go back in time, and the first was there first."""
        new = [part for payload in payloads if (part := _part(payload))]
        for part in new:
            self._parts.setdefault(part.mark, {})[part.number] = part
        for mark in dict.fromkeys(part.mark for part in new):
            self.runs.pop(mark, None)
            run = _open(tuple(self._parts[mark].values()), self.keys)
            if run:
                self.runs[mark] = run


def read_parts(payloads: Iterable[object], keys: Sequence[Key]) -> Mapping[str, Run]:
    """Mark -> record, of those that are whole and that one of the keys has signed. What isn't is left out."""
    read = Read(keys)
    read.add(payloads)
    return read.runs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    mark: str
    key: str
    number: int
    total: int
    data: str


def _part(payload: object) -> _Part | None:
    try:
        data = json.loads(payload) if isinstance(payload, str) else payload  # an older server gives it back as text
        if inner(data, "reconciler") != VERSION:
            return None
        part = _Part(
            mark=need(data, "mark"),
            key=need(data, "key"),
            number=number(data, "part"),
            total=number(data, "of"),
            data=need(data, "data"),
        )
    except (ValueError, RecursionError, ForgeProblem):  # whoever may make deployments may write anything there
        return None
    return part if _MARK.fullmatch(part.mark) and 0 < part.number <= part.total <= MOST else None


def _open(parts: Sequence[_Part], keys: Sequence[Key]) -> Run | None:
    """`parts`: all that there are of one mark."""
    last = parts[-1]
    pieces = {part.number: part.data for part in parts}
    key = next((key for key in keys if key.id == last.key), None)
    if key is None or set(pieces) != set(range(1, last.total + 1)):
        return None
    try:
        sealed = base64.b64decode("".join(pieces[part] for part in sorted(pieces)), b"-_", validate=True)
    except ValueError:
        return None
    if not hmac.compare_digest(_sign(sealed, key), last.mark):
        return None
    return _read(json.loads(zlib.decompress(sealed)))


def _sign(sealed: bytes, key: Key) -> str:
    """The words before it keep a signature of ours from being taken for one of something else."""
    return hmac.new(key.secret, f"reconciler:run:{VERSION} {key.id}\n".encode() + sealed, hashlib.sha256).hexdigest()


def _as_json(run: Run) -> Mapping[str, Json]:
    names = [name for name in Run.__slots__ if name not in ("at", "spent", "phase")]
    return {
        **{name: getattr(run, name) for name in names},
        "at": run.at.astimezone(UTC).isoformat(),
        "phase": run.phase.value,
        "spent": [_spent_as_json(one) for one in run.spent],
    }


def _spent_as_json(one: Spent) -> Mapping[str, Json]:
    """What is as it usually is isn't written: a run in August has thousands."""
    whole = {name: getattr(one, name) for name in Spent.__slots__ if name != "at"}
    told = {name: value for name, value in whole.items() if value not in (False, 0, ())}
    return {**told, "disturbed": list(one.disturbed), "at": one.at.astimezone(UTC).isoformat()}


def _read(data: object) -> Run:
    """Its signature holds, so that what can't be read is a bug or another version's."""
    return Run(
        repository=need(data, "repository"),
        backend=need(data, "backend"),
        run=need(data, "run"),
        attempt=number(data, "attempt"),
        phase=Phase(need(data, "phase")),
        at=moment(data, "at"),
        commit=need(data, "commit"),
        plan_digest=text(data, "plan_digest"),
        applied=number(data, "applied"),
        held=number(data, "held"),
        waiting=number(data, "waiting"),
        journal=text(data, "journal"),
        complete=flag(data, "complete") or False,
        spent=tuple(_read_spent(row) for row in rows(data, "spent")),
        previous=text(data, "previous"),
    )


def _read_spent(row: Mapping[str, object]) -> Spent:
    disturbed = inner(row, "disturbed")
    return Spent(
        at=moment(row, "at"),
        fingerprint=need(row, "fingerprint"),
        kind=need(row, "kind"),
        deletes=flag(row, "deletes") or False,
        from_ours=flag(row, "from_ours") or False,
        moved=number(row, "moved") if "moved" in row else 0,
        placed=number(row, "placed") if "placed" in row else 0,
        disturbed=tuple(str(one) for one in disturbed) if isinstance(disturbed, list) else (),
        allowed=flag(row, "allowed") or False,
    )


def following(run: Run, previous: str) -> Run:
    """The same record, after the one with this mark."""
    return replace(run, previous=previous)
