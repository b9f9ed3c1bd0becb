"""Who has to approve a pull request: the owners of the fields that it touches, and the teams that stand for them."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from reconciler.model.place import Json

IT, EDUCATION, DATA_PROTECTION, JOINT = "it", "education", "data-protection", "joint"
ORDER: Final = (IT, EDUCATION, DATA_PROTECTION)

ROLES: Final = {IT: "operations", EDUCATION: "education", DATA_PROTECTION: "data_protection"}
"""The role in organisation.yaml whose team answers for an owner's fields."""

APP_MANAGERS: Final = "app-managers:"
"""What the owner of a line that a school's own app managers approve begins with; the school's id follows."""

NAMES: Final = {
    IT: ("it", "IT"),
    EDUCATION: ("utbildning", "education"),
    DATA_PROTECTION: ("dataskydd", "data protection"),
}
"""What texts call an owner, in Swedish and in English."""

_TOLD_ONLY: Final = re.compile(r"docs/.+|README\.md")
"""What only people read. Every other file without a schema decides over what is done: workflows, code, the lock."""


def required_owners(touched: Mapping[str, Collection[str]], other_files: Iterable[str] = ()) -> tuple[str, ...]:
    """The owners in a fixed order; what is joint takes IT and education. An owner that nobody knows stays in, and has no team."""
    wanted = {owner for owner, places in touched.items() if places}
    if not all(_TOLD_ONLY.fullmatch(file) for file in other_files):
        wanted.add(IT)
    return expand(wanted)


def expand(owners: Collection[str]) -> tuple[str, ...]:
    wanted = set(owners) - {JOINT} | ({IT, EDUCATION} if JOINT in owners else set())
    return (*(owner for owner in ORDER if owner in wanted), *sorted(wanted - set(ORDER)))


def teams_of(roles: Mapping[str, Json]) -> Mapping[str, str]:
    """Owner -> team, from the roles of an organisation.yaml (of the *base*). A role without a team is left out."""
    found: dict[str, str] = {}
    for owner, name in ROLES.items():
        team = team_of(roles.get(name))
        if team:
            found[owner] = team
    return found


def team_of(role: Json) -> str:
    """The team of one role, or nothing."""
    team = role.get("team") if isinstance(role, Mapping) else None
    return team if isinstance(team, str) else ""


def schools_in(owners: Iterable[str]) -> frozenset[str]:
    """Those whose app managers are among the owners."""
    return frozenset(one.removeprefix(APP_MANAGERS) for one in owners if one.startswith(APP_MANAGERS))


def owner_values(owner: str) -> dict[str, str]:
    """The owner as a value of a text, in each language."""
    swedish, english = NAMES.get(owner, (owner, owner))
    if owner.startswith(APP_MANAGERS):
        school = owner.removeprefix(APP_MANAGERS)
        swedish, english = f"appansvariga på {school}", f"the app managers of {school}"
    return {"owner": owner, "owner.sv": swedish, "owner.en": english}
