"""What a command that reads or changes live systems gets of the environment: nothing for a sandbox, and nothing in public."""

from collections.abc import Mapping

from reconciler.cli import options

Environment = Mapping[str, str]


def live_environment(sandbox: str | None, lang: str) -> Environment:
    """The process's environment, or an empty one for a sandbox, whose credentials are not even read.

    Ends the run in a job of a public repository, or of one that can't be told to be private: everything that it prints
    and stores could be read by anybody.
    """
    if sandbox:
        return {}
    environment = options.environment()
    if environment.get("GITHUB_ACTIONS") == "true":
        _refuse_in_public(environment, lang)
    return environment


def _refuse_in_public(environment: Environment, lang: str) -> None:
    from reconciler.cli.show_findings import refuse
    from reconciler.reconcile.visibility import refuse_live_in_public

    refusal = refuse_live_in_public(environment, lambda: _ask(environment))
    if refusal:
        refuse(refusal.code, refusal.values, lang)


def _ask(environment: Environment) -> str | None:
    from reconciler.forge.connect import connect
    from reconciler.forge.problems import ForgeProblem
    from reconciler.forge.repository import read_repository
    from reconciler.http.failures import HttpFailure

    try:
        return read_repository(connect(environment)).visibility
    except (ForgeProblem, HttpFailure):
        return None
