"""`reconciler shared list`: what is shared, from where, and whether it is as pinned."""

from pathlib import Path

import click

from reconciler.cli import council, options
from reconciler.cli.exits import DONE, REFUSED


@click.command()
@options.root
@options.lang
def list(root: Path, lang: str | None) -> None:  # noqa: A001 - the command's name
    """Show each shared source: where it comes from, its hash, its baselines and apps. Offline.

    Exits with 1 if the files of one are not those that its hash is of; validate says what differs.
    """
    from reconciler.load.repository import load
    from reconciler.load.shared import is_pinned
    from reconciler.load.tree import read_tree, shared_part

    loaded = load(read_tree(root), digest=False)
    if loaded.documents is None:
        council.refuse_with(loaded.findings, options.language(lang, None), loaded.locate)
    documents = loaded.documents
    language = options.language(lang, documents.organisation.language)
    if not documents.organisation.shared:
        council.say("SHARED-NOTHING", language)
    sound = True
    for one in documents.organisation.shared:
        pinned = is_pinned(one, loaded.locate.files)
        sound = sound and pinned
        baselines = [baseline.name for baseline in documents.baselines if baseline.shared == one.id]
        apps = sum(shared_part(app.at.file)[0] == one.id for app in documents.candidates)
        council.say(
            "SHARED-LISTED" if pinned else "SHARED-LISTED-OTHER",
            language,
            id=one.id,
            source=one.source,
            hash=one.hash,
            baselines=", ".join(baselines) or "–",
            apps=str(apps),
        )
    raise SystemExit(DONE if sound else REFUSED)
