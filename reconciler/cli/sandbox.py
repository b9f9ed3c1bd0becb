"""`reconciler sandbox`: the emulators, for trying things out and for pull requests without a tenant."""

from importlib import resources
from pathlib import Path

import click

from reconciler.cli.exits import REFUSED

SAMPLE = "sample"


address = click.option(
    "--url",
    "--sandbox",
    "url",
    required=True,
    metavar="URL",
    envvar="RECONCILER_SANDBOX",
    help="Address of the running sandbox.",
)
"""Called --sandbox too, as in every other command."""


@click.group()
def sandbox() -> None:
    """Run the emulators of the vendors' APIs on this machine, on loopback only.

    They behave like the vendors' APIs, quotas and quirks included, and hold invented data.

    \b
    Start one with the sample municipality, in the background:
      reconciler sandbox serve --port 8765 --seed sample &
    Use it (real credentials are then not even read):
      reconciler plan --sandbox http://127.0.0.1:8765 --out plan.json
    """


@sandbox.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default="any free one", help="Port on loopback.")
@click.option(
    "--seed", "seed_name", metavar="FILE", help="Start with this tenant; 'sample' is the one that comes along."
)
@click.option("--latency-ms", type=click.IntRange(0, 60_000), default=0, help="Answer each request this much later.")
@click.option("--no-quotas", is_flag=True, help="Switch the vendors' quotas off. Only a benchmark should.")
@click.option(
    "--option",
    "switches",
    multiple=True,
    metavar="NAME=VALUE",
    help="Answer an unknown of the vendors' documentation another way; reconciler/sandbox/options.py lists them.",
)
def serve(port: int, seed_name: str | None, latency_ms: int, no_quotas: bool, switches: tuple[str, ...]) -> None:
    """Serve until stopped. Prints one line of JSON with `url` and `pid` once it is ready.

    \b
    Each vendor's own paths lie below its kind of backend:
      <url>/google/admin/directory/v1/…
    """
    from reconciler.sandbox import SeedError
    from reconciler.sandbox import serve as serve_sandbox

    try:
        import flask  # noqa: F401 - not part of what jobs install, so it may be missing
    except ModuleNotFoundError:
        raise _refused(
            "The sandbox needs Flask, which is not installed. Run: pip install flask (or pip install 'skolenheter[sandbox]')."
        ) from None
    try:
        path = None if seed_name is None else _seed_path(seed_name)
        serve_sandbox(port, path, latency_ms, not no_quotas, switches=_pairs(switches))
    except (SeedError, ValueError, OSError) as problem:
        raise _refused(str(problem)) from None


@sandbox.command()
@click.argument("file")
@address
def seed(file: str, url: str) -> None:
    """Put the tenant of FILE into a running sandbox in place of what it holds. 'sample' is the one that comes along."""
    from reconciler.sandbox import seed as seed_sandbox

    try:
        seed_sandbox(url, _seed_path(file))
    except (ValueError, OSError) as problem:
        raise _refused(str(problem)) from None
    click.echo(f"The sandbox at {url} now holds the tenant of {file}.", err=True)


@sandbox.command()
@address
def reset(url: str) -> None:
    """Take a running sandbox back to what it was started with."""
    from reconciler.sandbox import reset as reset_sandbox

    try:
        reset_sandbox(url)
    except (ValueError, OSError) as problem:
        raise _refused(str(problem)) from None
    click.echo(f"The sandbox at {url} is as it was started.", err=True)


def _seed_path(name: str) -> Path:
    if name == SAMPLE:
        return Path(str(resources.files("reconciler.sandbox") / "seeds" / "sample.yaml"))
    if not Path(name).is_file():
        raise _refused(f"There is no seed file {name!r}. Name a file, or '{SAMPLE}' for the one that comes along.")
    return Path(name)


def _pairs(switches: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(switch.partition("=")[::2] for switch in switches)
    if any(not value for value in pairs.values()):
        raise click.UsageError("--option takes NAME=VALUE.")
    return pairs


class Refused(click.ClickException):
    """Bad input, as everywhere: exit code 1."""

    exit_code = REFUSED


def _refused(message: str) -> click.ClickException:
    return Refused(message)
