"""`reconciler shared update`: the files of a source into shared/ID, and their hash into organisation.yaml."""

from datetime import date
from pathlib import Path

import click

from reconciler.cli import council, options
from reconciler.cli.exits import DONE


@click.command()
@click.argument("name", metavar="ID")
@click.option("--from", "source", metavar="FOLDER|ADDRESS@COMMIT", help="Where to get it: a folder of this repository, or a Git address over https with the whole name of a commit. Left out: as organisation.yaml says.")  # fmt: skip
@click.option("--check", "only_check", is_flag=True, help="Show what it would change, and write nothing.")
@options.root
@options.today
@options.lang
def update(name: str, source: str | None, only_check: bool, root: Path, as_of: date, lang: str | None) -> None:
    """Get the baselines and catalogues of a source into shared/ID, and pin their hash in organisation.yaml.

    Nothing else of the source is taken, and nothing of it is run. Files with errors, secrets or personal data are refused
    whole. Comments in organisation.yaml stay. Nothing becomes approved: apps of a shared catalogue are for the council here
    to decide on (catalogue import --shared ID).

    Exits with 1 if it is refused, or if lines of your own are in conflict with what came: they are named, to be mended
    before the change is merged.

    \b
    A new version, and what it means:
      reconciler shared update skollan --from https://git.example.se/skollan@9f2c1d0e8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e
      reconciler review --base origin/main
    The files as they were pinned:
      reconciler shared update skollan
    """
    from reconciler.load.shared_source import is_elsewhere
    from reconciler.reconcile.vendoring import save_shared, update_shared

    where = source if source is None or is_elsewhere(source) else Path(source).absolute()
    found = update_shared(root, name, where, as_of)
    language = options.language(lang, found.language)
    if found.after is None:
        council.refuse_with(found.findings, language, found.sources)
    for code, paths in (("COME", found.come), ("CHANGED", found.changed), ("GONE", found.gone)):
        for path in paths:
            council.say(f"SHARED-FILE-{code}", language, file=path)
    if not only_check:
        with council.writing(language):
            save_shared(root, found)
    council.say("SHARED-WOULD-PIN" if only_check else "SHARED-PINNED", language, id=found.id, hash=found.hash)
    if found.findings:
        council.refuse_with(found.findings, language, found.sources)
    raise SystemExit(DONE)
