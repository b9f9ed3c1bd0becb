"""`reconciler ci lock` and `unlock`: a backend's lock on the forge, by hand."""

from datetime import timedelta
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.ci_forge import connected, dry_run, language_of, say
from reconciler.cli.exits import REFUSED


@click.command()
@click.option("--backend", metavar="ID", required=True, help="The management system.")
@click.option("--minutes", type=click.IntRange(1, 1440), default=60, show_default=True, help="For how long.")
@options.root
@options.sandbox
@options.lang
@dry_run
def lock(backend: str, minutes: int, root: Path, sandbox: str | None, lang: str | None, dry: bool) -> None:
    """Keep every apply away from a management system for a while, or see who does (--dry-run).

    \b
      reconciler ci lock --backend chrome --minutes 120
    """
    from reconciler.forge.lock import Held, acquire, current
    from reconciler.reconcile.ci_setting import read_holder

    language = language_of(root, lang)
    with connected(root, language, keys=False, sandbox=sandbox is not None) as place:
        name = place.name_of(backend)
        held = current(place.forge, name)
        if dry and held is None:
            say("CI-NOT-LOCKED", language, backend=backend)
            return
        found = (
            held if dry else acquire(place.forge, name, read_holder(options.environment()), timedelta(minutes=minutes))
        )
    if isinstance(found, Held):
        values = {
            "run": found.by.run,
            "since": f"{found.since:%Y-%m-%d %H:%M} UTC",
            "until": f"{found.until:%H:%M} UTC",
        }
        say("CI-LOCK-HELD", language, backend=backend, **values)
        raise SystemExit(REFUSED)
    if found:
        say("CI-LOCKED", language, backend=backend, run=found.holder.run, until=f"{found.until:%Y-%m-%d %H:%M} UTC")


@click.command()
@click.option("--backend", metavar="ID", required=True, help="The management system.")
@options.root
@options.sandbox
@options.lang
@dry_run
def unlock(backend: str, root: Path, sandbox: str | None, lang: str | None, dry: bool) -> None:
    """Let go of a management system's lock, whoever has it. A run that still goes on is overtaken, and begins nothing more.

    \b
      reconciler ci unlock --backend chrome
    """
    from reconciler.forge.lock import current, release

    language = language_of(root, lang)
    with connected(root, language, keys=False, sandbox=sandbox is not None) as place:
        found = current(place.forge, place.name_of(backend))
        if found is None:
            say("CI-NOT-LOCKED", language, backend=backend)
            return
        if dry:
            say("CI-LOCKED", language, backend=backend, run=found.holder.run, until=f"{found.until:%Y-%m-%d %H:%M} UTC")
            return
        if not release(place.forge, found):
            say("CI-LOCK-MOVED", language, backend=backend)
            raise SystemExit(REFUSED)
    say("CI-UNLOCKED", language, backend=backend, run=found.holder.run)
