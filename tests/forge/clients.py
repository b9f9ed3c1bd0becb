"""Clients for tests: they speak to a forge in process, as the product does over a socket."""

import httpx

from tests.forge.forge import Forge

REPOSITORY = "/repos/granby-kommun/skolenheter"


def client(forge: Forge, token: str | None, path: str = REPOSITORY) -> httpx.Client:
    """Speaks to `forge` below `path`, with a token or without."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(
        transport=httpx.WSGITransport(app=forge.app), base_url=f"http://forge.test{path}", headers=headers
    )
