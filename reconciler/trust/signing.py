"""Records in comments: signed by HMAC-SHA256, and written so that neither Markdown nor an editor can bend them.

One record is one or more HTML comments, since a forge's comment has a limit (GitHub: 65,536 characters, and the text for
people needs most of it). The signature is over the whole, with the id of its key, and holds before anything is unpacked.
The payload is compressed JSON in base64url, broken into lines: white space in it says nothing, so CRLF does no harm.
"""

import base64
import binascii
import hashlib
import hmac
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from reconciler.trust.record import VERSION, Record, encode, read
from reconciler.trust.refusal import Refusal

START: Final = "reconciler:record:"
FIRST, REST = 15_000, 60_000
"""Characters of payload in the comment that has the text for people too, and in each comment of its own."""
MOST: Final = 20
"""Parts; some 40,000 changes. What has more than that was read by nobody."""
SHORTEST: Final = 32
"""Bytes of a key: as long as the hash."""
_WIDTH: Final = 100

# Single white space between the words and one class for the payload: no text makes this slow.
PART: Final = re.compile(
    r"<!--\sreconciler:record:(\d{1,6})\skey=([A-Za-z0-9._]{1,32})\smac=([0-9a-f]{64})\s"
    r"part=(\d{1,3})/(\d{1,3})\s([A-Za-z0-9_=\-\s]*?)-->"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """`id` is written beside the signature, so that old and new keys work side by side while one is changed for the other."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < SHORTEST:
            raise ValueError(f"a key has at least {SHORTEST} bytes")
        if not re.fullmatch(r"[A-Za-z0-9._]{1,32}", self.id):
            raise ValueError("a key's id has letters, digits, points and underscores, at most 32")


def sign(record: Record, key: Key, *, first: int = FIRST, rest: int = REST) -> tuple[str, ...] | Refusal:
    """The texts that carry a record: the first to stand in the plan's comment, each other in a comment of its own."""
    sealed = zlib.compress(encode(record).encode(), 9)
    payload = base64.urlsafe_b64encode(sealed).decode()
    parts = [payload[:first], *(payload[at : at + rest] for at in range(first, len(payload), rest))]
    if len(parts) > MOST:
        return Refusal(code="RECORD-TOO-LARGE", values={"parts": str(len(parts)), "limit": str(MOST)})
    head = f"{START}{record.version} key={key.id} mac={_mac(sealed, record.version, key)}"
    return tuple(
        f"<!-- {head} part={number}/{len(parts)}\n{_in_lines(part)}\n-->" for number, part in enumerate(parts, 1)
    )


def verify(texts: Sequence[str], keys: Sequence[Key]) -> Record | Refusal | None:
    """The record in these comments; None where there is none. Give it only comments of our own author.

    Of several that hold, the one made last. Where none holds, why the first doesn't.
    """
    found = sorted({part for text in texts for part in _parts(text)}, key=lambda part: (part.whole, part.number))
    opened = [_open(list(parts), keys) for _, parts in groupby(found, key=lambda part: part.whole)]
    records = [one for one in opened if isinstance(one, Record)]
    if records:
        return max(records, key=lambda record: record.made_at)
    refused = next((one for one in opened if isinstance(one, Refusal)), None)
    if refused is None and any(START in text for text in texts):
        return Refusal(code="RECORD-BROKEN")
    return refused


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    whole: tuple[int, str, str, int]
    number: int
    payload: str


def _parts(text: str) -> Iterator[_Part]:
    for version, key, mac, number, total, payload in PART.findall(text):
        whole = (int(version), key, mac, int(total))
        yield _Part(whole=whole, number=int(number), payload="".join(payload.split()))


def _open(parts: Sequence[_Part], keys: Sequence[Key]) -> Record | Refusal:
    version, key_id, mac, total = parts[0].whole
    if version != VERSION:
        return Refusal(code="RECORD-VERSION", values={"version": str(version)})
    key = next((key for key in keys if key.id == key_id), None)
    if key is None:
        return Refusal(code="RECORD-KEY-UNKNOWN", values={"key": key_id})
    by_number = {part.number: part.payload for part in parts}
    if set(by_number) != set(range(1, total + 1)):
        return Refusal(code="RECORD-INCOMPLETE", values={"parts": str(len(by_number)), "of": str(total)})
    if len(by_number) != len(parts):
        return Refusal(code="RECORD-FORGED")  # two texts of one part: somebody has added one
    try:
        sealed = base64.urlsafe_b64decode("".join(by_number[number] for number in sorted(by_number)))
    except binascii.Error:
        return Refusal(code="RECORD-BROKEN")
    if not hmac.compare_digest(_mac(sealed, version, key), mac):
        return Refusal(code="RECORD-FORGED")
    try:
        return read(zlib.decompress(sealed).decode())
    except (zlib.error, UnicodeDecodeError):
        return Refusal(code="RECORD-BROKEN")


def _mac(sealed: bytes, version: int, key: Key) -> str:
    """The words before the payload keep a signature of ours from being taken for one of something else."""
    said = f"{START}{version} {key.id}\n".encode() + sealed
    return hmac.new(key.secret, said, hashlib.sha256).hexdigest()


def _in_lines(payload: str) -> str:
    return "\n".join(payload[at : at + _WIDTH] for at in range(0, len(payload), _WIDTH))
