"""Which requests there are: `routes.yaml`, and what a path stands for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from tests.conformance.graph.type_files import FOLDER

_VARIABLE = re.compile(r"\{\w+\}")
_PAGING = frozenset({"$skiptoken"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One line of routes.yaml; what its words mean is said there."""

    version: str
    verb: str
    path: str
    of: str = ""
    body: str | Mapping[str, Any] | None = None
    needs: tuple[str, ...] = ()
    query: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    filter: tuple[str, ...] = ()
    most: int = 0
    why: str = ""
    lacks: tuple[str, ...] = ()
    undocumented: bool = False

    def __str__(self) -> str:
        return f"{self.verb} {self.version}{self.path}"

    def fits(self, path: str) -> bool:
        return re.fullmatch(_pattern(self.path), path) is not None


@cache
def routes() -> tuple[Route, ...]:
    read: Mapping[str, list[dict[str, Any]]] = yaml.safe_load((FOLDER / "routes.yaml").read_text(encoding="utf-8"))
    return tuple(_route(version, item) for version, items in read.items() for item in items)


def find(version: str, verb: str, path: str) -> Route | None:
    """`path` decoded, below the version, with its leading slash. `/groups('x')` is the same as `/groups/x`."""
    plain = re.sub(r"\('([^'()]*)'\)", r"/\1", path)
    fitting = [each for each in routes() if (each.version, each.verb) == (version, verb) and each.fits(plain)]
    return min(fitting, key=lambda each: len(_VARIABLE.findall(each.path)), default=None)


def _route(version: str, item: Mapping[str, Any]) -> Route:
    options = item.get("query", [])
    return Route(
        **{
            **item,
            "version": version,
            "query": frozenset(option.removesuffix("!") for option in options),
            "required": frozenset(option.removesuffix("!") for option in options if option.endswith("!")),
            **{name: tuple(item.get(name, ())) for name in ("needs", "filter", "lacks")},
        }
    )


def _pattern(template: str) -> str:
    """A variable is an id or a key: never a word that begins an action or a `$` segment."""
    parts = _VARIABLE.split(template)
    return r"(?!\$)[^/()']+".join(re.escape(part) for part in parts)


def follows_a_page(options: frozenset[str]) -> bool:
    """A page's own link carries what the first request asked, and is taken as the vendor wrote it."""
    return bool(options & _PAGING)
