"""`reconciler init --upgrade`: another version of this tool in a repository that has it, shown as a difference before it is written."""

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.reconcile.package_pin import Pin
    from reconciler.reconcile.upgrading import Upgrade


def upgrade(directory: Path, pin: "Pin", lang: str, *, yes: bool) -> None:
    """Writes once somebody has said yes, by --yes or when asked; without a terminal the difference alone is shown."""
    import reconciler
    from reconciler.cli.show_findings import refuse
    from reconciler.reconcile.upgrading import UpgradeRefused, read_upgrade, write_upgrade
    from reconciler.texts import render

    values = {"folder": str(directory), "running": reconciler.__version__}
    try:
        found = read_upgrade(directory, pin)
        if not found.after and not found.gone:
            click.echo(render("UPGRADE-NOTHING", values, lang).message)
            return
        for line in _shown(found):
            click.echo(line)
        if not (yes or (sys.stdin.isatty() and click.confirm(render("UPGRADE-ASK", values, lang).message))):
            said = render("UPGRADE-NOT-WRITTEN", values, lang)
            click.echo(f"{said.message} {said.hint}", err=True)
            return
        write_upgrade(directory, found)
    except UpgradeRefused as refused:
        refuse(refused.code, refused.values, lang)
    except OSError as problem:
        refuse("UPGRADE-FAILED", {**values, "reason": problem.strerror or ""}, lang)
    said = render("UPGRADE-WRITTEN", {**values, "files": str(len(found.after) + len(found.gone))}, lang)
    click.echo(said.message)
    click.echo(said.hint)


def _shown(upgrade: "Upgrade") -> Iterator[str]:
    """Workflows and the Makefile whole, of the lock what is installed; schemas and packages by name."""
    from reconciler.report.escape import escape_log

    for path, data in sorted(upgrade.after.items()):
        old = upgrade.before[path]
        if "schemas/" in path or path.endswith(".whl"):
            yield f"{'~' if old else '+'} {path}"
            continue
        was, will = _lines(old), _lines(data)
        yield from map(
            escape_log, difflib.unified_diff(was, will, path if old else "/dev/null", path, lineterm="", n=1)
        )
    yield from (f"- {path}" for path in upgrade.gone)


def _lines(data: bytes) -> list[str]:
    """Without the hashes of what the tool needs, of which there are hundreds."""
    return [line for line in data.decode("utf-8", "replace").splitlines() if not line.startswith("    --hash=")]
