"""`reconciler explain`: which files and lines made a value so. Offline, but for a device."""

from datetime import date
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, is_error
from reconciler.reconcile.prepare import Prepared
from reconciler.report.words import Words, words_of


@click.command()
@click.argument("key")
@click.option("--live", is_flag=True, help="KEY is a device's serial number: read the systems to find it.")
@options.root
@options.today
@options.lang
@options.sandbox
@options.output_format("text", "json")
def explain(key: str, live: bool, root: Path, as_of: date, lang: str | None, sandbox: str | None, style: str) -> None:
    """Show which lines made KEY so, from the one that decides to those it overrules. Needs no network, but for --live.

    KEY is a school, a device group, an app or a setting; `group#setting` asks about one value in one group.

    \b
    Everything about a group:
      reconciler explain norrskolan/elever-4-6
    Why is incognito blocked there?
      reconciler explain norrskolan/elever-4-6#incognito
    Who has an app, and who asked for it?
      reconciler explain scratch
    Which group does a Chromebook belong to, and why? (reads the live systems)
      reconciler explain 5CD1234ABC --live
    """
    from reconciler.reconcile.prepare import prepare

    prepared = prepare(root, as_of, digest=False)
    words = words_of(options.language(lang, prepared.language))
    documents, state = prepared.documents, prepared.state
    if documents is None or state is None:
        _report(prepared, prepared.findings, words)
        raise SystemExit(REFUSED)
    if live:
        found = _show_device(prepared, documents, state, words, key, sandbox)
    else:
        found = _show_key(prepared, documents, state, words, key, style)
    raise SystemExit(DONE if found else REFUSED)


def _show_key(
    prepared: Prepared, documents: Documents, state: DesiredState, words: Words, key: str, style: str
) -> bool:
    from reconciler.cli.style import page_width, show_lines
    from reconciler.compile.explain import explain as explain_key
    from reconciler.report.explain_json import explain_json
    from reconciler.report.explain_text import explain_lines
    from reconciler.settings.table import load_settings

    found = explain_key(documents, state, load_settings(), key)
    if style == "json":
        click.echo(explain_json(found, prepared.locate), nl=False)
    else:
        show_lines(explain_lines(found, words, prepared.locate, width=page_width()))
    return found.kind != "unknown"


def _show_device(
    prepared: Prepared, documents: Documents, state: DesiredState, words: Words, serial: str, sandbox: str | None
) -> bool:
    from reconciler.adapters.wiring import Wiring
    from reconciler.cli.live_data import live_environment
    from reconciler.cli.style import page_width, show_lines
    from reconciler.compile.explain_device import explain_device
    from reconciler.compile.patterns import fold
    from reconciler.credentials.purpose import Purpose
    from reconciler.reconcile.live import read_devices
    from reconciler.report.explain_text import device_lines

    wiring = Wiring(environment=live_environment(sandbox, words.lang), purpose=Purpose.PLAN, sandbox=sandbox)
    live = read_devices(prepared, wiring)
    _report(prepared, live.findings, words)
    found = [
        (backend, device)
        for backend, devices in live.devices.items()
        for device in devices
        if fold(device.serial.strip()) == fold(serial.strip())
    ]
    for backend, device in found:
        alike = sum(other == backend and one.active for other, one in found)
        explained = explain_device(documents, state, backend, device, alike=alike)
        show_lines(device_lines(explained, words, prepared.locate, width=page_width()))
    if not found:
        click.echo(words.say("DEVICE-UNKNOWN"), err=True)
    return bool(found) and not any(map(is_error, live.findings))


def _report(prepared: Prepared, findings: tuple[Finding, ...], words: Words) -> None:
    from reconciler.report.findings import format_findings

    click.echo(format_findings(findings, prepared.locate, words.lang, "text"), err=True, nl=False)
