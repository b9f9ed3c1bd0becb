"""What people read in a plan's comment, as one hash: whoever may write comments may edit them, and leave the record in them alone."""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from reconciler.trust.signing import PART

_MARKER: Final = re.compile(r"\A<!-- reconciler:comment:[^\s>]{1,300} -->(?:\r?\n|\Z)")


def shown_digest(texts: Iterable[str]) -> str:
    """Of all of a plan's comments without their markers and the record. Line ends and space at the ends come back as the forge likes them."""
    seen = (_visible(text) for text in texts)
    return hashlib.sha256("\n".join(one for one in seen if one).encode()).hexdigest()


def _visible(text: str) -> str:
    rest = PART.sub("", _MARKER.sub("", text))
    return "\n".join(line.rstrip() for line in rest.splitlines()).strip()
