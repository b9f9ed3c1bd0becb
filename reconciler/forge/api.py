"""GitHub's REST API as a connection: one repository, its host, its credential, its quotas; and its requests as data.

Version 2022-11-28 of the API, which github.com and the servers of GitHub Enterprise both speak
(docs.github.com/en/rest/about-the-rest-api/api-versions, read 2026-11-22).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Self

from reconciler.forge.fields import Row, as_row, inner, rows, text
from reconciler.http.bucket import Quota
from reconciler.http.client import HttpClient
from reconciler.http.clock import Clock
from reconciler.http.reads import pages
from reconciler.http.request import Reply, Request, VendorError
from reconciler.http.retry import QUOTA_REASONS, Repeat, RetryPolicy
from reconciler.http.throttle import Lane

HOST: Final = "api.github.com"
VERSION: Final = "2022-11-28"
REPOSITORY: Final = "repos/{owner}/{repo}"
MOST: Final = 100
"""Items on a page (docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api, 2026-11-22)."""

_HEADERS: Final = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}

# One request that changes something after the other, a second apart, and 80 a minute that make something others are told of
# (docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api and rate-limits-for-the-rest-api, 2026-11-22).
LANES: Mapping[str, Lane] = {
    "read": Lane(in_flight=4),
    "write": Lane(
        quotas=(Quota(name="writes", limit=1, seconds=1), Quota(name="contents", limit=80, seconds=60)), in_flight=1
    ),
}
TOO_MANY: Final = "rateLimited"
POLICY: Final = RetryPolicy(quota_reasons=QUOTA_REASONS | {TOO_MANY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge:
    """`login`: who our token speaks as, in lower case. `wide`: for what a job's token may not read (teams, settings).

    To be closed, or used as a context manager.
    """

    owner: str
    repo: str
    login: str
    http: HttpClient
    wide: HttpClient
    clock: Clock

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.repo}"

    def close(self) -> None:
        self.http.close()
        self.wide.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def send(forge: Forge, request: Request, *, wide: bool = False) -> Reply:
    """`path` of the request is below the repository, unless it begins with a slash."""
    return (forge.wide if wide else forge.http).send(_whole(forge, request))


def get(
    forge: Forge, path: str, values: Mapping[str, str] | None = None, *, wide: bool = False, query: Row | None = None
) -> Row:
    """One object."""
    return as_row(
        send(forge, Request(method="GET", path=path, values=values or {}, query=_query(query)), wide=wide).data
    )


def listing(
    forge: Forge,
    path: str,
    values: Mapping[str, str] | None = None,
    *,
    under: str = "",
    query: Row | None = None,
    wide: bool = False,
    most: int = 1000,
) -> Sequence[Row]:
    """Every object of every page, or an exception: never half of it. `under`: the field that a wrapped list lies in."""
    first = Request(method="GET", path=path, values=values or {}, query=_query({"per_page": MOST, **(query or {})}))
    found: list[Row] = []
    for data in reading(forge, first, wide=wide, most=most):
        found += rows(data, *filter(None, [under]))
    return found


def reading(forge: Forge, first: Request, *, wide: bool = False, most: int = 1000) -> Iterator[object]:
    """The data of page after page, by the links that GitHub gives, as far as somebody reads on."""
    client = forge.wide if wide else forge.http

    def following(request: Request, reply: Reply) -> Request | None:
        return replace(request, link=reply.following) if reply.following else None

    for reply in pages(client.send, _whole(forge, first), following, most=most):
        yield reply.data


def change(
    forge: Forge, method: str, path: str, values: Mapping[str, str], body: Row | None, *, repeat: Repeat = Repeat.ONCE
) -> Reply:
    """A request that changes something; `repeat`: what sending it twice would do."""
    request = Request(method=method, path=path, values=values, body=body, lane="write", repeat=repeat)
    return send(forge, request)


def forge_time(forge: Forge, reply: Reply) -> datetime:
    """What time it is at the forge, in UTC: its own word, so that no runner's clock decides; where it says nothing, ours."""
    return datetime.fromtimestamp(forge.clock.wall() if reply.date is None else reply.date, UTC)


def read_error(_status: int, body: bytes) -> VendorError:
    """`message` and the codes of `errors`. That there were too many requests GitHub says in words alone.

    Primary and secondary limits: 403 or 429 (docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, 2026-11-22).
    """
    try:
        data = json.loads(body)
    except ValueError:
        return VendorError()
    message = text(data, "message")
    listed = inner(data, "errors")
    errors = listed if isinstance(listed, list) else []
    reasons = [text(each, "code") for each in errors if text(each, "code")]
    said = [each if isinstance(each, str) else text(each, "message") for each in errors]
    if "rate limit" in message.lower() or "abuse detection" in message.lower():
        reasons.append(TOO_MANY)
    return VendorError(reasons=tuple(reasons), message="; ".join(filter(None, [message, *said])), data=data)


def _whole(forge: Forge, request: Request) -> Request:
    below = request.path.startswith("/")
    path = request.path if below else f"{REPOSITORY}/{request.path}".rstrip("/")
    values = request.values if below else {"owner": forge.owner, "repo": forge.repo, **request.values}
    return replace(request, path=path, values=values, headers=_HEADERS)


def _query(query: Row | None) -> Mapping[str, str | int | bool | Sequence[str] | None]:
    return {name: value for name, value in (query or {}).items() if isinstance(value, str | int)}
