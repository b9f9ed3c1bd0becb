"""`reconciler review`: what a pull request means, in plain words. Offline."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED

if TYPE_CHECKING:
    from reconciler.reconcile.review import Reviewed


@click.command()
@options.root
@click.option(
    "--base", metavar="REV", required=True, help="The Git revision to compare with (for a pull request: origin/main)."
)
@options.today
@options.lang
@options.output_format("text", "markdown", "json")
def review(root: Path, base: str, as_of: date, lang: str | None, style: str) -> None:
    """Say what differs between two revisions, in plain words. Needs no credential, no network and no management system.

    Compares what the files add up to, today and on every day on which their dates change something: which apps are
    decided on and what they rest on, what groups get and lose, for how many by the files, what it costs and who pays,
    what changes in MGN, rules and calendar, and who must approve. A moved line or a comment is no change.

    Exits with 1 if a file can't be read: it is named, taken as it was, and the rest is compared. What is wrong in files
    that can be read is for validate to refuse.

    \b
    What the pull request that you are working on means:
      reconciler review --base origin/main
    As a comment on it (at most 65,536 characters):
      reconciler review --base origin/main --format markdown
    Who must approve?
      reconciler review --base origin/main --format json | jq .approvals
    """
    from reconciler.load.revision import branch_point
    from reconciler.reconcile.review import review_revisions

    found = review_revisions(root, branch_point(root, base), as_of)
    click.echo(_rendered(found, base, options.language(lang, found.language), style), nl=False)
    raise SystemExit(DONE if found.review is not None and not found.unread else REFUSED)


def _rendered(found: "Reviewed", base: str, lang: str, style: str) -> str:
    from reconciler.report.review_view import review_view, summary
    from reconciler.report.words import words_of

    words = words_of(lang)
    beside = {"unread": found.unread, "errors": found.findings, "refused": found.refused}
    if style == "json":
        from reconciler.report.review_json import review_json

        told = summary(found.review, words, whole=not found.unread)
        before = found.unread_before
        return review_json(found.review, told, found.locate, words.lang, base=base, unread_before=before, **beside)
    view = review_view(found.review, words, base=base, unread_before=found.unread_before, **beside)
    if style == "markdown":
        from reconciler.report.review_markdown import review_markdown

        return review_markdown(view, words, base=base)
    from reconciler.report.review_text import review_text

    return review_text(view, words)
