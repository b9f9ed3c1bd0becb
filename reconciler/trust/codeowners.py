"""`.github/CODEOWNERS`, written from the roles in organisation.yaml and the schools' files and the owners in the schemas. It tells people;
it decides nothing.

GitHub's rules (docs.github.com, "About code owners", read 2026-11-22): under 3 MB; patterns as in .gitignore but without
`!`, `[ ]` and an escaped `#`; upper and lower case differ; the last pattern that fits a file counts; a team has to be
visible and to have write access, or its line is skipped. An invalid line is skipped as well, so nothing but what is known here is written.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.model.documents import Organisation, School
from reconciler.schema.check import schemas
from reconciler.trust.owners import (
    APP_MANAGERS,
    DATA_PROTECTION,
    EDUCATION,
    IT,
    JOINT,
    expand,
    owner_values,
    team_of,
    teams_of,
)
from reconciler.trust.refusal import Refusal

FILE: Final = ".github/CODEOWNERS"
LONGEST: Final = 3_000_000
"""Bytes; a larger file isn't loaded at all."""

_TEAM: Final = re.compile(r"@[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}/[a-z0-9](?:[a-z0-9_-]{0,99})")

_EDITED: Final = (
    ("/organisation.yaml", "organisation"),
    ("/app-catalogs/", "app-catalog"),
    ("/schools/", "school"),
)
"""What people edit, and the kind that says whose it is."""

_GUARDED: Final = (
    ("/policies/", (JOINT,)),
    ("/.github/", (IT,)),
    ("/reconciler/", (IT,)),
    ("/schemas/", (IT,)),
    ("/tests/", (IT,)),
    ("/pyproject.toml", (IT,)),
    ("/Makefile", (IT,)),
    ("/requirements*.txt", (IT,)),
    ("/hosts.yaml", (IT,)),
    (f"/{FILE}", (IT, EDUCATION)),
)
"""What decides over everything else, last, so that no line above takes it from those who answer for it."""


def write_codeowners(organisation: Organisation, schools: Iterable[School]) -> str | Refusal:
    """The file's text. A school whose app managers have a team has a line of its own, below that of all schools.

    Refusals: CODEOWNERS-NO-TEAM (owner, role) for an owner without a team, CODEOWNERS-NO-FORGE for a team without its
    organisation on the forge, CODEOWNERS-TEAM (owner) for a name that no team can have, CODEOWNERS-TOO-LONG.
    """
    edited = {pattern: owners_of(kind) for pattern, kind in _EDITED}
    managed = {one.at.file: one for one in schools if _managers(one)}
    own = {f"/{file}": (*owners_of("school"), f"{APP_MANAGERS}{one.id}") for file, one in sorted(managed.items())}
    lines = {**edited, **own, "/inventories/": (IT,), **dict(_GUARDED)}
    named = {**teams_of(organisation.roles), **{f"{APP_MANAGERS}{one.id}": _managers(one) for one in managed.values()}}
    found: dict[str, str] = {}
    for owner in expand({owner for owners in lines.values() for owner in owners}):
        team = _team(organisation, owner, named.get(owner, ""))
        if isinstance(team, Refusal):
            return team
        found[owner] = team
    text = _written(lines, found)
    size = len(text.encode())
    return text if size < LONGEST else Refusal(code="CODEOWNERS-TOO-LONG", values={"bytes": str(size)})


def owners_of(kind: str) -> tuple[str, ...]:
    """Who is told of a file of this kind: whose the whole is, and data protection where any of it is theirs."""
    schema = schemas()[f"{kind}.schema.json"]
    whole = str(schema.get("x-owner", JOINT))
    return (whole, DATA_PROTECTION) if DATA_PROTECTION in set(_owners_in(schema)) else (whole,)


def _owners_in(node: object) -> Iterable[str]:
    if isinstance(node, Mapping):
        own = node.get("x-owner")
        if isinstance(own, str):
            yield own
        for part in node.values():
            yield from _owners_in(part)
    elif isinstance(node, list | tuple):
        for part in node:
            yield from _owners_in(part)


def _managers(school: School) -> str:
    return team_of(school.roles.get("app_managers"))


def _team(organisation: Organisation, owner: str, named: str) -> str | Refusal:
    """`@org/team`; a role may write it whole, or the team's name alone."""
    values = {**owner_values(owner), "role": _role(owner)}
    if not named:
        return Refusal(code="CODEOWNERS-NO-TEAM", values=values)
    if "/" not in named and not organisation.forge_owner:
        return Refusal(code="CODEOWNERS-NO-FORGE", values=values)
    whole = f"@{named.removeprefix('@')}" if "/" in named else f"@{organisation.forge_owner}/{named}"
    return whole if _TEAM.fullmatch(whole) else Refusal(code="CODEOWNERS-TEAM", values=values)


def _role(owner: str) -> str:
    if owner.startswith(APP_MANAGERS):
        return f"app_managers (schools/{owner.removeprefix(APP_MANAGERS)}.yaml)"
    return {IT: "operations"}.get(owner, owner.replace("-", "_"))


def _written(lines: Mapping[str, tuple[str, ...]], teams: Mapping[str, str]) -> str:
    guarded = dict(_GUARDED)
    width = max(map(len, lines))
    head = [
        "# Skrivs av `reconciler ci codeowners` ur organisation.yaml och skolornas filer; ändra där och skriv om.",
        "# Filen säger till dem som berörs. Vilka som måste godkänna räknas ut ur fälten som ändras (docs/trust.md).",
        f"{'*':<{width}} {teams[IT]}",
    ]
    rules = [(f"{pattern:<{width}} {_told(owners, teams)}", pattern in guarded) for pattern, owners in lines.items()]
    above = [line for line, last in rules if not last]
    below = [line for line, last in rules if last]
    middle = ["", "# Sist, eftersom sista raden som stämmer gäller: det som styr allt annat, och den här filen."]
    return "\n".join([*head, "", *above, *middle, *below]) + "\n"


def _told(owners: tuple[str, ...], teams: Mapping[str, str]) -> str:
    """Two owners may have one team."""
    return " ".join(dict.fromkeys(teams[owner] for owner in expand(set(owners))))
