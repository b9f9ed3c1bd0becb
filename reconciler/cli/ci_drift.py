"""`reconciler ci drift`: one issue for each backend, with what differs; closed when nothing does."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.ci_forge import connected, counts, dry_run, say, summarise
from reconciler.cli.exits import DONE, REFUSED

if TYPE_CHECKING:
    from reconciler.planning.drift import Drift, SystemDrift
    from reconciler.reconcile.ci_evidence import Place


@click.command()
@options.root
@options.backend
@options.sandbox
@options.today
@options.now
@options.lang
@counts
@dry_run
def drift(
    root: Path,
    backend: str | None,
    sandbox: str | None,
    as_of: date,
    moment: datetime | None,
    lang: str | None,
    counts: Path | None,
    dry: bool,
) -> None:
    """Read the live systems; keep one issue for each with what differs from the files, and close it when nothing does.

    Counts and names only, and nothing is put back. Where a system could not be read or judged whole, its issue is left as it is,
    and the exit code is 1.

    \b
      reconciler ci drift
      reconciler ci drift --backend chrome --dry-run
    """
    from reconciler.adapters.wiring import Wiring
    from reconciler.cli.live_data import live_environment
    from reconciler.cli.show_findings import show_beside
    from reconciler.credentials.purpose import Purpose
    from reconciler.reconcile.drift import find_drift
    from reconciler.reconcile.prepare import prepare

    clock = options.calendar_clock(moment, sandbox)
    prepared = prepare(root, as_of)
    language = options.language(lang, prepared.language)
    wiring = Wiring(environment=live_environment(sandbox, language), purpose=Purpose.PLAN, sandbox=sandbox)
    found = find_drift(prepared, wiring, backend=backend, moment=clock() if clock else None)
    if found is None:
        show_beside(prepared.all_findings, prepared.locate, language)
        raise SystemExit(REFUSED)
    if counts:
        from reconciler.report.counts import drift_counts

        counts.parent.mkdir(parents=True, exist_ok=True)
        counts.write_text(drift_counts(found), "utf-8")
    with connected(root, language, keys=False, sandbox=sandbox is not None) as place:
        for one in found.systems:
            _keep(place, found, one, language, dry=dry)
    raise SystemExit(DONE if all(one.whole for one in found.systems) else REFUSED)


def _keep(place: "Place", found: "Drift", one: "SystemDrift", lang: str, *, dry: bool) -> None:
    from dataclasses import replace

    from reconciler.forge.issues import close_issue, put_issue
    from reconciler.planning.drift import Standing
    from reconciler.report.drift_text import drift_markdown
    from reconciler.texts import render

    text = drift_markdown(replace(found, systems=(one,)), lang)
    summarise(text)
    number = len(one.differences) + len(one.held)
    count = str(number)
    if one.standing is Standing.DIFFERS:
        title = render("CI-DRIFT-TITLE", {"backend": place.shown(one.backend), "count": count}, lang).message
        if dry:
            say("CI-DRY", lang, what=title)
            click.echo(text, nl=False)
            return
        issue, _ = put_issue(place.forge, place.name_of(one.backend), title, text)
        code = f"CI-DRIFT-WRITTEN-{'ONE' if number == 1 else 'MANY'}"
        say(code, lang, backend=one.backend, count=count, number=str(issue))
    elif one.standing is Standing.AGREES:
        closed = () if dry else close_issue(place.forge, place.name_of(one.backend))
        code = "CI-DRIFT-CLOSED" if closed else "CI-DRIFT-NONE"
        say(code, lang, backend=one.backend, closed=", ".join(map(str, closed)))
    else:
        say("CI-DRIFT-UNKNOWN", lang, backend=one.backend)
