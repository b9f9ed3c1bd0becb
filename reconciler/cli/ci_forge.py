"""The forge as the commands for workflows hold it: connected from the environment, and its failures said as findings are."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.reconcile.ci_evidence import Place
    from reconciler.reconcile.ci_order import Outcomes


def pull(command: options.Command) -> options.Command:
    return click.option(
        "--pull", type=click.IntRange(min=1), help="The pull request's number. Default: the one that the job is for."
    )(command)


def dry_run(command: options.Command) -> options.Command:
    return click.option(
        "--dry-run", "dry", is_flag=True, help="Ask, decide and print; write nothing, neither to GitHub nor elsewhere."
    )(command)


def counts(command: options.Command) -> options.Command:
    return click.option(
        "--counts",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write what ci report merges: fingerprints, schools and codes, without values or devices.",
    )(command)


@contextmanager
def connected(root: Path, lang: str, *, keys: bool = True, sandbox: bool = False) -> Iterator["Place"]:
    """Ends the run with a refusal for whatever the forge doesn't answer. `keys`: those that sign are needed.

    `sandbox`: what is written on the forge never counts for a real system.
    """
    from reconciler.forge.connect import connect
    from reconciler.reconcile.ci_evidence import Place
    from reconciler.reconcile.ci_setting import read_keys

    with told(lang):
        environ = options.environment()
        with connect(environ) as forge:
            yield Place(forge=forge, root=root, keys=read_keys(environ) if keys else (), sandbox=sandbox)


@contextmanager
def told(lang: str) -> Iterator[None]:
    from reconciler.cli.show_findings import refuse
    from reconciler.forge.problems import ForgeProblem
    from reconciler.http.failures import HttpFailure

    try:
        yield
    except ForgeProblem as problem:
        refuse(problem.code, problem.values, lang)
    except HttpFailure as failure:
        refuse(*reason_of(failure), lang)


def reason_of(failure: Exception) -> tuple[str, Mapping[str, str]]:
    """What a failure of the forge means, as a code and its values."""
    from reconciler.forge.problems import ForgeProblem
    from reconciler.forge.trouble import explain_failure
    from reconciler.http.failures import HttpFailure

    if isinstance(failure, HttpFailure):
        return explain_failure(failure)
    if isinstance(failure, ForgeProblem):
        return failure.code, failure.values
    raise failure


def language_of(root: Path, lang: str | None) -> str:
    from reconciler.load.organisation import read_organisation
    from reconciler.load.tree import read_tree

    organisation = read_organisation(read_tree(root))
    return options.language(lang, organisation.language if organisation else None)


def pull_of(given: int | None, lang: str) -> int:
    """The number that was given, else that of the event which started the job."""
    from reconciler.cli.show_findings import refuse

    if given:
        return given
    path = options.environment().get("GITHUB_EVENT_PATH", "")
    try:
        event = json.loads(Path(path).read_text("utf-8")) if path else {}
    except (OSError, ValueError):
        event = {}
    about = event.get("pull_request") if isinstance(event, dict) else None
    number = about.get("number") if isinstance(about, dict) else None
    if not isinstance(number, int):
        refuse("CI-NO-PULL", {}, lang)
    return number


def say(code: str, lang: str, **values: str) -> None:
    """One sentence beside what stdout is for, and what to do."""
    from reconciler.report.escape import escape_log
    from reconciler.texts import render

    text = render(code, values, lang)
    click.echo(escape_log(f"{text.message} {text.hint}".strip()), err=True)


def say_unrecorded(outcomes: "Outcomes", lang: str) -> None:
    """What was done stands, and the next run sees it; where nothing was, the next run only asks for more again."""
    from reconciler.texts import render

    why = outcomes.unrecorded
    if why:
        done = outcomes.result is not None and bool(outcomes.result.results)
        say("CI-UNRECORDED" if done else "CI-UNRECORDED-NOTHING", lang, why=render(why.code, why.values, lang).message)


def summarise(markdown: str) -> None:
    """Onto the job's page, where there is one."""
    path = options.environment().get("GITHUB_STEP_SUMMARY", "")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(markdown + "\n")
