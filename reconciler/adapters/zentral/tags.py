"""Tags: which are our groups, which somebody made by hand among ours, and whose names are in our way. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.adapters.mark import mark_key
from reconciler.adapters.zentral.names import group_key, slug, tag_ref, taxonomy_name
from reconciler.model.resource import Live, Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """`row` as it was read. `taxonomy` is None for one that is in none."""

    id: int
    name: str
    slug: str
    taxonomy: int | None
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """All tags of a server. `ours` by reference; `by_hand` stand in our taxonomy under names that no group has.

    `taxonomy` is the id of ours, None where it is still to be made.
    """

    taxonomy: int | None
    by_id: Mapping[int, Tag] = field(default_factory=dict)
    ours: Mapping[str, Tag] = field(default_factory=dict)
    refs: Mapping[int, str] = field(default_factory=dict)
    by_hand: tuple[Tag, ...] = ()

    def in_the_way(self, name: str, own: Iterable[str] = ()) -> Tag | None:
        """A tag that is not this group's own and that the server would take for the same, or answer 500 beside it.

        `own`: references that the group has or had; the slug is what is unique beside the name (`Tag`, inventory/models.py).
        """
        mine = {tag.id for ref in own if (tag := self.ours.get(ref))}
        wanted = slug(name)
        alike = (tag for tag in self.by_id.values() if tag.slug == wanted or tag.name.casefold() == name.casefold())
        return next((tag for tag in alike if tag.id not in mine), None)


def read_tags(
    rows: Iterable[Mapping[str, Any]], taxonomies: Iterable[Mapping[str, Any]], *, org: str, prefix: str
) -> Tags:
    """`org` is the organisation's uid."""
    name = taxonomy_name(org, prefix)
    taxonomy = next((int(one["id"]) for one in taxonomies if one.get("name") == name), None)
    tags = [_read(row) for row in rows]
    ours: dict[str, Tag] = {}
    by_hand: list[Tag] = []
    for tag in (tag for tag in tags if taxonomy is not None and tag.taxonomy == taxonomy):
        ref = tag_ref(tag.name, prefix)
        if ref is None:
            by_hand.append(tag)
        else:
            ours[ref] = tag
    return Tags(
        taxonomy=taxonomy,
        by_id={tag.id: tag for tag in tags},
        ours=ours,
        refs={tag.id: ref for ref, tag in ours.items()},
        by_hand=tuple(by_hand),
    )


def _read(row: Mapping[str, Any]) -> Tag:
    name = str(row.get("name") or "")
    taxonomy = row.get("taxonomy")
    return Tag(
        id=int(row["id"]),
        name=name,
        slug=str(row.get("slug") or slug(name)),
        taxonomy=int(taxonomy) if taxonomy is not None else None,
        row=row,
    )


def live_groups(tags: Tags, org: str) -> list[Live]:
    """Our tags as places. Nobody else's: they are never adopted, for what they are in is somebody's own."""
    return [live_group(tag, ref, org) for ref, tag in sorted(tags.ours.items())]


def live_group(tag: Tag, ref: str, org: str) -> Live:
    return Live(
        key=group_key(ref), fields={"name": tag.name}, vendor_id=str(tag.id), mark=Mark(org=org, key=mark_key(ref))
    )


def new_tag(name: str, taxonomy: int) -> dict[str, Any]:
    return {"name": name, "taxonomy": taxonomy}


def renamed(tag: Tag, name: str) -> dict[str, Any]:
    """The whole tag under another name: its colour and its business unit are people's."""
    return {key: value for key, value in {**tag.row, "name": name}.items() if key not in ("id", "slug")}


def chunks(ids: Sequence[int], most: int) -> list[list[int]]:
    return [list(ids[start : start + most]) for start in range(0, len(ids), most)]
