"""Which run this is: what a runner has in its environment, and what a person gives by hand. No secret of it is kept as text."""

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.forge.lock import Holder
from reconciler.forge.problems import ForgeProblem
from reconciler.trust.signing import SHORTEST, Key

KEY: Final = "RECONCILER_SIGNING_KEY"
OLD_KEY: Final = "RECONCILER_SIGNING_KEY_OLD"
"""While a key is changed for another, what the old one has signed is believed too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """`branch` is the one that the runner stands at; empty by hand, where only the commit counts. `link` leads to the run."""

    holder: Holder
    keys: tuple[Key, ...]
    branch: str = ""
    event: str = ""
    link: str = ""

    @property
    def key(self) -> Key:
        """The one that signs."""
        return self.keys[0]


def read_setting(environ: Mapping[str, str]) -> Setting:
    """Raises ForgeProblem CI-KEY-MISSING, CI-KEY-MALFORMED. Outside of GitHub's runners a run has a name of its own."""
    ref = environ.get("GITHUB_REF", "")
    # A tag may be called what a branch is called: only the whole name says which it is.
    branch = ref.removeprefix("refs/heads/")
    return Setting(
        holder=read_holder(environ),
        keys=read_keys(environ),
        branch=branch,
        event=environ.get("GITHUB_EVENT_NAME", ""),
        link=read_link(environ),
    )


def read_holder(environ: Mapping[str, str]) -> Holder:
    run, attempt = environ.get("GITHUB_RUN_ID", ""), environ.get("GITHUB_RUN_ATTEMPT", "1")
    return Holder(run=run or f"hand-{uuid.uuid4().hex[:12]}", attempt=int(attempt) if attempt.isdecimal() else 1)


def read_keys(environ: Mapping[str, str]) -> tuple[Key, ...]:
    """The key that signs first. Each is written `id:base64`, with at least 32 bytes: `openssl rand -base64 48` makes one."""
    if not environ.get(KEY):
        raise ForgeProblem("CI-KEY-MISSING", {"variable": KEY})
    return tuple(_key(environ[name], name) for name in (KEY, OLD_KEY) if environ.get(name))


def _key(written: str, variable: str) -> Key:
    name, _, secret = written.strip().partition(":")
    try:
        return Key(id=name, secret=base64.b64decode(secret, validate=True))
    except (ValueError, binascii.Error):
        raise ForgeProblem("CI-KEY-MALFORMED", {"variable": variable, "bytes": str(SHORTEST)}) from None


def read_link(environ: Mapping[str, str]) -> str:
    """The page of the run, where there is one."""
    server, repository, run = (
        environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    )
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""
