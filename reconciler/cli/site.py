"""`reconciler site`: the web site of the catalogue and the schools, as files."""

from datetime import date
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.exits import REFUSED


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder to write: empty, new, or written by an earlier run.",
)
@click.option(
    "--edition",
    type=click.Choice(["public", "internal", "both"]),
    default="public",
    show_default=True,
    help="public: approved apps and MGN. internal: also queue, rejected apps, schools, overview. both: in folders of their own.",
)
@click.option(
    "--lang",
    type=click.Choice(["sv", "en", "both"]),
    default="both",
    show_default=True,
    help="Language of the pages. With both, the organisation's comes first and the other has a folder of its own.",
)
@options.root
@options.today
def site(out: Path, edition: str, lang: str, root: Path, as_of: date) -> None:
    """Write the static web site. It needs no server of its own, and works when its files are opened from a disk.

    Files that an earlier run wrote and this one does not are removed; whatever else is in the folder is left alone.

    \b
    For everybody: the approved apps and the MGN
      reconciler site --out build/site
    For those who work with it: also the queue, the schools and the overview
      reconciler site --out build/intern --edition internal --lang sv
    """
    from reconciler.cli.show_findings import refuse, show_beside
    from reconciler.load.hosts import HOSTS
    from reconciler.reconcile.site import run_site
    from reconciler.report.escape import escape_log
    from reconciler.site.source import Edition
    from reconciler.texts import render

    if (root / HOSTS).is_file() and not (root / options.ORGANISATION_FILE).is_file():
        refuse("SITE-SEVERAL", {}, "sv" if lang == "both" else lang)
    editions = (Edition.PUBLIC, Edition.INTERNAL) if edition == "both" else (Edition(edition),)
    run = run_site(root, out, editions, () if lang == "both" else (lang,), as_of)
    said = run.language if lang == "both" else lang
    if run.first is None:
        show_beside(run.findings, run.locate, said)
        raise SystemExit(REFUSED)
    values = {"files": str(run.written), "folder": str(out), "first": str(run.first)}
    text = render("SITE-WRITTEN", values, said)
    click.echo(escape_log(f"{text.message} {text.hint}"))
