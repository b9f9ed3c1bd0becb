"""`reconciler ci codeowners`: writes .github/CODEOWNERS, or says whether it is fresh."""

from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; show what differs and exit with 1 if the file is stale.")
@options.root
@options.lang
def codeowners(check: bool, root: Path, lang: str | None) -> None:
    """Write .github/CODEOWNERS from the teams in organisation.yaml and the schools' files and from whose the fields are.

    It makes GitHub ask the right teams for a review. It does not decide: who has to approve is worked out from the
    fields that a pull request touches.

    \b
      reconciler ci codeowners
      reconciler ci codeowners --check
    """
    from reconciler.cli.show_findings import show_beside
    from reconciler.load.repository import load
    from reconciler.load.tree import read_tree
    from reconciler.texts import render
    from reconciler.trust.codeowners import FILE, write_codeowners
    from reconciler.trust.refusal import Refusal

    loaded = load(read_tree(root), digest=False)
    organisation = loaded.documents.organisation if loaded.documents else None
    lang = options.language(lang, organisation.language if organisation else None)
    if loaded.documents is None or organisation is None:
        click.echo(render("CLI-NO-ORGANISATION", {}, lang).message, err=True)
        raise SystemExit(REFUSED)
    unread = loaded.why_unread("schools/")
    if unread:  # written without it, the file would take its app managers away
        show_beside(unread, loaded.locate, lang)
        raise SystemExit(REFUSED)
    text = write_codeowners(organisation, loaded.documents.schools)
    if isinstance(text, Refusal):
        said = render(text.code, text.values, lang)
        click.echo(f"{said.message} {said.hint}", err=True)
        # Before the municipality has said where on GitHub it is, there is nothing that could be stale.
        raise SystemExit(DONE if check and not organisation.forge_owner else REFUSED)
    if check:
        raise SystemExit(_compare(root / FILE, text, lang))
    _write(root / FILE, text)
    click.echo(render("CODEOWNERS-WRITTEN", {"file": FILE}, lang).message, err=True)
    raise SystemExit(DONE)


def _compare(file: Path, text: str, lang: str) -> int:
    """Shows the lines that differ, as `diff -u` does."""
    import difflib

    from reconciler.report.escape import escape_log
    from reconciler.texts import render
    from reconciler.trust.codeowners import FILE

    try:
        found = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        found = ""
    if found == text:
        click.echo(render("CODEOWNERS-FRESH", {"file": FILE}, lang).message, err=True)
        return DONE
    for line in difflib.unified_diff(found.splitlines(), text.splitlines(), FILE, FILE, lineterm=""):
        click.echo(escape_log(line))
    said = render("CODEOWNERS-STALE", {"file": FILE}, lang)
    click.echo(f"{said.message} {said.hint}", err=True)
    return REFUSED


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="\n")
