"""The hourly quota.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, 2026-11-22: 1,000 an hour and repository
for GITHUB_TOKEN, 5,000 for an app's installation and for a person, 60 for somebody unknown.
"""

from datetime import timedelta

from tests.forge.state import Token, World


def _account(token: Token | None) -> str:
    return "anonymous" if token is None else "jobs" if token.kind == "job" else token.login


def _limit(world: World, token: Token | None) -> int:
    if token is None:
        return 60
    return world.settings.hourly if token.kind == "job" else 5000


def left(world: World, token: Token | None) -> dict[str, int]:
    """As the headers and `rate-limit/get` say it; `reset` in seconds since 1970."""
    began, used = world.spent.get(_account(token), (world.clock.now, 0))
    if world.clock.now - began >= timedelta(hours=1):
        began, used = world.clock.now, 0
    limit = _limit(world, token)
    reset = int((began + timedelta(hours=1)).timestamp())
    return {"limit": limit, "remaining": max(0, limit - used), "reset": reset, "used": min(used, limit)}


def spend(world: World, token: Token | None) -> bool:
    """Take one; False when the hour's are used up."""
    account = _account(token)
    began, used = world.spent.get(account, (world.clock.now, 0))
    if world.clock.now - began >= timedelta(hours=1):
        began, used = world.clock.now, 0
    if used >= _limit(world, token):
        return False
    world.spent[account] = (began, used + 1)
    return True


def give_back(world: World, token: Token | None) -> None:
    """An answer of 304 costs nothing: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api."""
    account = _account(token)
    if account in world.spent:
        began, used = world.spent[account]
        world.spent[account] = (began, max(0, used - 1))


def headers(world: World, token: Token | None) -> dict[str, str]:
    """`x-ratelimit-*`, which every answer carries."""
    each = left(world, token)
    return {f"x-ratelimit-{name}": str(value) for name, value in each.items()} | {"x-ratelimit-resource": "core"}
