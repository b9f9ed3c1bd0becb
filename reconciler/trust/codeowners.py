"""`.github/CODEOWNERS`, written from the roles in organisation.yaml and the schools' files and the owners in the schemas. It tells people;
it decides nothing.

GitHub's rules (docs.github.com, "About code owners", read 2026-11-22): under 3 MB; patterns as in .gitignore but without
`!`, `[ ]` and an escaped `#`; upper and lower case differ; the last pattern that fits a file counts; a team has to be
visible and to have write access, or its line is skipped. An invalid line is skipped as well, so nothing but what is known here is written.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    ("/requirements*.lock", (IT,)),
    ("/tool/", (IT,)),
    ("/hosts.yaml", (IT,)),
    (f"/{FILE}", (IT, EDUCATION)),
)
"""What decides over everything else, last, so that no line above takes it from those who answer for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one municipality puts into the file. `told`: its teams by owner; `lines`: whose its files are, by pattern from its folder."""

    told: Mapping[str, str]
    lines: Mapping[str, tuple[str, ...]]


def write_codeowners(organisation: Organisation, schools: Iterable[School]) -> str | Refusal:
    """The file's text where the repository has one municipality. A school whose app managers have a team has a line of its own,
    below that of all schools.

    Refusals: CODEOWNERS-NO-TEAM (owner, role) for an owner without a team, CODEOWNERS-NO-FORGE for a team without its
    organisation on the forge, CODEOWNERS-TEAM (owner) for a name that no team can have, CODEOWNERS-TOO-LONG.
    """
    part = part_of(organisation, schools)
    if isinstance(part, Refusal):
        return part
    above = {pattern: _told(owners, part.told) for pattern, owners in part.lines.items()}
    below = {pattern: _told(owners, part.told) for pattern, owners in _GUARDED}
    return _of_a_size(_written(part.told[IT], [above], below))


def write_shared_codeowners(parts: Mapping[str, Part]) -> str | Refusal:
    """The one file at the top that GitHub reads, where several municipalities share the repository: `parts` by folder.

    What is nobody's own (workflows, the host's table, the tool) is told to the IT of all. Refusal: CODEOWNERS-TOO-LONG.
    """
    it = " ".join(dict.fromkeys(part.told[IT] for part in parts.values()))
    both = " ".join(dict.fromkeys(_told((IT, EDUCATION), part.told) for part in parts.values()))
    guarded = dict(_GUARDED)
    own = ("/policies/",)
    above = [
        {f"/{folder}/": part.told[IT]}
        | {f"/{folder}{pattern}": _told(owners, part.told) for pattern, owners in part.lines.items()}
        | {f"/{folder}{pattern}": _told(guarded[pattern], part.told) for pattern in own}
        for folder, part in sorted(parts.items())
    ]
    below = {pattern: both if EDUCATION in owners else it for pattern, owners in _GUARDED if pattern not in own}
    return _of_a_size(_written(it, above, below))


def part_of(organisation: Organisation, schools: Iterable[School]) -> Part | Refusal:
    """Refusals as of `write_codeowners`."""
    edited = {pattern: owners_of(kind) for pattern, kind in _EDITED}
    managed = {one.at.file: one for one in schools if _managers(one)}
    own = {f"/{file}": (*owners_of("school"), f"{APP_MANAGERS}{one.id}") for file, one in sorted(managed.items())}
    lines = {**edited, **own, "/inventories/": (IT,), "/shared/": (JOINT,)}
    named = {**teams_of(organisation.roles), **{f"{APP_MANAGERS}{one.id}": _managers(one) for one in managed.values()}}
    found: dict[str, str] = {}
    for owner in expand({owner for owners in (*lines.values(), *dict(_GUARDED).values()) for owner in owners}):
        team = _team(organisation, owner, named.get(owner, ""))
        if isinstance(team, Refusal):
            return team
        found[owner] = team
    return Part(told=found, lines=lines)


def _of_a_size(text: str) -> str | Refusal:
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


def _written(everything: str, above: Sequence[Mapping[str, str]], below: Mapping[str, str]) -> str:
    """`above`: patterns with their teams in blocks, `below`: those that count before all others."""
    width = max(len(pattern) for block in (*above, below) for pattern in block)
    lines = [
        "# Skrivs av `reconciler ci codeowners` ur organisation.yaml och skolornas filer; ändra där och skriv om.",
        "# Filen säger till dem som berörs. Vilka som måste godkänna räknas ut ur fälten som ändras.",
        f"{'*':<{width}} {everything}",
    ]
    for block in above:
        lines += ["", *(f"{pattern:<{width}} {teams}" for pattern, teams in block.items())]
    lines += ["", "# Sist, eftersom sista raden som stämmer gäller: det som styr allt annat, och den här filen."]
    lines += [f"{pattern:<{width}} {teams}" for pattern, teams in below.items()]
    return "\n".join(lines) + "\n"


def _told(owners: tuple[str, ...], teams: Mapping[str, str]) -> str:
    """Two owners may have one team."""
    return " ".join(dict.fromkeys(teams[owner] for owner in expand(set(owners))))
