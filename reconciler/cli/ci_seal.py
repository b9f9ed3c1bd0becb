"""`reconciler ci seal` and `unseal`: what may leave a runner, and how it is opened again."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.model.documents import Organisation

KEY_FILE = "RECONCILER_AGE_IDENTITY"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sealed"),
    show_default=True,
    help="The folder that is uploaded. Nothing readable is put there.",
)
@click.option("--remove", is_flag=True, help="Remove the files themselves once they are sealed.")
@options.root
@options.today
@options.lang
def seal(files: tuple[Path, ...], into: Path, remove: bool, root: Path, as_of: date, lang: str | None) -> None:
    """Encrypt full plans and journals (FILES) to the organisation's keys, with the day until which they are kept.

    The keys stand in organisation.yaml under seal. In a job for a pull request --root has to be a checkout of main: whoever
    could choose the keys could read the plan.

    \b
    In a workflow:
      reconciler ci seal plan.json --root main --into sealed --remove
    """
    from reconciler.cli.show_findings import refuse
    from reconciler.reconcile.sealing import SealRefused, seal_files
    from reconciler.texts import render

    organisation = _organisation(root, lang)
    language = options.language(lang, organisation.language)
    try:
        sealed = seal_files(files, into, organisation.seal, as_of)
    except SealRefused as refused:
        refuse(refused.code, refused.values, language)
    for one in sealed:
        values = {"file": str(one.file), "kind": one.kind, "until": one.keep_until.isoformat()}
        click.echo(render("SEALED", values, language).message)
    for file in files if remove else ():
        file.unlink()


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar=KEY_FILE,
    help=f"The file with the secret key, as age-keygen writes it. Default: the one that {KEY_FILE} names.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Default: the name it had, beside it.")
@options.lang
def unseal(file: Path, identity: Path | None, out: Path | None, lang: str | None) -> None:
    """Open a sealed plan or journal with a secret key, for reading on a machine of the municipality's.

    \b
      reconciler ci unseal plan.json.until-2026-12-22.age --identity ~/skol-it.agekey
      reconciler show plan.json
    """
    from reconciler.cli.show_findings import refuse
    from reconciler.reconcile.sealing import SealRefused, unseal_file
    from reconciler.texts import render

    language = options.language(lang, None)
    try:
        opened = unseal_file(file, identity.read_text("utf-8") if identity else "", out)
    except SealRefused as refused:
        refuse(refused.code, refused.values, language)
    click.echo(render("UNSEALED", {"file": str(opened)}, language).message, err=True)


def _organisation(root: Path, lang: str | None) -> "Organisation":
    """Ends the run where organisation.yaml can't be read: without it nobody knows whom to seal to."""
    from reconciler.cli.exits import REFUSED
    from reconciler.cli.show_findings import show_beside
    from reconciler.load.repository import load
    from reconciler.load.tree import ORGANISATION, Tree, read_tree

    tree = read_tree(root)
    own = {name: data for name, data in tree.files.items() if name == ORGANISATION}
    told = tuple(one for one in tree.findings if one.place is not None and one.place.file == ORGANISATION)
    loaded = load(Tree(files=own, findings=told), digest=False)
    if loaded.documents is None:
        show_beside(loaded.findings, loaded.locate, options.language(lang, None))
        raise SystemExit(REFUSED)
    return loaded.documents.organisation
