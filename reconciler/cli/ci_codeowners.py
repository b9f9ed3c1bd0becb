"""`reconciler ci codeowners`: writes .github/CODEOWNERS, or says whether it is fresh."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED

if TYPE_CHECKING:
    from reconciler.reconcile.code_owners import Owning


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; show what differs and exit with 1 if the file is stale.")
@options.root
@options.lang
def codeowners(check: bool, root: Path, lang: str | None) -> None:
    """Write .github/CODEOWNERS from the teams in organisation.yaml and the schools' files and from whose the fields are.

    It makes GitHub ask the right teams for a review. It does not decide: who has to approve is worked out from the
    fields that a pull request touches. Where several municipalities share the repository (hosts.yaml), the file lies at its
    top and has the lines of all; --check in a municipality's folder then compares its own and those that are nobody's own.

    \b
      reconciler ci codeowners
      reconciler ci codeowners --check --root kommuner/alvesta
    """
    from reconciler.reconcile.code_owners import TOP, read_owning
    from reconciler.texts import render
    from reconciler.trust.codeowners import FILE

    owning = read_owning(root)
    lang = options.language(lang, owning.language)
    asked = {owning.folder, TOP} if check and owning.folder != TOP else {*owning.unread, *owning.refused}
    said = _say_what_is_missing(owning, asked, lang)
    file = owning.top / FILE
    if asked & set(owning.unread) or owning.text is None or (owning.folder in owning.refused):
        # Before the municipality has said where on GitHub it is, there is nothing that could be stale.
        raise SystemExit(DONE if check and not owning.has_forge else REFUSED)
    if check:
        raise SystemExit(_compare(file, owning, lang))
    _write(file, owning.text)
    click.echo(render("CODEOWNERS-WRITTEN", {"file": FILE}, lang).message, err=True)
    raise SystemExit(REFUSED if said else DONE)


def _say_what_is_missing(owning: "Owning", folders: set[str], lang: str) -> bool:
    """Each municipality that has no lines, and why; its folder before that where there are several."""
    from reconciler.cli.show_findings import show_beside
    from reconciler.texts import render

    for folder in sorted(folders & set(owning.unread)):
        if owning.hosted:
            click.echo(render("CODEOWNERS-UNREAD", {"folder": folder or "."}, lang).message, err=True)
        show_beside(owning.unread[folder].findings, owning.unread[folder].locate, lang)
    for folder in sorted(folders & set(owning.refused)):
        said = render(owning.refused[folder].code, owning.refused[folder].values, lang)
        before = f"{folder}: " if owning.hosted and folder else ""
        click.echo(f"{before}{said.message} {said.hint}", err=True)
    return bool(folders & (set(owning.unread) | set(owning.refused)))


def _compare(file: Path, owning: "Owning", lang: str) -> int:
    """Shows the lines that differ, as `diff -u` does."""
    import difflib

    from reconciler.reconcile.code_owners import lines_about
    from reconciler.report.escape import escape_log
    from reconciler.texts import render
    from reconciler.trust.codeowners import FILE

    try:
        found = lines_about(file.read_text("utf-8"), owning)
    except (OSError, UnicodeDecodeError):
        found = []
    wanted = lines_about(owning.text or "", owning)
    if found == wanted:
        click.echo(render("CODEOWNERS-FRESH", {"file": FILE}, lang).message, err=True)
        return DONE
    for line in difflib.unified_diff(found, wanted, FILE, FILE, lineterm=""):
        click.echo(escape_log(line))
    said = render("CODEOWNERS-STALE", {"file": FILE}, lang)
    click.echo(f"{said.message} {said.hint}", err=True)
    return REFUSED


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="\n")
