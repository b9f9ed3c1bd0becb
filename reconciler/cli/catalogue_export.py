"""`reconciler catalogue export`: records and decisions for other municipalities."""

from hashlib import sha256
from pathlib import Path

import click

from reconciler.cli import council, options


@click.command()
@options.root
@options.lang
@council.out
def export(root: Path, lang: str | None, out: Path | None) -> None:
    """Write the council's records and decisions as JSON that another municipality can import.

    Never with contacts, wishes, notes, prices, devices or schools; a text that names one is left out, and told of on
    stderr. The same catalogue gives the same bytes, and their hash (SHA-256) is told too: give it to whoever imports it.

    \b
      reconciler catalogue export --out vidala.json
    """
    from reconciler.catalogue.sharing import export_of, in_order
    from reconciler.report.council_words import CouncilWords
    from reconciler.report.escape import json_document
    from reconciler.report.import_report import withheld_text

    documents, _, lang = council.read_documents(root, lang)
    found = export_of(documents)
    text = json_document(in_order(found.data))
    council.give(text, out, lang)
    if found.withheld:
        rows = [(one.app, one.key, one.why) for one in found.withheld]
        click.echo(withheld_text(rows, CouncilWords(lang=lang)), nl=False, err=True)
    digest = sha256(text.encode()).hexdigest()
    council.say("EXPORT-HASH", lang, err=True, n=str(len(found.data["apps"])), sha256=digest)
