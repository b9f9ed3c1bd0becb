"""`reconciler shared`: baselines and catalogues in common with other municipalities. Each command is imported only when used."""

import click

from reconciler.cli.lazy import LazyGroup

COMMANDS = {
    "list": ("shared_list", "Show what is shared, from where, and whether it is as pinned."),
    "update": ("shared_update", "Get the files of a source and pin their hash."),
}


@click.group(cls=LazyGroup, commands_in=COMMANDS)
def shared() -> None:
    """Baselines and catalogues in common with others: in shared/, pinned by hash in organisation.yaml.

    \b
    Take what others have made, look at what it means, and keep it up to date:
      reconciler shared update skollan --from https://git.example.se/skollan@9f2c1d0e8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e
      reconciler review --base origin/main
      reconciler catalogue import --shared skollan --check
    """
