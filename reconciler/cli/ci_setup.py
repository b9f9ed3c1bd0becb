"""`reconciler ci setup`: prints what to type once, so that the jobs sign in at Google and Entra without any secret."""

from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.exits import REFUSED


@click.command()
@click.option(
    "--repository",
    envvar="GITHUB_REPOSITORY",
    metavar="OWNER/NAME",
    required=True,
    help="The repository on GitHub. Default in a job: its own.",
)
@click.option(
    "--owner-id",
    envvar="GITHUB_REPOSITORY_OWNER_ID",
    type=click.IntRange(min=1),
    help="The owner's number, with --repository-id; without the two only names are trusted.",
)
@click.option(
    "--repository-id",
    envvar="GITHUB_REPOSITORY_ID",
    type=click.IntRange(min=1),
    help="The repository's number, with --owner-id.",
)
@click.option(
    "--classic",
    is_flag=True,
    help="For a repository from before 2026-07-15 that has not been switched over: its subjects have no numbers.",
)
@options.environments
@click.option("--project", metavar="ID", help="The project at Google Cloud that the two accounts are made in.")
@options.root
@options.lang
def setup(
    repository: str,
    owner_id: int | None,
    repository_id: int | None,
    classic: bool,
    plan_environment: str | None,
    apply_environment: str | None,
    project: str | None,
    root: Path,
    lang: str | None,
) -> None:
    """Print the commands and conditions for signing in without secrets, for the systems in organisation.yaml.

    Two identities: one that reads, for plans, and one that writes, for applies. Sends nothing and asks nobody; read what
    is printed, then run it where you are signed in as an administrator.

    \b
      reconciler ci setup --repository vidala-kommun/skolenheter --owner-id 1001 --repository-id 2002 --project vidala-skola
    """
    from reconciler.load.organisation import read_organisation
    from reconciler.load.tree import read_tree
    from reconciler.reconcile.sign_in_setup import PROJECT, REPOSITORY, Place, setup_lines
    from reconciler.texts import render

    organisation = read_organisation(read_tree(root))
    lang = options.language(lang, organisation.language if organisation else None)
    if organisation is None:
        click.echo(render("CLI-NO-ORGANISATION", {}, lang).message, err=True)
        raise SystemExit(REFUSED)
    if not REPOSITORY.fullmatch(repository):
        raise click.UsageError(render("SETUP-REPOSITORY", {}, lang).message)
    if (owner_id is None) != (repository_id is None):
        raise click.UsageError(render("SETUP-BOTH-IDS", {"repository": repository}, lang).message)
    if project is not None and not PROJECT.fullmatch(project):
        raise click.UsageError(render("SETUP-PROJECT", {}, lang).message)
    environments = options.named_environments(root, plan_environment, apply_environment)
    if not all(name.isprintable() and name.strip() for name in environments):
        raise click.UsageError(render("SETUP-ENVIRONMENT", {}, lang).message)
    if environments[0].casefold() == environments[1].casefold():
        raise click.UsageError(render("SETUP-ONE-ENVIRONMENT", {}, lang).message)
    place = Place(
        repository=repository,
        owner_id=owner_id,
        repository_id=repository_id,
        environments=environments,
    )
    for line in setup_lines(place, organisation.backends, lang, project=project or "", lasting=not classic):
        click.echo(line)
