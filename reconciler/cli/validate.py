"""`reconciler validate`: the files alone."""

from datetime import date
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED
from reconciler.cli.show_findings import show_findings
from reconciler.model.finding import is_error


@click.command()
@options.root
@options.base
@options.today
@options.lang
@options.output_format("text", "json", "github")
@click.option("--no-cache", is_flag=True, help="Check everything anew, and remember nothing.")
def validate(root: Path, base: str | None, as_of: date, lang: str | None, style: str, no_cache: bool) -> None:
    """Check the files: YAML, schema, references, catalogue, layers. Needs no credential and no network.

    Every problem is shown at its line with the corrected line, all in one run. Exits with 1 if any is an error.

    \b
    Before a commit:
      reconciler validate
    In CI, with annotations on the lines of a pull request:
      reconciler validate --base origin/main --format github
    For a tool:
      reconciler validate --format json | jq .summary
    """
    from reconciler.reconcile.validate import may_remember, validate_files

    use_memory = not no_cache and may_remember(options.environment())
    result = validate_files(root, as_of, base, use_memory=use_memory)
    language = options.language(lang, result.language)
    show_findings(result.findings, result.locate, language, style, files=result.files, root=root)
    raise SystemExit(REFUSED if any(map(is_error, result.findings)) else DONE)
