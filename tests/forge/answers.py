"""What a handler is given and what it gives back; the errors in GitHub's words."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from tests.forge.state import Person, Token, World

DOCUMENTATION = "https://docs.github.com/rest"
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request that may be answered: allowed, and as the description wants it."""

    world: World
    token: Token | None
    operation: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    address: str

    @property
    def actor(self) -> Person:
        """Who does it; anonymous callers only read."""
        if self.token is None:
            raise refused(401, "Requires authentication")
        return self.world.people[self.token.login]

    def number(self, name: str) -> int:
        return int(self.path[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """An answer of 4xx, raised from wherever it becomes clear."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(json.dumps(body))
        self.answer = Answer(status=status, body=body, headers=headers or {})


def refused(status: int, message: str, headers: Mapping[str, str] | None = None) -> RefusedError:
    """GitHub's plain error: the status once more in the body, as text."""
    body = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
    return RefusedError(status, body, headers)


def not_found() -> RefusedError:
    return refused(404, "Not Found")


def invalid(*errors: Mapping[str, str]) -> RefusedError:
    """422 with a list of what is wrong: `resource`, `field`, `code`, perhaps `message`.

    https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed, 2026-11-22.
    """
    body = {"message": "Validation Failed", "errors": list(errors), "documentation_url": DOCUMENTATION, "status": "422"}
    return RefusedError(422, body)


def unprocessable(*reasons: str) -> RefusedError:
    """422 where the reasons are sentences."""
    body = {
        "message": "Unprocessable Entity",
        "errors": list(reasons),
        "documentation_url": DOCUMENTATION,
        "status": "422",
    }
    return RefusedError(422, body)


def page_of(call: Call, items: Sequence[Part]) -> tuple[list[Part], dict[str, str]]:
    """One page, and the Link header that leads to the others; 30 a page unless asked, 100 at most.

    https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api, 2026-11-22.
    """
    size = max(1, min(int(call.query.get("per_page", 30)), 100))
    page = max(1, int(call.query.get("page", 1)))
    last = max(1, -(-len(items) // size))
    links: dict[str, int] = {}
    if page > 1:
        links |= {"prev": min(page - 1, last), "first": 1}
    if page < last:
        links |= {"next": page + 1, "last": last}
    order = [name for name in ("prev", "next", "last", "first") if name in links]
    text = ", ".join(f'<{_address(call, links[name])}>; rel="{name}"' for name in order)
    return list(items[(page - 1) * size : page * size]), {"link": text} if text else {}


def _address(call: Call, page: int) -> str:
    return f"{call.world.url}{call.address}?{urlencode({**call.query, 'page': page})}"


def listed(call: Call, items: Sequence[Part], write: Callable[[Part], Any]) -> Answer:
    """An answer with one page of `items`."""
    page, headers = page_of(call, items)
    return Answer(body=[write(each) for each in page], headers=headers)


def counted(call: Call, name: str, items: Sequence[Part], write: Callable[[Part], Any]) -> Answer:
    """The same, for the lists that GitHub wraps: `total_count` and the items under `name`."""
    page, headers = page_of(call, items)
    return Answer(body={"total_count": len(items), name: [write(each) for each in page]}, headers=headers)


Handler = Callable[[Call], Answer]
HANDLERS: dict[str, Handler] = {}


def answers(operation: str) -> Callable[[Handler], Handler]:
    """Register what answers an operation of the description."""

    def register(handler: Handler) -> Handler:
        HANDLERS[operation] = handler
        return handler

    return register
