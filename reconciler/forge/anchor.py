"""The mark of the newest record of a backend, signed and kept apart from the records: in the message of the lock's commit.

Each record names the one before it, so that one that is taken away is missed, but for the newest: nothing names those. Whoever may write
deployments (`deployments: write`, as any workflow may ask for) may delete them; the lock's ref takes `contents: write` too.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

from reconciler.trust.signing import Key

BEGINNING: Final = "0" * 64
"""The mark before the first record, so that a run that is killed right after that one has lost nothing. No record's mark: those are HMACs."""

_WRITTEN = re.compile(r"([0-9a-f]{64}) ([A-Za-z0-9._]{1,32}) ([0-9a-f]{64})")


def write_anchor(mark: str, repository: str, backend: str, key: Key) -> str:
    """`mark`: of the record; `repository`: the forge's lasting id."""
    return f"{mark} {key.id} {_sign(mark, repository, backend, key)}"


def read_anchor(written: str, repository: str, backend: str, keys: Sequence[Key]) -> str:
    """The mark; an empty text where there is none that one of the keys has signed for this backend."""
    found = _WRITTEN.fullmatch(written)
    key = next((key for key in keys if found and key.id == found.group(2)), None)
    if found is None or key is None:
        return ""
    same = hmac.compare_digest(_sign(found.group(1), repository, backend, key), found.group(3))
    return found.group(1) if same else ""


def _sign(mark: str, repository: str, backend: str, key: Key) -> str:
    """The words before it keep a signature of ours from being taken for one of something else."""
    said = f"reconciler:anchor:1 {key.id} {repository} {backend} {mark}"
    return hmac.new(key.secret, said.encode(), hashlib.sha256).hexdigest()
