"""`reconciler catalogue import`: another municipality's records as input to vetting, never as approvals."""

from datetime import date
from pathlib import Path

import click

from reconciler.cli import council, options


@click.command(name="import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--shared", metavar="ID", help="Take the catalogues in shared/ID instead of a file.")
@click.option("--sha256", "wanted", default="", metavar="HEX", help="Refuse a file with another hash than this.")
@click.option(
    "--topic", default="underlag", show_default=True, metavar="ID", help="The catalogue file that proposals go to."
)
@click.option("--check", "only_check", is_flag=True, help="Show what it would mean, and write nothing.")
@options.root
@options.today
@options.lang
@options.output_format("text", "markdown")
@council.out
def import_(
    file: Path | None,
    shared: str | None,
    wanted: str,
    topic: str,
    only_check: bool,
    root: Path,
    as_of: date,
    lang: str | None,
    style: str,
    out: Path | None,
) -> None:
    """Take the records in FILE (from catalogue export) or in shared/ID as input to vetting.

    An app that isn't here becomes a proposal that says where it came from, with the file's hash. Of one that is here, what
    differs is shown, and what has changed there since the file that our record names. Nothing becomes approved, and no
    status, agreement, impact assessment or price is taken over. The file is kept in
    app-catalogs/imports/; what is shared is kept already.

    \b
    See first, then take exactly that file:
      reconciler catalogue import gagnef.json --check
      reconciler catalogue import gagnef.json --sha256 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    """
    from reconciler.reconcile.sharing import import_catalogue, import_shared, keep
    from reconciler.reconcile.would_be import save_files
    from reconciler.report.council_words import CouncilWords
    from reconciler.report.import_report import import_lines, import_markdown, import_text

    council.check_out(out, options.language(lang, None))
    if (file is None) is (shared is None) or (shared and wanted):
        raise click.UsageError("Name either a FILE or --shared ID; the hash of what is shared is in organisation.yaml.")
    try:
        found = (
            import_catalogue(root, file, wanted, topic, as_of, lang)
            if file
            else import_shared(root, shared or "", topic, as_of, lang)
        )
    except OSError as problem:
        council.unreadable(file or root, options.language(lang, None), problem.strerror or "")
    language = options.language(lang, found.documents.organisation.language if found.documents else None)
    if found.judged is None or found.shared is None or found.after is None:
        council.refuse_with(found.findings, language, found.sources)
    lines = list(import_lines(found.judged, found.shared, topic, CouncilWords(lang=language)))
    council.give(import_markdown(lines) if style == "markdown" else import_text(lines), out, language)
    if only_check:
        return
    with council.writing(language):
        save_files(root, found.after, found.files)
        if found.kept:
            keep(root, found)
    for name in filter(None, (*found.files, found.kept)):
        council.say("COUNCIL-WRITTEN", language, err=True, file=name)
