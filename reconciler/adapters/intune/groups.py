"""Entra groups: which are ours, what they are called, and which of people's groups a written name means. Pure.

Ours are told by the mark in the description, or by the unique name that they were made with where somebody edited the mark
away. Display names prove nothing: two groups may bear one.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any

from reconciler.adapters.mark import find_mark, place_ref, write_mark
from reconciler.model.place import Json
from reconciler.model.resource import Key, Live, Mark

LONGEST_NAME = 256
LONGEST_NICKNAME = 64
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraGroup:
    """`members_by_rule`: Entra decides who is in it (a dynamic group), so nobody else can."""

    id: str
    name: str
    description: str
    unique_name: str
    mail: str
    members_by_rule: bool
    mark: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """All groups of a tenant. `ours`: reference → groups that bear our mark for it (two are a finding); `refs` by id.

    `named` are people's groups by folded name; each of several that share one has a reference with its id, in `shared`.
    """

    by_id: Mapping[str, EntraGroup]
    ours: Mapping[str, Sequence[EntraGroup]]
    refs: Mapping[str, str]
    named: Mapping[str, Sequence[EntraGroup]] = field(default_factory=dict)
    shared: Mapping[str, EntraGroup] = field(default_factory=dict)

    def one(self, ref: str) -> EntraGroup | None:
        """The group of ours, or the one that a `group:<name>` means."""
        if ref in self.shared:
            return self.shared[ref]
        found = self.named.get(fold(ref.removeprefix("group:")), ()) if ref.startswith("group:") else self.ours.get(ref)
        return found[0] if found and len(found) == 1 else None


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def unique_name(org: str, ref: str) -> str:
    """The name that a group is made by, so that making it twice makes one. It never changes, also where the group is renamed."""
    return f"reconciler.{org}.{ref[1:].replace('/', '.')}"


def read_groups(data: Iterable[Mapping[str, Any]], org: str) -> Groups:
    """`org` is the organisation's uid: a group with another's mark is not ours."""
    groups = [_read(one, org) for one in data]
    ours: dict[str, list[EntraGroup]] = {}
    named: dict[str, list[EntraGroup]] = {}
    refs: dict[str, str] = {}
    for group in groups:
        ref = _ref(group, org)
        if ref is not None:
            ours.setdefault(ref, []).append(group)
            refs[group.id] = ref
        elif group.mark is None:
            named.setdefault(fold(group.name), []).append(group)
            refs[group.id] = f"group:{group.name}"
    alike = [group for found in named.values() if len(found) > 1 for group in found]
    refs |= {group.id: f"group:{group.name} ({group.id})" for group in alike}
    shared = {refs[group.id]: group for group in alike}
    return Groups(by_id={group.id: group for group in groups}, ours=ours, refs=refs, named=named, shared=shared)


def _read(data: Mapping[str, Any], org: str) -> EntraGroup:
    description = str(data.get("description") or "")
    unique = str(data.get("uniqueName") or "")
    return EntraGroup(
        id=str(data["id"]),
        name=unicodedata.normalize("NFC", str(data.get("displayName") or "")),
        description=description,
        unique_name=unique,
        mail=str(data.get("mail") or ""),
        members_by_rule="DynamicMembership" in (data.get("groupTypes") or ()),
        mark=find_mark(description) or _mark_of(unique, org),
    )


def _mark_of(unique: str, org: str) -> Mark | None:
    """`reconciler.<org>.<school>.<group>` says the same as a mark; ids hold no dots."""
    parts = unique.split(".")
    if len(parts) != 4 or parts[:2] != ["reconciler", org]:
        return None
    return Mark(org=org, key=f"group/{parts[2]}/{parts[3]}")


def _ref(group: EntraGroup, org: str) -> str | None:
    return place_ref(group.mark.key) if group.mark and group.mark.org == org else None


def live_groups(groups: Groups, org: str) -> list[Live]:
    """Marked groups as live places; of another organisation's too, so that nothing is done to them."""
    found: list[Live] = []
    for group in groups.by_id.values():
        if group.mark is None:
            continue
        ref = groups.refs.get(group.id) or f"group:{group.name}"
        found.append(live_group(group, ref, org))
    return found


def live_group(group: EntraGroup, ref: str, org: str) -> Live:
    """A mark that was edited away is an empty one: the unique name still says whose the group is."""
    written = find_mark(group.description)
    mark = written.key if written and written.org == org else ""
    return Live(
        key=Key(kind="group", target=ref),
        fields={"name": group.name, "mark": mark},
        vendor_id=group.id,
        mark=group.mark,
    )


def group_body(name: str, mark: Mark, description: str = "") -> dict[str, Json]:
    """What is written of a group, new or not; people's own text in its description is kept."""
    return {"displayName": name, "description": write_mark(description, mark)}


def new_group_body(name: str, mark: Mark, ref: str) -> dict[str, Json]:
    """An assigned security group. The nickname is required, also where no mail is (group-post-groups)."""
    nickname = re.sub(r"[^a-z0-9-]", "-", ref[1:])[:LONGEST_NICKNAME]
    return {
        **group_body(name, mark),
        "mailNickname": nickname,
        "mailEnabled": False,
        "securityEnabled": True,
        "groupTypes": [],
    }


def match_groups(groups: Groups, pattern: str) -> list[list[EntraGroup]]:
    """The groups of people's that a written name means: by object id, display name, mail address, or a name with globs.

    Each inner list is one name; more than one group in it bears that name. A name as it stands comes before what its
    signs could mean: groups are called "Personal [2026]" too.
    """
    if _GUID.fullmatch(pattern):
        group = groups.by_id.get(pattern.lower())
        return [[group]] if group and groups.refs.get(group.id, "").startswith("group:") else []
    if exact := groups.named.get(fold(pattern)):
        return [list(exact)]
    if "@" in pattern:
        found = [one for named in groups.named.values() for one in named if fold(one.mail) == fold(pattern)]
        return [[one] for one in found]
    if not any(sign in pattern for sign in "*?["):
        return []
    regex = re.compile(translate(fold(pattern)))
    return [list(found) for name, found in sorted(groups.named.items()) if regex.match(name)]
