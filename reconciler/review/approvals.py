"""Who must approve a pull request, and for what, by the owners of the fields that it touches. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from reconciler.catalogue.ownership import Touched, Written, must_approve
from reconciler.model.place import Json

ByOwner: TypeAlias = Mapping[str, tuple[Touched, ...]]

JOINT: Final = "joint"
BOTH: Final = frozenset({"it", "education"})
CATALOGUE: Final = "app-catalogs"
ORGANISATION: Final = "organisation.yaml"
_BY_FOLDER: Final = {
    ORGANISATION: "organisation",
    "app-catalogs/meetings": "meeting",
    CATALOGUE: "record",
    "inventories": "group",
    "policies/calendar.yaml": "calendar",
    "policies/mgn": "mgn",
    "policies/guardrails": "rule",
    "policies/exceptions": "exception",
    "policies/allowances": "limit",
    "policies/approvals": "approvals",
    "policies/baselines": "baseline",
    "schools": "school",
    "shared": "shared",
}
"""What a file is about, by how its path begins; the first that fits."""
_BY_KEY: Final = {"apps": "app", "settings": "setting", "raw": "raw"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """`owner` is it, education, data-protection (what is joint takes the first two) or app-managers:<school>; `areas` as in `Told`, and app, setting,
    raw for lines of groups and baselines, record for the catalogue. `touched` are the places."""

    owner: str
    areas: tuple[str, ...]
    touched: tuple[Touched, ...]


def approvals_of(touched: ByOwner) -> tuple[Approval, ...]:
    return tuple(_approval(owner, touched) for owner in must_approve(touched))


def _approval(owner: str, touched: ByOwner) -> Approval:
    places = (*touched.get(owner, ()), *(touched.get(JOINT, ()) if owner in BOTH else ()))
    return Approval(owner=owner, areas=tuple(dict.fromkeys(map(_area, places))), touched=tuple(sorted(set(places))))


def _area(one: Touched) -> str:
    if one.file == ORGANISATION and one.what.partition(".")[0] == "shared":
        return "shared"
    area = next((area for start, area in _BY_FOLDER.items() if one.file.startswith(start)), "organisation")
    if area not in ("baseline", "school"):
        return area
    steps = (*one.at.path, *one.what.split("."))
    # Who pays for a group's apps is said of the group.
    lines = next((_BY_KEY[step] for step in steps if step in _BY_KEY), None) if "cost_bearer" not in steps else None
    return lines or ("group" if area == "school" and "groups" in one.at.path else area)


def as_one_catalogue(files: Mapping[str, Written]) -> Mapping[str, Written]:
    """All apps as if they stood in one file, and lists of words in one order: which file and line is nobody's decision."""
    apps: list[Json] = []
    rest: dict[str, Written] = {}
    for path, one in files.items():
        if path.startswith(CATALOGUE) and one.kind == "app-catalog" and isinstance(one.data, Mapping):
            apps += _listed(one.data.get("apps"))
        else:
            rest[path] = one
    return {**rest, CATALOGUE: Written(kind="app-catalog", data={"apps": apps})} if apps else rest


def _listed(apps: Json) -> Iterable[Json]:
    return [_in_order(one) for one in apps] if isinstance(apps, list) else []


def _in_order(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {key: _in_order(one) for key, one in value.items()}
    if isinstance(value, list):
        listed = [_in_order(one) for one in value]
        return sorted(listed, key=str) if all(isinstance(one, str) for one in listed) else listed
    return value
