"""The connection to the forge, from what a runner has in its environment. The token goes to the host that is bound, and nowhere else."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from reconciler.credentials.hosts import is_loopback
from reconciler.forge.api import HOST, LANES, POLICY, Forge, read_error
from reconciler.forge.problems import ForgeProblem
from reconciler.http.client import HttpClient
from reconciler.http.clock import SYSTEM, Clock
from reconciler.http.request import Sent, Wait

if TYPE_CHECKING:
    import httpx

TOKEN: Final = "GITHUB_TOKEN"  # noqa: S105 - the name of a variable
WIDE_TOKEN: Final = "RECONCILER_FORGE_TOKEN"  # noqa: S105 - the name of a variable
ADDRESS: Final = "GITHUB_API_URL"
REPOSITORY: Final = "GITHUB_REPOSITORY"
LOGIN: Final = "RECONCILER_FORGE_LOGIN"

BOT: Final = "github-actions[bot]"
"""Who GITHUB_TOKEN speaks as. It can't be asked for: GET /user is refused to installations' tokens with 403 "Resource not
accessible by integration" (github.com/actions/create-github-app-token/issues/258, read 2026-11-22). Another app says so.
"""


def connect(
    environ: Mapping[str, str],
    *,
    clock: Clock = SYSTEM,
    transport: "Callable[[], httpx.BaseTransport] | None" = None,
    on_request: Callable[[Sent], None] | None = None,
    on_wait: Callable[[Wait], None] | None = None,
) -> Forge:
    """Sends nothing yet. `environ`: GITHUB_TOKEN, GITHUB_REPOSITORY; on another server than github.com also GITHUB_API_URL.

    RECONCILER_FORGE_TOKEN, where it is set, is used for what no job's token may read: members of teams and settings.
    RECONCILER_FORGE_LOGIN names who the token speaks as, where that isn't `github-actions[bot]`.
    Raises ForgeProblem FORGE-TOKEN-MISSING, FORGE-TOKEN-MALFORMED, FORGE-REPOSITORY-MALFORMED, FORGE-HOST-NOT-BOUND.
    """
    owner, repo = _repository(environ.get(REPOSITORY, ""))
    url = api_url(environ)
    token = _token(environ, TOKEN)
    wide = _token(environ, WIDE_TOKEN) if environ.get(WIDE_TOKEN) else token

    def client(bearer: str) -> HttpClient:
        return HttpClient(
            url,
            lanes=LANES,
            authorise=lambda _now, _rejected: f"Bearer {bearer}",
            parse_error=read_error,
            policy=POLICY,
            clock=clock,
            transport=transport() if transport else None,
            on_request=on_request,
            on_wait=on_wait,
        )

    login = (environ.get(LOGIN) or BOT).lower()
    return Forge(owner=owner, repo=repo, login=login, http=client(token), wide=client(wide), clock=clock)


def api_url(environ: Mapping[str, str]) -> str:
    """Where the API is: GitHub's own, or what the runner says, which no file of the repository can change.

    Raises ForgeProblem FORGE-HOST-NOT-BOUND for what is neither https nor on this machine.
    """
    address = environ.get(ADDRESS) or f"https://{HOST}"
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise ForgeProblem("FORGE-HOST-NOT-BOUND", {"variable": ADDRESS}) from None
    host = parts.hostname or ""
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not host or not safe or "@" in parts.netloc or parts.query or parts.fragment:
        raise ForgeProblem("FORGE-HOST-NOT-BOUND", {"variable": ADDRESS})
    return address


def _repository(full_name: str) -> tuple[str, str]:
    owner, slash, repo = full_name.partition("/")
    if not slash or not owner or not repo or "/" in repo:
        raise ForgeProblem("FORGE-REPOSITORY-MALFORMED", {"variable": REPOSITORY})
    return owner, repo


def _token(environ: Mapping[str, str], variable: str) -> str:
    token = environ.get(variable, "")
    if not token:
        raise ForgeProblem("FORGE-TOKEN-MISSING", {"variable": variable})
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ForgeProblem("FORGE-TOKEN-MALFORMED", {"variable": variable})
    return token
