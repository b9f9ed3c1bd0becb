"""What our things are called on a server that others use too, and which name clashes with which. Pure.

Zentral has no text field for a mark on tags: the taxonomy's name carries the organisation and the tag's name the group.
Limits: taxonomies, artifacts 256 characters, tags none (inventory/models.py, mdm/models.py, 2026-08-22).
"""

import re
import unicodedata

from reconciler.model.resource import Key

LONGEST = 256
"""Of an artifact's name, and of a taxonomy's."""

_PART = "[a-z0-9][a-z0-9-]*"
_GROUP = re.compile(f"{_PART}/{_PART}")
_APP = re.compile(rf"app/(?P<app>{_PART})/(?P<adam>\d+)")


def taxonomy_name(org: str, prefix: str = "") -> str:
    """`org` is the organisation's uid. Names lose outer spaces on the server, so there is none to lose."""
    mark = f"[reconciler:1 org={org}]"
    return f"{prefix} {mark}" if prefix else mark


def tag_name(ref: str, prefix: str = "") -> str:
    return f"{prefix}{ref[1:]}"


def tag_ref(name: str, prefix: str = "") -> str | None:
    """The reference behind a tag's name; None where it isn't of our form, so that somebody made it by hand."""
    bare = name.removeprefix(prefix) if name.startswith(prefix) else ""
    return f"@{bare}" if _GROUP.fullmatch(bare) else None


def profile_name(ref: str, payload: str, prefix: str = "") -> str:
    return f"{prefix}{ref[1:]}/{payload}"


def is_profile_name(name: str, prefix: str = "") -> bool:
    group, _, payload = name.removeprefix(prefix).rpartition("/")
    return name.startswith(prefix) and bool(payload) and _GROUP.fullmatch(group) is not None


def app_name(app: str, adam_id: str, prefix: str = "") -> str:
    """`app` is the catalogue's id."""
    return f"{prefix}app/{app}/{adam_id}"


def adam_id_in(name: str, prefix: str = "") -> str | None:
    """The App Store number in the name of an app that we made; None for any other name."""
    found = _APP.fullmatch(name.removeprefix(prefix)) if name.startswith(prefix) else None
    return found["adam"] if found else None


def slug(name: str) -> str:
    """As `Tag.save` makes it (django.utils.text.slugify). It is unique, never validated, and a second one is a 500."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain.lower())).strip("-_")


def mark_key(ref: str, payload: str) -> str:
    """The key in the mark of a profile: its group and its payload type."""
    return f"policy/{ref[1:]}/{payload}"


def marked_as(key: str) -> tuple[str, str] | None:
    """Reference and payload type behind such a key; None for another."""
    parts = key.split("/")
    return (f"@{parts[1]}/{parts[2]}", parts[3]) if len(parts) == 4 and parts[0] == "policy" else None


def app_part(adam_id: str) -> str:
    return f"storeApp:{adam_id}"


def group_key(ref: str) -> Key:
    return Key(kind="group", target=ref)
