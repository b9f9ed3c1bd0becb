"""`reconciler ci comment` and `record`: what people read in a pull request, and the signed record of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.ci_forge import connected, dry_run, language_of, pull, pull_of, say

if TYPE_CHECKING:
    from reconciler.model.change import Plan
    from reconciler.reconcile.ci_record import Recorded


@click.command()
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="The text.")
@click.option(
    "--kind",
    type=click.Choice(["review", "plan"]),
    default="review",
    show_default=True,
    help="Which comment: each kind has one, and it is updated.",
)
@pull
@options.root
@options.lang
@dry_run
def comment(file: Path, kind: str, pull: int | None, root: Path, lang: str | None, dry: bool) -> None:
    """Keep one comment in a pull request up to date: ours, by its hidden first line and by who wrote it.

    \b
      reconciler review --base origin/main --format markdown > review.md
      reconciler ci comment --pull 12 --file review.md
    """
    from reconciler.reconcile.ci_record import write_comment

    language = language_of(root, lang)
    number = pull_of(pull, language)
    text = file.read_text("utf-8", errors="replace")
    if dry:
        say("CI-DRY", language, what=f"#{number}, {kind}")
        click.echo(text, nl=False)
        return
    with connected(root, language, keys=False) as place:
        write_comment(place, number, kind, text)
    say("CI-COMMENTED", language, pull=str(number))


@click.command()
@click.option(
    "--plan",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The plan that was saved, made with --base.",
)
@click.option(
    "--later",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A plan of the same files for a day to come (plan --today DAY), so that it is approved with the rest.",
)
@pull
@options.root
@options.sandbox
@options.lang
@dry_run
def record(
    file: Path, later: tuple[Path, ...], pull: int | None, root: Path, sandbox: str | None, lang: str | None, dry: bool
) -> None:
    """Show a plan in its pull request, and sign what it proposes, so that an apply after the merge knows what was approved.

    --root is a checkout of the pull request's own commit: the plan has to be made from those very files. The key is read from
    RECONCILER_SIGNING_KEY (id:base64). Where nothing has changed since, the record that is there stays, and so do approvals.

    \b
      reconciler plan --root pr --base origin/main --out plan.json
      reconciler ci record --root pr --plan plan.json --pull 12
    """
    from reconciler.cli.live_data import live_environment
    from reconciler.reconcile.ci_record import make_record, put_record

    language = language_of(root, lang)
    live_environment(sandbox, language)
    number = pull_of(pull, language)
    plan, more = _read(file, language), [_read(each, language) for each in later]
    with connected(root, language, sandbox=sandbox is not None) as place:
        made = make_record(place, plan, more, number, language)
        if dry:
            say("CI-DRY", language, what=f"#{number}")
            click.echo("\n".join(made.texts))
        else:
            put_record(place, made)
    _told(made, language)


@click.command()
@pull
@options.root
@options.sandbox
@options.lang
@dry_run
def unplanned(pull: int | None, root: Path, sandbox: str | None, lang: str | None, dry: bool) -> None:
    """Say in the plan's comment that the newest commit could not be planned, in place of an older commit's plan.

    --root is a checkout of the pull request's own commit. A record of that very commit stays, where the keys in RECONCILER_SIGNING_KEY and
    RECONCILER_SIGNING_KEY_OLD show that it is whole. Without a key what is there goes away with the older plan.

    \b
      reconciler ci unplanned --root pr --pull 12
    """
    from reconciler.load.organisation import read_organisation
    from reconciler.load.tree import read_tree
    from reconciler.reconcile.ci_setting import read_link
    from reconciler.reconcile.ci_unplanned import write_unplanned

    organisation = read_organisation(read_tree(root))
    written = lang or (organisation.language if organisation else None)
    language = options.language(written, None)
    number = pull_of(pull, language)
    if dry:
        say("CI-DRY", language, what=f"#{number}")
        return
    with connected(root, language, keys=_has_keys(), sandbox=sandbox is not None) as place:
        write_unplanned(place, number, written, read_link(options.environment()))
    say("CI-COMMENTED", language, pull=str(number))


def _has_keys() -> bool:
    """A key that is missing or malformed is no reason to leave an older commit's plan standing."""
    from reconciler.forge.problems import ForgeProblem
    from reconciler.reconcile.ci_setting import read_keys

    try:
        return bool(read_keys(options.environment()))
    except ForgeProblem:
        return False


def _told(made: "Recorded", lang: str) -> None:
    from reconciler.report.words import words_of
    from reconciler.texts import render
    from reconciler.trust.owners import owner_values

    record = made.record
    names = [owner_values(owner)[f"owner.{lang}"] for owner in record.required]
    changes, moves = (sum(map(len, found.values())) for found in (record.fingerprints, record.envelopes))
    words = words_of(lang)
    say(
        "CI-RECORDED" if changes or moves else "CI-RECORDED-NOTHING",
        lang,
        pull=str(record.pull),
        head=record.head[:12],
        counts=words.join(words.count(noun, n) for noun, n in (("CHANGE", changes), ("MOVE", moves)) if n),
        owners=", ".join(names) or render("CI-NOBODY", {}, lang).message,
    )


def _read(file: Path, lang: str) -> "Plan":
    from reconciler import __version__
    from reconciler.cli.show_findings import refuse
    from reconciler.planning.planfile import PlanRefused, read_plan

    try:
        return read_plan(file.read_text(encoding="utf-8"), tool_version=__version__)
    except UnicodeDecodeError:
        refuse("PLAN-NOT-A-PLAN", {}, lang)
    except PlanRefused as refused:
        refuse(refused.code, refused.values, lang)
