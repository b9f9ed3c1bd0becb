"""`reconciler catalogue ages`: how long wishes wait, and how long it takes until an app is there."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from reconciler.cli import council, options


@click.command()
@click.option(
    "--journal",
    "journals",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The journal of an apply, for when apps were installed; may be repeated.",
)
@options.root
@options.today
@options.lang
@options.output_format("text", "markdown", "json", "csv")
@council.out
def ages(journals: Sequence[Path], root: Path, as_of: date, lang: str | None, style: str, out: Path | None) -> None:
    """Report how long wishes have waited, by status, and the lead times: wish, decision, wished for in a file, installed.

    Median, 90th percentile (nearest rank) and the oldest. Days are those in the records and files; a line without a date
    counts from the commit that added it. What isn't known is counted apart and never guessed.

    \b
    For the yearly report:
      reconciler catalogue ages --format markdown --out ledtider.md
    With what the applies have seen in place:
      reconciler catalogue ages --journal build/journal.jsonl
    """
    from reconciler.catalogue.ages import Seen, ages_of
    from reconciler.load.first_added import first_added
    from reconciler.reconcile.installed import read_journals
    from reconciler.report import ages_report
    from reconciler.report.council_words import CouncilWords

    documents, _, lang = council.read_documents(root, lang)
    try:
        installed = read_journals(journals, documents.apps)
    except OSError as problem:
        council.unreadable(Path(problem.filename), lang, problem.strerror or "")
    if installed.findings:
        council.refuse_with(installed.findings, lang)
    added = first_added(root, [app.id for app in documents.apps])
    seen = Seen(added=added, installed=installed.days if journals else None)
    found, words = ages_of(documents, as_of, seen), CouncilWords(lang=lang)
    notes = [words.phrase("AGES-NO-HISTORY" if added is None else "AGES-FROM-HISTORY")]
    notes += [] if journals else [words.phrase("AGES-NO-JOURNAL")]
    if style == "csv":
        council.give(ages_report.ages_csv(found, words), out, lang)
    elif style == "json":
        council.give(ages_report.ages_json(found, notes), out, lang)
    else:
        render = ages_report.ages_markdown if style == "markdown" else ages_report.ages_text
        council.give(render(found, notes, words), out, lang)
